package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

func count(t *testing.T, tl *tally, want string) {
	t.Helper()
	if got := tl.line(); got != want {
		t.Errorf("got %q, want %q; results: %+v", got, want, tl.results)
	}
}

func TestGoReportCountsTestsAndDeadPackages(t *testing.T) {
	report := `{"Action":"run","Package":"postvak/a","Test":"TestOne"}
{"Action":"run","Package":"postvak/a","Test":"TestOne/part"}
{"Action":"pass","Package":"postvak/a","Test":"TestOne/part","Elapsed":1}
{"Action":"pass","Package":"postvak/a","Test":"TestOne","Elapsed":1}
{"Action":"output","Package":"postvak/a","Test":"TestTwo","Output":"    a_test.go:7: no server here\n"}
{"Action":"output","Package":"postvak/a","Test":"TestTwo","Output":"--- SKIP: TestTwo (0.00s)\n"}
{"Action":"skip","Package":"postvak/a","Test":"TestTwo","Elapsed":0}
{"Action":"pass","Package":"postvak/a","Elapsed":1}
not a line of the report
{"ImportPath":"postvak/b","Action":"build-output","Output":"b.go:1: broken\n"}
{"Action":"fail","Package":"postvak/b","Elapsed":0}
`
	tl := newTally()
	if err := readGoTest(suite{name: "go"}, strings.NewReader(report), tl); err != nil {
		t.Fatal(err)
	}
	count(t, tl, "2 passed, 1 failed, 1 skipped")
	if slow := tl.slowest(10); len(slow) != 1 || !strings.HasSuffix(slow[0], "go: a TestOne/part") {
		t.Errorf("slowest: %q, want the part alone", slow)
	}
	if got := tl.summary(); !strings.Contains(got, "TestTwo - no server here") {
		t.Errorf("the summary does not say why a test was skipped:\n%s", got)
	}
	if got := tl.summary(); !strings.HasSuffix(got, "\n2 passed, 1 failed, 1 skipped\n") {
		t.Errorf("the plain line is not last:\n%s", got)
	}
}

func TestLinesTakeOnlyTheThreeShapes(t *testing.T) {
	tl := newTally()
	report := "ok opens the list 12.5\nnot ok closes 3\nskip sends\nokay then\nok \nsome ok line"
	if err := readLines(suite{name: "browser"}, strings.NewReader(report), tl); err != nil {
		t.Fatal(err)
	}
	count(t, tl, "1 passed, 1 failed, 1 skipped")
	if first := tl.results[0]; first.name != "opens the list" || first.took != 12500*time.Microsecond {
		t.Errorf("got %+v", first)
	}
}

func TestVitestReportCountsFilesThatDoNotLoad(t *testing.T) {
	report := `{"testResults":[
		{"name":"a.test.ts","status":"passed","assertionResults":[
			{"fullName":"a works","status":"passed","duration":2},{"fullName":"a later","status":"todo"}]},
		{"name":"b.test.ts","status":"failed","message":"no such module","assertionResults":[]}]}`
	tl := newTally()
	if err := addVitest(suite{name: "frontend"}, []byte(report), tl); err != nil {
		t.Fatal(err)
	}
	count(t, tl, "1 passed, 1 failed, 1 skipped")
}

func TestSuitesThatDieCountAsFailed(t *testing.T) {
	for _, test := range []struct {
		name, script, want string
		single             bool
	}{
		{"dies at once", "exit 3", "0 passed, 1 failed, 0 skipped", false},
		{"dies after a pass", "echo ok one; exit 3", "1 passed, 1 failed, 0 skipped", false},
		{"reports its failure", "echo not ok one; exit 1", "0 passed, 1 failed, 0 skipped", false},
		{"says nothing", "true", "0 passed, 1 failed, 0 skipped", false},
		{"is one test and passes", "true", "1 passed, 0 failed, 0 skipped", true},
		{"is one test and fails", "false", "0 passed, 1 failed, 0 skipped", true},
		{"hangs", "echo ok one; sleep 600", "1 passed, 1 failed, 0 skipped", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			tl := newTally()
			limit := time.Minute
			if test.name == "hangs" {
				limit = 2 * time.Second
			}
			s := suite{name: "x", command: []string{"bash", "-c", test.script}, limit: limit, read: readLines, single: test.single}
			runSuite(context.Background(), s, tl)
			count(t, tl, test.want)
		})
	}
}

func TestEachLineTakesLongLines(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	var got []string
	in := io.MultiReader(strings.NewReader(long), strings.NewReader("\nlast"))
	if err := eachLine(in, func(line string) { got = append(got, line) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != long || got[1] != "last" {
		t.Errorf("got %d lines", len(got))
	}
}
