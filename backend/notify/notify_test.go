package notify

import (
	"testing"
	"time"

	"postvak/backend/inbox"
)

// A message is shown after the burst that it may be part of, and never again:
// not after a rewind of the mailbox, not after another start (R19).
func TestAMessageIsShownOnce(t *testing.T) {
	w := newWorld(t)
	m := w.mail("m1", "c1", "ann")
	w.hear(m)
	w.pass(settle - time.Millisecond)
	w.shown()
	w.pass(time.Millisecond)
	w.shown(notice("m1", "c1", 1, true))
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone)
	w.hear(m, m)
	w.settle()
	w.start()
	w.hear(m)
	w.settle()
	w.shown()
	if rows := w.store.Rows(); len(rows) != 1 || rows[0].Contact != "c1@shop.example" || rows[0].Occasion != inbox.OccasionMine {
		t.Errorf("%+v", rows)
	}
}

// What is shown and what is not is both told to the windows, with its text.
func TestEverythingIsTold(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ben"))
	w.settle()
	w.shown(notice("m1", "c1", 1, true))
	w.row("m2", inbox.OutcomeSuppressed, inbox.ReasonOff)
	if len(w.told) != 2 {
		t.Fatalf("%+v", w.told)
	}
	off, shown := w.told[0], w.told[1]
	if off.EventID != "m2" || off.Reason != inbox.ReasonOff || off.Title != "Customer c2 · Support" || off.Body != "Order\nWhere is m2?" {
		t.Errorf("%+v", off)
	}
	if shown.EventID != "m1" || shown.Outcome != inbox.OutcomeShown || shown.Title != "Customer c1 · Support" {
		t.Errorf("%+v", shown)
	}
}

// The notification of a conversation takes the place of the last one, counts,
// and goes when the conversation is read.
func TestAConversationHasOneNotification(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", ""))
	w.hear(w.mail("m2", "c1", ""), w.mail("m3", "c2", "ann"))
	w.settle()
	w.shown(notice("m2", "c1", 2, false), notice("m3", "c2", 1, true))
	w.pass(time.Minute)
	w.hear(w.mail("m4", "c1", ""))
	w.settle()
	w.shown(notice("m4", "c1", 3, false))
	w.up("c1", "c2")
	w.do(func(n *Notify) { n.Opened("c1") })
	w.up("c2")
	w.do(func(n *Notify) { n.Closed("c2") })
	w.up()
	w.hear(w.mail("m5", "c1", ""))
	w.settle()
	w.shown(notice("m5", "c1", 1, false))
}

// R16: the conversation that is open in any window with the focus.
func TestNothingForWhatIsInFront(t *testing.T) {
	w := newWorld(t)
	w.n.Look("left", "c1", true)
	w.n.Look("right", "c2", true)
	w.n.Look("back", "c3", false)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ann"), w.mail("m3", "c3", "ann"))
	w.settle()
	w.shown(notice("m3", "c3", 1, true))
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonFocused)
	w.row("m2", inbox.OutcomeSuppressed, inbox.ReasonFocused)
	w.n.Look("left", "", false)
	w.hear(w.mail("m4", "c1", "ann"))
	w.settle()
	w.shown(notice("m4", "c1", 1, true))
}

// Reading it in front of the screen at once is "focused", not "read".
func TestInFrontAndReadAtOnce(t *testing.T) {
	w := newWorld(t)
	w.n.Look("window", "c1", true)
	w.hear(w.mail("m1", "c1", "ann"))
	w.store.Read("c1", true)
	w.do(func(n *Notify) { n.Opened("c1") })
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonFocused)
}

func TestReadBeforeTheBurstEnds(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "ann"), w.assigned("d1", "c3"), w.assigned("d2", "c4"))
	w.store.Read("c1", true)
	w.store.Read("c4", true) // an assignment is news although all is read
	w.do(func(n *Notify) { n.Opened("c3") })
	w.settle()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonRead)
	w.row("m2", inbox.OutcomeShown, inbox.ReasonNone)
	w.row("d1", inbox.OutcomeSuppressed, inbox.ReasonRead)
	w.row("d2", inbox.OutcomeShown, inbox.ReasonNone)
}

// Opening counts for what there was: not for an assignment that came a moment
// later, and not for a message that the cache calls unread.
func TestOpenedBeforeItCame(t *testing.T) {
	w := newWorld(t)
	w.n.Opened("c1")
	w.clock.Advance(time.Millisecond)
	w.hear(w.assigned("d1", "c1"), w.mail("m1", "c2", "ann"))
	w.do(func(n *Notify) { n.Opened("c2") })
	w.settle()
	w.row("d1", inbox.OutcomeShown, inbox.ReasonNone)
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone)
}

// Mail that is fetched one by one is one burst: what comes while its first is
// being gathered is decided with it, and what comes afterwards is the next.
func TestABurstComesDropByDrop(t *testing.T) {
	w := newWorld(t)
	for i, c := range []inbox.Key{"c1", "c2", "c3", "c4"} {
		w.hear(w.mail("m"+string(rune('1'+i)), c, ""))
		w.pass(settle / 5)
	}
	w.shown()
	w.pass(settle / 5)
	w.shown(digestOf(4, "Customer c4, Customer c3, Customer c2, Customer c1"))
	w.settle()
	w.shown()
	w.hear(w.mail("n1", "c5", ""))
	w.settle()
	w.shown(notice("n1", "c5", 1, false))
}

// A burst in more than three conversations is one digest; it counts until
// somebody looks.
func TestABurstIsOneDigest(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", ""), w.mail("m2", "c2", "ann"), w.mail("m3", "c3", ""), w.mail("m4", "c3", ""))
	w.settle()
	w.shown(notice("m1", "c1", 1, false), notice("m2", "c2", 1, true), notice("m4", "c3", 2, false))
	w.hear(w.mail("m5", "c1", ""), w.mail("m6", "c2", ""), w.mail("m7", "c3", ""), w.mail("m8", "c4", ""), w.mail("x", "c5", "ben"))
	w.settle()
	w.shown(digestOf(4, "Customer c4, Customer c3, Customer c2, Customer c1"))
	w.row("m5", inbox.OutcomeShown, inbox.ReasonDigest)
	w.row("m8", inbox.OutcomeShown, inbox.ReasonDigest)
	w.row("x", inbox.OutcomeSuppressed, inbox.ReasonOff)
	if last := w.told[len(w.told)-1]; last.EventID != "m8" || last.Title != "4 new messages" {
		t.Errorf("told %+v", last)
	}
	burst := func(ids ...string) {
		var all []inbox.NotificationEvent
		for i, id := range ids {
			all = append(all, w.mail(id, inbox.Key([]string{"c1", "c2", "c3", "c4"}[i]), ""))
		}
		w.hear(all...)
		w.settle()
	}
	burst("n1", "n2", "n3", "n4")
	w.shown(digestOf(8, "Customer c4, Customer c3, Customer c2, Customer c1"))
	w.do(func(n *Notify) { n.Look("window", "c9", true) })
	w.up("c1", "c2", "c3")
	burst("o1", "o2", "o3", "o4")
	w.do(func(n *Notify) { n.Look("window", "c8", true) }) // it had the focus
	burst("p1", "p2", "p3", "p4")
	w.do(func(n *Notify) { n.Closed(SlotDigest) })
	burst("q1", "q2", "q3", "q4")
	var counts []int
	for _, n := range w.desk.take() {
		counts = append(counts, n.Count)
	}
	if len(counts) != 3 || counts[0] != 4 || counts[1] != 8 || counts[2] != 4 {
		t.Errorf("counted %v", counts)
	}
}

// What came while this desktop slept is caught up with in one digest; when it
// is one conversation, it is shown as itself (R20).
func TestCatchingUp(t *testing.T) {
	w := newWorld(t)
	first, second, third := w.mail("m1", "c1", "ann"), w.mail("m2", "c1", "ann"), w.mail("m3", "c2", "")
	w.clock.Advance(inbox.LateAfter + time.Second)
	w.hear(first)
	w.settle()
	w.shown(notice("m1", "c1", 1, true))
	w.row("m1", inbox.OutcomeShown, inbox.ReasonNone)
	w.hear(second)
	w.settle()
	w.shown(notice("m2", "c1", 2, true))
	w.hear(third, w.mail("m4", "c3", ""))
	w.settle()
	w.shown(notice("m4", "c3", 1, false), digestOf(3, "Customer c2, Customer c1"))
	w.row("m3", inbox.OutcomeShown, inbox.ReasonLate)
	w.row("m4", inbox.OutcomeShown, inbox.ReasonNone)
	w.up("c3", SlotDigest) // c1's went into it
}

// A message that is late and alone is forgotten by the digest once it was read.
func TestReadingTheOnlyLateOneEndsItsDigest(t *testing.T) {
	w := newWorld(t)
	first, second := w.mail("m1", "c1", "ann"), w.mail("m2", "c2", "")
	w.clock.Advance(time.Hour)
	w.hear(first)
	w.settle()
	w.do(func(n *Notify) { n.Opened("c1") })
	w.hear(second)
	w.settle()
	w.shown(notice("m1", "c1", 1, true), notice("m2", "c2", 1, false))
}

// Nobody hears of the past of a team that they have just joined.
func TestBeforeThisDesktopsTime(t *testing.T) {
	w := newWorld(t)
	w.since = noon.Add(2 * time.Hour)
	old, assigned := w.mail("old", "c1", "ann"), w.assigned("ancient", "c2")
	w.clock.Advance(90 * time.Minute)
	recent := w.mail("recent", "c1", "ann")
	w.clock.Advance(31 * time.Minute)
	w.hear(old, assigned, recent, w.mail("new", "c3", "ann"))
	w.settle()
	w.shown(notice("new", "c3", 1, true))
	w.row("recent", inbox.OutcomeSuppressed, inbox.ReasonBefore)
	if rows := w.store.Rows(); len(rows) != 2 {
		t.Errorf("%+v", rows)
	}
}

// What is nothing to the member has no row, and neither has anything before
// there is a member.
func TestNothingToTheMember(t *testing.T) {
	w := newWorld(t)
	others := w.assigned("d1", "c1")
	others.Assignee = "carol"
	nameless := w.mail("", "c1", "ann")
	w.hear(others, nameless)
	w.me.ID = ""
	w.hear(w.mail("m1", "c1", "ann"))
	w.settle()
	w.shown()
	if rows := w.store.Rows(); len(rows) != 0 {
		t.Errorf("%+v", rows)
	}
}

// The system's answer is the row's, and what was not shown is not counted.
func TestTheSystemsAnswer(t *testing.T) {
	w := newWorld(t)
	w.desk.outcome, w.desk.reason = inbox.OutcomeFailed, inbox.ReasonNoPermission
	w.hear(w.mail("m1", "c1", ""))
	w.settle()
	w.row("m1", inbox.OutcomeFailed, inbox.ReasonNoPermission)
	w.desk.outcome, w.desk.reason = inbox.OutcomeShown, inbox.ReasonDoNotDisturb
	w.hear(w.mail("m2", "c1", ""))
	w.settle()
	w.row("m2", inbox.OutcomeShown, inbox.ReasonDoNotDisturb)
	w.shown(notice("m2", "c1", 1, false))
	late := []inbox.NotificationEvent{w.mail("m3", "c1", ""), w.mail("m4", "c2", "")}
	w.clock.Advance(time.Hour)
	w.hear(late...)
	w.settle()
	w.row("m3", inbox.OutcomeShown, inbox.ReasonDoNotDisturb)
	w.desk.reason = inbox.ReasonWindow
	late = []inbox.NotificationEvent{w.mail("m5", "c1", ""), w.mail("m6", "c3", "")}
	w.clock.Advance(time.Hour)
	w.hear(late...)
	w.settle()
	w.row("m5", inbox.OutcomeShown, inbox.ReasonLate)
}

// This computer may come into other hands before what was recorded is due.
func TestAnotherMemberSignsIn(t *testing.T) {
	w := newWorld(t)
	w.hear(w.mail("m1", "c1", "ann"))
	w.me.ID = "carol"
	w.settle()
	w.shown()
	w.row("m1", inbox.OutcomeSuppressed, inbox.ReasonRemoved)
}
