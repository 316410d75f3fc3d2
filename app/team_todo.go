package app

import (
	"context"
	"fmt"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// teamTodoKey is the setting that keeps what an admin still has to do after
// somebody left.
const teamTodoKey = "team.todo"

// todoList is what is to be done, and after whose leaving it was put together:
// what was ticked off does not come back.
type todoList struct {
	Tasks []TeamTodo       `json:"tasks"`
	After []inbox.MemberID `json:"after"`
	Began bool             `json:"began"` // who had left before is none of this computer's business
}

// todoAfter says what only a person can do after somebody left: who knew a
// password, or has a login of their own, still has it (teamlog's removal only
// makes the team stop listening).
func (a *App) todoAfter(leaver teamlog.Member) []TeamTodo {
	todo := func(kind string, channel inbox.ChannelID, text string) TeamTodo {
		return TeamTodo{
			ID: kind + "/" + string(leaver.ID) + "/" + string(channel), Kind: kind,
			MemberID: string(leaver.ID), ChannelID: string(channel), Text: text,
		}
	}
	list := []TeamTodo{todo("mailbox_password", "", fmt.Sprintf(
		"Change the password of the team mailbox, or end %s's login to it at the mail server. Until then %s can still read what is in it.", shown(leaver.Name), shown(leaver.Name)))}
	for _, c := range a.team.Channels() {
		switch {
		case !c.Shared:
			continue
		case c.SignIn == inbox.SignInOwn:
			list = append(list, todo("channel_login", c.ID, fmt.Sprintf("End %s's own login to %s at the mail server.", leaver.Name, c.Address)))
		case c.Kind != inbox.Email:
			list = append(list, todo("channel_password", c.ID, fmt.Sprintf("Make a new key or token for %s at its provider and enter it here: %s knew the old one.", c.Name, shown(leaver.Name))))
		case c.Email.OAuth.On():
			list = append(list, todo("channel_password", c.ID, fmt.Sprintf("End the sign-in of Postvak to %s at its provider and sign in anew here: %s had it.", c.Address, shown(leaver.Name))))
		default:
			list = append(list, todo("channel_password", c.ID, fmt.Sprintf("Change the password of %s and enter the new one here: %s knew the old one.", c.Address, shown(leaver.Name))))
		}
		if c.Installer == leaver.ID {
			list = append(list, todo("installer", c.ID, fmt.Sprintf("Choose who takes %s over: its installer has left.", c.Address)))
		}
	}
	return list
}

// tasks gives what is still to be done here.
func (a *App) tasks(ctx context.Context) ([]TeamTodo, error) {
	var list todoList
	_, err := a.db.Setting(ctx, teamTodoKey, &list)
	return list.Tasks, err
}

// keepTodo adds what somebody's leaving makes necessary, once.
func (a *App) keepTodo(ctx context.Context, leaver inbox.MemberID, tasks []TeamTodo) error {
	return a.changeTodo(ctx, func(list *todoList) { list.add(leaver, tasks) })
}

func (l *todoList) add(leaver inbox.MemberID, tasks []TeamTodo) {
	if !slices.Contains(l.After, leaver) {
		l.After, l.Tasks = append(l.After, leaver), append(l.Tasks, tasks...)
	}
}

// reviewTodo keeps the list on every admin's computer, whoever removed
// somebody, and takes off what the team has dealt with.
func (a *App) reviewTodo(ctx context.Context) error {
	if _, any, err := a.mailboxOfTeam(ctx); err != nil || !any || a.readOnly() != "" {
		return err
	}
	return a.changeTodo(ctx, func(list *todoList) {
		for _, m := range a.team.Members() {
			if !m.Removed {
				continue
			}
			if list.Began {
				list.add(m.ID, a.todoAfter(m))
			} else if !slices.Contains(list.After, m.ID) {
				list.After = append(list.After, m.ID)
			}
		}
		list.Began = true
		list.Tasks = slices.DeleteFunc(list.Tasks, a.dealtWith)
	})
}

// dealtWith says whether the team has dealt with a task by itself: its channel
// is gone, or has an installer again.
func (a *App) dealtWith(t TeamTodo) bool {
	if t.ChannelID == "" {
		return false
	}
	channel, there := a.team.Channel(inbox.ChannelID(t.ChannelID))
	if !there {
		return true
	}
	installer, _ := a.team.Member(channel.Installer)
	return t.Kind == "installer" && !installer.Removed
}

// tick takes one thing off the list.
func (a *App) tick(ctx context.Context, id string) error {
	return a.doneTodo(ctx, func(t TeamTodo) bool { return t.ID == id })
}

// passwordChanged takes a channel's password off the list; "" is the team
// mailbox's.
func (a *App) passwordChanged(ctx context.Context, channel inbox.ChannelID) error {
	return a.doneTodo(ctx, func(t TeamTodo) bool {
		return t.ChannelID == string(channel) && (t.Kind == "mailbox_password" || t.Kind == "channel_password")
	})
}

func (a *App) doneTodo(ctx context.Context, done func(TeamTodo) bool) error {
	return a.changeTodo(ctx, func(list *todoList) { list.Tasks = slices.DeleteFunc(list.Tasks, done) })
}

// changeTodo stores what changed, and tells the screen.
func (a *App) changeTodo(ctx context.Context, change func(*todoList)) error {
	a.saving.Lock()
	defer a.saving.Unlock()
	var list todoList
	if _, err := a.db.Setting(ctx, teamTodoKey, &list); err != nil {
		return err
	}
	before := todoList{slices.Clone(list.Tasks), slices.Clone(list.After), list.Began}
	change(&list)
	if slices.Equal(before.Tasks, list.Tasks) && slices.Equal(before.After, list.After) && before.Began == list.Began {
		return nil
	}
	if err := a.db.PutSetting(ctx, teamTodoKey, list); err != nil {
		return err
	}
	a.hub.emit("team.changed", Ping{})
	return nil
}
