package sqlite

import (
	"database/sql"
	"reflect"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const carla = "carla@customer.example"

func TestDecisionsMoveAConversation(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	step := func(what string, want inbox.Section, events ...teamlog.Event) {
		t.Helper()
		if len(events) > 0 {
			book.decide(me, events...)
		}
		if got := open(t, db, key); got.Section != want {
			t.Errorf("%s: stands in %s, want %s", what, got.Section, want)
		}
		if got := counts(t, db); len(got) != 1 || got[want][0] != 1 {
			t.Errorf("%s: counts %v", what, got)
		}
	}
	step("new (R1)", inbox.Unassigned)
	step("assigned to me (R4)", inbox.Mine, &teamlog.Assign{Conversation: key, To: me})
	step("assigned to another (R4)", inbox.Others, &teamlog.Assign{Conversation: key, To: "bram", Was: me})
	step("closed (R8)", inbox.Closed, &teamlog.Close{Conversation: key, Covers: []inbox.Key{key}})
	store(t, db, mail(2, carla, answers(1)))
	step("the contact wrote again (R9)", inbox.Others)
	if got := open(t, db, key); got.Assignee != "bram" {
		t.Errorf("assignee %q after reopening, want bram (R9)", got.Assignee)
	}
	if got := len(open(t, db, key).Activity); got != 3 {
		t.Errorf("%d lines of activity, want 3", got)
	}
}

func TestOldThreadsStartClosedAndNotifyNobody(t *testing.T) {
	db := newCache(t)
	since := shop()
	since.OpenSince = mail(10, carla).Message.At
	connect(t, db, since)
	changed := store(t, db, mail(1, carla), mail(11, "dave@other.example"))
	want := map[inbox.Section][2]int{inbox.Closed: {1, 0}, inbox.Unassigned: {1, 1}}
	if got := counts(t, db); !reflect.DeepEqual(got, want) {
		t.Errorf("counts %v, want %v (R36)", got, want)
	}
	if len(changed.Arrived) != 1 || changed.Arrived[0].From.Address != "dave@other.example" {
		t.Errorf("arrived %+v", changed.Arrived)
	}
}

// TestWhatArrives: what it is worth to whom is decided elsewhere (R14).
func TestWhatArrives(t *testing.T) {
	for name, test := range map[string]struct {
		message inbox.Fetched
		live    bool
		want    int
	}{
		"new mail":              {mail(1, carla), true, 1},
		"mail of a first sync":  {mail(1, carla), false, 0},
		"what we wrote (R15)":   {ourMail(1, carla), true, 0},
		"an automatic reply":    {mail(1, carla, func(m *inbox.Message) { m.Nature = inbox.NatureAutoReply }), true, 1},
		"a mailing list":        {mail(1, carla, func(m *inbox.Message) { m.Nature = inbox.NatureList }), true, 1},
		"what was read already": {inbox.Fetched{Message: mail(1, carla).Message, Raw: mail(1, carla).Raw, Seen: true}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			changed := storeBatch(t, newCache(t), inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox},
				Live: test.live, Messages: []inbox.Fetched{test.message}})
			if len(changed.Arrived) != test.want {
				t.Errorf("arrived %+v, want %d", changed.Arrived, test.want)
			}
		})
	}
}

func TestDeletedForGood(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	file := inbox.Attachment{Name: "secret.txt", Type: "text/plain", Data: []byte("the secret of the bakery")}
	first := mail(1, carla, func(m *inbox.Message) { m.Attachments, m.Text = []inbox.Attachment{file}, "sourdough" })
	later := mail(2, carla, answers(1), func(m *inbox.Message) { m.Text = "sourdough too" })
	store(t, db, first)
	stored, err := db.File(t.Context(), first.Message.Attachments[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SaveDraft(t.Context(), first.Message.Key, inbox.Draft{Text: "draft"}); err != nil {
		t.Fatal(err)
	}
	book.decide(me, &teamlog.Delete{Conversation: first.Message.Key, Covers: []inbox.Key{first.Message.Key, later.Message.Key}})
	store(t, db, first, later) // a later sync brings both again (R12)
	_, err = db.Conversation(t.Context(), first.Message.Key, OpenQuery{})
	wantCode(t, err, inbox.NotFound)
	_, err = db.Source(t.Context(), first.Message.Key)
	wantCode(t, err, inbox.NotFound)
	_, err = db.File(t.Context(), first.Message.Attachments[0].ID)
	wantCode(t, err, inbox.NotFound)
	if hashOf(stored.Path) != "" {
		t.Error("the attachment is still on the disk")
	}
	if got := found(t, db, "sourdough"); len(got) != 0 {
		t.Errorf("search finds %v", got)
	}
	if got := counts(t, db); len(got) != 0 {
		t.Errorf("counts %v", got)
	}
	for _, table := range []string{"sources", "messages", "bodies", "drafts", "attachments", "outbox", "conversations"} {
		absent(t, db, table, "sourdough", "secret", carla)
	}
	again := mail(3, carla, answers(2))
	store(t, db, again)
	view := open(t, db, first.Message.Key)
	if len(view.Messages) != 1 || view.Messages[0].Key != again.Message.Key || view.Section != inbox.Unassigned || view.Draft != nil {
		t.Errorf("after a new message: %+v (R13)", view)
	}
}

// absent looks for words in every column of a table.
func absent(t *testing.T, db *DB, table string, words ...string) {
	t.Helper()
	rows, err := db.readers.QueryContext(t.Context(), "SELECT * FROM "+table)
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		columns, _ := rows.Columns()
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		err := rows.Scan(into...)
		for _, word := range words {
			for i, value := range values {
				if text, ok := value.(string); ok && contains(text, word) {
					t.Errorf("%s.%s still has %q: %q", table, columns[i], word, text)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPendingIsShownAndTakenBack(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	m := mail(1, carla)
	store(t, db, m)
	assign := book.decision(me, &teamlog.Assign{Conversation: m.Message.Key, To: me})
	for range 2 {
		if _, err := db.AddPending(t.Context(), "r1", []byte("record"), []teamlog.Decision{assign}); err != nil {
			t.Fatal(err)
		}
	}
	if row := list(t, db, inbox.Mine); len(row) != 1 || !row[0].Pending {
		t.Fatalf("rows %+v", row)
	}
	if waiting, err := db.PendingRecords(t.Context()); err != nil || len(waiting) != 1 || string(waiting[0].Record) != "record" {
		t.Fatalf("waiting %v, %v", waiting, err)
	}
	if _, err := db.DropPending(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	if row := list(t, db, inbox.Unassigned); len(row) != 1 || row[0].Pending {
		t.Fatalf("taken back: %+v", row)
	}
}

func TestConfirmedWithTheVerdictOfTheLog(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	m := mail(1, carla)
	store(t, db, m)
	assign := book.decision(me, &teamlog.Assign{Conversation: m.Message.Key, To: "bram"})
	if _, err := db.AddPending(t.Context(), "r1", []byte("record"), []teamlog.Decision{assign}); err != nil {
		t.Fatal(err)
	}
	assign.Void = teamlog.NotAvailable
	if _, err := db.Apply(t.Context(), Applied{Records: []Record{{N: assign.N, ID: "r1"}}, Decisions: []teamlog.Decision{assign},
		Cursor: teamlog.Cursor{Pos: teamlog.Pos{Epoch: "e", N: assign.N}, Count: 1}}); err != nil {
		t.Fatal(err)
	}
	view := open(t, db, m.Message.Key)
	if view.Section != inbox.Unassigned || view.Pending || len(view.Activity) != 1 || view.Activity[0].Void != teamlog.NotAvailable {
		t.Errorf("view %+v", view)
	}
	if cursor, err := db.Cursor(t.Context()); err != nil || cursor.Pos.N != assign.N || cursor.Count != 1 {
		t.Errorf("cursor %+v, %v", cursor, err)
	}
	if waiting, _ := db.PendingRecords(t.Context()); len(waiting) != 0 {
		t.Errorf("still waiting: %v", waiting)
	}
}

func TestWhoWroteAnAnswer(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	answer := ourMail(1, carla)
	store(t, db, answer)
	book.decide("bram", &teamlog.Sent{Conversation: answer.Message.Key, Key: answer.Message.Key, By: "bram"})
	if got := open(t, db, answer.Message.Key).Messages[0].Author; got != "bram" {
		t.Errorf("author %q, want bram", got)
	}
}

// Two say that they wrote the same message: whoever says it later takes it from
// nobody, in whatever order a desktop hears of the two and of the message.
func TestTheFirstToSaySoWroteAnAnswer(t *testing.T) {
	answer := ourMail(1, carla)
	sent := func(by inbox.MemberID) teamlog.Event {
		return &teamlog.Sent{Conversation: answer.Message.Key, Key: answer.Message.Key, By: by}
	}
	for name, hears := range map[string]func(db *DB){
		"the message, then both": func(db *DB) {
			store(t, db, answer)
			confirms(t, db, 1, by("bram", "first", sent("bram")))
			confirms(t, db, 2, by(me, "second", sent(me)))
		},
		"both, then the message": func(db *DB) {
			confirms(t, db, 1, by("bram", "first", sent("bram")), by(me, "second", sent(me)))
			store(t, db, answer)
		},
		"the own word before the other's": func(db *DB) {
			store(t, db, answer)
			own := waits(t, db, "second", sent(me))
			confirms(t, db, 1, by("bram", "first", sent("bram")), own)
		},
	} {
		db := newCache(t)
		hears(db)
		if got := open(t, db, answer.Message.Key).Messages[0].Author; got != "bram" {
			t.Errorf("%s: author %q, want bram", name, got)
		}
	}
}

func TestAMemberWhoLeftHasNothingAssigned(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	m := mail(1, carla)
	store(t, db, m)
	book.decide(me, &teamlog.Assign{Conversation: m.Message.Key, To: "bram"})
	_, err := db.Apply(t.Context(), Applied{Removals: map[inbox.MemberID][]uint64{"bram": {9}}})
	if err != nil {
		t.Fatal(err)
	}
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("unassigned %+v", rows)
	}
}

func TestOpenedForAnotherMember(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	m := mail(1, carla)
	store(t, db, m)
	(&logBook{t: t, db: db}).decide(me, &teamlog.Assign{Conversation: m.Message.Key, To: me})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	other := options()
	other.Me = "bram"
	if rows := list(t, openAt(t, dir, other), inbox.Others); len(rows) != 1 {
		t.Errorf("others %+v", rows)
	}
}
