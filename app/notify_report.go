package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
	"postvak/backend/tidy"
)

// reportedRows is how much of the history the report sums up.
const reportedRows = 200

// noticeLines are the report's part about notifications: how they are shown and
// sent, what is switched on, and how often they ended in which way. It names
// nobody.
func (a *App) noticeLines(ctx context.Context) []string {
	settings, err := a.bell(ctx)
	if err != nil {
		a.log.Warn("the report's choices behind the bell", "error", err.Error())
		return nil
	}
	quiet := "-"
	if q := settings.QuietHours; q.From != "" {
		quiet = strings.TrimSpace(q.From + "–" + q.To + " " + strings.Join(q.Days, " "))
	}
	lines := []string{
		a.inWords(a.screenLine(ctx)), "  " + a.inWords(a.wayLine()),
		"  " + a.inWords(fmt.Sprintf("Behind the bell: desktop %s; e-mail %s.", rings(settings.Desktop), rings(settings.Email))),
		"  " + a.inWords(fmt.Sprintf("Quiet hours: %s. Muted channels: %d. Counted from %s.", quiet, len(settings.Muted), stamp(a.since()))),
	}
	if settings.PausedUntil != "" {
		lines = append(lines, "  "+a.inWords(fmt.Sprintf("Notifications are paused until %s.", settings.PausedUntil)))
	}
	return append(lines, a.outcomeLines(ctx)...)
}

func (a *App) screenLine(ctx context.Context) string {
	if a.opt.Desktop == nil {
		return "Notifications: no desktop, connected windows are told."
	}
	h := a.opt.Desktop.Health(ctx)
	name := cmp.Or(tidy.OneLine(tidy.Visible(h.Name)), "-")
	switch {
	case !h.Running:
		return fmt.Sprintf("Notifications: the system's (%s) do not answer.", name)
	case !h.Permitted:
		return fmt.Sprintf("Notifications: the system (%s) does not allow them.", name)
	case h.DoNotDisturb:
		return fmt.Sprintf("Notifications: the system (%s) is set to keep quiet.", name)
	}
	return fmt.Sprintf("Notifications: the system (%s) shows them.", name)
}

func (a *App) wayLine() string {
	way, ok := (alertPost{a}).way("")
	switch {
	case !ok:
		return "E-mail alerts: no mail server to send by."
	case way.channel == "":
		return "E-mail alerts: by the team mailbox."
	}
	return fmt.Sprintf("E-mail alerts: by channel %s.", string(way.channel))
}

// rings names what a bell rings for, in the contract's words.
func rings(b NotificationBell) string {
	var on []string
	for _, o := range inbox.Occasions() {
		if inbox.Bell(b).On(o) {
			on = append(on, string(o))
		}
	}
	return cmp.Or(strings.Join(on, ", "), "-")
}

// outcomeLines count how the newest rows of the history ended, those of
// teammates too.
func (a *App) outcomeLines(ctx context.Context) []string {
	if a.outside() == notInYet {
		return nil
	}
	rows, _, err := a.db.NotificationHistory(ctx, sqlite.HistoryQuery{Limit: reportedRows})
	if err != nil {
		a.log.Warn("the report's history of notifications", "error", err.Error())
		return nil
	}
	counts := map[string]int{}
	for _, r := range rows {
		ended := string(r.Medium) + " " + string(r.Outcome)
		if r.Reason != inbox.ReasonNone {
			ended += " (" + string(r.Reason) + ")"
		}
		counts[ended]++
	}
	var lines []string
	for _, ended := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("  %d × %s", counts[ended], ended))
	}
	return lines
}
