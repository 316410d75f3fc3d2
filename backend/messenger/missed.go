package messenger

import (
	"context"
	"slices"
	"time"
)

// maxMissed is of how many conversations a part may be missed. Where it is more,
// the fault is not theirs.
const maxMissed = 50

// missed is a conversation of which a part could not be read: with whom, since
// when messages without details count (reach), and when that is tried again.
type missed struct {
	Contact string    `json:"contact"`
	From    time.Time `json:"from,omitzero"`
	Tries   int       `json:"tries,omitempty"`
	Next    time.Time `json:"next,omitzero"`
}

// miss puts a conversation among those that are read again, soon and as far back
// as it was not read; false: there are too many.
func (c *cursor) miss(contact string, from time.Time) bool {
	c.Missed = slices.Clone(c.Missed)
	for i := range c.Missed {
		if m := &c.Missed[i]; m.Contact == contact {
			if m.From.IsZero() || !from.IsZero() && from.Before(m.From) {
				m.From = from
			}
			return true
		}
	}
	if len(c.Missed) >= maxMissed {
		return false
	}
	c.Missed = append(c.Missed, missed{Contact: contact, From: from})
	return true
}

// missLater puts off a conversation that failed again, ever longer. None is given
// up: what is missed would be lost.
func (c *cursor) missLater(contact string, now time.Time) {
	c.Missed = slices.Clone(c.Missed)
	for i := range c.Missed {
		if m := &c.Missed[i]; m.Contact == contact {
			m.Next = next(now, m.Tries)
			m.Tries++
		}
	}
}

func (c *cursor) caught(contact string) {
	c.Missed = slices.DeleteFunc(slices.Clone(c.Missed), func(m missed) bool { return m.Contact == contact })
}

// spared keeps the fault of one conversation from holding the others up: it is
// noted, and what was missed is read later.
func (s *syncing) spared(c conversation, r reach, err error) error {
	if !ofOne(err) {
		return err
	}
	s.a.cfg.Log.Warn("a conversation cannot be read as a whole", "channel", s.a.cfg.Channel.ID, "error", err)
	if !s.at.miss(c.contact.Address, r.from) {
		return err
	}
	return nil
}

// again reads the conversations of which a part was missed and whose time has
// come. What can be read of one is stored, whatever fails.
func (s *syncing) again(ctx context.Context) error {
	for _, m := range slices.Clone(s.at.Missed) {
		if m.Next.After(s.a.Now()) {
			continue
		}
		news, err := s.whole(ctx, m)
		switch {
		case err == nil, isNo(err): // it is read, or not there any more
			s.at.caught(m.Contact)
		case ofOne(err):
			s.a.cfg.Log.Warn("a conversation still cannot be read as a whole", "channel", s.a.cfg.Channel.ID, "error", err)
			s.at.missLater(m.Contact, s.a.Now())
		default:
			return err
		}
		if err := s.store(ctx, news); err != nil {
			return err
		}
	}
	return nil
}

// whole are all unknown messages of a conversation that was missed.
func (s *syncing) whole(ctx context.Context, m missed) (news []message, err error) {
	all, err := s.a.with(ctx, m.Contact, s.page)
	for _, c := range all {
		some, failed := s.news(ctx, c, reach{from: m.From, whole: true})
		news = append(news, some...)
		if failed != nil {
			err = failed
		}
	}
	return news, err
}
