package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// manyLinked is a cache in which every conversation is linked; noted says
// whether their notes have everything.
func manyLinked(b *testing.B, size int, noted bool) *DB {
	db := newCache(b)
	var messages []inbox.Fetched
	for i := range size {
		messages = append(messages, mail(i, fmt.Sprintf("c%d@customer.example", i)))
	}
	storeAll(b, db, messages)
	var all []teamlog.Decision
	decide := func(e teamlog.Event) teamlog.Decision {
		d := benchDecision(uint64(len(all)+1), me, e)
		all = append(all, d)
		return d
	}
	for i, m := range messages {
		c := m.Message.Key
		link := linkOf(c)
		link.Target = fmt.Sprintf("p%d", i)
		made := decide(link)
		if noted {
			decide(&teamlog.CRMNoted{Conversation: c, Link: made.ID, NoteID: fmt.Sprintf("n%d", i), Window: 1, Part: 1, Revision: 1,
				From: start, Names: []string{nameOf(m)}, State: inbox.NoteCurrent})
		}
	}
	for from := 0; from < len(all); from += 1000 {
		if _, err := db.Apply(context.Background(), Applied{Decisions: all[from:min(from+1000, len(all))]}); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// BenchmarkOwedNotes is what a desktop asks when it starts, and after every
// commit that touches a linked conversation: with nothing owed, and with all.
func BenchmarkOwedNotes(b *testing.B) {
	size := benchSize(b, "POSTVAK_BENCH_LINKS", 2000)
	for _, noted := range []bool{true, false} {
		b.Run(fmt.Sprintf("noted=%v", noted), func(b *testing.B) {
			db := manyLinked(b, size, noted)
			want := 0
			if !noted {
				want = size
			}
			for b.Loop() {
				found, after := 0, ""
				for {
					part, err := db.OwedNotes(context.Background(), start.Add(time.Hour), after, 200)
					if err != nil {
						b.Fatal(err)
					}
					found += len(part)
					if len(part) < 200 {
						break
					}
					after = part[len(part)-1].Link
				}
				if found != want {
					b.Fatal(found)
				}
			}
		})
	}
}
