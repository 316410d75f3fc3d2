package app

import (
	"context"
	"slices"

	"postvak/backend/inbox"
)

// teamTodoKey is the setting that keeps what an admin still has to do after
// somebody left.
const teamTodoKey = "team.todo"

// todo gives what is still to be done.
func (a *App) todo(ctx context.Context) ([]TeamTodo, error) {
	var list []TeamTodo
	_, err := a.db.Setting(ctx, teamTodoKey, &list)
	return list, err
}

// keepTodo adds to the list what is not on it yet.
func (a *App) keepTodo(ctx context.Context, more []TeamTodo) error {
	return a.changeTodo(ctx, func(list []TeamTodo) []TeamTodo {
		for _, t := range more {
			if !slices.ContainsFunc(list, func(known TeamTodo) bool { return known.ID == t.ID }) {
				list = append(list, t)
			}
		}
		return list
	})
}

// tick takes one thing off the list.
func (a *App) tick(ctx context.Context, id string) error {
	return a.doneTodo(ctx, func(t TeamTodo) bool { return t.ID == id })
}

// doneTodo takes off the list what was done.
func (a *App) doneTodo(ctx context.Context, done func(TeamTodo) bool) error {
	return a.changeTodo(ctx, func(list []TeamTodo) []TeamTodo { return slices.DeleteFunc(list, done) })
}

// passwordChanged takes a channel's password off the list; "" is the team
// mailbox's.
func (a *App) passwordChanged(ctx context.Context, channel inbox.ChannelID) error {
	return a.doneTodo(ctx, func(t TeamTodo) bool {
		return t.ChannelID == string(channel) && (t.Kind == "mailbox_password" || t.Kind == "channel_password")
	})
}

func (a *App) changeTodo(ctx context.Context, change func([]TeamTodo) []TeamTodo) error {
	a.saving.Lock()
	defer a.saving.Unlock()
	list, err := a.todo(ctx)
	if err != nil {
		return err
	}
	before := slices.Clone(list)
	after := change(list)
	if slices.Equal(before, after) {
		return nil
	}
	if err := a.db.PutSetting(ctx, teamTodoKey, after); err != nil {
		return err
	}
	a.hub.emit("team.changed", Ping{})
	return nil
}
