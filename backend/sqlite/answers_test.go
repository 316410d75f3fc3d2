package sqlite

import (
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestAnsweredWhileWriting: what somebody else sent after a draft was begun,
// whether the message or its event is here first.
func TestAnsweredWhileWriting(t *testing.T) {
	db := newCache(t)
	question, old := mail(1, carla), ourMail(2, carla, answers(1))
	store(t, db, question, old)
	key := question.Message.Key
	answered := func() (keys []string) {
		t.Helper()
		all, err := db.AnsweredSince(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			keys = append(keys, strings.TrimPrefix(string(a.Key), "shop:")+" "+string(a.By))
		}
		return keys
	}
	if got := answered(); got != nil {
		t.Errorf("without a draft: %q", got)
	}
	for _, text := range []string{"Dear", "Dear Carla"} {
		if err := db.SaveDraft(t.Context(), key, inbox.Draft{Text: text}); err != nil {
			t.Fatal(err)
		}
		store(t, db, mail(3, carla, answers(1)))
	}
	if got := answered(); got != nil {
		t.Errorf("nobody answered: %q", got)
	}
	confirms(t, db, 1, by("bram", "sent", &teamlog.Sent{Conversation: key, Key: "shop:announced", By: "bram"}),
		by(me, "own", &teamlog.Sent{Conversation: key, Key: "shop:mine", By: me}))
	if got := answered(); !slices.Equal(got, []string{"announced bram"}) {
		t.Errorf("announced: %q", got)
	}
	earlier := ourMail(0, carla, answers(1)) // sent before the newest message, learnt after it
	store(t, db, earlier)
	want := []string{"announced bram", strings.TrimPrefix(string(earlier.Message.Key), "shop:") + " "}
	if got := answered(); !slices.Equal(got, want) {
		t.Errorf("answered %q, want %q", got, want)
	}
	if err := db.SaveDraft(t.Context(), key, inbox.Draft{}); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveDraft(t.Context(), key, inbox.Draft{Text: "anew"}); err != nil {
		t.Fatal(err)
	}
	if got := answered(); got != nil {
		t.Errorf("a draft begun anew knows them: %q", got)
	}
}

func TestWhoIsWriting(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	confirms(t, db, 1, by("bram", "d", &teamlog.Drafting{Conversation: m.Message.Key}))
	if got := open(t, db, m.Message.Key).Drafting; len(got) != 1 || got[0].Member != "bram" {
		t.Errorf("writing: %+v", got)
	}
}

// TestAMentionMarksUnread: a note for somebody shows as unread to them.
func TestAMentionMarksUnread(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	m.Seen = true
	store(t, db, m)
	confirms(t, db, 1, by("bram", "n", &teamlog.Note{Conversation: m.Message.Key, Text: "@anna look", Mentions: []inbox.MemberID{me}}))
	view := open(t, db, m.Message.Key)
	if view.Unread != 1 || len(view.Notes) != 1 || !slices.Equal(view.Notes[0].Mentions, []inbox.MemberID{me}) {
		t.Errorf("unread %d, notes %+v", view.Unread, view.Notes)
	}
}
