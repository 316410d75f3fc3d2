package sqlite

import (
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

// TestMailInOurNameSaysSo: who is named as the sender is a claim. What neither
// Postvak sent nor the Sent folder has says so.
func TestMailInOurNameSaysSo(t *testing.T) {
	in := func(folder inbox.FolderRole, uid uint32, m inbox.Fetched) inbox.Batch {
		m.UID = uid
		return inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: folder, Name: string(folder), UIDValidity: 1}, Messages: []inbox.Fetched{m}}
	}
	claimed := ourMail(1, carla)
	for name, test := range map[string]struct {
		folders []inbox.FolderRole
		warned  bool
	}{
		"came in":               {[]inbox.FolderRole{inbox.FolderInbox}, true},
		"sent":                  {[]inbox.FolderRole{inbox.FolderSent}, false},
		"sent, with a copy":     {[]inbox.FolderRole{inbox.FolderInbox, inbox.FolderSent}, false},
		"the copy learnt later": {[]inbox.FolderRole{inbox.FolderSent, inbox.FolderInbox}, false},
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			for i, folder := range test.folders {
				storeBatch(t, db, in(folder, uint32(i+1), claimed))
			}
			message := open(t, db, claimed.Message.Key).Messages[0]
			if slices.Contains(message.Warnings, foreignText) != test.warned {
				t.Errorf("warnings %q", message.Warnings)
			}
		})
	}
}

// TestAContactFormsMailIsTheVisitors: it is written in our name.
func TestAContactFormsMailIsTheVisitors(t *testing.T) {
	db := newCache(t)
	store(t, db, mail(1, ours, func(m *inbox.Message) { m.ReplyTo = []inbox.Address{{Name: "Vera", Address: "vera@visitor.example"}} }))
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 || rows[0].Contact.Name != "Vera" || rows[0].Unread != 1 {
		t.Errorf("the list has %+v", rows)
	}
}

// TestABounceSaysWhoClaimsIt: a customer can write one too.
func TestABounceSaysWhoClaimsIt(t *testing.T) {
	db := newCache(t)
	sent := ourMail(1, carla)
	store(t, db, sent, mail(2, "mallory@evil.example", func(m *inbox.Message) {
		m.Nature, m.Bounce = inbox.NatureBounce, &inbox.Bounce{MessageID: "m1@example", Recipient: carla, Permanent: true}
	}))
	if got := open(t, db, sent.Message.Key).Messages[0]; !strings.Contains(got.Reason, "mallory@evil.example") {
		t.Errorf("shown as %s, %q", got.State, got.Reason)
	}
}
