package poll

import (
	"context"
	"slices"
	"time"
)

// wait is one pause between two polls.
type wait struct {
	quick time.Duration
	asked time.Time // when it began
	tick  time.Time // when to ask if this desktop has the turn, or can get it
	slow  time.Time // when to ask in any case
	heard time.Time // when to ask because of a hint or a wish; zero: there was none
}

// Next waits, after a poll, until the channel is to be asked again. quick is
// how often its provider may be asked by one desktop; where that is seldom, no
// desktop asks more often, but for a hint. It ends early with ctx, and gives
// only ctx's error.
//
// A desktop that has the turn renews its claim here, right before it asks: one
// whose adapter fails again and again loses it to another.
func (p *Pacer) Next(ctx context.Context, quick time.Duration) error {
	p.hint() // of something newer than what was hinted at
	p.found, p.hinted = "", ""
	w := p.begin(max(quick, minQuick))
	for !p.over(ctx, &w) {
		now := p.cfg.Clock.Now()
		select {
		case <-p.poked:
		case <-p.alarm.At(w.until(now)):
			p.alarm.Rang()
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.tell(State{Alone: p.cfg.Team.Alone(), Last: p.cfg.Clock.Now()})
	return nil
}

// begin starts a pause.
func (p *Pacer) begin(quick time.Duration) wait {
	w := wait{quick: quick}
	p.restart(&w)
	return w
}

// restart counts from now.
func (p *Pacer) restart(w *wait) {
	w.asked = p.cfg.Clock.Now()
	w.tick = w.asked.Add(p.spreadOut(w.quick, jitter, jitter))
	w.slow = w.asked.Add(p.spreadOut(Slow, jitter, 0))
	if w.quick > Slow && w.slow.Before(w.tick) {
		w.slow = w.tick
	}
	if !w.heard.IsZero() {
		w.heard = w.asked
	}
	p.mu.Lock()
	last := p.state.Last
	p.mu.Unlock()
	p.tell(State{Alone: p.cfg.Team.Alone(), Last: last, Next: w.slow})
}

func (p *Pacer) tell(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// over says whether the pause has ended.
func (p *Pacer) over(ctx context.Context, w *wait) bool {
	if ctx.Err() != nil || p.takeWoken() {
		return true
	}
	p.listen(w)
	now := p.cfg.Clock.Now()
	if now.Before(w.asked) { // the clock was set back
		p.restart(w)
		return false
	}
	if !now.Before(w.tick) {
		if p.turn(ctx) {
			return true
		}
		now = p.cfg.Clock.Now()
		w.tick = now.Add(p.spreadOut(w.quick, jitter, jitter))
	}
	return !now.Before(w.slow) || !w.heard.IsZero() && !now.Before(w.heard)
}

// listen takes up a hint at something that was not seen here, or a wish. Those
// whom it wakes ask one after the other, within moments.
func (p *Pacer) listen(w *wait) {
	news := p.takeAsked()
	newest := p.cfg.Team.Hinted()
	if newest != "" && !slices.Contains(p.seen, newest) && !p.cfg.Team.Alone() {
		p.note(newest)
		news = true
	}
	if news && w.heard.IsZero() {
		w.heard = p.cfg.Clock.Now().Add(time.Duration(p.cfg.Rand() * float64(spread)))
		if soonest := p.heard.Add(apart); w.heard.Before(soonest) && soonest.Sub(w.heard) <= apart { // else the clock was set back
			w.heard = soonest
		}
		p.heard = w.heard
	}
}

// until is when there is something to do next, or to look at the clock again.
func (w *wait) until(now time.Time) time.Time {
	at := w.tick
	for _, other := range []time.Time{w.slow, w.heard} {
		if !other.IsZero() && other.Before(at) {
			at = other
		}
	}
	if most := w.asked.Add((now.Sub(w.asked)/longest + 1) * longest); most.Before(at) {
		return most
	}
	return at
}
