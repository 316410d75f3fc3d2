package poll

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"slices"
	"sync"
	"time"

	"postvak/backend/run"
)

const (
	maxNewest = 100 // characters of a hint; longer names are shortened to a hash
	maxSeen   = 32  // of what was found or hinted at last
)

// Pacer tells one channel's adapter when to ask. Next and Found are for the
// adapter's goroutine, the other methods for anybody.
type Pacer struct {
	cfg   Config
	work  string
	poked chan struct{}
	alarm run.Alarm

	mu    sync.Mutex
	woken bool
	asked bool
	claim Claim
	state State

	// The adapter's goroutine's own:
	seen   []string  // what was found here, or asked for because of a hint; newest last
	found  string    // the newest thing of this poll
	hinted string    // what the team was told of this poll
	heard  time.Time // when it was last to be asked because of a hint
}

// New makes a pacer. What the log hints at by now, the adapter's first look at
// its provider finds anyway.
func New(cfg Config) *Pacer {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p := &Pacer{cfg: cfg, work: "poll/" + string(cfg.Channel), poked: make(chan struct{}, 1), alarm: run.Alarm{Clock: cfg.Clock}}
	p.note(cfg.Team.Hinted())
	return p
}

// Wake has the channel asked at once: the network is back, the computer woke up,
// or a person wants to know.
func (p *Pacer) Wake() {
	p.mu.Lock()
	p.woken = true
	p.mu.Unlock()
	p.poke()
}

// Ask has the channel asked within moments, as a hint does: the log tells of
// something that is not here. Never blocks.
func (p *Pacer) Ask() {
	p.mu.Lock()
	p.asked = true
	p.mu.Unlock()
	p.poke()
}

// LogChanged has the log looked at again: it may hold a hint. Never blocks.
func (p *Pacer) LogChanged() { p.poke() }

func (p *Pacer) poke() {
	select {
	case p.poked <- struct{}{}:
	default:
	}
}

// State tells how the channel is polled now.
func (p *Pacer) State() State {
	p.mu.Lock()
	s := p.state
	p.mu.Unlock()
	s.Turn = s.Alone || p.holds()
	return s
}

// Found says what the newest thing is that a poll found and nobody here knew,
// by any name that is the same on every desktop. It is to be called when
// everything of the poll is stored and before slow things are fetched. The team
// hears of it once for each poll, while this desktop has the turn; of something
// newer in the same poll, with the next Next.
func (p *Pacer) Found(newest string) {
	newest = short(newest)
	if newest == "" {
		return
	}
	p.note(newest)
	p.found = newest
	if p.hinted == "" {
		p.hint()
	}
}

// hint tells the team what was found, if that is this desktop's to tell.
func (p *Pacer) hint() {
	if p.found == "" || p.found == p.hinted || p.cfg.Team.Alone() || !p.holds() {
		return
	}
	p.hinted = p.found
	if err := p.cfg.Team.Hint(p.found); err != nil { // the others find it by themselves
		p.cfg.Log.Warn("a hint was not told", "channel", p.cfg.Channel, "error", err.Error())
	}
}

// holds says whether this desktop may ask often now.
func (p *Pacer) holds() bool {
	p.mu.Lock()
	claim := p.claim
	p.mu.Unlock()
	return claim != nil && claim.Mine()
}

func (p *Pacer) hold(claim Claim) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claim = claim
}

// note remembers what needs no other look.
func (p *Pacer) note(newest string) {
	if newest == "" || slices.Contains(p.seen, newest) {
		return
	}
	p.seen = append(p.seen, newest)
	p.seen = p.seen[max(0, len(p.seen)-maxSeen):]
}

// takeWoken says whether somebody called Wake since.
func (p *Pacer) takeWoken() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	woken := p.woken
	p.woken = false
	return woken
}

// takeAsked says whether somebody called Ask since.
func (p *Pacer) takeAsked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = false
	return asked
}

// turn says whether this desktop is the one that asks often: it is alone, has
// the work, or gets it now.
func (p *Pacer) turn(ctx context.Context) bool {
	if p.cfg.Team.Alone() {
		p.hold(nil)
		return true
	}
	ctx, stop := context.WithTimeout(ctx, maxClaiming)
	defer stop()
	if p.renewed(ctx) {
		return true
	}
	claim, err := p.cfg.Team.Claim(ctx, p.work, Lease)
	if err != nil {
		p.cfg.Log.Debug("the turn to poll is not known", "channel", p.cfg.Channel, "error", err.Error())
		return false
	}
	p.hold(claim)
	return claim != nil
}

// renewed says whether the work is still this desktop's, and makes it so for
// longer when half the lease has passed.
func (p *Pacer) renewed(ctx context.Context) bool {
	p.mu.Lock()
	claim := p.claim
	p.mu.Unlock()
	switch {
	case claim == nil:
		return false
	case claim.Mine():
		return true
	}
	mine, err := claim.Renew(ctx)
	if err != nil || !mine {
		p.hold(nil)
	}
	return err == nil && mine
}

// short is a name that fits a hint.
func short(newest string) string {
	if len(newest) <= maxNewest {
		return newest
	}
	sum := sha256.Sum256([]byte(newest))
	return "sha256:" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// spreadOut is a pause with its share of chance: between (1-less) and (1+more)
// of it.
func (p *Pacer) spreadOut(d time.Duration, less, more float64) time.Duration {
	return time.Duration(float64(d) * (1 - less + (less+more)*p.cfg.Rand()))
}
