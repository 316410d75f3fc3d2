package imaplog

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Servers that keep everything below INBOX, with points between names.
const belowInbox = "namespace inbox {\n  prefix = INBOX.\n  separator = .\n}\n"

func TestCreateFindsTheRightPlace(t *testing.T) {
	for name, c := range map[string]struct{ extra, asked, want string }{
		"usual":                      {"", "", "Postvak"},
		"a name of one's own":        {"", "Team/Ons teampostvak", "Team/Ons teampostvak"},
		"below INBOX":                {belowInbox, "", "INBOX.Postvak"},
		"below INBOX, another name":  {belowInbox, "Team/Log é", "INBOX.Team.Log é"},
		"below INBOX, the full name": {belowInbox, "INBOX.Log", "INBOX.Log"},
	} {
		t.Run(name, func(t *testing.T) {
			d := imaptest.StartDovecot(t, imaptest.Options{Extra: c.extra})
			server := mailbox(d, ann)
			cfg := Config{IMAP: server, Folder: c.asked}
			for range 2 { // an empty one is taken as it is
				folder, err := Create(t.Context(), cfg)
				if err != nil || folder != c.want {
					t.Fatalf("folder %q, %v; want %q", folder, err, c.want)
				}
			}
			if strings.Contains(d.Subscriptions(t, ann), "Postvak") {
				t.Errorf("subscribed: %s", d.Subscriptions(t, ann))
			}
			first := genesis(t)
			desk := newDesktop(t, server, func(g *Config) { g.Folder = c.asked })
			if c.asked != "" {
				desk = newDesktop(t, server, func(g *Config) { g.Folder = c.want })
			}
			desk.mustAppend(string(first.Bytes))
			desk.mustRead(string(first.Bytes))
			if desk.Folder() != c.want {
				t.Errorf("it is in %q", desk.Folder())
			}
			found, err := Find(t.Context(), Config{IMAP: server})
			if err != nil || found.Folder != c.want || found.LogID != first.ID {
				t.Errorf("found %q %q, %v", found.Folder, found.LogID, err)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	person := admin(t, server)
	for _, folder := range []string{"Full", "Taken"} {
		if err := person.Create(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
	}
	put(t, person, "Full", imaptest.Message(ben, ann, "Hello", "Text"))
	put(t, person, "Taken", letterOf(genesis(t).Bytes).render())
	for folder, want := range map[string]inbox.Code{
		"Full": inbox.Conflict, "Taken": inbox.Conflict, "Trash/Postvak": inbox.Invalid, "Sent/Postvak": inbox.Invalid, "Drafts": inbox.Invalid,
	} {
		name, err := Create(t.Context(), Config{IMAP: server, Folder: folder})
		if inbox.CodeOf(err) != want || name != "" {
			t.Errorf("%s: %q, %v; want code %q", folder, name, err, want)
		}
	}
	// Nobody named it: the next free name will do.
	if err := person.Rename(t.Context(), "Taken", "Postvak"); err != nil {
		t.Fatal(err)
	}
	if name, err := Create(t.Context(), Config{IMAP: server}); err != nil || name != "Postvak 2" {
		t.Errorf("%q, %v", name, err)
	}
	server.Password = "wrong"
	_, err := Create(t.Context(), Config{IMAP: server})
	wantCode(t, err, inbox.Auth)
	_, err = Find(t.Context(), Config{IMAP: server})
	wantCode(t, err, inbox.Auth)
}

func put(t testing.TB, person *imap.Conn, folder string, raw []byte) {
	t.Helper()
	if _, err := person.Append(t.Context(), folder, nil, time.Time{}, raw); err != nil {
		t.Fatal(err)
	}
}

// The log's first record may stand behind other mail, in a folder of any name,
// and its headers may be lost.
func TestFindTellsTeamsApart(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	person := admin(t, server)
	_, err := Find(t.Context(), Config{IMAP: server})
	wantCode(t, err, inbox.NotFound)
	var ids []string
	for _, folder := range []string{"Postvak", "Élèves", "Archief/2026"} {
		t.Run(folder, func(t *testing.T) { // each has a genesis of its own
			first := genesis(t)
			ids = append(ids, first.ID)
			if err := person.Create(t.Context(), folder); err != nil {
				t.Fatal(err)
			}
			foreign := 3
			if folder == "Élèves" {
				foreign = 10*maxFirst + 10
			}
			for range foreign {
				put(t, person, folder, imaptest.Message(ben, ann, "Hello", "Text"))
			}
			l := letterOf(first.Bytes)
			l.id, l.logID = first.ID, ""
			raw := l.render()
			if folder == "Archief/2026" {
				_, raw = splitHeader(raw)
			}
			put(t, person, folder, raw)
		})
	}
	for i, folder := range []string{"Postvak", "Élèves", "Archief/2026"} {
		found, err := Find(t.Context(), Config{IMAP: server, LogID: ids[i]})
		if err != nil || found.Folder != folder || found.LogID != ids[i] || recordID(found.Genesis) != ids[i] {
			t.Errorf("%s: %q %q, %v", folder, found.Folder, found.LogID, err)
		}
	}
	if found, err := Find(t.Context(), Config{IMAP: server, Folder: "Archief/2026"}); err != nil || found.LogID != ids[2] {
		t.Errorf("%q, %v", found.Folder, err)
	}
	_, err = Find(t.Context(), Config{IMAP: server, LogID: "another"})
	wantCode(t, err, inbox.NotFound)
}

// steps gives what an examination found, "!" before what failed.
func steps(checks []Check) string {
	var all []string
	for _, c := range checks {
		if c.Message == "" {
			all = append(all, "no words for "+c.Step)
		}
		if c.OK {
			all = append(all, c.Step)
		} else {
			all = append(all, "!"+c.Step)
		}
	}
	return strings.Join(all, " ")
}

func TestDoctor(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{ACL: true, Shared: "Team/", Quota: 64 << 20})
	d.ShareFolder(t, "Team/Log", map[string]string{ann: "lrwstipekxa", ben: "lr"})
	server := mailbox(d, ann)
	healthy := "imap.sign_in server idle connections folder quota"
	clock := run.NewManual(time.Now())
	checks, err := Doctor(t.Context(), Config{IMAP: server, Clock: clock})
	if err != nil || steps(checks) != healthy {
		t.Fatalf("%s, %v", steps(checks), err)
	}
	folders, err := admin(t, server).Folders(t.Context())
	for _, f := range folders {
		if strings.Contains(f.Name, "test") {
			t.Errorf("left %s behind", f.Name)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	first := genesis(t)
	newDesktop(t, server, func(c *Config) { c.Folder = "Team/Log" }).mustAppend(string(first.Bytes))
	if checks, err = Doctor(t.Context(), Config{IMAP: server, LogID: first.ID}); err != nil || steps(checks) != healthy || !strings.Contains(checks[4].Message, "also remove") {
		t.Fatalf("%+v, %v", checks, err)
	}
	checks, err = Doctor(t.Context(), Config{IMAP: mailbox(d, ben)})
	if steps(checks) != "imap.sign_in server idle connections !folder quota" {
		t.Fatalf("%+v", checks)
	}
	wantCode(t, err, inbox.Forbidden)
}

func TestDoctorNamesWhatDoesNotWork(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{Quota: 1 << 20, Extra: "mail_max_userip_connections = 1\nimap_capability = IMAP4rev1 UIDPLUS LITERAL+ QUOTA ID NAMESPACE\nimap_id_send = name Proton vendor Bridge\n"})
	server := mailbox(d, ann)
	checks, err := Doctor(t.Context(), Config{IMAP: server})
	if got := steps(checks); got != "imap.sign_in !server idle connections folder !quota" {
		t.Errorf("%+v", checks)
	}
	wantCode(t, err, inbox.Invalid)
	if !strings.Contains(checks[2].Message, "two or three minutes") || !strings.Contains(checks[3].Message, "one connection") {
		t.Errorf("%+v", checks)
	}
	for _, c := range []struct {
		change func(*imap.Config)
		steps  string
		code   inbox.Code
	}{
		{func(c *imap.Config) { c.Password = "wrong" }, "!imap.sign_in", inbox.Auth},
		{func(c *imap.Config) { c.Port = 995 }, "!imap.settings", inbox.Invalid},
		{func(c *imap.Config) { c.Port = imaptest.FreePort(t) }, "!imap.sign_in", inbox.Unavailable},
		{func(c *imap.Config) { c.Port = d.LMTPPort }, "!imap.sign_in", inbox.Unavailable},
		{func(c *imap.Config) { c.Security = imap.TLS }, "!imap.sign_in", inbox.Invalid},
		{func(c *imap.Config) { c.Host = "192.0.2.1" }, "!imap.sign_in", inbox.Invalid},
	} {
		cfg := server
		c.change(&cfg)
		checks, err := Doctor(t.Context(), Config{IMAP: cfg})
		if steps(checks) != c.steps {
			t.Errorf("%+v; want %s", checks, c.steps)
		}
		wantCode(t, err, c.code)
		if strings.Contains(err.Error(), cfg.Password) {
			t.Errorf("the password is in %v", err)
		}
	}
}
