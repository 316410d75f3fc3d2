package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/sandbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
)

// What the providers' own clients sign in with, which nothing may tell.
const (
	twilioSecret = "twilio-secret-0f9d8c7b6a5e4d3c"
	pageToken    = "EAAG-page-token-5c1f0e9d8b7a"
)

// The paths at which a chat is held up.
const (
	twilioList = "GET /2010-04-01/Accounts"
	twilioSend = "POST /2010-04-01/Accounts"
	metaSend   = "POST /" + metaserver.Version
)

// chatroom is a newsroom that customers reach by WhatsApp and Messenger, too.
// The providers' clocks go with the desktops'.
type chatroom struct {
	*newsroom
	clock  sandbox.Clock
	twilio *twilioserver.Server
	meta   *metaserver.Server
	wrote  []string // what customers wrote, in their order
}

func openChatroom(t *testing.T, names ...string) *chatroom {
	t.Helper()
	c := &chatroom{clock: sandbox.NewClock()}
	c.clock.Advance(behind)
	var err error
	if c.twilio, err = twilioserver.Start(twilioserver.Config{Clock: c.clock, APISecret: twilioSecret, MediaLag: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.twilio.Close() })
	if c.meta, err = metaserver.Start(metaserver.Config{Clock: c.clock, Token: pageToken, HumanAgent: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.meta.Close() })
	c.newsroom = openNewsroom(t, names...)
	c.connects(c.people[0])
	return c
}

// connects gives the team both channels.
func (c *chatroom) connects(r *reader) {
	c.t.Helper()
	sid, key, secret := c.twilio.Account()
	call[string](r.running, "Channels.ConnectWhatsApp", map[string]any{
		"name": "WhatsApp", "shared": true, "accountSid": sid, "apiKey": key, "apiSecret": secret, "sender": "+31201234567", "baseUrl": c.twilio.URL(),
	})
	call[string](r.running, "Channels.ConnectMessenger", map[string]any{
		"name": "Page", "shared": true, "pageToken": pageToken, "humanAgent": true, "baseUrl": c.meta.URL(),
	})
	for _, r := range c.people {
		r.until(r.name+" to read both channels", func() bool { return r.chats("ok") == 2 })
	}
}

// chats counts the chat channels in a state.
func (r *reader) chats(state string) (n int) {
	r.t.Helper()
	for _, ch := range call[[]app.ChannelInfo](r.running, "Channels.List") {
		if ch.Kind != "email" && ch.State == state {
			n++
		}
	}
	return n
}

// pass moves the providers' clocks, too.
func (c *chatroom) pass(d time.Duration) {
	c.t.Helper()
	c.clock.Advance(d)
	c.newsroom.pass(d)
}

// goesOn lets time pass until something holds, in steps that a poll can follow.
func (c *chatroom) goesOn(what string, holds func() bool) {
	c.t.Helper()
	for range 120 {
		for _, r := range c.online() {
			if r.untilOr(300*time.Millisecond, holds) {
				return
			}
		}
		c.pass(10 * time.Second)
	}
	for _, r := range c.online() {
		c.t.Logf("%s has %v, to be sent are %+v\n%s", r.name, r.count(), call[[]app.OutboxRow](r.running, "Composer.Outbox"), r.logTail())
	}
	c.t.Fatalf("%s: it does not come", what)
}

func (c *chatroom) whatsApp(from, text string) {
	c.wrote = append(c.wrote, text)
	c.twilio.Receive(twilioserver.Incoming{From: from, Body: text})
}

func (c *chatroom) messenger(name, text string) {
	c.wrote = append(c.wrote, text)
	c.meta.Deliver(name, name, text, nil)
}

// count is how often each text stands in all that a desktop has.
func (r *reader) count() map[string]int {
	r.t.Helper()
	all := map[string]int{}
	for _, section := range []string{"unassigned", "mine", "others", "closed"} {
		for _, row := range r.desk.rows(section) {
			if row.Kind == "email" {
				continue
			}
			c, _ := r.conversation(row.ID)
			for _, m := range c.Messages {
				all[m.Direction+" "+m.Text]++
			}
		}
	}
	return all
}

// has says whether a desktop shows each of these once.
func (r *reader) has(texts ...string) bool {
	r.t.Helper()
	all := r.count()
	return !slices.ContainsFunc(texts, func(text string) bool { return all["in "+text]+all["out "+text] == 0 })
}

// everybodyHas waits until all who are on show these.
func (c *chatroom) everybodyHas(texts ...string) {
	c.t.Helper()
	c.goesOn(fmt.Sprintf("everybody to have %q", texts), func() bool {
		return !slices.ContainsFunc(c.online(), func(r *reader) bool { return !r.has(texts...) })
	})
}

// onceEach looks that nothing stands twice, and everything that was written.
func (c *chatroom) onceEach() {
	c.t.Helper()
	for _, r := range c.online() {
		all := r.count()
		for text, n := range all {
			if n != 1 {
				c.t.Errorf("%s has %q %d times", r.name, text, n)
			}
		}
		for _, text := range c.wrote {
			if all["in "+text] != 1 {
				c.t.Errorf("%s has %q %d times", r.name, text, all["in "+text])
			}
		}
	}
}

// asks says whether a desktop is the one that asks Twilio often.
func (r *reader) asks() bool {
	r.t.Helper()
	text := call[app.Diagnostics](r.running, "Settings.Diagnostics").Text
	for _, ch := range call[[]app.ChannelInfo](r.running, "Channels.List") {
		if ch.Kind == "whatsapp" {
			_, text, _ = strings.Cut(text, "Channel "+ch.ID)
		}
	}
	text, _, _ = strings.Cut(text, "\nChannel ")
	return strings.Contains(text, "asked often from this computer")
}

// poller is the desktop that does.
func (c *chatroom) poller() *reader {
	c.t.Helper()
	var found []*reader
	c.goesOn("one desktop to ask often", func() bool {
		found = found[:0]
		for _, r := range c.online() {
			if r.asks() {
				found = append(found, r)
			}
		}
		return len(found) > 0
	})
	if len(found) > 1 {
		c.t.Errorf("%d desktops ask often", len(found))
	}
	return found[0]
}

// TestChatsAndDeaths is three desktops that share a WhatsApp sender and a
// Messenger page. One of them polls, dies, and is followed by another; one dies
// at every step of sending. Every message is on every desktop once, and every
// answer reached its customer once (R27, R33, R34).
func TestChatsAndDeaths(t *testing.T) {
	t.Parallel() // as all that mostly wait
	c := openChatroom(t, "Ann", "Ben", "Carol")

	t.Run("R1 what customers write is on every desktop, as one conversation each", func(t *testing.T) {
		c.says(t)
		c.whatsApp("+31611111111", "Do you sell lamps?")
		c.messenger("Ines Visser", "Are you open on Sunday?")
		c.whatsApp("+31611111111", "And shades?")
		c.everybodyHas(c.wrote...)
		c.onceEach()
		ids := map[string]bool{}
		for _, r := range c.people {
			ids[r.find("unassigned", "+31611111111")] = true
		}
		if len(ids) != 1 {
			t.Errorf("the desktops call one conversation by %d names: %v", len(ids), ids)
		}
	})

	t.Run("one desktop asks for all", func(t *testing.T) {
		c.says(t)
		c.poller()
		before := c.twilio.Asked("GET", "/2010-04-01/")
		for range 8 {
			c.pass(15 * time.Second)
			time.Sleep(200 * time.Millisecond) // what would be too much has time to be asked
		}
		// Twice in each of 8 turns of one desktop, and the two others once by
		// themselves; three that ask often would be at 48.
		if asked := c.twilio.Asked("GET", "/2010-04-01/") - before; asked > 30 {
			t.Errorf("Twilio was asked %d times in two minutes", asked)
		}
	})

	t.Run("R2 R4 an answer reaches the customer once, and is everybody's", func(t *testing.T) {
		c.says(t)
		ben := c.people[1]
		for kind, contact := range map[string]string{"whatsapp": "+31611111111", "messenger": metaserver.PSID("Ines Visser")} {
			id := ben.find("unassigned", contact)
			text := "We do, by " + kind + "."
			call[string](ben.running, "Composer.Send", id, map[string]any{"text": text})
			c.everybodyHas(text)
			c.goesOn("its author to be known", func() bool {
				return !slices.ContainsFunc(c.people, func(r *reader) bool { return r.author(id, text) != ben.id })
			})
			if n := c.reached(text); n != 1 {
				t.Errorf("%q reached the customer %d times", text, n)
			}
		}
		c.goesOn("WhatsApp to say that it was read", func() bool {
			return !slices.ContainsFunc(c.people, func(r *reader) bool {
				return r.state(r.find("unassigned", "+31611111111"), "We do, by whatsapp.") != "read"
			})
		})
		c.onceEach()
	})

	t.Run("the one that asks dies while it asks; nothing is lost, and another asks", func(t *testing.T) {
		c.says(t)
		dead := c.poller()
		held := c.twilio.Hold(twilioList)
		c.whatsApp("+31622222222", "Is anybody there?")
		c.pass(20 * time.Second)
		arrived(t, held)
		dead.kill()
		dead.on = false
		held.Release()
		c.messenger("Ines Visser", "Hello?")
		c.everybodyHas("Is anybody there?", "Hello?")
		for range 70 { // a whole lease
			c.pass(10 * time.Second)
			if c.online()[0].untilOr(50*time.Millisecond, func() bool { return slices.ContainsFunc(c.online(), (*reader).asks) }) {
				break
			}
		}
		if next := c.poller(); next == dead {
			t.Error("the dead one asks")
		}
		c.comesBack(dead)
		dead.until("both channels to be read", func() bool { return dead.chats("ok") == 2 })
		c.everybodyHas(c.wrote...)
		c.onceEach()
	})

	for n, step := range []struct {
		name string
		hold func(*rest.Server, string) *rest.Held
	}{
		{"R34 dead before the provider has it", (*rest.Server).Hold},
		{"R34 dead after the provider took it", (*rest.Server).HoldAfter},
	} {
		for _, by := range []struct {
			kind, contact, path string
			server              *rest.Server
		}{
			{"whatsapp", "+31611111111", twilioSend, c.twilio.Server},
			{"messenger", metaserver.PSID("Ines Visser"), metaSend, c.meta.Server},
		} {
			t.Run(step.name+": "+by.kind, func(t *testing.T) {
				c.says(t)
				carol := c.people[2]
				id := carol.find("unassigned", by.contact)
				text := fmt.Sprintf("Answer %d by %s.", n, by.kind)
				held := step.hold(by.server, by.path)
				call[string](carol.running, "Composer.Send", id, map[string]any{"text": text})
				arrived(t, held)
				carol.kill()
				carol.on = false
				held.Release()
				c.comesBack(carol)
				carol.until("both channels to be read", func() bool { return carol.chats("ok") == 2 })
				c.goesOn("it to be sent", func() bool { return carol.state(id, text) != "sending" && carol.state(id, text) != "queued" })
				if state := carol.state(id, text); state == "needs_attention" || state == "failed" {
					t.Errorf("it is %s", state)
				}
				if n := c.reached(text); n != 1 {
					t.Errorf("it reached the customer %d times", n)
				}
				c.everybodyHas(text)
				c.onceEach()
			})
		}
	}

	t.Run("R32 no secret is told", func(t *testing.T) {
		c.says(t)
		for _, r := range c.people {
			keepsSecretsOnDisk(t, r.dir)
		}
	})
	c.ends()
}

func arrived(t *testing.T, h *rest.Held) {
	t.Helper()
	select {
	case <-h.Arrived():
	case <-time.After(patience):
		t.Fatal("nobody asks")
	}
}

// reached counts how often a customer got a text.
func (c *chatroom) reached(text string) (n int) {
	for _, m := range c.twilio.Outgoing() {
		if m.Body == text {
			n++
		}
	}
	for _, m := range c.meta.Sent() {
		if m.Text == text {
			n++
		}
	}
	return n
}

// state is that of a message of ours.
func (r *reader) state(id, text string) string {
	r.t.Helper()
	m, _ := r.message(id, text)
	return m.State
}

// author is the member who wrote a message.
func (r *reader) author(id, text string) string {
	r.t.Helper()
	m, _ := r.message(id, text)
	return m.Author.MemberID
}

func (r *reader) message(id, text string) (app.Message, bool) {
	r.t.Helper()
	c, _ := r.conversation(id)
	i := slices.IndexFunc(c.Messages, func(m app.Message) bool { return m.Text == text })
	if i < 0 {
		return app.Message{}, false
	}
	return c.Messages[i], true
}
