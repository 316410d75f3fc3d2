package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"postvak/app"
)

// A busy day: so many messages a minute, of so many customers, and how many
// minutes of it pass in one go. Meta tells what stands in the newest twenty
// messages of a conversation only: what comes between two looks at it must be
// fewer, and by then each customer wrote thirteen.
const (
	perMinute = 50
	busyPeers = 240
	inOneGo   = 60
)

// busyDay is how long it is: four hours, or what POSTVAK_BUSY says.
func busyDay(t *testing.T) time.Duration {
	if text := os.Getenv("POSTVAK_BUSY"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return 4 * time.Hour
}

// TestABusyDayOfChats is the demo team on a day of 50 messages a minute by
// WhatsApp and Messenger, with its clock moved: each of them is there, once, in
// its customer's conversation.
func TestABusyDayOfChats(t *testing.T) {
	t.Parallel() // as all that mostly wait
	p := launch(t, t.TempDir(), openOffice(t).Dovecot, envDemo+"=1")
	p.listen()
	p.until("the demo's channels to be read", func() bool { return p.readsAll() })
	before := p.chatTexts()
	minutes := int(busyDay(t) / time.Minute)
	wrote := 0
	hour := map[string][]string{} // what each customer wrote since the last look
	for minute := range minutes {
		for n := range perMinute {
			from, letter := busyLetter(minute, n)
			text := fmt.Sprintf("Minute %d, message %d.", minute, n)
			letter["text"] = text
			call[any](p, "Sandbox.Deliver", letter)
			hour[from], wrote = append(hour[from], text), wrote+1
		}
		call[any](p, "Sandbox.Advance", "1m")
		if minute%inOneGo == inOneGo-1 || minute == minutes-1 {
			p.follows(hour)
			clear(hour)
		}
	}
	got := p.chatTexts()
	for text, n := range got {
		if n > 1 {
			t.Errorf("%q is here %d times", text, n)
		}
	}
	if all, want := len(got), len(before)+wrote; all != want {
		t.Errorf("%d messages are here, want %d", all, want)
	}
	if rows := p.chatRows(); len(rows) < busyPeers {
		t.Errorf("%d conversations of %d customers", len(rows), busyPeers)
	}
}

// follows lets time pass until each customer's conversation has what they wrote.
func (p *running) follows(wrote map[string][]string) {
	p.t.Helper()
	behind := maps.Clone(wrote)
	for deadline := time.Now().Add(patience); ; {
		for id, row := range p.chatRows() {
			if who := customerOf(row); len(behind[who]) > 0 && p.newestHave(id, behind[who]) {
				delete(behind, who)
			}
		}
		if len(behind) == 0 {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("what %d customers wrote does not come: %v\n%s", len(behind), behind, p.logTail())
		}
		call[any](p, "Sandbox.Advance", "1m")
		select {
		case <-p.news:
		case <-time.After(time.Second): // nothing may have been asked within the minute
		}
	}
}

// newestHave says whether the newest page of a conversation has these texts.
func (p *running) newestHave(id string, texts []string) bool {
	p.t.Helper()
	here := map[string]bool{}
	for _, m := range p.page(id, "").Messages {
		here[m.Text] = m.Direction == "in"
	}
	return !slices.ContainsFunc(texts, func(text string) bool { return !here[text] })
}

// customerOf is how busyLetter names who a chat is with.
func customerOf(row app.Row) string {
	if row.Kind == "messenger" {
		return row.Contact.Name
	}
	return row.Contact.Address
}

// busyLetter is who writes the n-th message of a minute: two of three by
// WhatsApp.
func busyLetter(minute, n int) (from string, letter map[string]any) {
	peer := (minute*7 + n*13) % busyPeers
	if peer%3 < 2 {
		from = fmt.Sprintf("+316555%05d", peer)
		return from, map[string]any{"channel": "whatsapp", "from": from}
	}
	from = fmt.Sprintf("Customer %d", peer)
	return from, map[string]any{"channel": "messenger", "from": from, "name": from}
}

// readsAll says whether every channel is ok.
func (p *running) readsAll() bool {
	p.t.Helper()
	channels := call[[]app.ChannelInfo](p, "Channels.List")
	return len(channels) > 2 && !slices.ContainsFunc(channels, func(c app.ChannelInfo) bool { return c.State != "ok" })
}

// chatRows are the conversations that are no mail's.
func (p *running) chatRows() map[string]app.Row {
	p.t.Helper()
	rows := map[string]app.Row{}
	for _, section := range []string{"unassigned", "mine", "others", "closed"} {
		for after := ""; ; {
			page := call[app.ListPage](p, "Inbox.List", map[string]any{"section": section, "after": after, "limit": 200})
			for _, row := range page.Rows {
				if row.Kind != "email" {
					rows[row.ID] = row
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return rows
}

// chatTexts counts every incoming message of every chat, by who wrote it.
func (p *running) chatTexts() map[string]int {
	p.t.Helper()
	all := map[string]int{}
	rows := p.chatRows()
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		who := customerOf(rows[id])
		for before := ""; ; {
			c := p.page(id, before)
			for _, m := range c.Messages {
				if m.Direction == "in" {
					all[who+": "+m.Text]++
				}
			}
			if before = c.Next; before == "" {
				break
			}
		}
	}
	return all
}

func (p *running) page(id, before string) (c app.Conversation) {
	p.t.Helper()
	a, err := p.try("Inbox.Open", id, map[string]any{"before": before, "limit": 200})
	if err != nil || a.Error != nil {
		p.t.Fatalf("opening %s: %v %+v", id, err, a.Error)
	}
	if err := json.Unmarshal(a.Result, &c); err != nil {
		p.t.Fatal(err)
	}
	return c
}
