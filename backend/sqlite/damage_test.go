package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// sizeOf is a size that the environment names, or the usual small one.
func sizeOf(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

// kept is a database on disk and what a person was told is stored in it.
type kept struct {
	file   []byte
	drafts map[inbox.Key]string
	queued map[inbox.Key]string // what goes over the wire
	state  map[string][]string
}

// keptWorld is a mailbox with drafts, a full outbox and decisions.
func keptWorld(t *testing.T) *kept {
	t.Helper()
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	w := &kept{drafts: map[inbox.Key]string{}, queued: map[inbox.Key]string{}}
	var letters []inbox.Fetched
	for i := range 150 {
		letters = append(letters, mail(i, fmt.Sprintf("customer%d@mail.example", i%50), answers(i-50), text(strings.Repeat(fmt.Sprintf("kale %d and cabbage. ", i), 40))))
	}
	store(t, db, letters...)
	book := &logBook{t: t, db: db}
	for i := range 20 {
		m := mail(10_000+i, fmt.Sprintf("kept%d@customer.example", i))
		store(t, db, m)
		book.decide(me, &teamlog.Note{Conversation: m.Message.Key, Text: fmt.Sprint("note ", i)})
		if i%2 == 0 {
			w.drafts[m.Message.Key] = fmt.Sprintf("draft %d of a person", i)
			if err := db.SaveDraft(t.Context(), m.Message.Key, inbox.Draft{Text: w.drafts[m.Message.Key]}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		ours := ourMail(20_000+i, carla, answers(10_000+i))
		wire := fmt.Sprintf("wire of message %d", i)
		w.queued[ours.Message.Key] = wire
		if _, err := db.Queue(t.Context(), Queueing{Message: ours.Message, Conversation: m.Message.Key, Rendered: inbox.Rendered{
			MessageID: ours.Message.MessageID, From: ours.Message.From.Address, Recipients: []string{carla}, Wire: []byte(wire), Filed: ours.Raw}}); err != nil {
			t.Fatal(err)
		}
	}
	w.state = dump(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.file, err = os.ReadFile(filepath.Join(dir, FileName)); err != nil {
		t.Fatal(err)
	}
	return w
}

// harm is one damage: some bytes at a place.
type harm struct {
	what     string
	from, to int
}

// damaged is a copy of the database that was hurt at one random place: a bit, a
// stretch, a sector that reads as nothing, or all from there on.
func (w *kept) damaged(random *rand.Rand) ([]byte, harm) {
	file := bytes.Clone(w.file)
	at := random.IntN(len(file))
	switch random.IntN(10) {
	case 0:
		return file[:at], harm{"cut off", at, len(file)}
	case 1, 2:
		from := at &^ 511
		clear(file[from : from+512])
		return file, harm{"a sector of nothing", from, from + 512}
	case 3, 4, 5:
		to := min(at+1+random.IntN(64), len(file))
		for i := at; i < to; i++ {
			file[i] = byte(random.Uint32())
		}
		return file, harm{"other bytes", at, to}
	}
	file[at] ^= 1 << random.IntN(8)
	return file, harm{"a bit", at, at + 1}
}

// fates counts what became of things.
type fates map[string]int

// TestDamagedDatabases hurts a database at random places (POSTVAK_PLACES). It
// opens, or says plainly that it is damaged; every call answers or says what is
// wrong. A draft or a queued message is there as it was, or a sentence says that
// it cannot be read; what neither holds of was hit in its own bytes. What is
// derived is made anew wherever what it is made of can be read.
func TestDamagedDatabases(t *testing.T) {
	w, places := keptWorld(t), sizeOf("POSTVAK_PLACES", 25)
	all, items := fates{}, fates{}
	for seed := range uint64(places) {
		file, hurt := w.damaged(rand.New(rand.NewPCG(seed, 6)))
		fate := w.survive(t, file, items)
		all[fate]++
		if t.Failed() {
			t.Fatalf("place %d: %s at %d to %d of %d", seed, hurt.what, hurt.from, hurt.to, len(file))
		}
	}
	each := len(w.drafts) + len(w.queued)
	opened := places - all["refused"]
	t.Logf("%d places: %d open, %d are refused with a sentence", places, opened, all["refused"])
	t.Logf("rebuilt: %d as it was, %d with something lost or changed, %d cannot be and say so; %d were never open", all["whole"], all["other"], all["cannot"], all["refused"])
	t.Logf("drafts and queued messages: %d of %d as they were, %d told as unreadable, %d in a file that is refused, %d hit themselves",
		items["kept"], each*places, items["told"], each*all["refused"], items["hit"])
	if opened < places/2 || items["kept"] < each*opened*8/10 {
		t.Errorf("most of what is hurt in one place should open, with nearly all in it: %v %v", all, items)
	}
}

// survive opens a hurt database, asks it everything, and rebuilds it.
func (w *kept) survive(t *testing.T, file []byte, items fates) (fate string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), dir, options())
	said(t, err)
	if err != nil {
		return "refused"
	}
	defer func() {
		_, err := db.StoreBatch(t.Context(), inbox.Batch{Channel: channel, Messages: []inbox.Fetched{mail(1, carla)}})
		said(t, err)
		_ = db.Close()
	}()
	w.askEverything(t, db)
	w.lookFor(t, db, items)
	if err := db.Rebuild(t.Context(), nil); err != nil {
		said(t, err)
		return "cannot"
	}
	if state, err := dumped(db); err == nil && reflect.DeepEqual(state, w.state) {
		return "whole"
	}
	return "other"
}

func (w *kept) askEverything(t *testing.T, db *DB) {
	t.Helper()
	for _, section := range inbox.Sections() {
		page, err := db.List(t.Context(), ListQuery{Section: section})
		said(t, err)
		for _, r := range page.Rows {
			_, err := db.Conversation(t.Context(), r.ID, OpenQuery{})
			said(t, err)
		}
	}
	_, err := db.Sections(t.Context())
	said(t, err)
	_, err = db.Search(t.Context(), SearchQuery{Text: "ka*"})
	said(t, err)
}

// lookFor counts what a person was told is stored.
func (w *kept) lookFor(t *testing.T, db *DB, items fates) {
	t.Helper()
	for key, text := range w.drafts {
		draft, err := db.Draft(t.Context(), key)
		said(t, err)
		items[fateOf(err, draft != nil && draft.Text == text)]++
	}
	waiting, err := db.Outbox(t.Context())
	said(t, err)
	there := map[inbox.Key]bool{}
	for _, o := range waiting {
		there[o.Key] = true
	}
	for key, wire := range w.queued {
		rendered, unread := db.RenderedOf(t.Context(), key)
		said(t, unread)
		if err != nil {
			unread = err
		}
		items[fateOf(unread, there[key] && string(rendered.Wire) == wire)]++
	}
}

func fateOf(err error, same bool) string {
	switch {
	case err != nil:
		return "told"
	case same:
		return "kept"
	}
	return "hit"
}
