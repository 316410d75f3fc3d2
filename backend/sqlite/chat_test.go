package sqlite

import (
	"bytes"
	"os"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func TestOneConversationForEachContactAndChannel(t *testing.T) {
	db, _ := newChat(t)
	named := chatMessage(page, 5, inbox.In, psid)
	named.From.Name = "Noor"
	polls(t, db, phone, says(phone, 3, zoe), says(phone, 2, yusuf))
	polls(t, db, phone, wrote(phone, 4, zoe, inbox.StateDelivered), says(phone, 1, " "+zoe))
	polls(t, db, page, says(page, 6, zoe), chatted(page, named))
	rows := list(t, db, inbox.Unassigned)
	if len(rows) != 4 {
		t.Fatalf("%d conversations: %+v", len(rows), rows)
	}
	view := open(t, db, says(phone, 1, zoe).Message.Key)
	if len(view.Messages) != 3 || view.Messages[2].State != inbox.StateDelivered || view.Contact.Address != zoe || view.Preview != "Chat 4" {
		t.Errorf("%+v", view)
	}
	if view.Messages[2].MessageID != "SM4" || view.Kind != inbox.WhatsApp || !view.LastInbound.Equal(start.Add(3*time.Minute)) {
		t.Errorf("message %q on %s, last inbound %v", view.Messages[2].MessageID, view.Kind, view.LastInbound)
	}
	if noor := open(t, db, inbox.ChatKey(page, "SM5")); noor.Contact != (inbox.Address{Name: "Noor", Address: psid}) {
		t.Errorf("contact %+v", noor.Contact)
	}
	keepsAfterRebuild(t, db)
}

// TestAPrivateChannelNeverJoins (R31): the same number on another channel is
// another conversation.
func TestAPrivateChannelNeverJoins(t *testing.T) {
	db, _ := newChat(t)
	private := chatChannels()[0]
	private.ID, private.Shared, private.Installer = "private", false, "bram"
	connect(t, db, private)
	polls(t, db, phone, says(phone, 1, zoe))
	polls(t, db, "private", says("private", 2, zoe))
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 || rows[0].Channel != phone {
		t.Errorf("%+v", rows)
	}
}

func TestKnownAndTheCursor(t *testing.T) {
	db, _ := newChat(t)
	state := inbox.FolderState{Role: inbox.FolderInbox, Cursor: `{"since":"2026-11-01"}`, Complete: true}
	storeBatch(t, db, inbox.Batch{Channel: phone, Folder: state, Messages: []inbox.Fetched{says(phone, 1, zoe)}})
	if got, err := db.FolderStates(t.Context(), phone); err != nil || len(got) != 1 || got[0] != state {
		t.Errorf("%+v, %v", got, err)
	}
	here, gone := inbox.ChatKey(phone, "SM1"), inbox.ChatKey(phone, "SM9")
	if known, err := db.Known(t.Context(), []inbox.Key{here, gone}); err != nil || !known[here] || known[gone] {
		t.Errorf("%v, %v", known, err)
	}
	state.Cursor = string(make([]byte, maxCursor+1))
	_, err := db.StoreBatch(t.Context(), inbox.Batch{Channel: phone, Folder: state})
	wantCode(t, err, inbox.Internal)
}

func TestStatesNeverGoBack(t *testing.T) {
	db, _ := newChat(t)
	key := inbox.ChatKey(phone, "SM1")
	for i, step := range []struct{ told, shown inbox.State }{
		{inbox.StateSent, inbox.StateSent}, {inbox.StateRead, inbox.StateRead}, {inbox.StateDelivered, inbox.StateRead},
		{"", inbox.StateRead}, {inbox.StateFailed, inbox.StateFailed}, {inbox.StateRead, inbox.StateFailed},
	} {
		f := wrote(phone, 1, zoe, step.told)
		if step.told == inbox.StateFailed {
			f.Reason, f.Detail = "It did not arrive.", "Twilio 63016"
		}
		polls(t, db, phone, f)
		if m := open(t, db, key).Messages[0]; m.State != step.shown {
			t.Errorf("step %d: %s, want %s", i, m.State, step.shown)
		}
	}
	keepsAfterRebuild(t, db)
	if m := open(t, db, key).Messages[0]; m.State != inbox.StateFailed || m.Reason != "It did not arrive." || m.Detail != "Twilio 63016" {
		t.Errorf("%s %q %q", m.State, m.Reason, m.Detail)
	}
	if changed := polls(t, db, phone, wrote(phone, 1, zoe, inbox.StateRead)); len(changed.Conversations) != 0 {
		t.Errorf("what was known changed %+v", changed)
	}
}

// withFile is a message whose file is there, or is not.
func withFile(n int, missing inbox.Missing) inbox.Fetched {
	m := chatMessage(phone, n, inbox.In, zoe)
	m.Text = ""
	m.Files = []chat.File{{Ref: "ME1", Name: "stoel.jpg", Type: "image/jpeg", Size: 3, Missing: missing, Data: []byte("jpg")}}
	f := chatted(phone, m)
	f.Better = missing != inbox.MissingPending
	return f
}

func TestAFileThatComesLater(t *testing.T) {
	db, _ := newChat(t)
	key := inbox.ChatKey(phone, "SM1")
	polls(t, db, phone, withFile(1, inbox.MissingPending), says(phone, 2, zoe))
	view := open(t, db, key)
	if a := view.Messages[0].Attachments; len(a) != 1 || a[0].Missing != inbox.MissingPending || a[0].ID != "" || a[0].Size != 3 {
		t.Fatalf("%+v", a)
	}
	changed := polls(t, db, phone, withFile(1, ""))
	if len(changed.Conversations) != 1 || len(changed.Arrived) != 0 {
		t.Errorf("changed %+v", changed)
	}
	for range 2 {
		polls(t, db, phone, withFile(1, inbox.MissingPending), withFile(1, inbox.MissingGone)) // late, and worse
		view = open(t, db, key)
		a := view.Messages[0].Attachments
		if len(view.Messages) != 2 || len(a) != 1 || a[0].Missing != "" || !view.Messages[0].At.Equal(start.Add(time.Minute)) {
			t.Fatalf("%+v", view.Messages[0])
		}
		f, err := db.File(t.Context(), a[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(data, []byte("jpg")) {
			t.Errorf("the file has %q, %v", data, err)
		}
		if hits := found(t, db, "stoel has:attachment"); len(hits) != 1 {
			t.Errorf("%d hits", len(hits))
		}
		keepsAfterRebuild(t, db)
	}
	if view.Preview != "Chat 2" || list(t, db, inbox.Unassigned)[0].Unread != 2 {
		t.Errorf("%q, %+v", view.Preview, view.Row)
	}
}

func TestAListShowsWhatHasNoText(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, withFile(1, inbox.MissingPending))
	if rows := list(t, db, inbox.Unassigned); rows[0].Preview != "stoel.jpg" {
		t.Errorf("%q", rows[0].Preview)
	}
	unshown := chatMessage(phone, 2, inbox.In, zoe)
	unshown.Text, unshown.Unshown = "", true
	polls(t, db, phone, chatted(phone, unshown))
	if rows := list(t, db, inbox.Unassigned); rows[0].Preview != chat.Unshown {
		t.Errorf("%q", rows[0].Preview)
	}
}

// TestADeletedChatComesBackWithTheNextMessageOnly (R12, R13).
func TestADeletedChatComesBackWithTheNextMessageOnly(t *testing.T) {
	db, _ := newChat(t)
	file := withFile(1, "")
	polls(t, db, phone, file, says(phone, 2, zoe))
	id := file.Message.Attachments[0].ID
	if _, err := db.File(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	log := &logBook{t: t, db: db}
	log.decide(me, &teamlog.Delete{Conversation: file.Message.Key, Covers: []inbox.Key{file.Message.Key, inbox.ChatKey(phone, "SM2")}})
	for range 2 {
		if rows := list(t, db, inbox.Unassigned); len(rows) != 0 {
			t.Errorf("%+v", rows)
		}
		_, err := db.File(t.Context(), id)
		wantCode(t, err, inbox.NotFound)
		polls(t, db, phone, file, withFile(1, inbox.MissingPending), says(phone, 2, zoe))
		keepsAfterRebuild(t, db)
	}
	polls(t, db, phone, says(phone, 3, zoe))
	rows := list(t, db, inbox.Unassigned)
	if len(rows) != 1 || rows[0].Unread != 1 {
		t.Fatalf("%+v", rows)
	}
	if view := open(t, db, inbox.ChatKey(phone, "SM3")); len(view.Messages) != 1 || view.Messages[0].Text != "Chat 3" {
		t.Errorf("%+v", view.Messages)
	}
	keepsAfterRebuild(t, db)
}

func TestArrivalsOfOneContactAreOneThread(t *testing.T) {
	db, _ := newChat(t)
	first := polls(t, db, phone, says(phone, 1, zoe)).Arrived
	second := polls(t, db, phone, wrote(phone, 2, zoe, inbox.StateSent), says(phone, 3, zoe), says(phone, 4, yusuf)).Arrived
	if len(first) != 1 || len(second) != 2 || first[0].Thread == "" || first[0].Thread != second[0].Thread || second[1].Thread == first[0].Thread {
		t.Errorf("%+v and %+v", first, second)
	}
}

// TestANotificationOfAChatCanBeWrittenAgain: by the same name and thread, and
// with words where the message has none.
func TestANotificationOfAChatCanBeWrittenAgain(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	log := &logBook{t: t, db: db}
	log.decide(me, &teamlog.ContactName{Conversation: inbox.ChatKey(phone, "SM1"), Name: "Zoë"})
	polls(t, db, phone, wrote(phone, 2, zoe, inbox.StateSent))
	arrived := polls(t, db, phone, withFile(3, inbox.MissingPending)).Arrived
	if len(arrived) != 1 || arrived[0].From != (inbox.Address{Name: "Zoë", Address: zoe}) || arrived[0].Preview != "stoel.jpg" {
		t.Fatalf("%+v", arrived)
	}
	n := inbox.NotificationRecord{EventID: arrived[0].ID, Conversation: arrived[0].Conversation, Occasion: inbox.OccasionUnassigned}
	again, found, err := db.Event(t.Context(), n)
	if err != nil || !found || again.Thread != arrived[0].Thread || again.From != arrived[0].From || again.Preview != "stoel.jpg" {
		t.Errorf("%+v, %v, %v", again, found, err)
	}
	assigned := log.decide("bram", &teamlog.Assign{Conversation: inbox.ChatKey(phone, "SM2"), To: me}).Assigned
	if len(assigned) != 1 || assigned[0].Thread != arrived[0].Thread {
		t.Errorf("assigned %+v", assigned)
	}
}

// TestAMessageWhoseWriterIsLearntLater: without details nobody says whose it
// was, so it counts as ours, which reopens nothing.
func TestAMessageWhoseWriterIsLearntLater(t *testing.T) {
	db, _ := newChat(t)
	unknown := wrote(phone, 1, zoe, "")
	unknown.Message.Text, unknown.Raw, unknown.Problem = "", nil, "It is not available on this computer."
	polls(t, db, phone, unknown)
	key := inbox.ChatKey(phone, "SM1")
	if m := open(t, db, key).Messages[0]; !m.SetAside || m.Direction != inbox.Out || len(m.Warnings) != 1 {
		t.Errorf("%+v", m)
	}
	better := says(phone, 1, zoe)
	better.Better = true
	polls(t, db, phone, better)
	for range 2 {
		view := open(t, db, key)
		if m := view.Messages[0]; m.SetAside || m.Direction != inbox.In || m.State != inbox.StateReceived || m.Text != "Chat 1" || len(m.Warnings) != 0 {
			t.Errorf("%+v", m)
		}
		if view.Unread != 1 || view.ReplyBy.IsZero() {
			t.Errorf("%+v", view.Row)
		}
		keepsAfterRebuild(t, db)
	}
	if n, err := db.SetAside(t.Context(), phone); err != nil || n != 0 {
		t.Errorf("%d set aside, %v", n, err)
	}
}
