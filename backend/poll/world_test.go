package poll_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/backend/poll"
	"postvak/backend/run"
)

// world is a team whose desktops poll one provider, in time that a test makes:
// a log with its lag, a provider with messages, and desktops that die, are
// started again, and lose the one or the other.
type world struct {
	t      *testing.T
	random *rand.Rand

	mu       sync.Mutex
	log      []record
	messages []time.Time // when each came; its number is its name
	polls    []polled
	desks    []*desk
	hints    int
}

// record is one of the log: a claim (of "" takes what nobody has), or a hint.
type record struct {
	device string
	claims bool
	of     string
	newest string
}

func (r record) id(at int) string { return fmt.Sprint(r.device, "/", at) }

type polled struct {
	at    time.Time
	by    *desk
	quick bool
}

// desk is one computer. What it knows outlives its program.
type desk struct {
	w    *world
	name string

	// Guarded by the world:
	read              int
	record, holder    string // the claim that counts, as far as it has read
	newest            string
	logDown, provDown bool
	known             map[int]time.Time // message → since when
	up                time.Time         // since when it runs with everything in reach; zero: it does not
	program           *program
}

// program is one start of a desktop.
type program struct {
	d     *desk
	pacer *poll.Pacer
	stop  context.CancelFunc
	ended chan struct{}

	watched string // a claim of somebody else's, and since when it is watched
	since   time.Time
	turn    bool // as of its last pause
}

func newWorld(t *testing.T, seed uint64, desks int) *world {
	w := &world{t: t, random: rand.New(rand.NewPCG(seed, 7))}
	for i := range desks {
		w.desks = append(w.desks, &desk{w: w, name: fmt.Sprint("d", i), known: map[int]time.Time{}})
	}
	return w
}

// chance is safe for every goroutine.
func (w *world) chance() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.Float64()
}

func (w *world) upTo(d time.Duration) time.Duration { return time.Duration(w.chance() * float64(d)) }

// start switches a computer on.
func (d *desk) start() {
	ctx, stop := context.WithCancel(d.w.t.Context())
	p := &program{d: d, stop: stop, ended: make(chan struct{})}
	d.catchUp()
	p.pacer = poll.New(poll.Config{Channel: "wa", Team: p, Clock: run.System, Rand: d.w.chance})
	d.w.mu.Lock()
	d.program = p
	d.w.mu.Unlock()
	d.reach()
	go p.adapter(ctx)
}

// kill switches it off.
func (d *desk) kill() {
	d.w.mu.Lock()
	p := d.program
	d.program, d.up = nil, time.Time{}
	d.w.mu.Unlock()
	p.stop()
	<-p.ended
}

// reach notes whether everything is within reach now.
func (d *desk) reach() {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	whole := d.program != nil && !d.provDown
	switch {
	case !whole:
		d.up = time.Time{}
	case d.up.IsZero():
		d.up = time.Now()
	}
}

// adapter polls as an adapter does: it looks, stores, says what it found, waits.
// A failure ends it, and it is started again after a while.
func (p *program) adapter(ctx context.Context) {
	defer close(p.ended)
	for ctx.Err() == nil {
		if !sleep(ctx, p.d.w.upTo(time.Second)) {
			return
		}
		newest, ok := p.d.ask(p.turn)
		if !ok {
			sleep(ctx, 10*time.Second)
			continue
		}
		if newest != "" {
			p.pacer.Found(newest)
		}
		if p.pacer.Next(ctx, quick) != nil {
			return
		}
		p.turn = p.pacer.State().Turn
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// ask is one poll.
func (d *desk) ask(turn bool) (newest string, ok bool) {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	if d.provDown {
		return "", false
	}
	now := time.Now()
	d.w.polls = append(d.w.polls, polled{now, d, turn})
	for i := range d.w.messages {
		if _, known := d.known[i]; !known {
			d.known[i] = now
			newest = fmt.Sprint("SM", i)
		}
	}
	return newest, true
}

// message is a customer who writes.
func (w *world) message() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = append(w.messages, time.Now())
}

// append puts a record into the log. Everybody reads it a moment later.
func (w *world) append(r record) string {
	w.mu.Lock()
	w.log = append(w.log, r)
	id := r.id(len(w.log) - 1)
	w.mu.Unlock()
	for _, d := range w.desks {
		time.AfterFunc(w.upTo(3*time.Second), d.catchUp)
	}
	return id
}

// catchUp reads the log as far as it goes.
func (d *desk) catchUp() {
	d.w.mu.Lock()
	if d.logDown {
		d.w.mu.Unlock()
		return
	}
	for ; d.read < len(d.w.log); d.read++ {
		switch r := d.w.log[d.read]; {
		case r.claims && r.of == d.record:
			d.record, d.holder = r.id(d.read), r.device
		case !r.claims:
			d.newest = r.newest
		}
	}
	p := d.program
	d.w.mu.Unlock()
	if p != nil {
		p.pacer.LogChanged()
	}
}

// Alone implements poll.Team.
func (p *program) Alone() bool { return false }

// Hinted implements poll.Team.
func (p *program) Hinted() string {
	p.d.w.mu.Lock()
	defer p.d.w.mu.Unlock()
	return p.d.newest
}

// Hint implements poll.Team.
func (p *program) Hint(newest string) error {
	p.d.w.mu.Lock()
	down := p.d.logDown
	p.d.w.hints++
	p.d.w.mu.Unlock()
	if down {
		return errors.New("no network")
	}
	p.d.w.append(record{device: p.d.name, newest: newest})
	return nil
}

// Claim implements poll.Team, as package teamsync does.
func (p *program) Claim(ctx context.Context, _ string, lease time.Duration) (poll.Claim, error) {
	p.d.w.mu.Lock()
	record, holder := p.d.record, p.d.holder
	p.d.w.mu.Unlock()
	if record != "" && holder != p.d.name && !p.lapsed(record, lease) {
		return nil, nil
	}
	c := &claim{p: p, lease: lease}
	won, err := c.say(ctx, record)
	if !won || err != nil {
		return nil, err
	}
	return c, nil
}

func (p *program) lapsed(record string, lease time.Duration) bool {
	if p.watched != record {
		p.watched, p.since = record, time.Now()
	}
	return time.Since(p.since) >= lease
}

// claim is what a desktop holds.
type claim struct {
	p      *program
	lease  time.Duration
	record string
	since  time.Time
}

// Mine implements poll.Claim.
func (c *claim) Mine() bool {
	c.p.d.w.mu.Lock()
	defer c.p.d.w.mu.Unlock()
	return c.p.d.record == c.record && time.Since(c.since) < c.lease/2
}

// Renew implements poll.Claim.
func (c *claim) Renew(ctx context.Context) (bool, error) { return c.say(ctx, c.record) }

// say takes a claim over, and reads back whether that came first. The record or
// its answer may get lost.
func (c *claim) say(ctx context.Context, of string) (bool, error) {
	d, since := c.p.d, time.Now()
	if !sleep(ctx, d.w.upTo(time.Second)) || !d.logUp() {
		return false, errors.New("not sent")
	}
	id := d.w.append(record{device: d.name, claims: true, of: of})
	if !sleep(ctx, d.w.upTo(time.Second)) || !d.logUp() {
		return false, errors.New("not heard")
	}
	d.catchUp()
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	if d.record != id {
		return false, nil
	}
	c.record, c.since = id, since
	return true, nil
}

func (d *desk) logUp() bool {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	return !d.logDown
}

// turns names the desktops that may ask often at this moment.
func (w *world) turns() (all []string) {
	w.mu.Lock()
	desks := slices.Clone(w.desks)
	w.mu.Unlock()
	for _, d := range desks {
		w.mu.Lock()
		p := d.program
		w.mu.Unlock()
		if p != nil && p.pacer.State().Turn {
			all = append(all, d.name)
		}
	}
	return all
}
