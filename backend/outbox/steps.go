package outbox

import (
	"context"
	"fmt"
	"time"

	"postvak/backend/inbox"
)

// stepSend does the next thing on a channel's way out: it sends or looks up
// one message. It reports whether it did, and else when there will be
// something to do (zero: not before somebody wakes it).
func (o *Outbox) stepSend(ctx context.Context, ch inbox.ChannelID) (time.Time, bool) {
	r, next := o.pick(ch, func(s inbox.OutgoingState) bool {
		return s == inbox.OutQueued || s == inbox.OutUnknown
	})
	if r == nil {
		return next, false
	}
	defer o.release(r)
	if r.unsaved {
		o.save(ctx, r, r.Outgoing)
		return time.Time{}, true
	}
	sender := o.cfg.Sender(ch)
	switch {
	case sender == nil:
		o.postpone(ctx, r, noChannel)
	case r.State == inbox.OutUnknown:
		o.lookUp(ctx, r, sender)
	case r.Doubt > 0 && !o.surelyUnsent(ctx, r, sender):
	default:
		o.send(ctx, r, sender)
	}
	return time.Time{}, true
}

// pick gives the oldest message of a channel that is due and in a wanted
// state, marked busy, or else when the next one is due.
func (o *Outbox) pick(ch inbox.ChannelID, want func(inbox.OutgoingState) bool) (*row, time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.cfg.Clock.Now()
	heads := o.heads(ch)
	var best *row
	var next time.Time
	for _, r := range o.rows {
		at, ok := o.when(r, ch, want)
		switch {
		case !ok || r.waitsFor(heads):
		case at.After(now):
			if next.IsZero() || at.Before(next) {
				next = at
			}
		case best == nil || before(r, best) < 0:
			best = r
		}
	}
	if best != nil {
		best.busy = true
	}
	return best, next
}

// when is the time from which a row of this channel can be worked on.
func (o *Outbox) when(r *row, ch inbox.ChannelID, want func(inbox.OutgoingState) bool) (time.Time, bool) {
	if r.Channel != ch || r.busy {
		return time.Time{}, false
	}
	if !r.unsaved && (o.offline || !want(r.State)) {
		return time.Time{}, false
	}
	at := due(r.Outgoing)
	if quiet := o.quietUntil(ch); r.State != inbox.OutSent && quiet.After(at) {
		at = quiet
	}
	if r.unsaved || r.hold.After(at) {
		at = r.hold
	}
	return at, true
}

// release lets others act on the message again. The filing worker is told: it
// may have looked for a message just sent while that was still busy, and would
// wait for the next one.
func (o *Outbox) release(r *row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.busy = false
	if l := o.lanes[r.Channel]; l != nil && r.State == inbox.OutSent {
		poke(l.file)
	}
}

// save stores what a message has become, in memory too when the disk refuses:
// what is known of a sent message must not be forgotten while the program
// runs. It reports whether it is on the disk. A stopping program still writes.
func (o *Outbox) save(ctx context.Context, r *row, m inbox.Outgoing) bool {
	err := o.cfg.Store.SetOutgoing(context.WithoutCancel(ctx), m)
	o.mu.Lock()
	r.Outgoing, r.unsaved = m, err != nil
	if err != nil {
		r.hold = o.cfg.Clock.Now().Add(savePause)
	}
	if err == nil {
		o.adopt(r)
	}
	if inbox.CodeOf(err) == inbox.NotFound || (err == nil && m.State == inbox.OutFiled) {
		delete(o.rows, r.Key)
	}
	if l := o.lanes[m.Channel]; l != nil {
		poke(l.file)
	}
	m = r.Outgoing
	o.mu.Unlock()
	if err != nil {
		o.cfg.Log.Error("outbox: a state could not be stored", "message", m.Key, "state", m.State, "error", err)
		return false
	}
	o.changed(m)
	return true
}

// intend stores a state before the act it announces; where that fails, the
// message stays what it was and nothing is done.
func (o *Outbox) intend(ctx context.Context, r *row, m inbox.Outgoing) error {
	if err := o.cfg.Store.SetOutgoing(context.WithoutCancel(ctx), m); err != nil {
		o.mu.Lock()
		r.hold = o.cfg.Clock.Now().Add(savePause)
		if inbox.CodeOf(err) == inbox.NotFound {
			delete(o.rows, m.Key)
		}
		o.mu.Unlock()
		return err
	}
	o.mu.Lock()
	r.Outgoing = m
	o.mu.Unlock()
	o.changed(m)
	return nil
}

// send makes one attempt, where the rules permit it now (R29). The message is
// stored as sending before the network is touched and as unknown before the
// last byte.
func (o *Outbox) send(ctx context.Context, r *row, s Sender) {
	rendered, err := o.cfg.Store.Rendered(ctx, r.Key)
	if err != nil {
		o.unreadable(ctx, r, err)
		return
	}
	permit, ok := o.permitted(ctx, r, s)
	if !ok {
		return
	}
	m := r.Outgoing
	m.State, m.Reason, m.Detail, m.NextTry = inbox.OutSending, "", "", time.Time{}
	if o.intend(ctx, r, m) != nil {
		return
	}
	late := false
	res := s.Send(ctx, rendered, permit, func() error {
		if late = ended(permit, s.Now()); late {
			return errEnded
		}
		return o.hand(ctx, r, m)
	})
	if late {
		res = o.tooLate(ctx, m, s)
	}
	if res.Outcome == inbox.Later && ctx.Err() != nil { // the program stops: no failure
		m.State = inbox.OutQueued
		o.save(ctx, r, m)
		return
	}
	o.heed(m.Channel, res)
	o.save(ctx, r, after(m, res, o.cfg.Clock.Now(), o.cfg.pause))
}

// hand stores that a message is unknown from here on. A person's word that it be
// sent is used up.
func (o *Outbox) hand(ctx context.Context, r *row, m inbox.Outgoing) error {
	o.mu.Lock()
	r.again = false
	o.mu.Unlock()
	return o.intend(ctx, r, handing(m))
}

func (o *Outbox) unreadable(ctx context.Context, r *row, err error) {
	if inbox.CodeOf(err) != inbox.NotFound {
		o.postpone(ctx, r, err.Error())
		return
	}
	m := r.Outgoing
	m.State, m.Reason = inbox.OutFailed, lostBytes
	o.save(ctx, r, m)
}

// postpone keeps a message in its state and tries again later; when the program
// stops, at its next start.
func (o *Outbox) postpone(ctx context.Context, r *row, reason string) {
	if ctx.Err() != nil {
		return
	}
	m := r.Outgoing
	m.Reason = reason
	if m.State != inbox.OutUnknown { // there, attempts count the looks that found nothing
		m.Attempts++
	}
	m.NextTry = o.cfg.Clock.Now().Add(o.cfg.pause(m.Attempts))
	o.save(ctx, r, m)
}

// stepFile tells of one sent message and files its copy.
func (o *Outbox) stepFile(ctx context.Context, ch inbox.ChannelID) (time.Time, bool) {
	r, next := o.pick(ch, func(s inbox.OutgoingState) bool { return s == inbox.OutSent })
	if r == nil {
		return next, false
	}
	defer o.release(r)
	if r.unsaved {
		o.save(ctx, r, r.Outgoing)
		return time.Time{}, true
	}
	err := o.identify(ctx, r)
	if err == nil {
		err = o.tell(ctx, r)
	}
	if err != nil {
		o.postpone(ctx, r, err.Error())
		return time.Time{}, true
	}
	o.file(ctx, r)
	return time.Time{}, true
}

func (o *Outbox) tell(ctx context.Context, r *row) error {
	if r.told || o.cfg.Sent == nil {
		return nil
	}
	if err := o.cfg.Sent(ctx, r.Outgoing); err != nil {
		return err
	}
	r.told = true
	return nil
}

// file makes one attempt at the copy. Not having one is no failure of the
// message: in the end it is given up.
func (o *Outbox) file(ctx context.Context, r *row) {
	sender := o.cfg.Sender(r.Channel)
	if sender == nil {
		o.postpone(ctx, r, noChannel)
		return
	}
	rendered, err := o.cfg.Store.Rendered(ctx, r.Key)
	if err == nil {
		err = sender.File(ctx, rendered)
	}
	if err != nil && inbox.CodeOf(err) != inbox.NotFound && r.Attempts < maxFiling {
		o.postpone(ctx, r, fmt.Sprintf("It was sent. Its copy is not in the Sent folder yet: %s", err))
		return
	}
	m := r.Outgoing
	m.State, m.NextTry, m.Reason = inbox.OutFiled, time.Time{}, ""
	if err != nil {
		m.Reason = fmt.Sprintf("It was sent. No copy of it could be put in the Sent folder: %s", err)
	}
	o.save(ctx, r, m)
}
