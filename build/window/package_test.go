//go:build packages

package window

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"postvak/app/autostart"
)

// TestPackages is a person's years with the program: they tried a copy, install
// the package, follow links, upgrade and remove it. Each step stands on the one
// before.
func TestPackages(t *testing.T) {
	if onlyHere != "" {
		t.Skip(onlyHere)
	}
	p := atDesk(t)
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"the copy's entry makes way for the package's", p.replacesTheCopy},
		{"links open it cold and warm", p.followsLinks},
		{"it is upgraded while it runs", p.upgradesWhileItRuns},
		{"it is removed while it runs", p.removesWhileItRuns},
		{"start at login survives an upgrade", p.startsAtLoginAfterAnUpgrade},
		{"nothing but the person's own stays", p.removes},
		{"it is installed, upgraded and removed by rpm", p.tookTheOtherPackage},
	} {
		if !t.Run(step.name, step.do) {
			return
		}
	}
}

func (p *person) replacesTheCopy(t *testing.T) {
	copied := filepath.Join(p.home, "Downloads", "postvak")
	text, err := os.ReadFile(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, copied, string(text))
	cmd := p.command(t, "the program", copied)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "links are opened by the copy", func() bool { return p.opensLinks(t) == "postvak-links.desktop" })
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the copy ended with %v", err)
	}

	p.apt(t, "install", packed(t, "", "deb"))
	p.launches(t, installedEntry)
	p.drawn(t)
	eventually(t, "links are opened by the package", func() bool { return p.opensLinks(t) == "postvak.desktop" })
	if _, err := os.Stat(filepath.Join(p.home, ".local/share/applications/postvak-links.desktop")); !os.IsNotExist(err) {
		t.Errorf("the copy's entry is still there: %v", err)
	}
	p.quits(t)
}

// launches starts an entry as a menu does.
func (p *person) launches(t *testing.T, entry string) {
	t.Helper()
	launch(p.whole, p.command(t, "libglib2.0-bin", "gio", "launch", entry))
}

// follows opens a link as other programs do.
func (p *person) follows(t *testing.T, link string) {
	t.Helper()
	launch(p.whole, p.command(t, "xdg-utils", "xdg-open", link))
}

func (p *person) followsLinks(t *testing.T) {
	p.follows(t, p.link(0))
	p.sees(t, 0, "cold")
	launch(p.whole, p.command(t, "libglib2.0-bin", "gio", "open", p.link(1)))
	p.sees(t, 1, "warm")
}

func (p *person) upgradesWhileItRuns(t *testing.T) {
	before := running(t)
	p.apt(t, "install", packed(t, "newer", "deb"))
	if after := running(t); !slices.Equal(before, after) {
		t.Fatalf("the programs that run were %v and are %v", before, after)
	}
	p.follows(t, p.link(0)) // the new program tells the old one
	p.sees(t, 0, "warm after an upgrade")
	p.quits(t)
	if got := p.version(t); got != newer {
		t.Errorf("version %s is installed, want %s", got, newer)
	}
	p.follows(t, p.link(1))
	p.sees(t, 1, "cold after an upgrade")
}

func (p *person) removesWhileItRuns(t *testing.T) {
	p.apt(t, "remove", "postvak")
	p.sees(t, 1, "after removal")
	p.quits(t)
}

func (p *person) startsAtLoginAfterAnUpgrade(t *testing.T) {
	p.apt(t, "install", packed(t, "", "deb"))
	if err := p.login(t).Set(true); err != nil {
		t.Fatal(err)
	}
	p.apt(t, "install", packed(t, "newer", "deb"))
	if on, err := p.login(t).On(); err != nil || !on {
		t.Errorf("start at login is %v, %v", on, err)
	}
	p.launches(t, p.atLogin())
	p.comesTo(t, "minimised") // there is no tray
	p.follows(t, p.link(0))
	p.sees(t, 0, "warm after login")
	p.quits(t)
}

// login is what the settings of the installed program write.
func (p *person) login(t *testing.T) autostart.Entry {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(p.home, ".config"))
	return autostart.Entry{Name: "postvak", Title: "Postvak", Command: []string{installed, "--hidden"}}
}

func (p *person) atLogin() string { return filepath.Join(p.home, ".config/autostart/postvak.desktop") }

func (p *person) removes(t *testing.T) {
	had, kept := strings.Fields(p.does(t, "dpkg", "-L", "postvak")), p.sum(t)
	if !slices.Contains(had, installed) {
		t.Fatalf("the package has no program: %v", had)
	}
	p.apt(t, "remove", "postvak")
	if now := p.sum(t); now != kept {
		t.Error("removing the package changed the profile")
	}
	p.isGone(t)
	if out, ok := p.run(t, "libglib2.0-bin", "gio", "launch", p.atLogin()); ok {
		t.Errorf("a desktop would still start it at login: %s", out)
	}
	if _, err := os.Stat(p.atLogin()); err != nil {
		t.Errorf("what the person switched on is not theirs any more: %v", err)
	}
}

// isGone looks for anything of the package on the system.
func (p *person) isGone(t *testing.T) {
	t.Helper()
	if left := leftBehind(t); len(left) > 0 {
		t.Errorf("left on the system: %v", left)
	}
	if got := p.opensLinks(t); got != "" {
		t.Errorf("links are still opened by %q", got)
	}
	if out, ok := p.run(t, "libglib2.0-bin", "gio", "open", p.link(0)); ok {
		t.Errorf("a link was opened: %s", out)
	}
}

// tookTheOtherPackage has the same program by rpm. Debian's own rpm is told that
// it may, and knows nothing of the libraries that are there.
func (p *person) tookTheOtherPackage(t *testing.T) {
	p.does(t, "rpm", "--force-debian", "--nodeps", "-i", packed(t, "", "rpm"))
	p.does(t, "rpm", "-V", "--nodeps", "postvak")
	// Fedora's own triggers do this.
	p.does(t, "update-desktop-database", filepath.Dir(installedEntry))
	p.follows(t, p.link(1))
	p.sees(t, 1, "cold by rpm")
	p.does(t, "rpm", "--force-debian", "--nodeps", "-U", packed(t, "newer", "rpm"))
	p.follows(t, p.link(0))
	p.sees(t, 0, "warm by rpm")
	p.quits(t)
	if got := p.version(t); got != newer {
		t.Errorf("version %s is installed, want %s", got, newer)
	}
	kept := p.sum(t)
	p.does(t, "rpm", "--force-debian", "-e", "postvak")
	p.does(t, "update-desktop-database", filepath.Dir(installedEntry))
	if p.sum(t) != kept {
		t.Error("removing the package changed the profile")
	}
	p.isGone(t)
}
