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

// A busy day: so many messages a minute, of so many customers.
const (
	perMinute = 50
	busyPeers = 240
)

// busyDay is how long it is: eight hours, or what POSTVAK_BUSY says.
func busyDay(t *testing.T) time.Duration {
	if text := os.Getenv("POSTVAK_BUSY"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return 8 * time.Hour
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
	wrote := map[string]bool{}
	for minute := range minutes {
		for n := range perMinute {
			from, letter := busyLetter(minute, n)
			letter["text"] = fmt.Sprintf("Minute %d, message %d.", minute, n)
			call[any](p, "Sandbox.Deliver", letter)
			wrote[from+": "+letter["text"].(string)] = true
		}
		call[any](p, "Sandbox.Advance", "1m")
	}
	var got map[string]int
	missing := len(wrote)
	for tries := 0; missing > 0 && tries < 600; tries++ {
		call[any](p, "Sandbox.Advance", "15s")
		select {
		case <-p.news:
		case <-time.After(time.Second):
		}
		if tries%10 == 9 || len(wrote) < 10_000 {
			got = p.chatTexts()
			missing = 0
			for text := range wrote {
				if got[text] == 0 {
					missing++
				}
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d messages are not here\n%s", missing, len(wrote), p.logTail())
	}
	for text, n := range got {
		if n > 1 {
			t.Errorf("%q is here %d times", text, n)
		}
	}
	if all, want := len(got), len(before)+len(wrote); all != want {
		t.Errorf("%d messages are here, want %d", all, want)
	}
	if rows := p.chatRows(); len(rows) < busyPeers {
		t.Errorf("%d conversations of %d customers", len(rows), busyPeers)
	}
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
		who := rows[id].Contact.Address
		if rows[id].Kind == "messenger" {
			who = rows[id].Contact.Name
		}
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
