package outbox

import (
	"context"
	"errors"
	"time"

	"postvak/backend/inbox"
)

// errEnded is what an adapter hears that wants to hand over a message whose
// window ended while it was at work: while a file was uploaded, say.
var errEnded = errors.New("its reply window ended")

// timekeeper is a Sender that can ask for its provider's time. It asks only while
// Now is no more than the computer's.
type timekeeper interface {
	LearnTime(ctx context.Context) error
}

// patient is an error that says how long a provider wants to be left alone.
type patient interface{ RetryAfter() time.Duration }

// permitted asks the rules, and reports whether the message may go now. One that
// may not, needs attention: it is never sent late, and never as something else
// than was written (R29). Right after a start the provider's time comes first: by
// a computer's clock that is ahead, a window is over which is open.
func (o *Outbox) permitted(ctx context.Context, r *row, s Sender) (inbox.Permit, bool) {
	if err := o.learnTime(ctx, s); err != nil {
		o.rest(r.Channel, err)
		o.postpone(ctx, r, inbox.SentenceOf(err, err.Error()))
		return inbox.Permit{}, false
	}
	permit, err := o.permit(ctx, r.Outgoing, s)
	switch {
	case err != nil:
		o.postpone(ctx, r, err.Error())
	case permit.Refused != "":
		o.save(ctx, r, outlived(r.Outgoing, permit.Refused))
	default:
		return permit, true
	}
	return permit, false
}

func (o *Outbox) learnTime(ctx context.Context, s Sender) error {
	if keeper, ok := s.(timekeeper); ok && o.cfg.Permit != nil {
		return keeper.LearnTime(ctx)
	}
	return nil
}

// rest heeds an error that says for how long.
func (o *Outbox) rest(ch inbox.ChannelID, err error) {
	var p patient
	if errors.As(err, &p) {
		o.heed(ch, inbox.SendResult{Outcome: inbox.Later, After: p.RetryAfter()})
	}
}

func (o *Outbox) permit(ctx context.Context, m inbox.Outgoing, s Sender) (inbox.Permit, error) {
	if o.cfg.Permit == nil {
		return inbox.Permit{}, nil
	}
	return o.cfg.Permit(ctx, m, s.Now())
}

// ended says whether the window in which a message was to go is over. It ends
// at the moment itself.
func ended(p inbox.Permit, now time.Time) bool { return !p.Until.IsZero() && !now.Before(p.Until) }

// tooLate is the outcome for a message that was not handed over because its
// window ended meanwhile. The rules say why; where they would let it go now, in
// another way than was permitted, it is tried anew after a pause.
func (o *Outbox) tooLate(ctx context.Context, m inbox.Outgoing, s Sender) inbox.SendResult {
	permit, err := o.permit(ctx, m, s)
	switch {
	case err != nil:
		return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
	case permit.Refused != "":
		return inbox.SendResult{Outcome: inbox.Outlived, Reason: permit.Refused}
	}
	return inbox.SendResult{Outcome: inbox.Later, Reason: windowTurned}
}

// heed keeps for how long a provider wants to be left alone: by the whole
// channel, not by this message only.
func (o *Outbox) heed(ch inbox.ChannelID, r inbox.SendResult) {
	if r.Outcome != inbox.Later || r.After <= 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.quiet[ch] = o.cfg.Clock.Now().Add(leaveAlone(r.After))
}

// quietUntil is when a channel's provider may be asked again; zero: now. The
// caller holds mu.
func (o *Outbox) quietUntil(ch inbox.ChannelID) time.Time {
	until := o.quiet[ch]
	if until.Sub(o.cfg.Clock.Now()) > longestQuiet { // the clock was set back meanwhile
		return time.Time{}
	}
	return until
}
