package sqlite

import (
	"reflect"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func assigns(key inbox.Key, was, to inbox.MemberID) teamlog.Event {
	return &teamlog.Assign{Conversation: key, Was: was, To: to}
}

// TestAnAssignmentIsTold with all that a notification of it says.
func TestAnAssignmentIsTold(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	arrived := store(t, db, m).Arrived
	changed := confirms(t, db, 1, by("bram", "a", assigns(key, "", me)))
	want := []Assignment{{NotificationEvent: inbox.NotificationEvent{
		ID: "a.0", Conversation: key, Channel: channel, Thread: arrived[0].Thread, At: start,
		Assignment: true, By: "bram", Device: "bram-1", Assignee: me, From: m.Message.From, Subject: "Subject 1",
	}, Stands: true}}
	if !reflect.DeepEqual(changed.Assigned, want) || changed.Empty() {
		t.Errorf("assigned %+v, want %+v", changed.Assigned, want)
	}
	if again := confirms(t, db, 1, by("bram", "a", assigns(key, "", me))).Assigned; len(again) > 1 || len(again) == 1 && !reflect.DeepEqual(again, want) {
		t.Errorf("what comes again is another: %+v", again)
	}
}

// TestWhatIsNoAssignment tells of nothing.
func TestWhatIsNoAssignment(t *testing.T) {
	undo := &teamlog.Assign{To: "bram", Was: me, Undo: "b.0"}
	for name, events := range map[string][]teamlog.Event{
		"to nobody":              {assigns("", "bram", "")},
		"to whose it is already": {assigns("", "bram", "bram")},
		"the second of two (R7)": {assigns("", "", me)},
		"taken back":             {assigns("", "bram", me), undo},
		"no assignment":          {&teamlog.Note{Text: "n"}, &teamlog.Close{}},
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			m := mail(1, carla)
			store(t, db, m)
			confirms(t, db, 1, by(me, "a", assigns(m.Message.Key, "", "bram")))
			var told []Assignment
			for i, e := range events {
				d := by("carol", string(rune('b'+i)), about(e, m.Message.Key))
				told = append(told, confirms(t, db, uint64(i)+2, d).Assigned...)
			}
			if want := len(events) - 1; name == "taken back" && (len(told) != want || told[0].ID != "b.0") {
				t.Errorf("told %+v", told)
			} else if name != "taken back" && len(told) != 0 {
				t.Errorf("told %+v", told)
			}
		})
	}
}

// about gives an event its conversation.
func about(e teamlog.Event, key inbox.Key) teamlog.Event {
	switch e := e.(type) {
	case *teamlog.Assign:
		e.Conversation = key
	case *teamlog.Note:
		e.Conversation = key
	case *teamlog.Close:
		e.Conversation = key
	}
	return e
}

// TestAPendingAssignmentIsNotTold until the log has it; a void verdict is none.
func TestAPendingAssignmentIsNotTold(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	d := by(me, "mine", assigns(key, "", "bram"))
	d.Pending = true
	changed, err := db.AddPending(t.Context(), "mine", []byte("mine"), []teamlog.Decision{d})
	if err != nil || len(changed.Assigned) != 0 {
		t.Fatalf("told %+v, %v", changed.Assigned, err)
	}
	void := by("dave", "v", assigns(key, "", me))
	void.Void = teamlog.NotAvailable
	if changed := confirms(t, db, 1, void); len(changed.Assigned) != 0 {
		t.Errorf("void, and told: %+v", changed.Assigned)
	}
	if changed := confirms(t, db, 2, d); len(changed.Assigned) != 1 || changed.Assigned[0].Assignee != "bram" {
		t.Errorf("confirmed, and told %+v", changed.Assigned)
	}
}

// TestAnAssignmentBeforeItsMail is told when the mail arrives; a first sync,
// which brings old mail, tells of nothing.
func TestAnAssignmentBeforeItsMail(t *testing.T) {
	for _, live := range []bool{true, false} {
		db := newCache(t)
		m := mail(1, carla)
		if changed := confirms(t, db, 1, by("bram", "a", assigns(m.Message.Key, "", me))); len(changed.Assigned) != 0 {
			t.Fatalf("told without its mail: %+v", changed.Assigned)
		}
		waits(t, db, "mine", assigns(m.Message.Key, me, "bram"))
		b := inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox}, Messages: []inbox.Fetched{m}, Live: live}
		if told := storeBatch(t, db, b).Assigned; live != (len(told) == 1 && told[0].ID == "a.0") || !live && len(told) != 0 {
			t.Errorf("live %v: told %+v", live, told)
		}
	}
}

// TestOneStretchGivesItOnAgain: only the last of them stands.
func TestOneStretchGivesItOnAgain(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	told := confirms(t, db, 1, by("bram", "a", assigns(key, "", me)), by("bram", "b", assigns(key, me, "carol"))).Assigned
	if len(told) != 2 || told[0].Stands || !told[1].Stands || told[1].Assignee != "carol" {
		t.Errorf("told %+v", told)
	}
}

// TestNothingOldIsTold: not by a rebuild, a snapshot, another member's view, or
// the log behind a snapshot.
func TestNothingOldIsTold(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	d := by("bram", "a", assigns(key, "", me))
	confirms(t, db, 1, d)
	d.N = 1
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	seen := func(what string, changed Changed, err error) {
		t.Helper()
		if err != nil || len(changed.Assigned) != 0 {
			t.Errorf("%s told %+v, %v", what, changed.Assigned, err)
		}
	}
	changed, err := db.SetMe(t.Context(), "carol")
	seen("another member", changed, err)
	changed, err = db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: 1, Hash: record(d).Hash}, State: []byte("s"),
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error { return fn(key, []teamlog.Decision{d}) }})
	seen("a snapshot", changed, err)
	if err := db.Backfill(t.Context(), []Record{record(d)}, []teamlog.Decision{d}); err != nil {
		t.Fatal(err)
	}
	changed, err = db.Settle(t.Context())
	seen("settling", changed, err)
	if view := open(t, db, key); view.Assignee != me {
		t.Errorf("assigned to %q", view.Assignee)
	}
}

// TestASnapshotWaitsForItsMail: what stands in it is old, also where the log
// behind it is here.
func TestASnapshotWaitsForItsMail(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	d := by("bram", "a", assigns(m.Message.Key, "", me))
	d.N = 1
	_, err := db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: 1, Hash: record(d).Hash}, State: []byte("s"),
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error {
			return fn(m.Message.Key, []teamlog.Decision{d})
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Backfill(t.Context(), []Record{record(d)}, []teamlog.Decision{d}); err != nil {
		t.Fatal(err)
	}
	if changed := store(t, db, m); len(changed.Arrived) != 1 || changed.Arrived[0].Assignee != me || len(changed.Assigned) != 0 {
		t.Errorf("changed %+v", changed)
	}
}

// TestAThreadHasOneName: alike for every message of a thread and every desktop,
// whatever either learnt first.
func TestAThreadHasOneName(t *testing.T) {
	first, second, third := mail(1, carla), mail(2, carla, answers(1)), mail(3, carla, answers(1, 2))
	here, there := newCache(t), newCache(t)
	storeBatch(t, there, inbox.Batch{Channel: channel, Folder: inbox.FolderState{Role: inbox.FolderInbox}, Messages: []inbox.Fetched{second}})
	store(t, here, first)
	a, b := store(t, here, second, third).Arrived, store(t, there, third).Arrived
	if a[0].Conversation == b[0].Conversation {
		t.Fatal("both know it by the same key, so this shows nothing")
	}
	if a[0].Thread == "" || a[0].Thread != a[1].Thread || a[1].Thread != b[0].Thread {
		t.Errorf("threads %q, %q, %q", a[0].Thread, a[1].Thread, b[0].Thread)
	}
	d := by("bram", "a", assigns(first.Message.Key, "", me))
	if told := confirms(t, here, 1, d).Assigned; len(told) != 1 || told[0].Thread != a[0].Thread {
		t.Errorf("assigned %+v", told)
	}
	if other := store(t, here, mail(4, carla)).Arrived; other[0].Thread == a[0].Thread {
		t.Errorf("another thread has the same name")
	}
	bare := func(m *inbox.Message) { m.MessageID = "" }
	if x, y := store(t, here, mail(5, carla, bare)).Arrived, store(t, here, mail(6, carla, bare)).Arrived; x[0].Thread == y[0].Thread {
		t.Error("two mails without a Message-ID are one thread")
	}
}
