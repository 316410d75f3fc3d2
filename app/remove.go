package app

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"

	"postvak/app/scheme"
	"postvak/backend/inbox"
)

// Removal is what removing everything from this computer would lose: it exists
// nowhere else.
type Removal struct {
	Folder  string `json:"folder"`
	Unsent  int    `json:"unsent"` // messages that were not sent yet
	Drafts  int    `json:"drafts"`
	Pending int    `json:"pending"` // decisions that the team has not got yet
	// Alone says that there is no team mailbox: assignments, notes and the
	// contact book are on this computer only.
	Alone bool `json:"alone"`
	// Private says that there are private channels beside a team: what was decided
	// and written of those is on this computer only (R31).
	Private bool `json:"private"`
}

// Removal tells what Remove would lose.
func (s *Settings) Removal() (Removal, error) {
	return do(s.app, "Settings.Removal", s.app.removal)
}

// Remove removes everything that Postvak has on this computer: the folder's
// contents, the entries in the keyring, at login and for deep links. Then the
// program ends. It takes what Removal told, and is refused when that is no
// longer so: nobody loses what they were not told of.
func (s *Settings) Remove(told Removal) error {
	return s.app.run("Settings.Remove", func(ctx context.Context) error {
		now, err := s.app.removal(ctx)
		if err != nil {
			return err
		}
		if now != told {
			return inbox.Errorf(inbox.Conflict, "What would be lost has changed meanwhile. Look at it again.")
		}
		return s.app.remove()
	})
}

func (a *App) removal(ctx context.Context) (Removal, error) {
	waiting, err := a.db.Outbox(ctx)
	if err != nil {
		return Removal{}, err
	}
	drafts, err := a.db.Drafts(ctx)
	if err != nil {
		return Removal{}, err
	}
	state, err := a.team.State(ctx)
	_, team, boxErr := a.mailboxOfTeam(ctx)
	r := Removal{Folder: a.opt.Dir, Drafts: drafts, Pending: state.Pending, Alone: !team, Private: team && a.anyPrivate()}
	for _, o := range waiting {
		if o.State != inbox.OutSent && o.State != inbox.OutFiled {
			r.Unsent++
		}
	}
	return r, errors.Join(err, boxErr)
}

// anyPrivate also counts a channel that was disconnected: what was written of its
// conversations is still there.
func (a *App) anyPrivate() bool {
	me := a.team.Me()
	return slices.ContainsFunc(a.db.Channels(), func(c inbox.Channel) bool { return !c.Shared && c.Installer == me })
}

// removeNote is what the note says: a file that somebody called so says something
// else.
const removeNote = "Postvak removes everything that it has in this folder.\n"

// remove notes that everything goes, so that a kill does not leave half of it,
// and ends the program.
func (a *App) remove() error {
	done, err := a.oneMove()
	if err != nil {
		return err
	}
	defer done()
	if err := os.WriteFile(a.house().path(removeName), []byte(removeNote), 0o600); err != nil {
		return cannotWrite(a.opt.Dir, err)
	}
	a.end(Remove)
	return nil
}

// Entry is what the system has of this program outside of its folder. Unregister
// takes it away; what is not there is no error.
type Entry interface{ Unregister() error }

// AtLogin is the entry that starts the program at login.
func AtLogin(login Login) Entry { return atLogin{login} }

type atLogin struct{ Login }

func (e atLogin) Unregister() error { return e.Set(false) }

// Erase removes everything of a folder that is held, and the system's entries,
// and releases the folder. Files that are not Postvak's stay, and then so does
// the folder.
func Erase(hold *Instance, opt Options, entries []Entry) error {
	lock := house{dir: hold.Dir}.path(lockName)
	err := eraseAll(opt, entries)
	if err == nil {
		// Before it is released: another start may take it then, and a third must
		// not make one of its own.
		_ = os.Remove(lock)
	}
	hold.Release()
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // which removes no file that somebody has open
		_ = os.Remove(lock)
	}
	_ = os.Remove(hold.Dir) // only if nothing else is there
	return nil
}

// EraseLeft ends an Erase in which a kill fell.
func EraseLeft(opt Options, entries []Entry) error {
	if !(house{dir: opt.Dir}).toBeRemoved() {
		return nil
	}
	return eraseAll(opt, entries)
}

func (h house) toBeRemoved() bool {
	info, err := os.Lstat(h.path(removeName))
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(removeNote)) {
		return false
	}
	text, err := os.ReadFile(h.path(removeName))
	return err == nil && string(text) == removeNote
}

func eraseAll(opt Options, entries []Entry) error {
	h := house{dir: opt.Dir, opt: opt, step: func() {}}
	var errs []error
	for _, entry := range entries {
		errs = append(errs, entry.Unregister())
	}
	for _, name := range []string{stagingName, readyName, placingName, asideName, undoingName, goneName} {
		errs = append(errs, h.discard(name))
	}
	if err := errors.Join(append(errs, h.erase(h.dir))...); err != nil {
		return notRemoved(err)
	}
	errs = append(errs[:0], removeProfile(h.dir), newParcels(h.dir).clear())
	for _, name := range []string{logName, logName + ".old", instanceName + ".new"} {
		errs = append(errs, removeFile(h.path(name)))
	}
	if err := errors.Join(errs...); err != nil {
		return notRemoved(err)
	}
	if h.toBeRemoved() { // the note goes last
		return notRemoved(removeFile(h.path(removeName)))
	}
	return nil
}

func notRemoved(cause error) error {
	if cause == nil {
		return nil
	}
	return inbox.Errorf(inbox.Unavailable, "Not everything could be removed. Start Postvak again: it goes on with that.").Because(cause)
}

var _ Entry = scheme.Handler{}
