package app

import (
	"context"
	"path/filepath"
)

// Moving is what there is to know of backups and restores.
type Moving struct {
	// NotRestored is why the last restore was undone; "" when it was not.
	NotRestored string `json:"notRestored" words:"own"`
}

// Moving tells how the last restore went.
func (s *Settings) Moving() (Moving, error) {
	return do(s.app, "Settings.Moving", func(context.Context) (m Moving, err error) {
		if why := s.app.notRestored.Load(); why != nil {
			m.NotRestored = s.app.failureOf(*why).Message
		}
		return m, nil
	})
}

// PickBackup asks for a backup by the system's dialog; an empty id when the
// person changed their mind. Window only.
func (s *Settings) PickBackup() (Attachment, error) {
	return do(s.app, "Settings.PickBackup", func(context.Context) (Attachment, error) {
		window := s.app.mainWindow()
		if window == nil {
			return Attachment{}, notBuilt("Settings.PickBackup")
		}
		path, err := window.pickFile()
		if err != nil || path == "" {
			return Attachment{}, err
		}
		p, err := s.app.parcels.take(filepath.Base(path), path, false)
		return p.attachment(), cannotStore(err)
	})
}
