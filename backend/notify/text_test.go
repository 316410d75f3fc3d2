package notify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// R17: who and where; the start of the text only where the member wants it.
func TestTexts(t *testing.T) {
	w := newWorld(t)
	mail, whatsapp, nameless := w.mail("m1", "c1", "ann"), w.mail("m2", "c1", "ann"), w.mail("m3", "c1", "ann")
	whatsapp.Subject = ""
	nameless.From.Name, nameless.Channel = " \n\t ", "gone"
	assigned, stranger := w.assigned("d1", "c1"), w.assigned("d2", "c1")
	stranger.By = "somebody who left"
	for _, c := range []struct {
		name        string
		e           inbox.NotificationEvent
		count       int
		hidden      bool
		title, body string
	}{
		{"e-mail", mail, 1, false, "Customer c1 · Support", "Order\nWhere is m1?"},
		{"the third", mail, 3, false, "Customer c1 · Support (3)", "Order\nWhere is m1?"},
		{"no subject", whatsapp, 1, false, "Customer c1 · Support", "Where is m2?"},
		{"no names", nameless, 1, false, "c1@shop.example", "Order\nWhere is m3?"},
		{"e-mail without preview", mail, 1, true, "Customer c1 · Support", "New message"},
		{"the second without preview", mail, 2, true, "Customer c1 · Support (2)", "2 new messages"},
		{"assigned", assigned, 1, false, "Ben assigned a conversation to you", "Customer c1 · Order"},
		{"assigned after a message", assigned, 2, false, "Ben assigned a conversation to you", "Customer c1 · Order"},
		{"assigned without preview", assigned, 1, true, "Ben assigned a conversation to you", "Customer c1 · Support"},
		{"assigned by a stranger", stranger, 1, false, "Somebody assigned a conversation to you", "Customer c1 · Order"},
	} {
		w.n.me.Settings.Preview = !c.hidden
		if title, body := w.n.single(c.e, c.count); title != c.title || body != c.body {
			t.Errorf("%s: %q, %q", c.name, title, body)
		}
	}
}

// What strangers write does not grow beyond a notification.
func TestTextsHaveAnEnd(t *testing.T) {
	w := newWorld(t)
	e := w.mail("m1", "c1", "ann")
	e.From.Name = strings.Repeat("ä ", 100_000)
	e.Subject = strings.Repeat("漢", 100_000)
	e.Preview = strings.Repeat("\xff", 100_000)
	title, body := w.n.single(e, 1)
	if n := utf8.RuneCountInString(title); n > 2*nameLimit+3 {
		t.Errorf("a title of %d characters", n)
	}
	if n := utf8.RuneCountInString(body); n != bodyLimit || !strings.HasSuffix(body, "…") {
		t.Errorf("a body of %d characters", n)
	}
	var d digest
	for range 1000 {
		d.add([]item{{event: heard{NotificationEvent: e}}})
		e.From.Name = string(rune('a'+d.count%26)) + strings.Repeat("x", d.count)
	}
	if _, body := w.n.together(&d); utf8.RuneCountInString(body) > bodyLimit || len(d.names) > bodyLimit {
		t.Errorf("a digest of %d names: %q", len(d.names), body)
	}
}

func TestDigestTexts(t *testing.T) {
	w := newWorld(t)
	for want, d := range map[string]digest{
		"2 new messages":                  {count: 2},
		"2 conversations assigned to you": {count: 2, assigned: 2},
		"5 new messages and assignments":  {count: 5, assigned: 1},
	} {
		if title, _ := w.n.together(&d); title != want {
			t.Errorf("%q, want %q", title, want)
		}
	}
}

// One sound for a notification, of the chosen tone; none unless wanted. Whoever
// may not be assigned to is not offered it (R3).
func TestSoundAndOffer(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		on   bool
		tone string
		want string
	}{{false, "low", ""}, {true, "low", "low"}, {true, "", "tick"}} {
		w.me.Settings.Sound, w.me.Settings.Tone = c.on, c.tone
		w.hear(w.mail("m"+c.want, "c1", ""))
		w.settle()
		if n := w.desk.take()[0]; n.Sound != c.want || !n.CanAssign || n.Mine {
			t.Errorf("%+v: %+v", c, n)
		}
	}
	w.busy = true
	w.hear(w.mail("n", "c1", ""), w.mail("o", "c2", "ann"))
	w.settle()
	for _, n := range w.desk.take() {
		if n.CanAssign {
			t.Errorf("%+v", n)
		}
	}
}
