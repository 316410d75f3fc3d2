package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"reflect"
	"testing"

	"postvak/backend/inbox"
)

// OutgoingMessage gives one message of the outbox, or NotFound.
func (db *DB) OutgoingMessage(ctx context.Context, key inbox.Key) (o inbox.Outgoing, err error) {
	found := false
	r := db.reading(ctx)
	id, err := findKey(r, key)
	if err != nil {
		return o, err
	}
	err = r.each(outgoingQuery+`WHERE o.message = ?`, []any{id}, func(rows *sql.Rows) error {
		found = true
		o, err = scanOutgoing(rows)
		return err
	})
	if err == nil && !found {
		err = noMessage()
	}
	return o, err
}

// answer queues our answer to a stored message.
func answer(t *testing.T, db *DB, to inbox.Fetched) Queueing {
	t.Helper()
	m := ourMail(5, carla, answers(1))
	q := Queueing{Message: m.Message, Conversation: to.Message.Key, Draft: inbox.Draft{Text: "Yes, of course."}, Rendered: inbox.Rendered{
		MessageID: m.Message.MessageID, From: ours, Recipients: []string{carla, "hidden@customer.example"}, Wire: []byte("wire"), Filed: m.Raw}}
	if _, err := db.Queue(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	return q
}

func TestQueueStoresTheMessageAndClearsTheDraft(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	if err := db.SaveDraft(t.Context(), question.Message.Key, inbox.Draft{Text: "Yes, of"}); err != nil {
		t.Fatal(err)
	}
	q := answer(t, db, question)
	if _, err := db.Queue(t.Context(), q); err != nil {
		t.Errorf("queueing again: %v", err)
	}
	view := open(t, db, question.Message.Key)
	if len(view.Messages) != 2 || view.Messages[1].State != inbox.StateQueued || view.Draft != nil {
		t.Fatalf("view %+v", view)
	}
	waiting, err := db.Outbox(t.Context())
	if err != nil || len(waiting) != 1 || waiting[0].State != inbox.OutQueued || waiting[0].Key != q.Message.Key {
		t.Fatalf("outbox %+v, %v", waiting, err)
	}
	if got, err := db.RenderedOf(t.Context(), q.Message.Key); err != nil || !reflect.DeepEqual(got, q.Rendered) {
		t.Errorf("rendered %+v, %v", got, err)
	}
}

func TestOutgoingStates(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	q := answer(t, db, question)
	o, err := db.OutgoingMessage(t.Context(), q.Message.Key)
	if err != nil {
		t.Fatal(err)
	}
	o.State, o.Reason, o.Doubt, o.Attempts, o.NextTry = inbox.OutAsk, "It is not known.", 1, 3, start
	if _, err := db.SetOutgoing(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got, err := db.OutgoingMessage(t.Context(), o.Key); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("stored %+v, want %+v (%v)", got, o, err)
	}
	if m := open(t, db, o.Key).Messages[1]; m.State != inbox.StateNeedsAttention || m.Reason != o.Reason {
		t.Errorf("shown as %s %q", m.State, m.Reason)
	}
	_, _, _, err = db.Cancel(t.Context(), o.Key)
	wantCode(t, err, inbox.Conflict)
	o.State, o.Doubt, o.Reason = inbox.OutFiled, 0, ""
	if _, err := db.SetOutgoing(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if waiting, _ := db.Outbox(t.Context()); len(waiting) != 0 {
		t.Errorf("outbox %+v", waiting)
	}
	if raw, err := db.Source(t.Context(), o.Key); err != nil || !bytes.Equal(raw, q.Rendered.Filed) {
		t.Errorf("source %q, %v", raw, err)
	}
	o.Key = "shop:nothing"
	_, err = db.SetOutgoing(t.Context(), o)
	wantCode(t, err, inbox.NotFound)
}

func TestTheServersCopyIsTheSameMessage(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	q := answer(t, db, question)
	theirs := ourMail(5, carla, answers(1), text("changed on the way by the server"))
	if theirs.Message.Key == q.Message.Key {
		t.Fatal("the copy is to differ")
	}
	storeBatch(t, db, inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderSent, UIDValidity: 1}, Messages: []inbox.Fetched{at(1, theirs)}})
	for _, key := range []inbox.Key{q.Message.Key, theirs.Message.Key} {
		if view := open(t, db, key); len(view.Messages) != 2 {
			t.Errorf("%s: %d messages, want 2", key, len(view.Messages))
		}
	}
}

func TestCancelGivesTheDraftBack(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	before := dump(t, db)
	q := answer(t, db, question)
	conversation, draft, changed, err := db.Cancel(t.Context(), q.Message.Key)
	if err != nil || conversation != question.Message.Key || draft.Text != q.Draft.Text || changed.Empty() {
		t.Fatalf("cancel: %q %+v %+v %v", conversation, draft, changed, err)
	}
	if after := dump(t, db); !reflect.DeepEqual(after, before) {
		t.Errorf("before %v\nafter %v", before, after)
	}
	if got := open(t, db, question.Message.Key); got.Draft == nil || got.Draft.Text != q.Draft.Text || len(got.Messages) != 1 {
		t.Errorf("conversation %+v", got)
	}
	_, _, _, err = db.Cancel(t.Context(), q.Message.Key)
	wantCode(t, err, inbox.NotFound)
}

// What nobody knows was sent is given back once a person gives it up, and not
// while it is looked up.
func TestGivingUpGivesTheDraftBack(t *testing.T) {
	db := newCache(t)
	question := mail(1, carla)
	store(t, db, question)
	q := answer(t, db, question)
	o := q.Outgoing
	o.Key, o.State, o.Doubt = q.Message.Key, inbox.OutUnknown, 1
	for _, state := range []inbox.OutgoingState{inbox.OutUnknown, inbox.OutSent, inbox.OutAsk} {
		o.State = state
		if _, err := db.SetOutgoing(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		_, _, _, err := db.Cancel(t.Context(), o.Key)
		wantCode(t, err, inbox.Conflict)
		if state == inbox.OutAsk {
			break
		}
		_, _, _, err = db.GiveUp(t.Context(), o.Key)
		wantCode(t, err, inbox.Conflict)
	}
	if _, draft, _, err := db.GiveUp(t.Context(), o.Key); err != nil || draft.Text != q.Draft.Text {
		t.Fatalf("%+v, %v", draft, err)
	}
	if got := open(t, db, question.Message.Key); got.Draft == nil || got.Draft.Text != q.Draft.Text || len(got.Messages) != 1 {
		t.Errorf("conversation %+v", got)
	}
}

func TestCancelOfANewConversationLeavesNothing(t *testing.T) {
	db := newCache(t)
	m := ourMail(1, carla)
	if _, err := db.Queue(t.Context(), Queueing{Message: m.Message, Rendered: inbox.Rendered{Wire: m.Raw, Filed: m.Raw, MessageID: m.Message.MessageID}}); err != nil {
		t.Fatal(err)
	}
	conversation, _, _, err := db.Cancel(t.Context(), m.Message.Key)
	if err != nil || conversation != "" {
		t.Fatalf("cancel: %q, %v", conversation, err)
	}
	if got := counts(t, db); len(got) != 0 {
		t.Errorf("counts %v", got)
	}
}
