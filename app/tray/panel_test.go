//go:build !windows && !darwin

package tray

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"postvak/app/desktop/desktoptest"
)

// waiting is how long anything may take on a busy machine.
const waiting = 30 * time.Second

// host is a desktop's panel on a bus: it knows of items what they register.
type host struct {
	conn  *dbus.Conn
	props *prop.Properties
	items chan string // who registered, and where
	once  sync.Once
}

func dial(t *testing.T, bus string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(bus)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func startHost(t *testing.T, bus string, shows bool) *host {
	t.Helper()
	h := &host{conn: dial(t, bus), items: make(chan string, 10)}
	must(t, h.conn.Export(h, watcherPath, watcher))
	var err error
	h.props, err = prop.Export(h.conn, watcherPath, prop.Map{watcher: {
		"IsStatusNotifierHostRegistered": {Value: shows, Emit: prop.EmitTrue},
		"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitTrue},
	}})
	must(t, err)
	if answer, err := h.conn.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil || answer != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name: %v %v", answer, err)
	}
	return h
}

// RegisterStatusNotifierItem is what icons call.
func (h *host) RegisterStatusNotifierItem(service string, sender dbus.Sender) *dbus.Error {
	h.items <- string(sender) + service
	return nil
}

// goes takes the host away as when a panel ends.
func (h *host) goes() { h.once.Do(func() { h.conn.Close() }) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func within[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(waiting):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// until looks again and again until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waiting)
	defer cancel()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// item is an icon as a host sees it.
type item struct{ object, menu dbus.BusObject }

func (i item) property(t *testing.T, name string) any {
	t.Helper()
	value, err := i.object.GetProperty("org.kde.StatusNotifierItem." + name)
	must(t, err)
	return value.Value()
}

func (i item) tooltip(t *testing.T) string {
	t.Helper()
	return i.property(t, "ToolTip").([]any)[2].(string)
}

// entry is a line of the menu: "Label", "[x] Label", "[ ] Label" or "-".
type entry struct {
	id   int32
	text string
}

func (i item) entries(t *testing.T) []entry {
	t.Helper()
	var revision uint32
	var layout struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	must(t, i.menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &layout))
	var all []entry
	for _, child := range layout.Children {
		parts := child.Value().([]any)
		props := parts[1].(map[string]dbus.Variant)
		e := entry{id: parts[0].(int32)}
		switch {
		case props["type"].Value() == "separator":
			e.text = "-"
		case props["toggle-type"].Value() == "checkmark":
			e.text = fmt.Sprintf("[%s] %s", map[int32]string{0: " ", 1: "x"}[props["toggle-state"].Value().(int32)], props["label"].Value())
		default:
			e.text = props["label"].Value().(string)
		}
		all = append(all, e)
	}
	return all
}

func texts(all []entry) string {
	var out []string
	for _, e := range all {
		out = append(out, e.text)
	}
	return strings.Join(out, " | ")
}

func (i item) click(t *testing.T, text string) {
	t.Helper()
	for _, e := range i.entries(t) {
		if strings.HasSuffix(e.text, text) {
			must(t, i.menu.Call("com.canonical.dbusmenu.Event", 0, e.id, "clicked", dbus.MakeVariant(""), uint32(0)).Err)
			return
		}
	}
	t.Fatalf("no %q in the menu", text)
}

var english = Menu{Open: "Open", Available: "Available", Quiet: "Quiet", Settings: "Settings", Quit: "Quit"}

// A process has one tray, so this is one story: no host, a host without a
// panel, an icon, clicks, changes, and a host that goes and comes.
func TestTrayOnADesktopsBus(t *testing.T) {
	bus := desktoptest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	pressed := make(chan Item, 10)
	tray := Start(func(i Item) { pressed <- i })
	defer tray.Close()
	watched := make(chan bool, 10)
	tray.Watch(func(there bool) { watched <- there })
	tray.Show(State{Unread: 3, Available: true, Tooltip: "Postvak\n3 unread", Menu: english})
	if tray.There() {
		t.Fatal("there is nobody to show it")
	}

	// A watcher that knows of no panel shows nothing.
	first := startHost(t, bus, false)
	conn := dial(t, bus)
	if hosted(t.Context(), conn) {
		t.Error("a watcher without a panel counts as one")
	}
	must(t, first.conn.Emit(watcherPath, watcher+".StatusNotifierHostUnregistered"))
	first.props.SetMust(watcher, "IsStatusNotifierHostRegistered", true)
	must(t, first.conn.Emit(watcherPath, watcher+".StatusNotifierHostRegistered"))
	if !within(t, "the host to be seen", watched) {
		t.Error("it came, and is told to have gone")
	}
	name := within(t, "the icon", first.items)
	if !strings.HasSuffix(name, "/StatusNotifierItem") {
		t.Fatalf("registered as %q", name)
	}
	owner := strings.TrimSuffix(name, "/StatusNotifierItem")
	icon := item{conn.Object(owner, itemPath), conn.Object(owner, itemPath+"/menu")}

	// What it shows.
	until(t, "icon and menu are there", func() bool {
		_, err := icon.object.GetProperty("org.kde.StatusNotifierItem.ToolTip")
		return err == nil
	})
	if got := icon.tooltip(t); got != "Postvak\n3 unread" {
		t.Errorf("tooltip %q", got)
	}
	if got, want := texts(icon.entries(t)), "Open | - | [x] Available | [ ] Quiet | - | Settings | Quit"; got != want {
		t.Errorf("menu\n%s\nwant\n%s", got, want)
	}
	if icon.property(t, "Title") != "Postvak" || icon.property(t, "Id") != "Postvak" || icon.property(t, "Status") != "Active" || icon.property(t, "ItemIsMenu") != false {
		t.Error("title, id, status or kind are wrong")
	}
	icon.looks(t, 3, false)

	// What can be pressed.
	for _, c := range []struct {
		label string
		item  Item
	}{{"Open", Open}, {"Available", Available}, {"Quiet", Quiet}, {"Settings", Settings}, {"Quit", Quit}} {
		icon.click(t, c.label)
		if got := within(t, c.label, pressed); got != c.item {
			t.Errorf("%s pressed: %s", c.label, got)
		}
	}
	must(t, icon.object.Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err)
	if got := within(t, "a click on the icon", pressed); got != Open {
		t.Errorf("the icon clicked: %s", got)
	}

	// What changes, in another language too.
	tray.Show(State{Unread: 120, Quiet: true, Tooltip: "Postvak\n120 ongelezen", Menu: Menu{"Openen", "Beschikbaar", "Stil", "Instellingen", "Afsluiten"}})
	until(t, "the tooltip changed", func() bool { return icon.tooltip(t) == "Postvak\n120 ongelezen" })
	until(t, "the menu changed", func() bool {
		return texts(icon.entries(t)) == "Openen | - | [ ] Beschikbaar | [x] Stil | - | Instellingen | Afsluiten"
	})
	icon.looks(t, 120, true)

	// A signal of another kind on the shared connection, as the keyring has
	// them, and then a panel that starts anew.
	shared, err := dbus.SessionBus()
	must(t, err)
	must(t, shared.AddMatchSignal(dbus.WithMatchInterface("org.example.Prompt")))
	must(t, conn.Emit("/prompt", "org.example.Prompt.Completed", false))
	first.goes()
	if within(t, "the host to be missed", watched) || tray.There() {
		t.Error("the host is gone, and nobody is told")
	}
	second := startHost(t, bus, true)
	if again := within(t, "the icon to come back", second.items); again != name {
		t.Errorf("it came back as %q, was %q", again, name)
	}
	if !within(t, "the new host to be seen", watched) || !tray.There() {
		t.Error("the new host is not seen")
	}
}

// looks compares what the bus has with what was drawn, pixel for pixel.
func (i item) looks(t *testing.T, unread int, quiet bool) {
	t.Helper()
	pictures := i.property(t, "IconPixmap").([][]any)
	if len(pictures) != 1 || pictures[0][0] != int32(iconSize) || pictures[0][1] != int32(iconSize) {
		t.Fatalf("%d pictures", len(pictures))
	}
	want := drawIcon(iconSize, unread, quiet)
	var argb []byte
	for p := want.Pix; len(p) > 0; p = p[4:] {
		if p[3] == 0 {
			argb = append(argb, 0, 0, 0, 0)
			continue
		}
		argb = append(argb, p[3], p[0], p[1], p[2])
	}
	if !bytes.Equal(pictures[0][2].([]byte), argb) {
		t.Errorf("the picture on the bus is not the one with %d", unread)
	}
}

func TestWithoutABusThereIsNoTray(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
	var told []bool
	watchHosts(t.Context(), func(there bool) { told = append(told, there) }) // returns
	if len(told) != 1 || told[0] {
		t.Errorf("told %v", told)
	}
}
