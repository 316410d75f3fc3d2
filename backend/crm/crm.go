package crm

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

const (
	maxActs  = 2                // writings under way at once from one desktop
	troubled = 30 * time.Second // how long a fault of this computer's own disk is waited out
	owedPage = 200              // links asked for at once
	manyOwed = 2 * time.Second  // between two looks at what is owed, while it is more than one page
)

// CRM is one desktop's part in what the team keeps in its CRM. Safe for
// concurrent use.
type CRM struct {
	cfg   Config
	poked chan struct{}
	acts  sync.WaitGroup
	// spawn begins an act beside the loop.
	spawn func(act func())

	// mu guards what others hand in. Whoever holds it asks nobody anything, so
	// that Wake and SetProvider can be called with any lock held.
	mu       sync.Mutex
	woken    bool
	moved    bool // the provider was exchanged, or may be reached again
	opened   []inbox.Key
	provider Provider
	turn     int             // how often it was exchanged
	using    context.Context // ends with the provider's exchange
	stop     context.CancelFunc

	work   sync.Mutex // guards what follows; never taken by Wake and SetProvider
	jobs   map[string]*job
	orders map[string]*order
	busy   int
	rests  map[string]rest // by provider
	looked map[string]time.Time
	own    map[string]string // the next work of links where this program wrote last

	// The loop's own:
	loaded bool
	again  time.Time // when to try what could not be done at all; zero: now
	alarm  run.Alarm
	relist time.Time // not before then is it looked up what is owed
}

// New makes the service; nothing happens before Start.
func New(cfg Config) *CRM {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func(...inbox.Key) {}
	}
	c := &CRM{
		cfg: cfg, alarm: run.Alarm{Clock: cfg.Clock}, poked: make(chan struct{}, 1), jobs: map[string]*job{}, orders: map[string]*order{},
		rests: map[string]rest{}, looked: map[string]time.Time{}, own: map[string]string{}, woken: true,
	}
	c.using, c.stop = context.WithCancel(context.Background())
	c.spawn = func(act func()) { c.acts.Go(act) }
	return c
}

// Start lets the service work until the group ends it.
func (c *CRM) Start(g *run.Group) { g.Go("CRM notes", c.run) }

// SetProvider exchanges the CRM that is worked with; nil: this desktop has
// none, for want of a token. What is under way with the one before is
// cancelled; what of it nobody knows is looked for before it is done again. It
// never blocks.
func (c *CRM) SetProvider(p Provider) {
	c.mu.Lock()
	c.stop()
	c.provider = p
	c.turn++
	c.using, c.stop = context.WithCancel(context.Background())
	c.moved, c.woken = true, true
	c.mu.Unlock()
	c.poke()
}

// Provider is the one that is worked with; nil when there is none.
func (c *CRM) Provider() Provider {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.provider
}

// inUse is the provider, and at which of its turns.
func (c *CRM) inUse() (Provider, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.provider, c.turn
}

// with gives the provider and a context for calls of it, which ends with ctx,
// with the provider's exchange, and after MaxAct.
func (c *CRM) with(ctx context.Context) (Provider, context.Context, context.CancelFunc) {
	c.mu.Lock()
	p, using := c.provider, c.using
	c.mu.Unlock()
	acting, cancel := context.WithTimeout(ctx, MaxAct)
	unlink := context.AfterFunc(using, cancel)
	return p, acting, func() { unlink(); cancel() }
}

// Wake says that conversations, links, the team log or the network changed:
// what is owed is looked up now. It never blocks.
func (c *CRM) Wake() {
	c.mu.Lock()
	c.woken = true
	c.mu.Unlock()
	c.poke()
}

// Hurry is Wake without any back-off: the network may be back, or a token taken
// again. What is under way goes on.
func (c *CRM) Hurry() {
	c.mu.Lock()
	c.moved, c.woken = true, true
	c.mu.Unlock()
	c.poke()
}

func (c *CRM) poke() {
	select {
	case c.poked <- struct{}{}:
	default:
	}
}

// run is the loop: it looks up what is owed, and begins what is due.
func (c *CRM) run(ctx context.Context) {
	defer c.acts.Wait()
	for {
		c.pass(ctx)
		select {
		case <-ctx.Done():
			return
		case <-c.poked:
		case <-c.alarm.At(c.nextDue()):
			c.alarm.Rang()
		}
	}
}

// pass does all that is to be done now. Acts go on beside it.
func (c *CRM) pass(ctx context.Context) {
	now := c.cfg.Clock.Now()
	if c.again.After(now) && c.again.Sub(now) <= troubled || ctx.Err() != nil {
		return
	}
	c.again = time.Time{}
	if err := c.load(ctx); err != nil {
		if ctx.Err() == nil {
			c.cfg.Log.Warn("what notes are owed could not be looked up", "error", err)
		}
		c.again = c.cfg.Clock.Now().Add(troubled)
		return
	}
	c.mu.Lock()
	opened := c.opened
	c.opened = nil
	c.mu.Unlock()
	for _, conversation := range opened {
		c.spawn(func() { c.refresh(ctx, conversation) })
	}
	for _, o := range c.dueOrders() {
		c.spawn(func() { c.fulfil(ctx, o) })
	}
	for _, j := range c.due() {
		c.spawn(func() { c.do(ctx, j) })
	}
}

// load looks up what is owed, when something changed.
func (c *CRM) load(ctx context.Context) error {
	c.mu.Lock()
	woken, moved := c.woken, c.moved
	if !woken || !moved && c.listedLately() {
		c.mu.Unlock()
		return nil
	}
	c.woken, c.moved = false, false
	c.mu.Unlock()
	err := c.loadOrders(ctx)
	var owed []Owed
	if err == nil && c.cfg.Team.Me() != "" {
		owed, err = c.owed(ctx)
	}
	if err != nil {
		c.mu.Lock()
		c.woken, c.moved = true, c.moved || moved
		c.mu.Unlock()
		return err
	}
	if c.relist = (time.Time{}); len(owed) > owedPage {
		c.relist = c.cfg.Clock.Now().Add(manyOwed)
	}
	c.take(owed, moved)
	if moved {
		c.cfg.Changed() // what was in the way of the one before is forgotten
	}
	return nil
}

// listedLately says that what is owed is a long list that was just read: every
// commit about a linked conversation wakes, and writing a note is some commits.
func (c *CRM) listedLately() bool {
	wait := c.relist.Sub(c.cfg.Clock.Now())
	return wait > 0 && wait <= manyOwed
}

func (c *CRM) owed(ctx context.Context) (all []Owed, err error) {
	for after := ""; ; {
		part, err := c.cfg.Store.OwedNotes(ctx, c.cfg.Clock.Now(), after, owedPage)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if len(part) < owedPage {
			return all, nil
		}
		after = part[len(part)-1].Link
	}
}

// take makes jobs of what is owed, and forgets those that are no more.
func (c *CRM) take(owed []Owed, moved bool) {
	c.work.Lock()
	defer c.work.Unlock()
	there := map[string]bool{}
	for _, o := range owed {
		there[o.Link] = true
		j := c.jobs[o.Link]
		if j == nil {
			j = c.newJob(o)
			c.jobs[o.Link] = j
		}
		if !j.busy {
			j.conversation = o.Conversation
			c.stir(j, moved)
		}
	}
	for link, j := range c.jobs {
		if !there[link] && !j.busy {
			delete(c.jobs, link)
		}
	}
	if moved {
		clear(c.rests)
		for _, o := range c.orders {
			o.next = c.cfg.Clock.Now()
		}
	}
}

// due takes the jobs whose time has come, the longest due first, as many as may
// be under way.
func (c *CRM) due() (due []*job) {
	c.work.Lock()
	defer c.work.Unlock()
	if c.busy >= maxActs {
		return nil // whoever ends pokes
	}
	now := c.cfg.Clock.Now()
	for _, j := range c.jobs {
		if !j.busy && !j.parked && (!j.next.After(now) || now.Before(j.set)) {
			due = append(due, j)
		}
	}
	slices.SortFunc(due, func(a, b *job) int { return cmp.Or(a.next.Compare(b.next), strings.Compare(a.link, b.link)) })
	due = due[:min(len(due), maxActs-c.busy)]
	for _, j := range due {
		j.busy = true
	}
	c.busy += len(due)
	return due
}

// do acts for one job, and drops it where nothing is left of it.
func (c *CRM) do(ctx context.Context, j *job) {
	_, before := c.inUse()
	c.act(ctx, j)
	c.work.Lock()
	defer c.work.Unlock()
	if _, turn := c.inUse(); turn != before && j.parked {
		c.stir(j, true) // another provider came meanwhile, which take did not tell it
	}
	j.busy = false
	c.busy--
	if j.over {
		delete(c.jobs, j.link)
	}
	c.poke()
}

// nextDue is the next time that something is due; zero: nothing is.
func (c *CRM) nextDue() (at time.Time) {
	if !c.again.IsZero() {
		return c.again
	}
	c.mu.Lock()
	if c.woken && c.listedLately() {
		at = c.relist
	}
	c.mu.Unlock()
	c.work.Lock()
	defer c.work.Unlock()
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	for _, j := range c.jobs {
		if c.busy < maxActs && !j.busy && !j.parked { // else whoever ends pokes
			sooner(j.next)
		}
	}
	for _, o := range c.orders {
		if !o.busy && !o.stuck {
			sooner(o.next)
		}
	}
	return at
}
