package crm

import (
	"context"

	"postvak/backend/inbox"
)

// act does what is to be done about a link's notes now. It leaves in j when to
// look again, or that it is over.
func (c *CRM) act(ctx context.Context, j *job) {
	j.over = false
	w, ready := c.look(ctx, j)
	if !ready {
		return
	}
	j.want(w.link().NextWork(), c.cfg.Clock.Now())
	if due := j.first.Add(c.wait(j, w.s, w.v)); due.After(c.cfg.Clock.Now()) {
		c.later(j, due.Sub(c.cfg.Clock.Now()))
		return
	}
	if c.cfg.Team.Private(w.s.Channel.ID) {
		j.claim, j.fresh = &alone{team: c.cfg.Team}, c.isSure(j)
	} else if !c.owns(ctx, j) {
		return
	}
	// Asking the log brought what others said meanwhile.
	if w, ready = c.look(ctx, j); !ready {
		return
	}
	if w.link().NextWork() != j.work {
		c.later(j, 0)
		return
	}
	c.write(ctx, w)
}

// look reads what a link's notes are about, and says whether there is something
// to write, and somewhere to write it.
func (c *CRM) look(ctx context.Context, j *job) (w writing, ready bool) {
	w = writing{j: j}
	w.p, w.turn = c.inUse()
	s, there, err := c.subject(ctx, j)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			c.cfg.Log.Warn("what a note is about could not be read", "error", err)
		}
		c.later(j, troubled)
		return w, false
	case !there, s.Facts.Link.Removed, c.cfg.Team.Me() == "":
		j.over = true
		return w, false
	case w.p == nil || w.p.ID() != s.Facts.Link.Provider:
		j.parked = true
		j.letGo()
		return w, false
	}
	if d := c.resting(w.p); d > 0 {
		c.later(j, d)
		return w, false
	}
	w.s, w.v = s, inbox.DecideNote(s.Facts)
	j.over = w.v.Act == inbox.NoteNothing
	return w, !j.over
}

// subject reads what a link's notes are about, with the size of each message.
func (c *CRM) subject(ctx context.Context, j *job) (Subject, bool, error) {
	s, there, err := c.cfg.Store.Subject(ctx, j.conversation, j.link)
	if err != nil || !there {
		return s, false, err
	}
	s.Facts.Now, s.Facts.Provider = c.cfg.Clock.Now(), nil
	p := c.page(s, c.cfg.Language())
	for i := range s.Facts.Messages {
		s.Facts.Messages[i].Size = len(p.message(i).html())
	}
	return s, true, nil
}

// owns makes sure that this desktop has the work, and may act.
func (c *CRM) owns(ctx context.Context, j *job) bool {
	if j.claim != nil {
		return c.holds(ctx, j)
	}
	team := c.cfg.Team
	state, known := team.Claimed(j.work)
	ours := j.unheard && state.Device == team.Device()
	switch {
	case known && (state.Done || !ours && !team.Lapsed(j.work)):
		c.later(j, patience) // what its owner said comes, and wakes us
		return false
	case !team.Reached():
		c.retry(j)
		return false
	}
	asking, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	claim, err := team.Claim(asking, j.work, Lease)
	switch {
	case err != nil:
		j.unheard = true
		c.retry(j)
	case claim == nil:
		team.Lapsed(j.work) // begins to watch whoever has it
		c.later(j, patience)
	default:
		j.claim, j.fresh, j.tried, j.unheard = claim, !known, false, false
	}
	return j.claim != nil
}

// holds says whether this desktop may act with the claim that it has. One that
// tried in vain for the whole time of its claim leaves the work to others, whose
// network may be better.
func (c *CRM) holds(ctx context.Context, j *job) bool {
	if j.claim.Mine() {
		return true
	}
	if j.tried && !c.cfg.Team.Alone() {
		j.letGo()
		c.cfg.Team.Lapsed(j.work)
		c.later(j, patience)
		return false
	}
	renewing, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	switch mine, err := j.claim.Renew(renewing); {
	case err != nil:
		j.letGo()
		j.unheard = true
		c.retry(j)
	case !mine:
		j.letGo()
		c.later(j, patience)
	default:
		j.tried = false
		return true
	}
	return false
}

// alone stands for the claim of a private channel's note, of which the log knows
// nothing (R31).
type alone struct{ team Team }

func (*alone) Mine() bool                          { return true }
func (*alone) Renew(context.Context) (bool, error) { return true, nil }

func (a *alone) Finish(ctx context.Context, _ string, noted ...Noted) (bool, error) {
	for i := range noted {
		noted[i].Work = ""
	}
	return true, a.team.Noted(ctx, noted...)
}
