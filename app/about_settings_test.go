package app

import (
	"strings"
	"testing"

	"postvak/app/about"
)

func TestAboutHasTheTextOfEveryLicence(t *testing.T) {
	r := startRig(t, Options{})
	got := call[About](r, "Settings.About")
	if got.Version != about.Version() || got.Commit != about.Commit() || got.Date != about.Date() {
		t.Errorf("it says %q, %q, %q", got.Version, got.Commit, got.Date)
	}
	names := map[string]bool{}
	for _, c := range got.Licences {
		if c.Licence == "" || names[c.Name] {
			t.Errorf("%q: licence %q, twice %v", c.Name, c.Licence, names[c.Name])
		}
		names[c.Name] = true
		if text := call[string](r, "Settings.Licence", c.Name); len(text) < 100 {
			t.Errorf("the licence of %s is %q", c.Name, text)
		}
	}
	for _, name := range []string{"Go", "SQLite", "svelte", "github.com/wailsapp/wails/v2"} {
		if !names[name] {
			t.Errorf("%s is not named among %d", name, len(names))
		}
	}
	r.refused("not_found", "Settings.Licence", "../../etc/passwd")
	r.refused("not_found", "Settings.Licence", strings.Repeat("x", 10_000))
	r.refused("invalid", "Settings.Licence")
}
