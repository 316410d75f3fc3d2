package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

type outcome int

const (
	passed outcome = iota
	failed
	skipped
)

// result is one test as its suite reported it. A group's time contains that
// of its members, so groups are left out of the list of slow tests.
type result struct {
	suite   string
	name    string
	outcome outcome
	took    time.Duration
	group   bool
	why     string // of a skipped test, one line
}

type tally struct {
	results []result
}

func newTally() *tally { return &tally{} }

func (t *tally) add(r result)       { t.results = append(t.results, r) }
func (t *tally) merge(other *tally) { t.results = append(t.results, other.results...) }
func (t *tally) count() int         { return len(t.results) }
func (t *tally) failed() int        { return t.with(failed) }

func (t *tally) with(o outcome) int {
	n := 0
	for _, r := range t.results {
		if r.outcome == o {
			n++
		}
	}
	return n
}

func (t *tally) line() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.with(passed), t.with(failed), t.with(skipped))
}

func (t *tally) printFailures() {
	for _, r := range t.results {
		if r.outcome == failed {
			fmt.Printf("FAILED %s: %s\n", r.suite, r.name)
		}
	}
}

// summary is what a run ends with; its last line is the plain one.
func (t *tally) summary() string {
	var b strings.Builder
	writeSection(&b, "Ten slowest tests", t.slowest(10))
	var skips, fails []string
	for _, r := range t.results {
		switch r.outcome {
		case passed:
		case skipped:
			skips = append(skips, strings.TrimSuffix(r.suite+": "+r.name+" - "+r.why, " - "))
		case failed:
			fails = append(fails, r.suite+": "+r.name)
		}
	}
	writeSection(&b, "Skipped", skips)
	writeSection(&b, "Failed", fails)
	fmt.Fprintf(&b, "\n%s\n", t.line())
	return b.String()
}

func (t *tally) slowest(n int) []string {
	var single []result
	for _, r := range t.results {
		if !r.group && r.took > 0 {
			single = append(single, r)
		}
	}
	slices.SortStableFunc(single, func(a, b result) int { return cmp.Compare(b.took, a.took) })
	var lines []string
	for _, r := range single[:min(n, len(single))] {
		lines = append(lines, fmt.Sprintf("%7.2f s  %s: %s", r.took.Seconds(), r.suite, r.name))
	}
	return lines
}

func writeSection(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", line)
	}
}
