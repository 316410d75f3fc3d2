package proof

import (
	"slices"
	"strings"
	"testing"

	"postvak/app"
)

// offline is a desktop without a network: everything opens and everything can
// be decided; it is shown as pending and is there for all afterwards.
func (w *week) offline(t *testing.T) {
	id := w.f.writes("Without a network", w.all()...)
	other := w.f.writes("Also without", w.all()...)
	w.carol.offline()
	call[app.Undo](w.carol.running, "Inbox.Assign", id, w.carol.id)
	call[string](w.carol.running, "Inbox.AddNote", id, "Written in the train.")
	call[app.Undo](w.carol.running, "Inbox.Close", other)
	c, _ := w.carol.conversation(id)
	if c.Section != "mine" || !c.Pending || len(c.Notes) != 1 || len(c.Messages) != 1 {
		t.Errorf("in the train Carol sees %+v", c)
	}
	if pending := w.carol.status().Log.Pending; pending == 0 {
		t.Error("nothing is said to wait")
	}
	if mine, _ := w.ann.conversation(id); mine.Section != "unassigned" || len(mine.Notes) != 0 {
		t.Errorf("Ann sees already %+v", mine)
	}
	w.carol.stop()
	w.f.again(w.carol)
	if c, _ := w.carol.conversation(id); c.Section != "mine" || !c.Pending {
		t.Errorf("after a restart in the train: %s, pending %v", c.Section, c.Pending)
	}
	w.carol.online()
	w.carol.settled()
	shown(id, map[*desk]string{w.ann: "others", w.ben: "others", w.carol: "mine"})
	shown(other, map[*desk]string{w.ann: "closed", w.ben: "closed", w.carol: "closed"})
	for _, d := range w.all() {
		if c, _ := d.conversation(id); len(c.Notes) != 1 {
			t.Errorf("%s has %d notes", d.name, len(c.Notes))
		}
		if voids := call[[]app.Voided](d.running, "Inbox.Voids"); len(voids) != 0 {
			t.Errorf("%s is told %+v", d.name, voids)
		}
	}
}

func (w *week) together(t *testing.T) {
	id := w.f.writes("Together", w.all()...)
	call[string](w.ann.running, "Inbox.AddNote", id, "@Ben can you look?")
	for _, d := range w.all() {
		d.until("the note", func() bool { c, _ := d.conversation(id); return len(c.Notes) == 1 })
		c, _ := d.conversation(id)
		if !slices.Equal(c.Notes[0].Mentions, []string{w.ben.id}) {
			t.Errorf("%s sees that %q are mentioned", d.name, c.Notes[0].Mentions)
		}
	}
	before := w.logText(t).records
	for _, text := range []string{"Dear", "Dear cust", "Dear customer"} {
		call[any](w.ann.running, "Composer.SaveDraft", id, app.Draft{Text: text})
	}
	for _, d := range []*desk{w.ben, w.carol} {
		d.until("Ann to be writing", func() bool {
			c, _ := d.conversation(id)
			return len(c.Drafting) == 1 && c.Drafting[0].MemberID == w.ann.id
		})
	}
	w.ann.settled()
	if n := w.logText(t).records - before; n != 1 {
		t.Errorf("three savings of a draft made %d messages", n)
	}
	if c, _ := w.ann.conversation(id); len(c.Drafting) != 0 {
		t.Error("Ann is told that she is writing")
	}
}

func (w *week) answeredMeanwhile(t *testing.T) {
	id := w.f.writes("Two pens", w.all()...)
	call[any](w.ann.running, "Composer.SaveDraft", id, app.Draft{Text: "I would say"})
	call[string](w.ben.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "This is Ben's answer."}})
	w.hasOurs(t, id, "", 1)
	failure := w.ann.refused("conflict", "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "I would say no."}})
	if !strings.Contains(failure.Message, "Ben answered") {
		t.Errorf("Ann is told %q", failure.Message)
	}
	if c, _ := w.ann.conversation(id); len(c.Messages) != 2 || c.Draft.Text == "" {
		t.Errorf("held: %d messages, the draft %q", len(c.Messages), c.Draft.Text)
	}
	call[string](w.ann.running, "Composer.Send", id, app.SendRequest{Draft: app.Draft{Text: "I would say no."}, Anyway: true})
	w.carol.until("both answers", func() bool { c, _ := w.carol.conversation(id); return len(c.Messages) == 3 })
}
