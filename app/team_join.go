package app

import (
	"context"
	"errors"
	"strings"

	"postvak/backend/imaplog"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// readInvitation says what an invitation holds. What is past is said at once:
// nobody fills in a form for nothing.
func (a *App) readInvitation(text string) (InvitationInfo, error) {
	if strings.TrimSpace(text) == "" {
		return InvitationInfo{}, inbox.Errorf(inbox.Invalid, "The invitation is missing.")
	}
	i, err := a.usable(text)
	if err != nil {
		return InvitationInfo{}, err
	}
	return InvitationInfo{
		Team: shown(i.Team), Expires: stamp(i.Expires),
		Mailbox: TeamMailbox{
			Host: shown(i.Host), Port: i.Port, Security: shown(i.Security), Username: shown(i.Username), Folder: shown(i.Folder),
			OAuth: oauthOf(i.OAuth),
		},
	}, nil
}

// usable reads an invitation; "" is none at all, which is possible too.
func (a *App) usable(text string) (teamlog.Invitation, error) {
	if text = strings.TrimSpace(text); text == "" {
		return teamlog.Invitation{}, nil
	}
	a.known.learn(text)
	i, err := teamlog.ParseInvitation(text)
	if err == nil && !i.Expires.After(a.clock.Now()) {
		err = inbox.Errorf(inbox.Invalid, "This invitation is too old. Ask an admin for a new one.")
	}
	if err == nil && i.OAuth.On() { // nobody signs in for a server that gets nothing
		err = tokensStay(i.OAuth, inbox.Server{Host: i.Host, Security: inbox.Security(i.Security)})
	}
	return i, err
}

// joinOther asks a team to let this computer's person in. The mailbox is asked
// for the team's folder before anything is stored.
func (a *App) joinOther(ctx context.Context, r JoinTeamRequest) (JoinResult, error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	if err := a.alone(); err != nil {
		return JoinResult{}, err
	}
	if len(a.team.Channels()) > 0 {
		return JoinResult{}, inbox.Errorf(inbox.Conflict,
			"There is an inbox in this folder already. Join the team from a new folder (--data), or make this one a team of its own.")
	}
	invitation, err := a.usable(r.Invitation)
	if err != nil {
		return JoinResult{}, err
	}
	name, email, err := person(r.Name, r.Email)
	if err != nil {
		return JoinResult{}, err
	}
	m, err := a.mailboxOf(r, invitation)
	if err != nil {
		return JoinResult{}, err
	}
	password := Secret(r.Mailbox.Password)
	if err := a.findTeam(ctx, &m, password); err != nil {
		return JoinResult{}, err
	}
	words, err := a.ask(ctx, m, password, teamsync.Joining{LogID: m.LogID, Name: name, Email: email, Invitation: invitation})
	return JoinResult{Words: words}, err
}

// mailboxOf is the team mailbox of a request: what the form leaves out is the
// invitation's.
func (a *App) mailboxOf(r JoinTeamRequest, i teamlog.Invitation) (teamMailbox, error) {
	form := r.Mailbox
	if form.Host == "" {
		form.Host, form.Port, form.Security = i.Host, i.Port, i.Security
	}
	if form.Username == "" {
		form.Username = i.Username
	}
	m, err := a.mailboxIn(form)
	m.LogID, m.Invited = i.Log, i.Username
	return m, err
}

// findTeam looks for the team's folder: that of the invitation's log, whatever
// it is called, or the only one that the mailbox has.
func (a *App) findTeam(ctx context.Context, m *teamMailbox, password Secret) error {
	found, err := imaplog.Find(ctx, a.logConfig(*m, password))
	switch {
	case inbox.CodeOf(err) == inbox.NotFound && m.LogID != "":
		return inbox.Errorf(inbox.NotFound, "This mailbox does not hold the team of the invitation. "+
			"Check the mailbox, or ask an admin for a new invitation.").Because(err)
	case inbox.CodeOf(err) == inbox.NotFound:
		return inbox.Errorf(inbox.NotFound, "There is no team in this mailbox yet. Make one, or check which mailbox the team uses.").Because(err)
	case err != nil:
		return err
	}
	m.Folder, m.LogID = found.Folder, found.LogID
	return nil
}

// ask writes the request into the log and stays with it, or leaves all as it
// was.
func (a *App) ask(ctx context.Context, m teamMailbox, password Secret, who teamsync.Joining) ([]string, error) {
	err := a.grants.use(m.grant, func() error {
		if err := a.keepMailbox(ctx, m, password); err != nil {
			return err
		}
		m.grant = nil
		engine := imaplog.New(a.logConfig(m, password))
		words, err := a.team.Join(ctx, engine, who)
		if err != nil {
			return errors.Join(err, engine.Close(), a.forgetMailbox(context.WithoutCancel(ctx)))
		}
		m.Words = words[:]
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.follower.poke()
	return m.Words, a.db.PutSetting(ctx, teamMailboxKey, m)
}

// becameMe is told which member this computer speaks for: after joining as
// somebody whom the team knows already.
func (a *App) becameMe(id inbox.MemberID) {
	a.profile.Member = id
	if err := a.profile.save(a.opt.Dir); err != nil {
		a.log.Error("storing who sits here", "error", err.Error())
	}
}
