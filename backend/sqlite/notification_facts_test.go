package sqlite

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestHasRead asks of a mail that came at 9:05, and of an assignment made at
// 9:07, in a conversation that began at 9:01.
func TestHasRead(t *testing.T) {
	began, came := start.Add(time.Minute), start.Add(5*time.Minute)
	assigned := start.Add(7 * time.Minute)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	for name, test := range map[string]struct {
		author         inbox.MemberID
		at             time.Time
		event          teamlog.Event
		mail, assigned bool
	}{
		"read all of it":                     {"bram", at(8), &teamlog.Read{UpTo: came}, true, true},
		"read it all before it was assigned": {"bram", at(6), &teamlog.Read{UpTo: came}, true, false},
		"read what was there before":         {"bram", at(6), &teamlog.Read{UpTo: began}, false, false},
		"somebody else read it":              {"carol", at(8), &teamlog.Read{UpTo: came}, false, false},
		"read up to later":                   {"bram", at(2), &teamlog.Read{UpTo: at(9)}, true, true},
		"wrote a note":                       {"bram", at(8), &teamlog.Note{Text: "n"}, true, true},
		"wrote a note before":                {"bram", at(4), &teamlog.Note{Text: "n"}, false, false},
		"answered":                           {"bram", at(8), &teamlog.Sent{Key: "shop:s", By: "bram"}, true, true},
		"closed it":                          {"bram", at(8), &teamlog.Close{}, true, true},
		"assigned it":                        {"bram", at(8), &teamlog.Assign{To: "carol"}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			first, second := mail(1, carla), mail(5, carla, answers(1))
			store(t, db, first, second)
			d := by(test.author, "d", named(test.event, first.Message.Key))
			d.At = test.at
			confirms(t, db, 1, d)
			for what, want := range map[time.Time]bool{came: test.mail, assigned: test.assigned} {
				if read, err := db.hasRead(t.Context(), second.Message.Key, "bram", what); err != nil || read != want {
					t.Errorf("read what came at %v: %v, %v", what, read, err)
				}
			}
		})
	}
}

func named(e teamlog.Event, key inbox.Key) teamlog.Event {
	switch e := e.(type) {
	case *teamlog.Read:
		e.Conversation = key
		return e
	case *teamlog.Sent:
		e.Conversation = key
		return e
	}
	return about(e, key)
}

// TestHasReadAsksEveryBook: what waits, what is private, what a snapshot kept;
// and nothing of what is not here.
func TestHasReadAsksEveryBook(t *testing.T) {
	db := newCache(t)
	pending, private, kept := mail(1, "a@x.example"), mail(2, "b@x.example"), mail(3, "c@x.example")
	store(t, db, pending, private, kept)
	read := func(m inbox.Fetched, id string) teamlog.Decision {
		return by(me, id, &teamlog.Read{Conversation: m.Message.Key, UpTo: m.Message.At})
	}
	d := read(kept, "kept")
	d.N = 1
	if _, err := db.AdoptSnapshot(t.Context(), Adoption{Cursor: teamlog.Cursor{Count: 1}, State: []byte("s"),
		Histories: func(fn func(inbox.Key, []teamlog.Decision) error) error {
			return fn(kept.Message.Key, []teamlog.Decision{d})
		}}); err != nil {
		t.Fatal(err)
	}
	waits(t, db, "mine", read(pending, "mine").Event)
	if _, err := db.AddPrivate(t.Context(), []teamlog.Decision{read(private, "p")}); err != nil {
		t.Fatal(err)
	}
	for _, m := range []inbox.Fetched{pending, private, kept} {
		if read, err := db.hasRead(t.Context(), m.Message.Key, me, m.Message.At); err != nil || !read {
			t.Errorf("%s: %v, %v", m.Message.From.Address, read, err)
		}
	}
	if read, err := db.hasRead(t.Context(), "shop:nowhere", me, start); err != nil || read {
		t.Errorf("nowhere: %v, %v", read, err)
	}
}

func TestUnreadIn(t *testing.T) {
	db := newCache(t)
	unread, read, gone := mail(1, "a@x.example"), mail(2, "b@x.example"), mail(3, "c@x.example")
	more := mail(4, "a@x.example", answers(1))
	store(t, db, unread, read, gone, more)
	confirms(t, db, 1, by(me, "r", &teamlog.Read{Conversation: read.Message.Key, UpTo: read.Message.At}),
		by(me, "g", &teamlog.Delete{Conversation: gone.Message.Key, Covers: []inbox.Key{gone.Message.Key}}))
	want := map[inbox.Key]bool{unread.Message.Key: true, more.Message.Key: true, read.Message.Key: false, gone.Message.Key: false, "shop:x": false}
	var keys []inbox.Key
	for key := range want {
		keys = append(keys, key)
	}
	if got, err := db.UnreadIn(t.Context(), keys); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("unread %v, %v; want %v", got, err, want)
	}
}

// TestAnEventIsGivenAgain as it was told of when it came.
func TestAnEventIsGivenAgain(t *testing.T) {
	db := newCache(t)
	first := mail(1, carla)
	m := mail(2, carla, answers(1, 7), text(strings.Repeat("long ", 200)))
	store(t, db, first)
	a := store(t, db, m).Arrived[0]
	n := noted(m, func(n *inbox.NotificationRecord) { n.Conversation, n.Occasion = a.Conversation, inbox.OccasionMine })
	adds(t, db, n)
	want := inbox.NotificationEvent{
		ID: n.EventID, Conversation: first.Message.Key, Channel: channel, Thread: a.Thread, At: a.At, Assignee: me, From: a.From,
		Subject: a.Subject, Preview: strings.Repeat("long ", 100), Answers: []string{"m1@example", "m7@example"},
	}
	if e, found, err := db.Event(t.Context(), n); err != nil || !found || !reflect.DeepEqual(e, want) {
		t.Errorf("event %+v, %v, %v; want %+v", e, found, err, want)
	}
	told := confirms(t, db, 1, by("bram", "a", assigns(first.Message.Key, "", me))).Assigned[0]
	assigned := inbox.NotificationRecord{EventID: told.ID, Occasion: inbox.OccasionAssigned, Conversation: told.Conversation, At: told.At}
	if e, found, err := db.Event(t.Context(), assigned); err != nil || !found || !reflect.DeepEqual(e, told.NotificationEvent) {
		t.Errorf("event %+v, %v, %v; want what was told: %+v", e, found, err, told)
	}
	all := []inbox.Key{first.Message.Key, m.Message.Key}
	confirms(t, db, 2, by(me, "g", &teamlog.Delete{Conversation: first.Message.Key, Covers: all}))
	for _, gone := range []inbox.NotificationRecord{n, assigned, {EventID: "shop:x", Conversation: "shop:x"}} {
		if e, found, err := db.Event(t.Context(), gone); err != nil || found {
			t.Errorf("deleted, and yet %+v, %v", e, err)
		}
	}
}

// TestAnArrivalSaysWhatItAnswers: at most twenty, the nearest; and what a
// teammate closed before it came.
func TestAnArrivalSaysWhatItAnswers(t *testing.T) {
	db := newCache(t)
	var many []int
	for i := range 50 {
		many = append(many, 100+i)
	}
	m := mail(1, carla, answers(many...))
	confirms(t, db, 1, by("bram", "a", &teamlog.Close{Conversation: m.Message.Key, Covers: []inbox.Key{m.Message.Key}}))
	a := store(t, db, m).Arrived
	if len(a) != 1 || !a[0].Closed || len(a[0].Answers) != 20 || a[0].Answers[19] != "m149@example" {
		t.Fatalf("arrived %+v", a)
	}
	report := mail(2, "mailer-daemon@relay.example", bounceOf(9))
	if a := store(t, db, report).Arrived; len(a) != 1 || a[0].Closed || fmt.Sprint(a[0].Answers) != "[m9@example]" {
		t.Errorf("arrived %+v", a)
	}
}

// TestHasSeenAsksNoClock: whether an assignment was seen is a matter of what
// had come to whose computer. Ann's clock is hours ahead, or behind.
func TestHasSeenAsksNoClock(t *testing.T) {
	for _, skew := range []time.Duration{-2 * time.Hour, 0, 2 * time.Hour} {
		for name, test := range map[string]struct {
			author inbox.MemberID
			seen   uint64 // how many records had come to the author
			want   bool
		}{
			"read before it was assigned": {"bram", 1, false},
			"read when it had come":       {"bram", 2, true},
			"somebody else read":          {"carol", 2, false},
		} {
			db := newCache(t)
			m := mail(1, carla)
			store(t, db, m)
			assign, read := by(me, "a", assigns(m.Message.Key, "", "bram")), by(test.author, "r", &teamlog.Read{Conversation: m.Message.Key, UpTo: m.Message.At})
			assign.At, read.At, read.Seen = start.Add(10*time.Minute+skew), start.Add(11*time.Minute), test.seen
			confirms(t, db, 1, by(me, "n", &teamlog.Note{Conversation: m.Message.Key, Text: "first"}), assign, read)
			row := inbox.NotificationRecord{
				EventID: assign.ID, Occasion: inbox.OccasionAssigned, Conversation: m.Message.Key, Member: "bram", Medium: inbox.MediumEmail, At: assign.At,
			}
			if got, err := db.HasSeen(t.Context(), row); err != nil || got != test.want {
				t.Errorf("%s, skew %v: %v, %v", name, skew, got, err)
			}
		}
	}
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	confirms(t, db, 1, by("bram", "r", &teamlog.Read{Conversation: m.Message.Key, UpTo: m.Message.At}))
	row := inbox.NotificationRecord{EventID: string(m.Message.Key), Occasion: inbox.OccasionMine, Conversation: m.Message.Key, Member: "bram", At: m.Message.At}
	if got, err := db.HasSeen(t.Context(), row); err != nil || !got {
		t.Errorf("a message: %v, %v", got, err)
	}
}
