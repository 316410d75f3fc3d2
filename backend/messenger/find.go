package messenger

import (
	"context"
	"slices"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// early is by how much a message may be dated before it was queued: clocks
// differ, and Meta's times have seconds.
const early = 2 * time.Minute

// Find implements channel.Account: it looks among the messages of the
// conversation for one with the same text, or the same kind of file, that was
// sent since ours was queued and is nobody else's. Of what stands behind the
// newest twenty Meta tells no more than that it is there: where that is nobody
// else's, too, it may be ours.
func (a *Account) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	m, err := chat.Decode(s.Rendered.Wire)
	to := recipientOf(s.Rendered, m)
	if err != nil || !isID(to) {
		return inbox.Found{}, &inbox.Error{Code: inbox.Invalid, Message: chat.Damaged}
	}
	page := inbox.Address{Address: a.cfg.Channel.Address}
	all, err := a.with(ctx, to, page)
	if err != nil {
		return inbox.Found{}, err
	}
	unsure := false
	for _, c := range all {
		found, err := a.among(ctx, s, m, c, page)
		if err != nil || found.There {
			return found, err
		}
		unsure = unsure || found.Unsure
	}
	return inbox.Found{Unsure: unsure}, nil
}

// among looks in one conversation, from its newest message on back to when ours
// was queued.
func (a *Account) among(ctx context.Context, s inbox.Sought, m chat.Message, c conversation, page inbox.Address) (inbox.Found, error) {
	since := s.Queued.Add(-early)
	part, fields, seen := c.first, messageFields, 0
	for range maxStuck {
		fit, untold := part.like(m, since)
		if found, err := s.First(ctx, fit); err != nil || found.There {
			return found, err
		}
		if some, err := s.First(ctx, untold); err != nil || some.There {
			return inbox.Found{Unsure: some.There}, err
		}
		if part.after == "" || len(part.messages) > 0 && part.oldest().Before(since) {
			return inbox.Found{}, nil
		}
		seen += len(part.messages)
		var err error
		part, fields, err = a.older(ctx, c, page, part.after, fields, seen)
		if isNo(err) { // Meta does not list them
			return inbox.Found{Unsure: true}, nil
		}
		if err != nil {
			return inbox.Found{}, err
		}
	}
	return inbox.Found{Unsure: true}, nil
}

// like are the messages since then that say the same as ours, and those of which
// Meta does not tell what they say; the oldest first.
func (p slice) like(ours chat.Message, since time.Time) (fit, untold []string) {
	for _, one := range slices.Backward(p.messages) {
		switch {
		case one.At.Before(since):
		case one.bare:
			untold = append(untold, one.ID)
		case same(ours, one):
			fit = append(fit, one.ID)
		}
	}
	return fit, untold
}

// same says whether a message at Meta may be ours. Meta makes pictures smaller
// and gives files other names: of those the kind counts. What it adds to a text
// with a link does not: a card, or a preview that is no file.
func same(ours chat.Message, theirs message) bool {
	if theirs.Direction != inbox.Out || !chat.SameText(ours.Text, theirs.said) {
		return false
	}
	if len(ours.Files) == 0 {
		return !slices.ContainsFunc(theirs.addresses, func(address string) bool { return address != "" })
	}
	if len(ours.Files) != len(theirs.Files) {
		return false
	}
	for i, f := range ours.Files {
		if attachmentType(mediaType(f.Type)) != attachmentType(mediaType(theirs.Files[i].Type)) {
			return false
		}
	}
	return true
}
