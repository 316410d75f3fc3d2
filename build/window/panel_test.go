//go:build window

package window

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

const watcher = "org.kde.StatusNotifierWatcher"

// panelConfig is an Xfce panel at the lower edge with nothing but a tray.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=720;y=885"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
`

// panel is a running Xfce panel.
type panel struct{ cmd *exec.Cmd }

// startPanel gives the desktop a tray, and returns when icons can register.
func (d *desktop) startPanel(t *testing.T) *panel {
	t.Helper()
	dir := filepath.Join(d.home, ".config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "xfce4-panel.xml"), []byte(panelConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &panel{d.command(t, "xfce4-panel", "xfce4-panel")}
	launch(t, p.cmd)
	conn := d.dial(t)
	eventually(t, "the panel shows trays", func() bool {
		there, err := conn.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".IsStatusNotifierHostRegistered")
		return err == nil && there.Value() == true
	})
	return p
}

// dies ends the panel as a crash does, with its plugins.
func (p *panel) dies() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

func (d *desktop) dial(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(d.bus(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// icon is the program's in the tray, as the panel sees it.
type icon struct {
	t            *testing.T
	object, menu dbus.BusObject
}

// icon waits until the panel has been given the program's icon.
func (d *desktop) icon(t *testing.T, p *program) icon {
	t.Helper()
	conn := d.dial(t)
	name := fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", p.cmd.Process.Pid)
	eventually(t, "the panel has the icon", func() bool {
		var owner string
		if conn.BusObject().Call("org.freedesktop.DBus.GetNameOwner", 0, name).Store(&owner) != nil {
			return false
		}
		items, err := conn.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".RegisteredStatusNotifierItems")
		return err == nil && strings.Contains(fmt.Sprint(items.Value()), owner+"/StatusNotifierItem")
	})
	return icon{t, conn.Object(name, "/StatusNotifierItem"), conn.Object(name, "/StatusNotifierItem/menu")}
}

func (i icon) property(name string) any {
	i.t.Helper()
	value, err := i.object.GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		i.t.Fatal(err)
	}
	return value.Value()
}

func (i icon) tooltip() string { return i.property("ToolTip").([]any)[2].(string) }

// picture is the icon's pixels as the panel gets them.
func (i icon) picture() string { return string(i.property("IconPixmap").([][]any)[0][2].([]byte)) }

// click clicks the icon itself.
func (i icon) click() {
	i.t.Helper()
	if err := i.object.Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		i.t.Fatal(err)
	}
}

// drawnAt finds the number's red bubble on the panel, as the panel drew it.
func (d *desktop) drawnAt(t *testing.T) image.Point {
	t.Helper()
	var at image.Point
	eventually(t, "the panel has drawn the icon", func() bool {
		screen := d.screenshot(t, window{id: "root"})
		b := screen.Bounds()
		for y := b.Max.Y - 30; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if c := rgba(screen, x, y); c.R > 0xb0 && c.G < 0x50 && c.B < 0x50 {
					at = image.Pt(x, y)
					return true
				}
			}
		}
		return false
	})
	return at
}

// clickDrawn clicks the icon with the mouse, where the panel drew it.
func (d *desktop) clickDrawn(t *testing.T) {
	t.Helper()
	at := d.drawnAt(t)
	if out, ok := d.run(t, "xdotool", "xdotool", "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1"); !ok {
		t.Fatalf("xdotool: %s", out)
	}
}

// entries are the menu's labels, with what is ticked, and their ids.
func (i icon) entries() (ids map[string]int32, ticked map[string]bool) {
	i.t.Helper()
	var revision uint32
	var layout struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	if err := i.menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &layout); err != nil {
		i.t.Fatal(err)
	}
	ids, ticked = map[string]int32{}, map[string]bool{}
	for _, child := range layout.Children {
		parts := child.Value().([]any)
		props := parts[1].(map[string]dbus.Variant)
		if label, ok := props["label"].Value().(string); ok {
			ids[label] = parts[0].(int32)
			ticked[label] = props["toggle-state"].Value() == int32(1)
		}
	}
	return ids, ticked
}

func (i icon) ticked(label string) bool {
	i.t.Helper()
	_, ticked := i.entries()
	return ticked[label]
}

// press presses a line of the menu.
func (i icon) press(label string) {
	i.t.Helper()
	ids, _ := i.entries()
	id, ok := ids[label]
	if !ok {
		i.t.Fatalf("no %q in the menu: %v", label, ids)
	}
	if err := i.menu.Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
		i.t.Fatal(err)
	}
}

// place says whether the program's window is shown, minimised or hidden, as
// the window manager knows it.
func (d *desktop) place(t *testing.T) string {
	t.Helper()
	managed, _ := d.run(t, "wmctrl", "wmctrl", "-l")
	visible, _ := d.run(t, "xdotool", "xdotool", "search", "--onlyvisible", "--name", windowName)
	switch {
	case !strings.Contains(managed, "Postvak"):
		return "hidden"
	case strings.TrimSpace(visible) == "":
		return "minimised"
	}
	return "shown"
}

// windowName is the title, with what is unread before it.
const windowName = `^(\([0-9]+\) )?Postvak$`

func (d *desktop) comesTo(t *testing.T, place string) {
	t.Helper()
	eventually(t, "the window is "+place, func() bool { return d.place(t) == place })
}

// title is the window's as the window manager shows it.
func (d *desktop) title(t *testing.T, w window) string {
	t.Helper()
	out, _ := d.run(t, "xdotool", "xdotool", "getwindowname", w.id)
	return strings.TrimSpace(out)
}

// cross clicks the window's cross.
func (d *desktop) cross(t *testing.T) {
	t.Helper()
	if out, ok := d.run(t, "wmctrl", "wmctrl", "-c", "Postvak"); !ok {
		t.Fatalf("wmctrl: %s", out)
	}
}
