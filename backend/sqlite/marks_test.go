package sqlite

import (
	"testing"

	"postvak/backend/inbox"
)

// TestMarks is R33 in the list: what was done and has not gone out is seen.
func TestMarks(t *testing.T) {
	db := newCache(t)
	question, other := mail(1, carla), mail(2, carla)
	store(t, db, question, other)
	q := answer(t, db, question)
	if err := db.SaveDraft(t.Context(), other.Message.Key, inbox.Draft{Text: "Yes"}); err != nil {
		t.Fatal(err)
	}
	marked := func() (Marks, Marks) {
		t.Helper()
		all, err := db.Marks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all[question.Message.Key], all[other.Message.Key]
	}
	if first, second := marked(); first != (Marks{Waiting: true}) || second != (Marks{Draft: true}) {
		t.Fatalf("waiting %+v, drafted %+v", first, second)
	}
	o, err := db.OutgoingMessage(t.Context(), q.Message.Key)
	if err != nil {
		t.Fatal(err)
	}
	for state, want := range map[inbox.OutgoingState]Marks{inbox.OutUnknown: {Waiting: true}, inbox.OutAsk: {Attention: true}, inbox.OutFailed: {Attention: true}, inbox.OutFiled: {}} {
		o.State = state
		if _, err := db.SetOutgoing(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if first, _ := marked(); first != want {
			t.Errorf("%s: %+v, want %+v", state, first, want)
		}
	}
	if view := open(t, db, question.Message.Key); !view.Messages[1].QueuedHere || view.Messages[0].QueuedHere {
		t.Error("what was written here is not known as such")
	}
}
