package crm

import (
	"context"
	"errors"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// maxAdded is how many messages one writing adds: their names must fit into one
// event of the team log.
const maxAdded = 50

// What is said of the work in the team log.
const (
	written = "written"
	adopted = "adopted" // what a desktop wrote that died before saying so
	asFound = "left"    // nothing was written: a person had changed it
)

// writing is one attempt at a link's notes.
type writing struct {
	j    *job
	p    Provider
	turn int // of the provider
	s    Subject
	v    inbox.NoteVerdict
}

func (w writing) link() inbox.Link { return w.s.Facts.Link }

// write takes one step: it looks at what stands in the CRM, and writes what the
// rule says. Whoever has the claim alone comes here.
func (c *CRM) write(ctx context.Context, w writing) {
	last, noted := w.link().Newest()
	var now inbox.NoteVersion
	if noted && last.State == inbox.NoteCurrent && (w.v.Act == inbox.NoteLook || !w.j.fresh) {
		var going bool
		if now, going = c.examine(ctx, &w, last); !going {
			return
		}
	}
	if noted && !w.j.fresh && !c.settled(ctx, w, last) {
		return
	}
	switch w.v.Act {
	case inbox.NoteStart:
		c.start(ctx, w, last)
	case inbox.NoteAppend:
		part := last
		part.Revision++
		c.put(ctx, w, part, now, nil)
	case inbox.NoteMark:
		last.State, last.Names = w.v.Mark, nil
		last.Revision++
		c.finish(ctx, w, asFound, c.noted(w, last))
	case inbox.NoteLook, inbox.NoteNothing:
		w.j.over = true
	}
}

// examine reads the newest note, and decides anew. False: that was all for now.
func (c *CRM) examine(ctx context.Context, w *writing, last inbox.WrittenNote) (inbox.NoteVersion, bool) {
	_, asking, stop := c.with(ctx)
	defer stop()
	w.j.tried = true
	note, err := w.p.ReadNote(asking, w.link().RecordRef, last.NoteID)
	if err != nil {
		c.missed(ctx, *w, err)
		return note, false
	}
	c.seen(ctx, w.p, note)
	how := standing(note, w.link(), last)
	if how.Ahead || how.State == inbox.NoteEdited && c.grown(*w, note, last) {
		c.adopt(ctx, *w, c.recognise(w.s, note, last.Language), last, nil)
		return note, false
	}
	w.s.Facts.Provider = &how
	w.v = inbox.DecideNote(w.s.Facts)
	return note, true
}

// start writes a new note, unless one of that place is there already.
func (c *CRM) start(ctx context.Context, w writing, last inbox.WrittenNote) {
	part := c.begin(w, w.v.Window, w.v.Part)
	before := c.before(w, last)
	noted := len(w.link().Notes) > 0
	surely, looked := !noted && w.j.fresh, noted && !w.j.fresh
	if !surely && !looked && c.left(ctx, w, part, before) != notThere {
		return
	}
	c.put(ctx, w, part, inbox.NoteVersion{}, before)
}

// begin is a part that is to be.
func (c *CRM) begin(w writing, window, part int) inbox.WrittenNote {
	return inbox.WrittenNote{
		Window: window, Part: part, Revision: 1, From: c.from(w, window), State: inbox.NoteCurrent, Language: c.cfg.Language(),
	}
}

// before is what is to be said of the newest note when another follows it.
func (c *CRM) before(w writing, last inbox.WrittenNote) []Noted {
	how := w.s.Facts.Provider
	if last.State != inbox.NoteCurrent || how == nil || how.State == inbox.NoteCurrent {
		return nil
	}
	last.State, last.Names = how.State, nil
	last.Revision++
	return []Noted{c.noted(w, last)}
}

// from is when a window began: at the first claim of the work that begins it.
// No note is older than what stands in it, whatever a clock says.
func (c *CRM) from(w writing, window int) time.Time {
	if from := w.link().WindowFrom(window); !from.IsZero() {
		return from
	}
	from := c.cfg.Clock.Now()
	if state, known := c.cfg.Team.Claimed(w.j.work); known && !state.Began.IsZero() {
		from = state.Began
	}
	for _, i := range w.v.Messages {
		if at := w.s.Facts.Messages[i].At; at.After(from) {
			from = at
		}
	}
	return from
}

// put writes a note, and says so, behind what is to be said before. now is what
// stands there.
func (c *CRM) put(ctx context.Context, w writing, part inbox.WrittenNote, now inbox.NoteVersion, before []Noted) {
	w.v.Messages = c.bounded(w)
	body := c.page(w.s, part.Language).body(part, w.v.Messages)
	if !w.j.claim.Mine() {
		c.later(w.j, 0) // it is renewed, and all looked at anew
		return
	}
	p, acting, stop := c.with(ctx)
	defer stop()
	if _, turn := c.inUse(); turn != w.turn {
		c.later(w.j, 0)
		return
	}
	w.j.tried, w.j.fresh = true, false // from here on it may be there
	c.sure(w.j.link, "")
	note, err := p.WriteNote(acting, w.link().RecordRef, part.NoteID, now.Version, body)
	switch {
	case code(err) == inbox.NotFound && part.NoteID != "":
		c.retry(w.j) // deleted this moment: looked at anew
		return
	case err != nil:
		c.missed(ctx, w, err)
		c.doubt(w, err)
		return
	}
	w.j.adopted, w.j.doubts = 0, 0
	c.seen(ctx, w.p, note)
	part.NoteID, part.Assignee = note.ID, w.s.Facts.Assignee
	part.Names = w.s.Facts.Adds(w.v)
	c.stands(&part, note)
	c.finish(ctx, w, written, append(before, c.noted(w, part))...)
}

// doubt makes the pauses long for a note that cannot be found again whenever it
// was perhaps written: a CRM may take all and show nothing.
func (c *CRM) doubt(w writing, err error) {
	if code(err) != inbox.Unavailable || c.resting(w.p) > 0 {
		return
	}
	if j := w.j; j.doubts < maxDoubts-1 {
		j.doubts++
	} else {
		c.later(j, max(j.next.Sub(j.set), j.refused.Next()))
	}
}

// bounded leaves out of a writing's messages what is too much at once; it
// follows in the next one.
func (c *CRM) bounded(w writing) []int {
	known, added := w.link().Written(), 0
	isNew := func(i int) bool { return !w.s.Facts.Messages[i].In(known) }
	for at, i := range w.v.Messages {
		if !isNew(i) {
			continue
		}
		if added++; added > maxAdded {
			return slices.Concat(w.v.Messages[:at], slices.DeleteFunc(slices.Clone(w.v.Messages[at:]), isNew))
		}
	}
	return w.v.Messages
}

// stands notes how a part stands in the CRM.
func (c *CRM) stands(part *inbox.WrittenNote, note inbox.NoteVersion) {
	part.Version, part.Hash, part.Size = note.Version, contentHash(note), len(note.Content)
}

func (c *CRM) noted(w writing, part inbox.WrittenNote) Noted {
	return Noted{Conversation: w.j.conversation, Link: w.link().ID, Work: w.j.work, Note: part}
}

// finish ends the work for the whole team. While the log's answer is not heard,
// the next look finds the note ahead of the log, and says it again.
func (c *CRM) finish(ctx context.Context, w writing, state string, noted ...Noted) {
	j := w.j
	saying, stop := run.Behind(ctx, MaxAct)
	defer stop()
	switch mine, err := j.claim.Finish(saying, state, noted...); {
	case err != nil:
		c.cfg.Log.Info("what became of a note was not confirmed by the log", "error", err)
		c.retry(j)
	case !mine:
		j.letGo()
		c.later(j, patience)
	default:
		c.sure(j.link, workBehind(noted[len(noted)-1]))
		j.letGo()
		j.pause.Reset()
		j.refused.Reset()
		c.tell(j, "")
		c.later(j, 0)
	}
	c.cfg.Changed(j.conversation)
}

// missed puts a job back after an attempt that came to nothing, or of which
// nobody knows what it came to.
func (c *CRM) missed(ctx context.Context, w writing, err error) {
	j := w.j
	if _, turn := c.inUse(); ctx.Err() != nil || turn != w.turn { // it was cancelled
		c.later(j, 0)
		return
	}
	news := c.tell(j, sentence(err))
	c.cfg.Log.Info("a note could not be written yet", "error", err)
	switch code(err) {
	case inbox.Invalid, inbox.Forbidden, inbox.NotFound:
		c.later(j, j.refused.Next())
		news = code(err) == inbox.NotFound && c.isGone(ctx, w) || news
	default: // after a conflict all is looked at anew
		c.retry(j)
		if d := c.rest(w.p, err); d > j.next.Sub(j.set) {
			c.later(j, d)
		}
	}
	if news {
		c.cfg.Changed(j.conversation)
	}
}

// isGone asks whether a note could not be written because its record is not
// there any more, and says whether that is news.
func (c *CRM) isGone(ctx context.Context, w writing) bool {
	p, asking, stop := c.with(ctx)
	defer stop()
	if p == nil || p.ID() != w.p.ID() {
		return false
	}
	_, err := p.Get(asking, w.link().RecordRef)
	return code(err) == inbox.NotFound && c.missesRecord(ctx, p, w.link().RecordRef)
}

// tell keeps why a note is not written, and says whether that is news.
func (c *CRM) tell(j *job, why string) bool {
	c.work.Lock()
	defer c.work.Unlock()
	news := j.told != why
	j.told = why
	return news
}

// code is an error's; a strange one is as if nobody had answered.
func code(err error) inbox.Code {
	var e *inbox.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return inbox.Unavailable
}

// sentence is what a person reads of an error.
func sentence(err error) string {
	return inbox.SentenceOf(err, "The CRM could not be reached. Postvak tries again by itself.")
}
