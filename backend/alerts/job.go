package alerts

import (
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// job is one work, as far as this desktop has a part in it: what to tell one
// member of one conversation's minute.
type job struct {
	work    string
	member  inbox.MemberID
	channel inbox.ChannelID
	due     time.Time // half a minute after it was first heard of

	// Under Alerts.work:
	next time.Time // when to look at it
	busy bool      // an act is under way; what is below belongs to it
	more []waiting // heard of meanwhile

	rows        []waiting
	at          time.Time // the first event's
	claim       Claim     // while this desktop has the work
	tried       bool      // with this claim
	committed   bool      // "started" was said with this claim, whether heard or not
	gaveUp      bool      // with this claim: what is left is to say so
	cutOff      bool      // it waits for the log to be reached
	noLog       bool      // the log could not be asked when it was due
	unheard     bool      // the log's answer to a claim of ours was lost
	tries       int
	startedSeen time.Time                  // since when somebody else's "started" is watched
	startedAs   string                     // which one
	trouble     string                     // why the last attempt came to nothing
	ended       []inbox.NotificationRecord // what became of rows and is not stored yet
	pause       run.Backoff
}

// letGo leaves the work to whoever takes it over.
func (j *job) letGo() { j.claim, j.tried, j.committed, j.gaveUp = nil, false, false, false }

// waiting is a row whose outcome is open, with what it is about, where that was
// heard or looked up.
type waiting struct {
	row   inbox.NotificationRecord
	event *inbox.NotificationEvent
}

// add takes new rows into their jobs. The caller holds work.
func (a *Alerts) add(w waiting) {
	work := workOf(w.row)
	j := a.jobs[work]
	if j == nil {
		j = &job{
			work: work, member: w.row.Member, channel: w.row.Channel, due: w.row.Due,
			pause: run.Backoff{Base: 5 * time.Second, Max: Lease, Jitter: 0.5, Rand: a.cfg.Rand},
		}
		a.jobs[work] = j
	}
	j.more = append(j.more, w)
	if !j.busy && len(j.more) == 1 && len(j.rows) == 0 {
		a.schedule(j)
	}
}

// gather takes what was heard meanwhile to the rest.
func (a *Alerts) gather(j *job) {
	a.work.Lock()
	defer a.work.Unlock()
	j.rows = append(j.rows, j.more...)
	j.more = nil
	for _, w := range j.rows {
		if j.at.IsZero() || w.row.At.Before(j.at) {
			j.at = w.row.At
		}
	}
}

// schedule sets when this desktop's turn comes: the member's own desktops
// first, then the one that assigned, then the others in a line.
func (a *Alerts) schedule(j *job) {
	j.next = j.due
	switch {
	case j.member == a.cfg.Team.Me():
	case a.assigned(j):
		j.next = j.due.Add(assignerWaits)
	default:
		j.next = j.due.Add(othersWait + time.Duration(a.cfg.Team.Turn(j.work))*turnWaits)
	}
}

// assigned says whether the assignment that a job tells of was made here.
func (a *Alerts) assigned(j *job) bool {
	for _, w := range j.more {
		if w.event != nil && w.event.Assignment && w.event.Device == a.cfg.Team.Device() {
			return true
		}
	}
	return false
}

// alone says whether nobody else is in the team.
func (a *Alerts) alone() bool {
	others := 0
	for _, m := range a.cfg.Team.Members() {
		if m.Active && m.ID != a.cfg.Team.Me() {
			others++
		}
	}
	return others == 0
}

// memberOf gives a member as decisions about one channel need them.
func (a *Alerts) memberOf(id inbox.MemberID, channel inbox.ChannelID) inbox.NotificationMember {
	for _, m := range a.cfg.Team.Members() {
		if m.ID == id {
			m.Access = a.cfg.Team.HasAccess(id, channel)
			return m
		}
	}
	return inbox.NotificationMember{ID: id}
}
