package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// goEvent is one line of `go test -json` (see `go doc test2json`).
type goEvent struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

// goReport follows a run of `go test -json`. Output is kept for each test and
// shown only when it fails.
type goReport struct {
	suite  string
	tally  *tally
	output map[string][]string
	parent map[string]bool
	bad    map[string]int
	tests  map[string]int
}

func readGoTest(s suite, out io.Reader, t *tally) error {
	g := &goReport{
		suite: s.name, tally: t, output: map[string][]string{},
		parent: map[string]bool{}, bad: map[string]int{}, tests: map[string]int{},
	}
	return eachLine(out, func(line string) {
		var e goEvent
		if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
			fmt.Println(line)
			return
		}
		g.take(e)
	})
}

func (g *goReport) take(e goEvent) {
	key := e.Package + "." + e.Test
	switch e.Action {
	case "run":
		if at := strings.LastIndexByte(e.Test, '/'); at > 0 {
			g.parent[e.Package+"."+e.Test[:at]] = true
		}
	case "build-output":
		fmt.Print(e.Output)
	case "output":
		g.output[key] = append(g.output[key], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			g.endPackage(e)
		} else {
			g.endTest(key, e)
		}
		delete(g.output, key)
	}
}

func (g *goReport) endTest(key string, e goEvent) {
	r := result{
		suite: g.suite, name: short(e.Package) + " " + e.Test, group: g.parent[key],
		took: time.Duration(e.Elapsed * float64(time.Second)),
	}
	g.tests[e.Package]++
	switch e.Action {
	case "fail":
		r.outcome = failed
		g.bad[e.Package]++
		g.show(key)
	case "skip":
		r.outcome = skipped
		r.why = skipReason(g.output[key])
	}
	g.tally.add(r)
}

// endPackage counts a package that failed without a failed test: it did not
// build, panicked outside of a test, or its TestMain gave up.
func (g *goReport) endPackage(e goEvent) {
	if e.Action == "fail" {
		g.show(e.Package + ".")
		if g.bad[e.Package] == 0 {
			g.showAll(e.Package)
			g.tally.add(result{suite: g.suite, name: short(e.Package) + " did not run to its end", outcome: failed})
		}
	}
	if n := g.tests[e.Package]; n > 0 || e.Action == "fail" {
		fmt.Printf("%-4s %s (%d tests, %.1f s)\n", e.Action, short(e.Package), n, e.Elapsed)
	}
}

func (g *goReport) show(key string) {
	for _, line := range g.output[key] {
		fmt.Print(line)
	}
}

// showAll shows the output of tests that were cut short, which is where a
// panic's trace is found.
func (g *goReport) showAll(pkg string) {
	for key := range g.output {
		if strings.HasPrefix(key, pkg+".") && key != pkg+"." {
			g.show(key)
		}
	}
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "postvak/") }

// skipReason is what the test said last before it was skipped, without the
// file and line.
func skipReason(output []string) string {
	for i := len(output) - 1; i >= 0; i-- {
		line := strings.TrimSpace(output[i])
		if line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "===") {
			continue
		}
		if _, said, found := strings.Cut(line, ".go:"); found {
			if _, said, found := strings.Cut(said, ": "); found {
				return said
			}
		}
		return line
	}
	return ""
}
