//go:build !darwin || cgo

package tray

import (
	"context"
	"sync"

	"fyne.io/systray"
)

// panel is the screen that fyne.io/systray makes. That library keeps its state
// in globals, calls back from its own goroutines, and is begun once.
type panel struct {
	click func(Item)
	made  bool

	open, available, quiet, settings, quit *systray.MenuItem

	shown  State
	ended  chan struct{}
	clicks sync.WaitGroup
}

func newScreen(click func(Item)) screen { return &panel{click: click, ended: make(chan struct{})} }

func (p *panel) watch(ctx context.Context, tell func(bool)) { watchHosts(ctx, tell) }

func (p *panel) show(ctx context.Context, s State) {
	if p.made {
		p.change(s)
		return
	}
	systray.SetOnTapped(func() { p.click(Open) }) // read when it begins
	made := make(chan struct{})
	begin(func() {
		p.build(s)
		close(made)
	})
	select {
	case <-made:
		p.made = true
	case <-ctx.Done(): // a system that does not get it done
	}
}

// build makes icon and menu before anybody can see them.
func (p *panel) build(s State) {
	systray.SetTitle(title(s))
	setIcon(s)
	systray.SetTooltip(s.Tooltip)
	p.open = systray.AddMenuItem(s.Menu.Open, "")
	systray.AddSeparator()
	p.available = systray.AddMenuItemCheckbox(s.Menu.Available, "", s.Available)
	p.quiet = systray.AddMenuItemCheckbox(s.Menu.Quiet, "", s.Quiet)
	systray.AddSeparator()
	p.settings = systray.AddMenuItem(s.Menu.Settings, "")
	p.quit = systray.AddMenuItem(s.Menu.Quit, "")
	p.shown = s
	p.clicks.Go(p.listen)
}

// listen must always be ready: a click that nobody waits for is lost.
func (p *panel) listen() {
	for {
		select {
		case <-p.open.ClickedCh:
			p.click(Open)
		case <-p.available.ClickedCh:
			p.click(Available)
		case <-p.quiet.ClickedCh:
			p.click(Quiet)
		case <-p.settings.ClickedCh:
			p.click(Settings)
		case <-p.quit.ClickedCh:
			p.click(Quit)
		case <-p.ended:
			return
		}
	}
}

// change tells the system what differs, nothing else: every word of it goes to
// all hosts.
func (p *panel) change(s State) {
	was := p.shown
	p.shown = s
	if was.Unread != s.Unread || was.Quiet != s.Quiet {
		setIcon(s)
	}
	if title(was) != title(s) {
		systray.SetTitle(title(s))
	}
	if was.Tooltip != s.Tooltip {
		systray.SetTooltip(s.Tooltip)
	}
	label(p.open, was.Menu.Open, s.Menu.Open)
	label(p.available, was.Menu.Available, s.Menu.Available)
	label(p.quiet, was.Menu.Quiet, s.Menu.Quiet)
	label(p.settings, was.Menu.Settings, s.Menu.Settings)
	label(p.quit, was.Menu.Quit, s.Menu.Quit)
	tick(p.available, was.Available, s.Available)
	tick(p.quiet, was.Quiet, s.Quiet)
}

func label(item *systray.MenuItem, was, is string) {
	if was != is {
		item.SetTitle(is)
	}
}

func tick(item *systray.MenuItem, was, is bool) {
	switch {
	case is && !was:
		item.Check()
	case was && !is:
		item.Uncheck()
	}
}

func (p *panel) close() {
	if !p.made {
		return
	}
	close(p.ended)
	p.clicks.Wait()
	end()
}
