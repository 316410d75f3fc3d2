package crm

import (
	"cmp"
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// Note is one note of a conversation, for the screen.
type Note struct {
	ID           string // the provider's; of one that is not written yet "pending/" and the link
	Link         string
	On           inbox.RecordRef
	Window, Part int
	From, Until  time.Time
	State        inbox.NoteState
	Text         string // as last seen here; "" when it never was
	Reason       string // why a pending one is not written yet, a sentence; "" otherwise
}

// Notes are the notes of a conversation's links, the oldest first. It asks
// nobody: Opened does.
func (c *CRM) Notes(ctx context.Context, conversation inbox.Key) ([]Note, error) {
	links, err := c.cfg.Store.Links(ctx, conversation)
	if err != nil {
		return nil, err
	}
	var all []Note
	for _, l := range links {
		if l.Removed {
			continue
		}
		notes, err := c.notesOf(ctx, l)
		if err != nil {
			return nil, err
		}
		all = append(all, notes...)
	}
	slices.SortStableFunc(all, func(a, b Note) int { return a.From.Compare(b.From) })
	return all, nil
}

func (c *CRM) notesOf(ctx context.Context, l inbox.Link) (all []Note, err error) {
	last, _ := l.Newest()
	for _, part := range l.Notes {
		if part.NoteID == "" {
			continue
		}
		n, err := c.noteOf(ctx, l, part)
		if err != nil {
			return nil, err
		}
		isLast := part.Window == last.Window && part.Part == last.Part
		if n.State == inbox.NoteCurrent && (!isLast || !c.cfg.Clock.Now().Before(n.Until)) {
			n.State = inbox.NotePast
		}
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b Note) int { return cmp.Or(a.Window-b.Window, a.Part-b.Part) })
	if why, waits := c.pending(l); waits {
		all = append(all, Note{
			ID: "pending/" + l.ID, Link: l.ID, On: l.RecordRef, Window: last.Window, Part: last.Part + 1,
			From: c.cfg.Clock.Now(), Until: c.cfg.Clock.Now().Add(inbox.NoteWindow), State: inbox.NotePending, Reason: why,
		})
	}
	return all, nil
}

// noteOf is a part as the log says it and as it was last seen here.
func (c *CRM) noteOf(ctx context.Context, l inbox.Link, part inbox.WrittenNote) (Note, error) {
	n := Note{
		ID: part.NoteID, Link: l.ID, On: l.RecordRef, Window: part.Window, Part: part.Part,
		From: part.From, Until: part.From.Add(inbox.NoteWindow), State: part.State,
	}
	seen, _, there, err := c.cfg.Store.SeenNote(ctx, l.Provider, part.NoteID)
	if err != nil || !there {
		return n, err
	}
	n.Text = seen.Text
	if part.State == inbox.NoteCurrent {
		n.State = seenState(l, part, seen)
	}
	return n, nil
}

// seenState says whether a note, as last seen here, was changed by a person. It
// may have been seen before its last writing, or after one that the log does
// not know yet: its own mark says whether it is whole.
func seenState(l inbox.Link, part inbox.WrittenNote, seen inbox.NoteVersion) inbox.NoteState {
	how := standing(seen, l, part)
	if how.State != inbox.NoteEdited {
		return how.State
	}
	if m, intact := readMark(seen.Text); intact && m.place == place(l.ID, part.Window, part.Part) {
		return inbox.NoteCurrent
	}
	return inbox.NoteEdited
}

// pending says whether a link waits for its first note, or has a note that
// cannot be written, and why.
func (c *CRM) pending(l inbox.Link) (why string, waits bool) {
	p := c.Provider()
	c.work.Lock()
	defer c.work.Unlock()
	j := c.jobs[l.ID]
	if len(l.Notes) > 0 && (j == nil || j.told == "") {
		return "", false
	}
	switch {
	case p == nil:
		return errNone().Error(), true
	case p.ID() != l.Provider:
		return "", false
	case j != nil:
		return j.told, true
	}
	return "", true
}

// seen keeps a note as it stands, for when there is no network.
func (c *CRM) seen(ctx context.Context, p Provider, n inbox.NoteVersion) {
	if err := c.cfg.Store.PutSeenNote(ctx, p.ID(), n, c.cfg.Clock.Now()); err != nil && ctx.Err() == nil {
		c.cfg.Log.Warn("a note of the CRM could not be kept", "error", err)
	}
}

const (
	freshFor  = 5 * time.Minute // what was seen of a note or record is not asked for again
	maxLooked = 6               // notes looked at for one opening
	maxStale  = 200             // notes and records of which is remembered when they were looked at
	saving    = 10              // of the quota, one part in so many is kept for writing
)

// Opened says that somebody looks at a conversation: what stands in the CRM is
// looked up beside it, and Changed called when it is not what was seen before.
// It never blocks.
func (c *CRM) Opened(conversation inbox.Key) {
	c.mu.Lock()
	if len(c.opened) < maxLooked && !slices.Contains(c.opened, conversation) {
		c.opened = append(c.opened, conversation)
	}
	c.mu.Unlock()
	c.poke()
}

// refresh looks at a conversation's records and newest notes.
func (c *CRM) refresh(ctx context.Context, conversation inbox.Key) {
	links, err := c.cfg.Store.Links(ctx, conversation)
	if err != nil {
		return // whoever opens it is told
	}
	changed := false
	for _, l := range links {
		p, asking, stop := c.with(ctx)
		if p != nil && p.ID() == l.Provider && !l.Removed && c.resting(p) <= 0 && !spare(p) {
			changed = c.refreshLink(asking, p, l) || changed
		}
		stop()
	}
	if changed {
		c.cfg.Changed(conversation)
	}
}

// spare says that a provider's quota is nearly used up.
func spare(p Provider) bool {
	q := p.Quota()
	return q.Known && q.Left < q.Limit/saving
}

func (c *CRM) refreshLink(ctx context.Context, p Provider, l inbox.Link) (changed bool) {
	if p.ID() != inbox.BuiltinCRM && c.stale("record/"+p.ID()+"/"+string(l.Kind)+"/"+l.ID) {
		before, _, _, _ := c.cfg.Store.SeenRecord(ctx, p.ID(), l.RecordRef)
		if r, err := p.Get(ctx, l.RecordRef); err == nil {
			c.sawRecord(ctx, p, r)
			changed = before.Gone || r.Title != before.Title || r.Stage != before.Stage || r.Value != before.Value || r.Label != before.Label || r.Status != before.Status
		} else if code(err) == inbox.NotFound {
			changed = c.missesRecord(ctx, p, l.RecordRef)
		} else if c.rest(p, err) > 0 {
			return changed
		}
	}
	notes := slices.Clone(l.Notes)
	slices.SortFunc(notes, func(a, b inbox.WrittenNote) int { return cmp.Or(b.Window-a.Window, b.Part-a.Part) })
	for _, part := range notes[:min(len(notes), maxLooked)] {
		before, _, there, err := c.cfg.Store.SeenNote(ctx, p.ID(), part.NoteID)
		past := there && part.Window < notes[0].Window
		if err != nil || part.NoteID == "" || past || p.ID() != inbox.BuiltinCRM && !c.stale("note/"+p.ID()+"/"+part.NoteID) {
			continue
		}
		n, err := p.ReadNote(ctx, l.RecordRef, part.NoteID)
		if err != nil {
			c.rest(p, err)
			return changed
		}
		if n.Deleted && there {
			n.Text = before.Text
		}
		c.seen(ctx, p, n)
		changed = changed || !there || n != before
	}
	return changed
}

// stale says whether something was not looked at for a while, and that it is
// now.
func (c *CRM) stale(what string) bool {
	c.work.Lock()
	defer c.work.Unlock()
	now := c.cfg.Clock.Now()
	if age := now.Sub(c.looked[what]); age >= 0 && age < freshFor {
		return false
	}
	if len(c.looked) >= maxStale {
		clear(c.looked)
	}
	c.looked[what] = now
	return true
}
