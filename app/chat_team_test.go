package app

import (
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/teamlog"
)

const (
	twilioSecret = "geheim-van-twilio-4"
	pageToken    = "EAAGgeheim-van-de-pagina-5"
	shopNumber   = "+31201234567"
	annsNumber   = "+31207654321"
)

// twilio opens an account with a number for the shop and one of Ann's own.
func (f *firm) twilio() *twilioserver.Server {
	f.t.Helper()
	server, err := twilioserver.Start(twilioserver.Config{
		APISecret: twilioSecret, Senders: []twilioserver.Sender{{Number: shopNumber, Name: "Bakkerij"}, {Number: annsNumber, Name: "Ann"}},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = server.Close() })
	f.keys = append(f.keys, twilioSecret)
	return server
}

// asked is a request as a window makes it: a Secret writes itself as nothing.
type asked map[string]any

func whatsAppOf(server *twilioserver.Server, number string, shared bool) asked {
	sid, key, secret := server.Account()
	return asked{"shared": shared, "accountSid": sid, "apiKey": key, "apiSecret": secret, "sender": number, "baseUrl": server.URL()}
}

func pageOf(server *metaserver.Server, token string) asked {
	return asked{"shared": true, "pageToken": token, "baseUrl": server.URL()}
}

// answerIn is the newest message of ours: of those of one second, which is all
// that Twilio tells, either may come first.
func answerIn(c Conversation) (answer Message) {
	for _, m := range c.Messages {
		if m.Direction == "out" {
			answer = m
		}
	}
	return answer
}

// hasTurn says whether a computer asks a channel often.
func (d *computer) hasTurn(channel string) bool {
	running, runs := d.app.running.get(inbox.ChannelID(channel))
	if !runs {
		return false
	}
	state := running.pacer.State()
	return state.Turn && !state.Alone // as it was before Ben came
}

// findsChat waits for a conversation by its contact.
func (d *computer) findsChat(contact string) Conversation {
	d.t.Helper()
	return until(d.rig, d.l, d.name+" hears from "+contact, func() (Conversation, bool) {
		for _, section := range inbox.Sections() {
			for _, row := range call[ListPage](d.rig, "Inbox.List", ListQuery{Section: string(section)}).Rows {
				if row.Contact.Address == contact {
					return d.open(row.ID), true
				}
			}
		}
		return Conversation{}, false
	})
}

// Two desktops, one sender: the second works without typing a secret, one of them
// asks often, the other hears by a hint, both answer, and nothing goes twice. Of
// Ann's own number the team never hears (R31), and no secret lies anywhere (R32).
func TestATeamSharesAWhatsAppNumber(t *testing.T) {
	f := newFirm(t)
	server := f.twilio()
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	wrong := whatsAppOf(server, shopNumber, true)
	wrong["apiSecret"] = "een-verkeerd-geheim"
	// What was pasted a moment ago has not expired: it was copied wrong.
	refusal := ann.refused("auth", "Channels.ConnectWhatsApp", wrong).Message
	if asked := call[[]Step](ann.rig, "Channels.CheckWhatsApp", wrong); len(asked) != 1 || asked[0].OK || asked[0].Message != refusal {
		t.Errorf("%+v, want %q", asked, refusal)
	}
	if !strings.Contains(refusal, "does not accept this API key") || strings.Contains(refusal, "sign in again") {
		t.Errorf("a wrong secret: %q", refusal)
	}
	if n := len(call[[]ChannelInfo](ann.rig, "Channels.List")); n != 0 {
		t.Errorf("a wrong secret left %d channels", n)
	}
	channel := call[string](ann.rig, "Channels.ConnectWhatsApp", whatsAppOf(server, shopNumber, true))
	ann.refused("conflict", "Channels.ConnectWhatsApp", whatsAppOf(server, shopNumber, true))
	own := call[string](ann.rig, "Channels.ConnectWhatsApp", whatsAppOf(server, annsNumber, false))
	ben := f.invited(ann, "Ben")
	until(ben.rig, ben.l, "Ben is online", func() (bool, bool) {
		all := call[[]ChannelInfo](ben.rig, "Channels.List")
		return true, len(all) == 1 && all[0].ID == channel && all[0].State == "ok"
	})
	ben.refused("forbidden", "Channels.ConnectWhatsApp", whatsAppOf(server, annsNumber, true))
	ben.refused("forbidden", "Channels.SignIn", channel, SignInRequest{APIKey: "SK" + strings.Repeat("0", 32), APISecret: twilioSecret})

	poller, other := ann, ben
	until(ann.rig, ann.l, "one asks often", func() (bool, bool) {
		if ben.hasTurn(channel) {
			poller, other = ben, ann
		}
		return true, ann.hasTurn(channel) != ben.hasTurn(channel)
	})
	server.Receive(twilioserver.Incoming{From: evasNumber, Body: "Zijn er nog taarten?"})
	poller.app.running.wakePollers()
	at := other.findsChat(evasNumber) // the next look by itself is minutes away
	if other.hasTurn(channel) {
		t.Error("both ask often")
	}
	id := call[string](other.rig, "Composer.Send", at.ID, SendRequest{Draft: Draft{Text: "Nog twee!"}})
	until(other.rig, other.l, "the answer has left", func() (bool, bool) { return true, len(server.Outgoing()) == 1 })
	poller.app.running.wakePollers()
	seen := poller.sees("who answered", at.ID, func(c Conversation) bool {
		return len(c.Messages) == 2 && answerIn(c).Author.MemberID == other.me()
	})
	if answerIn(seen).Text != "Nog twee!" {
		t.Errorf("the other sees %+v", seen.Messages)
	}
	call[Undo](poller.rig, "Inbox.NameContact", at.ID, "Eva Klant")
	other.sees("her name", at.ID, func(c Conversation) bool { return c.Contact.Name == "Eva Klant" && c.Contact.Address == evasNumber })
	if mine := other.open(id); len(mine.Messages) != 2 {
		t.Errorf("after its own look it has %d messages", len(mine.Messages))
	}

	server.Receive(twilioserver.Incoming{From: "+31687654321", To: annsNumber, Body: "Fluisterend"})
	ann.app.running.wakePollers()
	secret := ann.findsChat("+31687654321")
	call[string](ann.rig, "Composer.Send", secret.ID, SendRequest{Draft: Draft{Text: "Stil maar"}})
	until(ann.rig, ann.l, "her own answer has left", func() (bool, bool) { return true, len(server.Outgoing()) == 2 })
	ann.settled()
	events, raw := f.records()
	for _, trace := range []string{own, annsNumber, "+31687654321", "Fluisterend"} {
		if strings.Contains(raw, trace) {
			t.Errorf("the team's folder knows %q", trace)
		}
	}
	if !slices.ContainsFunc(events, func(e teamlog.Event) bool { h, ok := e.(*teamlog.Hint); return ok && string(h.Channel) == channel }) {
		t.Error("nobody hinted")
	}

	call[*nothing](ann.rig, "Channels.Disconnect", channel)
	ben.sees("it is not connected", at.ID, func(c Conversation) bool { return c.Composer.Mode == "blocked" && len(c.Messages) == 2 })
	ben.refused("forbidden", "Composer.Send", at.ID, SendRequest{Draft: Draft{Text: "x"}})
	until(ben.rig, ben.l, "Ben's secret is gone", func() (bool, bool) {
		_, err := ben.secrets.Get(t.Context(), passwordName(inbox.ChannelID(channel)))
		return true, inbox.CodeOf(err) == inbox.NotFound
	})
	f.noSecrets(ann, ben)
}

// A page's token is checked before anything is kept, and asked for again when it
// was revoked; what waits stays in the outbox and goes then, once.
func TestAPageAndItsToken(t *testing.T) {
	f := newFirm(t)
	page, err := metaserver.Start(metaserver.Config{PageName: "Bakkerij Smit", Token: pageToken})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = page.Close() })
	f.keys = append(f.keys, pageToken)
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ann.refused("auth", "Channels.ConnectMessenger", pageOf(page, "EAAGverkeerd"))
	ann.refused("invalid", "Channels.ConnectMessenger", pageOf(page, ""))
	ann.refused("invalid", "Channels.ConnectMessenger", asked{"pageToken": pageToken, "baseUrl": "https://graph.example"})
	steps := call[[]Step](ann.rig, "Channels.CheckMessenger", pageOf(page, pageToken))
	if len(steps) < 3 || !steps[0].OK {
		t.Errorf("steps: %+v", steps)
	}
	channel := call[string](ann.rig, "Channels.ConnectMessenger", pageOf(page, pageToken))
	shown := call[[]ChannelInfo](ann.rig, "Channels.List")[0]
	if shown.Name != "Bakkerij Smit" || shown.Address != page.PageID() || shown.Kind != "messenger" || shown.HumanAgent {
		t.Errorf("connected: %+v", shown)
	}
	lieke := metaserver.PSID("Lieke")
	page.Deliver(lieke, "Lieke Postma", "Zijn er nog taarten?", nil)
	ann.app.running.wakePollers()
	c := ann.findsChat(lieke)
	if c.Contact.Name != "Lieke Postma" || c.Window != "free" || c.Composer.Next != "blocked" {
		t.Errorf("%+v, %+v", c.Row, c.Composer)
	}

	page.Revoke()
	call[string](ann.rig, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Nog twee!"}})
	ann.app.running.wakePollers()
	until(ann.rig, ann.l, "Ann is asked for a token", func() (bool, bool) {
		return true, call[[]ChannelInfo](ann.rig, "Channels.List")[0].State == "needs_sign_in"
	})
	until(ann.rig, ann.l, "it waits", func() (bool, bool) {
		rows := call[[]OutboxRow](ann.rig, "Composer.Outbox")
		return true, len(rows) == 1 && rows[0].State == "queued" && rows[0].Reason != ""
	})
	fresh := "EAAGgeheim-van-de-pagina-6"
	f.keys = append(f.keys, fresh)
	for name, refusal := range map[string]string{
		"SignIn":           ann.refused("auth", "Channels.SignIn", channel, SignInRequest{PageToken: fresh}).Message,
		"ConnectMessenger": ann.refused("auth", "Channels.ConnectMessenger", pageOf(page, fresh)).Message,
		"CheckMessenger":   call[[]Step](ann.rig, "Channels.CheckMessenger", pageOf(page, fresh))[0].Message,
	} {
		if !strings.Contains(refusal, "does not accept this token") || strings.Contains(refusal, "expired") {
			t.Errorf("%s says of a wrong token: %q", name, refusal)
		}
	}
	if saved := call[[]Step](ann.rig, "Channels.Check", channel); !strings.Contains(saved[0].Message, "expired") {
		t.Errorf("of the one that worked: %+v", saved)
	}
	page.Renew(fresh)
	call[*nothing](ann.rig, "Channels.SignIn", channel, SignInRequest{PageToken: fresh})
	until(ann.rig, ann.l, "the answer has left", func() (bool, bool) { return true, len(page.Sent()) == 1 })
	if got := page.Sent()[0]; got.Text != "Nog twee!" || got.Kind != "RESPONSE" || got.Tag != "" {
		t.Errorf("Lieke got %+v", got)
	}
	call[*nothing](ann.rig, "Channels.Update", channel, map[string]any{"humanAgent": true})
	ann.sees("the feature", c.ID, func(c Conversation) bool { return c.Composer.Next == "human_agent" })
	ann.settled()
	f.noSecrets(ann)
}
