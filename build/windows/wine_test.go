//go:build packages

package windows

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is for a machine that does much else.
const patience = 2 * time.Minute

// random is a library that each Windows of today has and Debian's wine does not:
// Go's runtime draws its random numbers from it. It is put into the stand-in
// for Windows, not into the program.
const random = `#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T length) { return SystemFunction036(to, (ULONG)length); }
`

// computer is a Windows 10 of a person's own, in a folder.
type computer struct {
	drive string // C:
	env   []string
	local string // %LOCALAPPDATA%
}

// atComputer starts wine in a folder of the test's, apart from everything of
// the person who runs the test.
func atComputer(t *testing.T) *computer {
	t.Helper()
	if _, err := exec.LookPath("wine"); err != nil {
		t.Fatal("this test needs wine: install it with `apt-get install --no-install-recommends wine64 wine` (`make test` does)")
	}
	home := t.TempDir()
	c := &computer{drive: filepath.Join(home, "wine", "drive_c")}
	c.env = append(os.Environ(), "HOME="+home, "WINEPREFIX="+filepath.Join(home, "wine"), "USER=ann",
		"WINEDEBUG=-all", "DISPLAY=", "WAYLAND_DISPLAY=", // no window
		"WINEDLLOVERRIDES=winemenubuilder.exe,mscoree,mshtml=") // nothing in the Linux desktop's menus
	t.Cleanup(func() { // only what runs in this folder
		cmd := exec.Command("wineserver", "--kill")
		cmd.Env = c.env
		_ = cmd.Run()
		cmd = exec.Command("wineserver", "--wait")
		cmd.Env = c.env
		_ = cmd.Run()
	})
	c.run(t, "wineboot", "--init")
	source, library := filepath.Join(home, "random.c"), filepath.Join(c.drive, "windows", "system32", "bcryptprimitives.dll")
	if err := os.WriteFile(source, []byte(random), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("x86_64-w64-mingw32-gcc", "-shared", "-o", library, source, "-ladvapi32").CombinedOutput(); err != nil {
		t.Fatalf("compiling for wine: %v\n%s", err, out)
	}
	c.local = filepath.Join(c.drive, "users", "ann", "AppData", "Local")
	return c
}

func (c *computer) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "wine", args...)
	cmd.Env = c.env
	return cmd
}

// run gives what a program says, and its exit status.
func (c *computer) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// A file, no pipe: what wine starts beside the program would keep it open.
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := c.command(ctx, args...)
	cmd.Stdout = out
	err = cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) || ctx.Err() != nil {
		t.Fatalf("%q under wine: %v", args, err)
	}
	said, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(said), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// value reads the registry; "" where nothing stands.
func (c *computer) value(t *testing.T, key, name string) string {
	t.Helper()
	which := []string{"/v", name}
	if name == "" {
		which = []string{"/ve"}
	}
	said, _ := c.run(t, append([]string{"reg", "query", key}, which...)...)
	for line := range strings.Lines(said) {
		if _, value, found := strings.Cut(line, "    REG_SZ    "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (c *computer) set(t *testing.T, key, name, value string) {
	t.Helper()
	if _, status := c.run(t, "reg", "add", key, "/v", name, "/d", value, "/f"); status != 0 {
		t.Fatalf("%s is not set: %d", key, status)
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func eventually(t *testing.T, what string, look func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !look() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain until %s", patience, what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
