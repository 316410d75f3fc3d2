package desktop_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postvak/app/desktop"
	"postvak/app/desktop/desktoptest"
)

func TestHealthNamesTheServerAndWhatItCan(t *testing.T) {
	bus := desktoptest.StartBus(t)
	s := desktoptest.NewNamedServer(t, bus, "Plasma", desktoptest.Plasma)
	n := onLinux(t, bus)
	want := desktop.Health{Name: "Plasma", Running: true, Permitted: true, Actions: true, InlineReply: true}
	if h := n.Health(t.Context()); h != want {
		t.Errorf("%+v", h)
	}
	s.Stop()
	desktoptest.NewNamedServer(t, bus, "simple\x1b", desktoptest.Plain)
	if h := n.Health(t.Context()); h != (desktop.Health{Name: "simple", Running: true, Permitted: true}) {
		t.Errorf("%+v", h)
	}
}

// A server that comes when it is called counts as running, and Health does not
// call it.
func TestHealthBelievesInServersThatComeWhenCalled(t *testing.T) {
	bus := desktoptest.NewBus(t)
	n := onLinux(t, bus.Address)
	if h := n.Health(t.Context()); h.Running || !h.Permitted || !strings.Contains(h.Why, "no notification server") {
		t.Errorf("%+v", h)
	}
	program := filepath.Join(t.TempDir(), "server")
	called := program + ".called"
	if err := os.WriteFile(program, []byte("#!/bin/sh\n: >"+called+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	bus.Activatable(t, "org.freedesktop.Notifications", program)
	if h := n.Health(t.Context()); h != (desktop.Health{Running: true, Permitted: true}) {
		t.Errorf("%+v", h)
	}
	if _, err := os.Stat(called); err == nil {
		t.Error("asking started it")
	}
	if err := n.Show(t.Context(), notice("c1", "One")); err == nil {
		t.Error("shown by a server that ends at once")
	}
	if _, err := os.Stat(called); err != nil {
		t.Error("showing did not start it")
	}
}

func TestDoNotDisturbByProperty(t *testing.T) {
	for name, iface := range map[string]string{"Inhibited": "org.freedesktop.Notifications", "paused": "org.dunstproject.cmd0"} {
		s, n := desk(t, desktoptest.Dunst)
		if n.Health(t.Context()).DoNotDisturb {
			t.Errorf("%s: silent without being asked", name)
		}
		s.SetProperty(iface, name, true)
		if !n.Health(t.Context()).DoNotDisturb {
			t.Errorf("%s is not heard", name)
		}
		for _, other := range []any{false, "true", uint32(1)} {
			s.SetProperty(iface, name, other)
			if n.Health(t.Context()).DoNotDisturb {
				t.Errorf("%s: %v is not yes", name, other)
			}
		}
	}
}

func TestDoNotDisturbByADesktopsSettings(t *testing.T) {
	programs := t.TempDir()
	t.Setenv("PATH", programs+":"+os.Getenv("PATH"))
	for _, c := range []struct {
		server, program, args, prints string
		silent                        bool
	}{
		{"gnome-shell", "gsettings", "get org.gnome.desktop.notifications show-banners", "false", true},
		{"gnome-shell", "gsettings", "get org.gnome.desktop.notifications show-banners", "true", false},
		{"Xfce Notify Daemon", "xfconf-query", "-c xfce4-notifyd -p /do-not-disturb", "true", true},
		{"Xfce Notify Daemon", "xfconf-query", "-c xfce4-notifyd -p /do-not-disturb", "false", false},
	} {
		script := "#!/bin/sh\n[ \"$*\" = \"" + c.args + "\" ] && echo " + c.prints + "\n"
		if err := os.WriteFile(filepath.Join(programs, c.program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		bus := desktoptest.StartBus(t)
		desktoptest.NewNamedServer(t, bus, c.server, desktoptest.Gnome)
		if h := onLinux(t, bus).Health(t.Context()); h.DoNotDisturb != c.silent || h.Name != c.server {
			t.Errorf("%s says %s: %+v", c.program, c.prints, h)
		}
	}
}

// A desktop's own program that hangs, or is not there, holds nobody up.
func TestASettingThatIsNotSaidIsNo(t *testing.T) {
	bus := desktoptest.StartBus(t)
	desktoptest.NewNamedServer(t, bus, "gnome-shell", desktoptest.Gnome)
	n := onLinux(t, bus)
	programs := t.TempDir()
	for _, script := range []string{"#!/bin/sh\necho false\nexec /bin/sleep 600\n", "no program"} {
		if err := os.WriteFile(filepath.Join(programs, "gsettings"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", programs)
		if h := n.Health(t.Context()); h.DoNotDisturb || !h.Running {
			t.Errorf("%q: %+v", script, h)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if h := n.Health(t.Context()); h.DoNotDisturb || !h.Running {
		t.Errorf("without the program: %+v", h)
	}
}

// A bus or a server that does not answer is given up.
func TestABusThatHangsIsGivenUp(t *testing.T) {
	bus := desktoptest.NewBus(t)
	desktoptest.NewServer(t, bus.Address, desktoptest.Dunst)
	n := onLinux(t, bus.Address)
	thaw := bus.Freeze(t)
	defer thaw()
	if err := n.Show(t.Context(), notice("c1", "One")); err == nil {
		t.Error("shown by a bus that hangs")
	}
	if h := n.Health(t.Context()); h.Running || h.Why == "" {
		t.Errorf("%+v", h)
	}
	if _, err := desktop.Linux(bus.Address, nil); err == nil {
		t.Error("a bus that hangs answers")
	}
	thaw()
	show(t, n, notice("c1", "One"))
}
