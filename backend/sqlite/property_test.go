package sqlite

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// world is a set of messages and a log about them.
type world struct {
	messages  []inbox.Fetched
	decisions []teamlog.Decision
	crm       *crmWorld
}

func drawWorld(t *rapid.T) world {
	people := []string{"carla@customer.example", "dave@other.example", "eve@evil.example"}
	w := world{crm: &crmWorld{}}
	for i := range rapid.IntRange(1, 12).Draw(t, "messages") {
		person := rapid.SampledFrom(people).Draw(t, "person")
		change := func(m *inbox.Message) {
			if rapid.IntRange(0, 9).Draw(t, "same id") == 0 && i > 0 {
				m.MessageID = fmt.Sprintf("m%d@example", rapid.IntRange(0, i-1).Draw(t, "id"))
			}
			for range rapid.IntRange(0, 2).Draw(t, "references") {
				m.References = append(m.References, fmt.Sprintf("m%d@example", rapid.IntRange(0, 11).Draw(t, "reference")))
			}
			if rapid.IntRange(0, 11).Draw(t, "bounce") == 0 {
				m.Nature = inbox.NatureBounce
				m.Bounce = &inbox.Bounce{MessageID: "m1@example", Permanent: true, Diagnostic: "unknown"}
			}
			m.Attachments = []inbox.Attachment{{Name: "a.txt", Type: "text/plain", Data: []byte(person)}}
		}
		f := mail(i, person, change)
		if rapid.Bool().Draw(t, "ours") {
			f = ourMail(i, person, change)
		}
		f.Seen = rapid.Bool().Draw(t, "seen")
		w.messages = append(w.messages, f)
	}
	book := &logBook{}
	for range rapid.IntRange(0, 16).Draw(t, "decisions") {
		author := rapid.SampledFrom([]inbox.MemberID{me, "bram"}).Draw(t, "author")
		made := book.decision(author, w.drawEvent(t))
		w.crm.made(made)
		w.decisions = append(w.decisions, made)
	}
	return w
}

func (w world) drawEvent(t *rapid.T) teamlog.Event {
	key := func(label string) inbox.Key { return rapid.SampledFrom(w.messages).Draw(t, label).Message.Key }
	covers := func() (keys []inbox.Key) {
		for _, f := range w.messages {
			if rapid.Bool().Draw(t, "covered") {
				keys = append(keys, f.Message.Key)
			}
		}
		return keys
	}
	c := key("conversation")
	if rapid.IntRange(0, 2).Draw(t, "about the crm") == 0 {
		return w.crm.event(t, c, w.messages)
	}
	switch rapid.IntRange(0, 9).Draw(t, "event") {
	case 0:
		return &teamlog.Assign{Conversation: c, To: rapid.SampledFrom([]inbox.MemberID{me, "bram"}).Draw(t, "to")}
	case 1, 2:
		return &teamlog.Close{Conversation: c, Covers: covers()}
	case 3:
		return &teamlog.Reopen{Conversation: c}
	case 4:
		return &teamlog.Delete{Conversation: c, Covers: covers()}
	case 5:
		return &teamlog.Note{Conversation: c, Text: "a note", Mentions: []inbox.MemberID{"bram"}}
	case 6:
		return &teamlog.Read{Conversation: c, UpTo: start.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "read")) * time.Minute)}
	case 7:
		return &teamlog.Drafting{Conversation: c}
	case 8:
		return &teamlog.Sent{Conversation: c, Key: key("sent"), By: me}
	default:
		return &teamlog.Unread{Conversation: c}
	}
}

// TestAnyOrderEndsInTheSameState: messages in any order and batches, some
// twice, between stretches of the log, some of it pending first, end in the
// state that everything in order ends in; and deriving it anew changes nothing.
func TestAnyOrderEndsInTheSameState(t *testing.T) {
	check(t, func(r *rapid.T) {
		w := drawWorld(r)
		reference, shuffled := temporary(t, r), temporary(t, r)
		w.inOrder(r, reference)
		w.shuffled(r, shuffled)
		want, got := dump(t, reference), dump(t, shuffled)
		compare(r, "shuffled", got, want)
		known := names(t, shuffled)
		if err := shuffled.Rebuild(context.Background(), nil); err != nil {
			r.Fatal(err)
		}
		compare(r, "rebuilt", dump(t, shuffled), want)
		if now := names(t, shuffled); !slices.Equal(now, known) {
			r.Fatalf("conversations were known as %v and are now %v", known, now)
		}
	})
}

// worlds is how many are tried in each property, unless -rapid.checks says
// otherwise: each has databases of its own, and those take a disk's time.
const worlds = 40

// check is rapid.Check with as many.
func check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(strconv.Itoa(worlds)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
	}
	rapid.Check(t, property)
}

// empty is a database as the migrations leave it: they are not what is tested.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := Open(context.Background(), dir, options())
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, FileName))
})

// scratch opens an empty database that lasts as long as a property's check.
func scratch(t *testing.T, r *rapid.T) *DB {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		r.Fatal(err)
	}
	bytes, err := empty()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, FileName), bytes, 0o600)
	}
	if err != nil {
		r.Fatal(err)
	}
	db, err := Open(context.Background(), dir, options())
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = db.Close() })
	return db
}

func temporary(t *testing.T, r *rapid.T) *DB {
	t.Helper()
	db := scratch(t, r)
	shop := shop()
	shop.OpenSince = mail(3, "x").Message.At
	connect(t, db, shop)
	return db
}

func compare(r *rapid.T, what string, got, want map[string][]string) {
	for name := range derivedTables {
		if !reflect.DeepEqual(got[name], want[name]) {
			r.Fatalf("%s: %s differs\n got %q\nwant %q", what, name, got[name], want[name])
		}
	}
	if !reflect.DeepEqual(got["sections"], got["counted"]) {
		r.Fatalf("%s: kept counts %q, counted %q", what, got["sections"], got["counted"])
	}
	if !reflect.DeepEqual(got["entity counts"], got["entities listed"]) || !reflect.DeepEqual(got["shared keys"], got["keys counted"]) {
		r.Fatalf("%s: the contact book counts %q and %q, there are %q and %q", what,
			got["entity counts"], got["shared keys"], got["entities listed"], got["keys counted"])
	}
}

func (w world) inOrder(r *rapid.T, db *DB) {
	w.store(r, db, w.messages)
	apply(r, db, w.decisions)
}

func (w world) shuffled(r *rapid.T, db *DB) {
	order := rapid.Permutation(w.messages).Draw(r, "order")
	log := w.decisions
	for len(order) > 0 || len(log) > 0 {
		if n := rapid.IntRange(0, len(order)).Draw(r, "batch"); n > 0 {
			w.store(r, db, order[:n])
			order = order[n:]
		}
		if n := rapid.IntRange(0, len(log)).Draw(r, "stretch"); n > 0 {
			if rapid.Bool().Draw(r, "pending first") {
				pend(r, db, log[:n])
			}
			apply(r, db, log[:n])
			log = log[n:]
		}
		if rapid.IntRange(0, 4).Draw(r, "again") == 0 {
			w.store(r, db, w.messages[:rapid.IntRange(0, 1).Draw(r, "old")])
			apply(r, db, w.decisions[:len(w.decisions)-len(log)])
		}
	}
}

func (w world) store(r *rapid.T, db *DB, messages []inbox.Fetched) {
	_, err := db.StoreBatch(context.Background(), inbox.Batch{Channel: channel,
		Folder: inbox.FolderState{Role: inbox.FolderInbox, UIDValidity: 1}, Messages: messages})
	if err != nil {
		r.Fatal(err)
	}
}

func apply(r *rapid.T, db *DB, decisions []teamlog.Decision) {
	a := Applied{Decisions: decisions}
	for _, d := range decisions {
		a.Records = append(a.Records, Record{N: d.N, ID: "r" + d.ID})
	}
	if _, err := db.Apply(context.Background(), a); err != nil {
		r.Fatal(err)
	}
}

func pend(r *rapid.T, db *DB, decisions []teamlog.Decision) {
	for _, d := range decisions {
		if _, err := db.AddPending(context.Background(), "r"+d.ID, []byte(d.ID), []teamlog.Decision{d}); err != nil {
			r.Fatal(err)
		}
	}
}
