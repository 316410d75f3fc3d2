//go:build window

package window

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the running Postvak with what it wrote.
type program struct {
	cmd   *exec.Cmd
	out   safeBuffer
	ended chan error
}

// safeBuffer may be read while the program still writes.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (d *desktop) startPostvak(t *testing.T, args ...string) *program {
	t.Helper()
	binary, err := filepath.Abs(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(binary); err != nil {
		t.Fatalf("the program is not built: run `make build` (%v)", err)
	}
	p := &program{cmd: exec.Command(binary, args...), ended: make(chan error, 1)}
	p.cmd.Env = d.env
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { p.ended <- p.cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if t.Failed() {
			t.Logf("the program wrote:\n%s", p.out.String())
		}
	})
	return p
}

// endsWell waits for the program's end and fails unless its status is 0.
func (p *program) endsWell(t *testing.T, within time.Duration) {
	t.Helper()
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("the program ended with %v, want status 0", err)
		}
	case <-time.After(within):
		t.Errorf("the program still runs %s after it was asked to end", within)
	}
}

// settled waits until the display has something on it and stands still.
func (d *desktop) settled(t *testing.T, what string, ready func(image.Image) bool) image.Image {
	t.Helper()
	var last image.Image
	eventually(t, what, func() bool {
		now := d.screenshot(t)
		still := last != nil && changed(last, now) < 0.0005
		last = now
		return still && ready(now)
	})
	return last
}

// A blank page with a window frame has a handful of colours; text alone, with
// its smoothed edges, has hundreds.
const drawnColours = 150

func TestWindowOpensShowsTheListAndIsClickedThrough(t *testing.T) {
	d := startDesktop(t)
	p := d.startPostvak(t, "--sandbox", "--data", filepath.Join(t.TempDir(), "profile"))

	w := d.window(t, "Postvak")
	list := d.settled(t, "the list is drawn", func(now image.Image) bool { return colours(now, drawnColours) == drawnColours })
	keep(t, "window-list", list)

	// A row in the second third of the list pane, which begins after the rail.
	d.click(t, w, 340, 220)
	open := d.settled(t, "a conversation opens", func(now image.Image) bool { return changed(list, now) > 0.02 })
	keep(t, "window-conversation", open)

	// The shortcuts over the conversation, and back.
	d.press(t, "question")
	help := d.settled(t, "the shortcuts are shown", func(now image.Image) bool { return changed(open, now) > 0.05 })
	keep(t, "window-shortcuts", help)
	d.press(t, "Escape")
	d.settled(t, "the conversation is back", func(now image.Image) bool { return changed(help, now) > 0.05 && changed(open, now) < 0.05 })

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.endsWell(t, 10*time.Second)
	if strings.Contains(p.out.String(), "panic:") {
		t.Error("the program panicked on its way")
	}
}
