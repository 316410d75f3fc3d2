package alerts

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

const (
	patience     = 30 * time.Second // between two looks at work that others have
	serverWait   = 2 * time.Minute  // for a teammate's desktop that has a mail server
	unreachedFor = 24 * time.Hour   // how long an answer of the log is waited for
)

// act does what is to be done about a job now: look at what others did, decide
// again, take the work, send. It leaves in j.next when to look again, where
// rows stay open.
func (a *Alerts) act(ctx context.Context, j *job) {
	if ctx.Err() != nil {
		return
	}
	a.gather(j)
	j.cutOff = false
	switch {
	case len(j.ended) > 0 && !a.store(ctx, j): // the disk refuses what was decided: that first
		return
	case len(j.rows) == 0:
		a.drop(ctx, j)
		return
	case a.elsewhere(ctx, j):
		return
	case j.gaveUp:
		a.fail(ctx, j, j.trouble)
		return
	}
	from, server := a.cfg.Post.From(j.channel)
	if !a.wanted(ctx, j, server) {
		return
	}
	switch {
	case a.unsure(j):
		j.cutOff, j.noLog = true, true
		a.later(j, patience)
	case a.old(j, 0):
		a.tooLate(ctx, j)
	case !server:
		a.later(j, patience)
	case j.claim != nil, a.take(ctx, j) && a.wanted(ctx, j, server): // asking the log brought what others said meanwhile
		a.send(ctx, j, from)
	}
}

// wanted says whether there is something left to send, after deciding all of it
// again.
func (a *Alerts) wanted(ctx context.Context, j *job, server bool) bool {
	if err := a.look(ctx, j, server || !a.serverless(j)); err != nil {
		a.cfg.Log.Warn("an e-mail alert could not be decided", "error", err)
		a.later(j, troubled)
		return false
	}
	if len(j.ended) > 0 {
		return false
	}
	if len(j.rows) == 0 {
		a.drop(ctx, j)
	}
	return len(j.rows) > 0
}

func (a *Alerts) later(j *job, d time.Duration) { j.next = a.cfg.Clock.Now().Add(d) }

// retry comes back after a pause that grows.
func (a *Alerts) retry(j *job) { a.later(j, j.pause.Next()) }

// private says whether a job's channel is this desktop's own: there is no log
// to ask, and nobody else to wait for.
func (a *Alerts) private(j *job) bool { return a.cfg.Team.Private(j.channel) }

// serverless says whether nobody else will send what this desktop cannot.
func (a *Alerts) serverless(j *job) bool {
	return a.private(j) || a.alone() ||
		a.cfg.Team.Reached() && a.cfg.Clock.Now().Sub(j.due) > othersWait+serverWait
}

// old says whether it is too late to tell of something at all.
func (a *Alerts) old(j *job, grace time.Duration) bool {
	return a.cfg.Clock.Now().Sub(j.at) > inbox.AlertUntil+grace
}

// elsewhere says that another desktop has the work or did it, and takes over
// what it said.
func (a *Alerts) elsewhere(ctx context.Context, j *job) bool {
	if a.private(j) {
		return a.grouped(ctx, j)
	}
	state, known := a.cfg.Team.Claimed(j.work)
	ours := known && state.Device == a.cfg.Team.Device()
	switch {
	case !known, ours && j.claim != nil:
		return false
	case state.Done:
		j.letGo()
		a.resolve(ctx, j, state)
		return true
	case ours && j.unheard: // our own claim
		return false
	}
	j.letGo()
	if a.cfg.Team.Lapsed(j.work) {
		return false
	}
	a.later(j, patience)
	return true
}

// remember keeps which of a private channel's minutes were told of: no log does.
func (a *Alerts) remember(j *job) {
	if !a.private(j) {
		return
	}
	a.work.Lock()
	defer a.work.Unlock()
	now := a.cfg.Clock.Now()
	for work, at := range a.told {
		if now.Sub(at) > inbox.AlertUntil {
			delete(a.told, work)
		}
	}
	a.told[j.work] = now
}

// grouped ends what came too late for the e-mail about its minute.
func (a *Alerts) grouped(ctx context.Context, j *job) bool {
	a.work.Lock()
	_, told := a.told[j.work]
	a.work.Unlock()
	if told {
		a.endAll(ctx, j, inbox.OutcomeSuppressed, inbox.ReasonGrouped, "")
	}
	return told
}

// look decides every row again. What is not wanted any more is stored as such;
// the rest stays in j.rows.
func (a *Alerts) look(ctx context.Context, j *job, mailServer bool) error {
	var left []waiting
	var over []inbox.NotificationRecord
	for _, w := range j.rows {
		why, err := a.refused(ctx, j, &w, mailServer)
		switch {
		case err != nil:
			return err
		case why == inbox.ReasonNone:
			left = append(left, w)
		default:
			over = append(over, a.closed(w.row, inbox.OutcomeSuppressed, why, ""))
		}
	}
	j.rows = left
	if len(over) > 0 {
		a.end(ctx, j, over)
	}
	return nil
}

// refused says why a row is to be told to nobody; "" while it is to be told.
func (a *Alerts) refused(ctx context.Context, j *job, w *waiting, mailServer bool) (inbox.NotificationReason, error) {
	e, there, err := a.cfg.Store.Event(ctx, w.row)
	if err != nil {
		return "", err
	}
	if !there { // deleted (R12), and its row with it
		return inbox.ReasonStoppedBefore, nil
	}
	w.event = &e
	verdict, err := a.decide(ctx, *w, mailServer)
	switch {
	case err != nil:
		return "", err
	case verdict.Do == inbox.DoSend:
		return inbox.ReasonNone, nil
	case mayHaveGone(verdict.Reason) && a.unsure(j):
		return inbox.ReasonNone, nil // act waits for the log
	case verdict.Reason == inbox.ReasonNone:
		return inbox.ReasonRemoved, nil
	}
	return verdict.Reason, nil
}

// unsure says whether the log may have more to say of a job: it cannot be read
// now, and is worth waiting for.
func (a *Alerts) unsure(j *job) bool {
	return !a.private(j) && !a.cfg.Team.Reached() && !a.old(j, unreachedFor)
}

// tooLate ends a job that nobody may send any more. Whoever is still at it has
// a while to say so.
func (a *Alerts) tooLate(ctx context.Context, j *job) {
	switch {
	case j.claim != nil:
		a.fail(ctx, j, j.trouble)
	case a.unsure(j), !a.private(j) && !a.alone() && !a.old(j, 2*Lease):
		a.later(j, time.Minute)
	case j.trouble != "":
		a.endAll(ctx, j, inbox.OutcomeFailed, inbox.ReasonMailFailed, j.trouble)
	case j.noLog:
		a.endAll(ctx, j, inbox.OutcomeSuppressed, inbox.ReasonNoLog, "")
	default:
		a.endAll(ctx, j, inbox.OutcomeSuppressed, inbox.ReasonNobodyOn, "")
	}
}

// drop ends work that this desktop had begun and nobody needs any more: else
// the others would take it for possibly sent.
func (a *Alerts) drop(ctx context.Context, j *job) {
	if j.claim != nil && j.committed {
		_, _ = a.say(ctx, j, dropped, nil)
	}
	j.letGo()
}

// take asks the log for the work; true when this desktop has it.
func (a *Alerts) take(ctx context.Context, j *job) bool {
	if a.private(j) {
		j.claim = &local{a.cfg.Store, a.cfg.Clock, j}
		return true
	}
	asking, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	claim, err := a.cfg.Team.Claim(asking, j.work, Lease)
	j.cutOff, j.unheard, j.noLog = err != nil, err != nil, err != nil
	switch {
	case err != nil:
		a.retry(j)
	case claim == nil:
		a.cfg.Team.Lapsed(j.work)
		a.later(j, patience)
	default:
		j.claim, j.tried, j.committed = claim, false, false
		return true
	}
	return false
}

// holds says whether this desktop may send now. One that tried in vain for the
// whole time of its claim leaves the work to others, whose network may be
// better; once it said "started" nobody else can.
func (a *Alerts) holds(ctx context.Context, j *job) bool {
	if j.committed || j.claim.Mine() {
		return true
	}
	if j.tried && !a.alone() {
		j.letGo()
		a.cfg.Team.Lapsed(j.work)
		a.later(j, patience)
		return false
	}
	renewing, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	switch mine, err := j.claim.Renew(renewing); {
	case err != nil:
		j.letGo()
		j.cutOff, j.unheard = true, true
		a.retry(j)
	case !mine:
		j.letGo()
		a.later(j, patience)
	default:
		j.tried = false
		return true
	}
	return false
}
