package messenger

import (
	"context"
	"slices"
	"strconv"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// early is by how much a message may be dated before it was queued: clocks
// differ, and Meta's times have seconds.
const early = 2 * time.Minute

// Find implements channel.Account: it looks among the newest messages of the
// conversation for one with the same text, or the same kind of file, that was
// sent since ours was queued and is nobody else's.
func (a *Account) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	m, err := chat.Decode(s.Rendered.Wire)
	to := recipientOf(s.Rendered, m)
	if err != nil || !isID(to) {
		return inbox.Found{}, &inbox.Error{Code: inbox.Invalid, Message: chat.Damaged}
	}
	page := inbox.Address{Address: a.cfg.Channel.Address}
	said, err := a.get(ctx, "conversation", page.Address+"/conversations", query(
		"platform", "messenger", "user_id", to, "limit", "5",
		"fields", "id,updated_time,participants,messages.limit("+strconv.Itoa(detailed)+"){"+messageFields+"}"))
	if err != nil {
		return inbox.Found{}, err
	}
	since := s.Queued.Add(-early)
	var fit []string
	for _, one := range said.List("data") {
		c, ok := a.conversationOf(one, page)
		if !ok || c.contact.Address != to {
			continue
		}
		for _, other := range slices.Backward(c.first.messages) { // the oldest first
			if !other.bare && !other.At.Before(since) && same(m, other.Message) {
				fit = append(fit, other.ID)
			}
		}
	}
	return s.First(ctx, fit)
}

// same says whether a message at Meta may be ours. Meta makes pictures smaller
// and gives files other names: of those the kind counts.
func same(ours, theirs chat.Message) bool {
	if theirs.Direction != inbox.Out || len(ours.Files) != len(theirs.Files) || !chat.SameText(ours.Text, theirs.Text) {
		return false
	}
	for i, f := range ours.Files {
		if attachmentType(mediaType(f.Type)) != attachmentType(mediaType(theirs.Files[i].Type)) {
			return false
		}
	}
	return true
}
