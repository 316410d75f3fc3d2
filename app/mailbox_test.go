package app

import (
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/keyring"
)

// Two people, each with a Postvak of their own on a mailbox of the same real
// server: one writes, the other connects, reads, answers and closes; the
// answer threads at the first one's (R36, R9), and a wrong password stores
// nothing.
func TestARealMailbox(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Dovecot and an SMTP server")
	}
	server := imaptest.StartDovecot(t, imaptest.Options{})
	smtp := imaptest.StartGoSMTP(t, server)
	server.Deliver(t, "ann@example.test", imaptest.Message("old@customer.test", "ann@example.test", "Oude vraag", "Van vroeger"))
	connect := func(who string) (*rig, *listener, string) {
		dir, secrets := t.TempDir(), keyring.NewMemory()
		r := startRig(t, Options{Dir: dir, Secrets: secrets, Roots: server.Roots})
		l := r.listen()
		r.sendNow()
		request := ConnectEmailRequest{
			Name: who, Address: who, Shared: true, Password: "wrong-password-99",
			IMAP: Server{Host: server.Host, Port: server.TLSPort, Security: "tls", Username: who},
			SMTP: Server{Host: smtp.Host, Port: smtp.Port, Security: "starttls", Username: who},
		}
		r.refused("auth", "Channels.ConnectEmail", request)
		if n := len(call[[]ChannelInfo](r, "Channels.List")); n != 0 {
			t.Errorf("%d channels after a wrong password", n)
		}
		request.Password = imaptest.Password
		id := call[string](r, "Channels.ConnectEmail", request)
		r.refused("conflict", "Channels.ConnectEmail", request)
		until(r, l, who+" online", func() (bool, bool) {
			s := call[Status](r, "Settings.Status")
			return true, s.Online && strings.HasPrefix(s.Text, "online")
		})
		return r, l, id
	}
	ben, benEvents, benChannel := connect("ben@example.test")
	ann, annEvents, _ := connect("ann@example.test")

	first := until(ann, annEvents, "what was there already", func() (Row, bool) {
		page := call[ListPage](ann, "Inbox.List", ListQuery{Section: "unassigned"})
		if len(page.Rows) == 0 {
			return Row{}, false
		}
		return page.Rows[0], true
	})
	if first.Subject != "Oude vraag" {
		t.Errorf("first row %+v", first)
	}

	started := call[Started](ben, "Composer.Start", StartRequest{ChannelID: benChannel,
		Draft: Draft{To: []string{"Ann <ann@example.test>"}, Subject: "Naïeve vraag ☂", Text: "Kan dat?"}})
	asked := until(ann, annEvents, "Ben's mail at Ann's", func() (Conversation, bool) {
		for _, row := range call[ListPage](ann, "Inbox.List", ListQuery{Section: "unassigned"}).Rows {
			if row.Subject == "Naïeve vraag ☂" {
				return ann.open(row.ID), true
			}
		}
		return Conversation{}, false
	})
	call[Undo](ann, "Inbox.Close", asked.ID)
	call[string](ann, "Composer.Send", asked.ID, SendRequest{Draft: Draft{Text: "Ja hoor ✓"}})
	if now := ann.open(asked.ID); !now.Closed {
		t.Error("answering opened it (R10)")
	}
	answered := until(ben, benEvents, "the answer in Ben's thread", func() (Conversation, bool) {
		now := ben.open(started.ConversationID)
		return now, len(now.Messages) == 2
	})
	if answered.Messages[1].Text != "Ja hoor ✓" || answered.Messages[1].Direction != "in" {
		t.Errorf("the answer: %+v", answered.Messages[1])
	}
	call[string](ben, "Composer.Send", started.ConversationID, SendRequest{Draft: Draft{Text: "Dank!"}})
	reopened := until(ann, annEvents, "it is reopened", func() (Conversation, bool) {
		now := ann.open(asked.ID)
		return now, !now.Closed
	})
	if reopened.Section != "unassigned" || len(reopened.Messages) != 3 {
		t.Errorf("reopened: %+v with %d messages", reopened.Row, len(reopened.Messages))
	}
	if found := call[SearchPage](ann, "Inbox.Search", SearchQuery{Text: "dank"}); len(found.Rows) != 1 {
		t.Errorf("search: %+v", found.Rows)
	}
}
