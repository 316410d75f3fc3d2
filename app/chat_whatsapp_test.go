package app

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"
)

// chats delivers a customer's chat message and waits until it is there.
func (r *rig) chats(l *listener, kind, from, text string) (Delivered, Conversation) {
	r.t.Helper()
	return r.deliver(l, DeliverRequest{Channel: kind, From: from, Text: text})
}

// channelOf gives the demo's channel of a kind.
func (r *rig) channelOf(kind string) ChannelInfo {
	r.t.Helper()
	all := call[[]ChannelInfo](r, "Channels.List")
	at := slices.IndexFunc(all, func(c ChannelInfo) bool { return c.Kind == kind })
	if at < 0 {
		r.t.Fatalf("no %s channel in %+v", kind, all)
	}
	return all[at]
}

// unassignedMail counts conversations of the demo's mailbox that are nobody's.
func (r *rig) unassignedMail() int {
	r.t.Helper()
	return call[ListPage](r, "Inbox.List", ListQuery{Section: "unassigned", ChannelID: r.channelOf("email").ID}).Total
}

// received are the chat messages that somebody got.
func (r *rig) received(to string) []SentMail {
	all := call[[]SentMail](r, "Sandbox.Sent")
	return slices.DeleteFunc(all, func(m SentMail) bool { return m.To != to })
}

// receivedOn are the chat messages that customers of a kind of channel got.
func (r *rig) receivedOn(kind string) []SentMail {
	all := call[[]SentMail](r, "Sandbox.Sent")
	return slices.DeleteFunc(all, func(m SentMail) bool { return m.Channel != kind })
}

// fileOf stores a file of a size, which begins as its name says.
func (r *rig) fileOf(name string, size int) string {
	r.t.Helper()
	data := make([]byte, size)
	copy(data, map[string]string{".png": "\x89PNG\r\n\x1a\n", ".pdf": "%PDF-1.4\n"}[path.Ext(name)])
	copy(data[min(size, 20):], name)
	file, err := r.app.storeFile(r.t.Context(), name, bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	return file.ID
}

const evasNumber = "+31612345678"

// Of three channels of one firm a person sees which is which.
func TestTheDemosChannelsDiffer(t *testing.T) {
	r := startDemo(t)
	names := map[string]bool{}
	for _, c := range call[[]ChannelInfo](r, "Channels.List") {
		names[c.Name] = true
	}
	if len(names) != 3 || !names["Zomerlicht WhatsApp"] || !names["Zomerlicht Messenger"] {
		t.Errorf("the channels are called %v", names)
	}
}

// A customer writes by WhatsApp; I answer, and the customer gets it once; the ticks
// come by themselves. The second message is in the same conversation.
func TestWhatsAppFromFirstMessageToReadAnswer(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.chats(l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	if c.Section != "unassigned" || c.Unread != 1 || c.Kind != "whatsapp" || c.Contact.Address != evasNumber || c.Contact.Name != "" || c.Window != "free" || c.ReplyBy == "" {
		t.Fatalf("new conversation: %+v", c.Row)
	}
	if s := c.Composer; s.Mode != "free" || s.Next != "template_only" || s.ReplyBy != c.ReplyBy || s.Limits.Text != 1600 || !s.Limits.Templates || s.Limits.Subject {
		t.Errorf("composer: %+v", s)
	}
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Hij is onderweg!"}})
	until(r, l, "the answer at the customer's", func() (bool, bool) { return true, len(r.received(evasNumber)) == 1 })
	until(r, l, "marked as sent by me", func() (bool, bool) {
		now := r.open(id)
		last := now.Messages[len(now.Messages)-1]
		return true, len(now.Messages) == 2 && last.State != "queued" && last.State != "sending" && last.Author.MemberID == r.me()
	})
	call[*nothing](r, "Sandbox.Advance", "1m")
	until(r, l, "read", func() (bool, bool) {
		now := r.open(id)
		return true, len(now.Messages) == 2 && now.Messages[1].State == "read"
	})
	_, again := r.chats(l, "whatsapp", evasNumber, "Dank je!")
	if again.ID != r.open(c.ID).ID || len(again.Messages) != 3 {
		t.Errorf("written again: %+v", again)
	}
	if got := r.received(evasNumber); len(got) != 1 || got[0].Text != "Hij is onderweg!" || got[0].Channel != "whatsapp" || strings.TrimSpace(got[0].At) == "" {
		t.Errorf("the customer got %+v", got)
	}
}
