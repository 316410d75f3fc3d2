package app

import (
	"context"

	"postvak/app/desktop"
)

// WindowClosing asks what closing the window is to do; Window.Closing answers.
type WindowClosing struct {
	Tray bool `json:"tray"`
}

func (WindowClosing) join(later payload) payload { return later }

// sayLeft tells the person what became of the window they closed.
func (w *windowHost) sayLeft(event string) {
	if event == sayAsk {
		w.app.hub.emit(event, WindowClosing{Tray: true})
		return
	}
	w.app.hub.emit(event, Ping{})
	w.toldMinimised.Do(func() {
		w.app.tellDesktop("Postvak keeps running", "This desktop has no tray, so closing the window only minimises it. To quit, press Ctrl+Q in the window.")
	})
}

// ownSlot shows what the program says of itself.
const ownSlot = "postvak"

// tellDesktop shows a sentence of the program's own on the desktop.
func (a *App) tellDesktop(title, body string) {
	if a.opt.Desktop == nil {
		return
	}
	notice := desktop.Notice{Slot: ownSlot, Title: a.inWords(title), Body: a.inWords(body)}
	if err := a.opt.Desktop.Show(a.ctx, notice); err != nil {
		a.log.Warn("desktop notification", "error", err.Error())
	}
}

// closingKey is the setting that keeps whether it was asked what closing does.
const closingKey = "closing"

type closingAsked struct {
	Asked bool `json:"asked"`
}

// closingChoice is what closing the window does.
func (a *App) closingChoice() chosenClosing {
	prefs, err := a.storedPreferences(a.ctx)
	var stored closingAsked
	if err == nil {
		_, err = a.db.Setting(a.ctx, closingKey, &stored)
	}
	if err != nil {
		a.log.Warn("what closing the window does", "error", err.Error())
		return chosenClosing{keep: true, asked: true} // the window is not lost, and Postvak goes on
	}
	return chosenClosing{keep: prefs.KeepInTray, asked: stored.Asked}
}

// answeredClosing remembers that the person chose what closing does.
func (a *App) answeredClosing(ctx context.Context) error {
	return a.db.PutSetting(ctx, closingKey, closingAsked{Asked: true})
}
