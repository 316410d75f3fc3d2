//go:build bench

package bench

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestM9Fold measures what a desktop does with each event: the record is
// unpacked, its verdicts made, and the conversations folded.
func TestM9Fold(t *testing.T) {
	o, records, err := lonely(min(setting("BENCH_EVENTS", 1_000_000), 100_000))
	if err != nil {
		t.Fatal(err)
	}
	var signatures, accepting, folding sample // seconds
	var replay *teamlog.Replay
	for range rounds() {
		runtime.GC()
		signatures = append(signatures, verifyAll(t, o, records))
		var took, folded float64
		replay, took, folded = replayAll(t, records)
		accepting, folding = append(accepting, took), append(folding, folded)
	}
	if replay.Cursor.Hash != o.cursor.Hash {
		t.Fatal("the log was not accepted as it was written")
	}
	var apart, whole sample
	for i := range accepting {
		apart = append(apart, float64(o.events)/(accepting[i]+folding[i]-signatures[i]))
		whole = append(whole, float64(o.events)/(accepting[i]+folding[i]))
	}
	tab := &table{title: fmt.Sprintf("M9 Events folded, %d in %d records (%.1f a record), one core: events/s, median (least–greatest)",
		o.events, o.records, float64(o.events)/float64(o.records)), head: []string{"", "events/s", "seconds"}}
	tab.row("with signatures", whole.spread(), short(accepting.median()+folding.median()))
	tab.row("signatures apart", apart.spread(), short(accepting.median()+folding.median()-signatures.median()))
	tab.row("signatures alone", rate(o.events, signatures).spread(), short(signatures.median()))
	tab.row("conversations alone", rate(o.events, folding).spread(), short(folding.median()))
	tab.note("aim: 100,000 signatures apart")
	show(tab)
}

func rate(events int, seconds sample) (perSecond sample) {
	for _, s := range seconds {
		perSecond = append(perSecond, float64(events)/s)
	}
	return perSecond
}

// verifyAll checks every record's signature and does nothing else.
func verifyAll(t *testing.T, o *office, records [][]byte) (seconds float64) {
	t.Helper()
	devices := map[string]*author{}
	for _, one := range o.people {
		devices[one.device] = one
	}
	opened := make([]*teamlog.Opened, len(records))
	for i, record := range records {
		var err error
		if opened[i], err = teamlog.Open(record); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	for _, r := range opened {
		if !r.Verify(devices[r.Device].public()) {
			t.Fatal("a signature is wrong")
		}
	}
	return time.Since(began).Seconds()
}

func replayAll(t *testing.T, records [][]byte) (replay *teamlog.Replay, accepting, folding float64) {
	t.Helper()
	replay = teamlog.NewReplay("")
	histories := map[inbox.Key][]teamlog.Decision{}
	began := time.Now()
	for i, record := range records {
		a, _, err := replay.Accept(teamlog.Pos{N: uint64(i + 1)}, record, nil)
		if err != nil || a.ID == "" {
			t.Fatal(i, err)
		}
		for _, d := range a.Decisions {
			if c := teamlog.Anchor(d.Event); c != "" {
				histories[c] = append(histories[c], d)
			}
		}
	}
	accepting = time.Since(began).Seconds()
	began = time.Now()
	closed := 0
	for c, decisions := range histories {
		facts := teamlog.Facts{Me: "ann", Messages: []teamlog.MessageFact{{Key: c, At: morning}}}
		if teamlog.FoldConversation(facts, decisions).Closed {
			closed++
		}
	}
	if closed < len(histories)/2 {
		t.Fatalf("%d of %d conversations are closed", closed, len(histories))
	}
	return replay, accepting, time.Since(began).Seconds()
}
