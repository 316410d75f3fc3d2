package crm

import (
	"context"

	"postvak/backend/inbox"
)

const (
	maxSure = 1000 // links of which is remembered that this program wrote last
	// maxAdopted is how often in a row something is believed to be ours that has
	// nothing new in it. Desktops that died leave less; a CRM may show another
	// such note with every look.
	maxAdopted = 2
)

// grown says that a note was edited by a person after a desktop had added to it
// and died before saying so: what it added is in there, whatever the person did.
func (c *CRM) grown(w writing, note inbox.NoteVersion, last inbox.WrittenNote) bool {
	m, _ := readMark(note.Text)
	if m.place != place(w.link().ID, last.Window, last.Part) || m.revision <= last.Revision {
		return false
	}
	return len(c.recognise(w.s, note, last.Language).names(w.s.Facts)) > 0
}

// settled says that nobody left a note behind which could follow the newest
// one. Whoever died may have known other messages, and begun what this desktop
// would not begin.
func (c *CRM) settled(ctx context.Context, w writing, last inbox.WrittenNote) bool {
	for _, n := range []inbox.WrittenNote{c.begin(w, last.Window, last.Part+1), c.begin(w, last.Window+1, 1)} {
		var before []Noted
		if n.Window == last.Window {
			before = c.before(w, last)
		}
		if c.left(ctx, w, n, before) != notThere {
			return false
		}
	}
	return true
}

// What left found.
const (
	notThere = iota
	isThere  // and is adopted
	notKnown // the provider did not say
)

// left looks for a note that a desktop left behind that died before saying so.
func (c *CRM) left(ctx context.Context, w writing, part inbox.WrittenNote, before []Noted) int {
	_, asking, stop := c.with(ctx)
	defer stop()
	w.j.tried = true
	note, there, err := w.p.FindNote(asking, w.link().RecordRef, marker(w.link().ID, part.Window, part.Part))
	switch {
	case err != nil:
		c.missed(ctx, w, err)
		return notKnown
	case !there:
		return notThere
	}
	part.NoteID = note.ID
	f := c.recognise(w.s, note, "")
	if w.j.adopted >= maxAdopted && len(f.names(w.s.Facts)) == 0 {
		return notThere
	}
	c.adopt(ctx, w, f, part, before)
	return isThere
}

// adopt says in the log what another desktop wrote and did not live to say. What
// a person changed meanwhile is said to be edited: it is left alone (R24).
func (c *CRM) adopt(ctx context.Context, w writing, f found, part inbox.WrittenNote, before []Noted) {
	c.seen(ctx, w.p, f.note)
	if f.lacks() && c.cfg.Clock.Now().Sub(w.j.first) < adoptWaits {
		w.j.letGo() // somebody may know all of its messages, or this desktop soon
		c.cfg.Team.Lapsed(w.j.work)
		c.later(w.j, lackWaits)
		return
	}
	if part.Hash == "" {
		part.Revision = max(1, f.mark.revision)
	} else {
		part.Revision = max(part.Revision+1, f.mark.revision)
	}
	part.Language, part.Assignee, part.Names = f.language, f.assignee, f.names(w.s.Facts)
	if w.j.adopted++; len(part.Names) > 0 {
		w.j.adopted = 0
	}
	part.State = inbox.NoteCurrent
	if !f.intact || w.j.adopted > maxAdopted {
		part.State = inbox.NoteEdited
	}
	c.stands(&part, f.note)
	c.finish(ctx, w, adopted, append(before, c.noted(w, part))...)
}

// sure remembers that nothing was left behind before a link's work: this very
// program wrote what comes before it, and heard that. "" forgets it.
func (c *CRM) sure(link, work string) {
	c.work.Lock()
	defer c.work.Unlock()
	if work == "" {
		delete(c.own, link)
		return
	}
	if len(c.own) >= maxSure {
		clear(c.own)
	}
	c.own[link] = work
}

// isSure says whether nothing can have been left behind before a job's work.
func (c *CRM) isSure(j *job) bool {
	c.work.Lock()
	defer c.work.Unlock()
	return c.own[j.link] == j.work
}
