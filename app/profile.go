package app

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"postvak/backend/inbox"
)

// profileName is the file that makes a folder a profile.
const profileName = "profile.json"

// profile is what a folder says of itself. ID names its entries in the
// system's keyring.
type profile struct {
	ID      string         `json:"id"`
	Member  inbox.MemberID `json:"member"` // who sits here
	Sandbox bool           `json:"sandbox"`
	Began   time.Time      `json:"began,omitzero"` // of the demo
	// Arriving says that this profile was restored from a backup, and that what
	// follows from that is not done yet.
	Arriving bool `json:"arriving,omitempty"`
}

// DefaultDir is where a profile lies when nobody names a folder: the system's
// own place for application data; the demo team has one of its own.
func DefaultDir(sandbox bool) string {
	if sandbox {
		return filepath.Join(xdg.DataHome, "postvak-demo")
	}
	return filepath.Join(xdg.DataHome, "postvak")
}

// openProfile reads or makes a folder's profile. A real one is never opened
// for the demo team: its channels would talk to real servers.
func openProfile(dir string, sandbox bool) (profile, error) {
	path := filepath.Join(dir, profileName)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		p := profile{ID: rand.Text(), Member: inbox.MemberID("m" + rand.Text()[:10]), Sandbox: sandbox}
		return p, p.save(dir)
	}
	var p profile
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.ID == "" || p.Member == "" {
		return p, inbox.Errorf(inbox.Internal, "The file %s cannot be read. Restore it from a backup, "+
			"or start with another folder (--data).", path).Because(err)
	}
	if p.Sandbox != sandbox {
		if sandbox {
			return p, inbox.Errorf(inbox.Invalid, "The folder %s holds a real inbox. Start the demo team with another folder.", dir)
		}
		return p, inbox.Errorf(inbox.Invalid, "The folder %s holds a demo team. Add --sandbox, or use another folder.", dir)
	}
	return p, nil
}

func (p profile) save(dir string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, profileName), append(text, '\n'))
}

// replaceFile writes a file beside its place and then puts it there: a full disk
// or a kill leaves what was there before.
func replaceFile(path string, text []byte) error {
	temp := path + ".new"
	file, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		_ = os.Remove(temp)
	}
	return err
}

// makeDir makes a profile's folder, for its owner only.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return inbox.Errorf(inbox.Internal, "The folder %s cannot be made. Choose another one with --data.", dir).Because(err)
	}
	return nil
}

// emptyDir removes everything in the demo team's folder but the lock that is
// held in it.
func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == lockName || entry.Name() == instanceName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
