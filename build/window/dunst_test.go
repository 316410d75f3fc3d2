//go:build window

package window

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	notices "postvak/app/desktop"
)

// These tests let the program's notifier talk to a notification server that
// people have on their desks, and ask that server what arrived.

// bus is the address of the desktop's session bus.
func (d *desktop) bus(t *testing.T) string {
	t.Helper()
	for _, entry := range d.env {
		if address, found := strings.CutPrefix(entry, "DBUS_SESSION_BUS_ADDRESS="); found {
			return address
		}
	}
	t.Fatal("the desktop has no bus")
	return ""
}

// dunstctl asks dunst, or tells it.
func (d *desktop) dunstctl(t *testing.T, args ...string) string {
	t.Helper()
	out, ok := d.run(t, "dunst", "dunstctl", args...)
	if !ok {
		t.Fatalf("dunstctl %q: %s", args, out)
	}
	return strings.TrimSpace(out)
}

// dunstNotice is a notification as dunst keeps it.
type dunstNotice struct{ summary, body, app, action string }

// history gives the notifications that dunst showed and that have gone, the last
// one first.
func (d *desktop) history(t *testing.T) []dunstNotice {
	t.Helper()
	var answer struct {
		Data [][]map[string]struct{ Data any }
	}
	if err := json.Unmarshal([]byte(d.dunstctl(t, "history")), &answer); err != nil || len(answer.Data) != 1 {
		t.Fatalf("dunst's history cannot be read: %v", err)
	}
	var all []dunstNotice
	for _, entry := range answer.Data[0] {
		text := func(name string) string {
			s, _ := entry[name].Data.(string)
			return s
		}
		all = append(all, dunstNotice{text("summary"), text("body"), text("appname"), text("default_action_name")})
	}
	return all
}

// displayed waits until dunst shows so many.
func (d *desktop) displayed(t *testing.T, count string) {
	t.Helper()
	eventually(t, "dunst shows "+count, func() bool { return d.dunstctl(t, "count", "displayed") == count })
}

// withDunst is a desktop whose notifications answer, and the notifier for it.
func withDunst(t *testing.T) (*desktop, notices.Notifier) {
	t.Helper()
	d := startDesktop(t)
	n, err := notices.Linux(d.bus(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	eventually(t, "dunst is there", func() bool { return n.Health(t.Context()).Name == "dunst" })
	return d, n
}

func notify(t *testing.T, n notices.Notifier, slot, title, body string) {
	t.Helper()
	err := n.Show(t.Context(), notices.Notice{
		Slot: slot, Title: title, Body: body, Reply: "Reply",
		Actions: []notices.Action{{ID: notices.ActionAssign, Label: "Assign to me"}, {ID: notices.ActionClose, Label: "Close conversation"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func answerTo(t *testing.T, n notices.Notifier) notices.Answer {
	t.Helper()
	select {
	case a := <-n.Answers():
		return a
	case <-time.After(patience):
		t.Fatal("no answer came")
	}
	return notices.Answer{}
}

func TestDunstShowsWhatStrangersWroteAsText(t *testing.T) {
	d, n := withDunst(t)
	notify(t, n, "c1", "Zoë <b>de Vries</b> & co · Winkel", "<i>R&D</i> &amp; %s %n \\n <img src=\"/etc/passwd\">\nWaar is mijn lamp? 😀\x1b\u202e")
	d.displayed(t, "1")
	keep(t, "notification", d.screenshot(t, window{id: "root"}))
	d.dunstctl(t, "close-all")
	d.displayed(t, "0")
	want := dunstNotice{
		summary: "Zoë <b>de Vries</b> & co · Winkel",
		body:    "&lt;i&gt;R&amp;D&lt;/i&gt; &amp;amp; %s %n \\n &lt;img src=\"/etc/passwd\"&gt;\nWaar is mijn lamp? 😀",
		app:     "Postvak", action: "default",
	}
	if got := d.history(t); len(got) != 1 || got[0] != want {
		t.Errorf("dunst has\n%+v, not\n%+v", got, want)
	}
}

func TestDunstReplacesAndWithdraws(t *testing.T) {
	d, n := withDunst(t)
	notify(t, n, "c1", "Ann", "one")
	notify(t, n, "c2", "Ben", "other")
	notify(t, n, "c1", "Ann", "two")
	d.displayed(t, "2")
	n.Withdraw("c2")
	d.displayed(t, "1")
	d.dunstctl(t, "close-all")
	d.displayed(t, "0")
	if got := d.history(t); len(got) == 0 || got[0].body != "two" {
		t.Errorf("%+v", got)
	}
}

func TestDunstTellsClicksFromDismissing(t *testing.T) {
	d, n := withDunst(t)
	notify(t, n, "dismissed", "Ann", "one")
	d.displayed(t, "1")
	d.dunstctl(t, "close")
	d.displayed(t, "0")
	notify(t, n, "clicked", "Ann", "two")
	d.displayed(t, "1")
	d.dunstctl(t, "action", "0")
	if a := answerTo(t, n); a != (notices.Answer{Slot: "clicked", Action: notices.ActionOpen}) {
		t.Errorf("%+v", a)
	}
	d.displayed(t, "0")
}

func TestDunstsSilenceIsSeen(t *testing.T) {
	d, n := withDunst(t)
	if h := n.Health(t.Context()); h != (notices.Health{Name: "dunst", Running: true, Permitted: true, Actions: true}) {
		t.Errorf("%+v", h)
	}
	d.dunstctl(t, "set-paused", "true")
	if !n.Health(t.Context()).DoNotDisturb {
		t.Error("dunst is paused and Health does not say so")
	}
	notify(t, n, "c1", "Ann", "held back by dunst itself")
	if got := d.dunstctl(t, "count", "waiting"); got != "1" {
		t.Errorf("%s are waiting in dunst", got)
	}
	d.dunstctl(t, "set-paused", "false")
	if n.Health(t.Context()).DoNotDisturb {
		t.Error("dunst is not paused any more")
	}
}

// TestDunstMayDie: what it showed is gone, and a new one, which the bus starts
// when it is called, shows the next notice.
func TestDunstMayDie(t *testing.T) {
	d, n := withDunst(t)
	notify(t, n, "c1", "Ann", "one")
	d.displayed(t, "1")
	old := d.killDunst(t)
	notify(t, n, "c1", "Ann", "two")
	d.displayed(t, "1")
	if now := d.dunstProcess(t); now == old || now == 0 {
		t.Errorf("dunst is process %d, was %d", now, old)
	}
	d.dunstctl(t, "action", "0")
	if a := answerTo(t, n); a.Slot != "c1" || a.Action != notices.ActionOpen {
		t.Errorf("%+v", a)
	}
	d.killDunst(t) // the bus started it, not this test: it would stay
}

// dunstProcess asks the bus who shows notifications; 0 is nobody.
func (d *desktop) dunstProcess(t *testing.T) uint32 {
	t.Helper()
	conn, err := dbus.Connect(d.bus(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var pid uint32
	err = conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, "org.freedesktop.Notifications").Store(&pid)
	if err != nil {
		return 0
	}
	return pid
}

// killDunst ends the desktop's own dunst, and waits until the bus knows.
func (d *desktop) killDunst(t *testing.T) uint32 {
	t.Helper()
	pid := d.dunstProcess(t)
	if pid == 0 {
		t.Fatal("dunst is not there")
	}
	if err := syscall.Kill(int(pid), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "dunst is gone", func() bool { return d.dunstProcess(t) != pid })
	return pid
}
