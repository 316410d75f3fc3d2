package outbox

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// Cancel takes back a message of which nothing went out: one that is queued,
// failed, or outlived its reply window. drop removes it from the store, and the message stays when it gives
// an error. Any other message gives Conflict, or NotFound.
func (o *Outbox) Cancel(key inbox.Key, drop func() error) error {
	return o.take(key, drop, (*row).unsent)
}

// GiveUp is Cancel, and also takes back what needs attention because nobody knows
// whether it was sent: on the word of a person, who may write it anew, or not.
func (o *Outbox) GiveUp(key inbox.Key, drop func() error) error {
	return o.take(key, drop, func(r *row) bool { return r.unsent() || r.State == inbox.OutAsk })
}

// take removes a message that nothing is being done about, if it may.
func (o *Outbox) take(key inbox.Key, drop func() error, may func(*row) bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.rows[key]
	if r == nil {
		return inbox.Errorf(inbox.NotFound, "This message is not in the outbox any more.")
	}
	if r.busy || !may(r) {
		return inbox.Errorf(inbox.Conflict, "This message is already on its way and can no longer be taken back.")
	}
	if err := drop(); err != nil {
		return err
	}
	delete(o.rows, key)
	return nil
}

// unsent says whether surely nothing of a message went out.
func (r *row) unsent() bool {
	switch r.State {
	case inbox.OutQueued, inbox.OutFailed, inbox.OutAsk:
		return r.Doubt == 0
	default:
		return false
	}
}

// Retry sends a message again that failed or needs attention. Where it is
// unknown whether it was sent, the provider is asked once more before; where
// its reply window ended, the rules are (R29). A message that only waits is
// tried at once.
func (o *Outbox) Retry(ctx context.Context, key inbox.Key) error {
	return o.decide(ctx, key, func(r *row, m *inbox.Outgoing) bool {
		switch m.State {
		case inbox.OutFailed, inbox.OutAsk:
			r.again = true
			m.State, m.Reason, m.Detail, m.Attempts = inbox.OutQueued, "", "", 0
		case inbox.OutQueued, inbox.OutSent:
		default:
			return false
		}
		m.NextTry = time.Time{}
		delete(o.quiet, m.Channel)
		return true
	})
}

// MarkSent takes a person's word that a message that failed or needs attention
// was sent.
func (o *Outbox) MarkSent(ctx context.Context, key inbox.Key) error {
	return o.decide(ctx, key, func(_ *row, m *inbox.Outgoing) bool {
		if m.State != inbox.OutFailed && m.State != inbox.OutAsk {
			return false
		}
		*m = accepted(*m, "", o.cfg.Clock.Now())
		return true
	})
}

// decide stores a person's decision about a message. change is called with mu
// held.
func (o *Outbox) decide(ctx context.Context, key inbox.Key, change func(*row, *inbox.Outgoing) bool) error {
	o.mu.Lock()
	r := o.rows[key]
	if r == nil {
		o.mu.Unlock()
		return inbox.Errorf(inbox.NotFound, "This message is not in the outbox any more.")
	}
	m := r.Outgoing
	if r.busy || !change(r, &m) {
		o.mu.Unlock()
		return inbox.Errorf(inbox.Conflict, "This message is on its way; wait until it is known what became of it.")
	}
	err := o.cfg.Store.SetOutgoing(ctx, m)
	if err == nil {
		r.Outgoing, r.hold, r.unsaved = m, time.Time{}, false
		o.wake(m.Channel)
	}
	o.mu.Unlock()
	if err == nil {
		o.changed(m)
	}
	return err
}
