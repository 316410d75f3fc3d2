package teamlog_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// check is what must hold on a desktop at every moment: the cache is the fold
// of everything there is.
func (d *desk) check() {
	for _, keys := range merged {
		if want := d.fold(keys, true); !reflect.DeepEqual(d.shown[keys[0]], want) {
			d.o.break_("%s shows %+v, the fold is %+v", d.me, d.shown[keys[0]], want)
		}
	}
}

// finish brings everybody together and asks every rule.
func (o *office) finish() {
	o.sync()
	for _, d := range o.desks {
		d.learn(o.allKeys()...)
		d.read()
		d.check()
		if len(d.pending) > 0 {
			o.break_("%s has %d records pending after all was read back", d.me, len(d.pending))
		}
	}
	o.sameEverywhere()
	o.nothingUnreal()
	o.sameAsOnceInOrder()
	o.sameBySnapshot()
	newAuditor(o).audit()
	o.effective()
}

func (o *office) allKeys() (keys []inbox.Key) {
	for key := range o.facts {
		keys = append(keys, key)
	}
	return keys
}

func (o *office) sameEverywhere() {
	first := o.desks[0]
	for _, d := range o.desks[1:] {
		if !bytes.Equal(first.replay.State(), d.replay.State()) {
			o.break_("%s and %s have another team:\n%s\n%s", first.me, d.me, first.replay.State(), d.replay.State())
		}
		if first.replay.Cursor.Hash != d.replay.Cursor.Hash {
			o.break_("%s and %s have another chain", first.me, d.me)
		}
		for _, keys := range append(merged, apart...) {
			a, b := first.fold(keys, false), d.foldAs(first.me, keys, d.about(keys, false))
			if !reflect.DeepEqual(a, b) {
				o.break_("%s and %s have another conversation: %+v, %+v", first.me, d.me, a, b)
			}
		}
	}
}

func (o *office) nothingUnreal() {
	for _, d := range o.desks {
		for kind, times := range d.findings {
			if o.calm && kind != teamlog.Replayed {
				o.break_("%s noticed %s %d times where nothing was wrong", d.me, kind, times)
			}
		}
		for _, a := range d.accepted {
			if o.unreal[string(a.Record)] {
				o.break_("%s took a record that is forged", d.me)
			}
		}
		for id, times := range d.told {
			if times > 1 {
				o.break_("%s was told %d times that %s is void", d.me, times, id)
			}
		}
	}
}

// sameAsOnceInOrder: repeats, late ones and everything that does not count
// change nothing. A desktop that comes now and reads each record once, in
// order, has the same.
func (o *office) sameAsOnceInOrder() {
	newcomer := newDesk(o, o.desks[0].me)
	newcomer.known = o.desks[0].known
	once := map[string]bool{}
	for i, s := range o.folder {
		if opened, err := teamlog.Open(s.record); err == nil && !o.unreal[string(s.record)] && !once[opened.ID] {
			once[opened.ID] = true
			newcomer.take(uint64(i + 1))
		}
	}
	if !bytes.Equal(newcomer.replay.State(), o.desks[0].replay.State()) {
		o.break_("once and in order the team is\n%s\nand not\n%s", newcomer.replay.State(), o.desks[0].replay.State())
	}
	for _, keys := range merged {
		if got, want := o.desks[0].fold(keys, false), newcomer.fold(keys, false); !reflect.DeepEqual(got, want) {
			o.break_("once and in order the conversation is %+v and not %+v", want, got)
		}
	}
}

// sameBySnapshot: a desktop that joins by a snapshot of any place and reads on
// has the same, however the anchors are grouped and whoever looks.
func (o *office) sameBySnapshot() {
	d := o.desks[0]
	k := rapid.IntRange(1, len(d.accepted)).Draw(o.t, "snapshot")
	joined, err := o.join(d, k)
	if err != nil {
		o.break_("the snapshot cannot be read: %v", err)
		return
	}
	for _, a := range d.accepted[k:] {
		again, _, err := joined.Accept(teamlog.Pos{}, a.Record, nil)
		if err != nil || again.N != a.N {
			o.break_("after the snapshot record %d is number %d: %v", a.N, again.N, err)
		}
	}
	if !bytes.Equal(joined.State(), d.replay.State()) {
		o.break_("by a snapshot at %d the team is\n%s\nand not\n%s", k, joined.State(), d.replay.State())
	}
}

// join makes a snapshot at k, reads it, and compares what its histories and
// the tail give.
func (o *office) join(d *desk, k int) (*teamlog.Replay, error) {
	at := teamlog.NewReplay("")
	for _, a := range d.accepted[:k] {
		if _, _, err := at.Accept(teamlog.Pos{}, a.Record, nil); err != nil {
			return nil, err
		}
	}
	var file bytes.Buffer
	histories := func(yield func(inbox.Key, []teamlog.Decision) bool) {
		for _, anchor := range slices.Concat(anchors, bookAnchors) {
			if !yield(anchor, o.fault.compacted(d.about([]inbox.Key{anchor}, false)[:o.before(d, anchor, k)])) {
				return
			}
		}
	}
	header := teamlog.SnapshotHeader{Upto: at.Cursor.Base(), State: at.State()}
	hash, size, err := teamlog.EncodeSnapshot(&file, header, histories)
	if err != nil {
		return nil, err
	}
	reader, err := teamlog.DecodeSnapshot(&file, size)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	short := map[inbox.Key][]teamlog.Decision{}
	for {
		anchor, decisions, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		short[anchor] = decisions
	}
	if reader.Hash() != hash {
		o.break_("the snapshot was read as another one")
	}
	o.sameFolds(d, k, short)
	o.sameBook(k, short)
	return teamlog.Restore(reader.Header.State, at.Cursor)
}

func (o *office) before(d *desk, anchor inbox.Key, k int) (count int) {
	for _, decision := range d.about([]inbox.Key{anchor}, false) {
		if decision.N <= uint64(k) {
			count++
		}
	}
	return count
}

func (o *office) sameFolds(d *desk, k int, short map[inbox.Key][]teamlog.Decision) {
	for _, keys := range append(merged, apart...) {
		var all []teamlog.Decision
		for _, anchor := range keys {
			all = append(all, short[anchor]...)
			all = append(all, d.about([]inbox.Key{anchor}, false)[o.before(d, anchor, k):]...)
		}
		slices.SortStableFunc(all, func(a, b teamlog.Decision) int {
			return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Index, b.Index))
		})
		for _, who := range o.desks {
			got := lasting(d.foldAs(who.me, keys, all))
			want := lasting(d.foldAs(who.me, keys, d.about(keys, false)))
			if !reflect.DeepEqual(got, want) {
				o.break_("by a snapshot at %d %v is %+v for %s and not %+v", k, keys, got, who.me, want)
			}
		}
	}
}
