package alerts_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// closing is a window of a conversation of a member's that ends after a while.
func (w *world) closing(conversation inbox.Key, assignee inbox.MemberID, after time.Duration) inbox.NotificationEvent {
	ends := w.now.Add(after)
	e := w.message(inbox.ClosingID(string(conversation), ends), conversation)
	e.At, e.Ends, e.Assignee, e.Subject, e.Preview = ends.Add(-inbox.ClosingFor), ends, assignee, "", ""
	return e
}

// However many desktops hear that a window ends, its member gets one e-mail;
// one whose desktop was off an hour before, and nobody else's was on, too.
func TestAWindowThatEndsIsMailedOnce(t *testing.T) {
	for _, left := range []time.Duration{time.Hour, 20 * time.Minute} {
		w := team(t)
		e := w.closing("k1", "ann", left)
		w.events = append(w.events, e)
		w.run(10*time.Minute, time.Second)
		w.told(e, "ann", 1, "sent/")
		w.told(e, "ben", 0, "nothing")
	}
}

func TestAWindowThatMovedIsNotMailed(t *testing.T) {
	w := team(t)
	e := w.closing("k1", "ann", time.Hour)
	w.events = append(w.events, e)
	w.run(10*time.Second, time.Second)
	w.events[0].Over = true // the contact wrote, before the alert was due
	w.run(10*time.Minute, time.Second)
	w.told(e, "ann", 0, "suppressed/window_over")
}

func TestAWindowThatEndsInWords(t *testing.T) {
	for language, want := range map[string][]string{
		"":   {"The reply window with Bob ends soon · Sales", "The reply window with Bob ends in 59 min: after that", "ends in 59 min"},
		"nl": {"De antwoordtijd met Bob eindigt binnenkort · Sales", "De antwoordtijd met Bob eindigt over 59 min", "over 59 min"},
	} {
		w := speaking(t, language)
		l := w.alert(w.closing("k1", "ann", time.Hour))
		if l.mime.Subject != want[0] || !strings.Contains(l.mime.Text, want[1]) || !strings.Contains(l.mime.HTML, want[2]) {
			t.Errorf("%s\n%s\n%s", l.mime.Subject, l.mime.Text, l.mime.HTML)
		}
	}
}
