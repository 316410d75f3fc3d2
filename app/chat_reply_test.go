package app

import (
	"strings"
	"testing"

	"postvak/backend/sandbox/rest"
)

const dutchTemplate = "HX7a6c2d6c657665726400000000000001"

// While I write, the window closes: Send says so, sends nothing, and the draft
// stays. A template goes, with the values filled in (R27).
func TestTheWindowClosesWhileWriting(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	draft := Draft{Text: "Hij komt morgen."}
	call[*nothing](r, "Composer.SaveDraft", c.ID, draft)
	until(r, l, "the templates", func() (bool, bool) {
		return true, len(call[[]Template](r, "Composer.Templates", c.ChannelID)) == 5
	})
	call[*nothing](r, "Sandbox.Advance", "24h")
	if failure := r.refused("window_closed", "Composer.Send", c.ID, SendRequest{Draft: draft}); !strings.Contains(failure.Message, "template") {
		t.Errorf("what is possible: %q", failure.Message)
	}
	now := r.open(c.ID)
	if now.Composer.Mode != "template_only" || now.Composer.ReplyBy != "" || now.Composer.Reason == "" || now.Window != "template_only" {
		t.Errorf("afterwards: %+v, %+v", now.Row, now.Composer)
	}
	if now.Draft.Text != draft.Text || len(now.Messages) != 1 || len(r.received(evasNumber)) != 0 {
		t.Errorf("draft %q, %d messages, sent %+v", now.Draft.Text, len(now.Messages), r.received(evasNumber))
	}

	r.refused("invalid", "Composer.Send", c.ID, SendRequest{Draft: Draft{TemplateID: dutchTemplate, Variables: map[string]string{"1": "Eva"}}})
	pending := "HX7a6c2d6c657665726400000000000004"
	r.refused("invalid", "Composer.Send", c.ID, SendRequest{Draft: Draft{TemplateID: pending}})
	r.refused("not_found", "Composer.Send", c.ID, SendRequest{Draft: Draft{TemplateID: "HX0"}})
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{TemplateID: dutchTemplate, Variables: map[string]string{"1": "Eva", "2": "ZL-1"}}})
	until(r, l, "the template at the customer's", func() (bool, bool) { return true, len(r.received(evasNumber)) == 1 })
	got := r.received(evasNumber)[0]
	if got.As != "levering_vraag" || got.Text != "Dag Eva, we hebben een vraag over je bestelling ZL-1. Wil je even antwoorden?" {
		t.Errorf("the customer got %+v", got)
	}
	last := until(r, l, "the template in the conversation", func() (Message, bool) {
		messages := r.open(c.ID).Messages
		return messages[len(messages)-1], len(messages) == 2
	})
	if last.Template != "levering_vraag" || last.Text != got.Text {
		t.Errorf("shown as %+v", last)
	}
}

// Written offline in time, too late when the network is back: it is never sent,
// and asks (R29). Written again by the customer, it goes on Retry.
func TestAMessageThatOutlivesItsWindowAsks(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	until(r, l, "the templates", func() (bool, bool) {
		seen, known := r.app.seenTemplates(t.Context(), r.app.demo.chats.channels["whatsapp"])
		return true, known && len(seen.List) == 5
	})
	call[*nothing](r, "Sandbox.Offline", true)
	call[*nothing](r, "Sandbox.Advance", "1m")
	offline := until(r, l, "offline", func() (Conversation, bool) {
		now := r.open(c.ID)
		return now, now.Composer.Mode == "queue_only"
	})
	if offline.Window != "free" || offline.Composer.Reason == "" {
		t.Errorf("offline: %+v, %+v", offline.Row, offline.Composer)
	}
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Morgen!"}})
	if len(call[[]Template](r, "Composer.Templates", c.ChannelID)) != 5 {
		t.Error("offline there are no templates")
	}
	call[*nothing](r, "Sandbox.Advance", "24h")
	call[*nothing](r, "Sandbox.Offline", false)
	row := until(r, l, "it asks", func() (OutboxRow, bool) {
		for _, row := range call[[]OutboxRow](r, "Composer.Outbox") {
			if row.State == "needs_attention" {
				return row, true
			}
		}
		return OutboxRow{}, false
	})
	if row.MessageID != id || row.Doubt || !strings.Contains(row.Reason, "template") {
		t.Errorf("it asks: %+v", row)
	}
	call[*nothing](r, "Sandbox.Advance", "1h")
	if got := r.received(evasNumber); len(got) != 0 {
		t.Fatalf("sent late: %+v", got)
	}
	r.chats(l, "whatsapp", evasNumber, "Hallo?")
	call[*nothing](r, "Composer.Retry", id)
	until(r, l, "the answer", func() (bool, bool) { return true, len(r.received(evasNumber)) == 1 })
}

// What a draft may not be is said before anything is queued.
func TestChatLimits(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Hoi")
	_, page := r.chats(l, "messenger", "Lieke Postma", "Hoi")
	for what, refusal := range map[string]struct {
		id    string
		draft Draft
	}{
		"nothing":            {c.ID, Draft{Text: " \n"}},
		"too long":           {c.ID, Draft{Text: strings.Repeat("x", 1601)}},
		"long by emoji":      {c.ID, Draft{Text: strings.Repeat("🙈", 801)}},
		"too long for Meta":  {page.ID, Draft{Text: strings.Repeat("x", 2001)}},
		"a large picture":    {c.ID, Draft{Attachments: []string{r.fileOf("groot.png", 5<<20+1)}}},
		"a large file":       {c.ID, Draft{Attachments: []string{r.fileOf("groot.pdf", 16<<20+1)}}},
		"a kind of file":     {c.ID, Draft{Attachments: []string{r.fileOf("archief.zip", 100)}}},
		"a template at Meta": {page.ID, Draft{TemplateID: dutchTemplate}},
	} {
		code := "invalid"
		if refusal.draft.TemplateID != "" {
			code = "window_closed"
		}
		r.refused(code, "Composer.Send", refusal.id, SendRequest{Draft: refusal.draft})
		if now := r.open(refusal.id); len(now.Messages) != 1 {
			t.Errorf("%s: %d messages", what, len(now.Messages))
		}
	}
	r.refused("invalid", "Composer.Start", StartRequest{ChannelID: page.ChannelID, Draft: Draft{To: []string{evasNumber}, Text: "Hoi"}})
	r.refused("invalid", "Composer.Start", StartRequest{ChannelID: c.ChannelID, Draft: Draft{To: []string{"0612345678"}, TemplateID: dutchTemplate}})
	r.refused("window_closed", "Composer.Start", StartRequest{ChannelID: c.ChannelID, Draft: Draft{To: []string{"+31611112222"}, Text: "Hoi"}})
	if len(call[[]OutboxRow](r, "Composer.Outbox")) != 0 {
		t.Error("something was queued")
	}
}

// Text and two files are three messages for the customer, in order, and none of
// them twice.
func TestFilesGoOneByOne(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "messenger", "Lieke Postma", "Heb je een foto?")
	files := []string{r.fileOf("lamp.png", 2000), r.fileOf("folder.pdf", 3000)}
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Kijk:", Attachments: files}})
	until(r, l, "three messages", func() (bool, bool) { return true, len(r.receivedOn("messenger")) == 3 })
	got := r.receivedOn("messenger")
	if got[0].Text != "Kijk:" || len(got[1].Files) != 1 || len(got[2].Files) != 1 || got[1].Files[0] != "lamp.png" {
		t.Errorf("Lieke got %+v", got)
	}
	shown := until(r, l, "all sent", func() (Conversation, bool) {
		now := r.open(c.ID)
		return now, len(now.Messages) == 4 && now.Messages[3].State == "sent" && len(call[[]OutboxRow](r, "Composer.Outbox")) == 0
	})
	if shown.Messages[1].Text != "Kijk:" || len(shown.Messages[2].Attachments) != 1 || shown.Messages[3].Attachments[0].Name != "folder.pdf" {
		t.Errorf("shown as %+v", shown.Messages)
	}
}

// Beside a picture the text arrives on WhatsApp; beside a document it would not,
// and goes before it.
func TestATextGoesBesideAFileOnlyWhereItArrives(t *testing.T) {
	for file, want := range map[string][][2]string{
		"lamp.png":   {{"Kijk:", "image/png"}},
		"folder.pdf": {{"Kijk:", ""}, {"", "application/pdf"}},
	} {
		r := startDemo(t)
		l := r.listen()
		_, c := r.chats(l, "whatsapp", evasNumber, "Heb je iets over de lamp?")
		call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Kijk:", Attachments: []string{r.fileOf(file, 2000)}}})
		until(r, l, "all of it", func() (bool, bool) { return true, len(r.received(evasNumber)) == len(want) })
		for i, m := range r.received(evasNumber) {
			if got := [2]string{m.Text, strings.Join(m.Files, " ")}; got != want[i] {
				t.Errorf("%s: message %d is %q, not %q", file, i, got, want[i])
			}
		}
	}
}

// Of an answer that got lost on its way nobody can say whether it arrived. When its
// window is over by then, too, it is never sent late: a person gives it up, and
// what was written is there again.
func TestAnAnswerInDoubtPastItsWindowIsGivenUp(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	r.app.demo.chats.twilio.Fail("POST /2010-04-01/Accounts/"+demoAccount+"/Messages.json", rest.CutBefore, -1)
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Morgen!"}})
	asks := func(over bool) OutboxRow {
		return until(r, l, "it asks", func() (OutboxRow, bool) {
			for _, row := range call[[]OutboxRow](r, "Composer.Outbox") {
				if row.MessageID == id && row.State == "needs_attention" && row.Over == over {
					return row, true
				}
			}
			if !over {
				call[*nothing](r, "Sandbox.Advance", "1m") // it is looked for with pauses
			}
			return OutboxRow{}, false
		})
	}
	if row := asks(false); !row.Doubt {
		t.Fatalf("it asks: %+v", row)
	}
	r.refused("conflict", "Composer.Cancel", id)
	call[*nothing](r, "Sandbox.Advance", "24h")
	r.app.demo.chats.twilio.Heal()
	asks(true)
	call[*nothing](r, "Composer.Retry", id)
	if row := asks(true); !row.Doubt || !strings.Contains(row.Reason, "give it up") {
		t.Errorf("after another look: %+v", row)
	}
	call[*nothing](r, "Composer.GiveUp", id)
	if now := r.open(c.ID); now.Draft.Text != "Morgen!" || len(now.Messages) != 1 || len(r.received(evasNumber)) != 0 {
		t.Errorf("given up: %+v, %d messages, sent %+v", now.Draft, len(now.Messages), r.received(evasNumber))
	}
}
