package specimen

import (
	"bytes"
	"math"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSameSeedSameBytes(t *testing.T) {
	a, b := New(Options{Seed: 7, Messages: 300}), New(Options{Seed: 7, Messages: 300})
	other := New(Options{Seed: 8, Messages: 300})
	same := 0
	for i := range a.Len() {
		if !bytes.Equal(a.Letter(i).Raw, b.Letter(i).Raw) {
			t.Fatalf("letter %d differs between two mailboxes of one seed", i)
		}
		if bytes.Equal(a.Letter(i).Raw, other.Letter(i).Raw) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d letters are the same under another seed", same)
	}
}

// The figures of the bench are worth what this holds.
func TestMailboxHasThePromisedShape(t *testing.T) {
	m := New(Options{Seed: 1, Messages: 4000})
	var sizes []int
	var files, html, headerLines, sent int
	words := map[string]int{}
	lengths := map[int]int{}
	for i, l := range m.All() {
		sizes = append(sizes, len(l.Raw))
		lengths[l.Thread]++
		head, _, _ := bytes.Cut(l.Raw, []byte("\r\n\r\n"))
		headerLines += bytes.Count(head, []byte("\r\n")) + 1
		if bytes.Contains(l.Raw, []byte("Content-Disposition: attachment")) {
			files++
		}
		if bytes.Contains(l.Raw, []byte("text/html")) {
			html++
		}
		for _, word := range []string{Common, Middle, Rare} {
			if bytes.Contains(l.Raw, []byte(word)) {
				words[word]++
			}
		}
		if l.Sent {
			sent++
		}
		if _, err := mail.ReadMessage(bytes.NewReader(l.Raw)); err != nil {
			t.Fatalf("letter %d is not mail: %v", i, err)
		}
		if i > 0 && l.At.Before(m.Letter(i-1).At) {
			t.Fatalf("letter %d is older than the one before", i)
		}
	}
	slices.Sort(sizes)
	within(t, "median size", float64(sizes[len(sizes)/2]), 3000, 5000)
	within(t, "share with files", float64(files)/4000, 0.035, 0.065)
	within(t, "share with HTML", float64(html)/4000, 0.3, 0.5)
	within(t, "header lines", float64(headerLines)/4000, 15, 35)
	within(t, "share of the team's own", float64(sent)/4000, 0.25, 0.5)
	within(t, Common, float64(words[Common])/4000, 0.25, 0.35)
	within(t, Middle, float64(words[Middle])/4000, 0.005, 0.02)
	longest := 0
	for _, n := range lengths {
		longest = max(longest, n)
	}
	within(t, "longest thread", float64(longest), 8, 12)
	if len(lengths) != m.Threads() {
		t.Errorf("%d threads seen, %d planned", len(lengths), m.Threads())
	}
}

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high || math.IsNaN(got) {
		t.Errorf("%s is %.4f, want %.4f to %.4f", what, got, low, high)
	}
}

func TestMaildirHoldsEveryLetterOnce(t *testing.T) {
	dir := t.TempDir()
	m := New(Options{Seed: 3, Messages: 120, Brief: true})
	if err := WriteMaildir(dir, m); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, folder := range []string{"cur", ".Sent/cur"} {
		files, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Errorf("%s is empty", folder)
		}
		total += len(files)
	}
	if total != m.Len() {
		t.Errorf("%d files for %d letters", total, m.Len())
	}
}
