//go:build !windows && !darwin

package scheme

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// desk is a person's empty home and a system without packages.
func desk(t *testing.T) (data, system string) {
	t.Helper()
	home := t.TempDir()
	system = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("XDG_CONFIG_DIRS", system)
	t.Setenv("XDG_DATA_DIRS", system)
	t.Setenv("XDG_CURRENT_DESKTOP", "")
	t.Setenv("DISPLAY", "")
	return filepath.Join(home, ".local", "share"), system
}

func postvak(program string) Handler {
	return Handler{Scheme: "postvak", Name: "postvak", Title: "Postvak", Command: []string{program}}
}

// asked is what the desktop's own tool says.
func asked(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("xdg-mime", "query", "default", "x-scheme-handler/postvak").Output()
	if err != nil {
		t.Fatalf("this test needs xdg-mime: install it with `apt-get install xdg-utils` (`make test` does): %v", err)
	}
	return strings.TrimSpace(string(out))
}

func TestTheSystemOpensLinksWithTheProgram(t *testing.T) {
	data, _ := desk(t)
	file := filepath.Join(data, "applications", "postvak-links.desktop")
	for _, program := range []string{"/opt/a/postvak", "/opt/b/postvak"} { // it has moved
		for range 2 {
			if err := postvak(program).Register(); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "\nExec="+program+" %u\n") {
			t.Errorf("the entry is %q, %v", text, err)
		}
		if got := asked(t); got != "postvak-links.desktop" {
			t.Errorf("links are opened by %q", got)
		}
	}
}

func TestWhatThePersonChoseStays(t *testing.T) {
	data, _ := desk(t)
	applications := filepath.Join(data, "applications")
	if err := os.MkdirAll(applications, 0o700); err != nil {
		t.Fatal(err)
	}
	other := "[Desktop Entry]\nType=Application\nName=Other\nExec=/bin/true %u\nMimeType=x-scheme-handler/postvak;\n"
	if err := os.WriteFile(filepath.Join(applications, "other.desktop"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("xdg-mime", "default", "other.desktop", "x-scheme-handler/postvak").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := postvak("/opt/postvak").Register(); err != nil {
		t.Fatal(err)
	}
	if got := asked(t); got != "other.desktop" {
		t.Errorf("links are opened by %q", got)
	}
}

func TestAPackagesEntryIsEnough(t *testing.T) {
	data, system := desk(t)
	if err := postvak("/opt/postvak").Register(); err != nil {
		t.Fatal(err)
	}
	packaged := filepath.Join(system, "applications")
	if err := os.MkdirAll(packaged, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "build", "linux", "postvak.desktop"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(packaged, "postvak.desktop"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := postvak("/opt/postvak").Register(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "applications", "postvak-links.desktop")); !os.IsNotExist(err) {
		t.Errorf("the person's own entry is still there: %v", err)
	}
}

func TestNothingOfAStrangersIsWritten(t *testing.T) {
	desk(t)
	for why, h := range map[string]Handler{
		"no scheme":       {Name: "postvak", Command: []string{"/a"}},
		"a path":          {Scheme: "postvak", Name: "../postvak", Command: []string{"/a"}},
		"no program":      {Scheme: "postvak", Name: "postvak"},
		"a line of evil":  {Scheme: "postvak", Name: "postvak", Command: []string{"/a\nExec=evil"}},
		"a title of evil": {Scheme: "postvak", Name: "postvak", Title: "A\nExec=evil", Command: []string{"/a"}},
	} {
		if err := h.Register(); err == nil {
			t.Errorf("%s was taken", why)
		}
	}
}

// TestUnregisterLeavesNoTrace of this program, and everything of others.
func TestUnregisterLeavesNoTrace(t *testing.T) {
	data, _ := desk(t)
	program := postvak("/opt/a/postvak")
	if err := program.Register(); err != nil {
		t.Fatal(err)
	}
	if err := postvak("/opt/b/postvak").Unregister(); err != nil || asked(t) == "" {
		t.Error("another copy's entry is gone", err)
	}
	for range 2 {
		if err := program.Unregister(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "applications", "postvak-links.desktop")); !os.IsNotExist(err) {
		t.Error("the entry is still there", err)
	}
	if got := asked(t); got != "" {
		t.Errorf("links are still opened by %q", got)
	}
}
