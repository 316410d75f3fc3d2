package teamlog_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestTheFirstClaimHasTheWork(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.Claim{Work: "note/1", Lease: 300})
	first := w.lastID()
	w.void("ben", &teamlog.Claim{Work: "note/1", Lease: 300}, teamlog.Taken)
	w.void("ben", &teamlog.Done{Work: "note/1", Of: first}, teamlog.Taken)
	w.void("ben", &teamlog.Takeover{Work: "note/1", Of: "another"}, teamlog.Taken)
	w.void("ben", &teamlog.Takeover{Work: "note/2", Of: first}, teamlog.NotFound)
	w.must("ben", &teamlog.Takeover{Work: "note/1", Of: first})
	second := w.lastID()
	w.void("carol", &teamlog.Takeover{Work: "note/1", Of: first}, teamlog.Taken)
	w.void("ann", &teamlog.Done{Work: "note/1", Of: first}, teamlog.Taken)
	claim, found := w.team.Claim("note/1")
	if !found || claim.Holder != "ben" || claim.Record != second || claim.Of != first || claim.Done || claim.Began.After(claim.At) {
		t.Errorf("%+v", claim)
	}
	w.must("ben", &teamlog.Done{Work: "note/1", Of: second, State: "started"})
	w.must("ben", &teamlog.Done{Work: "note/1", Of: second, State: "sent", Result: []byte(`{ "id": 7 }`)})
	w.void("carol", &teamlog.Takeover{Work: "note/1", Of: second}, teamlog.Taken)
	w.void("carol", &teamlog.Claim{Work: "note/1", Lease: 300}, teamlog.Taken)
	claim, _ = w.team.Claim("note/1")
	if !claim.Done || claim.State != "sent" || string(claim.Result) != `{"id":7}` {
		t.Errorf("%+v", claim)
	}
}

func TestOldWorkIsForgotten(t *testing.T) {
	w := newWorld(t)
	for i := range teamlog.MaxClaims + 2 {
		w.must("ann", &teamlog.Claim{Work: fmt.Sprint("done/", i), Lease: 1})
		w.must("ann", &teamlog.Done{Work: fmt.Sprint("done/", i), Of: w.lastID()})
	}
	for i := range teamlog.MaxClaims + 2 {
		w.must("ann", &teamlog.Claim{Work: fmt.Sprint("open/", i), Lease: 1})
	}
	for _, kind := range []string{"open/", "done/"} {
		for i, want := range map[int]bool{0: false, 1: false, 2: true, teamlog.MaxClaims + 1: true} {
			if _, known := w.team.Claim(fmt.Sprint(kind, i)); known != want {
				t.Errorf("%s%d is known: %v", kind, i, known)
			}
		}
	}
}

// TestWorkIsOnceInTheTeam: at every moment one desktop at most may do a piece
// of work, the number it holds it by only grows, and what is done stays done.
// A desktop acts when the claim that counts is its own and not done; if it
// says so before it acts ("started"), at most one ever acts.
func TestWorkIsOnceInTheTeam(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		members := rapid.SampledFrom([]inbox.MemberID{"ann", "ben", "carol"})
		seen := []string{"made up"}
		acted, last := 0, uint64(0)
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			by := members.Draw(rt, "by")
			before, _ := w.team.Claim("work")
			void := teamlog.Admitted
			switch of := rapid.SampledFrom(seen).Draw(rt, "of"); rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				void = w.decide(by, &teamlog.Claim{Work: "work", Lease: 300})
			case 1:
				void = w.decide(by, &teamlog.Takeover{Work: "work", Of: of})
			case 2:
				if void = w.decide(by, &teamlog.Done{Work: "work", Of: of, State: "started"}); void == teamlog.Admitted && !before.Done {
					acted++
				}
			}
			seen = append(seen, w.lastID())
			now, _ := w.team.Claim("work")
			if void == teamlog.Admitted && now.Holder != by || void != teamlog.Admitted && now.Record != before.Record {
				rt.Fatalf("after %q by %s: %+v, before %+v", void, by, now, before)
			}
			if now.N < last || before.Done && !now.Done {
				rt.Fatalf("from %+v to %+v", before, now)
			}
			last = now.N
		}
		if acted > 1 {
			rt.Fatalf("%d desktops acted", acted)
		}
	})
}
