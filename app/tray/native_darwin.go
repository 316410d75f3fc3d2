//go:build cgo

package tray

/*
#include <dispatch/dispatch.h>

extern void postvakTrayBegins(void);

static void trayBegins(void *nothing) { postvakTrayBegins(); }
static void onMainThread(void) { dispatch_async_f(dispatch_get_main_queue(), NULL, trayBegins); }
*/
import "C"

import (
	"bytes"
	"context"
	"image/png"
	"strconv"

	"fyne.io/systray"
)

// trayStart is what the main thread calls; it is set before it is asked to.
var trayStart func()

//export postvakTrayBegins
func postvakTrayBegins() { trayStart() }

// begin makes the icon on the main thread, as macOS demands.
func begin(build func()) {
	trayStart, _ = systray.RunWithExternalLoop(build, nil)
	C.onMainThread()
}

// end does nothing: the library's Quit would end the whole program at once.
func end() {}

// setIcon draws in one colour, which the menu bar adapts to light and dark; the
// number stands beside it.
func setIcon(State) {
	var b bytes.Buffer
	if png.Encode(&b, drawTemplate(36)) == nil {
		systray.SetTemplateIcon(b.Bytes(), b.Bytes())
	}
}

func title(s State) string {
	if s.Unread == 0 {
		return ""
	}
	return strconv.Itoa(s.Unread)
}

// watchHosts: the menu bar always has a place for it.
func watchHosts(_ context.Context, tell func(bool)) { tell(true) }
