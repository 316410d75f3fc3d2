package app

import (
	"context"
	"slices"
	"sync"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// Voids lists own decisions that had no effect and that nobody dismissed yet,
// the newest first.
func (s *Inbox) Voids() ([]Voided, error) {
	return do(s.app, "Inbox.Voids", s.app.listVoids)
}

// DismissVoid takes one off that list: its author has been told.
func (s *Inbox) DismissVoid(id string) error {
	return s.app.run("Inbox.DismissVoid", func(ctx context.Context) error { return s.app.dismissVoid(ctx, id) })
}

// voidDesk holds back what came to nothing until it is known whether the call
// that decided it says so itself: nobody is told twice.
type voidDesk struct {
	mu       sync.Mutex
	deciding int      // calls that are deciding now
	told     []string // the latest decisions that a call refused in words
	waiting  []sqlite.Voided
	saving   sync.Mutex // one change of the list about the team at a time
}

// maxTold bounds what is remembered of refusals.
const maxTold = 1000

// begin is called before something is decided.
func (d *voidDesk) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deciding++
}

// endDeciding is called after it, with the decision of which the caller was
// told that it came to nothing, if there is one.
func (a *App) endDeciding(told string) {
	d := &a.voids
	d.mu.Lock()
	defer d.mu.Unlock()
	if told != "" {
		d.told = append(d.told[max(len(d.told)-maxTold, 0):], told)
	}
	if d.deciding--; d.deciding == 0 {
		a.tellVoids()
	}
}

// foundVoid takes own decisions that came to nothing, after the commit that
// found it out.
func (a *App) foundVoid(found []sqlite.Voided) {
	if len(found) == 0 {
		return
	}
	d := &a.voids
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = append(d.waiting, found...)
	if d.deciding == 0 {
		a.tellVoids()
	}
}

// tellVoids sends what waits, less what its author was told already. The
// caller holds mu.
func (a *App) tellVoids() {
	var event InboxVoid
	for _, v := range a.voids.waiting {
		if !slices.Contains(a.voids.told, v.ID) {
			event.Voids = append(event.Voids, a.voidedOf(a.ctx, v))
		} else if err := a.dismissVoid(a.ctx, v.ID); err != nil {
			a.log.Warn("a void decision stays on the list", "error", err.Error())
		}
	}
	a.voids.waiting = nil
	if len(event.Voids) > 0 {
		a.say(&event)
		a.hub.emit("inbox.void", event)
	}
}

// voidedOf says what became of an own decision.
func (a *App) voidedOf(ctx context.Context, v sqlite.Voided) Voided {
	line := a.activityOf(v.Activity)
	out := Voided{ID: v.ID, Kind: line.Kind, At: line.At, Text: a.voidText(v.Activity), Wrote: v.Wrote}
	if v.Record != "" {
		out.Text = a.bookVoidText(ctx, v.Record, v.Activity.Void)
		return out
	}
	now, err := a.standing(ctx, v.Conversation)
	if err != nil {
		return out
	}
	out.ConversationID, out.Subject = string(now.ID), a.subjectOf(ctx, now.ID)
	out.Again = a.againOf(v.Activity, now)
	return out
}

// againOf says how to assign again, where it would have an effect now.
func (a *App) againOf(line teamlog.Activity, now standing) *Again {
	if line.Kind != doAssign || now.Assignee == line.To {
		return nil
	}
	if line.To != "" && (a.assignable(line.To) != nil || !a.team.HasAccess(line.To, now.Channel)) {
		return nil
	}
	return &Again{MemberID: string(line.To)}
}

// subjectOf is a conversation's subject as lists show it; "" when it is not
// known here.
func (a *App) subjectOf(ctx context.Context, id inbox.Key) string {
	view, err := a.db.Conversation(ctx, id, sqlite.OpenQuery{Limit: 1})
	if err != nil {
		return ""
	}
	return view.Subject
}
