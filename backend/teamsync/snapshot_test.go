package teamsync_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// busy makes a team's log longer: notes, assignments and closes.
func (d *live) busy(n int) {
	d.t.Helper()
	for i := range n {
		c := inbox.Key(fmt.Sprintf("c1:thread-%03d", i%40))
		d.decide(
			&teamlog.Note{Conversation: c, Text: fmt.Sprint("note ", i)},
			&teamlog.Close{Conversation: c, Covers: []inbox.Key{c}},
		)
	}
}

// whole is everything of a desktop that must be equal on all.
func (d *live) whole() string {
	state, cursor := d.sync.StateBytes()
	text := fmt.Sprintf("%d %x\n%s\n", cursor.Count, cursor.Hash, state)
	conversations := d.store.Conversations()
	for _, key := range sortedKeys(conversations) {
		text += fmt.Sprintf("%s %+v\n", key, conversations[key])
	}
	return text
}

// abreast waits until two desktops know as much.
func abreast(a, b *live) {
	a.t.Helper()
	reads := func(d, other *live) {
		d.until("what "+other.name+" knows", func() bool {
			_, mine := d.sync.StateBytes()
			_, theirs := other.sync.StateBytes()
			return mine.Count >= theirs.Count
		})
	}
	reads(a, b)
	reads(b, a)
	reads(a, b)
}

// together waits until two desktops know as much, and compares what they know.
func together(a, b *live) {
	a.t.Helper()
	abreast(a, b)
	if x, y := a.whole(), b.whole(); x != y {
		a.t.Errorf("%s and %s differ: %s", a.name, b.name, difference(x, y))
	}
}

func (d *live) snapshots() (n int) {
	d.sync.View(func(t *teamlog.Team) { n = len(t.Snapshots()) })
	return n
}

func (d *live) finds(kind teamlog.FindingKind) bool {
	all, err := d.sync.Findings(d.t.Context())
	d.ok(err)
	return slices.ContainsFunc(all, func(f teamlog.Finding) bool { return f.Kind == kind })
}

// An admin's desktop writes a snapshot by itself; a newcomer begins with it,
// reads what stands behind it, and checks the past afterwards.
func TestANewcomerBeginsWithASnapshotAndChecksThePast(t *testing.T) {
	ann := founder(t, "ann")
	ann.sync.SnapshotEvery(30)
	ann.busy(50)
	ann.until("a snapshot", func() bool { return ann.snapshots() > 0 })
	ann.sync.SnapshotEvery(1 << 40)
	ann.busy(3)
	before := ann.wire.reads.Load()
	ben := newLive(t, "ben", ann.wire.mailbox)
	ben.join("ben@bakery.example", ann.invite(teamlog.Person))
	if first := ann.wire.reads.Load() - before; first > 60 {
		t.Errorf("%d records were read before anything was known", first)
	}
	ben.is(teamsync.Active)
	ben.until("the past checked", func() bool { return !ben.sync.Standing(t.Context()) })
	state, err := ben.sync.State(t.Context())
	ben.ok(err)
	if ben.finds(teamlog.SnapshotWrong) || state.CheckedUpTo != state.Count {
		t.Errorf("a right snapshot is doubted: %+v", state)
	}
	if _, known, _ := ben.store.HashAt(t.Context(), 1); !known {
		t.Error("the past is not here")
	}
	together(ann, ben)
	ben.restart()
	together(ann, ben)
}

// What a snapshot stands for is still to be checked after a restart, and the
// team works meanwhile.
func TestTheCheckOfThePastGoesOnAfterARestart(t *testing.T) {
	ann := founder(t, "ann")
	ann.busy(20)
	ann.ok(ann.sync.WriteSnapshot(t.Context(), nil))
	ben := newLive(t, "ben", ann.wire.mailbox)
	ben.wire.noPast.Store(true)
	ben.join("ben@bakery.example", ann.invite(teamlog.Person))
	ben.is(teamsync.Active)
	abreast(ann, ben)
	ben.restart()
	ben.is(teamsync.Active)
	state, err := ben.sync.State(t.Context())
	ben.ok(err)
	if !ben.sync.Standing(t.Context()) || state.CheckedUpTo >= state.Count || ben.sync.Known().Floor == 0 {
		t.Errorf("the past counts as checked: %+v", state)
	}
	ben.wire.noPast.Store(false)
	ben.decide(&teamlog.Note{Conversation: thread, Text: "and the keeper looks again"})
	ben.until("the past checked", func() bool { return !ben.sync.Standing(t.Context()) })
	together(ann, ben)
}

// spoiled makes a snapshot that leaves conversations out.
func spoiled(packed *bytes.Buffer, h teamlog.SnapshotHeader) (hash [32]byte, size int64) {
	hash, size, err := teamlog.EncodeSnapshot(packed, h, func(func(inbox.Key, []teamlog.Decision) bool) {})
	if err != nil {
		panic(err)
	}
	return hash, size
}

func TestAWrongSnapshotIsFoundAndEverythingFoldedAnew(t *testing.T) {
	ann := founder(t, "ann")
	ann.busy(20)
	ben := ann.bring("ben", teamlog.Person)
	ann.ok(ann.sync.WriteSnapshot(t.Context(), spoiled))
	ann.decide(&teamlog.Note{Conversation: thread, Text: "behind it"})
	ben.until("the wrong snapshot", func() bool { return ben.finds(teamlog.SnapshotWrong) })
	carol := newLive(t, "carol", ann.wire.mailbox)
	carol.join("carol@bakery.example", ann.invite(teamlog.Person))
	carol.is(teamsync.Active)
	carol.until("the past read", func() bool { return !carol.sync.Standing(t.Context()) && carol.finds(teamlog.SnapshotWrong) })
	together(ann, carol)
}

// lied makes a snapshot whose team is another: it makes somebody an admin.
func lied(packed *bytes.Buffer, h teamlog.SnapshotHeader) (hash [32]byte, size int64) {
	h.State = bytes.Replace(h.State, []byte(`"Role":"member"`), []byte(`"Role":"admin"`), 1)
	return spoiled(packed, h)
}

func TestASnapshotThatLiesAboutTheTeamIsLeft(t *testing.T) {
	ann := founder(t, "ann")
	ben := ann.bring("ben", teamlog.Person)
	ann.busy(5)
	ann.ok(ann.sync.WriteSnapshot(t.Context(), lied))
	carol := newLive(t, "carol", ann.wire.mailbox)
	carol.join("carol@bakery.example", ann.invite(teamlog.Person))
	carol.until("the truth about ben", func() bool {
		b, known := carol.sync.Member("ben")
		return known && b.Role == teamlog.Person && !carol.sync.Standing(t.Context()) && carol.finds(teamlog.SnapshotWrong)
	})
	carol.is(teamsync.Active)
	together(ann, carol)
	together(ann, ben)
}

// Where desktops saw different logs nobody joins, until an admin repaired it.
func TestNobodyJoinsADamagedLog(t *testing.T) {
	ann := founder(t, "ann")
	ben := ann.bring("ben", teamlog.Person)
	ann.busy(2)
	together(ann, ben)
	_, cursor := ben.sync.StateBytes()
	other := cursor
	other.Hash[0] ^= 1
	record, err := ben.sync.Seal(teamlog.Envelope{
		Log: ben.sync.LogID(), Seq: 1, Base: other.Base(), At: morning, Events: []teamlog.Event{&teamlog.Avail{On: false}},
	})
	ben.ok(err)
	_, err = ann.wire.Append(t.Context(), record.ID, record.Bytes)
	ann.ok(err)
	carol := newLive(t, "carol", ann.wire.mailbox)
	_, err = carol.sync.Join(t.Context(), carol.wire, teamsync.Joining{Name: "carol", Invitation: ann.invite(teamlog.Person)})
	carol.refused(err, inbox.Conflict)
	if carol.sync.Membership() != teamsync.Solo {
		t.Error("a join that failed changed something")
	}
	ann.until("the lie", func() bool { return ann.finds(teamlog.BaseMismatch) })
	ann.decide(&teamlog.Epoch{Old: other.Base(), Why: "repaired"})
	carol.join("carol@bakery.example", ann.invite(teamlog.Person))
	carol.is(teamsync.Active)
	together(ann, carol)
}
