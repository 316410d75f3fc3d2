package app

import (
	"slices"
	"testing"
)

// After 24 hours only a person's own words go, with the tick, and as a human
// agent's; after seven days nothing (R27). What a customer writes opens it anew.
func TestMessengerByHandAndThenNothing(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "messenger", "Lieke Postma", "Zijn er cadeaubonnen?")
	if c.Composer.Mode != "free" || c.Composer.Next != "human_agent" {
		t.Errorf("at first: %+v", c.Composer)
	}
	call[*nothing](r, "Sandbox.Advance", "24h1m")
	if now := r.open(c.ID); now.Composer.Mode != "human_agent" || now.Composer.Next != "blocked" || now.Window != "human_agent" {
		t.Errorf("after a day: %+v", now.Composer)
	}
	r.refused("window_closed", "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Ja hoor!"}})
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Ja hoor!", HumanAgent: true}})
	until(r, l, "the answer", func() (bool, bool) { return true, len(r.receivedOn("messenger")) == 1 })
	if got := r.receivedOn("messenger")[0]; got.As != "HUMAN_AGENT" || got.Text != "Ja hoor!" {
		t.Errorf("Lieke got %+v", got)
	}
	call[*nothing](r, "Sandbox.Advance", "144h1m")
	if now := r.open(c.ID); now.Composer.Mode != "blocked" || now.Composer.Reason == "" || now.Window != "blocked" {
		t.Errorf("after a week: %+v", now.Composer)
	}
	r.refused("window_closed", "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Nog iets?", HumanAgent: true}})
	if _, again := r.chats(l, "messenger", "Lieke Postma", "Hoi!"); again.ID != r.open(c.ID).ID || again.Composer.Mode != "free" {
		t.Errorf("written again: %+v", again.Composer)
	}
}

// A colleague answers from a desktop of their own: the answer is here with their
// name. A contact's name can be given and taken back, and leaves a line.
func TestAColleagueAnswersAndAContactIsNamed(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	r.teammate("Sanne", TeammateRequest{Do: "answer", ConversationID: c.ID, Text: "Morgen bij u."})
	until(r, l, "Sanne's answer", func() (bool, bool) {
		messages := r.open(c.ID).Messages // Twilio's times have seconds: either may come first
		return true, len(messages) == 2 && slices.ContainsFunc(messages, func(m Message) bool {
			return m.Author.MemberID == "sanne" && m.Text == "Morgen bij u." && m.Direction == "out"
		})
	})
	undo := call[Undo](r, "Inbox.NameContact", c.ID, "  Eva\tKlant ")
	now := r.open(c.ID)
	if now.Contact.Name != "Eva Klant" || len(now.Activity) != 1 || now.Activity[0].Kind != "contact.name" || now.Activity[0].Title != "Eva Klant" {
		t.Errorf("named: %+v, %+v", now.Contact, now.Activity)
	}
	call[*nothing](r, "Inbox.Undo", undo.UndoID)
	if now := r.open(c.ID); now.Contact.Name != "" || now.Contact.Address != evasNumber {
		t.Errorf("undone: %+v", now.Contact)
	}
}
