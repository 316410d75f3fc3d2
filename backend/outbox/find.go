package outbox

import (
	"context"
	"fmt"
	"maps"

	"postvak/backend/inbox"
)

// lookUp asks the provider whether an unknown message was sent. That comes
// before anything else is done about it, whether or not its window still lasts.
func (o *Outbox) lookUp(ctx context.Context, r *row, s Sender) {
	found, err := o.find(ctx, r, s)
	switch now := o.cfg.Clock.Now(); {
	case err != nil:
		o.postpone(ctx, r, fmt.Sprintf(sayings(r.Outgoing).lookingFails, err))
	case found.There:
		o.save(ctx, r, accepted(r.Outgoing, found.ProviderID, now))
	default:
		o.save(ctx, r, notFound(r.Outgoing, found.against(), now))
	}
}

// surelyUnsent looks once more before a message goes out again: it may have
// turned up meanwhile. Where one may have, or a colleague's claim is all that
// speaks against one that did, only a person's word sends it.
func (o *Outbox) surelyUnsent(ctx context.Context, r *row, s Sender) bool {
	found, err := o.find(ctx, r, s)
	switch {
	case err != nil:
		o.postpone(ctx, r, fmt.Sprintf(sayings(r.Outgoing).again, err))
	case found.There:
		o.save(ctx, r, accepted(r.Outgoing, found.ProviderID, o.cfg.Clock.Now()))
	case found.against() != "" && !r.again:
		o.save(ctx, r, asking(r.Outgoing, found.against()))
	default:
		return true
	}
	return false
}

// identifyTries is how often it is asked as what a provider holds a message that
// a person says was sent.
const identifyTries = 3

// identify looks for the provider's id of a chat message that was sent as far
// as a person knows: the provider's own copy is then known to be the same.
func (o *Outbox) identify(ctx context.Context, r *row) error {
	s := o.cfg.Sender(r.Channel)
	if r.identified || s == nil || !r.Key.Chat() || r.ProviderID != "" {
		return nil
	}
	found, err := o.find(ctx, r, s)
	if err != nil && r.Attempts < identifyTries {
		return err
	}
	r.identified = true
	if err == nil && found.ProviderID != "" {
		m := r.Outgoing
		m.ProviderID = found.ProviderID
		o.save(ctx, r, m)
	}
	return nil
}

// finding is what a look at what the provider holds showed. claimed says that
// there is one which may be ours, were it not for a colleague's word in the team
// log that it is theirs. A member's program can say so of any message (and of two
// colleagues who write the same at once it is true): it is neither taken for ours
// nor proof that ours was not sent.
type finding struct {
	inbox.Found
	claimed bool
}

// against is what speaks against sending one that was not found again; "":
// nothing does.
func (f finding) against() string {
	switch {
	case f.Unsure:
		return unsureChat
	case f.claimed:
		return claimedChat
	}
	return ""
}

// find asks the provider for a message of ours.
func (o *Outbox) find(ctx context.Context, r *row, s Sender) (f finding, err error) {
	rendered, err := o.cfg.Store.Rendered(ctx, r.Key)
	if err != nil {
		return f, err
	}
	ahead := s.Now().Sub(o.cfg.Clock.Now())
	f.Found, err = s.Find(ctx, inbox.Sought{
		Rendered: rendered, Queued: r.Queued.Add(ahead),
		Taken: func(ctx context.Context, ids []string) (map[string]bool, error) {
			holders, err := o.holders(ctx, r, ids)
			taken := map[string]bool{}
			for _, id := range ids {
				taken[id] = holders[id] != inbox.HeldByNobody
				f.claimed = f.claimed || holders[id] == inbox.HeldByClaim
			}
			return taken, err
		},
	})
	return f, err
}

// holders tells which of a provider's ids are of other messages: of the outbox,
// also where that could not be stored yet, and of those that the app knows.
func (o *Outbox) holders(ctx context.Context, r *row, ids []string) (map[string]inbox.Holder, error) {
	all := map[string]inbox.Holder{}
	if o.cfg.Taken != nil {
		known, err := o.cfg.Taken(ctx, r.Outgoing, ids)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, known)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, other := range o.rows {
		if key != r.Key && other.Channel == r.Channel && other.ProviderID != "" {
			all[other.ProviderID] = inbox.HeldHere
		}
	}
	return all, nil
}
