package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStartAtLoginIsWhatTheSystemDoes(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	dir := t.TempDir()
	login, err := LoginEntry(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	r := startRig(t, Options{Login: login})
	if call[Preferences](r, "Settings.Get").StartAtLogin {
		t.Error("on without being asked for")
	}
	call[*nothing](r, "Settings.Save", map[string]any{"startAtLogin": true})
	files, _ := filepath.Glob(filepath.Join(config, "autostart", "postvak-*.desktop"))
	if len(files) != 1 {
		t.Fatalf("entries: %v", files)
	}
	text, _ := os.ReadFile(files[0])
	if !strings.Contains(string(text), " --data "+dir+" --hidden\n") {
		t.Errorf("it would start %s", text)
	}
	if !call[Preferences](r, "Settings.Get").StartAtLogin {
		t.Error("on, and settings do not say so")
	}

	// Switched off behind our back.
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if call[Preferences](r, "Settings.Get").StartAtLogin {
		t.Error("the system does not start it, and settings say it does")
	}
	call[*nothing](r, "Settings.Save", map[string]any{"startAtLogin": true})
	call[*nothing](r, "Settings.Save", map[string]any{"startAtLogin": false})
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Error("switched off, and still there")
	}
}

func TestEachFolderHasAnEntryOfItsOwn(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	var entries []Login
	for _, c := range []struct {
		dir  string
		demo bool
	}{{"", false}, {"", true}, {"/a", false}, {"/b", false}, {"/a", true}} {
		entry, err := LoginEntry(c.dir, c.demo)
		if err != nil {
			t.Fatal(err)
		}
		if on, err := entry.On(); on || err != nil {
			t.Fatalf("%+v is on already (%v)", entry, err)
		}
		if err := entry.Set(true); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	for _, entry := range entries {
		if on, err := entry.On(); !on || err != nil {
			t.Errorf("%+v was overwritten (%v)", entry, err)
		}
	}
}

// noLogin is a system that takes nothing.
type noLogin struct{}

func (noLogin) On() (bool, error) { return false, nil }
func (noLogin) Set(bool) error    { return errors.New("read-only") }

func TestASystemThatDoesNotTakeItIsSaid(t *testing.T) {
	r := startRig(t, Options{Login: noLogin{}})
	r.refused("unavailable", "Settings.Save", map[string]any{"startAtLogin": true, "theme": "dark"})
	if got := call[Preferences](r, "Settings.Get"); got.StartAtLogin || got.Theme != "" {
		t.Errorf("half of it was stored: %+v", got)
	}
	headless := startRig(t, Options{}) // nothing to start there: remembered
	call[*nothing](headless, "Settings.Save", map[string]any{"startAtLogin": true})
	if !call[Preferences](headless, "Settings.Get").StartAtLogin {
		t.Error("forgotten")
	}
}
