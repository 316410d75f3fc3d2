package desktop

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// healthLimit is how long all of Health may take.
const healthLimit = 3 * time.Second

// busHealth asks a bus how notifications are there. It uses a connection of its
// own, so that it also finds out whether one can be made.
func busHealth(ctx context.Context, address string) Health {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	conn, err := dial(ctx, address)
	if err != nil {
		return Health{Permitted: true, Why: err.Error()}
	}
	defer func() { _ = conn.Close() }() // it served its one purpose
	owner, err := ownerOf(ctx, conn)
	switch {
	case err != nil:
		return Health{Running: !permitted(err), Permitted: permitted(err), Why: err.Error()} // who forbids is there
	case owner == "" && activatable(ctx, conn):
		return Health{Running: true, Permitted: true}
	case owner == "":
		return Health{Permitted: true, Why: errNoServer.Error()}
	}
	s, err := describe(ctx, conn, owner)
	if err != nil {
		return Health{Running: true, Permitted: permitted(err), Name: s.name, Why: err.Error()}
	}
	return Health{
		Name: s.name, Running: true, Permitted: true, Actions: s.can("actions"), InlineReply: s.can("inline-reply"),
		DoNotDisturb: doNotDisturb(ctx, conn, s, address),
	}
}

// permitted is false when an error says that we may not.
func permitted(err error) bool { return !isError(err, "AccessDenied") }

// doNotDisturb asks the server in the ways that servers have for it: the
// protocol has none.
func doNotDisturb(ctx context.Context, conn *dbus.Conn, s server, address string) bool {
	switch s.name {
	case "gnome-shell":
		return says(ctx, address, "false", "gsettings", "get", "org.gnome.desktop.notifications", "show-banners")
	case "Xfce Notify Daemon":
		return says(ctx, address, "true", "xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb")
	}
	return property(ctx, conn, s.owner, serverName, "Inhibited") || // Plasma
		property(ctx, conn, s.owner, "org.dunstproject.cmd0", "paused")
}

// property reads a property that is true or false; one that cannot be read is
// false.
func property(ctx context.Context, conn *dbus.Conn, owner, iface, name string) bool {
	var value dbus.Variant
	err := call(ctx, conn.Object(owner, serverPath), "org.freedesktop.DBus.Properties.Get", iface, name).Store(&value)
	is, ok := value.Value().(bool)
	return err == nil && ok && is
}

// says asks a desktop's own program for a setting and compares what it prints.
// Where it is not installed, nothing is said.
func says(ctx context.Context, address, want, program string, args ...string) bool {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = askLimit / 10
	if address != "" {
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address)
	}
	out, err := cmd.Output()
	return err == nil && strings.TrimSpace(string(out)) == want
}
