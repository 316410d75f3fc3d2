package app

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/adrg/xdg"
)

// WebData is what the window's web engine keeps by itself, in places of its own
// that carry the program's name: what pages store, such as a letter that was
// begun, and its cache. It knows of no profiles, and goes with the usual one.
type WebData struct{}

var _ Entry = WebData{}

// webStores are what WebKitGTK makes in the folder for application data, which
// is the usual profile's too: whatever else lies there is not the engine's.
var webStores = []string{
	"databases", "deviceidhashsalts", "hsts-storage.sqlite", "hsts-storage.sqlite-shm", "hsts-storage.sqlite-wal",
	"itp", "localstorage", "mediakeys", "serviceworkers", "storage",
}

// Unregister removes it. Elsewhere than on Linux the engine's folder is still
// in use when the program ends, and goes with the program.
func (WebData) Unregister() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	errs := []error{os.RemoveAll(filepath.Join(xdg.CacheHome, "postvak"))}
	for _, name := range webStores {
		errs = append(errs, os.RemoveAll(filepath.Join(DefaultDir(false), name)))
	}
	return errors.Join(errs...)
}
