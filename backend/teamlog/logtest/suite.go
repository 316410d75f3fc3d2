// Package logtest is the suite that every engine of the team log passes: the
// local table, the one in memory, and any later one. It knows nothing of what
// the records mean.
package logtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"postvak/backend/teamlog"
)

// Run tests an engine, its optional faces where it has them. Open gives an empty log, which the suite closes.
func Run(t *testing.T, open func(t *testing.T) teamlog.Log) {
	tests := map[string]func(*testing.T, teamlog.Log){
		"an empty log has nothing to read":            empty,
		"records come back in the order of appending": inOrder,
		"reading goes on after a position":            resumes,
		"the same id may be appended twice":           repeats,
		"an error of the reader ends the reading":     readerError,
		"concurrent writers see one order":            oneOrder,
		"waiting ends when a record comes":            wakes,
		"waiting ends with its context":               waitEnds,
		"a position of another epoch is refused":      epoch,
		"records are kept byte for byte":              bytesKept,
		"positions grow, and are those of appending":  positions,
		"an append without an answer is done again":   unknownOutcome,
		"every waiter wakes":                          allWake,
		"a follower misses nothing":                   follower,
	}
	faces := open(t)
	if _, marks := faces.(teamlog.Landmarker); marks {
		tests["landmarks are records, in order"] = landmarks
	}
	if _, renews := faces.(teamlog.Renewer); renews {
		tests["a renewed log begins with nothing"] = renewed
	}
	_ = faces.Close()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			log := open(t)
			t.Cleanup(func() { _ = log.Close() })
			test(t, log)
		})
	}
}

func empty(t *testing.T, log teamlog.Log) {
	if got := read(t, log, teamlog.Pos{}); len(got) != 0 {
		t.Fatalf("read %q from an empty log", got)
	}
}

func inOrder(t *testing.T, log teamlog.Log) {
	want := fill(t, log, 20)
	if got := read(t, log, teamlog.Pos{}); !slices.Equal(got, want) {
		t.Fatalf("read %q, want %q", got, want)
	}
}

func resumes(t *testing.T, log teamlog.Log) {
	fill(t, log, 3)
	last, err := log.Read(t.Context(), teamlog.Pos{}, func(teamlog.Pos, []byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, log, last); len(got) != 0 {
		t.Fatalf("read %q after the end", got)
	}
	appendRecord(t, log, "later")
	if got := read(t, log, last); !slices.Equal(got, []string{"later"}) {
		t.Fatalf("read %q, want the one later record", got)
	}
}

func repeats(t *testing.T, log teamlog.Log) {
	appendRecord(t, log, "same")
	appendRecord(t, log, "same")
	if got := read(t, log, teamlog.Pos{}); len(got) == 0 || slices.ContainsFunc(got, func(s string) bool { return s != "same" }) {
		t.Fatalf("read %q", got)
	}
}

func readerError(t *testing.T, log teamlog.Log) {
	fill(t, log, 3)
	stop := errors.New("stop")
	count := 0
	last, err := log.Read(t.Context(), teamlog.Pos{}, func(teamlog.Pos, []byte) error {
		if count++; count == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) {
		t.Fatalf("error %v, want the reader's", err)
	}
	if got := read(t, log, last); !slices.Equal(got, []string{"record 1", "record 2"}) {
		t.Fatalf("after the reader's error the log goes on with %q", got)
	}
}

func oneOrder(t *testing.T, log teamlog.Log) {
	var writers sync.WaitGroup
	for writer := range 4 {
		writers.Go(func() {
			for i := range 25 {
				id := fmt.Sprintf("w%d-%d", writer, i)
				if _, err := log.Append(t.Context(), id, []byte(id)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	first, second := read(t, log, teamlog.Pos{}), read(t, log, teamlog.Pos{})
	if len(first) != 100 || !slices.Equal(first, second) {
		t.Fatalf("two readings differ: %d and %d records", len(first), len(second))
	}
}

func wakes(t *testing.T, log teamlog.Log) {
	done := make(chan error, 1)
	go func() { done <- log.Wait(t.Context(), teamlog.Pos{}) }()
	appendRecord(t, log, "news")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func waitEnds(t *testing.T, log teamlog.Log) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := log.Wait(ctx, teamlog.Pos{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func epoch(t *testing.T, log teamlog.Log) {
	fill(t, log, 1)
	_, err := log.Read(t.Context(), teamlog.Pos{Epoch: "another life", N: 1}, func(teamlog.Pos, []byte) error { return nil })
	if !errors.Is(err, teamlog.ErrEpoch) {
		t.Fatalf("error %v, want ErrEpoch", err)
	}
}

func bytesKept(t *testing.T, log teamlog.Log) {
	record := make([]byte, 256)
	for i := range record {
		record[i] = byte(i)
	}
	if _, err := log.Append(t.Context(), "binary", record); err != nil {
		t.Fatal(err)
	}
	if got := read(t, log, teamlog.Pos{}); len(got) != 1 || got[0] != string(record) {
		t.Fatalf("read %q", got)
	}
}

func fill(t *testing.T, log teamlog.Log, n int) (want []string) {
	for i := range n {
		text := fmt.Sprintf("record %d", i)
		appendRecord(t, log, text)
		want = append(want, text)
	}
	return want
}

func appendRecord(t *testing.T, log teamlog.Log, text string) {
	t.Helper()
	if _, err := log.Append(t.Context(), text, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, log teamlog.Log, after teamlog.Pos) (records []string) {
	t.Helper()
	_, err := log.Read(t.Context(), after, func(_ teamlog.Pos, record []byte) error {
		records = append(records, string(record))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}
