//go:build !windows && !darwin

package tray

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	itemPath    = "/StatusNotifierItem" // where the library puts the icon

	// answerLimit is how long a panel may take to answer.
	answerLimit = 5 * time.Second
	// iconSize is twice the usual panel's: hosts scale it down.
	iconSize = 48
)

// itemName is what the library calls the icon on the bus.
func itemName() string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) }

// begin makes the icon known on the bus. It connects by the shared connection,
// which lives as long as the program: the keyring uses it too, so nothing here
// may close it.
func begin(build func()) {
	start, _ := systray.RunWithExternalLoop(nil, nil)
	build() // before the start: a host then sees the whole of it
	start()
}

// end only stops the library's own goroutine. The library's end would close the
// shared connection; the icon goes with the process.
func end() { systray.Quit() }

func setIcon(s State) { systray.SetIcon(pngFor(drawIcon(iconSize, s.Unread, s.Quiet))) }

// pngFor writes a picture so that the library hands hosts its true colours. It
// takes the low byte of what Go gives it: sixteen bits a channel, already
// multiplied by the alpha, of which the low byte is noise wherever the picture
// is half transparent. So each channel here is one whose product with the alpha
// is the colour itself.
func pngFor(p *image.NRGBA) []byte {
	out := image.NewNRGBA64(p.Bounds())
	for y := range p.Bounds().Dy() {
		for x := range p.Bounds().Dx() {
			c := p.NRGBAAt(x, y)
			if c.A == 0 {
				continue
			}
			alpha := uint32(c.A) * 0x101
			channel := func(v uint8) uint16 { return uint16((uint32(v)*0xffff + alpha - 1) / alpha) }
			out.SetNRGBA64(x, y, color.NRGBA64{channel(c.R), channel(c.G), channel(c.B), uint16(alpha)})
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, out) // into memory, and it has a size
	return b.Bytes()
}

// title is the icon's name for hosts that list icons by name.
func title(State) string { return "Postvak" }

// watchHosts follows the watcher that panels register with, and has it know the
// icon again after it came back.
func watchHosts(ctx context.Context, tell func(bool)) {
	conn, err := connect(ctx)
	if err != nil {
		tell(false)
		return
	}
	defer func() { _ = conn.Close() }()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	if err := subscribe(ctx, conn); err != nil {
		tell(false)
		return
	}
	tell(hosted(ctx, conn))
	for {
		select {
		case <-ctx.Done():
			return
		case signal, open := <-signals:
			if !open { // the session ends
				tell(false)
				return
			}
			if appeared(signal) {
				registerAgain(ctx, conn)
			}
			tell(hosted(ctx, conn))
		}
	}
}

// connect takes a connection of its own, and never starts a bus: one that is
// started because somebody asked for it has no panel anyway.
func connect(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func subscribe(ctx context.Context, conn *dbus.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher))
	if err != nil {
		return err
	}
	return conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(watcher), dbus.WithMatchObjectPath(watcherPath))
}

// appeared says whether a signal tells of a watcher that was not there before.
func appeared(signal *dbus.Signal) bool {
	if signal.Name != "org.freedesktop.DBus.NameOwnerChanged" || len(signal.Body) < 3 {
		return false
	}
	owner, _ := signal.Body[2].(string)
	return owner != ""
}

// hosted asks whether a watcher is there that knows a host.
func hosted(ctx context.Context, conn *dbus.Conn) bool {
	answer, err := property(ctx, conn, "IsStatusNotifierHostRegistered")
	there, _ := answer.Value().(bool)
	return err == nil && there
}

func property(ctx context.Context, conn *dbus.Conn, name string) (dbus.Variant, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	var value dbus.Variant
	err := conn.Object(watcher, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get",
		dbus.FlagNoAutoStart, watcher, name).Store(&value)
	return value, err
}

// registerAgain has a new watcher know the icon. The library does so too, but
// stops listening at the first signal of another kind on the shared connection,
// such as the keyring's. Watchers take the same icon twice as one.
func registerAgain(ctx context.Context, conn *dbus.Conn) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	var owner string
	if conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, itemName()).Store(&owner) != nil {
		return // nothing was shown yet
	}
	shared, err := dbus.SessionBus() // the one that has the icon
	if err != nil {
		return
	}
	_ = shared.Object(watcher, watcherPath).CallWithContext(ctx, watcher+".RegisterStatusNotifierItem",
		dbus.FlagNoAutoStart, itemPath).Err // a watcher that refuses is gone again
}
