//go:build packages

package window

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// installed is where the packages put the program.
const (
	installed      = "/usr/bin/postvak"
	installedEntry = "/usr/share/applications/postvak.desktop"
)

// person is somebody at a desktop with the program's usual profile, in which
// mail of earlier is.
type person struct {
	*desktop
	whole   *testing.T // what is started lives until all steps are done
	profile string
	ids     []string               // of two conversations
	shown   map[string]image.Image // and how their heads look, by id
}

// atDesk makes the profile out of the demo's: what it holds is read without a
// network, as everything that is cached.
func atDesk(t *testing.T) *person {
	t.Helper()
	p := &person{desktop: startDesktop(t), whole: t, shown: map[string]image.Image{}}
	p.profile = filepath.Join(p.home, ".local", "share", "postvak")
	p.ids = p.desktop.ids(t, p.profile)[:2]
	file := filepath.Join(p.profile, "profile.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	real := strings.Replace(string(text), `"sandbox":true`, `"sandbox":false`, 1)
	if real == string(text) {
		t.Fatalf("this is no demo's profile: %s", text)
	}
	write(t, file, real)
	return p
}

// does runs a command as root and fails the test with what it says.
func (p *person) does(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(p.env, "DEBIAN_FRONTEND=noninteractive", "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (p *person) apt(t *testing.T, args ...string) {
	t.Helper()
	p.does(t, "apt-get", append([]string{"-q", "-y", "--no-install-recommends", "-o", "APT::Sandbox::User=root"}, args...)...)
}

// link is what a note in the CRM has.
func (p *person) link(n int) string {
	return "postvak://conversation/" + url.PathEscape(p.ids[n]) + "?note=abc.1.2.xyz"
}

// headPart is where the contact's name stands.
var headPart = image.Rect(560, 0, 800, 50)

// sees waits until a conversation is open, in the only window. Its picture is
// the one of the first time.
func (p *person) sees(t *testing.T, n int, when string) {
	t.Helper()
	id := p.ids[n]
	first, before := p.shown[id]
	w := p.window(t, windowName)
	now := p.settled(t, w, headPart, "package "+when, func(now image.Image) bool {
		for other, head := range p.shown {
			if other != id && changed(head, now) < 0.02 {
				return false
			}
		}
		return colours(now, drawnColours/2) == drawnColours/2 && (!before || changed(first, now) < 0.02)
	})
	p.shown[id] = now
	if out, _ := p.run(t, "wmctrl", "wmctrl", "-l"); strings.Count(out, "Postvak") != 1 {
		t.Errorf("%s there is not one window:\n%s", when, out)
	}
}

// running gives the installed programs that run. Nobody else's are among them:
// the tests have processes of their own.
func running(t *testing.T) (pids []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		exe, _ := os.Readlink(filepath.Join("/proc", entry.Name(), "exe"))
		if strings.TrimSuffix(exe, " (deleted)") == installed {
			pids = append(pids, pid)
		}
	}
	return pids
}

// quits ends the program, and waits until it has let go of the profile.
func (p *person) quits(t *testing.T) {
	t.Helper()
	pids := running(t)
	if len(pids) != 1 {
		t.Fatalf("%d programs run, want 1", len(pids))
	}
	if err := syscall.Kill(pids[0], syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the program has ended", func() bool { return len(running(t)) == 0 })
}

// opensLinks is the entry with which the desktop opens them.
func (p *person) opensLinks(t *testing.T) string {
	t.Helper()
	out, _ := p.run(t, "xdg-utils", "xdg-mime", "query", "default", "x-scheme-handler/postvak")
	return strings.TrimSpace(out)
}

// version is what the installed program says of itself.
func (p *person) version(t *testing.T) string {
	t.Helper()
	said := strings.Fields(p.does(t, installed, "--version"))
	if len(said) < 2 || said[0] != "postvak" {
		t.Fatalf("the program says %q", said)
	}
	return said[1]
}

// sum is over every file of the profile.
func (p *person) sum(t *testing.T) string {
	t.Helper()
	all := sha256.New()
	err := filepath.WalkDir(p.profile, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write([]byte(path))
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(all.Sum(nil))
}

// leftBehind are the files with the program's name that are on the system and
// were not before. Logs of what was installed when are the system's own.
func leftBehind(t *testing.T) (left []string) {
	t.Helper()
	for _, dir := range overlaid {
		err := filepath.WalkDir(upper(dir), func(path string, entry fs.DirEntry, err error) error {
			gone := entry != nil && entry.Type()&fs.ModeCharDevice != 0 // an overlay's note of what it hides
			if err == nil && !gone && strings.Contains(entry.Name(), "postvak") {
				left = append(left, dir+strings.TrimPrefix(path, upper(dir)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return left
}
