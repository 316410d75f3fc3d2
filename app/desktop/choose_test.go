package desktop

import (
	"testing"

	"postvak/app/desktop/desktoptest"
)

func TestChoosing(t *testing.T) {
	empty := desktoptest.StartBus(t)
	desk := desktoptest.StartBus(t)
	desktoptest.NewServer(t, desk, desktoptest.Dunst)
	const nowhere = "unix:path=/nowhere/at/all"
	for _, c := range []struct {
		system string
		window bool
		bus    string
		want   string
	}{
		{"linux", true, desk, "linux"},
		{"linux", true, empty, "linux"}, // its server may come later
		{"linux", true, nowhere, "beeep"},
		{"linux", false, desk, "beeep"},
		{"linux", false, empty, "none"},
		{"linux", false, nowhere, "none"},
		{"windows", true, "", "wails"},
		{"darwin", true, "", "wails"},
		{"windows", false, "", "beeep"},
		{"darwin", false, "", "beeep"},
	} {
		n := choose(c.system, c.window, c.bus, nil)
		if got := kind(n); got != c.want {
			t.Errorf("%s, window %v, bus %q: %s, not %s", c.system, c.window, c.bus, got, c.want)
		}
		if n != nil {
			n.Close()
			n.Close()
		}
	}
}

func kind(n Notifier) string {
	switch n.(type) {
	case nil:
		return "none"
	case *onLinux:
		return "linux"
	case *byWindow:
		return "wails"
	case *textOnly:
		return "beeep"
	}
	return "something else"
}
