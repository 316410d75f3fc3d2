package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// machine is the program in headless mode, as a script reaches it.
type machine struct {
	t           *testing.T
	base, token string
	ended       chan int
}

func startMachine(t *testing.T, dir string) *machine {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
	} {
		t.Setenv(name, value)
	}
	r, w := io.Pipe()
	m := &machine{t: t, ended: make(chan int, 1)}
	var complaints bytes.Buffer
	go func() {
		m.ended <- Main([]string{"--headless", "--sandbox", "--data", dir}, fstest.MapFS{}, w, &complaints)
		_ = w.Close()
	}()
	line, err := bufio.NewReader(r).ReadBytes('\n')
	var ready struct{ URL string }
	if err != nil || json.Unmarshal(line, &ready) != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	address, err := url.Parse(ready.URL)
	if err != nil {
		t.Fatal(err)
	}
	m.base, m.token = "http://"+address.Host, address.Query().Get("token")
	return m
}

func (m *machine) send(method, path string, body []byte) (int, []byte) {
	m.t.Helper()
	request, err := http.NewRequestWithContext(m.t.Context(), method, m.base+path, bytes.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+m.token)
	request.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "house"}))
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	return response.StatusCode, text
}

func (m *machine) call(into any, name string, arguments ...any) int {
	m.t.Helper()
	text, _ := json.Marshal(append([]any{}, arguments...))
	status, body := m.send(http.MethodPost, "/call/"+name, text)
	var answer struct{ Result json.RawMessage }
	if status == http.StatusOK && into != nil && (json.Unmarshal(body, &answer) != nil || json.Unmarshal(answer.Result, into) != nil) {
		m.t.Fatalf("%s: %s", name, body)
	}
	return status
}

// until asks again until something is so, or for ever too long.
func (m *machine) until(what string, so func() bool) {
	m.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.t.Fatalf("still waiting: %s", what)
		}
	}
}

// TestAHeadlessMachineMoves: after a restore the same address and token answer
// for what was in the backup; removing everything ends the program and leaves no
// file of it, and everybody else's.
func TestAHeadlessMachineMoves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "profile")
	m := startMachine(t, dir)
	letter := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(letter, []byte("not Postvak's"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.call(nil, "Settings.Save", map[string]any{"theme": "dark"})
	var id string
	if status := m.call(&id, "Settings.Backup", "een lange wachtzin"); status != http.StatusOK {
		t.Fatalf("backup: %d", status)
	}
	_, sealed := m.send(http.MethodGet, "/file/"+id, nil)
	m.call(nil, "Settings.Save", map[string]any{"theme": "light"})
	var file struct{ ID string }
	if _, body := m.send(http.MethodPost, "/file", sealed); json.Unmarshal(body, &file) != nil {
		t.Fatalf("%s", body)
	}
	if status := m.call(nil, "Settings.Restore", file.ID, "een lange wachtzin"); status != http.StatusOK {
		t.Fatalf("restore: %d", status)
	}
	var prefs struct{ Theme string }
	m.until("the restored profile", func() bool {
		return m.call(&prefs, "Settings.Get") == http.StatusOK && prefs.Theme == "dark"
	})
	var told map[string]any
	m.until("what would be lost", func() bool { return m.call(&told, "Settings.Removal") == http.StatusOK })
	other := map[string]any{"folder": dir, "unsent": 99, "drafts": 0, "pending": 0, "alone": true}
	if status := m.call(nil, "Settings.Remove", other); status != http.StatusConflict {
		t.Errorf("what was not told is removed: %d", status)
	}
	m.until("removing", func() bool {
		return m.call(&told, "Settings.Removal") == http.StatusOK && m.call(nil, "Settings.Remove", told) == http.StatusOK
	})
	if status := <-m.ended; status != exitDone {
		t.Errorf("it ended with %d", status)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "letter.txt" {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := os.Remove(letter); err != nil {
		t.Fatal(err)
	}
}

// TestRemovingIsFinishedAfterAKill: the note that everything goes is what the
// next start finds, and it begins empty.
func TestRemovingIsFinishedAfterAKill(t *testing.T) {
	dir := t.TempDir()
	first := startMachine(t, dir)
	first.call(nil, "Settings.Save", map[string]any{"theme": "dark"})
	var told map[string]any
	first.until("removing", func() bool {
		return first.call(&told, "Settings.Removal") == http.StatusOK && first.call(nil, "Settings.Remove", told) == http.StatusOK
	})
	<-first.ended
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folder is still there", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil { // what a kill left
		t.Fatal(err)
	}
	for name, text := range map[string]string{"remove": "Postvak removes everything that it has in this folder.\n", "profile.json": `{"id":"x","member":"m","sandbox":true}`, "postvak.db": "half gone"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := startMachine(t, dir)
	var prefs struct{ Theme string }
	if status := second.call(&prefs, "Settings.Get"); status != http.StatusOK || prefs.Theme != "" {
		t.Errorf("%d, %+v", status, prefs)
	}
	second.until("removing", func() bool {
		return second.call(&told, "Settings.Removal") == http.StatusOK && second.call(nil, "Settings.Remove", told) == http.StatusOK
	})
	<-second.ended
}

// TestAStartAnewIsLookedAt: also of a program that was started at login.
func TestAStartAnewIsLookedAt(t *testing.T) {
	link := "postvak://conversation/a"
	was := []string{"--sandbox", "--data", "/hidden", "--hidden", "-hidden", "--hidden=true", "--log-level", "debug", link}
	want := []string{"--sandbox", "--data", "/hidden", "--log-level", "debug"}
	if got := argumentsAgain(was, link); !slices.Equal(got, want) {
		t.Errorf("%q starts again with %q", was, got)
	}
	if got := argumentsAgain(was, ""); !slices.Equal(got, append(want, link)) {
		t.Errorf("%q starts again with %q", was, got)
	}
}
