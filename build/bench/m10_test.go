//go:build bench

package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Where the list stands in a window of 1280×800 in the middle of the screen, and
// where the empty one has its text. A blank page has one colour, its text has
// dozens by its smoothed edges, and a list has more.
const (
	listColours = 60
	textColours = 20
)

// settling is how long a window is left alone before its memory is read.
const settling = 10 * time.Second

// TestM10M11StartAndMemory opens an empty window of Wails and Postvak's with its
// cache in turns, and reads what each takes.
func TestM10M11StartAndMemory(t *testing.T) {
	n := setting("BENCH_CACHED", 100_000)
	dir := filepath.Join(t.TempDir(), "profile")
	filledProfile(t, dir, n)
	empty := buildEmptyWindow(t)
	s := startScreen(t)
	var start, worked, byGo, memory, own [2]sample
	for range rounds() {
		for side, cmd := range []*exec.Cmd{exec.Command(empty), exec.Command(filepath.Join("..", "bin", "postvak"), "--data", dir)} {
			took, use := s.opened(t, cmd, []int{textColours, listColours}[side])
			start[side], worked[side] = append(start[side], took), append(worked[side], use.cpu)
			byGo[side] = append(byGo[side], use.goCPU)
			own[side] = append(own[side], use.own)
			memory[side] = append(memory[side], use.all)
		}
	}
	tab := &table{title: fmt.Sprintf("M10 From the process's start until something is drawn: ms, median (least–greatest) of %d turns", rounds()), head: []string{"", "time", "ratio, turn by turn", "CPU of all its processes", "of the Go process"}}
	tab.row("an empty window of Wails, its text", start[0].spread(), "", worked[0].spread(), byGo[0].spread())
	tab.row(fmt.Sprintf("Postvak, its list of %d conversations", n), start[1].spread(), start[1].over(start[0]).spread(), worked[1].spread(), byGo[1].spread())
	tab.note("aim: at most 1.3 times the empty window")
	show(tab)

	m11 := &table{title: fmt.Sprintf("M11 Memory %s later: MB of PSS", settling), head: []string{"", "the Go process", "with WebKit's processes"}}
	m11.row("an empty window of Wails", own[0].spread(), memory[0].spread())
	m11.row("Postvak", own[1].spread(), memory[1].spread())
	m11.note("aim: at most 120 and 330 MB")
	show(m11)
}

// use is what a program takes: memory in MB, of its process and of it with its
// descendants, and what all and the process alone had worked when it was drawn,
// in ms.
type use struct{ own, all, cpu, goCPU float64 }

// opened starts a window, waits until its place has so many colours, lets it
// rest, and ends it.
func (s *screen) opened(t *testing.T, cmd *exec.Cmd, colours int) (ms float64, u use) {
	t.Helper()
	drawn := func() int { return s.colours(330, 150, 650, 780, colours) }
	s.until(t, "the screen is empty again", func() bool { return drawn() < textColours })
	began := time.Now()
	end := s.start(t, cmd)
	at := s.until(t, "the window is drawn", func() bool { return drawn() == colours })
	worked, alone := cpuOf(cmd.Process.Pid), ownCPU(cmd.Process.Pid)
	time.Sleep(settling)
	u = memoryOf(t, cmd.Process.Pid)
	u.cpu, u.goCPU = worked, alone
	end()
	return float64(at.Sub(began).Microseconds()) / 1000, u
}

func memoryOf(t *testing.T, pid int) (u use) {
	t.Helper()
	u.own = pss(pid)
	u.all = u.own
	for _, child := range childrenOf(pid) {
		u.all += memoryOf(t, child).all
	}
	if u.own == 0 {
		t.Fatal("the program has ended")
	}
	return u
}

// cpuOf is what a process and its descendants worked so far, in ms.
func cpuOf(pid int) (ms float64) {
	ms = ownCPU(pid)
	for _, child := range childrenOf(pid) {
		ms += cpuOf(child)
	}
	return ms
}

func ownCPU(pid int) (ms float64) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name may have spaces; user and system time are the 12th and 13th behind
	// it, in hundredths of a second.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	for _, field := range fields[11:13] {
		n, _ := strconv.ParseFloat(field, 64)
		ms += n * 10
	}
	return ms
}

// pss is a process's share of memory in MB; 0 of one that is gone.
func pss(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if kB, found := strings.CutPrefix(line, "Pss:"); found {
			n, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(kB), " kB"), 64)
			return n / 1024
		}
	}
	return 0
}

func childrenOf(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		data, _ := os.ReadFile(list)
		for _, field := range strings.Fields(string(data)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

func buildEmptyWindow(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "emptywindow")
	build := exec.Command("go", "build", "-tags", "desktop,production,webkit2_41", "-ldflags", "-w -s", "-o", path, "./emptywindow")
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}
