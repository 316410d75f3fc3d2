package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// senderSetting is the team's setting with the server that the team mailbox
// sends by: whoever joined by an invitation typed only a password, and must be
// able to send alerts too (R18).
const senderSetting = "mailbox.smtp"

// sender is what stands in it. There is no user name in it, which may be a
// person's own, and no password.
type sender struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"`
}

// sendingMailbox is the team mailbox with the server that it sends by: the one
// that was typed here, else the team's. False when there is none to send by.
func (a *App) sendingMailbox() (teamMailbox, bool) {
	m := a.teamBox.Load()
	if m == nil {
		return teamMailbox{}, false
	}
	if m.SMTP.Host != "" {
		return *m, true
	}
	with := *m
	var ok bool
	with.SMTP, ok = m.trusted(a.team.Setting(senderSetting))
	return with, ok
}

// trusted gives the team's server, if this computer's login may go there. Any
// admin can change it: a person's own password goes only to the host that it
// was given for, the password of the team's login to where the team says.
func (m teamMailbox) trusted(setting string) (inbox.Server, bool) {
	var said sender
	if json.Unmarshal([]byte(setting), &said) != nil {
		return inbox.Server{}, false
	}
	server, err := Server{said.Host, said.Port, said.Security, m.IMAP.Username}.domain("SMTP")
	teams := m.Invited != "" && m.Invited == m.IMAP.Username
	same := strings.EqualFold(server.Host, m.IMAP.Host)
	return server, err == nil && (teams || same)
}

// saySender tells the team by which server its mailbox sends, on the computer
// of an admin who typed one, when the team does not know any. What waits for
// the log may say it already.
func (a *App) saySender(ctx context.Context, log LogStatus) error {
	m := a.teamBox.Load()
	switch {
	case m == nil || m.SMTP.Host == "" || log.Phase != "ok" || log.Pending > 0:
		return nil
	case a.team.Setting(senderSetting) != "":
		return nil
	}
	if me, known := a.team.Member(a.team.Me()); !known || me.Role != teamlog.Admin || a.outside() != "" {
		return nil
	}
	value, err := json.Marshal(sender{m.SMTP.Host, m.SMTP.Port, string(m.SMTP.Security)})
	if err != nil {
		return err
	}
	outcomes, err := a.team.Decide(ctx, &teamlog.Setting{Key: senderSetting, Value: string(value)})
	if slices.ContainsFunc(outcomes, func(o teamsync.Outcome) bool { return o.Void != teamlog.Admitted }) {
		a.log.Info("another computer said first by which server the team mailbox sends")
	}
	return err
}

// saysSender tells what the program says by itself from what a person decided:
// nobody wants to hear that another computer was first.
func saysSender(e teamlog.Event) bool {
	s, ok := e.(*teamlog.Setting)
	return ok && s.Key == senderSetting
}
