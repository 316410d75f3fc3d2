//go:build packages

package windows

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	uninstall = `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Postvak`
	links     = `HKCU\Software\Classes\postvak\shell\open\command`
	runKey    = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`
)

// pack builds the program, or packs one that is built, and gives both paths.
func pack(t *testing.T, version, program string) (built, setup string) {
	t.Helper()
	args := []string{t.TempDir()}
	if program != "" {
		args = append(args, program)
	}
	cmd := exec.Command("../package-windows.sh", args...)
	cmd.Env = append(os.Environ(), "POSTVAK_VERSION="+version)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("package-windows.sh: %v\n%s%s", err, &out, &complaints)
	}
	paths := strings.Fields(out.String())
	return paths[0], paths[len(paths)-1]
}

// TestWindows is a person's years with the program. Each step stands on the one
// before.
func TestWindows(t *testing.T) {
	built, setup := pack(t, "1.2.3", "")
	newer := filepath.Join(t.TempDir(), "newer.exe")
	if err := os.WriteFile(newer, []byte("a newer program"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, upgrade := pack(t, "1.3.0", newer)
	p := &person{computer: atComputer(t), setup: setup, upgrade: upgrade}
	p.home = filepath.Join(p.local, "Programs", "Postvak")
	p.data = filepath.Join(p.local, "postvak")
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"the program says its version", func(t *testing.T) { p.saysVersion(t, built) }},
		{"it is not installed on an old Windows", p.refusesOldWindows},
		{"it is installed for this person", p.installs},
		{"the demo team works in it without a window", p.works},
		{"it is not replaced while it runs", p.staysWhileItRuns},
		{"an upgrade keeps what the person chose", p.upgrades},
		{"uninstalling keeps mail and another program for links", p.uninstalls},
		{"uninstalling takes the mail along when told", p.removesData},
	} {
		if !t.Run(step.name, step.do) {
			return
		}
	}
}

type person struct {
	*computer
	setup, upgrade string
	home, data     string // folders of the program and of its mail
	stop           func()
}

func (p *person) program() string { return filepath.Join(p.home, "postvak.exe") }

func (p *person) saysVersion(t *testing.T, program string) {
	if said, status := p.run(t, program, "--version"); status != 0 || !strings.HasPrefix(said, "postvak 1.2.3") {
		t.Errorf("it says %q and ends with %d", said, status)
	}
	if _, status := p.run(t, program, "--nonsense"); status != 2 {
		t.Errorf("wrong arguments end it with %d", status)
	}
}

func (p *person) refusesOldWindows(t *testing.T) {
	p.set(t, `HKCU\Software\Wine`, "Version", "win7")
	if _, status := p.run(t, p.setup, "/S"); status != 1 || there(p.home) {
		t.Errorf("it ends with %d; installed: %v", status, there(p.home))
	}
	p.set(t, `HKCU\Software\Wine`, "Version", "win10")
}

// installs does so without a question. WebView2 cannot be fetched here: the
// program is installed all the same.
func (p *person) installs(t *testing.T) {
	if _, status := p.run(t, p.setup, "/S"); status != 0 {
		t.Fatalf("it ends with %d", status)
	}
	menu := filepath.Join(p.drive, "users", "ann", "AppData", "Roaming", "Microsoft", "Windows", "Start Menu", "Programs", "Postvak.lnk")
	for _, path := range []string{p.program(), filepath.Join(p.home, "uninstall.exe"), filepath.Join(p.home, "LICENSE.txt"), menu} {
		if !there(path) {
			t.Errorf("%s is missing", path)
		}
	}
	if got := p.value(t, links, ""); got != `"C:\users\ann\AppData\Local\Programs\Postvak\postvak.exe" "%1"` {
		t.Errorf("links are opened by %q", got)
	}
	if got := p.value(t, uninstall, "DisplayVersion"); got != "1.2.3" {
		t.Errorf("Windows' list of programs has version %q", got)
	}
	if got := p.value(t, runKey, "postvak"); got != "" {
		t.Errorf("it starts at login, which nobody asked for: %q", got)
	}
}

// works starts the installed program and leaves it running.
func (p *person) works(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := p.command(ctx, p.program(), "--headless", "--sandbox", "--data", `C:\demo`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stop = func() { // wine's own process is the program's
		cancel()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("it says %q, %v", line, err)
	}
	var ready struct{ URL string }
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatalf("it says %q, %v", line, err)
	}
	var about struct {
		Version  string
		Licences []any
	}
	call(t, ready.URL, "Settings.About", &about)
	if about.Version != "1.2.3" || len(about.Licences) < 30 {
		t.Errorf("About says %q, with %d licences", about.Version, len(about.Licences))
	}
	eventually(t, "the demo's mail is there", func() bool {
		var sections []struct{ Total int }
		call(t, ready.URL, "Inbox.Sections", &sections)
		return len(sections) == 4 && sections[0].Total > 3
	})
}

// call makes a call without arguments.
func call(t *testing.T, address, name string, result any) {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+at.Host+"/call/"+name, strings.NewReader("[]"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+at.Query().Get("token"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer := struct {
		Result any
		Error  any
	}{Result: result}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Error != nil {
		t.Fatalf("%s: %v, %v", name, answer.Error, err)
	}
}

func (p *person) staysWhileItRuns(t *testing.T) {
	if _, status := p.run(t, p.upgrade, "/S"); status != 2 || p.value(t, uninstall, "DisplayVersion") != "1.2.3" {
		t.Errorf("the upgrade ends with %d and made it %s", status, p.value(t, uninstall, "DisplayVersion"))
	}
	if _, status := p.run(t, filepath.Join(p.home, "uninstall.exe"), "/S", `_?=C:\users\ann\AppData\Local\Programs\Postvak`); status != 2 || !there(p.program()) {
		t.Errorf("uninstalling ends with %d; there: %v", status, there(p.program()))
	}
	p.stop()
}

func (p *person) upgrades(t *testing.T) {
	p.set(t, runKey, "postvak", p.program()+" --hidden")
	var status int
	eventually(t, "the program has ended", func() bool {
		_, status = p.run(t, p.upgrade, "/S")
		return status != 2
	})
	if text, err := os.ReadFile(p.program()); status != 0 || err != nil || string(text) != "a newer program" {
		t.Errorf("it ends with %d; the program is %.20q, %v", status, text, err)
	}
	if got := p.value(t, uninstall, "DisplayVersion"); got != "1.3.0" {
		t.Errorf("Windows' list of programs has version %q", got)
	}
	if got := p.value(t, runKey, "postvak"); got == "" {
		t.Error("it does not start at login any more")
	}
}

// mail is something that the person has on this computer.
func (p *person) mail(t *testing.T) string {
	t.Helper()
	path := filepath.Join(p.data, "files", "a")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("mail"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ends runs the command that Windows' list of programs has.
func (p *person) ends(t *testing.T, more ...string) {
	t.Helper()
	command := strings.Trim(p.value(t, uninstall, "UninstallString"), `"`)
	if _, status := p.run(t, append([]string{command, "/S"}, more...)...); status != 0 {
		t.Fatalf("%q ends with %d", command, status)
	}
	// It goes on in a copy of itself; the last thing it does to the registry is
	// to leave Windows' list.
	eventually(t, "it is uninstalled", func() bool { return p.value(t, uninstall, "DisplayVersion") == "" })
}

func (p *person) uninstalls(t *testing.T) {
	mail, other := p.mail(t), filepath.Join(p.home, "not ours.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.ends(t)
	if there(p.program()) || !there(mail) || !there(other) {
		t.Errorf("program %v, mail %v, another's file %v", there(p.program()), there(mail), there(other))
	}
	for key, name := range map[string]string{links: "", runKey: "postvak"} {
		if got := p.value(t, key, name); got != "" {
			t.Errorf("%s still has %q", key, got)
		}
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
}

// Another program that the person chose for links keeps them throughout.
func (p *person) removesData(t *testing.T) {
	const another = `C:\elsewhere\mail.exe "%1"`
	if _, status := p.run(t, "reg", "add", links, "/ve", "/d", another, "/f"); status != 0 {
		t.Fatal("links have no other program")
	}
	if _, status := p.run(t, p.upgrade, "/S"); status != 0 {
		t.Fatalf("it ends with %d", status)
	}
	mail := p.mail(t)
	p.ends(t, "/REMOVEDATA")
	eventually(t, "the mail is gone", func() bool { return !there(mail) && !there(p.home) })
	if got := p.value(t, links, ""); got != another {
		t.Errorf("links are opened by %q", got)
	}
}
