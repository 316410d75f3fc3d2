package crm

import (
	"errors"
	"time"

	"postvak/backend/inbox"
)

const (
	authRest = 5 * time.Minute // after a token was not taken
	maxRest  = time.Hour       // however long a server asks for
)

// rest is a pause in which a provider is asked nothing by itself.
type rest struct {
	until time.Time
	why   string
}

// Status says how it goes with the provider.
type Status struct {
	// Trouble is why nothing is asked at present, a sentence; "" otherwise.
	Trouble string
	Until   time.Time // of that pause
	// Waiting counts the notes and records that are owed here.
	Notes, Creations int
}

// Status is for the screen and for diagnostics.
func (c *CRM) Status() (s Status) {
	p := c.Provider()
	c.work.Lock()
	defer c.work.Unlock()
	s.Notes, s.Creations = len(c.jobs), len(c.orders)
	if p == nil {
		return s
	}
	if r := c.rests[p.ID()]; r.until.After(c.cfg.Clock.Now()) {
		s.Trouble, s.Until = r.why, r.until
	}
	return s
}

// resting is for how long a provider is still left alone.
func (c *CRM) resting(p Provider) time.Duration {
	c.work.Lock()
	defer c.work.Unlock()
	left := c.rests[p.ID()].until.Sub(c.cfg.Clock.Now())
	if left > maxRest { // the clock went back
		delete(c.rests, p.ID())
		return 0
	}
	return max(0, left)
}

// rest leaves a provider alone for as long as it asks for, or because it does
// not take the token; none when an error says neither.
func (c *CRM) rest(p Provider, err error) time.Duration {
	var when Retry
	var e *inbox.Error
	var d time.Duration
	switch {
	case errors.As(err, &when):
		d = min(when.RetryAfter(), maxRest)
	case errors.As(err, &e) && e.Code == inbox.Auth:
		d = authRest
	}
	if d <= 0 {
		return 0
	}
	r := rest{until: c.cfg.Clock.Now().Add(d), why: sentence(err)}
	c.work.Lock()
	before := c.rests[p.ID()]
	if r.until.After(before.until) {
		c.rests[p.ID()] = r
	}
	c.work.Unlock()
	if before.why != r.why {
		c.cfg.Changed()
	}
	return d
}
