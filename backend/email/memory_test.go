package email

import (
	"bytes"
	"context"
	"net"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// memoryServer is a second kind of IMAP server, whose folders can be renamed at
// will.
func memoryServer(t testing.TB) (*imapmemserver.User, Config) {
	t.Helper()
	user := imapmemserver.NewUser(ann, imaptest.Password)
	for _, name := range []string{"INBOX", "Sent"} {
		if err := user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	store := imapmemserver.New()
	store.AddUser(user)
	server := imapserver.New(&imapserver.Options{InsecureAuth: true, Caps: goimap.CapSet{goimap.CapIMAP4rev1: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return store.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	s := inbox.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: inbox.NoTLS, Username: ann}
	return user, Config{Channel: inbox.Channel{ID: "mem", Address: ann, Email: inbox.EmailSettings{IMAP: s}},
		Password: func(context.Context) (string, error) { return imaptest.Password, nil }}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func put(t testing.TB, u *imapmemserver.User, folder string, raw []byte) {
	t.Helper()
	if _, err := u.Append(folder, literal{bytes.NewReader(raw)}, &goimap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

// TestRenamedFolder: Sent got another name. It is found by its role and read on
// from where it was.
func TestRenamedFolder(t *testing.T) {
	user, cfg := memoryServer(t)
	put(t, user, "Sent", imaptest.Message(ann, ben, "one", "x"))
	s := newShelf()
	stop := startSync(t, New(cfg), s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK && s.find("one") != nil })
	stop()
	if err := user.Rename("Sent", "Verzonden", nil); err != nil {
		t.Fatal(err)
	}
	put(t, user, "Verzonden", imaptest.Message(ann, ben, "two", "x"))
	before := s.fetched
	s.status.State = ""
	startSync(t, New(cfg), s)
	s.until(t, "two", func() bool { return s.status.State == inbox.ChannelOK && s.find("two") != nil })
	if state := s.states[inbox.FolderSent]; state.Name != "Verzonden" || !s.live[s.find("two").Message.Key] || s.fetched != before+1 {
		t.Errorf("%+v, %d messages fetched, want what is new only", state, s.fetched-before)
	}
}

// TestAnotherFolderIsSentNow: the settings name another folder while the old
// one is still there; it is read from the start.
func TestAnotherFolderIsSentNow(t *testing.T) {
	user, cfg := memoryServer(t)
	put(t, user, "Sent", imaptest.Message(ann, ben, "one", "x"))
	s := newShelf()
	stop := startSync(t, New(cfg), s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK && s.find("one") != nil })
	stop()
	if err := user.Create("Elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	put(t, user, "Elsewhere", imaptest.Message(ann, ben, "two", "x"))
	cfg.Channel.Email.Sent = "Elsewhere"
	s.status.State = ""
	startSync(t, New(cfg), s)
	s.until(t, "two", func() bool { return s.status.State == inbox.ChannelOK && s.find("two") != nil })
}

// TestStoreThatFails: the sync ends with the sink's own error, and the next one
// goes on from what was stored.
func TestStoreThatFails(t *testing.T) {
	user, cfg := memoryServer(t)
	for range 2*chunk + 50 {
		put(t, user, "INBOX", imaptest.Message(ben, ann, "mail", "x"))
	}
	s := newShelf()
	s.failAt = 3
	if err := New(cfg).Sync(context.Background(), s); err == nil || err.Error() != "the disk is full" {
		t.Fatalf("it ended with %v", err)
	}
	s.truth(t, 2*chunk+50)
	stored := len(s.messages)
	startSync(t, New(cfg), s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
	if stored == 0 || stored >= 2*chunk || len(s.messages) != 2*chunk+50 || len(s.order) != len(s.messages) {
		t.Errorf("%d stored before, %d after, %d times", stored, len(s.messages), len(s.order))
	}
}
