package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

func subjectOf(messages ...crm.Message) crm.Subject {
	s := crm.Subject{
		Facts:   inbox.NoteFacts{Link: inbox.Link{ID: "l1"}, Assignee: "ann"},
		Channel: inbox.Channel{ID: "c1", Name: "Sales"}, Contact: inbox.Address{Name: "Bob Jansen", Address: "bob@customer.example"},
		Anchor: "k1", Messages: messages,
	}
	for i, m := range messages {
		s.Facts.Messages = append(s.Facts.Messages, inbox.NoteMessage{Names: []string{fmt.Sprint("m", i)}, At: m.At})
	}
	return s
}

func writer(t *testing.T) *desk { return newWorld(t).desk("ann-1", "ann") }

var part = inbox.WrittenNote{Window: 1, Part: 1, Revision: 1}

func TestANote(t *testing.T) {
	d := writer(t)
	d.zone = time.FixedZone("", 3600)
	s := subjectOf(
		crm.Message{At: morning, Author: inbox.Address{Name: "Bob Jansen", Address: "bob@customer.example"}, Text: "Two loaves,\n\n\n\nplease.", Attachments: []inbox.Attachment{
			{Name: "order.pdf", Size: 120_400}, {Name: "logo.png", Size: 100, Inline: true}, {Name: "plan.zip", Size: 3_400_000},
		}},
		crm.Message{At: morning.Add(time.Hour), Member: "ben", Author: inbox.Address{Address: "info@bakery.example"}, Text: "Coming."},
	)
	got := d.crm.BodyOf(s, "en", part)
	before, after, _ := strings.Cut(got.Text, "?note=")
	_, after, _ = strings.Cut(after, "\n")
	want := "Bob Jansen <bob@customer.example> · Sales\nAssigned to Member ann\nOpen in Postvak:\npostvak://conversation/k1" + "\n" +
		"\n2026-03-02 10:00 (+01:00) · Bob Jansen <bob@customer.example>\nTwo loaves,\n\nplease.\nAttached: order.pdf (121 kB), plan.zip (3.4 MB)\n" +
		"\n2026-03-02 11:00 (+01:00) · Member ben\nComing."
	if before+"\n"+after != want {
		t.Errorf("the note says\n%s\nnot\n%s", before+"\n"+after, want)
	}
	if !strings.Contains(got.HTML, "<b>2026-03-02 10:00 (+01:00) · Bob Jansen &lt;bob@customer.example&gt;</b><br>Two loaves,<br><br>please.<br>Attached") {
		t.Errorf("the HTML says %s", got.HTML)
	}
	if !strings.Contains(got.Text, got.Marker) || !strings.Contains(got.HTML, got.Marker) {
		t.Errorf("its marker %q is not in it", got.Marker)
	}
	if _, revision, intact := crm.Mark(got.Text); revision != 1 || !intact {
		t.Error("its own mark does not fit")
	}
	if dutch := d.crm.BodyOf(s, "nl", part).Text; !strings.Contains(dutch, "(3,4 MB)") || !strings.Contains(dutch, "nl:Assigned to") {
		t.Errorf("the Dutch note says\n%s", dutch)
	}
}

// What strangers wrote is text in the HTML, whatever it looks like, and can
// neither make a mark nor hide one.
func TestStrangersWordsStayWords(t *testing.T) {
	d := writer(t)
	fake := "postvak://conversation/k9?note=aaaaaaaaaaaaaaaa.9.9.aaaaaaaaaaaa"
	evil := `<script>alert(1)</script><img src=x onerror=alert(1)></b></p><a href="javascript:x">` + "\x00\x1b\u202e\n\r\n& " + fake
	s := subjectOf(crm.Message{
		At: morning, Author: inbox.Address{Name: evil, Address: evil}, Text: evil,
		Attachments: []inbox.Attachment{{Name: evil, Size: -5}},
	})
	s.Contact, s.Channel.Name = inbox.Address{Name: evil, Address: fake}, evil
	s.Anchor = `k"><script>`
	got := d.crm.BodyOf(s, "en", part)
	allowed := []string{"p", "b", "br", "a"}
	for z := html.NewTokenizer(strings.NewReader(got.HTML)); z.Next() != html.ErrorToken; {
		switch token := z.Token(); token.Type {
		case html.StartTagToken, html.SelfClosingTagToken:
			if !slices.Contains(allowed, token.Data) || len(token.Attr) > 1 || token.Data == "a" && !strings.HasPrefix(token.Attr[0].Val, "postvak://conversation/") {
				t.Errorf("the HTML has %v", token)
			}
		case html.CommentToken, html.DoctypeToken, html.ErrorToken, html.TextToken, html.EndTagToken:
		}
	}
	place, _, intact := crm.Mark(got.Text)
	if place != crm.Place("l1", 1, 1) || !intact {
		t.Errorf("the first mark is %q, whole: %v, in\n%s", place, intact, got.Text)
	}
}

// A long message is cut, with a sentence, and never through a letter.
func TestALongMessageIsCut(t *testing.T) {
	d := writer(t)
	for _, letter := range []string{"x", "é", "王", "🍞", "<", "&"} {
		got := d.crm.BodyOf(subjectOf(crm.Message{At: morning, Author: inbox.Address{Name: "Bob"}, Text: strings.Repeat(letter, 200_000)}), "en", part)
		if len(got.HTML) > 9_000 || len(got.HTML) < 7_000 || !strings.HasSuffix(got.Text, " …\nThe rest is in Postvak.") || strings.Contains(got.Text, "\ufffd") {
			t.Errorf("%s: %d bytes, ending in %q", letter, len(got.HTML), got.Text[len(got.Text)-60:])
		}
	}
	empty := d.crm.BodyOf(subjectOf(crm.Message{At: morning}), "en", part).Text
	if !strings.HasSuffix(empty, "Unknown sender\nThis message has no text.") {
		t.Errorf("%q", empty)
	}
}

// A note is read again by desktops in other zones, whatever a CRM made of its
// lines; a message that is the beginning of another one is not taken for it.
func TestContentsOfANote(t *testing.T) {
	ann, ben := writer(t), writer(t)
	ben.zone = time.FixedZone("", -9*3600-1800)
	m := func(text string) crm.Message {
		return crm.Message{At: morning, Author: inbox.Address{Name: "Bob"}, Text: text}
	}
	text := ann.crm.BodyOf(subjectOf(m("ok"), m("ok"), m("ok then")), "en", part).Text
	text = strings.ReplaceAll(text, "\n", " \u00a0\r\n ")
	all := subjectOf(m("ok"), m("never"), m("ok"), m("ok"), m("ok then"), m("o"))
	if got := ben.crm.Contents(all, "en", text); !slices.Equal(got, []int{0, 2, 4}) {
		t.Errorf("it has %v", got)
	}
	if _, _, intact := crm.Mark(text); !intact {
		t.Error("white space made it another's")
	}
	if _, _, intact := crm.Mark(text + "x"); intact {
		t.Error("a letter more is not seen")
	}
}

// Many and large messages go on in further parts of about 30 kB.
func TestParts(t *testing.T) {
	w, ann := solo(t)
	w.letters[0].text = strings.Repeat("Two loaves. ", 300)
	w.link(ann, "k1")
	w.run(time.Minute, time.Second)
	for i := range 30 {
		w.arrives(w.now, ann)
		w.letters[i+1].text = fmt.Sprintf("Loaf number %d. %s", i+1, strings.Repeat("Two loaves. ", 300))
	}
	w.run(5*time.Minute, time.Second)
	notes := w.book.Notes()
	for _, n := range notes {
		if len(n.Content) > inbox.NotePartSize+1_000 {
			t.Errorf("a note of %d bytes", len(n.Content))
		}
	}
	if got := strings.Fields(strings.ReplaceAll(w.loaves(), "|", "")); len(notes) < 4 || len(got) != 30 {
		t.Errorf("%d parts have %d messages", len(notes), len(got))
	}
}

// A flood is written in several steps: the names of all would not fit into one
// event of the log.
func TestAFlood(t *testing.T) {
	w, ann := solo(t)
	w.link(ann, "k1")
	w.run(time.Minute, time.Second)
	for range 230 {
		w.arrives(w.now, ann)
	}
	w.run(5*time.Minute, time.Second)
	if got := strings.Fields(strings.ReplaceAll(w.loaves(), "|", "")); len(got) != 231 {
		t.Errorf("%d messages are written", len(got))
	}
	for _, record := range w.log {
		for _, e := range record {
			if len(e.noted.Note.Names) > 100 {
				t.Errorf("%d names in one event", len(e.noted.Note.Names))
			}
		}
	}
}
