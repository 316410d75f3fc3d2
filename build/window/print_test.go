//go:build window

package window

import (
	"image"
	"path/filepath"
	"testing"
)

// TestAConversationIsPrinted as far as the system's own dialog, which opens
// again after it was left.
func TestAConversationIsPrinted(t *testing.T) {
	d := startDesktop(t)
	d.startPostvak(t, "--sandbox", "--data", filepath.Join(t.TempDir(), "profile"))
	w := d.window(t, "Postvak")
	d.settled(t, w, listPane, "list is drawn", func(now image.Image) bool { return colours(now, drawnColours) == drawnColours })
	empty := crop(d.screenshot(t, w), readPane)
	d.click(t, w, secondRow.X, secondRow.Y)
	d.settled(t, w, readPane, "conversation is open", func(now image.Image) bool {
		return changed(empty, now) > 0.03 && colours(now, drawnColours) == drawnColours
	})
	for range 2 {
		d.press(t, "ctrl+p")
		d.window(t, "^Print$")
		d.press(t, "Escape")
		eventually(t, "the dialog is gone", func() bool {
			_, shown := d.run(t, "xdotool", "xdotool", "search", "--onlyvisible", "--name", "^Print$")
			return !shown
		})
	}
}
