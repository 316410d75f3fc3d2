package app

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"postvak/app/autostart"
	"postvak/app/scheme"
	"postvak/backend/inbox"
)

// Login has this program started when the person logs in, and says whether the
// system really will.
type Login interface {
	On() (bool, error)
	Set(on bool) error
}

// LoginEntry starts this very program hidden, with the same folder. dir is the
// folder as it was named, "" for the usual one; each has an entry of its own.
func LoginEntry(dir string, sandbox bool) (Login, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	entry := autostart.Entry{Name: "postvak", Title: "Postvak", Command: []string{program}}
	if sandbox {
		entry.Name += "-demo"
		entry.Command = append(entry.Command, "--sandbox")
	}
	if dir != "" {
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		hash := sha256.Sum256([]byte(dir))
		entry.Name += "-" + hex.EncodeToString(hash[:4])
		entry.Command = append(entry.Command, "--data", dir)
	}
	entry.Command = append(entry.Command, "--hidden")
	return entry, nil
}

// LinkHandler has the system open deep links with a program.
type LinkHandler interface {
	Register() error
	Entry
}

// DeepLinks opens deep links with this very program.
func DeepLinks() (LinkHandler, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return scheme.Handler{Scheme: linkScheme, Name: "postvak", Title: "Postvak", Command: []string{program}}, nil
}

// registerLinks does so at every start: the program may have moved.
func (a *App) registerLinks() {
	if a.opt.Links == nil {
		return
	}
	if err := a.opt.Links.Register(); err != nil {
		a.log.Warn("deep links", "error", err.Error())
	}
}

// startsAtLogin asks the system; stored is what was chosen where there is
// nothing to ask (headless mode).
func (a *App) startsAtLogin(stored bool) bool {
	if a.opt.Login == nil {
		return stored
	}
	on, err := a.opt.Login.On()
	if err != nil {
		a.log.Warn("start at login", "error", err.Error())
		return false
	}
	return on
}

func (a *App) startAtLogin(on bool) error {
	if a.opt.Login == nil {
		return nil
	}
	if err := a.opt.Login.Set(on); err != nil {
		return inbox.Errorf(inbox.Unavailable, "The system did not take that Postvak starts when you log in. "+
			"Look in the system's own settings for programs that start by themselves.").Because(err)
	}
	return nil
}
