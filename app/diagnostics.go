package app

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"postvak/app/about"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// Diagnostics reports how this computer, its channels and the team log are,
// without any secret, for a person or a helper to read.
func (s *Settings) Diagnostics() (Diagnostics, error) {
	return do(s.app, "Settings.Diagnostics", s.app.diagnostics)
}

func (a *App) diagnostics(ctx context.Context) (Diagnostics, error) {
	team, err := a.teamStatus(ctx)
	if err != nil {
		return Diagnostics{}, err
	}
	found, err := a.team.Findings(ctx)
	if err != nil {
		return Diagnostics{}, err
	}
	d := Diagnostics{Log: a.logReport(ctx, team), Findings: mapped(found, a.findingOf)}
	slices.SortStableFunc(d.Findings, func(x, y Finding) int { return strings.Compare(y.At, x.At) })
	d.Text = a.known.hide(strings.Join(a.reportLines(ctx, team, d), "\n"))
	return d, nil
}

func (a *App) logReport(ctx context.Context, team TeamStatus) LogReport {
	report := LogReport{
		Engine: "local", ID: a.team.LogID(), Position: team.Log.Position, Pending: team.Log.Pending,
		Phase: team.Log.Phase, Done: team.Log.Done, Total: team.Log.Total, Reason: team.Log.Reason, Checked: team.Log.Checked,
	}
	if team.Mailbox.Host != "" {
		report.Engine = "mailbox"
	}
	if cursor, err := a.db.Cursor(ctx); err == nil {
		report.Records = int(cursor.Count) //nolint:gosec // records are counted one by one
	}
	return report
}

// findingOf puts a finding into words, with whom it is about in brackets.
func (a *App) findingOf(f teamlog.Finding) Finding {
	text, known := findingTexts[f.Kind]
	if !known {
		text = otherFinding
	}
	return Finding{
		Kind: string(f.Kind), At: stamp(f.At), Count: int(f.Count), //nolint:gosec // a small count
		Text: text.seen + a.concerning(f), Meaning: text.means, Todo: text.todo,
	}
}

// concerning says whom or what a finding is about.
func (a *App) concerning(f teamlog.Finding) string {
	var about []string
	if f.Member != "" {
		about = append(about, a.nameOf(inbox.MemberID(f.Member)))
	}
	if detail := printable(f.Detail); detail != "" {
		about = append(about, detail)
	}
	if len(about) == 0 {
		return ""
	}
	return " (" + strings.Join(about, ", ") + ")"
}

// reportLines are the report as a text, in the person's language. It names no
// customer, no address and no folder of this computer.
func (a *App) reportLines(ctx context.Context, team TeamStatus, d Diagnostics) []string {
	lines := []string{
		fmt.Sprintf("Postvak %s, %s/%s, %s", about.Line(), runtime.GOOS, runtime.GOARCH, stamp(a.clock.Now())),
		a.inWords(fmt.Sprintf("Profile %s. Secrets are kept by: %s.", a.profile.ID, string(a.secrets.Kind()))),
		a.inWords(fmt.Sprintf("Team log: %s, state %s, position %s.", d.Log.Engine, d.Log.Phase, d.Log.Position)),
		"  " + a.inWords(fmt.Sprintf("%d records here, %d decisions wait.", d.Log.Records, d.Log.Pending)),
	}
	members := slices.DeleteFunc(a.team.Members(), func(m teamlog.Member) bool { return m.Removed })
	lines = append(lines, a.inWords(fmt.Sprintf("Team: state %s, role %s, %d members.", team.State, team.Role, len(members))))
	for _, reason := range append([]string{d.Log.Reason}, team.Log.Alarms...) {
		if reason != "" {
			lines = append(lines, "  "+tidy.OneLine(a.inWords(reason)))
		}
	}
	if status, err := a.status(ctx); err == nil {
		for _, c := range status.Channels {
			lines = append(lines, a.channelLines(c)...)
		}
	}
	lines = append(lines, a.noticeLines(ctx)...)
	lines = append(lines, a.crmLines()...)
	return append(lines, a.findingLines(d.Findings)...)
}

func (a *App) channelLines(c ChannelStatus) []string {
	lines := []string{
		a.inWords(fmt.Sprintf("Channel %s: %s, last look %s.", c.ID, c.State, c.LastSync)),
		"  " + a.inWords(fmt.Sprintf("%d of %d messages, %d set aside.", c.Done, c.Total, c.SetAside)),
	}
	if c.Reason != "" {
		lines = append(lines, "  "+tidy.OneLine(a.inWords(c.Reason)))
	}
	return append(lines, a.pollLines(inbox.ChannelID(c.ID))...)
}

func (a *App) findingLines(found []Finding) []string {
	if len(found) == 0 {
		return []string{a.inWords("Nothing unusual was seen in the team's log.")}
	}
	var lines []string
	for _, f := range found {
		lines = append(lines, a.inWords(fmt.Sprintf("Seen %d times, last at %s: %s", f.Count, f.At, f.Text)))
		lines = append(lines, "  "+a.inWords(f.Meaning), "  "+a.inWords(f.Todo))
	}
	return lines
}
