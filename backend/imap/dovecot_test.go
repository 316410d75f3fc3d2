package imap

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
)

const ann, ben = "ann@example.test", "ben@example.test"

func config(d *imaptest.Dovecot, user string) Config {
	return Config{Host: "127.0.0.1", Port: d.Port, Security: None, Username: user, Password: imaptest.Password, Deadline: 20 * time.Second}
}

func dial(t testing.TB, cfg Config) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func selected(t testing.TB, d *imaptest.Dovecot, user, folder string) *Conn {
	t.Helper()
	c := dial(t, config(d, user))
	if _, err := c.Select(t.Context(), folder, false); err != nil {
		t.Fatal(err)
	}
	return c
}

func fetchAll(t testing.TB, c *Conn, want Want) []Item {
	t.Helper()
	uids, err := c.UIDs(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	if err := c.Fetch(t.Context(), uids, want, func(i Item) error { items = append(items, i); return nil }); err != nil {
		t.Fatal(err)
	}
	return items
}

// sequence gives messages one by one, as Fill takes them.
func sequence(messages [][]byte) func() []byte {
	return func() []byte {
		if len(messages) == 0 {
			return nil
		}
		first := messages[0]
		messages = messages[1:]
		return first
	}
}

func wantKind(t testing.TB, err error, want Kind) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != want {
		t.Fatalf("got error %v (kind %q), want kind %q", err, KindOf(err), want)
	}
	return e
}

func TestDovecotProtection(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	with := func(change func(*Config)) Config {
		cfg := config(d, ann)
		cfg.RootCAs = d.Roots
		change(&cfg)
		return cfg
	}
	good := map[string]Config{
		"tls":                  with(func(c *Config) { c.Security, c.Port = TLS, d.TLSPort }),
		"tls is the default":   with(func(c *Config) { c.Security, c.Port = "", d.TLSPort }),
		"tls by name":          with(func(c *Config) { c.Security, c.Port, c.Host = TLS, d.TLSPort, "localhost" }),
		"starttls":             with(func(c *Config) { c.Security = StartTLS }),
		"plain, on loopback":   with(func(c *Config) {}),
		"plain, to localhost.": with(func(c *Config) { c.Host = "localhost" }),
	}
	for name, cfg := range good {
		t.Run(name, func(t *testing.T) {
			c := dial(t, cfg)
			if !c.Has("IDLE") || !c.Has("uidplus") {
				t.Error("what the server can do after signing in is not known")
			}
			if m, err := c.Select(t.Context(), "INBOX", true); err != nil || m.UIDValidity == 0 || m.UIDNext == 0 {
				t.Errorf("select: %+v, %v", m, err)
			}
		})
	}
	other := imaptest.NewAuthority(t)
	bad := []struct {
		name string
		kind Kind
		cfg  Config
	}{
		{"unknown authority", KindCertificate, with(func(c *Config) { c.Security, c.Port, c.RootCAs = TLS, d.TLSPort, other.Roots })},
		{"unknown authority, starttls", KindCertificate, with(func(c *Config) { c.Security, c.RootCAs = StartTLS, other.Roots })},
		{"no authorities at all", KindCertificate, with(func(c *Config) { c.Security, c.Port, c.RootCAs = TLS, d.TLSPort, x509.NewCertPool() })},
		{"tls to the plain port", KindTLS, with(func(c *Config) { c.Security = TLS })},
		{"nobody listens", KindRefused, with(func(c *Config) { c.Port = imaptest.FreePort(t) })},
		{"unknown host", KindHost, with(func(c *Config) { c.Host, c.Security = "no-such-host.invalid", TLS })},
		{"plain to another computer", KindConfig, with(func(c *Config) { c.Host = "192.0.2.1" })},
		{"plain to a name", KindConfig, with(func(c *Config) { c.Host = "mail.example.test" })},
		{"no port", KindConfig, with(func(c *Config) { c.Port = 0 })},
		{"unknown protection", KindConfig, with(func(c *Config) { c.Security = "ssl" })},
		{"wrong password", KindAuth, with(func(c *Config) { c.Password = "something else" })},
		{"unknown user", KindAuth, with(func(c *Config) { c.Username = "nobody@example.test" })},
		{"not IMAP at all", KindProtocol, with(func(c *Config) { c.Port = d.LMTPPort })},
	}
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			_, err := Dial(t.Context(), b.cfg)
			if b.name == "unknown host" && KindOf(err) == KindOffline {
				return // without a network nobody knows that it is unknown
			}
			wantKind(t, err, b.kind)
			if strings.Contains(err.Error(), b.cfg.Password) {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestDovecotFetches(t *testing.T) {
	for _, format := range []string{"maildir", "sdbox", "mdbox"} {
		t.Run(format, func(t *testing.T) {
			d := imaptest.StartDovecot(t, imaptest.Options{Format: format})
			var sent [][]byte
			n := 100 // mail takes its time to arrive
			if format == "maildir" {
				n = 1000
			}
			for i := range n {
				sent = append(sent, imaptest.Message("x@elsewhere.test", ann, fmt.Sprint("Number ", i), strings.Repeat("Text with ünïcode.\n", i%50)))
			}
			if format == "maildir" {
				d.Fill(t, ann, sequence(sent))
			} else {
				d.Deliver(t, ann, sent...)
			}
			c := selected(t, d, ann, "INBOX")
			items := fetchAll(t, c, WantBody)
			if len(items) != len(sent) {
				t.Fatalf("got %d of %d", len(items), len(sent))
			}
			for i, item := range items {
				if item.Err != nil || !bytes.HasSuffix(item.Raw, sent[i]) || int64(len(item.Raw)) != item.Size || item.InternalDate.IsZero() {
					t.Fatalf("message %d is not what was sent: %v, %d bytes, size %d, %v", i, item.Err, len(item.Raw), item.Size, item.InternalDate)
				}
			}
			header := fetchAll(t, c, WantHeader)
			if len(header) != len(sent) || !bytes.HasPrefix(items[7].Raw, header[7].Raw) || !bytes.HasSuffix(header[7].Raw, []byte("\r\n\r\n")) {
				t.Fatalf("%d headers; one of them %q", len(header), header[7].Raw)
			}
			if meta := fetchAll(t, c, WantMeta); len(meta) != len(sent) || meta[7].Raw != nil || meta[7].Size != items[7].Size {
				t.Fatalf("%d without content; one of them %+v", len(meta), meta[7])
			}
		})
	}
}

func TestDovecotRanges(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	for range 5 {
		d.Deliver(t, ann, imaptest.Message("x@elsewhere.test", ann, "Range", "Text"))
	}
	c := selected(t, d, ann, "INBOX")
	for _, r := range []struct {
		from, to uint32
		want     []uint32
	}{{1, 0, []uint32{1, 2, 3, 4, 5}}, {0, 0, []uint32{1, 2, 3, 4, 5}}, {2, 4, []uint32{2, 3, 4}}, {5, 0, []uint32{5}}, {6, 0, nil}, {9, 12, nil}, {4, 2, nil}} {
		got, err := c.UIDs(t.Context(), r.from, r.to)
		if err != nil || !slices.Equal(got, r.want) {
			t.Errorf("UIDs %d to %d: %v, %v; want %v", r.from, r.to, got, err, r.want)
		}
		flags, err := c.Flags(t.Context(), r.from, r.to)
		if err != nil || len(flags) != len(r.want) {
			t.Errorf("flags %d to %d: %v, %v", r.from, r.to, flags, err)
		}
	}
}

func TestDovecotAppendsAndFinds(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	c := selected(t, d, ann, "INBOX")
	for name, text := range map[string]string{"small": "Text", "large": strings.Repeat("A longer line of text.\n", 10_000)} {
		id := "<" + name + "@example.test>"
		raw := imaptest.MessageWithID(id, ann, "x@elsewhere.test", "Subject", text)
		date := time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600))
		uid, err := c.Append(t.Context(), "Sent", Flags{Seen, "bad]flag"}, date, raw)
		if err != nil || uid == 0 {
			t.Fatalf("append: %d, %v", uid, err)
		}
		for _, asked := range []string{id, name + "@example.test"} {
			found, err := c.FindMessageID(t.Context(), "Sent", asked)
			if err != nil || !slices.Equal(found, []uint32{uid}) {
				t.Fatalf("find %s: %v, %v; want %d", asked, found, err, uid)
			}
		}
		sent := selected(t, d, ann, "Sent")
		if err := sent.Fetch(t.Context(), []uint32{uid}, WantBody, func(i Item) error {
			if !bytes.Equal(i.Raw, raw) || !i.InternalDate.Equal(date) || !i.Flags.Has(Seen) {
				t.Errorf("%d of %d bytes, %v, %v", len(i.Raw), len(raw), i.InternalDate, i.Flags)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, none := range []string{"", " ", "<>", "nobody@example.test", "ll@example.test", "a\r\nb"} {
		if found, err := c.FindMessageID(t.Context(), "Sent", none); err != nil || len(found) != 0 {
			t.Errorf("find %q: %v, %v", none, found, err)
		}
	}
	if uids, err := c.UIDs(t.Context(), 1, 0); err != nil || len(uids) != 0 {
		t.Errorf("INBOX is no longer selected: %v, %v", uids, err)
	}
}

func TestDovecotRefusedAppendKeepsTheConnection(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	d.Deliver(t, ann, imaptest.Message("x@elsewhere.test", ann, "Hello", "Text"))
	c := selected(t, d, ann, "INBOX")
	for _, size := range []int{10, 100_000} {
		raw := imaptest.Message(ann, ben, "Subject", strings.Repeat("x", size))
		_, err := c.Append(t.Context(), "No such folder", nil, time.Time{}, raw)
		wantKind(t, err, KindMissing)
		if items := fetchAll(t, c, WantBody); len(items) != 1 {
			t.Fatalf("after a refused APPEND of %d bytes: %d messages", size, len(items))
		}
	}
	if err := c.Create(t.Context(), "No such folder"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(t.Context(), "No such folder", nil, time.Time{}, imaptest.Message(ann, ben, "Subject", "Text")); err != nil {
		t.Fatal(err)
	}
}

func TestDovecotFolders(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	c := dial(t, config(d, ann))
	names := []string{"Élèves & Söhne 日本", "Archief/2026", "Archiv", "Gesendete Objekte", "Tom & Jerry", `back\slash "quoted"`, "🙂"}
	for _, name := range names {
		if err := c.Create(t.Context(), name); err != nil {
			t.Fatalf("create %q: %v", name, err)
		}
	}
	folders, err := c.Folders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roles := map[string]Role{}
	for _, f := range folders {
		roles[f.Name] = f.Role
	}
	for _, name := range names {
		if _, ok := roles[name]; !ok {
			t.Errorf("%q is not listed: %v", name, folders)
		}
		if _, err := c.Select(t.Context(), name, true); err != nil {
			t.Errorf("select %q: %v", name, err)
		}
		if m, err := c.Status(t.Context(), name); err != nil || m.UIDValidity == 0 || m.UIDNext != 1 || m.Exists != 0 {
			t.Errorf("status of %q: %+v, %v", name, m, err)
		}
	}
	for name, want := range map[string]Role{"INBOX": RoleInbox, "Sent": RoleSent, "Drafts": RoleDrafts, "Trash": RoleTrash, "Gesendete Objekte": "", "Archief": "", "Archiv": RoleArchive} {
		if roles[name] != want {
			t.Errorf("%s has role %q, want %q", name, roles[name], want)
		}
	}
	_, err = c.Select(t.Context(), "Nowhere", true)
	wantKind(t, err, KindMissing)
	_, err = c.Status(t.Context(), "Nowhere")
	wantKind(t, err, KindMissing)
	_, err = c.UIDs(t.Context(), 1, 0)
	wantKind(t, err, KindConfig) // nothing is selected
}

func TestDovecotWaitSeesMail(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{Extra: "imap_idle_notify_interval = 1 min\n"})
	c := selected(t, d, ann, "INBOX")
	if event, err := c.Wait(t.Context(), 50*time.Millisecond); event != EventQuiet || err != nil {
		t.Fatalf("before anything happened: %v, %v", event, err)
	}
	d.Deliver(t, ann, imaptest.Message("x@elsewhere.test", ann, "Hello", "Text"))
	if event, err := c.Wait(t.Context(), time.Minute); event != EventNews || err != nil {
		t.Fatalf("after delivery: %v, %v", event, err)
	}
	if items := fetchAll(t, c, WantBody); len(items) != 1 {
		t.Fatalf("%d messages", len(items))
	}

	type result struct {
		event Event
		err   error
	}
	waiting := make(chan result)
	wait := func(ctx context.Context) {
		event, err := c.Wait(ctx, time.Minute)
		waiting <- result{event, err}
	}
	go wait(t.Context())
	if _, err := c.Append(t.Context(), "Sent", nil, time.Time{}, imaptest.Message(ann, ben, "Large", strings.Repeat("x", 50_000))); err != nil {
		t.Fatalf("append beside a wait: %v", err)
	}
	d.Deliver(t, ann, imaptest.Message("x@elsewhere.test", ann, "Again", "Text"))
	r := <-waiting
	if r.err != nil || r.event == EventQuiet {
		t.Fatalf("a wait that had to give way: %+v", r)
	}

	for event := EventQuiet; event != EventNews; { // EventYield first, perhaps
		var err error
		if event, err = c.Wait(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if r.event == EventNews {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Wait(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled wait: %v", err)
	}
	if items := fetchAll(t, c, WantBody); len(items) != 2 {
		t.Fatalf("%d messages", len(items))
	}
}

func TestDovecotNoopSeesMail(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	c := selected(t, d, ann, "INBOX")
	if event, err := c.Noop(t.Context()); event != EventQuiet || err != nil {
		t.Fatalf("before: %v, %v", event, err)
	}
	d.Deliver(t, ann, imaptest.Message("x@elsewhere.test", ann, "Hello", "Text"))
	if event, err := c.Noop(t.Context()); event != EventNews || err != nil {
		t.Fatalf("after: %v, %v", event, err)
	}
	if event, err := c.Noop(t.Context()); event != EventQuiet || err != nil {
		t.Fatalf("told twice: %v, %v", event, err)
	}
}

func TestDovecotFlagsAndExpunge(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	var sent [][]byte
	for i := range 400 {
		sent = append(sent, imaptest.Message("x@elsewhere.test", ann, fmt.Sprint(i), "Text"))
	}
	d.Fill(t, ann, sequence(sent))
	c := selected(t, d, ann, "INBOX")
	other := selected(t, d, ann, "INBOX")
	uids, err := c.UIDs(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint32
	err = c.Fetch(t.Context(), uids, WantBody, func(i Item) error {
		if i.UID == 1 { // a teammate tidies up while we read
			deleteUIDs(t, other, 100, 399)
			setFlag(t, other, 200, Answered)
			setFlag(t, other, 300, Flagged)
		}
		if i.Err == nil {
			got = append(got, i.UID)
		} else {
			t.Errorf("message %d: %v", i.UID, i.Err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, uid := range []uint32{1, 99, 101, 200, 300, 398, 400} {
		if !slices.Contains(got, uid) {
			t.Errorf("message %d was not fetched", uid)
		}
	}
	if len(got) < 398 {
		t.Errorf("%d messages", len(got))
	}
	if event, err := c.Noop(t.Context()); err != nil {
		t.Fatal(event, err)
	}
	flags, err := c.Flags(t.Context(), 1, 0)
	if err != nil || len(flags) != 398 || !flags[200].Has(Answered) || !flags[300].Has(Flagged) || flags[1].Has(Seen) {
		t.Fatalf("%d flags, %v %v %v, %v", len(flags), flags[200], flags[300], flags[1], err)
	}
}

func TestDovecotGoesAway(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	c := selected(t, d, ann, "INBOX")
	waiting := make(chan error)
	go func() { _, err := c.Wait(t.Context(), time.Minute); waiting <- err }()
	d.Stop()
	wantKind(t, <-waiting, KindClosed)
	if !c.Closed() {
		t.Error("it does not know that it is closed")
	}
	_, err := c.UIDs(t.Context(), 1, 0)
	wantKind(t, err, KindClosed)
	_, err = Dial(t.Context(), config(d, ann))
	wantKind(t, err, KindRefused)
	d.Start(t)
	selected(t, d, ann, "INBOX")
}

func TestDovecotFetchAfterServerRestart(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	var sent [][]byte
	for i := range 500 {
		sent = append(sent, imaptest.Message("x@elsewhere.test", ann, fmt.Sprint(i), strings.Repeat("A line of text.\n", 1000)))
	}
	d.Fill(t, ann, sequence(sent))
	c := selected(t, d, ann, "INBOX")
	uids, _ := c.UIDs(t.Context(), 1, 0)
	got := map[uint32]int{}
	err := c.Fetch(t.Context(), uids, WantBody, func(i Item) error {
		if i.Err != nil {
			t.Errorf("message %d: %v", i.UID, i.Err)
		}
		if got[i.UID]++; len(got) == 250 {
			d.Kill()
			d.Start(t)
		}
		return nil
	})
	if err != nil || len(got) != 500 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	for uid, n := range got {
		if n != 1 {
			t.Errorf("message %d came %d times", uid, n)
		}
	}
}
