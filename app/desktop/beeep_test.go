package desktop

import (
	"context"
	"errors"
	"testing"

	"postvak/app/desktop/desktoptest"
)

// TestBeeepArrives: by the true library, on a true bus.
func TestBeeepArrives(t *testing.T) {
	bus := desktoptest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	b := Beeep(nil)
	defer b.Close()
	for name, c := range map[string]struct {
		caps desktoptest.Capabilities
		want string
	}{
		"markup": {desktoptest.Gnome, "R&amp;D &lt;b&gt;"},
		"plain":  {desktoptest.Plain, "R&D <b>"},
	} {
		s := desktoptest.NewServer(t, bus, c.caps)
		if err := b.Show(t.Context(), Notice{Slot: "c1", Title: "Ann & Ben", Body: "R&D <b>", Reply: "Reply"}); err != nil {
			t.Fatal(err)
		}
		got := s.Wait(t, func(desktoptest.Shown) bool { return true })
		if got.Title != "Ann & Ben" || got.Body != c.want || got.App != "Postvak" || len(got.Actions) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if h := b.Health(t.Context()); h != (Health{Name: "postvak test desktop", Running: true, Permitted: true}) {
			t.Errorf("%s: %+v", name, h)
		}
		b.Withdraw("c1")
		s.Stop()
	}
	if h := b.Health(t.Context()); h.Running || h.Why == "" {
		t.Errorf("without a server: %+v", h)
	}
}

// A library that hangs holds nobody, and the next notice does not wait behind it
// for ever.
func TestBeeepThatHangs(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
	called, release := make(chan struct{}), make(chan struct{})
	b := newTextOnly(nil, func(string, string) error {
		close(called)
		<-release
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-called
		cancel()
	}()
	for range 2 {
		if err := b.Show(ctx, Notice{Title: "One"}); !errors.Is(err, context.Canceled) {
			t.Errorf("a library that hangs: %v", err)
		}
	}
	b.Close()
	if _, open := <-b.Answers(); open {
		t.Error("an answer by beeep")
	}
	close(release)
	b.work.Wait()
}

func TestBeeepsErrorIsShows(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
	trouble := errors.New("no means")
	b := newTextOnly(nil, func(string, string) error { return trouble })
	defer b.Close()
	if err := b.Show(t.Context(), Notice{Title: "One"}); !errors.Is(err, trouble) {
		t.Errorf("error %v", err)
	}
	b.Close()
	if err := b.Show(t.Context(), Notice{Title: "Two"}); err == nil {
		t.Error("shown after Close")
	}
}
