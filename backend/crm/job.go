package crm

import (
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

const (
	settle      = 2 * time.Second  // what comes together is written together
	turnWaits   = 5 * time.Second  // each, in the line of the others
	lackWaits   = 60 * time.Second // for somebody who knows all of a note's messages
	adoptWaits  = 6 * time.Hour    // the same, where nobody may ever come who does
	patience    = 30 * time.Second // between two looks at work that others have
	refusedWait = 10 * time.Minute // for what a provider refuses: first
	refusedMost = 6 * time.Hour    // and at most
	maxDoubts   = 3                // writings of unknown outcome, before the pauses get as long
)

// job is one link whose notes want something, as far as this desktop has a part
// in it.
type job struct {
	link         string
	conversation inbox.Key

	// Under CRM.work:
	next   time.Time // when to look at it
	set    time.Time // when that was said: a clock that went back is not waited for
	busy   bool      // an act is under way; what is below belongs to it
	parked bool      // its provider is not the one that is worked with
	over   bool      // nothing is left of it
	told   string    // why the last attempt came to nothing, for a person

	work    string    // that is wanted
	first   time.Time // when this desktop first wanted it
	claim   Claim     // while this desktop has the work
	tried   bool      // with this claim
	fresh   bool      // nobody else ever had it, and nothing was written with it
	unheard bool      // the log's answer to a claim of ours was lost
	adopted int       // notes found in a row that had nothing new in them
	doubts  int       // writings in a row of which nobody knows what came of them
	pause   run.Backoff
	refused run.Backoff
}

func (c *CRM) newJob(o Owed) *job {
	return &job{
		link: o.Link, conversation: o.Conversation, next: c.cfg.Clock.Now(),
		pause:   run.Backoff{Base: 5 * time.Second, Max: 10 * time.Minute, Jitter: 0.5, Rand: c.cfg.Rand},
		refused: run.Backoff{Base: refusedWait, Max: refusedMost, Jitter: 0.2, Rand: c.cfg.Rand},
	}
}

// stir brings a job forward when there is something new to see for it. The
// caller holds work.
func (c *CRM) stir(j *job, moved bool) {
	now := c.cfg.Clock.Now()
	if moved {
		j.parked = false
	}
	state, known := c.cfg.Team.Claimed(j.work)
	othersDone := j.work != "" && known && state.Done
	if moved || othersDone {
		j.next = now
	}
}

// want sets which work a job is about.
func (j *job) want(work string, now time.Time) {
	if j.work != work {
		j.letGo()
		j.work, j.first = work, now
	}
	if now.Before(j.first) { // the clock went back
		j.first = now
	}
}

// letGo leaves the work to whoever takes it over.
func (j *job) letGo() { j.claim, j.tried, j.fresh = nil, false, false }

func (c *CRM) later(j *job, d time.Duration) {
	j.set = c.cfg.Clock.Now()
	j.next = j.set.Add(d)
}

// retry comes back after a pause that grows.
func (c *CRM) retry(j *job) { c.later(j, j.pause.Next()) }

// workBehind is the work behind what was just said.
func workBehind(n Noted) string {
	return inbox.Link{ID: n.Link, Notes: []inbox.WrittenNote{n.Note}}.NextWork()
}

// wait is how long this desktop leaves a work to others: to the assignee's
// desktop, for a new link to the linker's, and then each in its turn.
func (c *CRM) wait(j *job, s Subject, v inbox.NoteVerdict) (d time.Duration) {
	link := s.Facts.Link
	if v.Lacking {
		d = lackWaits
	} else if len(link.Notes) > 0 {
		d = settle
	}
	me := c.cfg.Team.Me()
	switch {
	case c.cfg.Team.Private(s.Channel.ID), s.Facts.Assignee == me, len(link.Notes) == 0 && link.By == me:
		return d
	case s.Facts.Assignee != "", len(link.Notes) == 0:
		d += turnWaits
	}
	return d + time.Duration(c.cfg.Team.Turn(j.work))*turnWaits
}
