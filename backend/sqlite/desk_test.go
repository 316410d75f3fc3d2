package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// desk is a cache beside what it was told, from which everything can be folded
// purely.
type desk struct {
	r  *rapid.T
	db *DB
	w  world
	me inbox.MemberID

	log      []teamlog.Decision // the whole team log, one decision a record
	applied  int                // how much of it this desk has
	pending  []teamlog.Decision // in the order of making
	private  []teamlog.Decision
	removals map[inbox.MemberID][]uint64
	snapshot int // where the snapshot ends that it began with and has not settled

	waited map[string]bool // decisions that were pending here
	told   map[string]int  // void ones that its author heard of
	made   int
}

func newDesk(t *testing.T, r *rapid.T, w world) *desk {
	return &desk{r: r, db: temporary(t, r), w: w, me: me, waited: map[string]bool{}, told: map[string]int{}, removals: map[inbox.MemberID][]uint64{}}
}

var bg = context.Background()

func (d *desk) must(changed Changed, err error) {
	d.r.Helper()
	d.ok(err)
	for _, v := range changed.Voided {
		d.told[v.ID]++
		if (v.Conversation == "") == (v.Record == "") || v.Activity.Void == teamlog.Admitted || v.Activity.ID != v.ID {
			d.r.Fatalf("reported %+v", v)
		}
	}
}

func (d *desk) store(messages []inbox.Fetched) {
	d.r.Helper()
	d.must(d.db.StoreBatch(bg, inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox, UIDValidity: 1}, Messages: messages}))
}

func (d *desk) ok(err error) {
	d.r.Helper()
	if err != nil {
		d.r.Fatal(err)
	}
}

// decides makes a decision as its author would, with a verdict of the team.
func (d *desk) decides(author inbox.MemberID) teamlog.Decision {
	d.made++
	made := teamlog.Decision{
		ID: fmt.Sprintf("%s%d.0", author, d.made), Author: author, Device: string(author) + "-1", At: start.Add(1234567),
		Seen: uint64(rapid.IntRange(0, d.applied).Draw(d.r, "seen")), Event: d.w.drawEvent(d.r),
	}
	if rapid.IntRange(0, 5).Draw(d.r, "verdict") == 0 {
		made.Void = teamlog.NotAvailable
	}
	d.w.crm.made(made)
	return made
}

func (d *desk) number() {
	for i := range d.log {
		d.log[i].N = uint64(i) + 1
	}
}

// record is the record that holds a decision.
func record(made teamlog.Decision) Record {
	id := strings.TrimSuffix(made.ID, ".0")
	return Record{N: made.N, ID: id, Pos: teamlog.Pos{Epoch: "e", N: made.N * 2}, Hash: sha256.Sum256([]byte(id)), Record: []byte("bytes of " + id)}
}

func (d *desk) stretch(from, to int) Applied {
	a := Applied{Removals: d.removals, Decisions: slices.Clone(d.log[from:to])}
	for _, made := range a.Decisions {
		a.Records = append(a.Records, record(made))
	}
	a.Cursor = teamlog.Cursor{Count: uint64(to), Pos: teamlog.Pos{Epoch: "e", N: uint64(to) * 2}}
	if to > 0 {
		a.Cursor.Hash = record(d.log[to-1]).Hash
	}
	return a
}

func (d *desk) apply(to int) {
	d.must(d.db.Apply(bg, d.stretch(d.applied, to)))
	d.applied = to
	d.confirm()
}

// confirm drops from what waits what the log has given back.
func (d *desk) confirm() {
	d.pending = slices.DeleteFunc(d.pending, func(p teamlog.Decision) bool {
		return slices.ContainsFunc(d.log[:d.applied], func(c teamlog.Decision) bool { return c.ID == p.ID })
	})
}

// decide makes a decision here: pending, and on its way to the log.
func (d *desk) decide() {
	made := d.decides(me)
	waits := made
	waits.Pending, waits.Void = true, teamlog.Admitted
	if rapid.IntRange(0, 9).Draw(d.r, "never sent") == 0 {
		d.must(d.db.AddPending(bg, record(made).ID, record(made).Record, []teamlog.Decision{waits}))
		d.must(d.db.DropPending(bg, record(made).ID))
		return
	}
	d.must(d.db.AddPending(bg, record(made).ID, record(made).Record, []teamlog.Decision{waits}))
	d.waited[made.ID] = true
	d.pending = append(d.pending, waits)
	d.log = append(d.log, made)
	d.number()
}

// late puts a decision into the log before what was read: everything after it
// is replaced, perhaps in two stretches.
func (d *desk) late() {
	at := rapid.IntRange(d.snapshot, d.applied).Draw(d.r, "late at")
	d.log = slices.Insert(d.log, at, d.decides("bram"))
	d.number()
	for member, left := range d.removals {
		d.removals[member] = slices.DeleteFunc(slices.Clone(left), func(n uint64) bool { return n > uint64(at) })
	}
	to := rapid.IntRange(at+1, d.applied+1).Draw(d.r, "first stretch")
	a := d.stretch(at, to)
	n := uint64(at)
	a.Rewind = &n
	for i, made := range d.log[at : d.applied+1] {
		if d.waited[made.ID] && (at+i >= to || rapid.Bool().Draw(d.r, "named all the same")) {
			waits := made
			waits.Pending, waits.Void, waits.N = true, teamlog.Admitted, 0
			a.Again = append(a.Again, Waiting{PendingRecord{ID: record(made).ID, Record: record(made).Record}, []teamlog.Decision{waits}})
		}
	}
	d.must(d.db.Apply(bg, a))
	before := d.applied
	d.applied = to
	d.waitAgain(a.Again)
	d.check()
	d.apply(before + 1)
}

func (d *desk) waitAgain(again []Waiting) {
	var waits []teamlog.Decision
	for _, w := range again {
		waits = append(waits, w.Decisions...)
	}
	d.pending = append(waits, d.pending...)
	d.confirm()
}

func (d *desk) decidePrivately() {
	made := d.decides(d.me)
	if ofBook(teamlog.Anchor(made.Event)) {
		return // the contact book is never private
	}
	d.must(d.db.AddPrivate(bg, []teamlog.Decision{made}))
	made.N = uint64(len(d.private)) + 1
	made.Seen = made.N - 1
	d.private = append(d.private, made)
}

func (d *desk) leaves() {
	if d.applied < d.snapshot {
		return
	}
	d.removals["bram"] = append(slices.Clone(d.removals["bram"]), uint64(d.applied)+1)
	d.removals["bram"] = slices.Compact(d.removals["bram"])
	d.must(d.db.Apply(bg, d.stretch(d.applied, d.applied)))
}

func (d *desk) becomes(id inbox.MemberID) {
	d.must(d.db.SetMe(bg, id))
	d.me = id
}

// about is what was decided about a conversation, as a desk with all of the
// log would have it.
func (d *desk) about(messages []shownMessage) (decisions []teamlog.Decision) {
	known := map[inbox.Key]bool{}
	for _, m := range messages {
		known[m.key] = true
	}
	for _, book := range [][]teamlog.Decision{d.private, d.log[:d.applied], d.pending} {
		for _, made := range book {
			if known[teamlog.Anchor(made.Event)] {
				decisions = append(decisions, made)
			}
		}
	}
	return decisions
}

// check holds every conversation to the pure fold of what the desk was told.
func (d *desk) check() {
	d.r.Helper()
	for _, id := range d.conversations() {
		got, _, err := d.db.state(d.db.reading(bg), id)
		d.ok(err)
		messages, err := loadMessages(d.db.reading(bg), id)
		d.ok(err)
		want := foldMessages(d.me, d.removals, d.db.channel, messages, d.about(messages))
		if d.snapshot > 0 {
			got.Activity, want.Activity = nil, nil
			got.Drafting, want.Drafting = nil, nil
		}
		if !reflect.DeepEqual(got, want) {
			d.r.Fatalf("conversation %d is\n%+v, folded purely\n%+v", id, got, want)
		}
		d.checkRow(id, messages, want)
		d.checkLinks(id, messages, want)
	}
	d.checkBook()
	d.checkPending()
}

func (d *desk) conversations() (all []int64) {
	all, err := numbersOf(d.db, "SELECT DISTINCT conversation FROM messages ORDER BY 1")
	d.ok(err)
	return all
}

func (d *desk) checkRow(id int64, messages []shownMessage, want teamlog.State) {
	d.r.Helper()
	var got row
	found, err := loadRow(d.db.reading(bg), id, &got)
	d.ok(err)
	if len(visible(messages, want)) == 0 {
		want.Hidden, want.Unread = true, 0
	}
	if want.Hidden {
		want.Unread = 0
	}
	section := inbox.SectionFor(d.me, want.Assignee, want.Closed, want.Hidden)
	if !found || sectionOf(got.section.Int64) != section || inbox.MemberID(got.assignee) != want.Assignee || got.closed != want.Closed ||
		got.unread != want.Unread || got.pending != want.Pending {
		d.r.Fatalf("the row of %d is %+v, folded purely %+v in %s", id, got, want, section)
	}
}

func (d *desk) checkPending() {
	d.r.Helper()
	waiting, err := d.db.PendingRecords(bg)
	d.ok(err)
	var got, want []string
	for _, p := range waiting {
		got = append(got, p.ID)
	}
	for _, p := range d.pending {
		want = append(want, record(p).ID)
	}
	if !slices.Equal(got, want) {
		d.r.Fatalf("%q wait, want %q", got, want)
	}
}

// checkReports: every own decision that ended void was told, none twice.
func (d *desk) checkReports() {
	d.r.Helper()
	for id, times := range d.told {
		if times != 1 {
			d.r.Fatalf("%s was reported %d times", id, times)
		}
	}
	for _, id := range d.conversations() {
		state, _, err := d.db.state(d.db.reading(bg), id)
		d.ok(err)
		for _, line := range state.Activity {
			if d.waited[line.ID] && line.Void != teamlog.Admitted && !line.Pending && d.told[line.ID] == 0 {
				d.r.Fatalf("nobody was told that %+v", line)
			}
		}
	}
	open, err := d.db.Reports(bg)
	d.ok(err)
	if len(open) != len(d.told) {
		d.r.Fatalf("%d reports are open, %d were told", len(open), len(d.told))
	}
}

// TestIncrementalIsThePureFold: whatever comes in whatever order, after every
// step each conversation is what folding everything at once gives, the same as
// if late records had always been in their places.
func TestIncrementalIsThePureFold(t *testing.T) {
	check(t, func(r *rapid.T) {
		d := newDesk(t, r, drawWorld(r))
		d.begin()
		for range rapid.IntRange(4, 12).Draw(r, "steps") {
			d.step()
			d.check()
		}
		d.becomes(me)
		d.store(d.w.messages)
		d.apply(len(d.log))
		d.check()
		d.checkReports()
		before := dump(t, d.db)
		d.ok(d.db.Rebuild(bg, nil))
		compare(r, "rebuilt", dump(t, d.db), before)
		d.check()
		d.checkReports()
	})
}

// begin gives the desk a past: rapid draws small numbers and short lists most
// of the time, and little happens to a desk that knows nothing.
func (d *desk) begin() {
	for range 8 {
		if rapid.Bool().Draw(d.r, "mine") {
			d.decide()
		} else {
			d.log = append(d.log, d.decides("bram"))
		}
	}
	d.number()
	if rapid.Bool().Draw(d.r, "mail") {
		d.store(d.w.messages)
	}
	d.apply(len(d.log) - rapid.IntRange(0, 4).Draw(d.r, "unread"))
	d.check()
}

func (d *desk) step() {
	switch rapid.IntRange(0, 11).Draw(d.r, "step") {
	case 0, 1, 2:
		from := rapid.IntRange(0, len(d.w.messages)-1).Draw(d.r, "from")
		to := rapid.IntRange(from+1, len(d.w.messages)).Draw(d.r, "to")
		d.store(d.w.messages[from:to])
	case 3, 4:
		d.decide()
	case 5:
		d.log = append(d.log, d.decides("bram"))
		d.number()
	case 6, 7:
		d.apply(len(d.log) - rapid.IntRange(0, len(d.log)-d.applied).Draw(d.r, "less"))
	case 8:
		d.late()
	case 9:
		d.decidePrivately()
	case 10:
		d.leaves()
	case 11:
		d.becomes(rapid.SampledFrom([]inbox.MemberID{me, "bram"}).Draw(d.r, "me"))
	}
}

// TestASnapshotIsTheLog: a desk that begins with the histories of another is
// what that one is, but for lines of activity and signs of writing until it has settled.
func TestASnapshotIsTheLog(t *testing.T) {
	check(t, func(r *rapid.T) {
		w := drawWorld(r)
		old, young := newDesk(t, r, w), newDesk(t, r, w)
		for range rapid.IntRange(1, 25).Draw(r, "decisions") {
			old.log = append(old.log, old.decides(rapid.SampledFrom([]inbox.MemberID{me, "bram"}).Draw(r, "author")))
		}
		old.number()
		old.apply(len(old.log))
		k := rapid.IntRange(1, len(old.log)).Draw(r, "snapshot at")
		if rapid.Bool().Draw(r, "mail first") {
			young.store(w.messages[:rapid.IntRange(1, len(w.messages)).Draw(r, "mail")])
		}
		young.log, young.made = old.log, 1000
		young.adopt(old, k)
		young.check()
		young.settleAtLeisure()
		young.store(w.messages)
		young.apply(len(young.log))
		young.check()
		old.store(w.messages)
		compare(r, "settled", dump(t, young.db), dump(t, old.db))
	})
}

func (d *desk) adopt(from *desk, k int) {
	a := Adoption{Cursor: from.stretch(0, k).Cursor, State: []byte("state"), Removals: d.removals}
	for _, made := range d.log[:k] {
		a.IDs = append(a.IDs, record(made).ID)
	}
	a.IDs = a.IDs[len(a.IDs)/2:]
	a.Histories = func(fn func(inbox.Key, []teamlog.Decision) error) error {
		return from.db.Histories(bg, uint64(k), func(anchor inbox.Key, decisions []teamlog.Decision) error {
			if compact := teamlog.Compact(decisions); len(compact) > 0 {
				return fn(anchor, compact)
			}
			return nil
		})
	}
	d.must(d.db.AdoptSnapshot(bg, a))
	d.snapshot, d.applied = k, k
	for _, id := range a.IDs {
		if n, err := d.db.HasRecord(bg, id); err != nil || n == 0 || record(d.log[n-1]).ID != id {
			d.r.Fatalf("%s is number %d of the snapshot's ids, %v", id, n, err)
		}
	}
	if hash, known, err := d.db.HashAt(bg, uint64(k)); err != nil || !known || hash != a.Cursor.Hash {
		d.r.Fatalf("the hash at the snapshot's end is %x, %v, %v", hash, known, err)
	}
}

// settleAtLeisure works while the log behind the snapshot is fetched in
// pieces, settles, and works on.
func (d *desk) settleAtLeisure() {
	for behind := 0; behind < d.snapshot; {
		next := rapid.IntRange(behind+1, d.snapshot).Draw(d.r, "fetched up to")
		part := d.stretch(behind, next)
		d.ok(d.db.Backfill(bg, part.Records, part.Decisions))
		behind = next
		d.check()
		d.work()
	}
	d.must(d.db.Settle(bg))
	d.snapshot = 0
	d.check()
	d.work()
	count := 0
	d.ok(d.db.Records(bg, 0, uint64(d.applied), func(got Record) error {
		if want := record(d.log[count]); !reflect.DeepEqual(got, want) {
			d.r.Fatalf("record %d is %+v, want %+v", count+1, got, want)
		}
		count++
		return nil
	}))
	if count != d.applied {
		d.r.Fatalf("%d records are here, want %d", count, d.applied)
	}
}

func (d *desk) work() {
	for range rapid.IntRange(0, 2).Draw(d.r, "work") {
		switch rapid.IntRange(0, 2).Draw(d.r, "what") {
		case 0:
			d.store(d.w.messages[rapid.IntRange(0, len(d.w.messages)-1).Draw(d.r, "mail from"):])
		case 1:
			d.apply(rapid.IntRange(d.applied, len(d.log)).Draw(d.r, "tail"))
		case 2:
			d.ok(d.db.Rebuild(bg, nil))
		}
		d.check()
	}
}

func numbersOf(db *DB, query string, args ...any) (all []int64, err error) {
	rows, err := db.readers.Query(query, args...)
	return all, eachRow(rows, err, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		all = append(all, n)
		return err
	})
}
