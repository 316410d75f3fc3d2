package alerts_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// team is Ann with two desktops and Ben with one, all on.
func team(t testing.TB) *world {
	w := newWorld(t)
	w.member("ann")
	w.member("ben")
	w.desk("ann-1", "ann")
	w.desk("ann-2", "ann")
	w.desk("ben-1", "ben")
	return w
}

// told checks how many e-mails went and what every desktop that is on says
// became of the event.
func (w *world) told(e inbox.NotificationEvent, m inbox.MemberID, copies int, outcome string) {
	w.t.Helper()
	if n := w.copies(e, m); n != copies {
		w.t.Errorf("%d e-mails to %s about %s, not %d", n, m, e.ID, copies)
	}
	for name, d := range w.desks {
		if d.alerts == nil {
			continue
		}
		if got := d.outcome(e, m); got != outcome {
			w.t.Errorf("%s says that %s about %s was %q, not %q", name, m, e.ID, got, outcome)
		}
		if n := d.alerts.Jobs(); n != 0 {
			w.t.Errorf("%s still has %d alerts to see to", name, n)
		}
	}
}

func TestOneAlertForEachMember(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(25*time.Second, time.Second)
	if len(w.mail) != 0 {
		t.Error("an alert went before it was due")
	}
	w.run(15*time.Minute, time.Second)
	w.told(e, "ann", 1, "sent/")
	w.told(e, "ben", 1, "sent/")
	for _, l := range w.mail {
		if to := l.mime.To[0].Address; l.by[:3] != to[:3] {
			t.Errorf("the alert to %s went from %s, though that member was at a desktop", to, l.by)
		}
	}
}

func TestATeammatesDesktopAlertsWhoIsOff(t *testing.T) {
	w := team(t)
	w.desks["ann-1"].alerts, w.desks["ann-2"].alerts = nil, nil
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(5*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
	if w.mail[1].by != "ben-1" || w.mail[1].mime.To[0].Address != "ann@bakery.example" {
		t.Error("not Ben's desktop")
	}
	// The morning after, Ann's own desktop learns what became of it.
	w.now = w.now.Add(14 * time.Hour)
	w.desks["ann-1"].start()
	w.run(2*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
}

func TestNobodyOn(t *testing.T) {
	w := team(t)
	for _, d := range w.desks {
		d.alerts = nil
	}
	e := w.message("e1", "k1")
	closed := w.message("e2", "k2")
	closed.Closed = true
	w.events = append(w.events, e, closed)
	w.now = w.now.Add(61 * time.Minute)
	for _, d := range w.desks {
		d.start()
	}
	w.run(15*time.Minute, 5*time.Second)
	w.told(e, "ann", 0, "suppressed/nobody_on")
	w.told(closed, "ann", 0, "suppressed/closed")
}

// Who comes back within the hour still tells, with the log out of reach at
// first: nothing is decided before it was asked.
func TestBackWithinTheHourAndOffline(t *testing.T) {
	w := team(t)
	for _, d := range w.desks {
		d.alerts = nil
	}
	e := w.message("e1", "k1")
	e.Closed = true
	w.events = append(w.events, e)
	w.now = w.now.Add(10 * time.Minute)
	ann := w.desks["ann-1"]
	ann.offline = true
	ann.start()
	w.run(5*time.Minute, 5*time.Second)
	if got := ann.outcome(e, "ann"); got != "/closed" {
		t.Errorf("offline it was decided: %s", got)
	}
	ann.offline = false
	w.run(time.Minute, 5*time.Second)
	w.told(e, "ann", 0, "suppressed/closed")
}

func TestReadMeanwhile(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(10*time.Second, time.Second)
	w.reads[readKey{"k1", "ann"}] = w.now
	w.run(5*time.Minute, time.Second)
	w.told(e, "ann", 0, "suppressed/read_meanwhile")
	w.told(e, "ben", 1, "sent/")
	if len(w.log) != 3 {
		t.Errorf("the log has %d records, not those of Ben's alert alone", len(w.log))
	}
}

func TestOneEmailForAMinute(t *testing.T) {
	w := team(t)
	first := w.message("e1", "k1")
	w.events = append(w.events, first)
	w.run(10*time.Second, time.Second)
	second, other := w.message("e2", "k1"), w.message("e3", "k2")
	second.Preview = "And a bun."
	w.events = append(w.events, second, other)
	w.run(45*time.Second, time.Second)
	third := w.message("e4", "k1")
	w.events = append(w.events, third)
	w.run(30*time.Second, time.Second)
	next := w.message("e5", "k1")
	w.events = append(w.events, next)
	w.run(15*time.Minute, 5*time.Second)
	w.told(first, "ann", 1, "sent/")
	w.told(second, "ann", 1, "sent/")
	w.told(third, "ann", 1, "suppressed/grouped")
	w.told(other, "ann", 1, "sent/")
	w.told(next, "ann", 1, "sent/")
	text := w.mail[0].mime.Text
	for _, want := range []string{"Bob wrote in Sales:", "Two loaves, please.", "And a bun.", "postvak://conversation/k1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestTheOneWhoAssignedComesSecond(t *testing.T) {
	w := team(t)
	w.desks["ann-1"].alerts, w.desks["ann-2"].alerts = nil, nil
	w.member("carol")
	w.desk("carol-1", "carol")
	e := w.message("d1", "k1")
	e.Assignment, e.By, e.Device, e.Assignee = true, "carol", "carol-1", "ann"
	w.events = append(w.events, e)
	w.run(5*time.Minute, time.Second)
	w.told(e, "ann", 1, "sent/")
	w.told(e, "ben", 0, "nothing")
	w.told(e, "carol", 0, "nothing")
	if w.mail[0].by != "carol-1" || w.mail[0].mime.Subject != "carol assigned a conversation to you" {
		t.Errorf("%s sent %q", w.mail[0].by, w.mail[0].mime.Subject)
	}
	own := w.message("d2", "k2")
	own.Assignment, own.By, own.Device, own.Assignee = true, "ben", "ben-1", "ben"
	w.events = append(w.events, own)
	w.run(5*time.Minute, time.Second)
	w.told(own, "ben", 0, "suppressed/own_action")
}

func TestARemovedMemberGetsNothing(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(10*time.Second, time.Second)
	w.members[0].Active = false
	w.run(15*time.Minute, time.Second)
	w.told(e, "ann", 0, "suppressed/removed")
	later := w.message("e2", "k1")
	w.events = append(w.events, later)
	w.run(15*time.Minute, time.Second)
	w.told(later, "ann", 0, "nothing")
	w.told(later, "ben", 1, "sent/")
}

func TestADeletedConversationIsNotMailed(t *testing.T) {
	w := team(t)
	w.events = append(w.events, w.message("e1", "k1"))
	w.run(10*time.Second, time.Second)
	w.deleted["k1"] = true
	w.run(15*time.Minute, time.Second)
	if len(w.mail) != 0 {
		t.Error("an alert told of what was deleted (R12)")
	}
}

// Nothing about a private channel reaches the log, or anybody but its installer
// (R31).
func TestAPrivateChannelAlertsItsInstallerAlone(t *testing.T) {
	w := team(t)
	w.desks["ann-2"].alerts = nil
	w.private["c9"] = "ann"
	e := w.message("e1", "k1")
	e.Channel = "c9"
	w.events = append(w.events, e)
	w.run(15*time.Minute, 5*time.Second)
	if len(w.log) != 0 {
		t.Errorf("the team log has %+v", w.log)
	}
	if n := w.copies(e, "ann"); n != 1 || len(w.mail) != 1 {
		t.Errorf("%d e-mails", len(w.mail))
	}
	if got := w.desks["ann-1"].outcome(e, "ann"); got != "sent/" {
		t.Error(got)
	}
	if got := w.desks["ben-1"].outcome(e, "ann") + w.desks["ben-1"].outcome(e, "ben"); got != "nothingnothing" {
		t.Errorf("Ben's history knows of it: %s", got)
	}
	// The same minute is told of once, here too, though it is heard of late.
	again := e
	again.ID = "e2"
	w.events = append(w.events, again)
	w.run(15*time.Minute, 5*time.Second)
	if got := w.desks["ann-1"].outcome(again, "ann"); got != "suppressed/grouped" || len(w.mail) != 1 {
		t.Errorf("%s, %d e-mails", got, len(w.mail))
	}
}

// An e-mail about a private channel goes to no address that teammates read: it
// would come in by the channel of that address, for all to see (R31).
func TestAPrivateChannelNeverAlertsASharedAddress(t *testing.T) {
	w := team(t)
	w.desks["ann-2"].alerts = nil
	w.private["c9"] = "ann"
	w.members[0].Address = "Info@bakery.example"
	private, shared := w.message("e1", "k1"), w.message("e2", "k2")
	private.Channel = "c9"
	w.events = append(w.events, private, shared)
	w.run(15*time.Minute, 5*time.Second)
	if got := w.desks["ann-1"].outcome(private, "ann"); got != "suppressed/shared_address" || w.copies(private, "ann") != 0 {
		t.Errorf("%s, %d e-mails", got, w.copies(private, "ann"))
	}
	if got := w.desks["ann-1"].outcome(shared, "ann"); got != "sent/" {
		t.Errorf("about a shared channel: %s", got)
	}
}

// A desktop whose member was removed tells nobody of anything any more.
func TestARemovedMembersDesktopIsSilent(t *testing.T) {
	w := team(t)
	w.events = append(w.events, w.message("e1", "k1"))
	w.desks["ann-1"].alerts, w.desks["ann-2"].alerts = nil, nil
	ben := w.desks["ben-1"]
	w.run(5*time.Second, 5*time.Second)
	ben.member = "" // as the app says it then
	w.run(15*time.Minute, 5*time.Second)
	if len(w.mail) != 0 || len(w.log) != 0 {
		t.Errorf("%d e-mails, %d records", len(w.mail), len(w.log))
	}
	if next := ben.alerts.Next(); !next.After(w.now) {
		t.Error("its loop never rests")
	}
}

// The program is killed with the last byte of a private channel's alert on its
// way: after the restart nothing is sent again.
func TestAPrivateAlertIsNotSentTwice(t *testing.T) {
	for _, taken := range []bool{false, true} {
		w := team(t)
		w.private["c9"] = "ann"
		e := w.message("e1", "k1")
		e.Channel = "c9"
		w.events = append(w.events, e)
		ann := w.desks["ann-1"]
		w.desks["ann-2"].alerts = nil
		w.answer = func(d *desk, l letter, commit func() error) inbox.SendResult {
			if err := commit(); err != nil {
				t.Error(err)
			}
			if taken {
				w.mail = append(w.mail, l)
			}
			panic(killed{d})
		}
		w.run(time.Minute, time.Second)
		if ann.alerts != nil {
			t.Fatal("it was not killed")
		}
		w.answer = nil
		ann.start()
		w.run(15*time.Minute, 5*time.Second)
		if got := ann.outcome(e, "ann"); got != "unknown/possibly_sent" || len(w.mail) > 1 || !taken && len(w.mail) != 0 {
			t.Errorf("taken %v: %s, %d e-mails", taken, got, len(w.mail))
		}
	}
}

func TestAPrivateAlertIsTriedAgain(t *testing.T) {
	w := team(t)
	w.private["c9"] = "ann"
	e := w.message("e1", "k1")
	e.Channel = "c9"
	w.events = append(w.events, e)
	w.desks["ann-2"].alerts = nil
	tries := 0
	w.answer = func(_ *desk, l letter, commit func() error) inbox.SendResult {
		if err := commit(); err != nil {
			t.Error(err)
		}
		if tries++; tries < 4 {
			return inbox.SendResult{Outcome: inbox.Later, Reason: "450 not now"}
		}
		w.mail = append(w.mail, l)
		return inbox.SendResult{Outcome: inbox.Accepted}
	}
	w.run(40*time.Second, time.Second)
	if got := w.desks["ann-1"].outcome(e, "ann"); got != "/" {
		t.Errorf("between two tries it is %q", got)
	}
	w.desks["ann-1"].start() // a restart between them changes nothing
	w.run(30*time.Minute, 5*time.Second)
	w.told(e, "ben", 0, "nothing")
	if got := w.desks["ann-1"].outcome(e, "ann"); got != "sent/" || tries != 4 {
		t.Errorf("%s after %d tries", got, tries)
	}
}

func TestNoMailServer(t *testing.T) {
	w := team(t)
	for _, d := range w.desks {
		d.noPost = true
	}
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(15*time.Minute, 5*time.Second)
	w.told(e, "ann", 0, "suppressed/no_mail_server")
	if len(w.log) != 0 {
		t.Error("work was claimed that nobody could do")
	}
	// One desktop of the team that has one is enough.
	w.desks["ben-1"].noPost = false
	e = w.message("e2", "k1")
	w.events = append(w.events, e)
	w.run(15*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
}

func TestRefusedForGood(t *testing.T) {
	w := team(t)
	w.answer = func(*desk, letter, func() error) inbox.SendResult {
		return inbox.SendResult{Outcome: inbox.Refused, Reason: "550 no such user"}
	}
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(30*time.Minute, 5*time.Second)
	w.told(e, "ann", 0, "failed/mail_failed")
	if row := w.desks["ben-1"].cache.rows[rowKey{"e1", "ann"}]; row.Detail != "550 no such user" {
		t.Errorf("Ben's desktop knows only %q", row.Detail)
	}
}

// An answer that is none counts by what was handed over.
func TestNoAnswerAtAll(t *testing.T) {
	for _, handed := range []bool{true, false} {
		w := team(t)
		e := w.message("e1", "k1")
		w.events = append(w.events, e)
		tries := 0
		w.answer = func(_ *desk, _ letter, commit func() error) inbox.SendResult {
			tries++
			if handed && commit() != nil {
				t.Error("the log did not let it go")
			}
			return inbox.SendResult{}
		}
		w.run(20*time.Minute, 5*time.Second)
		got := w.desks["ann-1"].outcome(e, "ann")
		if handed && (got != "unknown/possibly_sent" || tries != 2) || !handed && (got != "/" || tries < 6) {
			t.Errorf("handed over %v: %s after %d tries for two members", handed, got, tries)
		}
	}
}

// A desktop whose network lets no mail out leaves the alert to another.
func TestATeammateSendsWhatWillNotGoHere(t *testing.T) {
	w := team(t)
	w.desks["ann-2"].alerts = nil
	w.answer = func(d *desk, l letter, commit func() error) inbox.SendResult {
		if d.device == "ann-1" {
			return inbox.SendResult{Outcome: inbox.Later, Reason: "no way out"}
		}
		if err := commit(); err != nil {
			return inbox.SendResult{Outcome: inbox.Later}
		}
		w.mail = append(w.mail, l)
		return inbox.SendResult{Outcome: inbox.Accepted}
	}
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(30*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
}

// busyServer says "not now" behind the text, for as long as it is told to.
func (w *world) busyServer(until time.Time) {
	w.answer = func(_ *desk, l letter, commit func() error) inbox.SendResult {
		if err := commit(); err != nil {
			return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
		}
		if w.now.Before(until) {
			return inbox.SendResult{Outcome: inbox.Later, Reason: "450 not now"}
		}
		w.mail = append(w.mail, l)
		return inbox.SendResult{Outcome: inbox.Accepted}
	}
}

// Who said "started" is the only one who may go on, and does, also when the
// lease has long passed.
func TestNotNowBehindTheText(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.busyServer(w.now.Add(25 * time.Minute))
	w.run(45*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
}

// The member reads it between two tries: nobody takes it for possibly sent.
func TestReadBetweenTwoTries(t *testing.T) {
	w := team(t)
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.members[1].Settings.Email = inbox.Bell{}
	w.busyServer(w.now.Add(time.Hour))
	w.run(2*time.Minute, 5*time.Second)
	w.reads[readKey{"k1", "ann"}] = w.now
	w.run(20*time.Minute, 5*time.Second)
	w.told(e, "ann", 0, "suppressed/read_meanwhile")
}

// The log took a claim, but its answer was lost: the work is still ours, and
// waits for no lease.
func TestAClaimWhoseAnswerWasLost(t *testing.T) {
	w := team(t)
	w.desks["ann-2"].alerts = nil
	w.faulty = true
	lost := false
	w.draw = func(n int) int {
		if n == logFaults && !lost && w.desks["ann-1"].acting {
			lost = true
			return 2
		}
		return 0
	}
	e := w.message("e1", "k1")
	e.Assignment, e.Assignee, e.By = true, "ann", "carol"
	w.events = append(w.events, e)
	w.run(90*time.Second, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
	if !lost {
		t.Error("no answer was lost")
	}
}

func TestAnHourInVain(t *testing.T) {
	w := team(t)
	tries := 0
	w.answer = func(*desk, letter, func() error) inbox.SendResult {
		tries++
		return inbox.SendResult{Outcome: inbox.Later, Reason: "no way out"}
	}
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(90*time.Minute, 5*time.Second)
	for name, d := range w.desks {
		if got := d.outcome(e, "ann"); got != "failed/mail_failed" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if tries < 10 || tries > 400 {
		t.Errorf("%d tries", tries)
	}
}

// The disk refuses to store that an alert was sent: nothing is sent again.
func TestAFullDisk(t *testing.T) {
	w := newWorld(t)
	w.member("ann")
	d := w.desk("ann-1", "ann")
	w.answer = func(_ *desk, l letter, commit func() error) inbox.SendResult {
		if err := commit(); err != nil {
			t.Error(err)
		}
		d.cache.full = len(w.mail) == 0
		w.mail = append(w.mail, l)
		return inbox.SendResult{Outcome: inbox.Accepted}
	}
	e := w.message("e1", "k1")
	w.events = append(w.events, e)
	w.run(5*time.Minute, 5*time.Second)
	next := w.message("e2", "k2")
	w.events = append(w.events, next)
	w.run(5*time.Minute, 5*time.Second)
	d.cache.full = false
	w.run(5*time.Minute, 5*time.Second)
	w.told(e, "ann", 1, "sent/")
	w.told(next, "ann", 1, "sent/") // heard while the disk was full
}

func TestOurs(t *testing.T) {
	id := alerts.MessageID("log-1", "alert/ann/k1/5", "bakery.example")
	for _, c := range []struct {
		log, id string
		want    bool
	}{
		{"log-1", id, true}, {"log-1", "ALERT" + id[5:], true}, {"log-2", id, false}, {"", id, false},
		{"log-1", "", false}, {"log-1", "alert.@x", false}, {"log-1", id[:20] + "x" + id[21:], false},
		{"log-1", id[:59] + "@elsewhere.example", true}, {"log-1", id[:58] + "@bakery.example", false}, {"log-1", "x" + id, false},
	} {
		if alerts.Ours(c.log, c.id) != c.want {
			t.Errorf("Ours(%q, %q) is not %v", c.log, c.id, c.want)
		}
	}
}
