package app

import (
	"strings"
	"testing"

	"postvak/app/desktop"
	"postvak/backend/inbox"
)

// press answers the notification of a conversation.
func (b *bellRig) press(slot, action, text string) {
	b.t.Helper()
	b.screen.answers <- desktop.Answer{Slot: slot, Action: action, Text: text}
}

// shownMail has a customer write and waits for the notification.
func (b *bellRig) shownMail(from, subject string) Conversation {
	b.t.Helper()
	c := b.write(from, subject)
	b.notice(subject, func(n desktop.Notice) bool { return n.Slot == c.ID })
	return c
}

// trouble waits for the notification that says what could not be done.
func (b *bellRig) trouble() desktop.Notice {
	b.t.Helper()
	return b.notice("what could not be done", func(n desktop.Notice) bool { return n.Slot == ownSlot })
}

// A click opens the conversation, and a button without a field its composer
// (R17).
func TestAClickOpensTheConversation(t *testing.T) {
	b := startBell(t)
	c := b.shownMail("eva@klant.example", "Open mij")
	places := b.listen()
	b.press(c.ID, desktop.ActionOpen, "")
	if to := next[Navigate](b.rig, places, "navigate"); to.To != "/#/conversation/"+c.ID || to.Focus != "" {
		t.Errorf("a click leads to %+v", to)
	}
	b.press(c.ID, desktop.ActionReply, "  ")
	if to := next[Navigate](b.rig, places, "navigate"); to.To != "/#/conversation/"+c.ID || to.Focus != "composer" {
		t.Errorf("the reply button leads to %+v", to)
	}
}

// What was typed into a notification goes as any answer does, and once.
func TestAReplyFromTheNotificationIsSent(t *testing.T) {
	b := startBell(t)
	b.sendNow()
	c := b.shownMail("eva@klant.example", "Antwoord graag")
	b.press(c.ID, desktop.ActionReply, "Ik kom eraan!")
	mail := until(b.rig, b.l, "the answer at the customer's", func() (SentMail, bool) {
		for _, m := range call[[]SentMail](b.rig, "Sandbox.Sent") {
			if m.To == "eva@klant.example" {
				return m, true
			}
		}
		return SentMail{}, false
	})
	if mail.Subject != "Re: Antwoord graag" || !strings.Contains(mail.Text, "Ik kom eraan!") {
		t.Errorf("the customer got %+v", mail)
	}
	now := until(b.rig, b.l, "the conversation to be read", func() (Conversation, bool) {
		now := b.open(c.ID)
		return now, now.Unread == 0
	})
	if len(now.Messages) != 2 {
		t.Errorf("%d messages", len(now.Messages))
	}
}

// What cannot be sent is said on the desktop and kept as a draft.
func TestAReplyThatCannotGoIsKept(t *testing.T) {
	b := startBell(t)
	c := b.shownMail("eva@klant.example", "Al beantwoord")
	call[*nothing](b.rig, "Composer.SaveDraft", c.ID, Draft{Text: "Begonnen"})
	call[*nothing](b.rig, "Sandbox.Advance", "1m")
	call[*nothing](b.rig, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "answer", ConversationID: c.ID, Text: "Dag Eva"})
	until(b.rig, b.l, "the teammate's answer", func() (bool, bool) { return true, b.open(c.ID).Answered != nil })
	b.press(c.ID, desktop.ActionReply, "Ik ook!")
	if said := b.trouble(); !strings.Contains(said.Body, "Sanne Vermeer") || said.Title == "" {
		t.Errorf("it says %+v", said)
	}
	if kept := b.open(c.ID).Draft.Text; kept != "Begonnen\n\nIk ook!" {
		t.Errorf("kept %q", kept)
	}
}

func TestAssignAndCloseFromTheNotification(t *testing.T) {
	b := startBell(t)
	c := b.shownMail("eva@klant.example", "Voor mij")
	b.press(c.ID, desktop.ActionAssign, "")
	until(b.rig, b.l, "it to be mine", func() (bool, bool) { return true, b.open(c.ID).Section == "mine" })
	b.press(c.ID, desktop.ActionClose, "")
	until(b.rig, b.l, "it to be closed", func() (bool, bool) { return true, b.open(c.ID).Closed })

	call[*nothing](b.rig, "Availability.Set", false)
	other := b.shownMail("jan@klant.example", "Niet voor mij")
	for _, n := range b.screen.all() {
		if n.Slot == other.ID && len(n.Actions) != 1 {
			t.Errorf("who is not available is offered %+v (R3)", n.Actions)
		}
	}
	b.press(other.ID, desktop.ActionAssign, "") // of a notification from before
	if said := b.trouble(); !strings.Contains(said.Body, "not available") {
		t.Errorf("it says %+v", said)
	}
}

// A teammate who closes it takes the notification away.
func TestATeammateWhoClosesTakesTheNotificationAway(t *testing.T) {
	b := startBell(t)
	c := b.shownMail("eva@klant.example", "Wie eerst?")
	call[*nothing](b.rig, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "close", ConversationID: c.ID})
	for !b.screen.took(c.ID) {
		b.wait("the notification to go")
	}
}

// Answers about nothing known open the window and do nothing else.
func TestAnswersAboutNothingKnown(t *testing.T) {
	b := startBell(t)
	for _, slot := range []string{"", "digest", testSlot, ownSlot} {
		for _, action := range []string{desktop.ActionOpen, desktop.ActionReply, desktop.ActionAssign, desktop.ActionClose, "other"} {
			b.press(slot, action, "text")
		}
	}
	b.press("no such conversation", desktop.ActionClose, "")
	if said := b.trouble(); said.Body == "" {
		t.Errorf("it says %+v", said)
	}
	b.press("no such conversation", desktop.ActionReply, "text")
	b.notice("that the text is lost", func(n desktop.Notice) bool { return strings.Contains(n.Title, "could not be kept") })
	if out := call[[]OutboxRow](b.rig, "Composer.Outbox"); len(out) != 0 {
		t.Errorf("the outbox has %+v", out)
	}
}

// A notification of an earlier start is still understood.
func TestASlotOfAnEarlierStart(t *testing.T) {
	d := &noticeDesk{}
	if d.opens("email-1/abc") != inbox.Key("email-1/abc") || d.opens("digest") != "" {
		t.Error("slots are misread")
	}
}
