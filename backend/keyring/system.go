package keyring

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"

	"postvak/backend/inbox"
)

// probeLimit is how long the system's keyring may take to say that it is
// there: one that asks a person to unlock it blocks for ever where there is
// nobody to ask.
const probeLimit = 5 * time.Second

// probeName is a handle that nothing is stored under.
const probeName = "probe"

type systemStore struct{ service string }

func (s systemStore) Kind() Kind { return KindKeyring }

// works asks for an entry that does not exist: "not found" is the answer of a
// keyring that is there, anything else means that there is none.
func (s systemStore) works() bool {
	if !busThere() {
		return false
	}
	answer := make(chan error, 1)
	go func() {
		_, err := keyring.Get(s.service, probeName)
		answer <- err
	}()
	select {
	case err := <-answer:
		return err == nil || errors.Is(err, keyring.ErrNotFound)
	case <-time.After(probeLimit):
		return false
	}
}

// busThere keeps the D-Bus library from starting a bus of its own where the
// session has none: that bus would outlive us.
func busThere() bool {
	if runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil
}

func (s systemStore) Get(_ context.Context, name string) (string, error) {
	value, err := keyring.Get(s.service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", missing(name)
	}
	return value, refused(err)
}

func (s systemStore) Set(_ context.Context, name, value string) error { return s.set(name, value) }

func (s systemStore) set(name, value string) error {
	return refused(keyring.Set(s.service, name, value))
}

func (s systemStore) Delete(_ context.Context, name string) error {
	err := keyring.Delete(s.service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return refused(err)
}

func refused(err error) error {
	if err == nil {
		return nil
	}
	return inbox.Errorf(inbox.Unavailable,
		"The system's keyring did not answer. Unlock it and try again.").Because(err)
}

// erase forgets everything that a profile has there.
func (s systemStore) erase() error {
	err := keyring.DeleteAll(s.service)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return refused(err)
}
