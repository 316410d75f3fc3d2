//go:build bench

package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestM12Window scrolls through a long list in Chromium and weighs what the
// window loads.
func TestM12Window(t *testing.T) {
	n := setting("BENCH_CONVERSATIONS", 1_000_000)
	dir := filepath.Join(t.TempDir(), "profile")
	filledProfile(t, dir, n)
	served := startHeadless(t, dir)
	var longest, tasks, gap sample
	for range rounds() {
		r := scroll(t, served)
		longest, tasks, gap = append(longest, r.Longest), append(tasks, float64(r.Long)), append(gap, r.Gap)
		if r.Rows < 200 {
			t.Fatalf("only %d rows were seen", r.Rows)
		}
	}
	tab := &table{title: fmt.Sprintf("M12 Scrolling through %d rows in Chromium, median (least–greatest) of %d turns", n, rounds()), head: []string{"", "", ""}}
	tab.row("longest task, ms", longest.spread(), "0: none took 50")
	tab.row("tasks over 50 ms", tasks.spread(), "")
	tab.row("longest time between two pictures, ms", gap.spread(), "")
	for _, line := range weight(t) {
		tab.note("%s", line)
	}
	tab.note("aim: no task over 50 ms; at most 250 kB")
	show(tab)
}

// scrolled is what frontend/scripts/scroll.mjs saw.
type scrolled struct {
	Longest, Gap float64 // ms
	Long, Rows   int
}

func scroll(t *testing.T, h *headless) (r scrolled) {
	t.Helper()
	cmd := exec.Command("node", "scripts/scroll.mjs", h.base+"/?token="+h.token)
	cmd.Dir = filepath.Join("..", "..", "frontend")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// weight is the last lines of what the build says about the bundle.
func weight(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("node", "../../frontend/scripts/size.mjs").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines[max(0, len(lines)-2):]
}
