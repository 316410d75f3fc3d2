package app

import (
	"context"
	"errors"
	"net/mail"
	"time"
	"unicode/utf8"

	"postvak/backend/imaplog"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
	"postvak/backend/tidy"
)

// invitationLasts is how long an invitation can be used.
const invitationLasts = 7 * 24 * time.Hour

// maxPerson bounds a person's and a team's name, in characters.
const maxPerson = 100

// person checks a name and an address that a person gave of themself.
func person(name, email string) (string, string, error) {
	name = tidy.OneLine(name)
	if name == "" || utf8.RuneCountInString(name) > maxPerson {
		return "", "", inbox.Errorf(inbox.Invalid, "A name has 1 to %d characters.", maxPerson)
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || len(parsed.Address) > maxAddress {
		return "", "", inbox.Errorf(inbox.Invalid, "%.300q is not a mail address.", email)
	}
	return name, parsed.Address, nil
}

// teamName checks a team's name.
func teamName(name string) (string, error) {
	name = tidy.OneLine(name)
	if name == "" || utf8.RuneCountInString(name) > maxPerson {
		return "", inbox.Errorf(inbox.Invalid, "A team's name has 1 to %d characters.", maxPerson)
	}
	return name, nil
}

// alone refuses what only a team of one can do: make itself a team, or join
// another one.
func (a *App) alone() error {
	if a.demo != nil {
		return inbox.Errorf(inbox.Conflict, "The demo team stays as it is. Start Postvak without it to make or join a team.")
	}
	if a.team.Membership() != teamsync.Solo {
		return inbox.Errorf(inbox.Conflict, "This computer belongs to a team already. Use another folder (--data) for another team.")
	}
	return nil
}

// createTeam turns the team of one into a team: its log goes on in a folder of
// the mailbox, and everything decided so far is appended there first. Nothing
// is stored before the mailbox was found fit.
func (a *App) createTeam(ctx context.Context, r CreateTeamRequest) error {
	a.changing.Lock()
	defer a.changing.Unlock()
	if err := a.alone(); err != nil {
		return err
	}
	if exposed := a.team.Exposed(); len(exposed) > 0 {
		return inbox.Errorf(inbox.Conflict, "%s is private, but what was decided about it stands in the log that would move. "+
			"Share this channel first, or make the team from a new folder (--data).", exposed[0].Address)
	}
	team, err := teamName(r.Team)
	if err != nil {
		return err
	}
	name, email, err := person(r.Name, r.Email)
	if err != nil {
		return err
	}
	m, err := a.mailboxIn(r.Mailbox)
	if err != nil {
		return err
	}
	password := Secret(r.Mailbox.Password)
	m.LogID = a.team.LogID()
	if m.Folder, err = a.placeFor(ctx, m, password); err != nil {
		return err
	}
	me, _ := a.team.Member(a.team.Me())
	before := a.team.Name()
	if err := a.nameAll(ctx, team, name, email); err != nil {
		return err
	}
	if err := a.moveTo(ctx, m, password); err != nil {
		return errors.Join(err, a.nameAll(context.WithoutCancel(ctx), before, me.Name, me.Email))
	}
	return nil
}

// placeFor makes the team's folder in a mailbox. A mailbox that has a team
// already is joined, not made again; one with this very team's folder was being
// made into a team when Postvak ended.
func (a *App) placeFor(ctx context.Context, m teamMailbox, password Secret) (string, error) {
	anyTeam := m
	anyTeam.LogID = ""
	found, err := imaplog.Find(ctx, a.logConfig(anyTeam, password))
	switch {
	case err == nil && found.LogID == m.LogID:
		return found.Folder, nil
	case err == nil && (m.Folder == "" || m.Folder == found.Folder):
		return "", inbox.Errorf(inbox.Conflict, "This mailbox holds a team already, in its folder %q. Join that team, or choose another folder.", found.Folder)
	case err != nil && inbox.CodeOf(err) != inbox.NotFound:
		return "", err
	}
	return imaplog.Create(ctx, a.logConfig(m, password))
}

// moveTo goes on with the log in a mailbox, or leaves all as it was.
func (a *App) moveTo(ctx context.Context, m teamMailbox, password Secret) error {
	err := a.grants.use(m.grant, func() error {
		if err := a.keepMailbox(ctx, m, password); err != nil {
			return err
		}
		m.grant = nil
		if err := a.goOn(ctx, imaplog.New(a.logConfig(m, password))); err != nil {
			return errors.Join(err, a.forgetMailbox(context.WithoutCancel(ctx)))
		}
		return nil
	})
	if err == nil {
		a.follower.poke()
	}
	return err
}

// nameAll tells the log what the team and its first member are called.
func (a *App) nameAll(ctx context.Context, team, name, email string) error {
	var events []teamlog.Event
	if was := a.team.Name(); was != team {
		events = append(events, &teamlog.Setting{Key: teamlog.TeamName, Value: team, Was: was})
	}
	if me, known := a.team.Member(a.team.Me()); !known || me.Name != name || me.Email != email {
		events = append(events, &teamlog.MemberUpdate{Name: name, Email: email})
	}
	if len(events) == 0 {
		return nil
	}
	_, err := a.decide(ctx, events...)
	return err
}

// renameTeam changes the team's name.
func (a *App) renameTeam(ctx context.Context, name string) error {
	name, err := teamName(name)
	if err != nil {
		return err
	}
	was := a.team.Name()
	if name == was {
		return nil
	}
	_, err = a.decide(ctx, &teamlog.Setting{Key: teamlog.TeamName, Value: name, Was: was})
	return err
}

// repairTeam writes the folder again from what is kept here.
func (a *App) repairTeam(ctx context.Context, fresh bool) error { return a.team.Repair(ctx, fresh) }

// resumeTeam sends what waited too long to be sent unasked.
func (a *App) resumeTeam(context.Context) error {
	a.team.Resume()
	return nil
}

// invite makes an invitation and puts into it where the mailbox is.
func (a *App) invite(ctx context.Context) (InviteResult, error) {
	m, any, err := a.mailboxOfTeam(ctx)
	if err != nil {
		return InviteResult{}, err
	}
	if !any {
		return InviteResult{}, inbox.Errorf(inbox.Conflict, "Give the team a mailbox first: a team of one has no place where others could join.")
	}
	invitation, err := a.team.Invite(ctx, teamlog.Person, invitationLasts)
	if err != nil {
		return InviteResult{}, err
	}
	invitation.Team, invitation.Folder = a.team.Name(), m.Folder
	invitation.Host, invitation.Port = m.IMAP.Host, m.IMAP.Port
	invitation.Security, invitation.Username = string(m.IMAP.Security), m.IMAP.Username
	invitation.OAuth = m.OAuth
	text := invitation.String()
	a.known.learn(text)
	return InviteResult{Invitation: text, Expires: stamp(invitation.Expires)}, nil
}
