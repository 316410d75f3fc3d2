package imap

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
)

func TestDovecotAccount(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{ACL: true, Shared: "Team/", Quota: 64 << 10})
	c := dial(t, config(d, ann))
	if program, err := c.Program(t.Context()); err != nil || program != "Dovecot" {
		t.Errorf("program %q, %v", program, err)
	}
	spaces, err := c.Namespaces(t.Context())
	if err != nil || !slices.Equal(spaces.Personal, []Namespace{{"", "/"}}) || !slices.Equal(spaces.Shared, []Namespace{{"Team/", "/"}}) || spaces.Other != nil {
		t.Errorf("namespaces %+v, %v", spaces, err)
	}
	if rights, err := c.Rights(t.Context(), "INBOX"); err != nil || !rights.Has("lrswite") {
		t.Errorf("rights %q, %v", rights, err)
	}
	d.ShareFolder(t, "Team/Log", map[string]string{ann: "lrwstipekxa", ben: "lri"})
	other := dial(t, config(d, ben))
	if rights, err := other.Rights(t.Context(), "Team/Log"); err != nil || !rights.Has("lri") || rights.Has("t") {
		t.Errorf("rights %q, %v", rights, err)
	}
	quota, err := c.Quota(t.Context(), "INBOX")
	if err != nil || len(quota) != 1 || quota[0].Resource != "STORAGE" || quota[0].Limit != 64 || quota[0].Usage != 0 {
		t.Errorf("quota %+v, %v", quota, err)
	}
	big := imaptest.Message(ann, ben, "Subject", strings.Repeat("x", 80<<10))
	_, err = c.Append(t.Context(), "INBOX", nil, time.Time{}, big)
	wantKind(t, err, KindQuota)
}

func TestDovecotTidies(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	c := selected(t, d, ann, "INBOX")
	if err := c.Create(t.Context(), "Postvak"); err != nil {
		t.Fatal(err)
	}
	added, err := c.Add(t.Context(), "Postvak", Flags{Seen, Flagged}, time.Time{}, imaptest.Message(ann, ben, "Subject", "Text"))
	before, _ := c.Select(t.Context(), "Postvak", true)
	if err != nil || added != (Added{before.UIDValidity, 1}) || added.UIDValidity == 0 {
		t.Fatalf("%+v in %+v, %v", added, before, err)
	}
	if _, err := c.Append(t.Context(), "Postvak", nil, time.Time{}, imaptest.Message(ann, ben, "Subject", "Text")); err != nil {
		t.Fatal(err)
	}
	if flagged, err := c.FlaggedUIDs(t.Context()); err != nil || !slices.Equal(flagged, []uint32{1}) {
		t.Errorf("flagged: %v, %v", flagged, err)
	}
	if err := c.Unsubscribe(t.Context(), "Postvak"); err != nil {
		t.Error(err)
	}
	if err := c.Rename(t.Context(), "Postvak", "Aside"); err != nil {
		t.Fatal(err)
	}
	_, err = c.UIDs(t.Context(), 1, 0)
	wantKind(t, err, KindConfig) // nothing is selected
	if after, err := c.Select(t.Context(), "Aside", true); err != nil || after.Exists != 2 {
		t.Errorf("%+v, %v", after, err)
	}
	if err := c.Delete(t.Context(), "Aside"); err != nil {
		t.Fatal(err)
	}
	_, err = c.Select(t.Context(), "Aside", true)
	wantKind(t, err, KindMissing)
	wantKind(t, c.Rename(t.Context(), "Nowhere", "Elsewhere"), KindMissing)
}

// What servers say about accounts in ways that RFCs do not foresee.
func TestAccountResponses(t *testing.T) {
	r := newRobot(t)
	r.caps += " ACL QUOTA NAMESPACE ID"
	reply := ""
	r.answer = func(_ int, v, _ string) (string, bool) {
		asks := v == "MYRIGHTS" || v == "GETQUOTAROOT" || v == "NAMESPACE" || v == "ID"
		return reply + "$ OK done\r\n", asks
	}
	c := inbox(t, r)
	for line, want := range map[string]Rights{
		"* MYRIGHTS INBOX lri\r\n":               "lri",
		"* MYRIGHTS \"My box\" \"lr i\"\r\n":     "lri",
		"* MYRIGHTS {3}\r\nabc lrs0\r\n":         "lrs0",
		"* MYRIGHTS a box with spaces lri\r\n":   "lri",
		"* MYRIGHTS\r\n":                         "",
		"* MYRIGHTS INBOX\r\n":                   "",
		"* MYRIGHTS INBOX \"\"\r\n":              "",
		"* MYRIGHTS ((((\r\n* MYRIGHTS )( x\r\n": "",
	} {
		reply = line
		if got, err := c.Rights(t.Context(), "INBOX"); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]int{
		"* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 10 512)\r\n":                       1,
		"* QUOTAROOT INBOX #user/ann\r\n* QUOTA #user/ann (STORAGE 10 512 MESSAGE 1 2)\r\n": 2,
		"* QUOTAROOT INBOX User\r\n* QUOTA User (STORAGE -1 x MESSAGE 1 2)\r\n":             1,
		"* QUOTAROOT INBOX\r\n": 0,
		"* QUOTAROOT INBOX a a\r\n* QUOTA a ()\r\n* QUOTA a\r\n* QUOTA\r\n* QUOTAROOT\r\n": 0,
	} {
		reply = line
		if got, err := c.Quota(t.Context(), "INBOX"); err != nil || len(got) != want {
			t.Errorf("%q: %+v, %v; want %d", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		"* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n":                               "INBOX.",
		"* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X\" (\"a\" (\")\")))) () ()\r\n": "",
		"* NAMESPACE ((INBOX/ NIL)) NIL\r\n":                                         "INBOX/",
		"* NAMESPACE\r\n":                                                            "none", "* NAMESPACE NIL NIL NIL\r\n": "none",
		"* NAMESPACE ((((\r\n": "none", "* NAMESPACE () ((\"x\r\n": "none",
	} {
		reply = line
		got, err := c.Namespaces(t.Context())
		prefix := "none"
		if len(got.Personal) > 0 {
			prefix = got.Personal[0].Prefix
		}
		if err != nil || prefix != want {
			t.Errorf("%q: %+v, %v; want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]string{
		"* ID (\"name\" \"Bridge\" \"vendor\" \"Proton\")\r\n": "Proton Bridge",
		"* ID NIL\r\n": "", "* ID (\"name\")\r\n": "", "* ID (\"name\" NIL\r\n": "NIL", "* ID\r\n": "",
	} {
		reply = line
		if got, err := c.Program(t.Context()); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", line, got, err, want)
		}
	}
	r.answer = func(_ int, v, _ string) (string, bool) { return "$ NO not here\r\n", v != "NOOP" }
	if rights, err := c.Rights(t.Context(), "INBOX"); rights != "" || err != nil {
		t.Errorf("a refused question: %q, %v", rights, err)
	}
	if quota, err := c.Quota(t.Context(), "INBOX"); quota != nil || err != nil {
		t.Errorf("a refused question: %v, %v", quota, err)
	}
}
