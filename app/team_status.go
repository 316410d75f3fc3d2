package app

import (
	"context"
	"fmt"

	"postvak/backend/teamsync"
	"postvak/backend/tidy"
)

// teamStatus gathers Team.Status.
func (a *App) teamStatus(ctx context.Context) (TeamStatus, error) {
	log, err := a.logStatus(ctx)
	if err != nil {
		return TeamStatus{}, err
	}
	m, _, err := a.mailboxOfTeam(ctx)
	if err != nil {
		return TeamStatus{}, err
	}
	tasks, err := a.tasks(ctx)
	if err != nil {
		return TeamStatus{}, err
	}
	me, _ := a.team.Member(a.team.Me())
	status := TeamStatus{
		Team: shown(a.team.Name()), Me: string(a.team.Me()), Role: string(me.Role), State: string(a.team.Membership()),
		Log: log, ReadOnly: a.readOnly(), Tasks: tasks, Words: []string{},
		Mailbox: TeamMailbox{m.IMAP.Host, m.IMAP.Port, string(m.IMAP.Security), m.IMAP.Username, m.Folder, oauthOf(m.OAuth)},
	}
	if status.Role == "" {
		status.Role = "member"
	}
	if a.team.Membership() == teamsync.Newcomer {
		status.Words = m.Words
		if away, err := a.team.TurnedAway(ctx); err != nil || away {
			status.Refused = turnedAway
			return status, err
		}
	}
	return status, nil
}

const turnedAway = "Your request was not accepted, or too many others were waiting. " +
	"Ask a colleague, then stop waiting here and ask again, best with an invitation."

// logStatus says how the team log is. Who was removed reads it no more.
func (a *App) logStatus(ctx context.Context) (LogStatus, error) {
	state, err := a.team.State(ctx)
	if err != nil {
		return LogStatus{}, err
	}
	s := LogStatus{
		Position: fmt.Sprintf("%s/%d", state.Position.Epoch, state.Position.N), Pending: state.Pending, Alarms: plainLines(state.Alarms),
		Phase: string(state.Phase), Done: int(state.Done), Total: int(state.Total), Reason: state.Reason, Checked: state.CheckedUpTo >= state.Count,
	}
	if a.team.Membership() == teamsync.Removed {
		s.Phase, s.Reason = "read_only", notInMore
	}
	return s, nil
}

// plainLines keeps what a member calls themself from breaking out of a sentence.
func plainLines(sentences []string) []string {
	return mapped(sentences, func(s string) string { return tidy.OneLine(tidy.Visible(s)) })
}

// teamText says in one line what the team log is doing, "" when there is
// nothing to say (R35). Scripts read it; the window writes its own.
func teamText(state string, log LogStatus) string {
	progress := ""
	if log.Total > 0 {
		progress = fmt.Sprintf(" %s of %s", thousands(log.Done), thousands(log.Total))
	}
	because := ""
	if log.Reason != "" {
		because = ": " + log.Reason
	}
	switch teamsync.Membership(state) {
	case teamsync.Newcomer:
		return "waiting to be let into the team"
	case teamsync.Removed:
		return "no longer in the team"
	case teamsync.Solo, teamsync.Active:
	}
	switch teamsync.Phase(log.Phase) {
	case teamsync.PhaseMoving, teamsync.PhaseRepairing:
		return log.Phase + " the team log" + progress
	case teamsync.PhaseBehind:
		return "reading the team log" + progress
	case teamsync.PhaseSignIn:
		return "team mailbox needs sign-in" + because
	case teamsync.PhaseOffline:
		return "team mailbox offline (" + log.Reason + ")"
	case teamsync.PhaseWaiting:
		return "team log waits to be repaired" + because
	case teamsync.PhasePaused:
		return "old decisions wait for Team.Resume"
	case teamsync.PhaseReadOnly:
		return "team log cannot be written" + because
	case teamsync.PhaseOK:
	}
	return ""
}
