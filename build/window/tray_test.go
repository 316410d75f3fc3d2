//go:build window

package window

import (
	"fmt"
	"image"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// unreadOf reads the number in the tray's tooltip.
func unreadOf(t *testing.T, i icon) int {
	t.Helper()
	found := regexp.MustCompile(`\n([0-9]+) unread: `).FindStringSubmatch(i.tooltip())
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// startDemo starts the demo team in a window and waits until it can be used.
func (d *desktop) startDemo(t *testing.T, args ...string) (*program, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "profile")
	return d.startPostvak(t, append([]string{"--sandbox", "--data", dir}, args...)...), dir
}

func (d *desktop) drawn(t *testing.T) window {
	t.Helper()
	w := d.window(t, windowName)
	d.settled(t, w, listPane, "list is drawn", func(now image.Image) bool { return colours(now, drawnColours) == drawnColours })
	return w
}

func TestTrayShowsWhatIsUnreadAndActs(t *testing.T) {
	d := startDesktop(t)
	d.startPanel(t)
	p, _ := d.startDemo(t)
	w := d.drawn(t)
	i := d.icon(t, p)
	eventually(t, "the counts are in tooltip and title", func() bool {
		n := unreadOf(t, i)
		return n > 0 && d.title(t, w) == fmt.Sprintf("(%d) Postvak", n)
	})

	// Reading a conversation changes number, picture and title.
	before, picture := unreadOf(t, i), i.picture()
	d.click(t, w, unreadRow.X, unreadRow.Y)
	eventually(t, "the number is another one", func() bool {
		n := unreadOf(t, i)
		return n != before && i.picture() != picture && d.title(t, w) == fmt.Sprintf("(%d) Postvak", n)
	})

	// The menu acts, and shows that it did.
	if !i.ticked("Available") {
		t.Error("the demo's person is available, and the menu does not say so")
	}
	i.press("Available")
	eventually(t, "it says not available", func() bool {
		return !i.ticked("Available") && strings.Contains(i.tooltip(), "You are not available.")
	})
	i.press("Available")
	eventually(t, "it says available", func() bool { return i.ticked("Available") })
	picture = i.picture()
	i.press("Quiet for an hour")
	eventually(t, "it says quiet", func() bool {
		return i.ticked("Quiet for an hour") && strings.Contains(i.tooltip(), "It is quiet until ") && i.picture() != picture
	})
	i.press("Quiet for an hour")
	eventually(t, "the quiet is over", func() bool { return !i.ticked("Quiet for an hour") })

	list := crop(d.screenshot(t, w), listPane)
	i.press("Settings")
	d.settled(t, w, listPane, "settings are open", func(now image.Image) bool { return changed(list, now) > 0.1 })

	i.press("Quit Postvak")
	p.endsWell(t, 15*time.Second)
}

func TestClosingKeepsItInTheTrayAndNeverLosesTheWindow(t *testing.T) {
	d := startDesktop(t)
	xfce := d.startPanel(t)
	p, dir := d.startDemo(t)
	w := d.drawn(t)
	i := d.icon(t, p)

	// The first time it asks, and the window stays until it is answered.
	calm := d.screenshot(t, w)
	d.cross(t)
	d.settled(t, w, image.Rect(300, 150, 1000, 650), "closing is asked about", func(now image.Image) bool {
		return changed(crop(calm, image.Rect(300, 150, 1000, 650)), now) > 0.1
	})
	if got := d.place(t); got != "shown" {
		t.Fatalf("while it asks the window is %s", got)
	}
	d.press(t, "Return") // the answer that is offered: keep it
	d.comesTo(t, "hidden")
	i.click()
	d.comesTo(t, "shown")

	// Afterwards it does not ask. The mouse finds it where the panel drew it.
	d.cross(t)
	d.comesTo(t, "hidden")
	d.clickDrawn(t)
	d.comesTo(t, "shown")
	d.cross(t)
	d.comesTo(t, "hidden")

	// A second start shows it again.
	d.startPostvak(t, "--sandbox", "--data", dir).endsWell(t, 15*time.Second)
	d.comesTo(t, "shown")
	d.cross(t)
	d.comesTo(t, "hidden")

	// The panel dies: the window comes back. A new one has the icon again.
	xfce.dies()
	d.comesTo(t, "shown")
	d.startPanel(t)
	i = d.icon(t, p)
	d.cross(t)
	d.comesTo(t, "hidden")
	i.click()
	d.comesTo(t, "shown")
	i.press("Quit Postvak")
	p.endsWell(t, 15*time.Second)
}

func TestWithoutATrayClosingMinimisesAndSaysSo(t *testing.T) {
	d := startDesktop(t)
	p, dir := d.startDemo(t)
	w := d.drawn(t)
	d.cross(t)
	d.comesTo(t, "minimised")
	eventually(t, "a notification says so", func() bool {
		d.dunstctl(t, "close-all") // what is shown goes into the history
		return slices.ContainsFunc(d.history(t), func(n dunstNotice) bool {
			return n.summary == "Postvak keeps running" && strings.Contains(n.body, "This desktop has no tray")
		})
	})
	d.startPostvak(t, "--sandbox", "--data", dir).endsWell(t, 15*time.Second)
	d.comesTo(t, "shown")
	eventually(t, "Ctrl+Q quits", func() bool { // once the window manager gave it the keyboard
		_, _ = d.run(t, "xdotool", "xdotool", "mousemove", "--window", w.id, "1000", "500", "click", "1", "key", "ctrl+q")
		return len(p.ended) > 0
	})
	p.endsWell(t, 15*time.Second)
}

func TestHiddenStart(t *testing.T) {
	d := startDesktop(t)
	xfce := d.startPanel(t)
	p, _ := d.startDemo(t, "--hidden")
	i := d.icon(t, p)
	eventually(t, "it counts in the tray", func() bool { return unreadOf(t, i) > 0 })
	d.comesTo(t, "hidden")
	i.click()
	d.comesTo(t, "shown")
	d.drawn(t)
	i.press("Quit Postvak")
	p.endsWell(t, 15*time.Second)
	xfce.dies()

	// At login the panel may come later than the program.
	p, _ = d.startDemo(t, "--hidden")
	d.comesTo(t, "minimised")
	d.startPanel(t)
	d.comesTo(t, "hidden")
	d.icon(t, p).click()
	d.comesTo(t, "shown")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.endsWell(t, 15*time.Second)
}
