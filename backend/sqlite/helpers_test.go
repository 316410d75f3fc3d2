package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const (
	me      = inbox.MemberID("anna")
	channel = inbox.ChannelID("shop")
	ours    = "info@bakery.example"
)

var start = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// fake raw mails are JSON, so that the tests need no mail parser.
func parseJSON(key inbox.Key, raw []byte) inbox.Message {
	if key.Chat() {
		return chat.Parse(raw)
	}
	var m inbox.Message
	if err := json.Unmarshal(raw, &m); err != nil {
		m.Warnings = []string{"unreadable"}
	}
	m.Parser = 1
	return m
}

func options() Options {
	return Options{Me: me, Now: func() time.Time { return start }, Parse: parseJSON, Parser: 1,
		OurAlert: func(id string) bool { return strings.HasPrefix(id, "alert.") }}
}

func openAt(t testing.TB, dir string, opt Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newCache is an empty cache with one shared channel that is connected.
func newCache(t testing.TB) *DB {
	t.Helper()
	db := openAt(t, t.TempDir(), options())
	connect(t, db, shop())
	return db
}

func shop() inbox.Channel {
	return inbox.Channel{ID: channel, Kind: inbox.Email, Name: "Bakery", Address: ours, Shared: true, Installer: me}
}

func connect(t testing.TB, db *DB, channels ...inbox.Channel) {
	t.Helper()
	if _, err := db.Apply(context.Background(), Applied{Channels: channels}); err != nil {
		t.Fatal(err)
	}
}

// mail makes an inbound message; options change it.
func mail(n int, from string, change ...func(*inbox.Message)) inbox.Fetched {
	m := inbox.Message{
		Direction: inbox.In, At: start.Add(time.Duration(n) * time.Minute), From: inbox.Address{Name: "Name of " + from, Address: from},
		To: []inbox.Address{{Address: ours}}, Subject: fmt.Sprintf("Subject %d", n), Text: fmt.Sprintf("Text of message %d.", n),
		MessageID: fmt.Sprintf("m%d@example", n), Parser: 1,
	}
	for _, c := range change {
		c(&m)
	}
	return fetched(m)
}

// reply makes ours: an outgoing message.
func ourMail(n int, to string, change ...func(*inbox.Message)) inbox.Fetched {
	return mail(n, ours, append([]func(*inbox.Message){func(m *inbox.Message) {
		m.Direction, m.To = inbox.Out, []inbox.Address{{Address: to}}
	}}, change...)...)
}

func fetched(m inbox.Message) inbox.Fetched {
	for i := range m.Attachments {
		sum := sha256.Sum256(m.Attachments[i].Data)
		m.Attachments[i].ID = inbox.FileID(hex.EncodeToString(sum[:]))
		m.Attachments[i].Size = int64(len(m.Attachments[i].Data))
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(raw)
	f := inbox.Fetched{Message: parseJSON("", raw), Raw: raw}
	f.Message.Key = inbox.MailKey(channel, hex.EncodeToString(sum[:6]))
	return f
}

func answers(ids ...int) func(*inbox.Message) {
	return func(m *inbox.Message) {
		for _, id := range ids {
			m.References = append(m.References, fmt.Sprintf("m%d@example", id))
		}
	}
}

func store(t testing.TB, db *DB, messages ...inbox.Fetched) Changed {
	t.Helper()
	return storeBatch(t, db, inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox, Name: "INBOX", UIDValidity: 1}, Messages: messages, Live: true})
}

func storeBatch(t testing.TB, db *DB, b inbox.Batch) Changed {
	t.Helper()
	changed, err := db.StoreBatch(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// decide applies events to the cache as the log would, in order.
type logBook struct {
	t  testing.TB
	db *DB
	n  uint64
}

func (l *logBook) decide(author inbox.MemberID, events ...teamlog.Event) Changed {
	l.t.Helper()
	var all []teamlog.Decision
	for _, e := range events {
		all = append(all, l.decision(author, e))
	}
	changed, err := l.db.Apply(context.Background(), Applied{Decisions: all, Cursor: teamlog.Cursor{Pos: teamlog.Pos{Epoch: "e", N: l.n}}})
	if err != nil {
		l.t.Fatal(err)
	}
	return changed
}

func (l *logBook) decision(author inbox.MemberID, e teamlog.Event) teamlog.Decision {
	l.n++
	return teamlog.Decision{ID: fmt.Sprintf("d%d", l.n), N: l.n, Author: author, At: start, Seen: l.n - 1, Event: e}
}

func open(t testing.TB, db *DB, key inbox.Key) *Conversation {
	t.Helper()
	view, err := db.Conversation(t.Context(), key, OpenQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func list(t testing.TB, db *DB, section inbox.Section) []Row {
	t.Helper()
	page, err := db.List(t.Context(), ListQuery{Section: section})
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

func counts(t testing.TB, db *DB) map[inbox.Section][2]int {
	t.Helper()
	all, err := db.Sections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	result := map[inbox.Section][2]int{}
	for _, c := range all {
		if c.Total != 0 || c.Unread != 0 {
			result[c.Section] = [2]int{c.Total, c.Unread}
		}
	}
	return result
}

func wantCode(t testing.TB, err error, code inbox.Code) {
	t.Helper()
	if got := inbox.CodeOf(err); got != code {
		t.Fatalf("error %v has code %q, want %q", err, got, code)
	}
}

func equalBytes(t testing.TB, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}
