package crm_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// liar is a CRM that answers what it likes.
type liar struct {
	*line
	reads  func(n inbox.NoteVersion) (inbox.NoteVersion, error)
	finds  func(marker string) (inbox.NoteVersion, bool)
	wrote  func(n inbox.NoteVersion) (inbox.NoteVersion, error)
	writes int
}

func (l *liar) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	n, err := l.line.ReadNote(ctx, on, id)
	if l.reads == nil || err != nil {
		return n, err
	}
	return l.reads(n)
}

func (l *liar) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	if l.finds != nil {
		n, there := l.finds(marker)
		return n, there, nil
	}
	return l.line.FindNote(ctx, on, marker)
}

func (l *liar) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, b crm.Body) (inbox.NoteVersion, error) {
	l.writes++
	n, err := l.line.WriteNote(ctx, on, id, was, b)
	if l.wrote == nil || err != nil {
		return n, err
	}
	return l.wrote(n)
}

var markIn = regexp.MustCompile(`\?note=([a-z2-7]{16})\.([0-9]+)\.([0-9]+)\.([a-z2-7]{12})`)

// forged is a note's text with a mark of a later revision that fits it.
func forged(text string, revision int) string {
	return markIn.ReplaceAllStringFunc(text, func(m string) string {
		f := markIn.FindStringSubmatch(m)
		return fmt.Sprintf("?note=%s.%d.%s.%s", f[1], revision, f[3], f[4])
	})
}

// Whatever a CRM answers, what is written and said is no more than a few times
// what there is to write.
func TestACrmThatLies(t *testing.T) {
	n := 0
	strange := inbox.NoteVersion{ID: "777", Content: "<p>not ours</p>", Text: "not ours", Version: "1"}
	unheard := func(inbox.NoteVersion) (inbox.NoteVersion, error) {
		return inbox.NoteVersion{}, inbox.Errorf(inbox.Unavailable, "The CRM's answer was not heard.")
	}
	for name, lie := range map[string]liar{
		"a later revision with every look": {reads: func(v inbox.NoteVersion) (inbox.NoteVersion, error) {
			n++
			v.Text, v.Content = forged(v.Text, 1000+n), fmt.Sprint(v.Content, n)
			return v, nil
		}},
		"another text with every look": {reads: func(v inbox.NoteVersion) (inbox.NoteVersion, error) {
			n++
			v.Text, v.Content = fmt.Sprint("text ", n), fmt.Sprint("content ", n)
			return v, nil
		}},
		"other letters with every look": {reads: func(v inbox.NoteVersion) (inbox.NoteVersion, error) {
			n++
			v.Content = fmt.Sprint(v.Content, "<!--", n, "-->")
			return v, nil
		}},
		"a note that is not ours": {wrote: unheard, finds: func(string) (inbox.NoteVersion, bool) { return strange, true }},
		"our own first note, for any": {wrote: unheard, finds: func(string) (inbox.NoteVersion, bool) {
			v := strange
			v.Text = "Bob postvak://conversation/k1?note=" + crm.Place("l1", 1, 1) + ".7.1.abcdefghijkl"
			return v, true
		}},
		"written, never heard, never found": {wrote: unheard, finds: func(string) (inbox.NoteVersion, bool) { return inbox.NoteVersion{}, false }},
		"always another id": {wrote: func(v inbox.NoteVersion) (inbox.NoteVersion, error) {
			n++
			v.ID = fmt.Sprint("other-", n)
			return v, nil
		}},
		"no id":        {wrote: func(v inbox.NoteVersion) (inbox.NoteVersion, error) { v.ID = ""; return v, nil }},
		"a long id":    {wrote: func(v inbox.NoteVersion) (inbox.NoteVersion, error) { v.ID = strings.Repeat("9", 5000); return v, nil }},
		"another text": {wrote: func(v inbox.NoteVersion) (inbox.NoteVersion, error) { v.Text, v.Content = "x", "y"; return v, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			w, ann, ben := pair(t)
			for _, d := range []*desk{ann, ben} {
				l := lie
				l.line = &line{d, w.book}
				d.crm.SetProvider(&l)
			}
			for i := range 6 {
				w.run(4*time.Hour, 5*time.Minute)
				if i < 5 {
					w.arrives(w.now, ann, ben)
				}
			}
			w.run(8*time.Hour, 5*time.Minute)
			records, notes := len(w.log), len(w.book.Notes())
			writes := 0
			for _, note := range w.book.Notes() {
				writes += note.Writes
			}
			t.Logf("%d records, %d notes, %d writes: %s", records, notes, writes, w.loaves())
			if records > 120 || writes > 40 {
				t.Errorf("%d records, %d notes, %d writes for 6 messages", records, notes, writes)
			}
		})
	}
}

// A member who says that somebody's own note was written for a link has nobody
// write over it (R24): it has no mark of that link.
func TestANoteThatWasNeverOurs(t *testing.T) {
	w, ann, ben := pair(t)
	link := ann.view.talk("k1").links[0]
	theirs, err := w.book.WriteNote(t.Context(), link.RecordRef, "", "", crm.Body{HTML: "<p>Allergic to nuts.</p>"})
	if err != nil {
		t.Fatal(err)
	}
	w.log = append(w.log, []event{{kind: "noted", device: "eve", noted: crm.Noted{
		Conversation: "k1", Link: link.ID, Note: inbox.WrittenNote{
			Window: 1, Part: 1, Revision: 1, NoteID: theirs.ID, From: w.now, State: inbox.NoteCurrent, Hash: crm.ContentHash(theirs), Version: theirs.Version,
		},
	}}})
	w.arrives(w.now, ann, ben)
	w.run(time.Hour, time.Minute)
	if got := w.book.Notes()[0]; got.Content != theirs.Content || got.Deleted {
		t.Errorf("it was written over: %s", got.Content)
	}
	if len(w.book.Notes()) < 2 {
		t.Error("what belongs to the link was not noted")
	}
}
