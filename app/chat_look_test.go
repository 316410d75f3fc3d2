package app

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/twilioserver"
)

// What the desktop that asks often sends itself is no news to it, and it hints at
// nothing: the others look at once because the log says who sent it.
func TestColleaguesSeeAtOnceWhatThePollerSends(t *testing.T) {
	f := newFirm(t)
	server := f.twilio()
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	channel := call[string](ann.rig, "Channels.ConnectWhatsApp", whatsAppOf(server, shopNumber, true))
	until(ann.rig, ann.l, "she asks often", func() (bool, bool) { return true, hasOwnTurn(ann, channel) })
	ben := f.invited(ann, "Ben")
	asks, other := ann, ben
	until(ann.rig, ann.l, "one has the turn, in the log", func() (bool, bool) {
		if ben.hasTurn(channel) {
			asks, other = ben, ann
		}
		return true, ann.hasTurn(channel) != ben.hasTurn(channel)
	})
	server.Receive(twilioserver.Incoming{From: evasNumber, Body: "Zijn er nog taarten?"})
	asks.app.running.wakePollers()
	other.findsChat(evasNumber)

	at := asks.findsChat(evasNumber)
	call[string](asks.rig, "Composer.Send", at.ID, SendRequest{Draft: Draft{Text: "Nog twee!"}})
	seen := other.sees("the answer, minutes before an own next look", at.ID, func(c Conversation) bool { return len(c.Messages) == 2 })
	if m := answerIn(seen); m.Text != "Nog twee!" || m.Author.MemberID != asks.me() {
		t.Errorf("the other sees %+v", m)
	}
	if len(server.Outgoing()) != 1 || other.hasTurn(channel) {
		t.Errorf("%d were sent; the other's turn: %v", len(server.Outgoing()), other.hasTurn(channel))
	}
}

// hasOwnTurn says whether a computer asks a channel often, alone or not.
func hasOwnTurn(d *computer, channel string) bool {
	running, runs := d.app.running.get(inbox.ChannelID(channel))
	return runs && running.pacer.State().Turn
}

// A conversation may be gone when its message is to go out: a person reads why.
func TestWhatWaitsOfADeletedConversation(t *testing.T) {
	r := startDemo(t)
	key := inbox.ChatKey("kanaal", "weg")
	permit, err := r.app.permit(t.Context(), inbox.Outgoing{Key: key, Channel: "kanaal"}, r.app.clock.Now())
	if err != nil || permit.Refused == "" {
		t.Errorf("%+v, %v", permit, err)
	}

	// Deleted between the outbox's look at its list and its question.
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Hallo?")
	call[*nothing](r, "Sandbox.Offline", true)
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Ja?"}})
	waiting, err := r.app.db.Outbox(t.Context())
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if permit, err := r.app.permit(t.Context(), waiting[0], r.app.clock.Now()); err != nil || permit.Refused != "" {
		t.Errorf("before: %+v, %v", permit, err)
	}
	call[*nothing](r, "Inbox.Delete", c.ID)
	if permit, err := r.app.permit(t.Context(), waiting[0], r.app.clock.Now()); err != nil || !strings.Contains(permit.Refused, "deleted") {
		t.Errorf("after: %+v, %v", permit, err)
	}
	call[*nothing](r, "Sandbox.Offline", false)
	call[*nothing](r, "Sandbox.Advance", "1h")
	until(r, l, "nothing waits", func() ([]OutboxRow, bool) {
		rows := call[[]OutboxRow](r, "Composer.Outbox")
		return rows, len(rows) == 0
	})
	if got := r.received(evasNumber); len(got) != 0 {
		t.Errorf("it went all the same: %+v", got)
	}
}

// Whoever writes in a chat is told by the program that the network is gone, and
// that it is back, without sending anything.
func TestAChatKnowsThatTheNetworkIsGone(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Hallo?")
	until(r, l, "it works", func() (bool, bool) { return true, r.open(c.ID).Composer.Mode == "free" })
	call[*nothing](r, "Sandbox.Offline", true)
	until(r, l, "what is written waits", func() (bool, bool) { return true, r.open(c.ID).Composer.Mode == "queue_only" })
	call[*nothing](r, "Sandbox.Offline", false)
	until(r, l, "it goes again", func() (bool, bool) { return true, r.open(c.ID).Composer.Mode == "free" })
}
