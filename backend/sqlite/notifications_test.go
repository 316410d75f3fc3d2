package sqlite

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// noted is a line of the history about a message.
func noted(m inbox.Fetched, change ...func(*inbox.NotificationRecord)) inbox.NotificationRecord {
	n := inbox.NotificationRecord{
		EventID: string(m.Message.Key), Occasion: inbox.OccasionUnassigned, Conversation: m.Message.Key, Thread: "t", Channel: channel,
		At: m.Message.At, Member: me, Medium: inbox.MediumDesktop, Outcome: inbox.OutcomeShown, Contact: m.Message.From.Address,
		Decided: start,
	}
	for _, c := range change {
		c(&n)
	}
	return n
}

func waiting(due time.Time) func(*inbox.NotificationRecord) {
	return func(n *inbox.NotificationRecord) {
		n.Outcome, n.Due, n.Decided = inbox.OutcomeWaiting, due, time.Time{}
	}
}

func byMail(outcome inbox.NotificationOutcome, member inbox.MemberID) func(*inbox.NotificationRecord) {
	return func(n *inbox.NotificationRecord) { n.Medium, n.Outcome, n.Member = inbox.MediumEmail, outcome, member }
}

func adds(t *testing.T, db *DB, all ...inbox.NotificationRecord) []inbox.NotificationRecord {
	t.Helper()
	fresh, err := db.AddNotifications(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func waitsFor(t *testing.T, db *DB, medium inbox.Medium) []inbox.NotificationRecord {
	t.Helper()
	all, err := db.WaitingNotifications(t.Context(), medium)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func told(t *testing.T, db *DB, q HistoryQuery) (events []string) {
	t.Helper()
	rows, _, err := db.NotificationHistory(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		events = append(events, fmt.Sprint(r.EventID, " ", r.Member, " ", r.Medium, " ", r.Outcome, " ", r.Reason))
	}
	return events
}

// TestAnEventIsNotedOnce: one event, one member, one medium.
func TestAnEventIsNotedOnce(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	first := noted(m, waiting(start.Add(time.Minute)))
	if fresh := adds(t, db, first, noted(m, byMail("", me)), noted(m, byMail("", "bram")), first); len(fresh) != 3 {
		t.Errorf("%d are new: %+v", len(fresh), fresh)
	}
	if fresh := adds(t, db, noted(m)); len(fresh) != 0 {
		t.Errorf("new again: %+v", fresh)
	}
	if all := waitsFor(t, db, inbox.MediumDesktop); len(all) != 1 || !reflect.DeepEqual(all[0], first) {
		t.Errorf("%+v waits, want %+v", all, first)
	}
	if all := waitsFor(t, db, inbox.MediumEmail); len(all) != 2 {
		t.Errorf("%+v wait", all)
	}
}

// TestWhatIsHeldBackWaits: it has an outcome already, and may get another.
func TestWhatIsHeldBackWaits(t *testing.T) {
	db := newCache(t)
	early, late, done := mail(1, carla), mail(2, carla), mail(3, carla)
	store(t, db, early, late, done)
	held := func(minutes int) func(*inbox.NotificationRecord) {
		return func(n *inbox.NotificationRecord) {
			n.Outcome, n.Reason, n.Due = inbox.OutcomeSuppressed, inbox.ReasonQuiet, start.Add(time.Duration(minutes)*time.Minute)
		}
	}
	adds(t, db, noted(late, held(20)), noted(early, held(10)), noted(done))
	all := waitsFor(t, db, inbox.MediumDesktop)
	if len(all) != 2 || all[0].EventID != string(early.Message.Key) {
		t.Fatalf("%+v wait", all)
	}
	if events := told(t, db, HistoryQuery{}); len(events) != 3 {
		t.Errorf("the history has %q", events)
	}
	all[0].Outcome, all[0].Reason, all[0].Due, all[0].Detail = inbox.OutcomeShown, inbox.ReasonDigest, time.Time{}, "d"
	unknown := noted(mail(9, carla))
	if err := db.SetNotifications(t.Context(), []inbox.NotificationRecord{all[0], unknown}); err != nil {
		t.Fatal(err)
	}
	if left := waitsFor(t, db, inbox.MediumDesktop); len(left) != 1 || left[0].EventID != string(late.Message.Key) {
		t.Errorf("%+v wait", left)
	}
	want := []string{
		string(done.Message.Key) + " anna desktop shown ", string(late.Message.Key) + " anna desktop suppressed quiet_hours",
		string(early.Message.Key) + " anna desktop shown digest",
	}
	if events := told(t, db, HistoryQuery{}); !reflect.DeepEqual(events, want) {
		t.Errorf("the history has %q, want %q", events, want)
	}
}

// TestHistoryByPages: the newest event first, whoever's, without what waits.
func TestHistoryByPages(t *testing.T) {
	db := newCache(t)
	var messages []inbox.Fetched
	for i := range 12 {
		messages = append(messages, mail(i/3, fmt.Sprintf("c%d@customer.example", i)))
	}
	store(t, db, messages...)
	for i := range messages {
		m := messages[(i*5)%12]
		adds(t, db, noted(m), noted(m, byMail(inbox.OutcomeSent, "bram")), noted(m, byMail("", me)))
	}
	for name, member := range map[string]inbox.MemberID{"all": "", "mine": me, "nobody": "carol"} {
		var all []HistoryRow
		after := ""
		for {
			rows, next, err := db.NotificationHistory(t.Context(), HistoryQuery{Member: member, After: after, Limit: 5})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, rows...)
			if after = next; next == "" {
				break
			}
		}
		want := map[string]int{"all": 24, "mine": 12, "nobody": 0}[name]
		if len(all) != want {
			t.Errorf("%s: %d lines, want %d", name, len(all), want)
		}
		for i, r := range all {
			if i > 0 && (r.At.After(all[i-1].At) || r.seq == all[i-1].seq) {
				t.Errorf("%s: line %d is at %v after %v", name, i, r.At, all[i-1].At)
			}
			if r.ContactName == "" || r.Subject == "" || r.Outcome == "" {
				t.Errorf("%s: line %+v", name, r)
			}
		}
	}
	_, _, err := db.NotificationHistory(t.Context(), HistoryQuery{After: "x.1"})
	wantCode(t, err, inbox.Invalid)
}

// TestHistoryGoesWithItsConversation is R12, also for what comes too late; and
// R13: what came after it stays.
func TestHistoryGoesWithItsConversation(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	gone, kept := mail(1, carla), mail(2, "dave@other.example")
	store(t, db, gone, kept)
	assigned := func(n *inbox.NotificationRecord) { n.EventID, n.Occasion = "d9", inbox.OccasionAssigned }
	adds(t, db, noted(gone), noted(gone, assigned), noted(gone, byMail("", "bram")), noted(kept))
	waits := waitsFor(t, db, inbox.MediumEmail)
	book.decide(me, &teamlog.Delete{Conversation: gone.Message.Key, Covers: []inbox.Key{gone.Message.Key}})
	if err := db.SetNotifications(t.Context(), waits); err != nil {
		t.Fatal(err)
	}
	if fresh := adds(t, db, noted(gone), noted(gone, assigned)); len(fresh) != 0 {
		t.Errorf("comes back: %+v", fresh)
	}
	var lines int
	if _, err := db.reading(t.Context()).one("SELECT count(*) FROM notifications", nil, &lines); err != nil || lines != 1 {
		t.Fatalf("%d lines, %v", lines, err)
	}
	again := mail(3, carla, answers(1))
	arrived := store(t, db, again).Arrived
	if len(arrived) != 1 {
		t.Fatalf("arrived %+v", arrived)
	}
	lives := func(n *inbox.NotificationRecord) { n.Conversation = arrived[0].Conversation }
	if fresh := adds(t, db, noted(again, lives), noted(again, lives, assigned)); len(fresh) != 2 {
		t.Errorf("of the conversation that lives again only %+v", fresh)
	}
	if _, err := db.AddPrivate(t.Context(), nil); err != nil { // any write
		t.Fatal(err)
	}
	book.decide(me, &teamlog.Note{Conversation: again.Message.Key, Text: "folds it anew"})
	if events := told(t, db, HistoryQuery{}); len(events) != 3 {
		t.Errorf("the history has %q", events)
	}
}

// TestHistoryOutlivesARebuild: it exists nowhere else.
func TestHistoryOutlivesARebuild(t *testing.T) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	m, gone := mail(1, carla), mail(2, "dave@other.example")
	store(t, db, m, gone)
	adds(t, db, noted(m), noted(m, byMail("", me)), noted(gone))
	book.decide(me, &teamlog.Delete{Conversation: gone.Message.Key, Covers: []inbox.Key{gone.Message.Key}})
	before, _, err := db.NotificationHistory(t.Context(), HistoryQuery{})
	if err != nil || len(before) != 1 || before[0].Subject != "Subject 1" {
		t.Fatalf("history %+v, %v", before, err)
	}
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	after, _, err := db.NotificationHistory(t.Context(), HistoryQuery{})
	if err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("history %+v, %v; want %+v", after, err, before)
	}
	if all := waitsFor(t, db, inbox.MediumEmail); len(all) != 1 {
		t.Errorf("%+v wait", all)
	}
}

// TestOldHistoryIsDropped counts from when a line came in: what a sender says
// of the time keeps nothing.
func TestOldHistoryIsDropped(t *testing.T) {
	now := start
	opt := options()
	opt.Now = func() time.Time { return now }
	db := openAt(t, t.TempDir(), opt)
	connect(t, db, shop())
	m := mail(1, carla)
	store(t, db, m)
	future := func(n *inbox.NotificationRecord) { n.At = start.AddDate(50, 0, 0) }
	adds(t, db, noted(m, future), noted(m, byMail("", "bram")), noted(m, byMail(inbox.OutcomeSent, "carol")))
	left := func(want int) {
		t.Helper()
		var lines int
		if err := db.PruneNotifications(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if _, err := db.reading(t.Context()).one("SELECT count(*) FROM notifications", nil, &lines); err != nil || lines != want {
			t.Errorf("%d lines on %v, %v; want %d", lines, now, err, want)
		}
	}
	now = start.Add(keepOthers)
	left(3)
	now = now.Add(time.Second)
	left(1)
	now = start.Add(keepOwn)
	left(1)
	now = now.Add(time.Second)
	left(0)
}

// TestTooMuchHistoryIsDropped keeps the newest. What came about others does not
// cost the member's own, nor the other way round.
func TestTooMuchHistoryIsDropped(t *testing.T) {
	const few, over = 10, 2500
	for many, other := range map[inbox.MemberID]inbox.MemberID{me: "bram", "bram": me} {
		db := newCache(t)
		fill := func(member inbox.MemberID, lines int) {
			err := db.script(t.Context(), fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				INSERT INTO notifications (event, member, medium, occasion, conversation, thread, channel, at, outcome, reason, detail, contact, due, decided, made)
				SELECT 'e' || i, '%s', 'desktop', 'mine', 'c', 't', 'shop', i, 'shown', '', '', '', 0, 0, %d FROM n`, lines, member, millis(start)))
			if err != nil {
				t.Fatal(err)
			}
		}
		fill(other, few)
		fill(many, keptNotifications+over)
		if err := db.PruneNotifications(t.Context(), start); err != nil {
			t.Fatal(err)
		}
		for member, want := range map[inbox.MemberID][2]int{other: {few, 1}, many: {keptNotifications, over + 1}} {
			var got [2]int
			if _, err := db.reading(t.Context()).one("SELECT count(*), min(at) FROM notifications WHERE member = ?", []any{string(member)}, &got[0], &got[1]); err != nil || got != want {
				t.Errorf("%s has %v lines and the first, not %v, %v", member, got, want, err)
			}
		}
	}
}

// TestAlertsAreCounted: what was grouped is one, what was not sent is none.
func TestAlertsAreCounted(t *testing.T) {
	db := newCache(t)
	decided := func(at time.Time) func(*inbox.NotificationRecord) {
		return func(n *inbox.NotificationRecord) { n.Decided = at }
	}
	one, same, next, old, unsent, others := mail(1, carla), mail(1, carla, text("b")), mail(2, carla), mail(3, carla), mail(4, carla), mail(5, carla)
	store(t, db, one, same, next, old, unsent, others)
	with := func(n *inbox.NotificationRecord) { n.Conversation = one.Message.Key }
	sent := byMail(inbox.OutcomeSent, "bram")
	adds(t, db, noted(one, sent, with), noted(same, sent, with), noted(next, byMail(inbox.OutcomeUnknown, "bram"), with),
		noted(old, sent, with, decided(start.Add(-time.Hour))), noted(unsent, byMail(inbox.OutcomeFailed, "bram"), with),
		noted(others, byMail(inbox.OutcomeSent, "carol"), with), noted(one, with))
	for contact, want := range map[string]int{carla: 2, "dave@other.example": 0} {
		if n, err := db.AlertsSince(t.Context(), "bram", contact, start); err != nil || n != want {
			t.Errorf("%d alerts about %s, %v; want %d", n, contact, err, want)
		}
	}
}
