package app

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"postvak/backend/keyring"
)

// deliver has a customer write and waits until the mail is there.
func (r *rig) deliver(l *listener, mail DeliverRequest) (Delivered, Conversation) {
	r.t.Helper()
	sent := call[Delivered](r, "Sandbox.Deliver", mail)
	opened := until(r, l, "the mail "+mail.Subject, func() (Conversation, bool) {
		answer := r.post("Inbox.Open", `["`+sent.MessageID+`",{}]`)
		if answer.Error != nil {
			return Conversation{}, false
		}
		return call[Conversation](r, "Inbox.Open", sent.MessageID, OpenQuery{}), true
	})
	return sent, opened
}

func (r *rig) open(id string) Conversation {
	return call[Conversation](r, "Inbox.Open", id, OpenQuery{})
}

func (r *rig) me() string { return call[TeamStatus](r, "Team.Status").Me }

// sendNow takes the undo delay away.
func (r *rig) sendNow() {
	call[*nothing](r, "Settings.Save", map[string]any{"undoSendSeconds": 0})
}

// A customer writes; I assign it to myself, answer and close it; the customer
// writes again, and it is open with me as before (R1, R4, R8, R9).
func TestAConversationFromFirstMailToReopening(t *testing.T) {
	r := startDemo(t)
	r.sendNow()
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "eva@klant.example", Name: "Eva Klant", Subject: "Waar blijft mijn lamp?", Text: "Hallo,\nIk wacht al een week.\nEva"})
	if c.Section != "unassigned" || c.Unread != 1 || c.Closed || c.Contact.Name != "Eva Klant" || c.Messages[0].Text == "" {
		t.Fatalf("new conversation: %+v", c.Row)
	}
	if c.Composer.Mode != "free" || !strings.Contains(c.Composer.Reply.To[0], "eva@klant.example") || c.Composer.Reply.Subject != "Re: Waar blijft mijn lamp?" {
		t.Errorf("composer %+v", c.Composer)
	}

	undo := call[Undo](r, "Inbox.Assign", c.ID, r.me())
	if now := r.open(c.ID); now.Section != "mine" || now.AssigneeID != r.me() || undo.UndoID == "" {
		t.Fatalf("assigned: %+v", now.Row)
	}
	call[Undo](r, "Inbox.MarkRead", c.ID)
	if now := r.open(c.ID); now.Unread != 0 {
		t.Errorf("still %d unread", now.Unread)
	}

	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Dag Eva,\nHij is onderweg.\nRobin\n\nOn 20 Nov 2026 09:00, Eva Klant wrote:\n> Ik wacht al een week."}})
	sent := until(r, l, "the answer at the customer's", func() (SentMail, bool) {
		mails := call[[]SentMail](r, "Sandbox.Sent")
		at := slices.IndexFunc(mails, func(m SentMail) bool { return m.To == "eva@klant.example" })
		if at < 0 {
			return SentMail{}, false
		}
		return mails[at], true
	})
	if sent.Subject != "Re: Waar blijft mijn lamp?" || !strings.Contains(sent.Text, "onderweg") {
		t.Errorf("the customer got %+v", sent)
	}
	until(r, l, "the answer marked as sent by me", func() (Conversation, bool) {
		now := r.open(c.ID)
		last := now.Messages[len(now.Messages)-1]
		return now, last.ID == id && last.State == "sent" && last.Author.MemberID == r.me()
	})
	if now := r.open(c.ID); len(now.Messages) != 2 || now.Messages[1].Quoted != "On 20 Nov 2026 09:00, Eva Klant wrote:\n> Ik wacht al een week." {
		t.Errorf("%d messages; quoted part %q", len(now.Messages), now.Messages[1].Quoted)
	}

	call[Undo](r, "Inbox.Close", c.ID)
	if now := r.open(c.ID); now.Section != "closed" || now.AssigneeID != r.me() {
		t.Fatalf("closed: %+v", now.Row)
	}
	_, again := r.deliver(l, DeliverRequest{From: "eva@klant.example", Name: "Eva Klant", Subject: "Re: Waar blijft mijn lamp?", Text: "Hij is kapot aangekomen."})
	if again.ID != c.ID || again.Section != "mine" || again.Closed || again.AssigneeID != r.me() {
		t.Errorf("written again: %+v, want it reopened with its assignee", again.Row)
	}
	kinds := []string{}
	for _, line := range again.Activity {
		kinds = append(kinds, line.Kind)
	}
	if strings.Join(kinds, " ") != "assign close" {
		t.Errorf("between the messages: %v", kinds)
	}
}

// Nobody who is away can be given work, not even by themself (R2, R3, R6).
func TestOnlyAvailableMembersAreAssigned(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	away := r.refused("conflict", "Inbox.Assign", c.ID, "aylin")
	if !strings.Contains(away.Message, "Aylin Demir is not available") {
		t.Errorf("reason: %q", away.Message)
	}
	call[Undo](r, "Inbox.Assign", c.ID, r.me())
	call[*nothing](r, "Availability.Set", false)
	if now := r.open(c.ID); now.Section != "mine" {
		t.Errorf("switching off took my work: %+v", now.Row)
	}
	_, other := r.deliver(l, DeliverRequest{From: "c@d.example", Subject: "Nog een", Text: "x"})
	r.refused("conflict", "Inbox.Assign", other.ID, r.me())
	if now := r.open(other.ID); len(now.Activity) != 0 {
		t.Errorf("the refusal left a line: %+v", now.Activity)
	}
	call[*nothing](r, "Availability.Set", true)
	if !call[bool](r, "Availability.Get") {
		t.Error("not available again")
	}
}

// A teammate's decisions stand in the same log and show at once (R4).
func TestATeammateAssignsAndMineLosesItsPlace(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	call[*nothing](r, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "assign", ConversationID: c.ID, MemberID: "sanne"})
	now := r.open(c.ID)
	if now.Section != "others" || now.AssigneeID != "sanne" || len(now.Activity) != 1 || now.Activity[0].MemberID != "sanne" || now.Activity[0].TargetID != "sanne" {
		t.Fatalf("%+v %+v", now.Row, now.Activity)
	}
	call[*nothing](r, "Sandbox.Teammate", "sanne", TeammateRequest{Do: "close", ConversationID: c.ID})
	if now := r.open(c.ID); now.Section != "closed" {
		t.Errorf("closed by Sanne: %+v", now.Row)
	}
	r.refused("not_found", "Sandbox.Teammate", "nobody", TeammateRequest{Do: "close", ConversationID: c.ID})
	r.refused("invalid", "Sandbox.Teammate", "sanne", TeammateRequest{Do: "dance", ConversationID: c.ID})
}

// What was done to many is undone for all of them.
func TestBulkActionsAndUndo(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	var ids []string
	for _, from := range []string{"a@x.example", "b@x.example", "c@x.example"} {
		_, c := r.deliver(l, DeliverRequest{From: from, Subject: "Vraag van " + from, Text: "x"})
		ids = append(ids, c.ID)
	}
	sections := func(want string) {
		t.Helper()
		for _, id := range ids {
			if now := r.open(id); now.Section != want {
				t.Errorf("%s stands in %s, want %s", id, now.Section, want)
			}
		}
	}
	assigned := call[Undo](r, "Inbox.Bulk", BulkRequest{Do: "assign", ConversationIDs: ids, MemberID: r.me()})
	sections("mine")
	closed := call[Undo](r, "Inbox.Bulk", BulkRequest{Do: "close", ConversationIDs: append(ids, ids[0])})
	sections("closed")
	call[*nothing](r, "Inbox.Undo", closed.UndoID)
	sections("mine")
	call[*nothing](r, "Availability.Set", false) // undoing asks for no availability
	call[*nothing](r, "Inbox.Undo", assigned.UndoID)
	sections("unassigned")
	r.refused("not_found", "Inbox.Undo", assigned.UndoID)
	read := call[Undo](r, "Inbox.Bulk", BulkRequest{Do: "read", ConversationIDs: ids})
	if now := r.open(ids[0]); now.Unread != 0 {
		t.Errorf("%d unread", now.Unread)
	}
	call[*nothing](r, "Inbox.Undo", read.UndoID)
	if now := r.open(ids[0]); now.Unread == 0 {
		t.Error("read all the same")
	}
	r.refused("not_found", "Inbox.Bulk", BulkRequest{Do: "close", ConversationIDs: []string{ids[0], "none"}})
	sections("unassigned") // all or nothing
	r.refused("invalid", "Inbox.Bulk", BulkRequest{Do: "explode", ConversationIDs: ids})
}

// What is deleted is gone from list, search and by its id; a new message shows
// only itself (R11–R13).
func TestDeletingAndWritingAgain(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	sent, c := r.deliver(l, DeliverRequest{From: "weg@x.example", Subject: "Geheimzinnigheid", Text: "verdwijnwoord"})
	call[Undo](r, "Inbox.Assign", c.ID, r.me())
	if found := call[SearchPage](r, "Inbox.Search", SearchQuery{Text: "verdwijnwoord"}); len(found.Rows) != 1 {
		t.Fatalf("found %+v", found)
	}
	call[*nothing](r, "Inbox.Delete", c.ID)
	r.refused("not_found", "Inbox.Open", c.ID, OpenQuery{})
	r.refused("not_found", "Inbox.Source", sent.MessageID)
	if found := call[SearchPage](r, "Inbox.Search", SearchQuery{Text: "verdwijnwoord"}); len(found.Rows) != 0 {
		t.Errorf("still found: %+v", found)
	}
	_, again := r.deliver(l, DeliverRequest{From: "weg@x.example", Subject: "Re: Geheimzinnigheid", InReplyTo: sent.InternetID, Text: "nieuw"})
	if again.Section != "unassigned" || len(again.Messages) != 1 || again.Messages[0].Text != "nieuw" || len(again.Activity) != 0 {
		t.Errorf("after a new message: %+v", again)
	}
}

// A draft and a note are kept and are nobody else's business.
func TestDraftsNotesAndAttachments(t *testing.T) {
	r := startDemo(t)
	r.sendNow()
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Factuur", Text: "Graag een kopie.",
		Attachments: []DemoContent{{Name: "bon.txt", Type: "text/plain", Data: base64.StdEncoding.EncodeToString([]byte("bon 12"))}}})
	if len(c.Messages[0].Attachments) != 1 || c.Messages[0].Attachments[0].Name != "bon.txt" {
		t.Fatalf("attachments %+v", c.Messages[0].Attachments)
	}
	file := call[Attachment](r, "Files.Put", "../../kopie.pdf", base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 kopie")))
	if file.Name != "kopie.pdf" || file.Type != "application/pdf" {
		t.Errorf("file %+v", file)
	}
	draft := Draft{Text: "Hierbij ✓", Attachments: []string{file.ID}}
	call[*nothing](r, "Composer.SaveDraft", c.ID, draft)
	now := r.open(c.ID)
	if now.Draft.Text != draft.Text || len(now.DraftFiles) != 1 || now.DraftFiles[0].Name != "kopie.pdf" {
		t.Errorf("draft %+v %+v", now.Draft, now.DraftFiles)
	}
	note := call[string](r, "Inbox.AddNote", c.ID, "Vaste klant")
	if now := r.open(c.ID); len(now.Notes) != 1 || now.Notes[0].ID != note || now.Notes[0].MemberID != r.me() {
		t.Errorf("notes %+v", now.Notes)
	}
	r.refused("invalid", "Inbox.AddNote", c.ID, "  ")
	r.refused("invalid", "Composer.Send", c.ID, SendRequest{})
	r.refused("invalid", "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "x", To: []string{"nobody"}}})
	r.refused("not_found", "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "x", Attachments: []string{strings.Repeat("0", 64)}}})
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: draft})
	if now := r.open(c.ID); now.Draft.Text != "" || len(now.Messages[1].Attachments) != 1 {
		t.Errorf("after sending: draft %+v, attachments %+v", now.Draft, now.Messages[1].Attachments)
	}
	for _, m := range call[[]SentMail](r, "Sandbox.Sent") {
		if strings.Contains(m.Text, "Vaste klant") {
			t.Error("an internal note was sent")
		}
	}
}

// Sending waits for the undo delay; what is taken back is a draft again.
func TestUndoSend(t *testing.T) {
	r := startDemo(t)
	call[*nothing](r, "Settings.Save", map[string]any{"undoSendSeconds": 60})
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "te vlug"}})
	rows := call[[]OutboxRow](r, "Composer.Outbox")
	if len(rows) != 1 || rows[0].MessageID != id || rows[0].ConversationID != c.ID || rows[0].State != "queued" || rows[0].NextTry == "" {
		t.Fatalf("outbox %+v", rows)
	}
	call[*nothing](r, "Composer.Cancel", id)
	if now := r.open(c.ID); now.Draft.Text != "te vlug" || len(now.Messages) != 1 {
		t.Errorf("after taking it back: %+v", now)
	}
	r.refused("not_found", "Composer.Cancel", id)
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "nu wel"}})
	call[*nothing](r, "Sandbox.Advance", "61s")
	until(r, l, "the second try at the customer's", func() (bool, bool) {
		mails := call[[]SentMail](r, "Sandbox.Sent")
		return true, slices.ContainsFunc(mails, func(m SentMail) bool { return strings.Contains(m.Text, "nu wel") })
	})
	for _, m := range call[[]SentMail](r, "Sandbox.Sent") {
		if strings.Contains(m.Text, "te vlug") {
			t.Error("what was taken back was sent")
		}
	}
}

// Offline everything is there, and what is sent waits (R33, R35).
func TestOfflineAndBack(t *testing.T) {
	r := startDemo(t)
	r.sendNow()
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	call[*nothing](r, "Sandbox.Offline", true)
	until(r, l, "the status line to say offline", func() (Status, bool) {
		s := call[Status](r, "Settings.Status")
		return s, !s.Online && strings.HasPrefix(s.Text, "offline")
	})
	call[Undo](r, "Inbox.Assign", c.ID, r.me())
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "vanaf de trein"}})
	until(r, l, "the mailbox is known to be away", func() (bool, bool) { return true, r.open(c.ID).Composer.Mode == "queue_only" })
	if now := r.open(c.ID); now.Section != "mine" || now.Composer.Mode != "queue_only" || now.Messages[1].ID != id {
		t.Errorf("offline: %+v %+v", now.Row, now.Composer)
	}
	call[*nothing](r, "Sandbox.Offline", false)
	until(r, l, "it goes when the network is back", func() (bool, bool) {
		mails := call[[]SentMail](r, "Sandbox.Sent")
		return true, slices.ContainsFunc(mails, func(m SentMail) bool { return strings.Contains(m.Text, "vanaf de trein") })
	})
	until(r, l, "online", func() (Status, bool) {
		s := call[Status](r, "Settings.Status")
		return s, s.Online
	})
}

// A rebuilt cache shows what it showed before.
func TestRebuildingChangesNothing(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Blijvend", Text: "x"})
	call[Undo](r, "Inbox.Assign", c.ID, r.me())
	until(r, l, "the first sync", func() (bool, bool) {
		s := call[Status](r, "Settings.Status")
		return true, strings.HasPrefix(s.Text, "online")
	})
	before := string(r.post("Inbox.Sections", "[]").Result) + string(r.post("Inbox.List", `[{"section":"mine"}]`).Result)
	call[*nothing](r, "Settings.Rebuild")
	after := string(r.post("Inbox.Sections", "[]").Result) + string(r.post("Inbox.List", `[{"section":"mine"}]`).Result)
	if before != after {
		t.Errorf("before %s\nafter %s", before, after)
	}
}

// A demo that is started again in its folder has everything once, and what I
// did to it.
func TestTheDemoGoesOnInItsFolder(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	total := func(r *rig) (n int) {
		for _, s := range call[[]SectionCount](r, "Inbox.Sections") {
			n += s.Total
		}
		return n
	}
	online := func(r *rig, l *listener) {
		until(r, l, "the first sync", func() (bool, bool) {
			return true, strings.HasPrefix(call[Status](r, "Settings.Status").Text, "online,")
		})
	}
	first := startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true})
	l := first.listen()
	online(first, l)
	_, c := first.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Blijft", Text: "x"})
	call[Undo](first, "Inbox.Assign", c.ID, first.me())
	before := total(first)
	first.app.Close()

	again := startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true})
	l = again.listen()
	online(again, l)
	if n := total(again); n != before {
		t.Errorf("%d conversations, before %d", n, before)
	}
	if now := again.open(c.ID); now.Section != "mine" || len(now.Messages) != 1 {
		t.Errorf("mine: %+v", now.Row)
	}
	_, other := again.deliver(l, DeliverRequest{From: "c@d.example", Subject: "Nieuw", Text: "y"})
	if other.ID == c.ID || len(other.Messages) != 1 {
		t.Errorf("a new mail: %+v", other.Row)
	}
	if n := total(again); n != before+1 {
		t.Errorf("%d conversations after one more", n)
	}
}
