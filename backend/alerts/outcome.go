package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/tidy"
)

const (
	maxListed = 40  // events in what the log is told
	maxDetail = 500 // runes of a server's words
)

// result is what the log is told beside a State.
type result struct {
	// Events stand for what the e-mail tells of, so that the others know what
	// came too late for it. None: of all.
	Events []string `json:"events,omitempty"`
	Reason string   `json:"reason,omitempty"`
	Try    int      `json:"try,omitempty"` // which makes one "started" another
}

// standIn is an event's short name in the log.
func standIn(event string) string {
	sum := sha256.Sum256([]byte(event))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func report(j *job, why string) json.RawMessage {
	r := result{Reason: tidy.Shorten(why, maxDetail), Try: j.tries}
	if len(j.rows) <= maxListed {
		for _, w := range j.rows {
			r.Events = append(r.Events, standIn(w.row.EventID))
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil // strings can always be written
	}
	return raw
}

// resolve takes over what the log says became of the work.
func (a *Alerts) resolve(ctx context.Context, j *job, state State) {
	var said result
	if json.Unmarshal(state.Result, &said) != nil {
		said = result{} // another version's words; the state counts
	}
	if (state.State == started || state.State == waitingAgain) && a.unsure(j) {
		j.cutOff = true // its holder may have said more by now
		a.later(j, patience)
		return
	}
	switch state.State {
	case sent:
		a.share(ctx, j, said.Events, inbox.OutcomeSent, inbox.ReasonNone)
	case failed:
		a.endAll(ctx, j, inbox.OutcomeFailed, inbox.ReasonMailFailed, said.Reason)
	case dropped:
		a.endAll(ctx, j, inbox.OutcomeSuppressed, inbox.ReasonRead, "")
	case waitingAgain:
		if !a.old(j, 2*Lease) {
			a.later(j, patience)
			return
		}
		a.endAll(ctx, j, inbox.OutcomeFailed, inbox.ReasonMailFailed, said.Reason)
	case started:
		if left := a.stillAtIt(j, state); left > 0 {
			a.later(j, left)
			return
		}
		a.share(ctx, j, said.Events, inbox.OutcomeUnknown, inbox.ReasonPossiblySent)
	default: // unknown, and whatever newer versions say
		a.share(ctx, j, said.Events, inbox.OutcomeUnknown, inbox.ReasonPossiblySent)
	}
}

// stillAtIt is for how long whoever said "started" may yet say more: a whole
// lease from when this was first seen here.
func (a *Alerts) stillAtIt(j *job, state State) time.Duration {
	now := a.cfg.Clock.Now()
	if j.startedSeen.IsZero() || j.startedAs != string(state.Result) {
		j.startedSeen, j.startedAs = now, string(state.Result)
	}
	return j.startedSeen.Add(max(state.Lease, Lease)).Sub(now)
}

// share gives an outcome to the rows that the e-mail told of. What happened in
// its minute and came later is grouped with it.
func (a *Alerts) share(ctx context.Context, j *job, told []string, outcome inbox.NotificationOutcome, why inbox.NotificationReason) {
	var over []inbox.NotificationRecord
	for _, w := range j.rows {
		if len(told) == 0 || slices.Contains(told, standIn(w.row.EventID)) {
			over = append(over, a.closed(w.row, outcome, why, ""))
		} else {
			over = append(over, a.closed(w.row, inbox.OutcomeSuppressed, inbox.ReasonGrouped, ""))
		}
	}
	j.rows = nil
	a.end(ctx, j, over)
}

// endAll gives all that is left one outcome.
func (a *Alerts) endAll(ctx context.Context, j *job, outcome inbox.NotificationOutcome, why inbox.NotificationReason, detail string) {
	var over []inbox.NotificationRecord
	for _, w := range j.rows {
		over = append(over, a.closed(w.row, outcome, why, tidy.Shorten(detail, maxDetail)))
	}
	j.rows = nil
	j.letGo()
	a.end(ctx, j, over)
}

func (a *Alerts) closed(row inbox.NotificationRecord, outcome inbox.NotificationOutcome, why inbox.NotificationReason, detail string) inbox.NotificationRecord {
	row.Outcome, row.Reason, row.Detail = outcome, why, detail
	row.Due, row.Decided = time.Time{}, a.cfg.Clock.Now()
	return row
}

// end stores what became of rows. Until that is done, nothing else is done about
// their job: what was sent must not be sent again.
func (a *Alerts) end(ctx context.Context, j *job, rows []inbox.NotificationRecord) {
	j.ended = append(j.ended, rows...)
	a.store(ctx, j)
}

// store writes what became of rows. While the disk refuses it is tried again.
func (a *Alerts) store(ctx context.Context, j *job) bool {
	storing, stop := run.Behind(ctx, MaxAct)
	defer stop()
	if err := a.cfg.Store.SetNotifications(storing, j.ended); err != nil {
		a.cfg.Log.Warn("what became of an e-mail alert could not be stored", "error", err)
		a.later(j, troubled)
		return false
	}
	j.ended = nil
	a.cfg.Changed()
	return true
}
