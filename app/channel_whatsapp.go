package app

import "context"

func (a *App) checkWhatsApp(context.Context, ConnectWhatsAppRequest) ([]Step, error) {
	return nil, notBuilt("Channels.CheckWhatsApp")
}

func (a *App) connectWhatsApp(context.Context, ConnectWhatsAppRequest) (string, error) {
	return "", notBuilt("Channels.ConnectWhatsApp")
}
