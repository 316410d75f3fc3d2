package crm_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/crm/crmtest"
	"postvak/backend/inbox"
	"postvak/backend/run"
)

// guarded is a desk that may be asked by several goroutines.
type guarded struct {
	*desk
	mu *sync.Mutex
}

func (g guarded) Claimed(work string) (crm.State, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.desk.Claimed(work)
}

func (g guarded) Lapsed(work string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.desk.Lapsed(work)
}

func (g guarded) Claim(ctx context.Context, work string, lease time.Duration) (crm.Claim, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, err := g.desk.Claim(ctx, work, lease)
	if c == nil {
		return nil, err
	}
	return guardedClaim{c, g.mu}, err
}

func (g guarded) Link(ctx context.Context, conversation inbox.Key, provider string, r inbox.Record) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.desk.Link(ctx, conversation, provider, r)
}

type guardedClaim struct {
	crm.Claim
	mu *sync.Mutex
}

func (c guardedClaim) Mine() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Claim.Mine()
}

func (c guardedClaim) Finish(ctx context.Context, state string, noted ...crm.Noted) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Claim.Finish(ctx, state, noted...)
}

// guardedStore is a store that may be asked by several goroutines.
type guardedStore struct {
	crm.Store
	mu *sync.Mutex
}

func (s guardedStore) OwedNotes(ctx context.Context, now time.Time, after string, limit int) ([]crm.Owed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.OwedNotes(ctx, now, after, limit)
}

func (s guardedStore) Subject(ctx context.Context, k inbox.Key, link string) (crm.Subject, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Subject(ctx, k, link)
}

func (s guardedStore) Links(ctx context.Context, k inbox.Key) ([]inbox.Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Links(ctx, k)
}

func (s guardedStore) PutCreation(ctx context.Context, c crm.Creation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.PutCreation(ctx, c)
}

func (s guardedStore) Creations(ctx context.Context) ([]crm.Creation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Creations(ctx)
}

func (s guardedStore) DropCreation(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.DropCreation(ctx, id)
}

func (s guardedStore) PutSeenNote(ctx context.Context, p string, n inbox.NoteVersion, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.PutSeenNote(ctx, p, n, at)
}

func (s guardedStore) SeenNote(ctx context.Context, p, id string) (inbox.NoteVersion, time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.SeenNote(ctx, p, id)
}

func (s guardedStore) PutSeenRecord(ctx context.Context, p string, r inbox.Record, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.PutSeenRecord(ctx, p, r, at)
}

func (s guardedStore) SeenRecord(ctx context.Context, p string, ref inbox.RecordRef) (inbox.Record, time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.SeenRecord(ctx, p, ref)
}

func (s guardedStore) PutMatches(ctx context.Context, provider, contact string, found []inbox.Record, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.PutMatches(ctx, provider, contact, found, at)
}

func (s guardedStore) Matches(ctx context.Context, provider, contact string) ([]inbox.Record, time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Matches(ctx, provider, contact)
}

// running is one desktop at work in goroutines of its own.
func running(t *testing.T) (w *world, c *crm.CRM, clock *run.Manual, changed chan inbox.Key, g *run.Group) {
	w = newWorld(t)
	ann := w.desk("ann-1", "ann")
	for range 3 {
		w.writes("k1", w.now.Add(-time.Minute))
	}
	w.fetch(ann, false)
	w.link(ann, "k1")
	clock, changed = run.NewManual(morning), make(chan inbox.Key, 1000)
	mu := &sync.Mutex{}
	c = crm.New(crm.Config{
		Team: guarded{ann, mu}, Store: guardedStore{ann.store, mu}, Clock: clock, Words: words,
		Language: func() string { return "en" }, Same: func(a, b string) bool { return a == b },
		Changed: func(all ...inbox.Key) {
			for _, k := range all {
				changed <- k
			}
		},
	})
	g = run.NewGroup(t.Context())
	t.Cleanup(g.Stop)
	c.Start(g)
	return w, c, clock, changed, g
}

// The loop writes by itself what is owed as soon as there is a provider, and
// ends when it is told to.
func TestTheLoop(t *testing.T) {
	w, c, _, changed, g := running(t)
	c.SetProvider(w.book)
	if k := <-changed; k != "k1" {
		t.Errorf("%s changed", k)
	}
	w.expect("by itself", "0 1 2")
	g.Stop()
	if left := g.Running(); len(left) != 0 {
		t.Errorf("%v still runs", left)
	}
}

// A pause ends by the clock, which nobody waits for.
func TestTheLoopWaitsForTheClock(t *testing.T) {
	w, c, clock, changed, _ := running(t)
	w.book.Limit(0)
	c.SetProvider(w.book)
	<-changed // it says why there is no note
	clock.BlockUntil(1)
	w.book.Limit(100)
	clock.Advance(2 * time.Minute)
	<-changed
	w.expect("after the pause", "0 1 2")
}

// stubborn answers nothing until its caller gives up.
type stubborn struct {
	*crmtest.Memory
	asked chan struct{}
}

func (s stubborn) WriteNote(ctx context.Context, _ inbox.RecordRef, _, _ string, _ crm.Body) (inbox.NoteVersion, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return inbox.NoteVersion{}, inbox.Errorf(inbox.Unavailable, "The CRM cannot be reached.")
}

// Exchanging the provider ends what is under way with the one before.
func TestAnExchangeCancels(t *testing.T) {
	w, c, _, changed, _ := running(t)
	slow := stubborn{w.book, make(chan struct{})}
	c.SetProvider(slow)
	<-slow.asked
	c.SetProvider(w.book)
	for len(w.book.Notes()) == 0 {
		<-changed
	}
}

// Everything may be called at once.
func TestAllAtOnce(t *testing.T) {
	w, c, clock, _, _ := running(t)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 30 {
				c.Wake()
				c.Opened("k1")
				if n%10 == i {
					c.SetProvider(w.book)
				}
				_, _ = c.Search(t.Context(), inbox.Person, "bob")
				_, _, _ = c.Matches(t.Context(), inbox.Address{Address: "bob@customer.example"})
				if _, err := c.Notes(t.Context(), "k1"); err != nil {
					t.Error(err)
				}
				_ = c.Status()
				clock.Advance(time.Second)
			}
		})
	}
	all.Wait()
}
