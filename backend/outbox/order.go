package outbox

import (
	"context"

	"postvak/backend/inbox"
)

// addressee is to whom a chat message goes, "" for mail, which no provider
// delivers in an order anyway.
func (o *Outbox) addressee(ctx context.Context, m inbox.Outgoing) string {
	if !m.Key.Chat() {
		return ""
	}
	rendered, err := o.cfg.Store.Rendered(ctx, m.Key)
	if err != nil || len(rendered.Recipients) == 0 {
		return ""
	}
	return rendered.Recipients[0]
}

// heads gives for each person to whom a channel sends chat messages the oldest
// one that is on its way: the others wait for it, so that a conversation reads
// in the order in which it was written. What failed or asks holds nothing up.
// The caller holds mu.
func (o *Outbox) heads(ch inbox.ChannelID) map[string]*row {
	heads := map[string]*row{}
	for _, r := range o.rows {
		if r.Channel != ch || r.to == "" || !r.onItsWay() {
			continue
		}
		if first := heads[r.to]; first == nil || before(r, first) < 0 {
			heads[r.to] = r
		}
	}
	return heads
}

func (r *row) onItsWay() bool {
	switch r.State {
	case inbox.OutQueued, inbox.OutSending, inbox.OutUnknown:
		return true
	default:
		return false
	}
}

// waitsFor says whether another message to the same person has to go first. What
// only has to be stored or filed waits for none.
func (r *row) waitsFor(heads map[string]*row) bool {
	head := heads[r.to]
	return head != nil && head != r && r.onItsWay() && !r.unsaved
}
