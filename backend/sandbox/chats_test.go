package sandbox

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// The chats of the past weeks are the same at every start, in order, by
// customers with addresses of their kind, and nobody else's colleagues.
func TestPastChatsAreWorthReading(t *testing.T) {
	w, clock := start(t, nil)
	began := clock.Now()
	people := map[string]string{}
	var last time.Time
	for _, s := range w.PastChats() {
		if s.At.Before(last) || s.At.After(began) {
			t.Errorf("%s happened at %v, after %v", s.Chat, s.At, last)
		}
		last = s.At
		if chat, taken := people[s.From]; taken && chat != s.Chat {
			t.Errorf("%s and %s are of one customer", chat, s.Chat)
		}
		people[s.From] = s.Chat
		if number := strings.HasPrefix(s.From, "+31"); number != (s.Kind == inbox.WhatsApp) {
			t.Errorf("%s: a customer %q on %s", s.Chat, s.From, s.Kind)
		}
		switch {
		case s.Do == ChatIn || s.Do == ChatOut:
			if s.Text == "" {
				t.Errorf("%s says nothing", s.Chat)
			}
		case s.Do != Assign && s.Do != Close:
			t.Errorf("%s: nobody can %q", s.Chat, s.Do)
		}
		if _, known := w.Teammate(string(s.By)); s.Do != ChatIn && !known {
			t.Errorf("%s: there is no teammate %q", s.Chat, s.By)
		}
	}
	if len(people) < 8 {
		t.Errorf("%d people chat", len(people))
	}
}

// Customers chat by themselves on both channels, stop after a day, and answer
// who answers them.
func TestCustomersChatByThemselves(t *testing.T) {
	w, clock := start(t, func(o *Options) { o.Quiet = false })
	var mu sync.Mutex
	var written []ChatLetter
	w.OpenChats(func(l ChatLetter) {
		mu.Lock()
		defer mu.Unlock()
		written = append(written, l)
	})
	advance := func(times int) []ChatLetter {
		for range times {
			clock.Advance(time.Minute)
			w.post.runDue(context.Background())
		}
		mu.Lock()
		defer mu.Unlock()
		return append([]ChatLetter(nil), written...)
	}
	all := advance(12 * 60)
	if len(all) != maxLiveChats {
		t.Errorf("%d messages in a day, not %d", len(all), maxLiveChats)
	}
	kinds, numbers := map[inbox.ChannelKind]int{}, map[string]bool{}
	for _, l := range all {
		kinds[l.Kind]++
		numbers[l.From] = true
		if strings.ContainsAny(l.Text, "{}|$") || l.Text == "" {
			t.Errorf("a hole in %q", l.Text)
		}
	}
	if kinds[inbox.WhatsApp] == 0 || kinds[inbox.Messenger] == 0 || len(numbers) < 50 {
		t.Errorf("%v, by %d people", kinds, len(numbers))
	}
	for _, l := range all[:10] {
		w.ChatTaken(l.From, SentMail{Channel: l.Kind, To: l.From, Text: "Dag!"})
	}
	if again := advance(5); len(again) == len(all) {
		t.Error("nobody of ten wrote back")
	}
	if sent := w.Sent(); len(sent) != 10 || sent[0].Text != "Dag!" {
		t.Errorf("sent: %+v", sent)
	}
}
