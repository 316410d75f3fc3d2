package desktop

import (
	"context"
	"log/slog"
	"runtime"
)

// Choose picks the Notifier for this computer, once, at the start of the
// program. With a window: the system's own, where it answers. Without one: text
// where a desktop shows it, and nil where there is none, as on a server.
func Choose(window bool, log *slog.Logger) Notifier {
	return choose(runtime.GOOS, window, "", log)
}

func choose(system string, window bool, bus string, log *slog.Logger) Notifier {
	switch {
	case window && system != "linux":
		return Wails(log)
	case window:
		n, err := Linux(bus, log)
		if err == nil {
			return n
		}
		if log != nil {
			log.Warn("the desktop's notifications do not answer", "error", err.Error())
		}
		return Beeep(log)
	case system == "linux" && !busHealth(context.Background(), bus).Running:
		return nil
	}
	return Beeep(log)
}
