// Package keyring keeps secrets (R32): in the operating system's keyring, in
// a file sealed by filippo.io/age where there is none, or in memory for tests.
//
// All three are behind inbox.SecretStore: three calls by handle. The package
// never writes a secret to a log, an error or any other file, and never
// chooses the sealed file silently: Kind says which store is in use, so that
// the screen can say what that means.
package keyring

import (
	"errors"
	"os"
	"path/filepath"

	"postvak/backend/inbox"
)

// Kind says where secrets are kept. Its values are part of the outer contract.
type Kind string

// In the system's keyring; in a file sealed with a passphrase; in a file
// sealed with a key that lies beside it (mode 0600).
const (
	KindKeyring    Kind = "keyring"
	KindPassphrase Kind = "passphrase"
	KindFile       Kind = "file"
)

// Store is a SecretStore that says what it is.
type Store interface {
	inbox.SecretStore
	Kind() Kind
}

// Options say where to look.
type Options struct {
	// Dir is the profile's folder: the sealed file lies here if one is needed.
	Dir string
	// Profile is the profile's id. The system keyring's entries carry it, so
	// that several profiles live on one machine.
	Profile string
	// PassphraseFile names a file whose first line seals the file; "" for none.
	// It is asked only when there is no keyring.
	PassphraseFile string
	// NoSystem leaves the system's keyring alone: the demo team uses it, whose
	// passwords are worth nothing and must not pile up there.
	NoSystem bool
}

// Open finds the store to use: the system's keyring, else the sealed file. A
// sealed file left from a time without keyring moves into the keyring.
func Open(opt Options) (Store, error) {
	if !opt.NoSystem {
		system := systemStore{service: "postvak/" + opt.Profile}
		if system.works() {
			return system, moveInto(system, opt)
		}
	}
	return openSealed(opt.Dir, opt.PassphraseFile)
}

func moveInto(system systemStore, opt Options) error {
	path := filepath.Join(opt.Dir, sealedName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	sealed, err := openSealed(opt.Dir, opt.PassphraseFile)
	if err != nil {
		return err
	}
	for name, value := range sealed.values {
		if err := system.set(name, value); err != nil {
			return err
		}
	}
	return os.Remove(path)
}

func missing(name string) error {
	return inbox.Errorf(inbox.NotFound, "There is no secret named %q on this computer.", name)
}
