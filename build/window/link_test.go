//go:build window

package window

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// opens gives a link to the system, as a browser or a CRM does. What it starts
// ends with the test.
func (d *desktop) opens(t *testing.T, link string) {
	t.Helper()
	launch(t, d.command(t, "xdg-utils", "xdg-open", link))
}

// installs puts the program in its place as a package does: on the path, with
// its desktop entry in the index. It keeps to one folder.
func (d *desktop) installs(t *testing.T, dir string) {
	t.Helper()
	binary, err := filepath.Abs(filepath.Join("..", "bin", "postvak"))
	if err != nil {
		t.Fatal(err)
	}
	bin, applications := filepath.Join(d.home, "bin"), filepath.Join(d.home, "share", "applications")
	entry, err := os.ReadFile(filepath.Join("..", "linux", "postvak.desktop"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(bin, "postvak"), "#!/bin/sh\nexec '"+binary+"' --sandbox --data '"+dir+"' \"$@\"\n")
	write(t, filepath.Join(applications, "postvak.desktop"), string(entry))
	d.env = append(d.env, "PATH="+bin+":"+os.Getenv("PATH"), "XDG_DATA_DIRS="+filepath.Join(d.home, "share")+":/usr/share")
	if out, ok := d.run(t, "desktop-file-utils", "update-desktop-database", applications); !ok {
		t.Fatalf("the index of entries: %s", out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// ids asks a demo without a window for the conversations that its list begins
// with. The folder keeps them.
func (d *desktop) ids(t *testing.T, dir string) (ids []string) {
	t.Helper()
	cmd := d.command(t, "the program", filepath.Join("..", "bin", "postvak"), "--headless", "--sandbox", "--data", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var at struct{ URL string }
	if err != nil || json.Unmarshal(line, &at) != nil {
		t.Fatalf("it says %q, %v", line, err)
	}
	address, err := url.Parse(at.URL)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the demo's mail is there", func() bool {
		ids = listed(t, address)
		return len(ids) > 5
	})
	return ids
}

func listed(t *testing.T, at *url.URL) (ids []string) {
	t.Helper()
	body := bytes.NewBufferString(`[{"section":"unassigned","sort":"oldest"}]`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+at.Host+"/call/Inbox.List", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+at.Query().Get("token"))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var page struct {
		Result struct{ Rows []struct{ ID string } }
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Result.Rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// TestALinkOpensItsConversation is a link in a note that somebody clicks: the
// program is started at that conversation, or comes to the front with it.
func TestALinkOpensItsConversation(t *testing.T) {
	d := startDesktop(t)
	dir := filepath.Join(t.TempDir(), "profile")
	ids := d.ids(t, dir)
	d.installs(t, dir)
	link := func(n int) string { return "postvak://conversation/" + url.PathEscape(ids[n]) + "?note=abc.1.2.xyz" }

	d.opens(t, link(0))
	w := d.window(t, windowName)
	head := image.Rect(560, 0, 800, 50) // the contact's name
	drawn := func(now image.Image) bool { return colours(now, drawnColours/2) == drawnColours/2 }
	first := d.settled(t, w, head, "cold link", drawn)

	d.opens(t, link(1))
	second := d.settled(t, w, head, "warm link", func(now image.Image) bool { return changed(first, now) > 0.02 && drawn(now) })
	if out, _ := d.run(t, "wmctrl", "wmctrl", "-l"); strings.Count(out, "Postvak") != 1 {
		t.Errorf("there is more than one window:\n%s", out)
	}

	d.cross(t)
	d.comesTo(t, "minimised") // there is no tray
	d.opens(t, link(0))
	d.comesTo(t, "shown")
	d.settled(t, w, head, "first again", func(now image.Image) bool { return changed(second, now) > 0.02 && changed(first, now) < 0.02 })
}

// TestAProgramThatNobodyInstalledOpensLinksToo is one that was only copied to
// its place and started once.
func TestAProgramThatNobodyInstalledOpensLinksToo(t *testing.T) {
	d := startDesktop(t)
	p := d.startPostvak(t)
	d.window(t, windowName)
	eventually(t, "the system knows who opens links", func() bool {
		out, _ := d.run(t, "xdg-utils", "xdg-mime", "query", "default", "x-scheme-handler/postvak")
		return strings.TrimSpace(out) == "postvak-links.desktop"
	})
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.endsWell(t, 15*time.Second)
	d.opens(t, "postvak://conversation/none")
	d.window(t, windowName)
}
