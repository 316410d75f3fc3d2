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
// sender to that contact. It asks for no day: what is not sent yet has none. As
// what Twilio lists a card, or a template of several forms, nobody says: a
// template that is not found may be any other message of nobody's since then.
func (a *Account) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	m, err := chat.Decode(s.Rendered.Wire)
	if err != nil {
		return inbox.Found{}, &inbox.Error{Code: inbox.Invalid, Message: chat.Damaged}
	}
	since, err := a.sentSince(ctx, m.To.Address, s.Queued.Add(-findBack))
	if err != nil {
		return inbox.Found{}, err
	}
	var alike, others []string
	for _, one := range since {
		if same(one, m) {
			alike = append(alike, one.sid)
		} else {
			others = append(others, one.sid)
		}
	}
	found, err := s.First(ctx, alike)
	if err != nil || found.There || m.Template == nil {
		return found, err
	}
	other, err := s.First(ctx, others)
	return inbox.Found{Unsure: other.There}, err
}

// sentSince are the messages that went to a number, oldest first.
func (a *Account) sentSince(ctx context.Context, to string, since time.Time) ([]message, error) {
	q := url.Values{"From": {a.sender()}, "To": {scheme + to}, "PageSize": {strconv.Itoa(smallPage)}}
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
			if !one.inbound && one.to == to && !one.at.Before(since.Truncate(time.Second)) {
				all = append(all, one)
			}
		}
		if at = p.next; p.reaches(since) {
			at = ""
		}
	}
	slices.Reverse(all) // whole seconds say little; the list's own order says more
	slices.SortStableFunc(all, func(a, b message) int { return a.at.Compare(b.at) })
	return all, nil
}

// same says whether a listed message has our message's content. Of most templates
// Twilio lists the text with its variables filled in, as we keep it.
func same(listed message, ours chat.Message) bool {
	files := len(ours.Files)
	if ours.Template != nil {
		files = listed.media // the template's own
	}
	return listed.media == files && chat.SameText(listed.body, ours.Text)
}
