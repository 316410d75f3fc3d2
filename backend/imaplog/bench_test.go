package imaplog

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/teamlog"
)

// BenchmarkRead reads ten thousand records as a new desktop does.
func BenchmarkRead(b *testing.B) {
	d := imaptest.StartDovecot(b, imaptest.Options{})
	server := mailbox(d, ann)
	const count = 10_000
	n := 0
	d.Fill(b, ann, func() []byte {
		if n++; n > count {
			return nil
		}
		return letterOf(sealedNumber(b, n%50).Bytes).render()
	})
	b.ResetTimer()
	for b.Loop() {
		l := New(Config{IMAP: server, Folder: "INBOX"})
		got := 0
		if _, err := l.Read(b.Context(), teamlog.Pos{}, func(teamlog.Pos, []byte) error { got++; return nil }); err != nil || got != count {
			b.Fatal(got, err)
		}
		_ = l.Close()
	}
	b.ReportMetric(count*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// rest lets the reader stand in IDLE for good before each measurement.
const rest = 1200 * time.Millisecond

// BenchmarkDelivery measures from before an Append until another desktop has
// read the record, beside the same with nothing but APPEND, IDLE and FETCH.
func BenchmarkDelivery(b *testing.B) {
	d := imaptest.StartDovecot(b, imaptest.Options{})
	server := mailbox(d, ann)
	create(b, server)
	b.Run("log", func(b *testing.B) {
		from, to := newDesktop(b, server), newDesktop(b, server)
		record := sealedNumber(b, 5)
		from.mustAppend("first")
		to.follow(1)
		if err := from.catchUp(); err != nil {
			b.Fatal(err)
		}
		var took []time.Duration
		for b.Loop() {
			n := len(to.records)
			done := make(chan time.Time)
			go func() { to.follow(n + 1); done <- time.Now() }()
			time.Sleep(rest)
			begin := time.Now()
			if _, err := from.Append(b.Context(), record.ID, record.Bytes); err != nil {
				b.Fatal(err)
			}
			took = append(took, (<-done).Sub(begin))
		}
		report(b, took)
	})
	b.Run("bare", func(b *testing.B) {
		from, to := admin(b, server), admin(b, server)
		if _, err := to.Select(b.Context(), "Postvak", false); err != nil {
			b.Fatal(err)
		}
		raw := letterOf(sealedNumber(b, 5).Bytes).render()
		uids, err := to.UIDs(b.Context(), 1, 0)
		if err != nil {
			b.Fatal(err)
		}
		last := slices.Max(uids)
		var took []time.Duration
		for b.Loop() {
			done := make(chan time.Time)
			go func() {
				for before := last; last == before; {
					if _, err := to.Wait(b.Context(), time.Minute); err != nil {
						b.Error(err)
					}
					err := to.FetchFrom(b.Context(), before+1, imap.WantBody, func(i imap.Item) error { last = max(last, i.UID); return nil })
					if err != nil {
						b.Error(err)
					}
				}
				done <- time.Now()
			}()
			time.Sleep(rest)
			begin := time.Now()
			if _, err := from.Append(b.Context(), "Postvak", imap.Flags{imap.Seen}, time.Time{}, raw); err != nil {
				b.Fatal(err)
			}
			took = append(took, (<-done).Sub(begin))
		}
		report(b, took)
	})
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for _, percent := range []int{50, 95} {
		b.ReportMetric(float64(took[len(took)*percent/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", percent))
	}
}
