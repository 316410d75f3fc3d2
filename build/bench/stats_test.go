package bench

import (
	"math"
	"strings"
	"testing"
)

func TestQuantilesAreOfTheSample(t *testing.T) {
	s := sample{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.2: 1, 0.5: 3, 0.8: 4, 0.99: 5, 1: 5} {
		if got := s.quantile(q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if s[0] != 5 {
		t.Error("the sample was sorted in place: pairs of turns would be lost")
	}
	if !math.IsNaN(sample{}.median()) {
		t.Error("an empty sample has a median")
	}
	if got := s.over(sample{5, 2}).spread(); got != "0.500 (0.500–1.00)" {
		t.Errorf("ratios by turn: %s", got)
	}
}

func TestTableSaysAll(t *testing.T) {
	var b strings.Builder
	tab := &table{title: "M0", head: []string{"who", "per second"}}
	tab.row("a", "1")
	tab.note("load %s", "0.1")
	tab.print(&b)
	if got := b.String(); got != "\nM0\n  who  per second\n  a    1\n  load 0.1\n" {
		t.Errorf("got %q", got)
	}
}
