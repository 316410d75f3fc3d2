package app

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/backup"
	"postvak/backend/inbox"
)

// parcelsName is the folder of files on their way: it is emptied at each start.
const parcelsName = "moving"

// maxParcels is how many wait at a time; the oldest makes way.
const maxParcels = 8

// parcel is a file on its way out of this profile (a backup, an export) or into
// it. It is named by an id as every file is, but it is no part of the profile:
// no backup holds it.
type parcel struct {
	id, name, path string
	size           int64
	ours           bool // the file is to be removed with the parcel
}

// parcels are the files on their way. Safe for concurrent use.
type parcels struct {
	dir string

	mu  sync.Mutex
	all []parcel
}

func newParcels(profile string) *parcels {
	return &parcels{dir: filepath.Join(profile, parcelsName)}
}

// clear removes what an earlier run left.
func (p *parcels) clear() error { return emptied(p.dir, tempName.MatchString) }

// create makes an empty file for a parcel: take makes it one.
func (p *parcels) create() (*os.File, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, cannotWrite(p.dir, err)
	}
	file, err := os.CreateTemp(p.dir, "new-*") // mode 0600
	if err != nil {
		return nil, cannotWrite(p.dir, err)
	}
	return file, nil
}

// take makes a parcel of a file; ours says that it goes with the parcel.
func (p *parcels) take(name, path string, ours bool) (parcel, error) {
	info, err := os.Stat(path)
	if err != nil {
		return parcel{}, err
	}
	made := parcel{id: "parcel-" + rand.Text(), name: cleanName(name), path: path, size: info.Size(), ours: ours}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, made)
	for len(p.all) > maxParcels {
		p.drop(0)
	}
	return made, nil
}

// get finds a parcel.
func (p *parcels) get(id string) (parcel, bool) {
	if !strings.HasPrefix(id, "parcel-") {
		return parcel{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.all, func(one parcel) bool { return one.id == id })
	if i < 0 {
		return parcel{}, false
	}
	return p.all[i], true
}

// drop removes one. The caller holds mu. Who has it open reads on.
func (p *parcels) drop(i int) {
	if p.all[i].ours {
		_ = os.Remove(p.all[i].path)
	}
	p.all = slices.Delete(p.all, i, i+1)
}

func (p parcel) attachment() Attachment {
	return Attachment{ID: p.id, Name: p.name, Type: "application/octet-stream", Size: p.size}
}

// receiveBackup stores an uploaded backup as a parcel: it may be larger than any
// file that is attached, and is none.
func (a *App) receiveBackup(name string, r io.Reader) (Attachment, error) {
	file, err := a.parcels.create()
	if err != nil {
		return Attachment{}, err
	}
	_, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err == nil {
		var made parcel
		if made, err = a.parcels.take(name, file.Name(), true); err == nil {
			return made.attachment(), nil
		}
	}
	_ = os.Remove(file.Name())
	return Attachment{}, inbox.Errorf(inbox.Unavailable, "The backup could not be stored here. Check the disk's free space, then try again.").Because(err)
}

// patient gives a large upload the time it takes, as long as something comes.
type patient struct {
	io.Reader
	control *http.ResponseController
}

func (p patient) Read(into []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(uploadLimit))
	return p.Reader.Read(into)
}

// isBackup looks at how a file begins.
func isBackup(head []byte) bool { return backup.Is(head) }
