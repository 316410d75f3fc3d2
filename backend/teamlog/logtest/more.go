package logtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"postvak/backend/teamlog"
)

type handed struct {
	at     teamlog.Pos
	record string
}

func readAll(t *testing.T, log teamlog.Log, after teamlog.Pos) (all []handed) {
	t.Helper()
	_, err := log.Read(t.Context(), after, func(at teamlog.Pos, record []byte) error {
		all = append(all, handed{at, string(record)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func positions(t *testing.T, log teamlog.Log) {
	var given []handed
	for i := range 5 {
		text := fmt.Sprintf("record %d", i)
		at, err := log.Append(t.Context(), text, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, handed{at, text})
	}
	read := readAll(t, log, teamlog.Pos{})
	for i, r := range read {
		if r.at.Epoch == "" || r.at.Epoch != read[0].at.Epoch || i > 0 && r.at.N <= read[i-1].at.N {
			t.Errorf("position %+v after %+v", r.at, read[max(0, i-1)].at)
		}
	}
	for _, g := range given {
		// An engine that cannot tell gives the zero position.
		if g.at != (teamlog.Pos{}) && !slices.Contains(read, g) {
			t.Errorf("%q was appended at %+v and is not there", g.record, g.at)
		}
	}
}

// unknownOutcome appends under a context that ends at some moment: whatever
// came of it, the same bytes again are enough, and nothing else appears.
func unknownOutcome(t *testing.T, log teamlog.Log) {
	appendRecord(t, log, "before")
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		var cancelling sync.WaitGroup
		cancelling.Go(cancel)
		_, _ = log.Append(ctx, "unknown", []byte("unknown"))
		cancelling.Wait()
	}
	appendRecord(t, log, "unknown")
	appendRecord(t, log, "after")
	got := slices.Compact(read(t, log, teamlog.Pos{}))
	if !slices.Equal(got, []string{"before", "unknown", "after"}) {
		t.Fatalf("read %q", got)
	}
}

func allWake(t *testing.T, log teamlog.Log) {
	appendRecord(t, log, "first")
	last := readAll(t, log, teamlog.Pos{})[0].at
	var waiters sync.WaitGroup
	for range 3 {
		waiters.Go(func() {
			// Waking early is allowed: only reading tells.
			for t.Context().Err() == nil {
				if err := log.Wait(t.Context(), last); err != nil {
					t.Error(err)
					return
				}
				news := false
				_, err := log.Read(t.Context(), last, func(teamlog.Pos, []byte) error { news = true; return nil })
				if err != nil {
					t.Error(err)
				}
				if news || err != nil {
					return
				}
			}
		})
	}
	appendRecord(t, log, "second")
	waiters.Wait()
}

// follower reads on from its cursor while others write, and sees every record,
// in the order in which a later reader sees them.
func follower(t *testing.T, log teamlog.Log) {
	const writers, each = 3, 10
	var writing sync.WaitGroup
	for writer := range writers {
		writing.Go(func() {
			for i := range each {
				id := fmt.Sprintf("w%d-%d", writer, i)
				if _, err := log.Append(t.Context(), id, []byte(id)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var seen []handed
	cursor := teamlog.Pos{}
	for len(seen) < writers*each && !t.Failed() {
		if err := log.Wait(t.Context(), cursor); err != nil {
			t.Fatal(err)
		}
		_, err := log.Read(t.Context(), cursor, func(at teamlog.Pos, record []byte) error {
			if at.Epoch == cursor.Epoch && at.N <= cursor.N {
				return nil // a late one: a real reader rewinds
			}
			seen, cursor = append(seen, handed{at, string(record)}), at
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	writing.Wait()
	if all := readAll(t, log, teamlog.Pos{}); !slices.Equal(seen, all) {
		t.Fatalf("the follower saw %v, the log holds %v", seen, all)
	}
}

func landmarks(t *testing.T, log teamlog.Log) {
	marks := log.(teamlog.Landmarker)
	fill(t, log, 5)
	all := readAll(t, log, teamlog.Pos{})
	from := 0
	err := marks.Landmarks(t.Context(), func(at teamlog.Pos, record []byte) error {
		place := slices.Index(all[from:], handed{at, string(record)})
		if place < 0 {
			return fmt.Errorf("landmark %+v %q is no record of the log, or out of order", at, record)
		}
		from += place + 1
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if from > 0 {
		stop := errors.New("stop")
		if err := marks.Landmarks(t.Context(), func(teamlog.Pos, []byte) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error %v, want the reader's", err)
		}
	}
}

func renewed(t *testing.T, log teamlog.Log) {
	renewer := log.(teamlog.Renewer)
	want := fill(t, log, 3)
	if err := renewer.Renew(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	before := readAll(t, log, teamlog.Pos{})
	if got := read(t, log, teamlog.Pos{}); !slices.Equal(got, want) {
		t.Fatalf("renewing what is there left %q", got)
	}
	if err := renewer.Renew(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if got := read(t, log, teamlog.Pos{}); len(got) != 0 {
		t.Fatalf("a fresh log begins with %q", got)
	}
	appendRecord(t, log, "again")
	_, err := log.Read(t.Context(), before[len(before)-1].at, func(teamlog.Pos, []byte) error { return nil })
	if !errors.Is(err, teamlog.ErrEpoch) {
		t.Errorf("reading after a position of the old one: %v, want ErrEpoch", err)
	}
	if err := log.Wait(t.Context(), before[len(before)-1].at); err != nil && !errors.Is(err, teamlog.ErrEpoch) {
		t.Errorf("waiting after a position of the old one: %v", err)
	}
	if got := read(t, log, teamlog.Pos{}); !slices.Equal(got, []string{"again"}) {
		t.Errorf("read %q", got)
	}
}
