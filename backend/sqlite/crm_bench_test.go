package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// linkedLong is a conversation of 200 messages, linked three times where that
// is asked for, with notes that have all of them.
func linkedLong(b *testing.B, linked bool) (*DB, inbox.Key) {
	db := newCache(b)
	words := newVocabulary(3)
	var all []inbox.Fetched
	for i := range 200 {
		m := mail(i, carla, answers(max(i-1, 0)), text(words.text(300)))
		if i%2 == 1 {
			m = ourMail(i, carla, answers(i-1), text(words.text(300)))
		}
		all = append(all, m)
	}
	store(b, db, all...)
	c := all[0].Message.Key
	book := &logBook{t: b, db: db}
	for n := range 3 {
		if !linked {
			break
		}
		link := linkOf(c)
		link.Target = fmt.Sprintf("p%d", n)
		made := book.decision(me, link)
		events := []teamlog.Decision{made}
		for from := 0; from < len(all); from += 20 {
			noted := &teamlog.CRMNoted{Conversation: c, Link: made.ID, NoteID: fmt.Sprintf("n%d", from), Window: from/20 + 1, Part: 1, Revision: 1,
				From: start, State: inbox.NoteCurrent}
			for _, m := range all[from : from+20] {
				noted.Names = append(noted.Names, nameOf(m))
			}
			events = append(events, book.decision(me, noted))
		}
		if _, err := db.Apply(b.Context(), Applied{Decisions: events}); err != nil {
			b.Fatal(err)
		}
	}
	if owes(b, db, start.Add(48*time.Hour)) {
		b.Fatal("something is owed")
	}
	return db, c
}

// BenchmarkOpenLinked is M6 for a conversation with three links and thirty
// notes, beside the same one without.
func BenchmarkOpenLinked(b *testing.B) {
	for _, linked := range []bool{false, true} {
		b.Run(fmt.Sprintf("linked=%v", linked), func(b *testing.B) {
			db, c := linkedLong(b, linked)
			for b.Loop() {
				view, err := db.Conversation(context.Background(), c, OpenQuery{})
				if err != nil || len(view.Messages) != 50 || linked != (len(view.Links) == 3) {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStoreOneLinked is M3's message that arrives in such a conversation,
// whose notes are asked whether they have it; and what a note is written from.
func BenchmarkStoreOneLinked(b *testing.B) {
	for _, linked := range []bool{false, true} {
		b.Run(fmt.Sprintf("linked=%v", linked), func(b *testing.B) {
			db, _ := linkedLong(b, linked)
			for n := 200; b.Loop(); n++ {
				b.StopTimer()
				m := mail(n, carla, answers(0))
				b.StartTimer()
				store(b, db, m)
				b.StopTimer()
				if err := dropLast(db, m.Message.Key); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
	b.Run("facts", func(b *testing.B) {
		db, c := linkedLong(b, true)
		store(b, db, mail(200, carla, answers(0)))
		for b.Loop() {
			if s, found, err := db.NoteFacts(context.Background(), c, "d1"); err != nil || !found || len(s.Messages) != 201 {
				b.Fatal(found, err)
			}
		}
	})
}

// BenchmarkBook is a contact book of 100,000 persons: taking it over from the
// log, its pages, and finding somebody in it.
func BenchmarkBook(b *testing.B) {
	size := benchSize(b, "POSTVAK_BENCH_CONTACTS", 20_000)
	db := newCache(b)
	words, random := newVocabulary(5), rand.New(rand.NewPCG(1, 1))
	began := time.Now()
	var all []teamlog.Decision
	for i := range size {
		name := words.nth(uint64(random.IntN(3000))) + " " + words.nth(uint64(random.IntN(40_000)))
		all = append(all, benchDecision(uint64(i+1), me, person(fmt.Sprintf("p%07d", i), name, "organization", words.nth(uint64(random.IntN(5000)))+" BV",
			"emails", fmt.Sprintf("c%d@%s.example", i, words.word()), "phones", fmt.Sprintf("06-%08d", random.IntN(1e8)))))
		if len(all) == 1000 || i == size-1 {
			if _, err := db.Apply(context.Background(), Applied{Decisions: all}); err != nil {
				b.Fatal(err)
			}
			all = nil
		}
	}
	rate := float64(size) / time.Since(began).Seconds()
	run := func(name string, fn func() (int, error)) {
		b.Run(name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				var err error
				if found, err = fn(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(found), "found")
			b.ReportMetric(rate, "persons/s")
		})
	}
	page := func(q EntityQuery) func() (int, error) {
		q.Kind = inbox.Person
		return func() (int, error) {
			page, _, _, err := db.Entities(context.Background(), q)
			return len(page), err
		}
	}
	find := func(text string) func() (int, error) {
		return func() (int, error) {
			found, err := db.FindEntities(context.Background(), inbox.Person, text, 10)
			return len(found), err
		}
	}
	run("first", page(EntityQuery{}))
	run("far", page(EntityQuery{After: fmt.Sprintf("p%07d", size/2)}))
	run("filter", page(EntityQuery{Text: words.nth(300)}))
	run("two letters", find("ka"))
	run("name", find(words.nth(300)+" "+words.nth(7)[:1]))
	run("part of a number", find("06-12 34"))
	run("number", find("06-12345678"))
	run("email", func() (int, error) {
		found, err := db.EntitiesByEmail(context.Background(), "c17@x.example")
		return len(found), err
	})
	run("duplicates", func() (int, error) {
		found, err := db.EntityDuplicates(context.Background(), 50)
		return len(found), err
	})
}
