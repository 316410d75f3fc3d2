package app

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"postvak/backend/keyring"
	"postvak/backend/sqlite"
)

// The folders beside a profile's parts while it is exchanged for a restored one.
// Each stands for a step, so that after a kill at any moment the next start goes
// on from what it finds.
const (
	stagingName = "restore.new"     // being read: worth nothing yet
	readyName   = "restore.ready"   // whole: what is here makes way for it
	placingName = "restore.placing" // what was here has made way: its parts move in
	asideName   = "restore.aside"   // what was here, until the program started on the new
	undoingName = "restore.undoing" // the new did not start: it goes, and these come back
	goneName    = "restore.gone"    // not needed any more
	removeName  = "remove"          // a file: everything here is to be removed
)

// profileParts are what a profile consists of, in its folder. Whatever else
// lies there is not ours: people may name any folder.
func profileParts() []string {
	return append([]string{
		sqlite.FileName, sqlite.FileName + "-wal", sqlite.FileName + "-shm", sqlite.FileName + "-journal", filesName, profileName,
	}, keyring.SealedFiles()...)
}

// house is a profile's folder while its parts are exchanged. Nobody uses them
// meanwhile.
type house struct {
	dir  string
	opt  Options
	step func() // is called before and after each change; tests end the program there
}

func (a *App) house() house { return house{dir: a.opt.Dir, opt: a.opt, step: func() {}} }

func (h house) path(name string) string { return filepath.Join(h.dir, name) }

func (h house) has(name string) bool {
	_, err := os.Lstat(h.path(name))
	return err == nil
}

// ready says that the staged profile is whole.
func (h house) ready() error {
	return errors.Join(syncDir(h.path(stagingName)), h.rename(stagingName, readyName))
}

func (h house) rename(from, to string) error {
	h.step()
	defer h.step()
	return errors.Join(os.Rename(h.path(from), h.path(to)), syncDir(h.dir))
}

// syncDir has the system write down what a folder holds, where it can.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = dir.Sync() // not every system knows it
	return dir.Close()
}

// settle ends what was begun: it takes a whole restored profile in, and throws
// away what was not whole. On trial is true while what was here is kept aside:
// the program is to start, and then to call accept or reject.
func (h house) settle() (onTrial bool, err error) {
	if err := errors.Join(h.discard(stagingName), h.discard(goneName)); err != nil {
		return false, err
	}
	if isFolder(h.path(undoingName)) {
		if err := h.undo(); err != nil {
			return false, err
		}
	}
	if isFolder(h.path(readyName)) {
		if err := h.makeWay(); err != nil {
			return false, err
		}
	}
	if isFolder(h.path(placingName)) {
		if err := h.moveIn(); err != nil {
			return false, err
		}
	}
	return isFolder(h.path(asideName)), nil
}

// makeWay puts the present profile aside. Of one that is there already the rest
// follows: a kill fell in between.
func (h house) makeWay() error {
	h.step()
	if err := os.MkdirAll(h.path(asideName), 0o700); err != nil {
		return err
	}
	for _, part := range profileParts() {
		if h.has(part) {
			if err := h.rename(part, filepath.Join(asideName, part)); err != nil {
				return err
			}
		}
	}
	return h.rename(readyName, placingName)
}

// moveIn puts the parts of the folder that waits in their place.
func (h house) moveIn() error {
	for _, part := range profileParts() {
		if from := filepath.Join(placingName, part); h.has(from) {
			if err := h.rename(from, part); err != nil {
				return err
			}
		}
	}
	return h.clear(placingName)
}

// accept throws away what was kept aside: the program started on the new.
func (h house) accept() error {
	if isFolder(h.path(asideName)) {
		if err := h.rename(asideName, goneName); err != nil {
			return err
		}
	}
	return h.discard(goneName)
}

// reject brings back what was kept aside.
func (h house) reject() error {
	if err := h.rename(asideName, undoingName); err != nil {
		return err
	}
	_, err := h.settle()
	return err
}

// undo removes the new profile; what was kept aside then moves in as the new one
// did.
func (h house) undo() error {
	if h.has(profileName) {
		if err := h.erase(h.dir); err != nil {
			return err
		}
	}
	for _, part := range profileParts() {
		if err := h.clear(part); err != nil {
			return err
		}
	}
	return h.rename(undoingName, placingName)
}

// discard removes a folder with a profile and what the keyring has for it.
func (h house) discard(name string) error {
	if !h.has(name) {
		return nil
	}
	if isFolder(h.path(name)) { // what a link leads to is another's
		if err := h.erase(h.path(name)); err != nil {
			return err
		}
	}
	return h.clear(name)
}

// erase forgets the secrets of the profile in a folder. One that was not named
// yet has none.
func (h house) erase(dir string) error {
	if h.opt.Secrets != nil {
		return nil
	}
	var p profile
	text, err := os.ReadFile(filepath.Join(dir, profileName))
	if err != nil || json.Unmarshal(text, &p) != nil {
		return nil //nolint:nilerr // nothing is known of what it was called
	}
	return keyring.Erase(h.opt.keyringOf(dir, p.ID))
}
