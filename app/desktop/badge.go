package desktop

import (
	"context"
	"hash/fnv"
	"strconv"

	"github.com/godbus/dbus/v5"
)

// The launcher's number, as docks know it from Unity. dockName is owned by docks
// that want to hear it again when they start.
const (
	dockName   = "com.canonical.Unity"
	dockSignal = "com.canonical.Unity.LauncherEntry.Update"
	dockEntry  = "application://" + desktopEntry + ".desktop"
)

// Badge shows a number at the program's icon in the dock, none for 0, where n is
// a Notifier that can (only Linux's can) and the desktop has it. Nobody answers:
// whether it is seen is not known. It does not wait.
func Badge(n Notifier, count int) {
	if l, ok := n.(*onLinux); ok {
		l.setCount(max(count, 0))
	}
}

func (l *onLinux) setCount(count int) {
	l.mu.Lock()
	l.count = count
	l.mu.Unlock()
	l.stir()
}

// showCount says a count that was not said over this connection yet.
func (l *onLinux) showCount(count int) {
	if count == l.badge {
		return
	}
	ctx, cancel := context.WithTimeout(l.life, dialLimit)
	defer cancel()
	if err := l.connect(ctx); err != nil {
		l.log.Debug("no number at the launcher", "error", err.Error())
		return
	}
	err := l.conn.Emit(dockPath(), dockSignal, dockEntry, map[string]dbus.Variant{
		"count":         dbus.MakeVariant(int64(count)),
		"count-visible": dbus.MakeVariant(count > 0),
	})
	if err == nil {
		l.badge = count
	}
}

// dockPath is where the number comes from: any path that is the entry's own.
func dockPath() dbus.ObjectPath {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(dockEntry)) // a hash takes everything
	return dbus.ObjectPath("/com/canonical/unity/launcherentry/" + strconv.FormatUint(hash.Sum64(), 10))
}
