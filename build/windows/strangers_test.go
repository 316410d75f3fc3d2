//go:build packages

package windows

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAnotherProgramsFolder: somebody chooses a folder in which another program
// lives. Its uninstaller and its licence are not replaced, nor taken away later.
func TestAnotherProgramsFolder(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program.exe")
	if err := os.WriteFile(program, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, setup := pack(t, "1.2.3", program)
	c := atComputer(t)
	c.set(t, `HKCU\Software\Wine`, "Version", "win10")
	tools := filepath.Join(c.drive, "Tools")
	theirs := []string{"tool.exe", "uninstall.exe", "LICENSE.txt"}
	if err := os.Mkdir(tools, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range theirs {
		if err := os.WriteFile(filepath.Join(tools, name), []byte("theirs"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look := func(when string) {
		t.Helper()
		for _, name := range theirs {
			if text, err := os.ReadFile(filepath.Join(tools, name)); string(text) != "theirs" {
				t.Errorf("%s, %s is not what it was: %v", when, name, err)
			}
		}
	}
	if _, status := c.run(t, setup, "/S", `/D=C:\Tools`); status != 0 || !there(filepath.Join(tools, "Postvak", "postvak.exe")) {
		t.Errorf("installing ends with %d", status)
	}
	look("installed")
	own := filepath.Join(tools, "Postvak", "uninstall.exe")
	if _, status := c.run(t, own, "/S"); status != 0 {
		t.Errorf("uninstalling ends with %d", status)
	}
	eventually(t, "it is uninstalled", func() bool { return !there(filepath.Join(tools, "Postvak", "postvak.exe")) })
	look("uninstalled")
}
