//go:build bench

package bench

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/specimen"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// TestM6M7M8ReadSearchApply works on a cache of realistic mail with one
// conversation of 200 messages in it.
func TestM6M7M8ReadSearchApply(t *testing.T) {
	n := setting("BENCH_SEARCH", 100_000)
	dir := t.TempDir()
	db := openCache(t, dir)
	box := specimen.New(specimen.Options{Seed: 2, Messages: n})

	began := time.Now()
	fill := &filler{t: t, db: db, channel: channel}
	for i, l := range box.All() {
		fill.add(fetched(l, uint32(i+1)))
	}
	fill.flush()
	told(fmt.Sprintf("cache of %d messages in %d threads (%d MB) made", n, box.Threads(), diskSize(t, dir)>>20), began)

	// Before the long conversation comes, which the peers do not have.
	measureSearch(t, db, box)
	long := longConversation(t, fill)
	measureOpen(t, db, long)
	measureApply(t, db, long)
}

// longConversation is between one customer and the team.
func longConversation(t *testing.T, fill *filler) inbox.Key {
	t.Helper()
	start := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	for i := range 200 {
		fill.add(longLetter(i, start.Add(time.Duration(i)*time.Minute)))
	}
	fill.flush()
	return longLetter(0, start).Message.Key
}

func longLetter(i int, at time.Time) inbox.Fetched {
	l := specimen.New(specimen.Options{Seed: 99, Messages: 400}).Letter(i)
	l.At, l.Sent, l.Seen = at, i%2 == 1, true
	m := fetched(l, uint32(10_000_000+i))
	m.Message.Key = inbox.MailKey(channel, fmt.Sprintf("long%d", i))
	customer, team := inbox.Address{Name: "Long Customer", Address: "long@mail.example"}, inbox.Address{Address: specimen.Team}
	m.Message.From, m.Message.To = customer, []inbox.Address{team}
	if l.Sent {
		m.Message.From, m.Message.To = team, []inbox.Address{customer}
	}
	m.Message.Cc, m.Message.ReplyTo = nil, nil
	m.Message.MessageID, m.Message.References = fmt.Sprintf("long%d@mail.example", i), nil
	if i > 0 {
		m.Message.References = []string{fmt.Sprintf("long%d@mail.example", i-1)}
	}
	return m
}

func measureOpen(t *testing.T, db *sqlite.DB, long inbox.Key) {
	t.Helper()
	var times sample
	for range rounds() {
		times = append(times, timed(t, 100, func(int) error {
			view, err := db.Conversation(t.Context(), long, sqlite.OpenQuery{Limit: 200})
			if err == nil && len(view.Messages) != 200 {
				return fmt.Errorf("%d messages instead of 200", len(view.Messages))
			}
			return err
		})...)
	}
	tab := &table{title: "M6 Inbox.Open of 200 messages with bodies: ms, p50 / p99", head: []string{"", "time"}}
	tab.row("Postvak, in process", times.tails())
	tab.note("aim: 2 / 5 ms; bare SQL on such a machine: 0.52 / 1.06")
	show(tab)
}

// measureApply adds messages to the long conversation, and decisions about it.
func measureApply(t *testing.T, db *sqlite.DB, long inbox.Key) {
	t.Helper()
	start := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	var messages, events sample
	next := 200
	for range rounds() {
		batches := make([]inbox.Batch, 20)
		for i := range batches {
			batches[i] = inbox.Batch{
				Channel: channel, Live: true, Messages: []inbox.Fetched{longLetter(next, start.Add(time.Duration(next)*time.Minute))},
				Folder: inbox.FolderState{Role: inbox.FolderInbox, Name: "INBOX", UIDValidity: 1, Low: 1, High: uint32(20_000_000 + next)},
			}
			next++
		}
		messages = append(messages, timed(t, len(batches), func(i int) error {
			changed, err := db.StoreBatch(t.Context(), batches[i])
			if err == nil && len(changed.Conversations) != 1 {
				return fmt.Errorf("%d conversations changed instead of 1", len(changed.Conversations))
			}
			return err
		})...)
		events = append(events, timed(t, 20, func(i int) error {
			n := len(events) + i + 1
			_, err := db.Apply(t.Context(), sqlite.Applied{Decisions: []teamlog.Decision{{
				ID: fmt.Sprintf("bench%d.0", n), N: uint64(n), Author: me, At: start,
				Event: &teamlog.Note{Conversation: long, Text: "a note"},
			}}})
			return err
		})...)
	}
	tab := &table{title: "M8 One message or decision into a conversation of 200 and more, committed: ms, p50 / p99", head: []string{"", "time"}}
	tab.row("a message", messages.tails())
	tab.row("a decision", events.tails())
	tab.note("aim: p50 at most 1 ms; bare insert, update and triggers on such a machine: 0.09 / 0.19")
	show(tab)
}
