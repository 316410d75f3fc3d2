package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"postvak/backend/inbox"
)

// The sealed file and the key that opens it. The key stands in plain text
// with mode 0600, or sealed with a passphrase, never both.
const (
	sealedName     = "secrets.age"
	plainKeyName   = "secrets.key"
	wrappedKeyName = "secrets.key.age"
)

// workFactor is scrypt's cost (2^15, about 0.1 s): the passphrase is asked
// once at each start.
const workFactor = 15

// sealedStore keeps all secrets in one small file, sealed with an X25519 key.
type sealedStore struct {
	kind Kind
	path string
	key  *age.X25519Identity

	mu     sync.Mutex
	values map[string]string
}

func openSealed(dir, passphraseFile string) (*sealedStore, error) {
	store := &sealedStore{kind: KindFile, path: filepath.Join(dir, sealedName)}
	var err error
	if passphraseFile != "" {
		store.kind = KindPassphrase
		store.key, err = wrappedKey(dir, passphraseFile)
	} else {
		store.key, err = plainKey(dir)
	}
	if err != nil {
		return nil, err
	}
	store.values, err = store.load()
	return store, err
}

// plainKey reads or makes the key that lies open in the folder.
func plainKey(dir string) (*age.X25519Identity, error) {
	if _, err := os.Stat(filepath.Join(dir, wrappedKeyName)); err == nil {
		return nil, inbox.Errorf(inbox.Auth, "The secrets in %s are sealed with a passphrase. "+
			"Set POSTVAK_PASSPHRASE_FILE to the file that has it.", dir)
	}
	path := filepath.Join(dir, plainKeyName)
	text, err := os.ReadFile(path)
	if err == nil {
		return parseKey(text)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, unreadable(err)
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, unreadable(err)
	}
	return key, replaceFile(path, []byte(key.String()+"\n"))
}

// wrappedKey opens the key with the passphrase, or makes it. A key that still
// lay open is sealed now and its open copy removed.
func wrappedKey(dir, passphraseFile string) (*age.X25519Identity, error) {
	passphrase, err := readPassphrase(passphraseFile)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, wrappedKeyName)
	if sealed, err := os.ReadFile(path); err == nil {
		return unwrap(sealed, passphrase)
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, unreadable(err)
	}
	key, err := plainKey(dir)
	if err != nil {
		return nil, err
	}
	if err := wrap(path, key, passphrase); err != nil {
		return nil, err
	}
	return key, os.Remove(filepath.Join(dir, plainKeyName))
}

func readPassphrase(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", inbox.Errorf(inbox.Auth, "The file that POSTVAK_PASSPHRASE_FILE names cannot be read. "+
			"Correct the name or its permissions.").Because(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return "", inbox.Errorf(inbox.Auth, "The file that POSTVAK_PASSPHRASE_FILE names is empty. "+
			"Put the passphrase on its first line.")
	}
	return line, nil
}

func wrap(path string, key *age.X25519Identity, passphrase string) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return unreadable(err)
	}
	recipient.SetWorkFactor(workFactor)
	sealed, err := seal([]byte(key.String()), recipient)
	if err != nil {
		return err
	}
	return replaceFile(path, sealed)
}

func unwrap(sealed []byte, passphrase string) (*age.X25519Identity, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, unreadable(err)
	}
	text, err := open(sealed, identity)
	if err != nil {
		return nil, inbox.Errorf(inbox.Auth, "The passphrase in POSTVAK_PASSPHRASE_FILE does not open this "+
			"profile's secrets. Use the one it was sealed with.").Because(err)
	}
	return parseKey(text)
}

func parseKey(text []byte) (*age.X25519Identity, error) {
	key, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		// age's error may quote the key.
		return nil, unreadable(errors.New("the key file is damaged"))
	}
	return key, nil
}

func (s *sealedStore) load() (map[string]string, error) {
	values := map[string]string{}
	sealed, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return values, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	text, err := open(sealed, s.key)
	if err != nil {
		return nil, unreadable(err)
	}
	if json.Unmarshal(text, &values) != nil {
		return nil, unreadable(errors.New("the sealed file is damaged"))
	}
	return values, nil
}

func (s *sealedStore) Kind() Kind { return s.kind }

func (s *sealedStore) Get(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[name]
	if !ok {
		return "", missing(name)
	}
	return value, nil
}

func (s *sealedStore) Set(_ context.Context, name, value string) error {
	return s.change(func(values map[string]string) { values[name] = value })
}

func (s *sealedStore) Delete(_ context.Context, name string) error {
	return s.change(func(values map[string]string) { delete(values, name) })
}

// change writes the new file before it believes it: a full disk leaves both
// the old file and the old values.
func (s *sealedStore) change(edit func(map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := make(map[string]string, len(s.values)+1)
	for name, value := range s.values {
		next[name] = value
	}
	edit(next)
	text, err := json.Marshal(next)
	if err != nil {
		return unreadable(err)
	}
	sealed, err := seal(text, s.key.Recipient())
	if err != nil {
		return err
	}
	if err := replaceFile(s.path, sealed); err != nil {
		return err
	}
	s.values = next
	return nil
}

func seal(text []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, unreadable(err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, unreadable(err)
	}
	if err := w.Close(); err != nil {
		return nil, unreadable(err)
	}
	return out.Bytes(), nil
}

func open(sealed []byte, with age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// replaceFile writes data beside path and renames it, so that a crash leaves
// the old file or the new one.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return unwritable(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

func unreadable(err error) error {
	return inbox.Errorf(inbox.Internal, "The file with this profile's secrets cannot be opened. "+
		"Restore %s and its key from a backup, or remove both and sign in to your mailboxes again.", sealedName).Because(err)
}

func unwritable(err error) error {
	return inbox.Errorf(inbox.Internal, "The file with this profile's secrets cannot be written. "+
		"Check the disk's free space and the folder's permissions.").Because(fmt.Errorf("sealed secrets: %w", err))
}
