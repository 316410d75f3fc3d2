package sqlite

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// lifeOf gives what a team decides about a conversation in its life, about ten
// events.
func lifeOf(anchor inbox.Key) []teamlog.Event {
	return []teamlog.Event{
		&teamlog.Assign{Conversation: anchor, To: me},
		&teamlog.Read{Conversation: anchor, UpTo: start},
		&teamlog.Drafting{Conversation: anchor},
		&teamlog.Sent{Conversation: anchor, Key: anchor + "s", By: me},
		&teamlog.Read{Conversation: anchor, UpTo: start.Add(1)},
		&teamlog.Note{Conversation: anchor, Text: "Rings back on Friday about the cake."},
		&teamlog.Assign{Conversation: anchor, To: "bram", Was: me},
		&teamlog.Read{Conversation: anchor, UpTo: start.Add(2)},
		&teamlog.Close{Conversation: anchor, Covers: []inbox.Key{anchor}},
		&teamlog.Read{Conversation: anchor, UpTo: start.Add(3)},
	}
}

func benchDecision(n uint64, author inbox.MemberID, e teamlog.Event) teamlog.Decision {
	return teamlog.Decision{ID: fmt.Sprintf("%026d.0", n), N: n, Seen: n - 1, Author: author, Device: "abcdefghijklmnop", At: start, Event: e}
}

// catchUp is a log about conversations, one event a record, as interleaved as a
// day's work is.
func catchUp(anchors []inbox.Key) (all []teamlog.Decision) {
	const atOnce = 50
	for begin := 0; begin < len(anchors); begin += atOnce {
		batch := anchors[begin:min(begin+atOnce, len(anchors))]
		for step := range lifeOf("") {
			for _, anchor := range batch {
				all = append(all, benchDecision(uint64(len(all))+1, me, lifeOf(anchor)[step]))
			}
		}
	}
	return all
}

func stretchOf(decisions []teamlog.Decision) Applied {
	a := Applied{Decisions: decisions}
	for _, d := range decisions {
		a.Records = append(a.Records, Record{N: d.N, ID: d.ID[:26], Pos: teamlog.Pos{Epoch: "1", N: d.N}, Record: make([]byte, 500)})
	}
	last := decisions[len(decisions)-1].N
	a.Cursor = teamlog.Cursor{Count: last, Pos: teamlog.Pos{Epoch: "1", N: last}}
	return a
}

// BenchmarkCatchUp applies a log by stretches, to a cache without mail and to
// one that has all of it.
func BenchmarkCatchUp(b *testing.B) {
	size := benchSize(b, "POSTVAK_BENCH_LOG", 20_000)
	for _, step := range []int{500, 5000} {
		for _, mails := range []bool{false, true} {
			b.Run(fmt.Sprintf("by%d/mail=%v", step, mails), func(b *testing.B) { benchCatchUp(b, size, step, mails) })
		}
	}
}

func benchCatchUp(b *testing.B, size, step int, mails bool) {
	for b.Loop() {
		b.StopTimer()
		db := openAt(b, b.TempDir(), options())
		connect(b, db, shop())
		var anchors []inbox.Key
		var all []inbox.Fetched
		for i := range size / 10 {
			m := mail(i, fmt.Sprintf("c%d@customer.example", i))
			anchors, all = append(anchors, m.Message.Key), append(all, m)
		}
		if mails {
			storeAll(b, db, all)
		}
		log := catchUp(anchors)
		b.StartTimer()
		for i := 0; i < len(log); i += step {
			if _, err := db.Apply(context.Background(), stretchOf(log[i:min(i+step, len(log))])); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		_ = db.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkAdoptSnapshot is a part of M9: what a log of ten events for each
// anchor compacts to becomes this cache's.
func BenchmarkAdoptSnapshot(b *testing.B) {
	anchors := benchSize(b, "POSTVAK_BENCH_ANCHORS", 100_000)
	var keys []inbox.Key
	histories := map[inbox.Key][]teamlog.Decision{}
	for i := range anchors {
		key := inbox.MailKey(channel, fmt.Sprintf("%012d", i))
		keys = append(keys, key)
		for step, e := range lifeOf(key) {
			histories[key] = append(histories[key], benchDecision(uint64(i*10+step+1), me, e))
		}
		histories[key] = teamlog.Compact(histories[key])
	}
	a := Adoption{Cursor: teamlog.Cursor{Count: uint64(anchors * 10), Hash: sha256.Sum256(nil)}, State: []byte("state"),
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error {
			for _, key := range keys {
				if err := fn(key, histories[key]); err != nil {
					return err
				}
			}
			return nil
		}}
	b.ReportMetric(float64(len(histories[keys[0]])), "decisions/anchor")
	for b.Loop() {
		b.StopTimer()
		db := openAt(b, b.TempDir(), options())
		connect(b, db, shop())
		b.StartTimer()
		if _, err := db.AdoptSnapshot(context.Background(), a); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = db.Close()
		b.StartTimer()
	}
}

// BenchmarkApplyOne is M8's: one decision about a conversation of 200 messages
// and of so many decisions.
func BenchmarkApplyOne(b *testing.B) {
	for _, decided := range []int{10, 200} {
		b.Run(fmt.Sprintf("decisions=%d", decided), func(b *testing.B) {
			db := newCache(b)
			var all []inbox.Fetched
			for i := range 200 {
				all = append(all, mail(i, "carla@customer.example", answers(max(i-1, 0))))
			}
			store(b, db, all...)
			var log []teamlog.Decision
			for len(log) < decided {
				for _, e := range lifeOf(all[0].Message.Key) {
					log = append(log, benchDecision(uint64(len(log))+1, me, e))
				}
			}
			if _, err := db.Apply(context.Background(), stretchOf(log)); err != nil {
				b.Fatal(err)
			}
			n := uint64(len(log))
			for b.Loop() {
				one := benchDecision(n+1, me, &teamlog.Assign{Conversation: all[0].Message.Key, To: "bram"})
				a := stretchOf([]teamlog.Decision{one})
				a.Rewind = &n
				if _, err := db.Apply(context.Background(), a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
