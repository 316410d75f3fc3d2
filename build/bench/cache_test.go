//go:build bench

package bench

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/specimen"
	"postvak/backend/sqlite"
)

const (
	channel = inbox.ChannelID("team-mail")
	me      = inbox.MemberID("ann")
	// step is how many messages a sync stores at once.
	step = 200
)

func openCache(t *testing.T, dir string) *sqlite.DB {
	t.Helper()
	db := openAs(t, dir, me)
	_, err := db.Apply(t.Context(), sqlite.Applied{Channels: []inbox.Channel{{
		ID: channel, Kind: inbox.Email, Name: "Support", Address: specimen.Team, Shared: true, Installer: me,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// parserOfTheProgram is app's parserVersion: by another one the program's first
// start would derive the whole cache anew.
const parserOfTheProgram = mime.Version*1000 + chat.Version

// openAs opens a cache as the program does for one member.
func openAs(t *testing.T, dir string, member inbox.MemberID) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), dir, sqlite.Options{
		Me: member, Preview: mime.Preview, Parser: parserOfTheProgram,
		Parse: func(_ inbox.Key, raw []byte) inbox.Message { return mime.Parse(raw) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// fetched is a letter as the e-mail channel hands it to the cache.
func fetched(l specimen.Letter, uid uint32) inbox.Fetched {
	m := mime.Parse(l.Raw)
	m.Key = inbox.MailKey(channel, mime.Digest(l.Raw))
	m.Channel, m.At = channel, l.At
	if m.Direction = inbox.In; l.Sent {
		m.Direction = inbox.Out
	}
	return inbox.Fetched{Message: m, Raw: l.Raw, UID: uid, Seen: l.Seen}
}

// filler stores messages in steps, as a sync does.
type filler struct {
	t       *testing.T
	db      *sqlite.DB
	channel inbox.ChannelID
	list    []inbox.Fetched
	done    int
}

func (f *filler) add(m inbox.Fetched) {
	if f.list = append(f.list, m); len(f.list) == step {
		f.flush()
	}
}

func (f *filler) flush() {
	f.t.Helper()
	f.done += len(f.list)
	_, err := f.db.StoreBatch(f.t.Context(), inbox.Batch{
		Channel: f.channel, Messages: f.list,
		Folder: inbox.FolderState{Role: inbox.FolderInbox, Name: "INBOX", UIDValidity: 1, Low: 1, High: uint32(f.done), Total: f.done, Done: f.done},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.list = f.list[:0]
}

// small is a conversation of one short message, for lists whose length is
// what matters.
func small(channel inbox.ChannelID, n int, at time.Time) inbox.Fetched {
	id := fmt.Sprintf("%d@mail.example", n)
	from := inbox.Address{Name: fmt.Sprintf("Customer %d", n), Address: fmt.Sprintf("customer%d@mail.example", n)}
	return inbox.Fetched{
		UID: uint32(n + 1), Seen: n%7 != 0, Raw: []byte("Message-ID: <" + id + ">\r\n\r\nok\r\n"),
		Message: inbox.Message{
			Key: inbox.MailKey(channel, id), Channel: channel, Direction: inbox.In, At: at, Sent: at, From: from,
			To: []inbox.Address{{Address: specimen.Team}}, MessageID: id, Parser: mime.Version,
			Subject: fmt.Sprintf("Question %d about my order", n), Text: "Where is it? I ordered last week.",
		},
	}
}

// timed measures calls one by one, in milliseconds.
func timed(t *testing.T, calls int, call func(i int) error) sample {
	t.Helper()
	times := make(sample, 0, calls)
	for i := range calls {
		began := time.Now()
		err := call(i)
		times = append(times, float64(time.Since(began).Microseconds())/1000)
		if err != nil {
			t.Fatal(err)
		}
	}
	return times
}

// bare is a database with nothing but the table and index that a question
// needs: the floor that Postvak's cache is compared with.
func bare(t *testing.T, schema string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "bare.db")+"?_journal_mode=WAL&_synchronous=NORMAL")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return db
}

// told says how long something took that is no measure by itself.
func told(what string, began time.Time) {
	fmt.Fprintf(os.Stdout, "%s in %s (load %s)\n", what, time.Since(began).Round(time.Second/10), load())
}

func diskSize(t *testing.T, dir string) int64 {
	t.Helper()
	var total int64
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}
