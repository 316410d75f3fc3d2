package tray

import (
	"context"
	"sync"
)

// Item is what a person can press.
type Item string

// The icon itself is an Open: a click on it shows the window.
const (
	Open      Item = "open"
	Available Item = "available"
	Quiet     Item = "quiet"
	Settings  Item = "settings"
	Quit      Item = "quit"
)

// Menu has the labels, in the person's language.
type Menu struct{ Open, Available, Quiet, Settings, Quit string }

// State is all that the tray shows.
type State struct {
	Unread    int // stands on the icon; 0 stands not
	Available bool
	Quiet     bool // notifications are held back for a while
	Tooltip   string
	Menu      Menu
}

// screen is the system's tray. All calls but close come from one goroutine
// each; show may be called before a host is there.
type screen interface {
	// watch tells whether there is a host, at once and at every change, until
	// ctx ends.
	watch(ctx context.Context, tell func(there bool))
	// show makes icon and menu, and changes later what differs.
	show(ctx context.Context, s State)
	close()
}

// Tray is the one of this program: a process has one at most.
type Tray struct {
	screen screen
	cancel context.CancelFunc
	work   sync.WaitGroup
	wake   chan struct{}
	clicks chan Item

	mu     sync.Mutex
	there  bool
	watch  func(bool)
	wanted *State
}

// Start looks for a place to show the tray in and goes on looking until Close.
// Nothing is shown before the first Show. It calls pressed for one click after
// the other; clicks that come while eight wait are lost.
func Start(pressed func(Item)) *Tray {
	t := &Tray{wake: make(chan struct{}, 1), clicks: make(chan Item, 8)}
	t.screen = newScreen(t.click)
	t.run(pressed)
	return t
}

// run returns when it is known whether there is a host.
func (t *Tray) run(pressed func(Item)) {
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(context.Background())
	known := make(chan struct{})
	var once sync.Once
	t.work.Go(func() {
		t.screen.watch(ctx, func(there bool) {
			t.found(there)
			once.Do(func() { close(known) })
		})
	})
	t.work.Go(func() { t.draw(ctx) })
	t.work.Go(func() { t.listen(ctx, pressed) })
	<-known
}

// click hands on what was pressed; it never blocks.
func (t *Tray) click(item Item) {
	select {
	case t.clicks <- item:
	default: // somebody presses faster than anything can be done
	}
}

func (t *Tray) listen(ctx context.Context, pressed func(Item)) {
	for {
		select {
		case item := <-t.clicks:
			pressed(item)
		case <-ctx.Done():
			return
		}
	}
}

func (t *Tray) found(there bool) {
	t.mu.Lock()
	changed := t.there != there
	t.there = there
	watch := t.watch
	t.mu.Unlock()
	if there {
		t.poke()
	}
	if changed && watch != nil {
		watch(there)
	}
}

func (t *Tray) poke() {
	select {
	case t.wake <- struct{}{}:
	default: // it has yet to draw
	}
}

// draw shows the newest state, where there is something to show it on.
func (t *Tray) draw(ctx context.Context) {
	var shown State
	first := true
	for {
		select {
		case <-t.wake:
		case <-ctx.Done():
			return
		}
		t.mu.Lock()
		wanted, there := t.wanted, t.there
		t.mu.Unlock()
		if wanted == nil || !there || !first && *wanted == shown {
			continue
		}
		shown, first = *wanted, false
		t.screen.show(ctx, shown)
	}
}

// Show has the tray show a state as soon as it can. It never blocks.
func (t *Tray) Show(s State) {
	t.mu.Lock()
	t.wanted = &s
	t.mu.Unlock()
	t.poke()
}

// There says whether a host shows trays now.
func (t *Tray) There() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.there
}

// Watch calls f when hosts come and go, from one goroutine. There is one
// watcher; it may miss what happened before it.
func (t *Tray) Watch(f func(there bool)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watch = f
}

// Close ends it. pressed is not called afterwards, so it must not call Close.
func (t *Tray) Close() {
	t.cancel()
	t.work.Wait()
	t.screen.close()
}
