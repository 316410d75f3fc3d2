package desktop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// What the protocol is called on the bus. Its specification is freedesktop.org's
// "Desktop Notifications", version 1.2.
const (
	serverName = "org.freedesktop.Notifications"
	serverPath = dbus.ObjectPath("/org/freedesktop/Notifications")
	busName    = "org.freedesktop.DBus"
)

// askLimit is how long one question to a server may take.
const askLimit = time.Second

// errNoServer says that nobody shows notifications here and nobody comes when
// called.
var errNoServer = errors.New("no notification server on this desktop")

// dial connects to a bus; "" is the session's, and where there is none none is
// started. The connection is this package's own: the library's shared one is
// closed by others. What ctx has to say ends with the handshake.
func dial(ctx context.Context, address string) (*dbus.Conn, error) {
	life, end := context.WithCancel(context.Background())
	keep := context.AfterFunc(ctx, end)
	conn, err := open(address, dbus.WithContext(life), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err == nil {
		err = greet(conn)
	}
	if !keep() && err == nil {
		_ = conn.Close() // that it is closed is what we want
		err = context.Cause(ctx)
	}
	if err != nil {
		end()
		return nil, fmt.Errorf("session bus: %w", err)
	}
	return conn, nil
}

func open(address string, options ...dbus.ConnOption) (*dbus.Conn, error) {
	if address == "" {
		return dbus.SessionBusPrivateNoAutoStartup(options...)
	}
	return dbus.Dial(address, options...)
}

func greet(conn *dbus.Conn) error {
	err := conn.Auth(nil)
	if err == nil {
		err = conn.Hello()
	}
	if err != nil {
		_ = conn.Close() // it never began
	}
	return err
}

// ownerOf gives the connection that answers for notifications, "" when there is
// none. Signals and calls go by it: a name may change hands, it does not.
func ownerOf(ctx context.Context, conn *dbus.Conn) (string, error) {
	var owner string
	err := call(ctx, conn.BusObject(), busName+".GetNameOwner", serverName).Store(&owner)
	if isError(err, "NameHasNoOwner") {
		return "", nil
	}
	return owner, err
}

// activatable says whether the bus starts a server when one is called.
func activatable(ctx context.Context, conn *dbus.Conn) bool {
	var names []string
	err := call(ctx, conn.BusObject(), busName+".ListActivatableNames").Store(&names)
	return err == nil && slices.Contains(names, serverName)
}

// wake gives the owner, and has the bus start one where there is none.
func wake(ctx context.Context, conn *dbus.Conn) (string, error) {
	owner, err := ownerOf(ctx, conn)
	if owner != "" || err != nil {
		return owner, err
	}
	var started uint32
	err = conn.BusObject().CallWithContext(ctx, busName+".StartServiceByName", 0, serverName, uint32(0)).Store(&started)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoServer, err)
	}
	if owner, err = ownerOf(ctx, conn); err == nil && owner == "" {
		err = errNoServer
	}
	return owner, err
}

// server is who shows notifications, as it describes itself.
type server struct {
	owner string // its connection on the bus
	name  string
	caps  []string
}

func (s server) can(what string) bool { return slices.Contains(s.caps, what) }

// describe asks a server what it is.
func describe(ctx context.Context, conn *dbus.Conn, owner string) (server, error) {
	s := server{owner: owner}
	object := conn.Object(owner, serverPath)
	if err := call(ctx, object, serverName+".GetCapabilities").Store(&s.caps); err != nil {
		return s, err
	}
	var vendor, version, spec string
	err := call(ctx, object, serverName+".GetServerInformation").Store(&s.name, &vendor, &version, &spec)
	s.name = plainLabel(s.name)
	return s, err
}

// call asks one short question.
func call(ctx context.Context, object dbus.BusObject, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	return object.CallWithContext(ctx, method, 0, args...)
}

// isError says whether the bus or a server answered with one of these errors of
// the bus's own.
func isError(err error, names ...string) bool {
	var said dbus.Error
	if !errors.As(err, &said) {
		return false
	}
	short, own := strings.CutPrefix(said.Name, "org.freedesktop.DBus.Error.")
	return own && slices.Contains(names, short)
}
