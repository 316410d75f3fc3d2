package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postvak/app/tray"
	"postvak/backend/inbox"
)

// indicators are what tray, title and badge show.
type indicators struct {
	tray  tray.State
	title string
}

// indicatorEvents are what indicators can change by.
var indicatorEvents = []string{"inbox.changed", "team.changed", "notifications.changed"}

// feedIndicators keeps what shows the counts up to date until ctx ends. It asks the
// cache beside the window, never in its way.
func (a *App) feedIndicators(ctx context.Context, show func(indicators)) {
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	defer a.hub.subscribe(func(e event) {
		if slices.Contains(indicatorEvents, e.name) {
			select {
			case changed <- struct{}{}:
			default: // it has yet to look
			}
		}
	})()
	for {
		shown, quiet, err := a.indicators(ctx)
		if err == nil {
			show(shown)
		} else if ctx.Err() == nil {
			a.log.Warn("counting for the tray", "error", err.Error())
		}
		var over <-chan time.Time
		if quiet > 0 {
			over = a.clock.After(quiet)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-over:
		}
	}
}

// indicators gathers what is shown, and for how long it is still quiet.
func (a *App) indicators(ctx context.Context) (i indicators, quiet time.Duration, err error) {
	mine, unassigned, err := a.unread(ctx)
	if err != nil {
		return i, 0, err
	}
	bell, err := a.bell(ctx)
	if err != nil {
		return i, 0, err
	}
	until, _ := parseStamp(bell.PausedUntil)
	if now := a.clock.Now(); until.After(now) {
		quiet = until.Sub(now)
	}
	me, _ := a.team.Member(a.team.Me())
	i.tray = tray.State{
		Unread: mine + unassigned, Available: me.Available, Quiet: quiet > 0, Menu: a.trayMenu(),
		Tooltip: a.trayTooltip(mine, unassigned, me.Available, until),
	}
	i.title = "Postvak"
	if i.tray.Unread > 0 {
		i.title = fmt.Sprintf("(%d) Postvak", i.tray.Unread)
	}
	return i, quiet, nil
}

// unread counts what asks for this person: their own and what nobody has.
func (a *App) unread(ctx context.Context) (mine, unassigned int, err error) {
	counts, err := a.db.Sections(ctx)
	for _, c := range counts {
		switch c.Section { //nolint:exhaustive // others' and closed ones ask for nobody here
		case inbox.Mine:
			mine = c.Unread
		case inbox.Unassigned:
			unassigned = c.Unread
		}
	}
	return mine, unassigned, err
}

func (a *App) trayMenu() tray.Menu {
	return tray.Menu{
		Open: a.inWords("Open Postvak"), Available: a.inWords("Available"), Quiet: a.inWords("Quiet for an hour"),
		Settings: a.inWords("Settings"), Quit: a.inWords("Quit Postvak"),
	}
}

// trayTooltip says in words what the icon shows. until is zero or past when it
// is not quiet.
func (a *App) trayTooltip(mine, unassigned int, available bool, until time.Time) string {
	lines := []string{"Postvak", a.inWords("Nothing is unread.")}
	if mine+unassigned > 0 {
		lines[1] = a.inWords(fmt.Sprintf("%d unread: %d assigned to you, %d unassigned.", mine+unassigned, mine, unassigned))
	}
	if !available {
		lines = append(lines, a.inWords("You are not available."))
	}
	if until.After(a.clock.Now()) {
		lines = append(lines, a.inWords(fmt.Sprintf("It is quiet until %s.", clockTime(until))))
	}
	return strings.Join(lines, "\n")
}
