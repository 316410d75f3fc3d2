//go:build window

package window

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take on a busy machine before it counts
// as not happening.
const patience = 60 * time.Second

// desktop is a display of 1440×900 with what a person's session has on it. It
// has a home of its own, so that it neither sees nor changes the real one.
type desktop struct {
	env  []string
	home string
}

func startDesktop(t *testing.T) *desktop {
	t.Helper()
	home, runtime := t.TempDir(), t.TempDir()
	if err := os.Chmod(runtime, 0o700); err != nil {
		t.Fatal(err)
	}
	d := &desktop{home: home, env: append(cleanEnvironment(),
		"HOME="+home, "XDG_RUNTIME_DIR="+runtime, "LANG=C.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1")}
	d.env = append(d.env, "DISPLAY="+d.startDisplay(t))
	bus := d.startSaying(t, "dbus", "dbus-daemon", "--session", "--nofork", "--print-address=1")
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+bus)
	d.start(t, "openbox", "openbox")
	d.start(t, "dunst", "dunst")
	return d
}

// cleanEnvironment leaves out what would lead to the real session.
func cleanEnvironment() []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "HOME", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY", "LANG", "LC_ALL":
		default:
			if !strings.HasPrefix(name, "XDG_") {
				env = append(env, entry)
			}
		}
	}
	return env
}

// startDisplay lets Xvfb choose a number that is free and says it.
func (d *desktop) startDisplay(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := d.command(t, "xvfb", "Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	launch(t, cmd)
	w.Close()
	return ":" + firstLine(t, "Xvfb", r)
}

// startSaying starts a program that says on its first line how it is reached.
func (d *desktop) startSaying(t *testing.T, pkg, name string, args ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := d.command(t, pkg, name, args...)
	cmd.Stdout = w
	launch(t, cmd)
	w.Close()
	return firstLine(t, name, r)
}

func firstLine(t *testing.T, who string, r *os.File) string {
	t.Helper()
	if err := r.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%s does not say where it is: %v", who, err)
	}
	return strings.TrimSpace(line)
}

func (d *desktop) start(t *testing.T, pkg, name string, args ...string) {
	t.Helper()
	launch(t, d.command(t, pkg, name, args...))
}

// command fails the test with the package that has the program.
func (d *desktop) command(t *testing.T, pkg, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs %s: install it with `apt-get install %s` (`make test` does)", name, pkg)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = d.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	return cmd
}

// launch starts a command and ends it, with what it started, after the test.
func launch(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		time.AfterFunc(3*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		_ = cmd.Wait()
	})
}

// run gives what a short command prints, and whether it ended well.
func (d *desktop) run(t *testing.T, pkg, name string, args ...string) (string, bool) {
	t.Helper()
	cmd := d.command(t, pkg, name, args...)
	out, err := cmd.Output()
	return string(out), err == nil
}

// screenshot is the window as it is now, with what lies over it, but without
// its frame.
func (d *desktop) screenshot(t *testing.T, w window) image.Image {
	t.Helper()
	p, ok := d.look(t, w)
	if !ok {
		t.Fatal("no screenshot could be taken")
	}
	return p
}

// look is a screenshot, if the window can be seen at this moment: the window
// manager may be about to put it in its place.
func (d *desktop) look(t *testing.T, w window) (image.Image, bool) {
	t.Helper()
	out, ok := d.run(t, "imagemagick", "import", "-silent", "-window", w.id, "png:-")
	if !ok {
		return nil, false
	}
	p, err := png.Decode(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return p, true
}

// keep stores a picture where a person can look at it after the run.
func keep(t *testing.T, name string, p image.Image) {
	t.Helper()
	dir := filepath.Join("..", "bin", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// eventually looks again and again until what is waited for is there.
func eventually(t *testing.T, what string, look func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !look() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain until %s", patience, what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// window is a mapped window: its number for xdotool and its place.
type window struct {
	id                  string
	x, y, width, height int
}

// window waits until the program shows one.
func (d *desktop) window(t *testing.T, title string) window {
	t.Helper()
	var w window
	eventually(t, "a window is mapped", func() bool {
		out, ok := d.run(t, "xdotool", "xdotool", "search", "--onlyvisible", "--name", title)
		ids := strings.Fields(out)
		if !ok || len(ids) == 0 {
			return false
		}
		w, ok = d.geometry(t, ids[0])
		return ok && w.width > 200 && w.height > 200
	})
	return w
}

func (d *desktop) geometry(t *testing.T, id string) (window, bool) {
	t.Helper()
	out, ok := d.run(t, "xdotool", "xdotool", "getwindowgeometry", "--shell", id)
	if !ok {
		return window{}, false
	}
	w := window{id: id}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "X":
			w.x = n
		case "Y":
			w.y = n
		case "WIDTH":
			w.width = n
		case "HEIGHT":
			w.height = n
		}
	}
	return w, true
}

// click presses the left button at a place inside a window.
func (d *desktop) click(t *testing.T, w window, x, y int) {
	t.Helper()
	if out, ok := d.run(t, "xdotool", "xdotool", "mousemove", "--window", w.id,
		strconv.Itoa(x), strconv.Itoa(y), "click", "1"); !ok {
		t.Fatalf("xdotool could not click: %s", out)
	}
}

// press types a key, such as Escape or question.
func (d *desktop) press(t *testing.T, key string) {
	t.Helper()
	if out, ok := d.run(t, "xdotool", "xdotool", "key", "--clearmodifiers", key); !ok {
		t.Fatalf("xdotool could not press %s: %s", key, out)
	}
}
