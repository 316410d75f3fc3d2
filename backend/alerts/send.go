package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/run"
)

// errLost ends an attempt before its last byte: the log gave the work to
// somebody else.
var errLost = errors.New("another desktop has this alert")

// send makes one attempt.
func (a *Alerts) send(ctx context.Context, j *job, from inbox.Address) {
	if !a.holds(ctx, j) {
		return
	}
	rendered, err := mime.Render(a.letter(j, from))
	if err != nil {
		a.fail(ctx, j, err.Error())
		return
	}
	acting, stop := context.WithTimeout(ctx, MaxAct)
	defer stop()
	j.tries++
	handed := false
	var refused error
	answer := a.cfg.Post.Send(acting, j.channel, rendered, func() error {
		refused = a.commit(acting, j)
		handed = refused == nil
		return refused
	})
	j.tried = true
	a.answered(ctx, j, answer, handed, refused)
}

// answered takes up what the mail server said. handed: the last byte could go;
// refused: why it could not.
func (a *Alerts) answered(ctx context.Context, j *job, answer inbox.SendResult, handed bool, refused error) {
	switch answer.Outcome {
	case inbox.Accepted:
		a.remember(j)
		_, _ = a.say(ctx, j, sent, report(j, ""))
		a.endAll(ctx, j, inbox.OutcomeSent, inbox.ReasonNone, "")
		return
	case inbox.Refused:
		a.fail(ctx, j, answer.Reason)
		return
	case inbox.Unknown:
		handed = true
	case inbox.Later, inbox.Outlived: // an alert has no window to outlive
		handed = false
	}
	if !handed {
		a.missed(ctx, j, refused, answer.Reason)
		return
	}
	a.remember(j)
	_, _ = a.say(ctx, j, unknown, report(j, answer.Reason))
	a.endAll(ctx, j, inbox.OutcomeUnknown, inbox.ReasonPossiblySent, answer.Reason)
}

// commit stands between the text and its last byte: from here on nobody else
// sends this alert, whatever becomes of this desktop.
func (a *Alerts) commit(ctx context.Context, j *job) error {
	j.committed = true
	mine, err := j.claim.Done(ctx, started, report(j, ""))
	if err != nil {
		return err
	}
	if !mine {
		return errLost
	}
	return nil
}

// missed puts a job back after an attempt that certainly sent nothing.
// refused is why the log did not let the last byte go.
func (a *Alerts) missed(ctx context.Context, j *job, refused error, why string) {
	j.trouble = why
	if refused != nil {
		j.trouble = refused.Error() // what the mail server was told of it says less
	}
	a.cfg.Log.Info("an e-mail alert could not be sent yet", "reason", j.trouble)
	if errors.Is(refused, errLost) {
		j.letGo()
		a.later(j, patience)
		return
	}
	if j.committed && (refused == nil || a.private(j)) {
		_, _ = a.say(ctx, j, waitingAgain, report(j, why))
	}
	a.retry(j)
}

// fail ends a job for the whole team: nothing was sent, and nobody tries again.
// Only the log can say so: somebody else may have the work by now.
func (a *Alerts) fail(ctx context.Context, j *job, why string) {
	if j.gaveUp && a.unsure(j) { // it was said, and waits to be heard
		j.cutOff = true
		a.retry(j)
		return
	}
	j.gaveUp, j.trouble = true, why
	switch mine, err := a.say(ctx, j, failed, report(j, why)); {
	case err != nil && !a.old(j, unreachedFor):
		a.retry(j)
	case err == nil && !mine:
		j.letGo()
		a.later(j, patience)
	default:
		a.endAll(ctx, j, inbox.OutcomeFailed, inbox.ReasonMailFailed, why)
	}
}

// say tells the team what became of the work. What cannot be said now waits in
// this desktop's own log, or leaves the others with what they know.
func (a *Alerts) say(ctx context.Context, j *job, state string, result json.RawMessage) (mine bool, err error) {
	saying, stop := run.Behind(ctx, MaxAct)
	defer stop()
	mine, err = j.claim.Done(saying, state, result)
	if err != nil || !mine {
		a.cfg.Log.Info("what became of an e-mail alert was not confirmed by the log", "state", state, "error", err)
	}
	return mine, err
}

// local stands for the claim of a private channel's alert, of which the log
// knows nothing: before the last byte the rows are stored as unknown, so that a
// program that is killed then never sends again (R31).
type local struct {
	store Store
	clock run.Clock
	job   *job
}

func (*local) Mine() bool                          { return true }
func (*local) Renew(context.Context) (bool, error) { return true, nil }

func (l *local) Done(ctx context.Context, state string, _ json.RawMessage) (bool, error) {
	rows := make([]inbox.NotificationRecord, len(l.job.rows))
	for i, w := range l.job.rows {
		rows[i] = w.row
		if state == started {
			rows[i].Outcome, rows[i].Reason = inbox.OutcomeUnknown, inbox.ReasonPossiblySent
			rows[i].Due, rows[i].Decided = time.Time{}, l.clock.Now()
		}
	}
	if state != started && state != waitingAgain {
		return true, nil // the rows' own outcome follows at once
	}
	return true, l.store.SetNotifications(ctx, rows)
}
