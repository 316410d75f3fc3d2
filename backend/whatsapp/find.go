package whatsapp

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

// findBack is how much earlier than it was queued, by Twilio's clock as far as it
// is known, a message may have been taken.
const findBack = 2 * time.Minute

// Find looks for a message of ours in Twilio's list of what went from this
// sender to that contact. It asks for no day: what is not sent yet has none.
func (a *Account) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	m, err := chat.Decode(s.Rendered.Wire)
	if err != nil {
		return inbox.Found{}, &inbox.Error{Code: inbox.Invalid, Message: chat.Damaged}
	}
	alike, err := a.alike(ctx, m, s.Queued.Add(-findBack))
	if err != nil {
		return inbox.Found{}, err
	}
	return s.First(ctx, alike)
}

// alike are the messages that may be ours, oldest first.
func (a *Account) alike(ctx context.Context, m chat.Message, since time.Time) ([]string, error) {
	q := url.Values{"From": {a.sender()}, "To": {scheme + m.To.Address}, "PageSize": {strconv.Itoa(smallPage)}}
	var all []message
	var down descent
	for at := query(a.messages()+".json", q); at != ""; {
		p, err := a.readPage(ctx, at)
		if err == nil {
			err = down.step(p)
		}
		if err != nil {
			return nil, err
		}
		for _, one := range p.messages {
			if !one.inbound && one.to == m.To.Address && !one.at.Before(since.Truncate(time.Second)) && same(one, m) {
				all = append(all, one)
			}
		}
		if at = p.next; p.reaches(since) {
			at = ""
		}
	}
	slices.Reverse(all) // whole seconds say little; the list's own order says more
	slices.SortStableFunc(all, func(a, b message) int { return a.at.Compare(b.at) })
	sids := make([]string, len(all))
	for i, one := range all {
		sids[i] = one.sid
	}
	return sids, nil
}

// same says whether a listed message has our message's content. Of a template
// Twilio lists the text with its variables filled in, as we keep it.
func same(listed message, ours chat.Message) bool {
	files := len(ours.Files)
	if ours.Template != nil {
		files = listed.media // the template's own
	}
	return listed.media == files && chat.SameText(listed.body, ours.Text)
}
