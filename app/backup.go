package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"postvak/app/about"
	"postvak/backend/backup"
	"postvak/backend/inbox"
)

// movingLimit is how long a backup, a restore or an export may take: they read
// and write everything there is.
const movingLimit = 6 * time.Hour

// shortestPhrase is the shortest passphrase: what a backup holds signs in to all
// mailboxes, and it lies wherever people put files.
const shortestPhrase = 8

// Backup writes everything that this computer has of the profile into one file,
// sealed with a passphrase, and gives the file's id.
func (s *Settings) Backup(passphrase string) (string, error) {
	return doWithin(s.app, "Settings.Backup", movingLimit, func(ctx context.Context) (string, error) {
		return s.app.backUp(ctx, Secret(passphrase))
	})
}

// oneMove lets one backup, restore or export happen at a time.
func (a *App) oneMove() (done func(), err error) {
	if !a.moving.TryLock() {
		return nil, inbox.Errorf(inbox.Conflict, "A backup, a restore or an export is going on already. Wait until it is done.")
	}
	return a.moving.Unlock, nil
}

func (a *App) backUp(ctx context.Context, passphrase Secret) (string, error) {
	done, err := a.oneMove()
	if err != nil {
		return "", err
	}
	defer done()
	a.known.learn(passphrase.reveal())
	if len([]rune(passphrase.reveal())) < shortestPhrase {
		return "", inbox.Errorf(inbox.Invalid, "A passphrase has %d characters at least. Several words are easy to remember and hard to guess.", shortestPhrase)
	}
	file, err := a.parcels.create()
	if err != nil {
		return "", err
	}
	err = a.writeBackup(ctx, file, passphrase)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		var made parcel
		if made, err = a.parcels.take("postvak-"+a.clock.Now().Format(time.DateOnly)+".postvak-backup", file.Name(), true); err == nil {
			return made.id, nil
		}
	}
	_ = os.Remove(file.Name())
	return "", cannotStore(err)
}

// cannotStore gives an error of the disk a sentence.
func cannotStore(err error) error {
	var known *inbox.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return inbox.Errorf(inbox.Unavailable, "The disk could not be read or written to the end. Check its free space, then try again.").Because(err)
}

// piece is a part of a backup before it is written.
type piece struct {
	name string
	size int64
	open func() (io.ReadCloser, error)
}

func (a *App) writeBackup(ctx context.Context, to io.Writer, passphrase Secret) error {
	snapshot := filepath.Join(a.parcels.dir, "snapshot-"+rand.Text())
	defer func() { _ = os.Remove(snapshot) }()
	if err := a.db.Snapshot(ctx, snapshot); err != nil {
		return err
	}
	pieces, err := a.pieces(ctx, snapshot)
	if err != nil {
		return err
	}
	manifest := backup.Manifest{Program: about.Version(), Made: a.clock.Now().UTC()}
	for _, p := range pieces {
		manifest.Bytes += p.size
	}
	w, err := backup.NewWriter(to, passphrase.reveal(), manifest)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if err := add(ctx, w, p); err != nil {
			return err
		}
	}
	return w.Close()
}

// add writes a piece. A file that is gone meanwhile belonged to what was deleted.
func add(ctx context.Context, w *backup.Writer, p piece) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	content, err := p.open()
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer content.Close()
	return w.Add(p.name, p.size, content)
}

// pieces are what a backup holds, in its order.
func (a *App) pieces(ctx context.Context, snapshot string) ([]piece, error) {
	who, err := json.Marshal(a.profile)
	if err != nil {
		return nil, err
	}
	secrets, err := a.heldSecrets(ctx)
	if err != nil {
		return nil, err
	}
	held, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	database, err := fileOf(backup.Database, snapshot)
	if err != nil {
		return nil, err
	}
	files, err := storedFiles(a.opt.Dir)
	return append([]piece{textOf(backup.Profile, who), textOf(backup.Secrets, held), database}, files...), err
}

func textOf(name string, text []byte) piece {
	return piece{name, int64(len(text)), func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(text))), nil }}
}

func fileOf(name, path string) (piece, error) {
	info, err := os.Stat(path)
	if err != nil {
		return piece{}, err
	}
	return piece{name, info.Size(), func() (io.ReadCloser, error) { return os.Open(path) }}, nil
}

var storedName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// storedFiles lists the files of a profile's folder by their hash.
func storedFiles(dir string) (all []piece, err error) {
	paths, err := fs.Glob(os.DirFS(dir), filesName+"/??/*") // the folder's own name is no pattern
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	for _, name := range paths {
		if hash := path.Base(name); storedName.MatchString(hash) && path.Base(path.Dir(name)) == hash[:2] {
			p, err := fileOf(backup.FileName(hash), filepath.Join(dir, filepath.FromSlash(name)))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// heldSecrets are the secrets of this profile, by handle. Keyrings cannot be
// listed by every system, so each handle is asked for.
func (a *App) heldSecrets(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range a.secretNames() {
		value, err := a.secrets.Get(ctx, name)
		if inbox.CodeOf(err) == inbox.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, nil
}

// secretNames are the handles under which this profile may have secrets.
func (a *App) secretNames() []string {
	names := []string{deviceKeyName, deviceKeyName + "/recipient", teamPasswordName, crmTokenName}
	for _, c := range a.db.Channels() {
		names = append(names, passwordName(c.ID), takenName(c.ID))
	}
	if a.demo != nil {
		for _, mate := range a.demo.world.Teammates() {
			names = append(names, deviceKeyName+"/"+string(mate.ID))
		}
	}
	return names
}
