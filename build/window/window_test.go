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

// settled waits until a part of the window is as it should be and stands still.
func (d *desktop) settled(t *testing.T, w window, part image.Rectangle, what string, ready func(now image.Image) bool) image.Image {
	t.Helper()
	var last image.Image
	eventually(t, what, func() bool {
		whole, ok := d.look(t, w)
		if !ok {
			return false
		}
		keep(t, "window-"+strings.ReplaceAll(what, " ", "-"), whole)
		now := crop(whole, part)
		still := last != nil && changed(last, now) < 0.001
		last = now
		return still && ready(now)
	})
	return last
}

// crop cuts a part out of a picture; what lies outside of it is left out.
func crop(p image.Image, part image.Rectangle) image.Image {
	part = part.Add(p.Bounds().Min).Intersect(p.Bounds())
	return p.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(part)
}

// Where things are in a window of 1280×800, as the design draws it. The pane
// ends before the place where notifications pop up.
var (
	listPane  = image.Rect(240, 90, 550, 740)
	readPane  = image.Rect(570, 60, 950, 740)
	secondRow = image.Pt(400, 205)
	unreadRow = image.Pt(400, 281) // the third; the second one's message was read
)

// A blank page has one colour; text, with its smoothed edges, has hundreds.
const drawnColours = 60

func TestWindowOpensShowsTheListAndIsClickedThrough(t *testing.T) {
	d := startDesktop(t)
	p := d.startPostvak(t, "--sandbox", "--data", filepath.Join(t.TempDir(), "profile"))
	w := d.window(t, "Postvak")

	d.settled(t, w, listPane, "list is drawn", func(now image.Image) bool { return colours(now, drawnColours) == drawnColours })
	empty := crop(d.screenshot(t, w), readPane)

	d.click(t, w, secondRow.X, secondRow.Y)
	open := d.settled(t, w, readPane, "conversation is open", func(now image.Image) bool {
		return changed(empty, now) > 0.03 && colours(now, drawnColours) == drawnColours
	})

	// The shortcuts lie over the conversation; Escape brings it back.
	d.press(t, "question")
	help := d.settled(t, w, readPane, "shortcuts are shown", func(now image.Image) bool { return changed(open, now) > 0.1 })
	d.press(t, "Escape")
	d.settled(t, w, readPane, "conversation is back", func(now image.Image) bool { return changed(help, now) > 0.1 && changed(open, now) < 0.02 })

	// And the other section, by keyboard.
	before := crop(d.screenshot(t, w), listPane)
	d.press(t, "g")
	d.press(t, "c")
	d.settled(t, w, listPane, "closed conversations are listed", func(now image.Image) bool { return changed(before, now) > 0.02 })

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.endsWell(t, 10*time.Second)
	if strings.Contains(p.out.String(), "panic:") {
		t.Error("the program panicked on its way")
	}
}
