// Package specimen makes mailboxes of realistic mail from a seed, for
// benchmarks and tests: threads of 1 to 12 letters between customers and a
// team, about 4 kB in the median, some of it HTML, one in twenty with a file
// of 50 to 200 kB, some twenty header lines, several languages and encodings.
//
// The same options give the same bytes on every machine. Nothing in it is
// taken from anybody's mail, and the program itself never imports it.
package specimen

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"
	"time"
)

// Team is the address of the mailbox that all letters go to or come from.
const Team = "support@team.example"

// Options say which mailbox to make.
type Options struct {
	Seed     uint64
	Messages int
	// Until is when the newest letter was delivered; zero is a fixed date, so
	// that nothing depends on today.
	Until time.Time
	// Span is how far back the mail goes; zero is two years.
	Span time.Duration
	// Brief leaves out files and keeps bodies to a few lines, for tests and
	// for caches whose size in conversations is what matters.
	Brief bool
}

// Letter is one message of a mailbox.
type Letter struct {
	Raw    []byte // as the wire has it: lines end in CRLF
	At     time.Time
	Sent   bool // from the team: it belongs in the Sent folder
	Seen   bool
	Thread int // letters of one thread refer to each other
}

// Mailbox is a plan of letters in the order of their delivery. Letters are
// written when they are asked for, so that a large mailbox needs little
// memory; it may be used from several goroutines.
type Mailbox struct {
	options Options
	plan    []slot
	threads int
}

// slot is the n-th letter of a thread, counted from 0.
type slot struct {
	thread, n int
	at        time.Time
}

// New plans a mailbox.
func New(o Options) *Mailbox {
	if o.Until.IsZero() {
		o.Until = time.Date(2026, 9, 30, 16, 0, 0, 0, time.UTC)
	}
	if o.Span == 0 {
		o.Span = 2 * 365 * 24 * time.Hour
	}
	m := &Mailbox{options: o, plan: make([]slot, 0, o.Messages)}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	for ; len(m.plan) < o.Messages; m.threads++ {
		at := o.Until.Add(-time.Duration(rng.Int64N(int64(o.Span)))).Truncate(time.Second)
		for n := range min(threadLength(rng), o.Messages-len(m.plan)) {
			m.plan = append(m.plan, slot{m.threads, n, at})
			at = at.Add(answerTime(rng))
		}
	}
	slices.SortStableFunc(m.plan, func(a, b slot) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.thread, b.thread), cmp.Compare(a.n, b.n))
	})
	return m
}

// threadLength is 1 to 12, short ones by far the most frequent.
func threadLength(rng *rand.Rand) int {
	n := 1
	for n < 12 && rng.Float64() < 0.62 {
		n++
	}
	return n
}

// answerTime is between minutes and days.
func answerTime(rng *rand.Rand) time.Duration {
	return time.Duration(min(rng.ExpFloat64(), 6)*float64(9*time.Hour)).Truncate(time.Second) + time.Minute
}

// Len is the number of letters, Threads that of threads.
func (m *Mailbox) Len() int { return len(m.plan) }

// Threads is the number of threads that the letters belong to.
func (m *Mailbox) Threads() int { return m.threads }

// Letter writes the i-th letter in order of delivery.
func (m *Mailbox) Letter(i int) Letter {
	s := m.plan[i]
	t := m.thread(s.thread)
	return Letter{Raw: t.letter(m.options, s), At: s.at, Sent: s.n%2 == 1, Seen: t.seen(s.n), Thread: s.thread}
}

// All gives the letters in order of delivery.
func (m *Mailbox) All() iter.Seq2[int, Letter] {
	return func(yield func(int, Letter) bool) {
		for i := range m.plan {
			if !yield(i, m.Letter(i)) {
				return
			}
		}
	}
}
