package sqlite

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// closes asks which windows are about to end.
func closes(t *testing.T, db *DB, now time.Time, known ...string) (ids []string, next time.Time) {
	t.Helper()
	events, next, err := db.ClosingWindows(t.Context(), now, func(id string, by inbox.MemberID) bool {
		for _, k := range known {
			if k == id+" "+string(by) {
				return true
			}
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		ids = append(ids, e.ID+" "+string(e.Assignee))
	}
	return ids, next
}

func TestWhoseWindowClosesWithinTheHour(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe), says(phone, 2, yusuf))
	polls(t, db, page, says(page, 3, psid))
	whatsapp, messenger := inbox.ChatKey(phone, "SM1"), inbox.ChatKey(page, "SM3")
	assign := func(id string, key inbox.Key, to inbox.MemberID) teamlog.Decision {
		d := by(me, id, assigns(key, "", to))
		d.At = start.Add(10 * time.Minute)
		return d
	}
	confirms(t, db, 1, assign("a1", whatsapp, "bram"), assign("a2", messenger, me))
	ends := func(key inbox.Key, minute int) string {
		view := open(t, db, key)
		thread := fmt.Sprintf("%016x", inbox.ChatThread(view.Channel, view.Contact.Address))
		return inbox.ClosingID(thread, start.Add(24*time.Hour+time.Duration(minute)*time.Minute)) + " " + string(view.Assignee)
	}
	first, second := ends(whatsapp, 1), ends(messenger, 3)
	day := start.Add(24 * time.Hour)
	for _, step := range []struct {
		now  time.Time
		want []string
		next time.Time
	}{
		{start.Add(time.Hour), nil, start.Add(23*time.Hour + time.Minute)},
		{start.Add(23*time.Hour + time.Minute - time.Millisecond), nil, start.Add(23*time.Hour + time.Minute)},
		{start.Add(23*time.Hour + time.Minute), []string{first}, start.Add(23*time.Hour + 2*time.Minute)}, // Yusuf's is nobody's
		{start.Add(23*time.Hour + 3*time.Minute), []string{first, second}, time.Time{}},
		{day.Add(time.Minute - time.Millisecond), []string{first, second}, time.Time{}},
		{day.Add(time.Minute), []string{second}, time.Time{}},
		{day.Add(3 * time.Minute), nil, time.Time{}},
	} {
		got, next := closes(t, db, step.now)
		if fmt.Sprint(got) != fmt.Sprint(step.want) || !next.Equal(step.next) {
			t.Errorf("at %v: %v, next %v; want %v, next %v", step.now, got, next, step.want, step.next)
		}
	}
	if got, _ := closes(t, db, day, first); fmt.Sprint(got) != fmt.Sprint([]string{second}) {
		t.Errorf("of what is known: %v", got)
	}
	// What a human agent may still write, for days, is no such event.
	if _, _, err := db.EndWindows(t.Context(), day.Add(3*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got, next := closes(t, db, start.Add(7*24*time.Hour-time.Minute)); len(got) != 0 || !next.IsZero() {
		t.Errorf("the end of a week: %v, %v", got, next)
	}
}

// What the line of the history tells of may be over by the time it is shown.
func TestAClosingWindowIsGivenAgain(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(db *DB, key inbox.Key)
		over    bool
	}{
		"nothing":     {func(*DB, inbox.Key) {}, false},
		"we answered": {func(db *DB, _ inbox.Key) { polls(t, db, phone, wrote(phone, 9, zoe, inbox.StateSent)) }, false},
		"somebody read it": {func(db *DB, key inbox.Key) {
			confirms(t, db, 2, by(me, "r", &teamlog.Read{Conversation: key, UpTo: start}))
		}, false},
		"the contact wrote again": {func(db *DB, _ inbox.Key) { polls(t, db, phone, says(phone, 9, zoe)) }, true},
		"it was closed": {func(db *DB, key inbox.Key) {
			confirms(t, db, 2, by(me, "c", &teamlog.Close{Conversation: key, Covers: []inbox.Key{key}}))
		}, true},
		"it is nobody's":        {func(db *DB, key inbox.Key) { confirms(t, db, 2, by(me, "u", assigns(key, "bram", ""))) }, true},
		"it is somebody else's": {func(db *DB, key inbox.Key) { confirms(t, db, 2, by(me, "u", assigns(key, "bram", me))) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := newChat(t)
			polls(t, db, phone, says(phone, 1, zoe))
			key := inbox.ChatKey(phone, "SM1")
			assigned := by(me, "a", assigns(key, "", "bram"))
			assigned.At = start
			confirms(t, db, 1, assigned)
			events, _, err := db.ClosingWindows(t.Context(), start.Add(23*time.Hour+30*time.Minute), func(string, inbox.MemberID) bool { return false })
			if err != nil || len(events) != 1 {
				t.Fatalf("%v, %v", events, err)
			}
			test.happens(db, key)
			row := events[0].RecordFor("bram", inbox.MediumDesktop)
			again, found, err := db.Event(t.Context(), row)
			want := events[0]
			want.Over = test.over
			if name == "we answered" {
				want.From = again.From
			}
			if err != nil || !found || fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", want) {
				t.Errorf("%+v, %v, %v; want %+v", again, found, err, want)
			}
			if !again.Closing() || again.OccasionFor("bram") != inbox.OccasionClosing {
				t.Errorf("it became %q", again.OccasionFor("bram"))
			}
		})
	}
}

// Whoever takes it on within the hour has the countdown before their eyes; who
// learns late of an older assignment is told.
func TestAWindowThatWasTakenOnWithinTheHour(t *testing.T) {
	db, _ := newChat(t)
	polls(t, db, phone, says(phone, 1, zoe))
	d := by(me, "a", assigns(inbox.ChatKey(phone, "SM1"), "", "bram"))
	d.At = start.Add(23*time.Hour + 2*time.Minute)
	confirms(t, db, 1, d)
	if got, _ := closes(t, db, start.Add(23*time.Hour+30*time.Minute)); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
