package teamlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// pair is a team of ann and ben at one folder.
func pair() (o *office, ann, ben *desk) {
	o = &office{facts: map[inbox.Key]teamlog.MessageFact{}, now: noon, unreal: map[string]bool{}}
	o.desks = []*desk{newDesk(o, "ann"), newDesk(o, "ben")}
	ann, ben = o.desks[0], o.desks[1]
	ann.decide(&teamlog.Genesis{Team: "Kaasboer", Member: "ann", Name: "Ann", Key: ann.public()})
	o.deliver(ann)
	ann.decide(&teamlog.MemberAdd{Member: "ben", Name: "Ben", Role: teamlog.Person, Key: ben.public()})
	ann.decide(&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "info@example.com", Shared: true, Connected: noon})
	o.sync()
	o.arrives("c1:a", true)
	return o, ann, ben
}

func (d *desk) envelope(events ...teamlog.Event) teamlog.Envelope {
	seq, prev := d.replay.Chain(d.device)
	return teamlog.Envelope{
		Log: d.replay.Team.LogID, Device: d.device, Seq: seq + 1, Prev: prev, Base: d.replay.Cursor.Base(), At: noon, Events: events,
	}
}

// accept hands a desktop one more record and gives what became of it.
func (d *desk) accept(t *testing.T, record []byte) (teamlog.Accepted, []teamlog.FindingKind) {
	t.Helper()
	at := teamlog.Pos{Epoch: "1", N: d.replay.Cursor.Pos.N + 1}
	accepted, findings, err := d.replay.Accept(at, record, d)
	if err != nil {
		t.Fatal(err)
	}
	if d.replay.Cursor.Pos != at || !d.replay.Cursor.Positions.Has(at.N) {
		t.Error("the position did not move")
	}
	var kinds []teamlog.FindingKind
	for _, f := range findings {
		if f.Count == 0 {
			t.Errorf("%+v counts nothing", f)
		}
		kinds = append(kinds, f.Kind)
	}
	return accepted, kinds
}

func TestAcceptNoticesWhatIsWrong(t *testing.T) {
	avail := &teamlog.Avail{On: false}
	stranger := newDesk(nil, "stranger")
	for name, c := range map[string]struct {
		record func(ann, ben *desk) []byte
		counts bool
		found  []teamlog.FindingKind
	}{
		"a good record": {func(_, ben *desk) []byte { return ben.seal(ben.envelope(avail)).Bytes }, true, nil},
		"rubbish":       {func(_, _ *desk) []byte { return []byte("hello") }, false, []teamlog.FindingKind{teamlog.Foreign}},
		"a record of another log": {func(_, ben *desk) []byte {
			e := ben.envelope(avail)
			e.Log = "another"
			return ben.seal(e).Bytes
		}, false, []teamlog.FindingKind{teamlog.Foreign}},
		"a second genesis": {func(_, ben *desk) []byte {
			return ben.seal(teamlog.Envelope{Device: ben.device, Events: []teamlog.Event{&teamlog.Genesis{Member: "ben", Key: ben.public()}}}).Bytes
		}, false, []teamlog.FindingKind{teamlog.Foreign}},
		"signed by another key": {func(ann, ben *desk) []byte { return ben.seal(ann.envelope(avail)).Bytes }, false, []teamlog.FindingKind{teamlog.Forged}},
		"by a device that nobody knows": {func(ann, _ *desk) []byte {
			e := ann.envelope(avail)
			e.Device = stranger.device
			return stranger.seal(e).Bytes
		}, false, []teamlog.FindingKind{teamlog.Forged}},
		"a request to join, and more": {func(ann, _ *desk) []byte {
			e := ann.envelope(&teamlog.Join{Member: "x", Name: "X", Key: stranger.public()}, avail)
			e.Device = stranger.device
			return stranger.seal(e).Bytes
		}, false, []teamlog.FindingKind{teamlog.Forged}},
		"again what was there": {func(ann, _ *desk) []byte { return ann.accepted[1].Record }, false, []teamlog.FindingKind{teamlog.Replayed}},
		"another past": {func(_, ben *desk) []byte {
			e := ben.envelope(avail)
			e.Base.Hash = "another"
			return ben.seal(e).Bytes
		}, true, []teamlog.FindingKind{teamlog.BaseMismatch}},
		"another past, long ago": {func(_, ben *desk) []byte {
			e := ben.envelope(avail)
			e.Base.Count = 1
			return ben.seal(e).Bytes
		}, true, []teamlog.FindingKind{teamlog.BaseMismatch}},
		"a past that we do not have": {func(_, ben *desk) []byte {
			e := ben.envelope(avail)
			e.Base.Count = 99
			return ben.seal(e).Bytes
		}, true, []teamlog.FindingKind{teamlog.BaseMismatch}},
		"a copied computer": {func(ann, _ *desk) []byte {
			e := ann.envelope(avail)
			e.Seq = 1
			return ann.seal(e).Bytes
		}, true, []teamlog.FindingKind{teamlog.ChainBreak}},
	} {
		t.Run(name, func(t *testing.T) {
			_, ann, ben := pair()
			before := ann.replay.State()
			accepted, found := ann.accept(t, c.record(ann, ben))
			if (accepted.ID != "") != c.counts || !slices.Equal(found, c.found) {
				t.Errorf("counts: %v, found %v; want %v, %v", accepted.ID != "", found, c.counts, c.found)
			}
			if !c.counts && !bytes.Equal(before, ann.replay.State()) {
				t.Error("what does not count changed the state")
			}
			if c.counts && accepted.N != ann.replay.Cursor.Count {
				t.Errorf("number %d of %d", accepted.N, ann.replay.Cursor.Count)
			}
			for _, d := range accepted.Decisions {
				if d.Seen >= d.N {
					t.Errorf("number %d was decided having seen %d", d.N, d.Seen)
				}
			}
		})
	}
}

func TestTwoDesktopsThatAreShownDifferentLogsNotice(t *testing.T) {
	o, ann, ben := pair()
	// The folder shows ann's record to nobody but ann, and ben's to all.
	hidden := ann.seal(ann.envelope(&teamlog.Note{Conversation: "c1:a", Text: "for ann alone"})).Bytes
	ann.accept(t, hidden)
	written := ben.seal(ben.envelope(&teamlog.Note{Conversation: "c1:a", Text: "one"}))
	ben.accept(t, written.Bytes)
	o.desks = nil
	if _, found := ann.accept(t, written.Bytes); len(found) != 0 {
		t.Fatalf("ben had not read on: %v is no sign of anything", found)
	}
	next := ben.seal(ben.envelope(&teamlog.Note{Conversation: "c1:a", Text: "two"}))
	if _, found := ann.accept(t, next.Bytes); !slices.Equal(found, []teamlog.FindingKind{teamlog.BaseMismatch}) {
		t.Fatalf("found %v at the first record after the fork", found)
	}
}

func TestAPositionIsTakenOnceAndInOrder(t *testing.T) {
	_, ann, ben := pair()
	record := ben.seal(ben.envelope(&teamlog.Avail{})).Bytes
	at := teamlog.Pos{Epoch: "1", N: ann.replay.Cursor.Pos.N + 2}
	if _, _, err := ann.replay.Accept(at, record, nil); err != nil {
		t.Fatal(err)
	}
	cursor, state := ann.replay.Cursor, ann.replay.State()
	again, findings, err := ann.replay.Accept(at, record, nil)
	if again.ID != "" || len(findings) != 0 || err != nil {
		t.Errorf("the same position again: %v, %v, %v", again.ID, findings, err)
	}
	if _, _, err := ann.replay.Accept(teamlog.Pos{Epoch: "1", N: at.N - 1}, record, nil); !errors.Is(err, teamlog.ErrLate) {
		t.Errorf("a place before it: %v", err)
	}
	if _, _, err := ann.replay.Accept(teamlog.Pos{Epoch: "2", N: at.N + 1}, record, nil); !errors.Is(err, teamlog.ErrEpoch) {
		t.Errorf("another epoch: %v", err)
	}
	if !reflect.DeepEqual(cursor, ann.replay.Cursor) || !bytes.Equal(state, ann.replay.State()) {
		t.Error("what was refused moved the cursor")
	}
}

func TestAnEventFromANewerVersionIsSkipped(t *testing.T) {
	_, ann, ben := pair()
	newer := teamlog.Decode(json.RawMessage(`{"t":"hologram","c":"c1:a","beam":7}`))
	note := &teamlog.Note{Conversation: "c1:a", Text: "and a note"}
	accepted, found := ann.accept(t, ben.seal(ben.envelope(newer, note)).Bytes)
	if accepted.ID == "" || len(found) != 0 || len(accepted.Decisions) != 2 {
		t.Fatalf("accepted %+v, found %v", accepted, found)
	}
	if accepted.Decisions[0].Void != teamlog.UnknownKind || accepted.Decisions[1].Void != teamlog.Admitted {
		t.Errorf("verdicts %q, %q", accepted.Decisions[0].Void, accepted.Decisions[1].Void)
	}
	if kept, err := teamlog.Encode(accepted.Decisions[0].Event); err != nil || string(kept) != `{"t":"hologram","c":"c1:a","beam":7}` {
		t.Errorf("kept as %s, %v", kept, err)
	}
}

func TestACriticalNewerEventStopsTheReader(t *testing.T) {
	_, ann, ben := pair()
	ann, ben = ben, ann // an admin's record, at a member's desktop
	critical := teamlog.Decode(json.RawMessage(`{"t":"teleport","crit":true}`))
	record := ben.seal(ben.envelope(&teamlog.Avail{}, critical)).Bytes
	at := teamlog.Pos{Epoch: "1", N: ann.replay.Cursor.Pos.N + 1}
	cursor, state := ann.replay.Cursor, ann.replay.State()
	for range 2 {
		_, findings, err := ann.replay.Accept(at, record, nil)
		if !errors.Is(err, teamlog.ErrUpdate) || len(findings) != 1 || findings[0].Kind != teamlog.Critical {
			t.Fatalf("%v, %v", findings, err)
		}
	}
	if !reflect.DeepEqual(cursor, ann.replay.Cursor) || !bytes.Equal(state, ann.replay.State()) {
		t.Error("the reader went on")
	}
}

func TestARemovedMemberStopsNobody(t *testing.T) {
	o, ann, ben := pair()
	ann.decide(&teamlog.MemberRemove{Member: "ben"})
	o.sync()
	critical := teamlog.Decode(json.RawMessage(`{"t":"teleport","crit":true}`))
	accepted, _ := ann.accept(t, ben.seal(ben.envelope(critical, &teamlog.Avail{})).Bytes)
	if accepted.ID == "" || accepted.Decisions[0].Void != teamlog.NotMember || accepted.Decisions[1].Void != teamlog.NotMember {
		t.Errorf("R30: %+v", accepted)
	}
}

func TestAMemberStopsNobody(t *testing.T) {
	_, ann, ben := pair()
	critical := teamlog.Decode(json.RawMessage(`{"t":"teleport","crit":true}`))
	accepted, _ := ann.accept(t, ben.seal(ben.envelope(critical, &teamlog.Avail{})).Bytes)
	if accepted.ID == "" || accepted.Decisions[0].Void != teamlog.UnknownKind || accepted.Decisions[1].Void != teamlog.Admitted {
		t.Errorf("%+v", accepted)
	}
}

func TestOnlyTheLogAskedForBegins(t *testing.T) {
	_, ann, _ := pair()
	mallory := newDesk(nil, "mallory")
	other := mallory.seal(teamlog.Envelope{Device: mallory.device, Events: []teamlog.Event{
		&teamlog.Genesis{Member: "ann", Name: "Ann", Key: mallory.public()},
	}})
	replay := teamlog.NewReplay(ann.replay.Team.LogID)
	accepted, findings, err := replay.Accept(teamlog.Pos{Epoch: "1", N: 1}, other.Bytes, nil)
	if accepted.ID != "" || err != nil || len(findings) != 1 || findings[0].Kind != teamlog.Foreign {
		t.Fatalf("another log's genesis: %v, %v, %v", accepted.ID, findings, err)
	}
	accepted, _, err = replay.Accept(teamlog.Pos{Epoch: "1", N: 2}, ann.accepted[0].Record, nil)
	if accepted.N != 1 || err != nil || replay.Team.Genesis() != "ann" {
		t.Errorf("the right one: %+v, %v", accepted, err)
	}
}

func TestStateComesBackAsItWas(t *testing.T) {
	o, ann, ben := pair()
	ann.decide(&teamlog.Prefs{Value: json.RawMessage(`{ "quiet": "<22>" }`)}, &teamlog.Setting{Key: "a", Value: "b"})
	ann.decide(&teamlog.Invite{Key: key(3), Role: teamlog.Person, Expires: noon}, &teamlog.Hint{Channel: "c1", Newest: "1"})
	ann.decide(&teamlog.Claim{Work: "w", Lease: 5}, &teamlog.SecretSet{Of: "channel/c1", Sealed: []byte("x"), To: []string{"a"}})
	ann.decide(&teamlog.Epoch{Why: "moved"}, &teamlog.Snapshot{Upto: teamlog.Base{Count: 1, Hash: "h"}, Hash: key(1), Size: 1, Parts: []string{"p"}})
	ann.decide(&teamlog.Claim{Work: "finished", Lease: 5})
	o.sync()
	claim, _ := ann.replay.Team.Claim("finished")
	ann.decide(&teamlog.Done{Work: "finished", Of: claim.Record})
	o.sync()
	stranger := newDesk(o, "stranger")
	join := ann.envelope(&teamlog.Join{Member: "x", Name: "X", Key: stranger.public()})
	join.Device, join.Seq, join.Prev = stranger.device, 1, ""
	o.put(stranger.seal(join).Bytes, false)
	o.sync()
	state := ben.replay.State()
	again, err := teamlog.Restore(state, ben.replay.Cursor)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.State(), state) {
		t.Errorf("state\n%s\ncame back as\n%s", state, again.State())
	}
	if finished, _ := again.Team.Claim("finished"); !finished.Done || len(again.Team.Requests()) != 1 {
		t.Errorf("%+v, waiting %v", finished, again.Team.Requests())
	}
	more := ann.seal(ann.envelope(&teamlog.Claim{Work: "w2", Lease: 5}, &teamlog.MemberRole{Member: "ben", Role: teamlog.Admin, Was: teamlog.Person})).Bytes
	ben.accept(t, more)
	if _, findings, err := again.Accept(ben.replay.Cursor.Pos, more, ben); err != nil || len(findings) != 0 {
		t.Fatalf("going on: %v, %v", findings, err)
	}
	if !bytes.Equal(again.State(), ben.replay.State()) || again.Cursor.Hash != ben.replay.Cursor.Hash {
		t.Error("restored, it went another way")
	}
}

func TestRestoreRefusesWhatIsNoState(t *testing.T) {
	_, ann, _ := pair()
	good := string(ann.replay.State())
	for name, state := range map[string]string{
		"nothing":                       ``,
		"another version":               `{"v":99}`,
		"a device of nobody":            `{"v":1,"devices":[{"ID":"x","Member":"eve"}]}`,
		"an invitation with half a key": `{"v":1,"invites":[{"Key":"AAAA","Role":"admin","Expires":"2026-01-01T00:00:00Z"}]}`,
		"cut off":                       good[:len(good)-2],
	} {
		if _, err := teamlog.Restore([]byte(state), teamlog.Cursor{}); !errors.Is(err, teamlog.ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// broken is a History that cannot be read.
type broken struct{ has, hash error }

func (b broken) Has(string) (bool, error) { return false, b.has }

func (b broken) HashAt(uint64) (hash [32]byte, known bool, err error) { return hash, false, b.hash }

func TestAHistoryThatCannotBeReadChangesNothing(t *testing.T) {
	_, ann, ben := pair()
	envelope := ben.envelope(&teamlog.Avail{})
	envelope.Base.Count = 1
	record := ben.seal(envelope).Bytes
	restored, err := teamlog.Restore(ann.replay.State(), ann.replay.Cursor) // remembers no records itself
	if err != nil {
		t.Fatal(err)
	}
	cursor, state := restored.Cursor, restored.State()
	at := teamlog.Pos{Epoch: "1", N: cursor.Pos.N + 1}
	disk := errors.New("disk")
	for _, h := range []broken{{has: disk}, {hash: disk}} {
		if accepted, _, err := restored.Accept(at, record, h); !errors.Is(err, disk) || accepted.ID != "" {
			t.Errorf("%v, %v", accepted.ID, err)
		}
		if !reflect.DeepEqual(cursor, restored.Cursor) || !bytes.Equal(state, restored.State()) {
			t.Error("something changed")
		}
	}
	accepted, findings, err := restored.Accept(at, record, broken{})
	if accepted.ID == "" || len(findings) != 0 || err != nil {
		t.Errorf("a past that nobody knows: %v, %v, %v", accepted.ID, findings, err)
	}
}

func TestARepairExplainsWhatWasWrittenBefore(t *testing.T) {
	_, ann, ben := pair()
	before := ben.envelope(&teamlog.Avail{})
	before.Base.Hash = "as the folder was before it was lost"
	epoch := &teamlog.Epoch{Old: teamlog.Base{Count: before.Base.Count, Hash: before.Base.Hash}, Why: "restored"}
	accepted, found := ann.accept(t, ann.seal(ann.envelope(epoch)).Bytes)
	if !slices.Equal(found, []teamlog.FindingKind{teamlog.NewEpoch}) || ann.replay.Team.Epoch().N != accepted.N {
		t.Fatalf("found %v, epoch %+v", found, ann.replay.Team.Epoch())
	}
	if _, found := ann.accept(t, ben.seal(before).Bytes); len(found) != 0 {
		t.Errorf("what was written before is noticed as %v", found)
	}
	after := ben.envelope(&teamlog.Avail{On: true})
	after.Base = ann.replay.Cursor.Base()
	after.Base.Hash = before.Base.Hash
	after.Seq++
	if _, found := ann.accept(t, ben.seal(after).Bytes); !slices.Contains(found, teamlog.BaseMismatch) {
		t.Errorf("what was written after is noticed as %v", found)
	}
}
