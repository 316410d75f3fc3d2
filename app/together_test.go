package app

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"postvak/app/about"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/teamlog"
)

// asked delivers a customer's question.
func (r *rig) asked(l *listener, subject string) Conversation {
	r.t.Helper()
	_, c := r.deliver(l, DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: subject, Text: "Hallo?"})
	return c
}

func (r *rig) teammate(name string, do TeammateRequest) {
	r.t.Helper()
	call[*nothing](r, "Sandbox.Teammate", name, do)
}

// Sanne calls me in a note: it stands there with my name, the conversation is
// unread for me again, and nothing is sent. My own note calls Sanne and leaves
// my own mark alone.
func TestANoteCallsAMember(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	c := r.asked(l, "Lamp")
	call[Undo](r, "Inbox.MarkRead", c.ID)
	r.teammate("Sanne", TeammateRequest{Do: "note", ConversationID: c.ID, Text: "@Robin Hofman wil jij dit doen? @nobody"})
	now := r.open(c.ID)
	if len(now.Notes) != 1 || !slices.Equal(now.Notes[0].Mentions, []string{r.me()}) || now.Unread == 0 {
		t.Errorf("called: %+v, %d unread", now.Notes, now.Unread)
	}
	call[Undo](r, "Inbox.MarkRead", c.ID)
	call[string](r, "Inbox.AddNote", c.ID, "@sanne doe ik, @robin niet vergeten")
	now = r.open(c.ID)
	if len(now.Notes) != 2 || now.Unread != 0 {
		t.Errorf("my own note: %d unread, %+v", now.Unread, now.Notes)
	}
	if got := now.Notes[1].Mentions; !slices.Contains(got, "sanne") {
		t.Errorf("my note calls %v", got)
	}
	if mails := call[[]SentMail](r, "Sandbox.Sent"); len(mails) != 0 {
		t.Errorf("a note was sent: %+v", mails)
	}
}

// records counts what is in the team log.
func (r *rig) records() uint64 {
	cursor, err := r.app.db.Cursor(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	return cursor.Count
}

// That I am writing is one event in ten minutes for a conversation, however
// often the draft is saved, also after a restart; an empty draft is none.
func TestWritingIsToldOnceInTenMinutes(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	r := startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true})
	l := r.listen()
	c := r.asked(l, "Lamp")
	save := func(text string) uint64 {
		before := r.records()
		call[*nothing](r, "Composer.SaveDraft", c.ID, Draft{Text: text})
		return r.records() - before
	}
	if n := save("  \n"); n != 0 {
		t.Errorf("an empty draft is told %d times", n)
	}
	if n := save("Dag Eva"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if n := save("Dag Eva,") + save("Dag Eva, ik"); n != 0 {
		t.Errorf("told %d times more", n)
	}
	if now := r.open(c.ID); len(now.Drafting) != 0 || len(now.Activity) != 0 {
		t.Errorf("I am told of myself: %+v %+v", now.Drafting, now.Activity)
	}
	call[*nothing](r, "Sandbox.Advance", "9m")
	if n := save("nog steeds"); n != 0 {
		t.Errorf("told again after nine minutes: %d", n)
	}
	r.app.Close()

	r = startRig(t, Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true})
	if n := save("na een herstart"); n != 0 {
		t.Errorf("told again after a restart: %d", n)
	}
	call[*nothing](r, "Sandbox.Advance", "11m")
	if n := save("veel later"); n != 1 {
		t.Errorf("later told %d times", n)
	}
}

// Sanne is writing: everybody sees it, for ten minutes or until she answers.
func TestATeammateIsWriting(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	c := r.asked(l, "Lamp")
	r.teammate("Sanne", TeammateRequest{Do: "drafting", ConversationID: c.ID})
	now := r.open(c.ID)
	if len(now.Drafting) != 1 || now.Drafting[0].MemberID != "sanne" || now.Drafting[0].Since == "" {
		t.Fatalf("writing: %+v", now.Drafting)
	}
	if now.Section != "unassigned" || len(now.Activity) != 0 {
		t.Errorf("writing changed something: %+v %+v", now.Row, now.Activity)
	}
	call[*nothing](r, "Sandbox.Advance", "10m")
	if now := r.open(c.ID); len(now.Drafting) != 0 {
		t.Errorf("after ten minutes: %+v", now.Drafting)
	}
	r.teammate("Sanne", TeammateRequest{Do: "drafting", ConversationID: c.ID})
	r.teammate("Sanne", TeammateRequest{Do: "answer", ConversationID: c.ID, Text: "Morgen bij u."})
	if now := r.open(c.ID); len(now.Drafting) != 0 {
		t.Errorf("after her answer: %+v", now.Drafting)
	}
}

// Sanne answers while I write: Send holds mine back and asks; nothing goes out
// until I say so, and then exactly one mail does.
func TestAnsweredWhileWriting(t *testing.T) {
	r := startDemo(t)
	r.sendNow()
	l := r.listen()
	c := r.asked(l, "Lamp")
	draft := Draft{Text: "Dag Eva, ik kijk het na."}
	call[*nothing](r, "Composer.SaveDraft", c.ID, draft)
	r.teammate("Sanne", TeammateRequest{Do: "answer", ConversationID: c.ID, Text: "Morgen bij u."})
	seen := until(r, l, "Sanne's answer", func() (Conversation, bool) {
		now := r.open(c.ID)
		return now, len(now.Messages) == 2
	})
	at := slices.IndexFunc(seen.Messages, func(m Message) bool { return m.Direction == "out" && m.Author.MemberID == "sanne" })
	if at < 0 || seen.Answered == nil || seen.Answered.MemberID != "sanne" || seen.Answered.MessageID != seen.Messages[at].ID {
		t.Errorf("answered: %+v of %+v", seen.Answered, seen.Messages)
	}
	held := r.refused("conflict", "Composer.Send", c.ID, SendRequest{Draft: draft})
	if held.Detail != "answered" || !strings.HasPrefix(held.Message, "Sanne Vermeer answered while you were writing.") {
		t.Errorf("held: %+v", held)
	}
	if rows := call[[]OutboxRow](r, "Composer.Outbox"); len(rows) != 0 {
		t.Errorf("it stands in the outbox: %+v", rows)
	}
	if now := r.open(c.ID); now.Draft.Text != draft.Text {
		t.Errorf("the draft is %q", now.Draft.Text)
	}
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: draft, Anyway: true})
	until(r, l, "mine at the customer's", func() (bool, bool) { return true, len(call[[]SentMail](r, "Sandbox.Sent")) > 0 })
	if mails := call[[]SentMail](r, "Sandbox.Sent"); len(mails) != 1 {
		t.Errorf("the customer got %+v", mails)
	}
	if now := r.open(c.ID); now.Answered != nil {
		t.Errorf("asked again about %+v", now.Answered)
	}
	call[*nothing](r, "Composer.SaveDraft", c.ID, Draft{Text: "En nog iets"})
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "En nog iets"}})
}

// Who begins to write after the answer has read it: nothing is asked.
func TestAnAnswerBeforeWritingAsksNothing(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	c := r.asked(l, "Lamp")
	r.teammate("Sanne", TeammateRequest{Do: "answer", ConversationID: c.ID, Text: "Morgen bij u."})
	until(r, l, "Sanne's answer", func() (bool, bool) { return true, len(r.open(c.ID).Messages) == 2 })
	call[*nothing](r, "Composer.SaveDraft", c.ID, Draft{Text: "Aanvulling"})
	if now := r.open(c.ID); now.Answered != nil {
		t.Errorf("asks about %+v", now.Answered)
	}
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Aanvulling"}})
}

// distantLog is a team log elsewhere. While it is cut off, what one device
// decides does not get there; the others' does.
type distantLog struct {
	teamlog.Log
	cut atomic.Pointer[string] // the device that cannot reach it
}

func (d *distantLog) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	if device := d.cut.Load(); device != nil {
		if opened, err := teamlog.Open(record); err == nil && opened.Device == *device {
			return teamlog.Pos{}, inbox.Errorf(inbox.Unavailable, "The network is gone.")
		}
	}
	return d.Log.Append(ctx, id, record)
}

// cutOff keeps what a desktop decides from the log until the returned function is
// called.
func (r *rig) cutOff(log *distantLog) (back func()) {
	r.t.Helper()
	text, err := r.app.secrets.Get(context.Background(), deviceKeyName)
	if err != nil {
		r.t.Fatal(err)
	}
	seed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		r.t.Fatal(err)
	}
	device := teamlog.DeviceID(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	log.cut.Store(&device)
	return func() {
		log.cut.Store(nil)
		r.app.team.Wake()
	}
}

// Sanne assigns to Tomasz; what I decided meanwhile without a network comes to
// nothing, and I am told in words, once, with one click to assign again. Also
// after a restart I am told until I say that I know (R7).
func TestALateDecisionIsToldToItsAuthor(t *testing.T) {
	dir, secrets := t.TempDir(), keyring.NewMemory()
	log := &distantLog{Log: teamlog.NewMemory()}
	opt := Options{Dir: dir, Secrets: secrets, Sandbox: true, Quiet: true, TeamLog: log}
	r := startRig(t, opt)
	l, voids := r.listen(), r.listen()
	c := r.asked(l, "Lamp")
	back := r.cutOff(log)
	call[Undo](r, "Inbox.Assign", c.ID, r.me())
	if now := r.open(c.ID); now.Section != "mine" || !now.Pending {
		t.Fatalf("decided offline: %+v", now.Row)
	}
	r.teammate("Sanne", TeammateRequest{Do: "assign", ConversationID: c.ID, MemberID: "tomasz"})
	if told := call[[]Voided](r, "Inbox.Voids"); len(told) != 0 {
		t.Errorf("told before it is known: %+v", told)
	}
	back()
	told := next[InboxVoid](r, voids, "inbox.void")
	if len(told.Voids) != 1 {
		t.Fatalf("told %+v", told)
	}
	check := func(v Voided) {
		t.Helper()
		if v.ConversationID != c.ID || v.Subject != "Lamp" || v.Kind != "assign" ||
			v.Text != "Sanne Vermeer assigned this to Tomasz Nowicki first." || v.Again == nil || v.Again.MemberID != r.me() {
			t.Errorf("told %+v", v)
		}
	}
	check(told.Voids[0])
	now := r.open(c.ID)
	if now.AssigneeID != "tomasz" || now.Pending || len(now.Activity) != 2 || !now.Activity[1].Void || now.Activity[1].Reason == "" {
		t.Errorf("what stands: %+v %+v", now.Row, now.Activity)
	}
	r.app.Close()

	r = startRig(t, opt)
	l, voids = r.listen(), r.listen()
	list := call[[]Voided](r, "Inbox.Voids")
	if len(list) != 1 {
		t.Fatalf("after a restart: %+v", list)
	}
	check(list[0])
	call[Undo](r, "Inbox.Assign", list[0].ConversationID, list[0].Again.MemberID)
	until(r, l, "it is mine", func() (bool, bool) { now := r.open(c.ID); return true, now.AssigneeID == r.me() && !now.Pending })
	call[*nothing](r, "Inbox.DismissVoid", list[0].ID)
	call[*nothing](r, "Inbox.DismissVoid", list[0].ID)
	if list := call[[]Voided](r, "Inbox.Voids"); len(list) != 0 {
		t.Errorf("still told: %+v", list)
	}
	for {
		select {
		case e := <-voids.events:
			if e.name == "inbox.void" {
				t.Fatalf("told again: %s", e.json)
			}
			continue
		default:
		}
		break
	}
}

// What a call refuses in words is not told a second time.
func TestARefusalIsToldOnce(t *testing.T) {
	r := startDemo(t)
	l, voids := r.listen(), r.listen()
	c := r.asked(l, "Lamp")
	// The team learns that Sanne is away between the look and the decision.
	assign := &teamlog.Assign{Conversation: inbox.Key(c.ID), To: "sanne"}
	r.teammate("Sanne", TeammateRequest{Do: "avail"})
	if _, err := r.app.decide(context.Background(), assign); inbox.CodeOf(err) != inbox.Conflict {
		t.Fatalf("decided: %v", err)
	}
	if list := call[[]Voided](r, "Inbox.Voids"); len(list) != 0 {
		t.Errorf("told twice: %+v", list)
	}
	call[Undo](r, "Inbox.Close", c.ID)
	until(r, l, "the close", func() (bool, bool) { return true, r.open(c.ID).Closed })
	for len(voids.events) > 0 {
		if e := <-voids.events; e.name == "inbox.void" {
			t.Errorf("told twice: %s", e.json)
		}
	}
}

// The report says how things are, and no secret: not the password of the
// mailbox, not the keys.
func TestDiagnosticsHoldNoSecret(t *testing.T) {
	r := startRig(t, Options{Sandbox: true, Quiet: true, Language: "nl"})
	l := r.listen()
	until(r, l, "the first sync", func() (bool, bool) { return true, strings.HasPrefix(call[Status](r, "Settings.Status").Text, "online") })
	report := call[Diagnostics](r, "Settings.Diagnostics")
	if !strings.Contains(report.Text, about.Line()) || !strings.Contains(report.Text, "niets ongewoons") || report.Log.Engine != "local" || report.Log.Records == 0 {
		t.Errorf("report %+v", report)
	}
	seed, err := r.app.secrets.Get(context.Background(), deviceKeyName)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{r.app.demo.world.Password(), seed, r.app.opt.Dir} {
		if strings.Contains(report.Text, secret) {
			t.Errorf("the report holds %q", secret)
		}
	}
}
