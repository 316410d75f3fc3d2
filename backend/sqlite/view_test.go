package sqlite

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func long(t testing.TB, db *DB, n int) (messages []inbox.Fetched) {
	t.Helper()
	for i := range n {
		messages = append(messages, mail(i, carla, answers(max(i-1, 0)), func(m *inbox.Message) { m.HTML = strings.Repeat("x", 100<<10) }))
	}
	store(t, db, messages...)
	return messages
}

func TestPagesOfAConversation(t *testing.T) {
	db := newCache(t)
	messages := long(t, db, 25)
	var got []inbox.Key
	for q := (OpenQuery{Limit: 10}); ; {
		view, err := db.Conversation(t.Context(), messages[3].Message.Key, q)
		if err != nil {
			t.Fatal(err)
		}
		var page []inbox.Key
		for _, m := range view.Messages {
			page = append(page, m.Key)
		}
		got = append(page, got...)
		if q.Before = view.Next; q.Before == "" {
			break
		}
	}
	for i, m := range messages {
		if len(got) != 25 || got[i] != m.Message.Key {
			t.Fatalf("pages put together give %v", got)
		}
	}
	around, err := db.Conversation(t.Context(), messages[0].Message.Key, OpenQuery{Around: messages[12].Message.Key, Limit: 5})
	if err != nil || len(around.Messages) != 5 || around.Messages[2].Key != messages[12].Message.Key {
		t.Errorf("around %+v, %v", around, err)
	}
	_, err = db.Conversation(t.Context(), messages[0].Message.Key, OpenQuery{Before: "yesterday"})
	wantCode(t, err, inbox.Invalid)
}

func TestAPageCarriesOnlySoMuchHTML(t *testing.T) {
	db := newCache(t)
	messages := long(t, db, 5)
	filled := 0
	for _, m := range open(t, db, messages[0].Message.Key).Messages {
		if !m.HasHTML {
			t.Errorf("%s is said to have no HTML", m.Key)
		}
		if m.HTML != "" {
			filled++
		}
	}
	if filled != 2 {
		t.Errorf("%d messages of 100 kB carry HTML, want 2 in 256 kB", filled)
	}
}

func TestEarlierConversations(t *testing.T) {
	db := newCache(t)
	one, two, other := mail(1, carla), mail(2, carla), mail(3, "dave@other.example")
	store(t, db, one, two, other)
	if view := open(t, db, two.Message.Key); len(view.Earlier) != 1 || view.Earlier[0].ID != one.Message.Key {
		t.Errorf("earlier %+v", view.Earlier)
	}
}

func TestUnknownKeys(t *testing.T) {
	db := newCache(t)
	for _, key := range []inbox.Key{"", "shop:nothing", "' OR 1=1 --"} {
		_, err := db.Conversation(t.Context(), key, OpenQuery{})
		wantCode(t, err, inbox.NotFound)
		_, err = db.HTML(t.Context(), key)
		wantCode(t, err, inbox.NotFound)
		_, err = db.Source(t.Context(), key)
		wantCode(t, err, inbox.NotFound)
		_, err = db.Message(t.Context(), key)
		wantCode(t, err, inbox.NotFound)
		_, _, err = db.State(t.Context(), key)
		wantCode(t, err, inbox.NotFound)
	}
}

func TestStateNamesWhatADecisionCovers(t *testing.T) {
	db := newCache(t)
	one, two := mail(1, carla), ourMail(2, carla, answers(1))
	store(t, db, one, two)
	_, facts, err := db.State(t.Context(), two.Message.Key)
	if err != nil || facts.ID != one.Message.Key || len(facts.Keys) != 2 || len(facts.Inbound) != 1 || facts.Inbound[0] != one.Message.Key ||
		!facts.Last.Equal(two.Message.At) || facts.Channel != channel {
		t.Errorf("facts %+v, %v", facts, err)
	}
}
