package main

import (
	"regexp"
	"slices"
	"strings"
)

// kept is how many lines of a play are there to be shown when it breaks.
const kept = 2000

// report is what a play printed: `go test -v` or the browser tests' lines.
type report struct {
	passed, failed, skipped int
	counts                  []string
	all                     []string
}

var (
	// result is a line of `go test -v` about a test that has none within it.
	result = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+)`)
	// counted is what a test logged that tells numbers, and rapid's own word
	// about how many histories it played.
	counted = regexp.MustCompile(`^ *\S+\.go:\d+: ((?:[^:]+: )?\d.*)$`)
	played  = regexp.MustCompile(`OK, passed`)
)

func (r *report) read(line string) {
	if r.all = append(r.all, line); len(r.all) > kept {
		r.all = slices.Delete(r.all, 0, kept/2)
	}
	if found := result.FindStringSubmatch(line); found != nil {
		r.count(found[1])
		return
	}
	if found := counted.FindStringSubmatch(line); found != nil && !played.MatchString(line) {
		r.counts = append(r.counts, found[1])
		return
	}
	for prefix, outcome := range map[string]string{"ok ": "PASS", "not ok ": "FAIL", "skip ": "SKIP"} {
		// The browser tests' lines; `go test` writes a tab there.
		if rest, is := strings.CutPrefix(line, prefix); is && !strings.HasPrefix(rest, "\t") && !strings.HasPrefix(rest, " ") {
			r.count(outcome)
		}
	}
	if count, is := strings.CutPrefix(line, "# "); is {
		r.counts = append(r.counts, count)
	}
}

func (r *report) count(outcome string) {
	switch outcome {
	case "PASS":
		r.passed++
	case "FAIL":
		r.failed++
	case "SKIP":
		r.skipped++
	}
}
