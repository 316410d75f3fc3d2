//go:build !windows && !darwin

package autostart

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// atHome gives an entry in a configuration folder of its own.
func atHome(t *testing.T) (e Entry, file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	e = Entry{Name: "postvak", Title: "Postvak", Command: []string{"/opt/post vak/postvak", "--hidden"}}
	return e, filepath.Join(dir, "autostart", "postvak.desktop")
}

func (e Entry) must(t *testing.T, want bool) {
	t.Helper()
	if on, err := e.On(); err != nil || on != want {
		t.Fatalf("on: %v, %v; want %v", on, err, want)
	}
}

func TestSwitchingOnAndOffIsSeenAndRepeatable(t *testing.T) {
	e, file := atHome(t)
	e.must(t, false)
	for range 2 {
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		e.must(t, true)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for range 2 {
		if err := e.Set(false); err != nil {
			t.Fatal(err)
		}
		e.must(t, false)
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A person's own lines are kept as long as the entry does what was asked for.
func TestWhatThePersonSwitchedOffIsOff(t *testing.T) {
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled = false"} {
		e, file := atHome(t)
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(file)
		own := append(text, "X-GNOME-Autostart-Delay=5\n"...)
		write(t, file, own)
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		if now, _ := os.ReadFile(file); string(now) != string(own) {
			t.Error("a line of the person's own was lost")
		}
		write(t, file, append(own, line+"\n"...))
		e.must(t, false)
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		e.must(t, true)
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherCopyOfTheProgramIsNotThisOne(t *testing.T) {
	e, _ := atHome(t)
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	moved := e
	moved.Command = []string{"/elsewhere/postvak", "--hidden"}
	moved.must(t, false)
	if err := moved.Set(true); err != nil {
		t.Fatal(err)
	}
	moved.must(t, true)
	e.must(t, false)
}

func TestARelativeConfigurationFolderIsNone(t *testing.T) {
	e, _ := atHome(t)
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", "relative")
	t.Setenv("HOME", home)
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(home, ".config", "autostart", "postvak.desktop")); err != nil {
		t.Error(err)
	}
	t.Setenv("HOME", "")
	if err := e.Set(true); err == nil {
		t.Error("there is no place for it, and nobody is told")
	}
}

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	e, file := atHome(t)
	for _, path := range []string{"/opt/100%/postvak", "/opt/a=b/postvak"} {
		odd := e
		odd.Command = []string{path}
		if err := odd.Set(true); err == nil {
			t.Errorf("%s was taken: no desktop would find it", path)
		}
	}
	write(t, filepath.Dir(file), []byte("a file where the folder belongs"))
	if err := e.Set(true); err == nil {
		t.Error("nothing was written, and nobody is told")
	}
}

// The desktop's own reader starts exactly the command that was meant, whatever
// characters stand in it.
func TestTheDesktopReadsTheCommandAsItWasMeant(t *testing.T) {
	gio, err := exec.LookPath("gio")
	if err != nil {
		t.Fatal("this test needs gio: install it with `apt-get install libglib2.0-bin`")
	}
	e, file := atHome(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "arguments")
	program := filepath.Join(dir, `odd $HOME "quoted" \n back\slash`+" `id` 'x' ;|&<>*?#~(ü)")
	if err := os.MkdirAll(program, 0o700); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(program, "postvak")
	script := "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >'" + out + ".new'\nmv '" + out + ".new' '" + out + "'\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	e.Command = []string{program, "--data", `/a b/$x\"` + "`%d`", "", "--hidden"}
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(gio, "launch", file)
	cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gio: %v\n%s", err, said)
	}
	var got []byte
	for range 200 { // gio does not wait for what it starts
		if got, err = os.ReadFile(out); err == nil {
			break
		}
		_ = exec.Command("sleep", "0.05").Run()
	}
	if want := strings.Join(e.Command, "\n") + "\n"; string(got) != want {
		t.Errorf("the desktop ran\n%s\nwant\n%s", got, want)
	}
}
