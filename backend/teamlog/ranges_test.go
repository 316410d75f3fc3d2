package teamlog_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/teamlog"
)

func drawRanges(t *rapid.T, name string) (r teamlog.Ranges, set map[uint64]bool) {
	set = map[uint64]bool{}
	for _, n := range rapid.SliceOfN(rapid.Uint64Range(0, 40), 0, 30).Draw(t, name) {
		r.Add(n)
		set[n] = true
	}
	return r, set
}

// TestRangesAreSets compares ranges with a map of numbers.
func TestRangesAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, inA := drawRanges(t, "a")
		b, inB := drawRanges(t, "b")
		copied := a
		copied.Add(1000)
		only := maps.Clone(inA)
		maps.DeleteFunc(only, func(n uint64, _ bool) bool { return inB[n] })
		for name, c := range map[string]struct {
			got  teamlog.Ranges
			want map[uint64]bool
		}{"added": {a, inA}, "difference": {a.Diff(b), only}} {
			if c.got.Count() != uint64(len(c.want)) {
				t.Fatalf("%s: %v holds %d, want %v", name, c.got.Spans(), c.got.Count(), slices.Sorted(maps.Keys(c.want)))
			}
			for n := range uint64(42) {
				if c.got.Has(n) != c.want[n] {
					t.Fatalf("%s: %v has %d: %v", name, c.got.Spans(), n, c.got.Has(n))
				}
			}
		}
		spans := a.Spans()
		for i := 1; i < len(spans); i++ {
			if spans[i].From <= spans[i-1].To+1 {
				t.Fatalf("spans touch: %v", spans)
			}
		}
		text, err := json.Marshal(a)
		var again teamlog.Ranges
		if err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(again.Spans(), a.Spans()) {
			t.Fatalf("%s came back as %v", text, again.Spans())
		}
	})
}

func TestCopiesOfRangesAreIndependent(t *testing.T) {
	var a teamlog.Ranges
	for n := uint64(10); n < 100; n += 10 {
		a.Add(n)
		b := a
		b.Add(n + 2)
		b.Add(n + 4)
		c := a
		c.Add(n + 3)
		c.Add(n + 5)
		if !b.Has(n+2) || b.Has(n+3) || !c.Has(n+3) || c.Has(n+2) || a.Has(n+2) || a.Has(n+3) {
			t.Fatalf("%v, %v, %v", a.Spans(), b.Spans(), c.Spans())
		}
	}
}

func TestRangesRefuseNonsense(t *testing.T) {
	for _, text := range []string{`[[2,1]]`, `[[-1,1]]`, `{}`, `[["a","b"]]`} {
		var r teamlog.Ranges
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("%s is %v", text, r.Spans())
		}
	}
	var r teamlog.Ranges
	if err := json.Unmarshal([]byte(`[[5,9],[1,3],[4,6]]`), &r); err != nil || r.Count() != 9 || len(r.Spans()) != 1 || r.Max() != 9 {
		t.Errorf("%v, %v", r.Spans(), err)
	}
}
