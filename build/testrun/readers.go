package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// readOn passes on what a command prints. It is for commands whose exit status
// is their whole report (see suite.single).
func readOn(_ suite, out io.Reader, _ *tally) error {
	_, err := io.Copy(os.Stdout, out)
	return err
}

// readQuiet is for commands that print one line for each complaint and end
// with 0 all the same, such as gofmt -l.
func readQuiet(s suite, out io.Reader, t *tally) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		t.add(result{suite: s.name, name: lines.Text(), outcome: failed})
	}
	if t.count() == 0 {
		t.add(result{suite: s.name, name: "clean"})
	}
	return lines.Err()
}

// readLines is for scripts. A line of theirs is a result when it has one of
// these shapes, with the time in milliseconds last where it is known:
//
//	ok NAME MS
//	not ok NAME MS
//	skip NAME
//
// All other lines are passed on as they are.
func readLines(s suite, out io.Reader, t *tally) error {
	return eachLine(out, func(line string) {
		if r, ok := parseLine(line); ok {
			r.suite = s.name
			t.add(r)
			if r.outcome == passed {
				return
			}
		}
		fmt.Println(line)
	})
}

func parseLine(line string) (result, bool) {
	for _, shape := range []struct {
		prefix  string
		outcome outcome
	}{{"ok ", passed}, {"not ok ", failed}, {"skip ", skipped}} {
		name, found := strings.CutPrefix(line, shape.prefix)
		if !found || strings.TrimSpace(name) == "" {
			continue
		}
		r := result{name: strings.TrimSpace(name), outcome: shape.outcome}
		if at := strings.LastIndexByte(r.name, ' '); at > 0 {
			if ms, err := strconv.ParseFloat(r.name[at+1:], 64); err == nil {
				r.name, r.took = r.name[:at], time.Duration(ms*float64(time.Millisecond))
			}
		}
		return r, true
	}
	return result{}, false
}

// eachLine also takes lines that are longer than a Scanner would.
func eachLine(in io.Reader, fn func(string)) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			fn(strings.TrimRight(line, "\r\n"))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, fs.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// vitestReport is the part of vitest's JSON report (Jest's format) that is
// counted.
type vitestReport struct {
	TestResults []struct {
		Name             string `json:"name"`
		Status           string `json:"status"`
		Message          string `json:"message"`
		AssertionResults []struct {
			FullName string  `json:"fullName"`
			Status   string  `json:"status"`
			Duration float64 `json:"duration"`
		} `json:"assertionResults"`
	} `json:"testResults"`
}

// readVitest passes on what vitest tells people and then reads its report.
func readVitest(s suite, out io.Reader, t *tally) error {
	defer os.Remove(s.report)
	if _, err := io.Copy(os.Stdout, out); err != nil {
		return err
	}
	data, err := os.ReadFile(s.report)
	if err != nil {
		return fmt.Errorf("vitest left no report: %w", err)
	}
	return addVitest(s, data, t)
}

func addVitest(s suite, data []byte, t *tally) error {
	var report vitestReport
	if err := json.Unmarshal(data, &report); err != nil {
		return fmt.Errorf("vitest's report makes no sense: %w", err)
	}
	for _, file := range report.TestResults {
		bad := 0
		for _, test := range file.AssertionResults {
			r := result{suite: s.name, name: test.FullName, took: time.Duration(test.Duration * float64(time.Millisecond))}
			switch test.Status {
			case "passed":
			case "skipped", "pending", "todo", "disabled":
				r.outcome = skipped
			default:
				r.outcome = failed
				bad++
			}
			t.add(r)
		}
		// A file that could not be loaded has no tests to blame.
		if file.Status == "failed" && bad == 0 {
			t.add(result{suite: s.name, name: file.Name + ": " + file.Message, outcome: failed})
		}
	}
	return nil
}
