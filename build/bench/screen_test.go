//go:build bench

package bench

import (
	"bufio"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// screen is a desktop of 1440×900 whose pixels can be read at any moment: Xvfb
// keeps them in a file in the format of xwd, which costs a look almost nothing.
type screen struct {
	env    []string
	pixels []byte // the mapped file
}

func startScreen(t *testing.T) *screen {
	t.Helper()
	home, frames := t.TempDir(), t.TempDir()
	s := &screen{}
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "DBUS_") && !strings.HasPrefix(entry, "XDG_") && !strings.HasPrefix(entry, "WAYLAND_") {
			s.env = append(s.env, entry)
		}
	}
	s.env = append(s.env, "HOME="+home, "XDG_RUNTIME_DIR="+home, "LANG=C.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1")
	s.env = append(s.env, "DISPLAY=:"+s.saying(t, "Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-fbdir", frames, "-nolisten", "tcp", "-noreset"))
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+s.saying(t, "dbus-daemon", "--session", "--nofork", "--print-address=3"))
	s.start(t, exec.Command("openbox"))
	s.pixels = mapped(t, filepath.Join(frames, "Xvfb_screen0"))
	return s
}

// saying starts a program that says on its third descriptor how it is reached.
func (s *screen) saying(t *testing.T, name string, args ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(name, args...)
	cmd.ExtraFiles = []*os.File{w}
	s.start(t, cmd)
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%s does not say where it is: %v", name, err)
	}
	return strings.TrimSpace(line)
}

// start runs a program on the screen; the function it gives ends it with all
// that it started, and may be called again.
func (s *screen) start(t *testing.T, cmd *exec.Cmd) (end func()) {
	t.Helper()
	cmd.Env = s.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	end = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	}
	t.Cleanup(end)
	return end
}

func mapped(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(data) })
	return data
}

// The places of what is needed of xwd's header, in words of four bytes.
const (
	headerSize = 0
	lineBytes  = 12
	colourMap  = 19
	mapEntry   = 12 // bytes
)

func (s *screen) word(n int) int { return int(binary.BigEndian.Uint32(s.pixels[4*n:])) }

// colours counts the different colours in a part of the screen, up to most.
func (s *screen) colours(left, top, right, bottom, most int) int {
	from, line := s.word(headerSize)+mapEntry*s.word(colourMap), s.word(lineBytes)
	seen := map[[3]byte]bool{}
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			at := from + y*line + 4*x
			seen[[3]byte(s.pixels[at:at+3])] = true
			if len(seen) == most {
				return most
			}
		}
	}
	return len(seen)
}

// until looks every few milliseconds.
func (s *screen) until(t *testing.T, what string, is func() bool) time.Time {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(3 * time.Millisecond) {
		if is() {
			return time.Now()
		}
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
