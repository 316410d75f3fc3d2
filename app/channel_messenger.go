package app

import (
	"cmp"
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// pageSource is an account that says which page its token is of.
type pageSource interface {
	Page(ctx context.Context) (id, name string, err error)
}

// messengerEvent checks what the connect dialog gives. The page is not known
// yet: its token says which one it is.
func (a *App) messengerEvent(r ConnectMessengerRequest) (event teamlog.ChannelAdd, token Secret, err error) {
	if token, err = pasted(string(r.PageToken), noPageToken); err != nil {
		return event, token, err
	}
	a.known.learn(token.reveal())
	event = teamlog.ChannelAdd{
		ID: newChannelID(), Channel: inbox.Messenger, Shared: r.Shared, Messenger: inbox.MessengerSettings{HumanAgent: r.HumanAgent},
	}
	if event.Name, err = channelName(r.Name); err != nil {
		return event, token, err
	}
	if event.Messenger.BaseURL, err = a.standIn(r.BaseURL, a.demoMeta()); err != nil {
		return event, token, err
	}
	event.OpenSince, err = a.chatSince(r.OpenSince)
	return event, token, err
}

// findPage asks whose token it is, and makes the page the channel's.
func (a *App) findPage(ctx context.Context, event *teamlog.ChannelAdd, token Secret) error {
	source, ok := a.accountWith(channelOf(*event), token).(pageSource)
	if !ok {
		return notBuilt("Channels.ConnectMessenger")
	}
	id, name, err := source.Page(ctx)
	if err != nil {
		return err
	}
	event.Address = id
	if event.Name == "" {
		event.Name, err = channelName(name)
	}
	event.Name = cmp.Or(event.Name, "Messenger")
	return err
}

// checkMessenger gives the steps also where the token is of no page: then they
// say so.
func (a *App) checkMessenger(ctx context.Context, r ConnectMessengerRequest) ([]Step, error) {
	event, token, err := a.messengerEvent(r)
	if err != nil {
		return nil, err
	}
	_ = a.findPage(ctx, &event, token)
	steps, err := a.accountWith(channelOf(event), token).Check(ctx)
	return stepsOf(tried(event.Channel, steps, err))
}

func (a *App) connectMessenger(ctx context.Context, r ConnectMessengerRequest) (string, error) {
	event, token, err := a.messengerEvent(r)
	if err != nil {
		return "", err
	}
	if err := a.findPage(ctx, &event, token); err != nil {
		_, err = tried(event.Channel, nil, err)
		return "", err
	}
	return a.connectChat(ctx, event, token)
}
