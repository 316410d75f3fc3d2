package desktoptest

import (
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Dock is a launcher that shows a number at a program's icon, as Unity's
// protocol has it.
type Dock struct {
	bus string

	mu      sync.Mutex
	conn    *dbus.Conn
	counts  map[string]int64 // by the program's entry; 0 is no number
	heard   int
	changed chan struct{}
}

// NewDock starts one on a bus. It ends with the test.
func NewDock(t testing.TB, bus string) *Dock {
	t.Helper()
	d := &Dock{bus: bus, changed: make(chan struct{})}
	d.start(t)
	t.Cleanup(d.stop)
	return d
}

func (d *Dock) start(t testing.TB) {
	t.Helper()
	conn := connect(t, d.bus)
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface("com.canonical.Unity.LauncherEntry"), dbus.WithMatchMember("Update")); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.conn, d.counts = conn, map[string]int64{}
	d.mu.Unlock()
	go d.hear(signals)
	if reply, err := conn.RequestName("com.canonical.Unity", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("there is a dock on this bus already: %v, %v", reply, err)
	}
}

func (d *Dock) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		_ = d.conn.Close() // closed twice is closed
		d.conn = nil
	}
}

// Restart forgets all numbers and begins anew.
func (d *Dock) Restart(t testing.TB) {
	t.Helper()
	d.stop()
	d.start(t)
}

// Heard is how often any program said its number.
func (d *Dock) Heard() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.heard
}

// hear takes what programs say until the connection ends.
func (d *Dock) hear(signals <-chan *dbus.Signal) {
	for signal := range signals {
		var entry string
		var what map[string]dbus.Variant
		if err := dbus.Store(signal.Body, &entry, &what); err != nil {
			continue
		}
		count, _ := what["count"].Value().(int64)
		if visible, _ := what["count-visible"].Value().(bool); !visible {
			count = 0
		}
		d.mu.Lock()
		d.counts[entry] = count
		d.heard++
		close(d.changed)
		d.changed = make(chan struct{})
		d.mu.Unlock()
	}
}

// Wait waits until a program's number is so; 0 is one that was taken away.
func (d *Dock) Wait(t testing.TB, entry string, count int64) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		d.mu.Lock()
		now, said := d.counts[entry]
		changed := d.changed
		d.mu.Unlock()
		if said && now == count {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			t.Fatalf("the dock shows %d (%v) at %s, not %d", now, said, entry, count)
		}
	}
}
