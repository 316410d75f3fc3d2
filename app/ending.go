package app

import (
	"context"
	"fmt"

	"postvak/backend/teamsync"
)

// Ending is how an App wants to end before its host does: on the person's word.
type Ending int

// Restart: close it and build it anew with the same options. Remove: close it
// and call Erase.
const (
	Restart Ending = iota + 1
	Remove
)

// Ended says when an App wants to end, and how, once. The host closes it.
func (a *App) Ended() <-chan Ending { return a.endings }

// end asks the host to close the program.
func (a *App) end(e Ending) {
	select {
	case a.endings <- e:
	default: // it ends already
	}
	if window := a.mainWindow(); window != nil {
		window.quit()
	}
}

// Build is New for a host: it first ends what a restore had begun, and when the
// program does not start on what was restored, what was there before comes back.
func Build(opt Options) (*App, error) {
	h := house{dir: opt.Dir, opt: opt, step: func() {}}
	onTrial, err := h.settle()
	if err != nil {
		return nil, cannotWrite(opt.Dir, err)
	}
	a, err := New(opt)
	switch {
	case !onTrial:
		return a, err
	case err != nil:
		return rebuild(h, opt, err)
	}
	a.group.Go("what was here before the restore", func(context.Context) {
		if err := h.accept(); err != nil {
			a.log.Warn("removing what was here before the restore", "error", err.Error())
		}
	})
	return a, nil
}

// rebuild starts on what was there before, and tells why.
func rebuild(h house, opt Options, why error) (*App, error) {
	if err := h.reject(); err != nil {
		return nil, cannotWrite(opt.Dir, fmt.Errorf("%w, after %w", err, why))
	}
	a, err := New(opt)
	if err == nil {
		a.log.Error("what was restored could not be opened", "error", why.Error())
		a.notRestored.Store(&why)
	}
	return a, err
}

// arrive does what follows from a restore, once: another computer may go on with
// the same profile. What waits to be sent is looked for first (R34), and this
// computer gets a key of its own. A kill in between does it again.
func (a *App) arrive() error {
	if !a.profile.Arriving {
		return nil
	}
	if err := a.db.Moved(a.ctx); err != nil {
		return err
	}
	if err := teamsync.NewKey(a.ctx, a.secrets, deviceKeyName); err != nil {
		return err
	}
	a.profile.Arriving = false
	if err := a.profile.save(a.opt.Dir); err != nil {
		return cannotWrite(a.opt.Dir, err)
	}
	a.log.Info("restored from a backup")
	return nil
}
