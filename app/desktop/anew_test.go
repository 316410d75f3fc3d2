package desktop

import (
	"fmt"
	"log/slog"
	"testing"

	"postvak/app/desktop/desktoptest"
)

// idle is a Notifier that hears no signals: what it knows, it found out when it
// asked.
func idle(t *testing.T, bus string) *onLinux {
	t.Helper()
	l := &onLinux{address: bus, log: slog.New(slog.DiscardHandler), life: t.Context()}
	if err := l.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.lose)
	return l
}

// That a server was replaced may be heard only after the next notice was shown.
func TestAnotherServerIsFoundByAsking(t *testing.T) {
	bus := desktoptest.StartBus(t)
	s := desktoptest.NewServer(t, bus, desktoptest.Dunst)
	l := idle(t, bus)
	if err := l.show(t.Context(), Notice{Slot: "c1", Title: "One"}); err != nil {
		t.Fatal(err)
	}
	s.Restart(t)
	if err := l.show(t.Context(), Notice{Slot: "c1", Title: "Two"}); err != nil {
		t.Fatal(err)
	}
	if all := s.Arrived(); len(all) != 2 || all[1].Replaces != 0 {
		t.Errorf("it replaces what another server showed: %+v", all)
	}
}

// That the bus is gone may be found out by showing.
func TestAnotherBusIsFoundByAsking(t *testing.T) {
	bus := desktoptest.NewBus(t)
	s := desktoptest.NewServer(t, bus.Address, desktoptest.Dunst)
	l := idle(t, bus.Address)
	for i := range 5 {
		s.Stop()
		bus.Stop()
		bus.Start(t)
		s.Start(t)
		if err := l.show(t.Context(), Notice{Slot: "c1", Title: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheScreenForgetsTheOldest(t *testing.T) {
	var s screen
	for i := range uint32(3 * shownKept) {
		s.put(i+1, shown{slot: fmt.Sprint(i)})
	}
	if len(s.notices) != shownKept || len(s.slots) != shownKept || len(s.order) != shownKept {
		t.Errorf("%d notices, %d slots, %d in order", len(s.notices), len(s.slots), len(s.order))
	}
	if s.number("0") != 0 || s.number(fmt.Sprint(3*shownKept-1)) != 3*shownKept {
		t.Error("it forgets the newest")
	}
	s.put(7, shown{slot: "a"})
	s.put(8, shown{slot: "a"}) // a server that gives a new number
	if _, known := s.notices[7]; known || s.number("a") != 8 {
		t.Error("what was replaced is still known")
	}
	s.put(8, shown{slot: "b"}) // one that gives a number twice
	if s.number("a") != 0 || s.number("b") != 8 {
		t.Error("two slots have one notice")
	}
}
