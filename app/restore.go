package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"postvak/backend/backup"
	"postvak/backend/inbox"
	"postvak/backend/keyring"
	"postvak/backend/sqlite"
)

// Restore puts what a backup holds in the place of what is on this computer. It
// answers when the backup was read to its end and found sound: until then
// nothing is changed. Then the program starts again on it, and what was here is
// kept aside until that went well. While one waits for that start another is
// refused.
func (s *Settings) Restore(fileID, passphrase string) error {
	_, err := doWithin(s.app, "Settings.Restore", movingLimit, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.app.restore(ctx, fileID, Secret(passphrase))
	})
	return err
}

func (a *App) restore(ctx context.Context, id string, passphrase Secret) error {
	done, err := a.oneMove()
	if err != nil {
		return err
	}
	defer done()
	a.known.learn(passphrase.reveal())
	house := a.house()
	if house.has(readyName) {
		return inbox.Errorf(inbox.Conflict, "A backup was read before, and is put in place when Postvak starts again. Quit Postvak and start it first.")
	}
	p, ok := a.parcels.get(id)
	if !ok {
		return inbox.Errorf(inbox.NotFound, "This backup is not here any more. Choose the file again.")
	}
	file, err := os.Open(p.path)
	if err != nil {
		return cannotStore(err)
	}
	defer file.Close()
	if err := errors.Join(house.accept(), house.discard(stagingName)); err != nil {
		return cannotStore(err)
	}
	if err := a.stage(ctx, file, house.path(stagingName), passphrase); err != nil {
		return errors.Join(cannotStore(err), house.discard(stagingName))
	}
	if err := house.ready(); err != nil {
		return cannotStore(err)
	}
	a.end(Restart)
	return nil
}

// staging is a backup on its way into a folder beside the profile.
type staging struct {
	app     *App
	dir     string
	profile profile
	secrets map[string]string
	read    map[string]bool
}

// stage writes what a backup holds into a new folder, which is a whole profile
// when this gives no error.
func (a *App) stage(ctx context.Context, from io.Reader, dir string, passphrase Secret) error {
	r, err := backup.Open(from, passphrase.reveal())
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	s := &staging{app: a, dir: dir, read: map[string]bool{}}
	for {
		name, _, content, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s.finish(ctx)
		}
		if err == nil {
			err = s.take(name, interruptible{ctx, content})
		}
		if err != nil {
			return err
		}
	}
}

// interruptible ends reading with its context.
type interruptible struct {
	ctx  context.Context
	from io.Reader
}

func (i interruptible) Read(into []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.from.Read(into)
}

func (s *staging) take(name string, content io.Reader) error {
	switch name {
	case backup.Profile:
		s.read[name] = true
		return readJSON(content, &s.profile)
	case backup.Secrets:
		s.read[name] = true
		return readJSON(content, &s.secrets)
	case backup.Database:
		s.read[name] = true
		_, err := keep(filepath.Join(s.dir, sqlite.FileName), content)
		return err
	}
	hash, ok := backup.FileHash(name)
	if !ok {
		return strangeBackup(nil)
	}
	folder := filepath.Join(s.dir, "files", hash[:2])
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	is, err := keep(filepath.Join(folder, hash), content)
	if err == nil && is != hash {
		err = strangeBackup(errors.New("a file is not what its name says"))
	}
	return err
}

// strangeBackup is for what no Postvak writes.
func strangeBackup(cause error) error {
	return inbox.Errorf(inbox.Invalid, "This backup holds what Postvak does not know. Take another one. Nothing was changed.").Because(cause)
}

func readJSON(content io.Reader, into any) error {
	text, err := io.ReadAll(content) // the reader bounds it
	if err != nil {
		return err
	}
	if json.Unmarshal(text, into) != nil {
		return strangeBackup(errors.New("a part cannot be read"))
	}
	return nil
}

// keep writes a file that is on the disk when this returns, and gives its hash.
func keep(path string, content io.Reader) (string, error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, hash), content)
	err = errors.Join(err, out.Sync(), out.Close())
	return hex.EncodeToString(hash.Sum(nil)), err
}

// Limits on what is put into the keyring.
const (
	maxSecretNames = 10_000
	maxSecretName  = 300
	maxSecretValue = 256 << 10
)

// finish checks that the backup was whole, and gives the staged profile its own
// id: the one that it was made of may go on, also on this computer, and its
// entries in the keyring are its own.
func (s *staging) finish(ctx context.Context) error {
	p := s.profile
	if !s.read[backup.Profile] || !s.read[backup.Secrets] || !s.read[backup.Database] || p.Member == "" || len(p.Member) > maxSecretName || len(s.secrets) > maxSecretNames {
		return strangeBackup(errors.New("a part is missing"))
	}
	if p.Sandbox != s.app.opt.Sandbox {
		if p.Sandbox {
			return inbox.Errorf(inbox.Invalid, "This is a backup of the demo team. Start Postvak with --sandbox to restore it.")
		}
		return inbox.Errorf(inbox.Invalid, "This backup holds a real inbox, and this is the demo team. Restore it in Postvak itself.")
	}
	if err := sqlite.Check(ctx, filepath.Join(s.dir, sqlite.FileName)); err != nil {
		return err
	}
	p.ID, p.Arriving = rand.Text(), true
	if err := p.save(s.dir); err != nil {
		return err
	}
	return s.keepSecrets(ctx, p.ID)
}

func (s *staging) keepSecrets(ctx context.Context, id string) error {
	store, err := s.app.secretsAt(s.dir, id)
	if err != nil {
		return err
	}
	for name, value := range s.secrets {
		if name == "" || len(name) > maxSecretName || len(value) > maxSecretValue {
			return strangeBackup(errors.New("a secret of an impossible size"))
		}
		if err := store.Set(ctx, name, value); err != nil {
			return err
		}
	}
	return nil
}

// secretsAt opens the keyring of a profile in a folder.
func (a *App) secretsAt(dir, id string) (keyring.Store, error) {
	if a.opt.Secrets != nil {
		return a.opt.Secrets, nil
	}
	return keyring.Open(a.opt.keyringOf(dir, id))
}

func (o Options) keyringOf(dir, id string) keyring.Options {
	return keyring.Options{Dir: dir, Profile: id, PassphraseFile: o.PassphraseFile, NoSystem: o.Sandbox}
}
