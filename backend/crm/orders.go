package crm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// foundBack is how much older than the first try a record may be, by the
// provider's clock, to be taken for the one that was asked for: clocks differ.
const foundBack = 24 * time.Hour

// order is a creation that is under way.
type order struct {
	Creation

	// Under CRM.work:
	next  time.Time
	busy  bool
	stuck bool // a person must change something, or the provider is another one

	pause run.Backoff
}

// Created is what became of a creation so far.
type Created struct {
	Creation string // its ID
	Link     string // "" while Pending
	Record   inbox.Record
	Pending  bool
}

// Create makes a record and links the conversation to it. The draft is stored
// first: killed at any moment, the program makes the record once, now or later.
// Where the provider cannot be reached the creation waits, and is Pending. An
// error means that nothing was stored: the provider refused the draft.
func (c *CRM) Create(ctx context.Context, conversation inbox.Key, d inbox.RecordDraft) (Created, error) {
	p := c.Provider()
	if p == nil {
		return Created{}, errNone()
	}
	now := c.cfg.Clock.Now()
	o := c.newOrder(Creation{ID: creationID(conversation, d, now, c.cfg.Rand), Conversation: conversation, Provider: p.ID(), Draft: d, At: now})
	if err := c.cfg.Store.PutCreation(ctx, o.Creation); err != nil {
		return Created{}, err
	}
	o.busy = true
	c.work.Lock()
	c.orders[o.ID] = o
	c.work.Unlock()
	defer c.release(o)
	made, err := c.make(ctx, o)
	switch {
	case err == nil:
		return made, nil
	case final(err) && o.Trouble != "":
		c.drop(ctx, o)
		return Created{}, err
	}
	return Created{Creation: o.ID, Pending: true}, nil
}

func errNone() error {
	return inbox.Errorf(inbox.Auth, "There is no connection to the CRM on this computer. Give your token under Settings > CRM.")
}

// creationID names a creation: whoever asks twice wants two.
func creationID(conversation inbox.Key, d inbox.RecordDraft, at time.Time, chance func() float64) string {
	salt := 0.0
	if chance != nil {
		salt = chance()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%+v|%d|%v", conversation, d, at.UnixNano(), salt))
	return hex.EncodeToString(sum[:10])
}

func (c *CRM) newOrder(n Creation) *order {
	return &order{Creation: n, next: c.cfg.Clock.Now(), stuck: n.Trouble != "",
		pause: run.Backoff{Base: 5 * time.Second, Max: 10 * time.Minute, Jitter: 0.5, Rand: c.cfg.Rand}}
}

// Creations are those of a conversation that wait, the oldest first; of all
// conversations with "".
func (c *CRM) Creations(ctx context.Context, conversations ...inbox.Key) (waiting []Creation, err error) {
	all, err := c.cfg.Store.Creations(ctx)
	for _, n := range all {
		if len(conversations) == 0 || slices.Contains(conversations, n.Conversation) {
			waiting = append(waiting, n)
		}
	}
	return waiting, err
}

// Forget gives a waiting creation up. What was made of it already stays.
func (c *CRM) Forget(ctx context.Context, id string) error {
	c.work.Lock()
	delete(c.orders, id)
	c.work.Unlock()
	return c.cfg.Store.DropCreation(ctx, id)
}

// loadOrders takes up what waited when the program ended, once.
func (c *CRM) loadOrders(ctx context.Context) error {
	if c.loaded {
		return nil
	}
	all, err := c.cfg.Store.Creations(ctx)
	if err != nil {
		return err
	}
	c.loaded = true
	c.work.Lock()
	defer c.work.Unlock()
	for _, n := range all {
		if c.orders[n.ID] == nil {
			c.orders[n.ID] = c.newOrder(n)
		}
	}
	return nil
}

// dueOrders takes the creations whose time has come, the oldest first.
func (c *CRM) dueOrders() (due []*order) {
	p := c.Provider()
	c.work.Lock()
	defer c.work.Unlock()
	for _, o := range c.orders {
		if !o.busy {
			o.stuck = o.Trouble != "" || p == nil || p.ID() != o.Provider
		}
		if !o.busy && !o.stuck && !o.next.After(c.cfg.Clock.Now()) {
			due = append(due, o)
		}
	}
	slices.SortFunc(due, func(a, b *order) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	due = due[:min(1, len(due))]
	for _, o := range due {
		o.busy = true
	}
	return due
}

// fulfil makes one attempt in the background.
func (c *CRM) fulfil(ctx context.Context, o *order) {
	defer c.release(o)
	if _, err := c.make(ctx, o); err != nil && ctx.Err() == nil {
		c.cfg.Log.Info("a record could not be created in the CRM yet", "error", err)
	}
}

func (c *CRM) release(o *order) {
	c.work.Lock()
	o.busy = false
	c.work.Unlock()
	c.poke()
}

// make makes the record, or finds the one that an earlier attempt made, and
// links the conversation to it.
func (c *CRM) make(ctx context.Context, o *order) (Created, error) {
	p, acting, stop := c.with(ctx)
	defer stop()
	r, err := c.record(acting, p, o)
	if err == nil {
		var link string
		if link, err = c.cfg.Team.Link(acting, o.Conversation, p.ID(), r); err == nil {
			c.drop(ctx, o)
			c.forgetMatches(ctx, p, o.Draft)
			c.Wake()
			return Created{Creation: o.ID, Link: link, Record: r}, nil
		}
	}
	c.putBack(ctx, p, o, err)
	return Created{}, err
}

func (c *CRM) record(ctx context.Context, p Provider, o *order) (inbox.Record, error) {
	if p == nil || p.ID() != o.Provider {
		return inbox.Record{}, errNone()
	}
	if !o.Tried.IsZero() {
		r, found, err := p.FindCreated(ctx, o.Draft, o.Tried.Add(-foundBack))
		if err != nil || found {
			return r, err
		}
	} else {
		o.Tried = c.cfg.Clock.Now()
		if err := c.cfg.Store.PutCreation(ctx, o.Creation); err != nil {
			o.Tried = time.Time{}
			return inbox.Record{}, err
		}
	}
	r, err := p.Create(ctx, o.Draft)
	if err == nil {
		c.sawRecord(ctx, p, r)
	}
	return r, err
}

// final says that trying again changes nothing.
func final(err error) bool {
	switch code(err) {
	case inbox.Invalid, inbox.Forbidden, inbox.NotFound, inbox.Conflict:
		return true
	}
	return false
}

// putBack puts a creation back after an attempt that came to nothing.
func (c *CRM) putBack(ctx context.Context, p Provider, o *order, err error) {
	wait := o.pause.Next()
	if p != nil {
		wait = max(wait, c.rest(p, err))
	}
	c.work.Lock()
	wanted := c.orders[o.ID] == o // nobody gave it up meanwhile
	c.work.Unlock()
	if wanted && final(err) {
		o.Trouble = sentence(err)
		storing, stop := run.Behind(ctx, MaxAct)
		defer stop()
		if err := c.cfg.Store.PutCreation(storing, o.Creation); err != nil {
			c.cfg.Log.Warn("what became of a record could not be stored", "error", err)
		}
		c.cfg.Changed(o.Conversation)
	}
	c.work.Lock()
	defer c.work.Unlock()
	o.next = c.cfg.Clock.Now().Add(wait)
}

// drop forgets a creation that is done. While the disk refuses it is found again
// at the next start, and the record with it.
func (c *CRM) drop(ctx context.Context, o *order) {
	c.work.Lock()
	delete(c.orders, o.ID)
	c.work.Unlock()
	storing, stop := run.Behind(ctx, MaxAct)
	defer stop()
	if err := c.cfg.Store.DropCreation(storing, o.ID); err != nil {
		c.cfg.Log.Warn("a creation that is done could not be forgotten", "error", err)
	}
	c.cfg.Changed(o.Conversation)
}
