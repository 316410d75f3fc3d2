package app

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// reversal is how to take back what was decided about one conversation.
type reversal struct {
	do           string
	conversation inbox.Key
	member, from inbox.MemberID // of an assignment: whom it had before, and since
	event        int            // its place among the events decided together
	decision     string         // its id in the log
	at           time.Time
	// back is what takes a decision about the CRM, or a contact's name, back; the
	// rest is empty then, but for the conversation that it is about.
	back teamlog.Event
	// seen is what the CRM said of the record that a link was of: the cache
	// forgets it with the link.
	seen *inbox.Record
}

// takingBack is how long an assignment can be taken back without asking
// whether the member it returns to is available: a little less than the team
// log allows, for the time until it is signed.
const takingBack = 9 * time.Second

// maxUndo is how many actions can be taken back.
const maxUndo = 100

// undoList remembers how to take back the latest actions. It is kept in memory
// only: undo is for what one has just done.
type undoList struct {
	mu    sync.Mutex
	order []string
	back  map[string][]reversal
}

func (u *undoList) add(back []reversal) (id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.back == nil {
		u.back = map[string][]reversal{}
	}
	id = rand.Text()
	u.back[id] = back
	u.order = append(u.order, id)
	if len(u.order) > maxUndo {
		delete(u.back, u.order[0])
		u.order = u.order[1:]
	}
	return id
}

// take gives an action once.
func (u *undoList) take(id string) ([]reversal, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	back, ok := u.back[id]
	delete(u.back, id)
	return back, ok
}

// undoOne decides the opposite. Conversations that somebody changed meanwhile
// are left as they are.
func (a *App) undoOne(ctx context.Context, id string) error {
	back, ok := a.undo.take(id)
	if !ok {
		return inbox.Errorf(inbox.NotFound, "This can no longer be undone.")
	}
	var events []teamlog.Event
	for _, r := range back {
		if r.back != nil && r.conversation == "" {
			events = append(events, r.back)
			continue
		}
		now, err := a.standing(ctx, r.conversation)
		if inbox.CodeOf(err) == inbox.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		more, err := a.reverse(r, now)
		if err != nil {
			return err
		}
		events = append(events, more...)
	}
	if len(events) == 0 {
		return nil
	}
	if _, err := a.decide(ctx, events...); err != nil {
		return err
	}
	return a.seeAgain(ctx, back)
}

// seeAgain puts back what was seen of the records of links that are there again.
func (a *App) seeAgain(ctx context.Context, back []reversal) error {
	for _, r := range back {
		link, ok := r.back.(*teamlog.CRMLink)
		if !ok || r.seen == nil {
			continue
		}
		if err := a.db.PutSeenRecord(ctx, link.Provider, *r.seen, a.clock.Now()); err != nil {
			return err
		}
		a.crmShowsChanged(r.conversation)
	}
	return nil
}

func (a *App) reverse(r reversal, now standing) ([]teamlog.Event, error) {
	if r.back != nil {
		return []teamlog.Event{r.back}, nil
	}
	if r.do == doAssign {
		if now.Assignee != r.from {
			return nil, nil
		}
		return a.giveBack(r, now)
	}
	events, _, err := a.eventsFor(BulkRequest{Do: r.do}, now)
	return events, err
}

// giveBack returns a conversation to whom it had before. Soon after, that asks
// for no availability: it was so a moment ago. Later it is an assignment like
// any other (R3).
func (a *App) giveBack(r reversal, now standing) ([]teamlog.Event, error) {
	back := &teamlog.Assign{Conversation: now.ID, To: r.member, Was: r.from}
	switch {
	case a.clock.Now().Sub(r.at) <= takingBack:
		back.Undo = r.decision
	case r.member != "":
		if err := a.assignable(r.member); err != nil {
			return nil, err
		}
	}
	return []teamlog.Event{back}, nil
}
