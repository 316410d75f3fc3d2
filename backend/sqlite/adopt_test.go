package sqlite

import (
	"bytes"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

var adopted = inbox.ChatKey(phone, "SM5")

// answered is a conversation with an answer that its provider took as SM5. The
// poll brings the provider's copy before the answer is known, or after.
func answeredChat(t *testing.T, first bool) (*DB, Queueing) {
	t.Helper()
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	q := queueing(phone, 4, zoe, "own-1")
	queues(t, db, q)
	copied := wrote(phone, 5, zoe, inbox.StateDelivered)
	if first {
		polls(t, db, phone, copied)
		if n := len(open(t, db, q.Message.Key).Messages); n != 3 {
			t.Fatalf("%d messages before it is known that two are one", n)
		}
	}
	sent(t, db, q.Message.Key, "SM5")
	polls(t, db, phone, copied)
	return db, q
}

func TestAMessageTakesItsProvidersName(t *testing.T) {
	for name, first := range map[string]bool{"before the poll": false, "after the poll": true} {
		t.Run(name, func(t *testing.T) {
			db, q := answeredChat(t, first)
			log := &logBook{t: t, db: db}
			log.decide("bram", &teamlog.Sent{Conversation: inbox.ChatKey(phone, "SM1"), Key: adopted, By: "bram"})
			for range 2 {
				view := open(t, db, q.Message.Key)
				if len(view.Messages) != 2 {
					t.Fatalf("%d messages", len(view.Messages))
				}
				m := view.Messages[1]
				if m.Key != adopted || m.MessageID != "SM5" || m.State != inbox.StateDelivered || m.Author != "bram" || !m.QueuedHere || m.Text != "Chat 4" {
					t.Errorf("%+v", m)
				}
				if o, err := db.OutgoingMessage(t.Context(), q.Message.Key); err != nil || o.Key != adopted || o.ProviderID != "SM5" || o.MessageID != "own-1" {
					t.Errorf("%+v, %v", o, err)
				}
				if r, err := db.RenderedOf(t.Context(), q.Message.Key); err != nil || !bytes.Equal(r.Wire, q.Rendered.Wire) {
					t.Errorf("%+v, %v", r, err)
				}
				keepsAfterRebuild(t, db)
			}
		})
	}
}

func TestFilingTakesNoStateBack(t *testing.T) {
	db, q := answeredChat(t, false)
	polls(t, db, phone, wrote(phone, 5, zoe, inbox.StateRead))
	o, err := db.OutgoingMessage(t.Context(), q.Message.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		told  inbox.State
		shown inbox.State
	}{{inbox.StateRead, inbox.StateRead}, {inbox.StateFailed, inbox.StateFailed}} {
		f := wrote(phone, 5, zoe, step.told)
		f.Detail = "Twilio 63024"
		polls(t, db, phone, f)
		o.Key, o.State = q.Message.Key, inbox.OutFiled
		if _, err := db.SetOutgoing(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if m := open(t, db, adopted).Messages[1]; m.State != step.shown {
			t.Errorf("shown as %s, want %s", m.State, step.shown)
		}
	}
	if m := open(t, db, adopted).Messages[1]; m.Detail != "Twilio 63024" {
		t.Errorf("detail %q", m.Detail)
	}
}

// TestAConversationThatWeBeganIsNamedByItsProvidersKey: links in notes lead the
// other desktops to it too.
func TestAConversationThatWeBeganIsNamedByItsProvidersKey(t *testing.T) {
	db, _ := newChat(t)
	q := queueing(phone, 4, zoe, "own-1")
	queues(t, db, q)
	if err := db.SaveDraft(t.Context(), q.Message.Key, inbox.Draft{Text: "and"}); err != nil {
		t.Fatal(err)
	}
	log := &logBook{t: t, db: db}
	log.decide("bram", &teamlog.Assign{Conversation: adopted, To: me}) // waits for a message that has this key
	log.decide(me, &teamlog.Note{Conversation: q.Message.Key, Text: "of ours"})
	changed := sent(t, db, q.Message.Key, "SM5")
	if len(changed.Conversations) != 2 {
		t.Errorf("changed %q", changed.Conversations)
	}
	for range 2 {
		view := open(t, db, q.Message.Key)
		if view.ID != adopted || view.Section != inbox.Mine || len(view.Notes) != 1 || view.Draft == nil {
			t.Errorf("%+v", view)
		}
		keepsAfterRebuild(t, db)
	}
}

func TestADraftOfAnAbsorbedCopyStays(t *testing.T) {
	db, _ := newChat(t)
	q := queueing(phone, 4, zoe, "own-1")
	queues(t, db, q)
	polls(t, db, phone, wrote(phone, 5, zoe, inbox.StateSent))
	if err := db.SaveDraft(t.Context(), adopted, inbox.Draft{Text: "kept"}); err != nil {
		t.Fatal(err)
	}
	sent(t, db, q.Message.Key, "SM5")
	if view := open(t, db, adopted); view.Draft == nil || view.Draft.Text != "kept" || len(view.Messages) != 1 {
		t.Errorf("%+v", view)
	}
}

// TestADeleteElsewhereCoversOurMessage: the others know it by its provider's key
// alone (R12).
func TestADeleteElsewhereCoversOurMessage(t *testing.T) {
	covers := []inbox.Key{inbox.ChatKey(phone, "SM1"), adopted}
	for name, early := range map[string]bool{"after it is known": false, "before it is known": true} {
		t.Run(name, func(t *testing.T) {
			db, _ := newChat(t)
			polls(t, db, phone, says(phone, 1, zoe))
			q := queueing(phone, 4, zoe, "own-1")
			queues(t, db, q)
			log := &logBook{t: t, db: db}
			if early {
				log.decide("bram", &teamlog.Delete{Conversation: covers[0], Covers: covers})
			}
			sent(t, db, q.Message.Key, "SM5")
			if !early {
				log.decide("bram", &teamlog.Delete{Conversation: covers[0], Covers: covers})
			}
			for range 2 {
				_, err := db.Conversation(t.Context(), q.Message.Key, OpenQuery{})
				wantCode(t, err, inbox.NotFound)
				_, err = db.Source(t.Context(), q.Message.Key)
				wantCode(t, err, inbox.NotFound)
				polls(t, db, phone, wrote(phone, 5, zoe, inbox.StateRead))
				keepsAfterRebuild(t, db)
			}
			left, found := 0, false
			if found, _ = db.reading(t.Context()).one("SELECT count(*) FROM provided", nil, &left); !found || left != 0 {
				t.Errorf("%d rows of what its provider said are left", left)
			}
		})
	}
}

func TestSeveralMessagesKeepTheirOrder(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	if err := db.SaveDraft(t.Context(), inbox.ChatKey(phone, "SM1"), inbox.Draft{Text: "draft"}); err != nil {
		t.Fatal(err)
	}
	var all []Queueing
	for i := range 30 {
		q := queueing(phone, 4, zoe, "own-"+string(rune('a'+i)))
		q.Conversation = inbox.ChatKey(phone, "SM1")
		all = append(all, q)
	}
	for range 2 {
		queues(t, db, all...)
		view := open(t, db, all[0].Message.Key)
		waiting, err := db.Outbox(t.Context())
		if err != nil || len(waiting) != len(all) || len(view.Messages) != len(all)+1 || view.Draft != nil {
			t.Fatalf("%d wait, %d shown, %v", len(waiting), len(view.Messages), err)
		}
		for i, q := range all {
			if waiting[i].Key != q.Message.Key || view.Messages[i+1].Key != q.Message.Key {
				t.Fatalf("message %d is out of order", i)
			}
		}
	}
}

func TestSeveralMessagesAreQueuedOrNone(t *testing.T) {
	db, _ := newChat(t)
	good, bad := queueing(phone, 4, zoe, "own-1"), queueing(phone, 4, zoe, "own-2")
	bad.Message.Channel, bad.Conversation = phone, "phone:c.nothing"
	if _, err := db.QueueAll(t.Context(), []Queueing{good, bad}); inbox.CodeOf(err) != inbox.NotFound {
		t.Fatalf("queued with %v", err)
	}
	if waiting, err := db.Outbox(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
}

func TestWhatOthersTookIsTaken(t *testing.T) {
	db, q := answeredChat(t, true)
	second := queueing(phone, 6, zoe, "own-2")
	queues(t, db, second)
	polls(t, db, phone, wrote(phone, 7, zoe, inbox.StateSent), wrote(phone, 8, zoe, inbox.StateSent))
	log := &logBook{t: t, db: db}
	log.decide("bram", &teamlog.Sent{Conversation: adopted, Key: inbox.ChatKey(phone, "SM8"), By: "bram"},
		&teamlog.Sent{Conversation: adopted, Key: inbox.ChatKey(phone, "SM9"), By: "bram"}) // SM9 is not here yet
	log.decide(me, &teamlog.Sent{Conversation: adopted, Key: inbox.ChatKey(phone, "SM11"), By: me}) // from another computer
	// A colleague's word about what was sent from here does not make it theirs.
	log.decide("bram", &teamlog.Sent{Conversation: adopted, Key: inbox.ChatKey(phone, "SM5"), By: "bram"})
	ids := []string{"SM5", "SM7", "SM8", "SM9", "SM10", "SM11"}
	for key, want := range map[inbox.Key]map[string]inbox.Holder{
		second.Message.Key: {"SM5": inbox.HeldHere, "SM8": inbox.HeldByClaim, "SM9": inbox.HeldByClaim, "SM11": inbox.HeldHere},
		q.Message.Key:      {"SM8": inbox.HeldByClaim, "SM9": inbox.HeldByClaim, "SM11": inbox.HeldHere},
	} {
		taken, err := db.TakenBy(t.Context(), phone, key, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if taken[id] != want[id] {
				t.Errorf("%s: %s is held by %v, want %v", key, id, taken[id], want[id])
			}
		}
	}
}

// TestOurOwnFilesAreNotFetchedAgain: what was written here is whole.
func TestOurOwnFilesAreNotFetchedAgain(t *testing.T) {
	db, q := answeredChat(t, false)
	m := chatMessage(phone, 5, inbox.Out, zoe)
	m.Text = "another text"
	m.Files = []chat.File{{Name: "x.jpg", Type: "image/jpeg", Data: []byte("jpg")}}
	better := chatted(phone, m)
	better.Better = true
	polls(t, db, phone, better)
	if got := open(t, db, q.Message.Key).Messages[1]; got.Text != "Chat 4" || !got.At.Equal(start.Add(4*time.Minute)) {
		t.Errorf("%+v", got)
	}
}
