package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestReportCountsWhatTestsSay(t *testing.T) {
	var r report
	for line := range strings.Lines(`=== RUN   TestA
    a_test.go:12: 25 kills: 3 early, 22 late
    a_test.go:13: the server is slow today
    a_test.go:14: subject: 180 of 189 agree
    a_test.go:15: [rapid] OK, passed 100 tests (1s)
--- PASS: TestA (0.10s)
    --- FAIL: TestB/one (0.00s)
--- SKIP: TestC (0.00s)
ok  	postvak/backend/a	0.2s
ok hostile_HTML 120
not ok other 3
skip third
# 860 shown, 0 ran
`) {
		r.read(strings.TrimSuffix(line, "\n"))
	}
	if r.passed != 2 || r.failed != 2 || r.skipped != 2 {
		t.Errorf("%d passed, %d failed, %d skipped", r.passed, r.failed, r.skipped)
	}
	want := []string{"25 kills: 3 early, 22 late", "subject: 180 of 189 agree", "860 shown, 0 ran"}
	if !slices.Equal(r.counts, want) {
		t.Errorf("counted %q", r.counts)
	}
}

var declared = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// TestEveryPlayHasItsTests: a play whose tests were renamed would count nothing,
// or less.
func TestEveryPlayHasItsTests(t *testing.T) {
	all := parts("1", "2", "3", "4")
	if len(all) != 6 {
		t.Fatalf("%d parts", len(all))
	}
	for _, p := range all {
		for _, one := range p.plays {
			for _, word := range strings.Split(one.pattern, "|") {
				if one.pattern != "" && !someTest(t, one.packages, regexp.MustCompile(word)) {
					t.Errorf("%s, %s: no test in %s is called %s", p.name, one.what, one.packages, word)
				}
			}
		}
	}
}

func someTest(t *testing.T, packages []string, name *regexp.Regexp) bool {
	t.Helper()
	for _, dir := range packages {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no tests (%v)", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
				if name.MatchString(found[1]) {
					return true
				}
			}
		}
	}
	return false
}
