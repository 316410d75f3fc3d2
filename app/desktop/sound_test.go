package desktop

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"postvak/app/desktop/desktoptest"
)

func TestTonesAreSounds(t *testing.T) {
	for name, notes := range tones {
		w := wave(notes)
		size := int(binary.LittleEndian.Uint32(w[40:]))
		if string(w[:4]) != "RIFF" || string(w[8:16]) != "WAVEfmt " || string(w[36:40]) != "data" {
			t.Errorf("%s is no WAV file: %q", name, w[:44])
		}
		if size != len(w)-44 || int(binary.LittleEndian.Uint32(w[4:])) != len(w)-8 || size < sampleRate/20 {
			t.Errorf("%s says %d bytes of %d", name, size, len(w))
		}
		if _, named := soundNames[name]; !named {
			t.Errorf("%s has no name for servers", name)
		}
		if last := int16(binary.LittleEndian.Uint16(w[len(w)-2:])); last > 50 || last < -50 {
			t.Errorf("%s ends with a click: %d", name, last)
		}
	}
	if err := beep(t.Context(), "siren"); err == nil {
		t.Error("an unknown tone sounds")
	}
}

// player puts a program in the place of the desktop's, which keeps what it is
// given to play.
func player(t *testing.T) (kept string) {
	t.Helper()
	dir := t.TempDir()
	kept = filepath.Join(dir, "kept.wav")
	script := "#!/bin/sh\n/bin/cp \"$1\" " + kept + ".part && /bin/mv " + kept + ".part " + kept + "\necho noise\n"
	if err := os.WriteFile(filepath.Join(dir, "pw-play"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return kept
}

func TestBeepPlaysByTheDesktopsProgram(t *testing.T) {
	kept := player(t)
	t.Setenv("TMPDIR", t.TempDir())
	if err := beep(t.Context(), "low"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(kept); err != nil || string(got) != string(wave(tones["low"])) {
		t.Errorf("%d bytes were played: %v", len(got), err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "postvak-*.wav"))
	if err != nil || len(left) > 0 {
		t.Errorf("files left behind: %q, %v", left, err)
	}
}

// The server of a desktop without sounds of its own lets us play them.
func TestTheProgramPlaysWhereTheServerDoesNot(t *testing.T) {
	bus := desktoptest.StartBus(t)
	desktoptest.NewServer(t, bus, desktoptest.Dunst)
	n, err := Linux(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	kept := player(t)
	if err := n.Show(t.Context(), Notice{Slot: "c1", Title: "One"}); err != nil {
		t.Fatal(err)
	}
	n.(*onLinux).sounds.Wait()
	if _, err := os.Stat(kept); err == nil {
		t.Error("a silent notice sounds")
	}
	if err := n.Show(t.Context(), Notice{Slot: "c1", Title: "Two", Sound: "tick"}); err != nil {
		t.Fatal(err)
	}
	n.(*onLinux).sounds.Wait()
	if _, err := os.Stat(kept); err != nil {
		t.Error("no sound")
	}
}

func TestTheProgramIsSilentWhereTheServerPlays(t *testing.T) {
	bus := desktoptest.StartBus(t)
	desktoptest.NewServer(t, bus, desktoptest.Gnome)
	n, err := Linux(bus, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	kept := player(t)
	if err := n.Show(t.Context(), Notice{Slot: "c1", Title: "One", Sound: "tick"}); err != nil {
		t.Fatal(err)
	}
	n.(*onLinux).sounds.Wait()
	if _, err := os.Stat(kept); err == nil {
		t.Error("two sounds for one notice")
	}
}

// A program that is installed and cannot play, as one of a sound server that
// does not run, is not the last word.
func TestTheNextProgramPlays(t *testing.T) {
	kept := player(t)
	dir := filepath.Dir(kept)
	if err := os.Rename(filepath.Join(dir, "pw-play"), filepath.Join(dir, "paplay")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pw-play"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := beep(t.Context(), "chime"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error("no sound")
	}
}

// Standard output is headless mode's contract: no tone writes there, whatever
// the computer has and has not.
func TestNoToneIsWrittenToStandardOutput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	was := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = was }()
	for _, path := range []string{t.TempDir(), os.Getenv("PATH")} {
		t.Setenv("PATH", path)
		for tone := range tones {
			if err := beep(t.Context(), tone); err != nil {
				t.Logf("%s: %v", tone, err) // a computer without sound may say so
			}
		}
	}
	player(t)
	if err := beep(t.Context(), "tick"); err != nil {
		t.Error(err)
	}
	w.Close()
	if out, err := io.ReadAll(r); err != nil || len(out) > 0 {
		t.Errorf("written: %q, %v", out, err)
	}
}
