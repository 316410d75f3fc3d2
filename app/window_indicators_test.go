package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// faces feeds a window that only tells what it would show.
func (r *rig) indicators() <-chan indicators {
	shown := make(chan indicators, 1000)
	ctx, cancel := context.WithCancel(r.t.Context())
	var fed sync.WaitGroup
	fed.Go(func() { r.app.feedIndicators(ctx, func(f indicators) { shown <- f }) })
	r.t.Cleanup(func() {
		cancel()
		fed.Wait()
	})
	return shown
}

// becomes waits for indicators that are as they should be.
func becomes(t *testing.T, shown <-chan indicators, what string, so func(indicators) bool) indicators {
	t.Helper()
	var last indicators
	for late := time.After(30 * time.Second); ; {
		select {
		case last = <-shown:
			if so(last) {
				return last
			}
		case <-late:
			t.Fatalf("waited in vain until %s; last: %+v", what, last)
		}
	}
}

func TestTrayAndTitleShowWhatAsksForThisPerson(t *testing.T) {
	r := startDemo(t)
	shown := r.indicators()
	unread := func() (n int) {
		for _, s := range call[[]SectionCount](r, "Inbox.Sections") {
			if s.ID == "mine" || s.ID == "unassigned" {
				n += s.Unread
			}
		}
		return n
	}
	_, hello := r.deliver(r.listen(), DeliverRequest{Channel: "email", From: "new@customer.example", Name: "New", Subject: "Hello", Text: "Hello"})
	// The demo's older mail comes in meanwhile.
	becomes(t, shown, "the count is shown", func(f indicators) bool {
		return f.tray.Unread > 0 && f.tray.Unread == unread() && f.title == fmt.Sprintf("(%d) Postvak", f.tray.Unread) &&
			strings.Contains(f.tray.Tooltip, fmt.Sprintf("\n%d unread: ", f.tray.Unread)) && f.tray.Available && !f.tray.Quiet
	})
	call[Undo](r, "Inbox.MarkRead", hello.ID)
	becomes(t, shown, "what was read counts no more", func(f indicators) bool { return f.tray.Unread == unread() })

	call[*nothing](r, "Availability.Set", false)
	becomes(t, shown, "it says not available", func(f indicators) bool {
		return !f.tray.Available && strings.Contains(f.tray.Tooltip, "\nYou are not available.")
	})
	call[*nothing](r, "Settings.Save", map[string]any{"language": "nl"})
	becomes(t, shown, "it speaks Dutch", func(f indicators) bool {
		return f.tray.Menu.Quit == "Postvak afsluiten" && strings.Contains(f.tray.Tooltip, "Je bent niet beschikbaar.")
	})
}

func TestTheTraysQuietEndsByItself(t *testing.T) {
	r := startDemo(t)
	shown := r.indicators()
	if err := r.app.switchQuiet(); err != nil {
		t.Fatal(err)
	}
	quiet := becomes(t, shown, "it is quiet", func(f indicators) bool { return f.tray.Quiet })
	if !strings.Contains(quiet.tray.Tooltip, "\nIt is quiet until ") {
		t.Errorf("tooltip %q", quiet.tray.Tooltip)
	}
	call[*nothing](r, "Sandbox.Advance", "61m")
	becomes(t, shown, "it is over", func(f indicators) bool { return !f.tray.Quiet })

	for _, want := range []bool{true, false} { // and by a second press
		if err := r.app.switchQuiet(); err != nil {
			t.Fatal(err)
		}
		becomes(t, shown, "the press shows", func(f indicators) bool { return f.tray.Quiet == want })
	}
	for _, want := range []bool{false, true} {
		if err := r.app.switchAvailability(); err != nil {
			t.Fatal(err)
		}
		if got := call[bool](r, "Availability.Get"); got != want {
			t.Errorf("available: %v", got)
		}
	}
}

func TestNothingUnreadHasNoNumber(t *testing.T) {
	r := startRig(t, Options{})
	f, quiet, err := r.app.indicators(t.Context())
	if err != nil || f.title != "Postvak" || f.tray.Tooltip != "Postvak\nNothing is unread." || quiet != 0 {
		t.Errorf("%+v, %v, %v", f, quiet, err)
	}
}

func TestWhatNeedsAWindowIsNotFoundWithout(t *testing.T) {
	r := startRig(t, Options{})
	r.refused("not_found", "Window.Closing", true)
	r.refused("not_found", "Window.Quit")
}

// closingWindow remembers what a window was told.
type closingWindow struct {
	mainWindow
	told []bool
}

func (d *closingWindow) closed(keep bool) { d.told = append(d.told, keep) }

func TestWhatClosingDoesIsAskedOnce(t *testing.T) {
	r := startRig(t, Options{})
	if got := r.app.closingChoice(); got != (chosenClosing{keep: true}) {
		t.Errorf("at first: %+v", got)
	}
	window := &closingWindow{}
	r.app.opened.Store(&openedWindow{window})
	call[*nothing](r, "Window.Closing", false)
	if got := r.app.closingChoice(); got != (chosenClosing{keep: false, asked: true}) || len(window.told) != 1 || window.told[0] {
		t.Errorf("answered: %+v, told %v", got, window.told)
	}
	if call[Preferences](r, "Settings.Get").KeepInTray {
		t.Error("settings do not know the answer")
	}

	r = startRig(t, Options{}) // who chose in settings is not asked
	call[*nothing](r, "Settings.Save", map[string]any{"keepInTray": true})
	if r.app.closingChoice().asked {
		t.Error("nothing was chosen: it was so already")
	}
	call[*nothing](r, "Settings.Save", map[string]any{"keepInTray": false})
	if got := r.app.closingChoice(); got != (chosenClosing{keep: false, asked: true}) {
		t.Errorf("chosen: %+v", got)
	}
}
