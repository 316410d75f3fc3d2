package app

import "context"

func (a *App) checkMessenger(context.Context, ConnectMessengerRequest) ([]Step, error) {
	return nil, notBuilt("Channels.CheckMessenger")
}

func (a *App) connectMessenger(context.Context, ConnectMessengerRequest) (string, error) {
	return "", notBuilt("Channels.ConnectMessenger")
}
