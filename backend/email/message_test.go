package email

import (
	"context"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func fetcher() *Mailbox {
	return New(Config{Channel: inbox.Channel{ID: "c", Address: "Info@Example.test"}, Aliases: []string{"sales@example.test"}, Clock: run.NewManual(noon)})
}

func TestDirection(t *testing.T) {
	m := fetcher()
	const customer = "\r\nTo: sales@example.test, customer@elsewhere.test"
	for _, c := range []struct {
		from string
		role inbox.FolderRole
		want inbox.Direction
	}{
		{"customer@elsewhere.test", inbox.FolderInbox, inbox.In},
		{"Info <INFO@example.test>" + customer, inbox.FolderInbox, inbox.Out},
		{"sales@example.test" + customer, inbox.FolderInbox, inbox.Out},
		{"colleague@example.test", inbox.FolderSent, inbox.Out},
		{"info@example.test", inbox.FolderSent, inbox.Out},
		{"", inbox.FolderInbox, inbox.In},
		// A contact form, a scanner, a stranger: nobody here wrote that.
		{"info@example.test\r\nReply-To: visitor@elsewhere.test" + customer, inbox.FolderInbox, inbox.In},
		{"info@example.test\r\nTo: INFO@example.test\r\nCc: sales@example.test", inbox.FolderInbox, inbox.In},
		{"info@example.test\r\nTo: undisclosed-recipients:;", inbox.FolderInbox, inbox.In},
		{"info@example.test", inbox.FolderInbox, inbox.In},
	} {
		f := m.fetched(imap.Item{UID: 1, Raw: []byte("From: " + c.from + "\r\n\r\nx"), InternalDate: noon}, c.role)
		if f.Message.Direction != c.want || f.Message.Key.Channel() != "c" || f.Problem != "" {
			t.Errorf("%q in %s: %+v", c.from, c.role, f)
		}
	}
}

func TestWhenItWasReceived(t *testing.T) {
	m := fetcher()
	sent := noon.Add(-time.Hour)
	for _, c := range []struct{ internal, date, want time.Time }{
		{noon.Add(-time.Minute), sent, noon.Add(-time.Minute).Add(endOfSecond)},
		{time.Time{}, sent, sent.Add(endOfSecond)},
		{time.Unix(0, 0), sent, sent.Add(endOfSecond)},
		{noon.AddDate(10, 0, 0), sent, sent.Add(endOfSecond)},
		{time.Time{}, noon.AddDate(10, 0, 0), noon},
		{time.Time{}, time.Time{}, noon},
	} {
		if got := m.received(imap.Item{InternalDate: c.internal}, inbox.Message{Sent: c.date}); !got.Equal(c.want) {
			t.Errorf("%v, %v: %v, want %v", c.internal, c.date, got, c.want)
		}
	}
}

// TestSetAside: a message that cannot be had says so, and stops nothing.
func TestSetAside(t *testing.T) {
	for _, kind := range []imap.Kind{imap.KindTooLarge, imap.KindNo} {
		f := fetcher().fetched(imap.Item{UID: 7, Size: 99 << 20, Err: &imap.Error{Kind: kind}, InternalDate: noon}, inbox.FolderInbox)
		if f.Problem == "" || f.UID != 7 || f.Message.Channel != "c" || !f.Message.At.Equal(noon.Add(endOfSecond)) {
			t.Errorf("%s: %+v", kind, f)
		}
	}
}

// TestMailToAMailboxThatWasEmpty: what came while we were away is new mail, not
// history, although nothing was ever read from the folder.
func TestMailToAMailboxThatWasEmpty(t *testing.T) {
	user, cfg := memoryServer(t)
	s := newShelf()
	stop := startSync(t, New(cfg), s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
	stop()
	put(t, user, "INBOX", imaptest.Message(ben, ann, "first", "x"))
	s.status.State = ""
	startSync(t, New(cfg), s)
	s.until(t, "ok again", func() bool { return s.status.State == inbox.ChannelOK })
	if f := s.find("first"); f == nil || !s.live[f.Message.Key] {
		t.Errorf("%+v, live %v", f, s.live)
	}
}

// TestNoPasswordNoConnection: a secret that cannot be had is the caller's error.
func TestNoPasswordNoConnection(t *testing.T) {
	_, cfg := memoryServer(t)
	cfg.Password = func(context.Context) (string, error) {
		return "", inbox.Errorf(inbox.NotFound, "no such secret")
	}
	m := New(cfg)
	if err := m.Sync(context.Background(), newShelf()); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("Sync: %v", err)
	}
	if _, err := m.Find(context.Background(), inbox.Sought{Rendered: inbox.Rendered{MessageID: "x@y"}}); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("Find: %v", err)
	}
	if res := m.Send(context.Background(), small, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Later {
		t.Errorf("Send: %+v", res)
	}
}
