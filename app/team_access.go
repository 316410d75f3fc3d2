package app

import (
	"fmt"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// Who may make a call that changes something. Calls that are not here are
// everybody's: they read, or change this computer alone.
type access int

const (
	// byMember: whoever is in the team, also in one of their own.
	byMember access = iota + 1
	// byAdmin: members with settings access (R30).
	byAdmin
)

// accessTo says who may make which call. What a call needs beyond that, such as
// being the channel's installer (R11), is asked where it is done.
var accessTo = map[string]access{
	"Inbox.Assign": byMember, "Inbox.Unassign": byMember, "Inbox.Close": byMember, "Inbox.Reopen": byMember,
	"Inbox.Delete": byMember, "Inbox.MarkRead": byMember, "Inbox.MarkUnread": byMember, "Inbox.Bulk": byMember,
	"Inbox.Undo": byMember, "Inbox.AddNote": byMember, "Inbox.NameContact": byMember,
	"Composer.SaveDraft": byMember, "Composer.Send": byMember, "Composer.Start": byMember, "Composer.Retry": byMember,
	"Availability.Set": byMember,
	"Crm.Connect":      byMember, "Crm.Disconnect": byMember, "Crm.Search": byMember, "Crm.Create": byMember,
	"Crm.Link": byMember, "Crm.Unlink": byMember, "Crm.Add": byMember, "Crm.Save": byMember, "Crm.Remove": byMember,
	"Crm.AddNote": byMember, "Crm.SaveNote": byMember, "Crm.RemoveNote": byMember, "Crm.Import": byMember,
	"Channels.SignIn": byMember, "Channels.Check": byMember,
	"Channels.ConnectEmail": byAdmin, "Channels.ConnectWhatsApp": byAdmin, "Channels.ConnectMessenger": byAdmin,
	"Channels.CheckWhatsApp": byAdmin, "Channels.CheckMessenger": byAdmin, "Channels.Update": byAdmin, "Channels.SetInstaller": byAdmin, "Channels.Disconnect": byAdmin,
	"Replies.Save": byMember, "Replies.Delete": byMember,
	"Team.RevokeDevice": byMember, "Team.Resume": byMember, "Team.Tick": byMember,
	"Team.Invite": byAdmin, "Team.Approve": byAdmin, "Team.Remove": byAdmin, "Team.SetRole": byAdmin,
	"Team.Repair": byAdmin, "Team.Rename": byAdmin,
}

// allowed refuses a call to whom it is not for, before anything is done.
func (a *App) allowed(name string) error {
	needs := accessTo[name]
	if needs == 0 || a.team == nil {
		return nil
	}
	why := a.readOnly()
	if needs == byMember {
		why = a.outside()
	}
	if why != "" {
		return &inbox.Error{Code: inbox.Forbidden, Message: why}
	}
	return nil
}

const (
	notInYet  = "You are waiting to be let into the team. Ask an admin to approve you."
	notInMore = "You are no longer a member of this team. What is here can be read, but not changed or answered."
)

// outside says why this computer's person takes no part in the team, "" when
// they do.
func (a *App) outside() string {
	switch a.team.Membership() {
	case teamsync.Newcomer:
		return notInYet
	case teamsync.Removed:
		return notInMore
	case teamsync.Solo, teamsync.Active:
	}
	return ""
}

// readOnly says why the settings of channels and team cannot be changed here,
// "" when they can (R30).
func (a *App) readOnly() string {
	if why := a.outside(); why != "" {
		return why
	}
	me, known := a.team.Member(a.team.Me())
	if !known || me.Role == teamlog.Admin {
		return "" // a log that just begins has no members yet
	}
	var admins []string
	for _, m := range a.team.Members() {
		if m.Role == teamlog.Admin && !m.Removed {
			admins = append(admins, shown(m.Name))
		}
	}
	return fmt.Sprintf("Only an admin may change the settings of channels and team. Ask %s.", strings.Join(admins, ", "))
}
