package sqlite

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestADeletedChatStaysDeleted whatever is said of it afterwards: better copies,
// later states, the provider's answer to what was sent, and all of it again (R12).
func TestADeletedChatStaysDeleted(t *testing.T) {
	db, q := answeredChat(t, true)
	file := withFile(1, inbox.MissingPending)
	polls(t, db, phone, file)
	log := &logBook{t: t, db: db}
	keys := []inbox.Key{inbox.ChatKey(phone, "SM1"), q.Message.Key, adopted, file.Message.Key}
	log.decide(me, &teamlog.Delete{Conversation: keys[0], Covers: []inbox.Key{keys[0], adopted, file.Message.Key}})
	better, read := withFile(1, ""), wrote(phone, 5, zoe, inbox.StateRead)
	better.Better, read.Better = true, true
	renamed := chatMessage(phone, 5, inbox.In, zoe)
	renamed.Text = "it was theirs"
	turned := chatted(phone, renamed)
	turned.Better = true
	for range 2 {
		polls(t, db, phone, better, read, turned, says(phone, 1, zoe), wrote(phone, 5, zoe, inbox.StateFailed))
		_, _ = db.SetOutgoing(t.Context(), inbox.Outgoing{Key: q.Message.Key, Channel: phone, MessageID: "own-1", State: inbox.OutFiled, ProviderID: "SM5"})
		for _, key := range keys {
			_, err := db.Conversation(t.Context(), key, OpenQuery{})
			wantCode(t, err, inbox.NotFound)
			_, err = db.Source(t.Context(), key)
			wantCode(t, err, inbox.NotFound)
		}
		for _, section := range []inbox.Section{inbox.Unassigned, inbox.Mine, inbox.Others, inbox.Closed} {
			if rows := list(t, db, section); len(rows) != 0 {
				t.Errorf("%s: %+v", section, rows)
			}
		}
		_, err := db.File(t.Context(), better.Message.Attachments[0].ID)
		wantCode(t, err, inbox.NotFound)
		keepsAfterRebuild(t, db)
	}
}

// TestAnIdThatIsUsedAgainTakesNothingAway: a provider that gives an id to another
// contact's message moves none and shows none to the wrong reader.
func TestAnIdThatIsUsedAgainTakesNothingAway(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	other := says(phone, 1, yusuf)
	other.Better = true
	polls(t, db, phone, other, says(phone, 1, yusuf))
	view := open(t, db, inbox.ChatKey(phone, "SM1"))
	if len(view.Messages) != 1 || view.Contact.Address != zoe || len(list(t, db, inbox.Unassigned)) != 1 {
		t.Errorf("%+v", view)
	}
	polls(t, db, page, says(page, 1, psid)) // the same id at another provider is another message
	if n := len(list(t, db, inbox.Unassigned)); n != 2 {
		t.Errorf("%d conversations", n)
	}
	keepsAfterRebuild(t, db)
}

// TestMessagesOfAnyYear can be stored, listed and rebuilt, and end windows.
func TestMessagesOfAnyYear(t *testing.T) {
	db, now := newChat(t)
	for i, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1<<40, 0), start.AddDate(1, 0, 0), time.Date(2261, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999, time.UTC), time.Date(1<<20, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		m := chatMessage(phone, i+1, inbox.In, zoe[:len(zoe)-1]+string(rune('0'+i)))
		m.At = at
		polls(t, db, phone, chatted(phone, m))
		q := queueing(phone, 50, m.From.Address, "own-"+string(rune('a'+i)))
		q.Conversation = inbox.ChatKey(phone, m.ID)
		queues(t, db, q)
		if view := open(t, db, inbox.ChatKey(phone, m.ID)); len(view.Messages) != 2 {
			t.Errorf("%v: %d messages", at, len(view.Messages))
		}
	}
	if rows := list(t, db, inbox.Unassigned); len(rows) != 7 {
		t.Errorf("%d rows", len(rows))
	}
	for range 3 {
		*now = now.AddDate(2, 0, 0)
		if _, _, err := db.EndWindows(t.Context(), *now); err != nil {
			t.Error(err)
		}
		if _, _, err := db.ClosingWindows(t.Context(), *now, func(string, inbox.MemberID) bool { return false }); err != nil {
			t.Error(err)
		}
	}
	rebuilt(t, db)
}

// TestWhatAnotherChannelOfTheSameSenderSentIsTaken: of two equal texts, one by
// the team's channel and one by a private one with the same number, neither
// passes for the other (R34).
func TestWhatAnotherChannelOfTheSameSenderSentIsTaken(t *testing.T) {
	db, q := answeredChat(t, false)
	twin := inbox.ChannelID("twin")
	connect(t, db, append(chatChannels(), inbox.Channel{ID: twin, Kind: inbox.WhatsApp, Address: "+31201234567", Installer: me})...)
	lost := queueing(twin, 4, zoe, "own-9")
	queues(t, db, lost)
	polls(t, db, twin, wrote(twin, 5, zoe, inbox.StateSent))
	log := &logBook{t: t, db: db}
	polls(t, db, phone, wrote(phone, 6, zoe, inbox.StateSent))
	log.decide("bram", &teamlog.Sent{Conversation: adopted, Key: inbox.ChatKey(phone, "SM6"), By: "bram"})
	taken, err := db.TakenBy(t.Context(), twin, lost.Message.Key, []string{"SM5", "SM6", "SM7"})
	if err != nil || taken["SM5"] != inbox.HeldHere || taken["SM6"] != inbox.HeldByClaim || taken["SM7"] != inbox.HeldByNobody {
		t.Errorf("%v, %v", taken, err)
	}
	if taken, err = db.TakenBy(t.Context(), phone, q.Message.Key, []string{"SM5"}); err != nil || taken["SM5"] != inbox.HeldByNobody {
		t.Errorf("its own id is taken: %v, %v", taken, err)
	}
}

// TestTextsOfStrangersAreShownAsTheyRead: names, texts and file names that turn
// the direction of writing, lead elsewhere, or have no end.
func TestTextsOfStrangersAreShownAsTheyRead(t *testing.T) {
	db, _ := newChat(t)
	m := chatMessage(page, 1, inbox.In, psid)
	m.From.Name = "\u202eknab\u2066 Zoë\nFrom: bank"
	m.Text = "<img src=x onerror=alert(1)>\u202e\x00\x1b[2J"
	m.Files = []chat.File{
		{Name: "../../etc/passwd", Type: "image/png", Data: []byte("<svg onload=alert(1)>")},
		{Name: "C:\\Users\\x\\a.exe", Type: "text/html; charset=utf-8", Data: []byte("<script>")},
		{Name: "cod.\u202egpj.exe", Type: "nonsense\r\nX: y", Data: []byte("MZ")},
	}
	polls(t, db, page, chatted(page, m))
	view := open(t, db, inbox.ChatKey(page, "SM1"))
	got := view.Messages[0]
	if view.Contact.Name != "knab Zoë From: bank" || got.Text != "<img src=x onerror=alert(1)>[2J" {
		t.Errorf("%q, %q", view.Contact.Name, got.Text)
	}
	if len(got.Attachments) != 3 {
		t.Fatalf("%+v", got.Attachments)
	}
	for _, a := range got.Attachments {
		if a.Name == "" || strings.ContainsAny(a.Name, "/\\\u202e") || strings.ContainsAny(a.Type, " \r\n;") {
			t.Errorf("%q %q", a.Name, a.Type)
		}
	}
}
