package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestANewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	if err := db.script(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, options())
	wantCode(t, err, inbox.Unavailable)
	if !strings.Contains(err.Error(), "newer version") {
		t.Errorf("said %q", err)
	}
}

// frozen opens a database as a version wrote it, with rows in every kept table.
func frozen(t *testing.T, version int) *DB {
	t.Helper()
	dir := t.TempDir()
	script, err := os.ReadFile(fmt.Sprintf("testdata/version%d.sql", version))
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite3", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	return openAt(t, dir, options())
}

// TestFrozenDatabasesOpen finds in each what every version had.
func TestFrozenDatabasesOpen(t *testing.T) {
	for version := 1; version <= 5; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			db := frozen(t, version)
			view := open(t, db, "shop:one")
			if len(view.Messages) != 2 || view.Draft == nil || view.Draft.Text != "kept" || !view.Pending || view.Notes[len(view.Notes)-1].Text != "n" {
				t.Errorf("conversation %+v", view)
			}
			if waiting, err := db.Outbox(t.Context()); err != nil || len(waiting) != 1 || waiting[0].State != inbox.OutAsk {
				t.Errorf("outbox %+v, %v", waiting, err)
			}
			if pending, err := db.PendingRecords(t.Context()); err != nil || len(pending) != 1 {
				t.Errorf("pending %+v, %v", pending, err)
			}
			var theme string
			if found, err := db.Setting(t.Context(), "theme", &theme); err != nil || !found || theme != "dark" {
				t.Errorf("theme %q, %v", theme, err)
			}
			var records int
			_, err := db.Log().Read(t.Context(), teamlog.Pos{}, func(teamlog.Pos, []byte) error { records++; return nil })
			if err != nil || records != 1 {
				t.Errorf("%d records, %v", records, err)
			}
		})
	}
}

// TestVersion1ReadsItsLogAgain: it ordered decisions by their places in the log,
// so that confirmed ones come back when that is read again.
func TestVersion1ReadsItsLogAgain(t *testing.T) {
	db := frozen(t, 1)
	if cursor, err := db.Cursor(t.Context()); err != nil || cursor.Count != 0 || cursor.Pos.N != 0 {
		t.Errorf("the log is read on at %+v, %v", cursor, err)
	}
	again := teamlog.Decision{ID: "d1", N: 1, Author: me, At: start, Event: &teamlog.Assign{Conversation: "shop:one", To: me}}
	if _, err := db.Apply(t.Context(), Applied{Decisions: []teamlog.Decision{again}}); err != nil {
		t.Fatal(err)
	}
	if view := open(t, db, "shop:one"); view.Section != inbox.Mine {
		t.Errorf("stands in %s after the log was read again", view.Section)
	}
}

// TestLaterVersionsKeepTheTeam: the log, a snapshot that is not settled, what is
// private and what is to be told.
func TestLaterVersionsKeepTheTeam(t *testing.T) {
	for _, version := range []int{2, 3, 4, 5} {
		t.Run(fmt.Sprint(version), func(t *testing.T) { keepsTheTeam(t, frozen(t, version)) })
	}
}

func keepsTheTeam(t *testing.T, db *DB) {
	t.Helper()
	if view := open(t, db, "shop:one"); view.Section != inbox.Mine || len(view.Notes) != 2 || view.Notes[0].Text != "private" {
		t.Errorf("conversation %+v", view)
	}
	if cursor, err := db.Cursor(t.Context()); err != nil || cursor.Count != 4 {
		t.Errorf("cursor %+v, %v", cursor, err)
	}
	for id, want := range map[string]uint64{"b2": 2, "r2": 4, "r3": 0} {
		if n, err := db.HasRecord(t.Context(), id); err != nil || n != want {
			t.Errorf("%s is number %d, %v", id, n, err)
		}
	}
	if state, n, found, err := db.Checkpoint(t.Context(), 9); err != nil || !found || n != 2 || string(state) != "state" {
		t.Errorf("checkpoint %q at %d, %v", state, n, err)
	}
	if got := reports(t, db); len(got) != 1 || got[0] != "r2.0" {
		t.Errorf("reports %q", got)
	}
	if _, found, err := loadSnapshot(db.reading(t.Context())); err != nil || !found {
		t.Errorf("on a snapshot: %v, %v", found, err)
	}
}

// TestVersion5KeepsItsChats: what was fetched and sent, how far each was read,
// and by what names messages are known.
func TestVersion5KeepsItsChats(t *testing.T) {
	db := frozen(t, 5)
	view := open(t, db, inbox.ChatKey(phone, "own-1"))
	if len(view.Messages) != 2 || len(view.Messages[0].Attachments) != 2 || view.Contact.Name != "Zoë" {
		t.Fatalf("conversation %+v", view)
	}
	if m := view.Messages[1]; m.Key != inbox.ChatKey(phone, "SM2") || m.MessageID != "SM2" || m.State != inbox.StateFailed || m.Detail != "Twilio 63024" {
		t.Errorf("sent %+v", m)
	}
	if states, err := db.FolderStates(t.Context(), phone); err != nil || len(states) != 1 || states[0].Cursor == "" {
		t.Errorf("%+v, %v", states, err)
	}
}

// TestLaterVersionsKeepTheCRM: what waits to be made, and what a provider said;
// the rest follows from the log.
func TestLaterVersionsKeepTheCRM(t *testing.T) {
	for _, version := range []int{4, 5} {
		t.Run(fmt.Sprint(version), func(t *testing.T) { keepsTheCRM(t, frozen(t, version)) })
	}
}

func keepsTheCRM(t *testing.T, db *DB) {
	t.Helper()
	if all, err := db.Creations(t.Context()); err != nil || !reflect.DeepEqual(all, []Creation{creation("shop:one")}) {
		t.Errorf("creations %+v, %v", all, err)
	}
	if got := seen(t, db); got != [3]bool{true, true, true} {
		t.Errorf("note, record and match are kept: %v", got)
	}
	if links := open(t, db, "shop:two").Links; len(links) != 2 || links[0].ID != "p2.0" || links[1].ID != "r2.3" {
		t.Errorf("links %+v", links)
	}
	if all, err := db.OwedNotes(t.Context(), start, "", 0); err != nil || len(all) != 2 {
		t.Errorf("owed %+v, %v", all, err)
	}
	if all, err := db.FindEntities(t.Context(), inbox.Person, "meijer", 0); err != nil || !slices.Equal(ids(all), []string{"p1"}) {
		t.Errorf("persons %+v, %v", all, err)
	}
	if n, found, err := db.BookNoteByMarker(t.Context(), someone, "note=abc."); err != nil || !found || n.Text != "a note" {
		t.Errorf("note %+v, %v, %v", n, found, err)
	}
}

// TestLaterVersionsKeepTheHistory of notifications.
func TestLaterVersionsKeepTheHistory(t *testing.T) {
	for _, version := range []int{3, 4, 5} {
		t.Run(fmt.Sprint(version), func(t *testing.T) { keepsTheHistory(t, frozen(t, version)) })
	}
}

func keepsTheHistory(t *testing.T, db *DB) {
	t.Helper()
	want := []string{"shop:one bram email failed mail_failed", "shop:one anna desktop shown do_not_disturb"}
	if events := told(t, db, HistoryQuery{}); !reflect.DeepEqual(events, want) {
		t.Errorf("the history has %q, want %q", events, want)
	}
	all := waitsFor(t, db, inbox.MediumEmail)
	if len(all) != 1 || all[0].Occasion != inbox.OccasionAssigned || !all[0].Due.Equal(start.Add(30*time.Second)) {
		t.Fatalf("%+v wait", all)
	}
	if e, found, err := db.Event(t.Context(), all[0]); err != nil || !found || !e.Assignment || e.Assignee != me || e.Device != "anna-1" {
		t.Errorf("event %+v, %v, %v", e, found, err)
	}
}

func TestRebuildEndsAsItBegan(t *testing.T) {
	db := searchable(t)
	book := &logBook{t: t, db: db}
	first := mail(1, "carla@customer.example", subject("Broodjes"), text("Twintig croissants en een café crème, graag.")).Message.Key
	book.decide(me, &teamlog.Assign{Conversation: first, To: me}, &teamlog.Note{Conversation: first, Text: "note"})
	before, known := dump(t, db), names(t, db)
	last := 0
	if err := db.Rebuild(t.Context(), func(done, _ int) { last = done }); err != nil {
		t.Fatal(err)
	}
	if after := dump(t, db); !reflect.DeepEqual(after, before) {
		t.Errorf("before %v\nafter %v", before, after)
	}
	if now := names(t, db); !reflect.DeepEqual(now, known) {
		t.Errorf("known as %v, now %v", known, now)
	}
	if last != 4 {
		t.Errorf("progress ended at %d of 4", last)
	}
}

// TestARebuildCutShortGoesOn: whatever was derived when the program ended, the
// next Open ends the work.
func TestARebuildCutShortGoesOn(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	for i := range 1200 {
		if i%300 == 0 {
			store(t, db, mail(i, carla), mail(i+1, carla, answers(i)))
		}
	}
	var many []inbox.Fetched
	for i := range 1100 {
		many = append(many, mail(2000+i, fmt.Sprintf("c%d@customer.example", i)))
	}
	store(t, db, many...)
	before, known := dump(t, db), names(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	if err := db.Rebuild(ctx, func(int, int) { cancel() }); err == nil {
		t.Fatal("the rebuild was not cut short")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, dir, options())
	if after := dump(t, db); !reflect.DeepEqual(after, before) {
		t.Error("the state differs")
	}
	if now := names(t, db); !reflect.DeepEqual(now, known) {
		t.Error("conversations are known by other ids")
	}
}

func TestANewerParserDerivesAnew(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	m := mail(1, carla)
	store(t, db, m)
	_ = db.Close()
	better := options()
	better.Parser = 2
	better.Parse = func(key inbox.Key, raw []byte) inbox.Message {
		m := parseJSON(key, raw)
		m.Text = "read better"
		return m
	}
	if got := open(t, openAt(t, dir, better), m.Message.Key).Messages[0].Text; got != "read better" {
		t.Errorf("text %q", got)
	}
}

func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	var pages int
	if err := db.write.conn.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if _, err := db.write.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	big := mail(2, carla, answers(1), text(strings.Repeat("flour ", 100_000)))
	_, err := db.StoreBatch(t.Context(), inbox.Batch{Channel: channel, Messages: []inbox.Fetched{big}})
	wantCode(t, err, inbox.Unavailable)
	if !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("said %q", err)
	}
	if got := len(open(t, db, m.Message.Key).Messages); got != 1 {
		t.Errorf("%d messages after a failed write", got)
	}
	limit(1 << 30)
	store(t, db, big)
	if got := len(open(t, db, m.Message.Key).Messages); got != 2 {
		t.Errorf("%d messages once there is room", got)
	}
}

// TestAReadOnlyDatabaseIsSaid: what is there is shown, and a write says why it
// cannot be.
func TestAReadOnlyDatabaseIsSaid(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	forbid := func(on int) {
		t.Helper()
		if _, err := db.write.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA query_only = %d", on)); err != nil {
			t.Fatal(err)
		}
	}
	forbid(1)
	_, err := db.StoreBatch(t.Context(), inbox.Batch{Channel: channel, Messages: []inbox.Fetched{mail(2, carla)}})
	draft := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{Text: "Yes"})
	for _, err := range []error{err, draft} {
		if inbox.CodeOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), "cannot be written") {
			t.Errorf("said %v", err)
		}
	}
	if view := open(t, db, m.Message.Key); len(view.Messages) != 1 || view.Draft != nil {
		t.Errorf("shown %+v", view)
	}
	forbid(0)
	if err := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{Text: "Yes"}); err != nil {
		t.Error(err)
	}
}

// said holds errors to what a person can read.
func said(t *testing.T, err error) {
	t.Helper()
	var known *inbox.Error
	if err != nil && !errors.As(err, &known) {
		t.Errorf("%T %v is no sentence for a person", err, err)
	}
}

// TestOnlyTheOwnerReadsTheDatabase: the folder may be one that others can look
// into.
func TestOnlyTheOwnerReadsTheDatabase(t *testing.T) {
	dir := t.TempDir()
	if runtime.GOOS == "windows" {
		t.Skip("there the folder's own list of rights decides")
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, dir, options())
	connect(t, db, shop())
	check := func(when string) {
		t.Helper()
		for _, name := range []string{FileName, FileName + "-wal", FileName + "-shm"} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has %v", when, name, info.Mode())
			}
		}
	}
	check("new")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, FileName), 0o644); err != nil {
		t.Fatal(err)
	}
	connect(t, openAt(t, dir, options()), shop())
	check("of an older program")
}

// TestADamagedDatabaseSaysWhatToDo: there is no window yet to do it in.
func TestADamagedDatabaseSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	rubbish := bytes.Repeat([]byte("no database "), 10_000)
	if err := os.WriteFile(path, rubbish, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, options())
	if inbox.CodeOf(err) != inbox.Internal || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "Settings") {
		t.Errorf("%v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, rubbish) {
		t.Error("the damaged file was touched")
	}
}
