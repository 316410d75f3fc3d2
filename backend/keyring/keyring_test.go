package keyring

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	system "github.com/zalando/go-keyring"

	"postvak/backend/inbox"
)

const password = "correct horse battery staple"

// Every store passes the same suite.
func TestStores(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	passphrase := filepath.Join(t.TempDir(), "pass")
	writeFile(t, passphrase, "open sesame\n")
	cases := map[string]struct {
		open func(t *testing.T, dir string) Store
		kind Kind
	}{
		"memory":   {func(*testing.T, string) Store { return NewMemory() }, KindFile},
		"key file": {func(t *testing.T, dir string) Store { return mustOpen(t, Options{Dir: dir, NoSystem: true}) }, KindFile},
		"passphrase": {func(t *testing.T, dir string) Store {
			return mustOpen(t, Options{Dir: dir, NoSystem: true, PassphraseFile: passphrase})
		}, KindPassphrase},
		"keyring": {func(t *testing.T, dir string) Store {
			system.MockInit()
			return mustOpen(t, Options{Dir: dir, Profile: "p1"})
		}, KindKeyring},
		"broken keyring": {func(t *testing.T, dir string) Store {
			system.MockInitWithError(errors.New("no service"))
			return mustOpen(t, Options{Dir: dir, Profile: "p1"})
		}, KindFile},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			store := c.open(t, t.TempDir())
			if store.Kind() != c.kind {
				t.Fatalf("kind %q, want %q", store.Kind(), c.kind)
			}
			suite(t, store)
		})
	}
}

func suite(t *testing.T, store Store) {
	ctx := context.Background()
	if _, err := store.Get(ctx, "mail"); inbox.CodeOf(err) != inbox.NotFound {
		t.Fatalf("missing secret: %v", err)
	}
	for _, value := range []string{password, "another"} {
		if err := store.Set(ctx, "mail", value); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Get(ctx, "mail"); err != nil || got != value {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	for range 2 {
		if err := store.Delete(ctx, "mail"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Get(ctx, "mail"); inbox.CodeOf(err) != inbox.NotFound {
		t.Fatalf("deleted secret: %v", err)
	}
}

func TestSealedFileSurvivesRestartAndHidesSecrets(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	if err := mustOpen(t, Options{Dir: dir, NoSystem: true}).Set(ctx, "mail", password); err != nil {
		t.Fatal(err)
	}
	if got, err := mustOpen(t, Options{Dir: dir, NoSystem: true}).Get(ctx, "mail"); err != nil || got != password {
		t.Fatalf("after restart: %q, %v", got, err)
	}
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		text, _ := os.ReadFile(filepath.Join(dir, entry.Name()))
		if bytes.Contains(text, []byte(password)) {
			t.Errorf("%s has the password in plain text", entry.Name())
		}
		if info, _ := entry.Info(); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
	}
}

func TestPassphraseSealsAnOpenKeyAndAWrongOneIsRefused(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	if err := mustOpen(t, Options{Dir: dir, NoSystem: true}).Set(ctx, "mail", password); err != nil {
		t.Fatal(err)
	}
	right, wrong := filepath.Join(t.TempDir(), "right"), filepath.Join(t.TempDir(), "wrong")
	writeFile(t, right, "open sesame")
	writeFile(t, wrong, "close sesame")
	store := mustOpen(t, Options{Dir: dir, NoSystem: true, PassphraseFile: right})
	if got, err := store.Get(ctx, "mail"); err != nil || got != password {
		t.Fatalf("after sealing: %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, plainKeyName)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the open key is still there")
	}
	for _, file := range []string{wrong, "", filepath.Join(dir, "nothing")} {
		if _, err := Open(Options{Dir: dir, NoSystem: true, PassphraseFile: file}); inbox.CodeOf(err) != inbox.Auth {
			t.Errorf("passphrase file %q: %v", file, err)
		}
	}
}

func TestSealedFileMovesIntoTheKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	dir, ctx := t.TempDir(), context.Background()
	if err := mustOpen(t, Options{Dir: dir, NoSystem: true}).Set(ctx, "mail", password); err != nil {
		t.Fatal(err)
	}
	system.MockInit()
	one := mustOpen(t, Options{Dir: dir, Profile: "one"})
	if got, err := one.Get(ctx, "mail"); err != nil || got != password || one.Kind() != KindKeyring {
		t.Fatalf("in the keyring: %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, sealedName)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the sealed file is still there")
	}
	if _, err := mustOpen(t, Options{Dir: t.TempDir(), Profile: "two"}).Get(ctx, "mail"); inbox.CodeOf(err) != inbox.NotFound {
		t.Errorf("another profile reads it: %v", err)
	}
}

func TestDamagedFilesAreRefusedWithoutQuotingThem(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, plainKeyName), "AGE-SECRET-KEY-1BROKEN")
	_, err := Open(Options{Dir: dir, NoSystem: true})
	if err == nil || bytes.Contains([]byte(err.Error()), []byte("BROKEN")) {
		t.Errorf("damaged key: %v", err)
	}
}

func mustOpen(t *testing.T, opt Options) Store {
	t.Helper()
	store, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
