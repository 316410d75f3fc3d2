package crm

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postvak/backend/inbox"
)

const (
	maxFound  = 20             // records of one search
	minSearch = 2              // characters
	matchFor  = 24 * time.Hour // for how long is kept who a contact may be
)

// Search finds records as somebody types (R21). It answers within half a
// minute; texts of less than two characters find nothing.
func (c *CRM) Search(ctx context.Context, kind inbox.RecordKind, text string) ([]inbox.Record, error) {
	p, asking, stop := c.with(ctx)
	defer stop()
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case p == nil:
		return nil, errNone()
	case utf8.RuneCountInString(text) < minSearch:
		return nil, nil
	case p.ID() == inbox.BuiltinCRM:
		return p.Find(asking, kind, text, maxFound)
	}
	found, err := p.Find(asking, kind, text, maxFound)
	if err != nil {
		c.rest(p, err)
		return nil, err
	}
	for _, r := range found {
		c.sawRecord(ctx, p, r)
	}
	return found, nil
}

// Get gives a record; what was last seen of it, and when, while the provider
// cannot be asked. One that is gone is NotFound.
func (c *CRM) Get(ctx context.Context, ref inbox.RecordRef) (inbox.Record, time.Time, error) {
	p, asking, stop := c.with(ctx)
	defer stop()
	if p == nil {
		return inbox.Record{}, time.Time{}, errNone()
	}
	r, err := p.Get(asking, ref)
	if err == nil {
		c.sawRecord(ctx, p, r)
		return r, c.cfg.Clock.Now(), nil
	}
	c.rest(p, err)
	if code(err) != inbox.Unavailable && code(err) != inbox.Auth {
		return r, time.Time{}, err
	}
	if seen, at, ok, lost := c.cfg.Store.SeenRecord(ctx, p.ID(), ref); ok && lost == nil && !seen.Gone {
		return seen, at, nil
	}
	return r, time.Time{}, err
}

// sawRecord keeps a record for when there is no network. The contact book is
// there anyway.
func (c *CRM) sawRecord(ctx context.Context, p Provider, r inbox.Record) {
	if p.ID() == inbox.BuiltinCRM {
		return
	}
	if err := c.cfg.Store.PutSeenRecord(ctx, p.ID(), r, c.cfg.Clock.Now()); err != nil && ctx.Err() == nil {
		c.cfg.Log.Warn("a record of the CRM could not be kept", "error", err)
	}
}

// missesRecord keeps that a linked record is gone, and says whether that is
// news. The contact book knows by itself.
func (c *CRM) missesRecord(ctx context.Context, p Provider, ref inbox.RecordRef) bool {
	seen, _, ok, err := c.cfg.Store.SeenRecord(ctx, p.ID(), ref)
	if p.ID() == inbox.BuiltinCRM || err != nil || ok && seen.Gone {
		return false
	}
	seen.RecordRef, seen.Gone = ref, true
	c.sawRecord(ctx, p, seen)
	return true
}

// Match is a record that a contact may be.
type Match struct {
	inbox.Record
	Confidence inbox.Confidence
	Why        inbox.MatchWhy
}

// Matches says who a contact may be, the surest first, as of a time: what a
// provider with a quota said is kept for a day, and used for longer while it
// cannot be asked.
func (c *CRM) Matches(ctx context.Context, contact inbox.Address) ([]Match, time.Time, error) {
	p, asking, stop := c.with(ctx)
	defer stop()
	if p == nil {
		return nil, time.Time{}, errNone()
	}
	now := c.cfg.Clock.Now()
	if p.ID() == inbox.BuiltinCRM {
		found, err := c.ask(asking, p, contact)
		return c.matches(contact, found), now, err
	}
	who := inbox.NormalAddress(contact.Address)
	kept, at, ok, err := c.cfg.Store.Matches(ctx, p.ID(), who)
	if err != nil {
		c.cfg.Log.Warn("who a contact may be could not be read", "error", err)
		ok = false
	}
	if age := now.Sub(at); ok && age >= 0 && age < matchFor {
		return c.matches(contact, kept), at, nil
	}
	found, err := c.ask(asking, p, contact)
	if err != nil {
		if ok && len(kept) > 0 {
			return c.matches(contact, kept), at, nil
		}
		return nil, time.Time{}, err
	}
	if err := c.cfg.Store.PutMatches(ctx, p.ID(), who, found, now); err != nil {
		c.cfg.Log.Warn("who a contact may be could not be kept", "error", err)
	}
	return c.matches(contact, found), now, nil
}

func (c *CRM) ask(ctx context.Context, p Provider, contact inbox.Address) ([]inbox.Record, error) {
	if d := c.resting(p); d > 0 {
		return nil, inbox.Errorf(inbox.Unavailable, "The CRM asks for a pause. Postvak tries again by itself.")
	}
	email, phone := contact.Address, ""
	if !strings.Contains(email, "@") {
		email, phone = "", contact.Address
	}
	name := contact.Name
	if strings.Contains(name, "@") {
		name = ""
	}
	found, err := p.FindPerson(ctx, email, phone, name)
	if err != nil {
		c.rest(p, err)
	}
	return found, err
}

func (c *CRM) matches(contact inbox.Address, found []inbox.Record) (all []Match) {
	for _, r := range found {
		m := Match{Record: r}
		if m.Confidence, m.Why = inbox.MatchPerson(contact, nil, r, c.cfg.Same); m.Confidence != inbox.NoMatch {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Match) int { return rank(a) - rank(b) })
	return all
}

func rank(m Match) int {
	if m.Confidence == inbox.Sure {
		return 0
	}
	return 1
}

// forgetMatches asks anew who a contact is after somebody was created.
func (c *CRM) forgetMatches(ctx context.Context, p Provider, d inbox.RecordDraft) {
	if p.ID() == inbox.BuiltinCRM {
		return
	}
	for _, address := range []string{d.Email, d.Phone} {
		if address == "" {
			continue
		}
		if err := c.cfg.Store.PutMatches(ctx, p.ID(), inbox.NormalAddress(address), nil, time.Time{}); err != nil && ctx.Err() == nil {
			c.cfg.Log.Warn("who a contact may be could not be forgotten", "error", err)
		}
	}
}
