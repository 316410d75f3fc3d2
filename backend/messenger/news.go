package messenger

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// reach is how far back a conversation is read.
type reach struct {
	// from is since when a message without details is worth a line: it came since
	// this computer last looked. Zero: none is.
	from time.Time
	// thorough looks also behind known messages, as long as there are others
	// between them, and whole behind all.
	thorough, whole bool
}

func (r reach) gap(at time.Time) bool { return !r.from.IsZero() && !at.Before(r.from) }

// reach is what a pass reads of a conversation.
func (s *syncing) reach(w walk) reach {
	r := reach{thorough: w.thorough}
	if s.live {
		r.from = s.floor()
	}
	return r
}

// news are the messages of a conversation that are not known, the newest first.
// It goes back as long as it meets unknown ones: the details of the newest
// twenty are all there is, and before those only what came since this computer
// last looked is listed, as not available. What was read before a fault comes
// with the error.
func (s *syncing) news(ctx context.Context, c conversation, r reach) (all []message, err error) {
	part, fields, seen, gap := c.first, messageFields, 0, 0
	for {
		fresh, more, err := s.unknown(ctx, part, r)
		if err != nil {
			return nil, err
		}
		seen += len(part.messages)
		for _, m := range fresh {
			if m.bare {
				if gap++; !r.gap(m.At) {
					continue
				}
			}
			all = append(all, m)
		}
		if !more || part.after == "" || gap >= maxGap || seen >= maxNews || seen >= detailed && !r.gap(part.oldest()) {
			return s.tidied(c, all), nil
		}
		part, fields, err = s.a.older(ctx, c, s.page, part.after, fields, seen)
		if isNo(err) {
			s.a.cfg.Log.Warn("older messages cannot be listed", "channel", s.a.cfg.Channel.ID, "error", err)
			return s.tidied(c, all), nil
		}
		if err != nil {
			return s.tidied(c, all), err
		}
	}
}

func (p slice) oldest() time.Time {
	if len(p.messages) == 0 {
		return time.Time{}
	}
	return p.messages[len(p.messages)-1].At
}

// unknown gives a slice's messages that are not stored, and whether there may be
// more behind them: not where the oldest is known, or, thoroughly, all are.
func (s *syncing) unknown(ctx context.Context, part slice, r reach) (fresh []message, more bool, err error) {
	if len(part.messages) == 0 {
		return nil, false, nil
	}
	var keys []inbox.Key
	for _, m := range part.messages {
		keys = append(keys, inbox.ChatKey(s.a.cfg.Channel.ID, m.ID))
	}
	known, err := s.sink.Known(ctx, keys)
	if err != nil {
		return nil, false, err
	}
	for i, m := range part.messages {
		if !known[keys[i]] {
			fresh = append(fresh, m)
		}
	}
	return fresh, !known[keys[len(keys)-1]] || r.thorough && len(fresh) > 0 || r.whole, nil
}

// tidied says which messages were read at the page, and tells those of one
// second apart: Meta lists the newest first.
func (s *syncing) tidied(c conversation, all []message) []message {
	unread := c.unread
	for i := range all {
		m := &all[i]
		if m.Direction != inbox.In {
			continue
		}
		unread--
		m.seen = unread < 0 && m.At.Before(s.a.cfg.Channel.NotifySince)
	}
	for i := len(all) - 2; i >= 0; i-- {
		if older := all[i+1].At; all[i].At.Equal(older.Truncate(time.Second)) {
			all[i].At = older.Add(time.Millisecond)
		}
	}
	return all
}
