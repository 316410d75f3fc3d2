package messenger

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// news are the messages of a conversation that are not known, the newest first.
// It goes back as long as it meets unknown ones: the details of the newest
// twenty are all there is, and before those only what came since this computer
// last looked is listed, as not available.
func (s *syncing) news(ctx context.Context, c conversation, thorough bool) (all []message, err error) {
	part, fields, seen, gap := c.first, messageFields, 0, 0
	for {
		fresh, more, err := s.unknown(ctx, part, thorough)
		if err != nil {
			return nil, err
		}
		seen += len(part.messages)
		for _, m := range fresh {
			if m.bare {
				if gap++; !s.gap(m.At) {
					continue
				}
			}
			all = append(all, m)
		}
		if !more || part.after == "" || gap >= maxGap || seen >= maxNews || seen >= detailed && !s.gap(part.oldest()) {
			return s.tidied(c, all), nil
		}
		part, fields, err = s.older(ctx, c, part.after, fields, seen)
		if err != nil {
			return nil, err
		}
	}
}

// gap says whether a message without details is worth a line: it came since this
// computer last looked.
func (s *syncing) gap(at time.Time) bool { return s.live && !at.Before(s.floor()) }

func (p slice) oldest() time.Time {
	if len(p.messages) == 0 {
		return time.Time{}
	}
	return p.messages[len(p.messages)-1].At
}

// unknown gives a slice's messages that are not stored, and whether there may be
// more behind them: not where the oldest is known, or, thoroughly, all are.
func (s *syncing) unknown(ctx context.Context, part slice, thorough bool) (fresh []message, more bool, err error) {
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
	return fresh, !known[keys[len(keys)-1]] || thorough && len(fresh) > 0, nil
}

// older reads the next slice. Where Meta refuses the details of what is behind
// the newest twenty, ids and times are asked for, and where it refuses those,
// too, there is no more.
func (s *syncing) older(ctx context.Context, c conversation, after, fields string, seen int) (slice, string, error) {
	limit := perConversation
	if seen >= detailed {
		fields = bareFields
	}
	if fields == bareFields {
		limit = maxGap
	}
	part, err := s.a.messages(ctx, c, s.page, after, fields, limit)
	if no := isNo(err); no && fields != bareFields {
		fields = bareFields
		part, err = s.a.messages(ctx, c, s.page, after, fields, maxGap)
	}
	if isNo(err) {
		s.a.cfg.Log.Warn("older messages cannot be listed", "channel", s.a.cfg.Channel.ID, "error", err)
		return slice{}, fields, nil
	}
	return part, fields, err
}

// isNo says that Meta refuses this request, and not the next one.
func isNo(err error) bool {
	code := inbox.CodeOf(err)
	return code == inbox.Invalid || code == inbox.NotFound
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
