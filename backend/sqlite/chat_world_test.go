package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// Two channels of chat, and who writes there.
const (
	phone = inbox.ChannelID("phone")
	page  = inbox.ChannelID("page")
	zoe   = "+31612345678"
	yusuf = "+31687654321"
	psid  = "7001"
)

func chatChannels() []inbox.Channel {
	return []inbox.Channel{
		{ID: phone, Kind: inbox.WhatsApp, Name: "WhatsApp", Address: "+31201234567", Shared: true, Installer: me},
		{ID: page, Kind: inbox.Messenger, Name: "Page", Address: "1001", Shared: true, Installer: me, Messenger: inbox.MessengerSettings{HumanAgent: true}},
	}
}

// newChat is a cache with both, and the clock that it goes by.
func newChat(t testing.TB) (*DB, *time.Time) {
	t.Helper()
	now := start
	opt := options()
	opt.Now = func() time.Time { return now }
	db := openAt(t, t.TempDir(), opt)
	connect(t, db, chatChannels()...)
	return db, &now
}

// chatted makes a message as its provider gave it.
func chatted(c inbox.ChannelID, m chat.Message) inbox.Fetched {
	raw := chat.Encode(m)
	f := inbox.Fetched{Message: chat.Parse(raw), Raw: raw}
	f.Message.Key, f.Message.Channel = inbox.ChatKey(c, m.ID), c
	return f
}

func chatMessage(c inbox.ChannelID, n int, d inbox.Direction, contact string) chat.Message {
	own, kind := "+31201234567", inbox.WhatsApp
	if c == page {
		own, kind = "1001", inbox.Messenger
	}
	m := chat.Message{ID: fmt.Sprintf("SM%d", n), Kind: kind, Direction: d, From: inbox.Address{Address: contact}, To: inbox.Address{Address: own},
		At: start.Add(time.Duration(n) * time.Minute), Text: fmt.Sprintf("Chat %d", n)}
	if d == inbox.Out {
		m.From, m.To = m.To, m.From
	}
	return m
}

// says makes what a contact wrote, and wrote what a provider has of ours.
func says(c inbox.ChannelID, n int, contact string) inbox.Fetched {
	return chatted(c, chatMessage(c, n, inbox.In, contact))
}

func wrote(c inbox.ChannelID, n int, contact string, state inbox.State) inbox.Fetched {
	f := chatted(c, chatMessage(c, n, inbox.Out, contact))
	f.State = state
	return f
}

func polls(t testing.TB, db *DB, c inbox.ChannelID, messages ...inbox.Fetched) Changed {
	t.Helper()
	return storeBatch(t, db, inbox.Batch{Channel: c, Folder: inbox.FolderState{Role: inbox.FolderInbox}, Messages: messages, Live: true})
}

// queues queues an answer of our own, under an id of our own.
func queueing(c inbox.ChannelID, n int, contact, own string) Queueing {
	m := chatMessage(c, n, inbox.Out, contact)
	m.ID = own
	raw := chat.Encode(m)
	q := Queueing{Message: chat.Parse(raw), Draft: inbox.Draft{Text: m.Text},
		Rendered: inbox.Rendered{MessageID: own, From: m.From.Address, Recipients: []string{contact}, Wire: raw}}
	q.Message.Key = inbox.ChatKey(c, own)
	return q
}

func queues(t testing.TB, db *DB, q ...Queueing) {
	t.Helper()
	if _, err := db.QueueAll(context.Background(), q); err != nil {
		t.Fatal(err)
	}
}

// sent is what the outbox says when the provider took a message.
func sent(t testing.TB, db *DB, key inbox.Key, provider string) Changed {
	t.Helper()
	o, err := db.OutgoingMessage(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	o.State, o.ProviderID, o.SentAt = inbox.OutSent, provider, start
	changed, err := db.SetOutgoing(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func rebuilt(t testing.TB, db *DB) {
	t.Helper()
	if err := db.Rebuild(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
}

// keepsAfterRebuild holds that deriving anew changes nothing.
func keepsAfterRebuild(t testing.TB, db *DB) {
	t.Helper()
	before := dump(t, db)
	rebuilt(t, db)
	after := dump(t, db)
	for name := range derivedTables {
		if fmt.Sprint(before[name]) != fmt.Sprint(after[name]) {
			t.Errorf("%s differs after a rebuild\n got %q\nwant %q", name, after[name], before[name])
		}
	}
}
