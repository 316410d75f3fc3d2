//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// headless is the built program without a window, spoken to as any other
// program would.
type headless struct {
	cmd         *exec.Cmd
	base, token string
}

func startHeadless(t *testing.T, dir string) *headless {
	t.Helper()
	binary := filepath.Join("..", "bin", "postvak")
	if _, err := os.Stat(binary); err != nil {
		t.Fatalf("the program is not built: run `make build` (%v)", err)
	}
	cmd := exec.Command(binary, "--headless", "--data", dir)
	home := t.TempDir()
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "DBUS_") && !strings.HasPrefix(entry, "XDG_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_RUNTIME_DIR="+home, "DBUS_SESSION_BUS_ADDRESS=unix:path="+home+"/none")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &headless{cmd: cmd}
	t.Cleanup(h.stop)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the program does not say where it is: %v", err)
	}
	var said struct{ URL string }
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(said.URL)
	if err != nil {
		t.Fatal(err)
	}
	h.base, h.token = "http://"+address.Host, address.Query().Get("token")
	return h
}

// stop may be called again.
func (h *headless) stop() {
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	_ = h.cmd.Wait()
}

// call reads the result of a service's method into result.
func (h *headless) call(t *testing.T, method string, result any, args ...any) error {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		return err
	}
	if args == nil {
		body = []byte("[]")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/call/"+method, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+h.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Code, Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return fmt.Errorf("%s: %s: %s", method, answer.Error.Code, answer.Error.Message)
	}
	return json.Unmarshal(answer.Result, result)
}

func (h *headless) readPage(t *testing.T, section inbox.Section, offset int) error {
	t.Helper()
	var page struct{ Rows []json.RawMessage }
	err := h.call(t, "Inbox.List", &page, map[string]any{"section": section, "offset": offset, "limit": 50})
	if err == nil && len(page.Rows) != 50 {
		return fmt.Errorf("%d rows at offset %d", len(page.Rows), offset)
	}
	return err
}

// connectedProfile makes a profile with an e-mail channel, as a person does,
// and takes the mail server away again: the cache is filled by the bench.
func connectedProfile(t *testing.T, dir string) (inbox.ChannelID, inbox.MemberID) {
	t.Helper()
	server := imaptest.StartDovecot(t, imaptest.Options{Users: map[string]string{mailUser: imaptest.Password}})
	smtp := imaptest.StartGoSMTP(t, server)
	h := startHeadless(t, dir)
	defer h.stop()
	var id inbox.ChannelID
	err := h.call(t, "Channels.ConnectEmail", &id, map[string]any{
		"name": "Support", "address": mailUser, "shared": true, "openSince": "", "signIn": "shared", "password": imaptest.Password,
		"imap": map[string]any{"host": server.Host, "port": server.Port, "security": "none", "username": mailUser},
		"smtp": map[string]any{"host": smtp.Host, "port": smtp.Port, "security": "none", "username": mailUser},
	})
	if err != nil {
		t.Fatal(err)
	}
	var status struct{ Me inbox.MemberID }
	if err := h.call(t, "Team.Status", &status); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	return id, status.Me
}

// firstMail is when the oldest conversation of a filled profile begins; the others
// follow, one a minute.
var firstMail = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// filledProfile makes a profile whose cache has n conversations of one message.
func filledProfile(t *testing.T, dir string, n int) inbox.MemberID {
	t.Helper()
	channel, member := connectedProfile(t, dir)
	db := openAs(t, dir, member)
	began := time.Now()
	fill := &filler{t: t, db: db, channel: channel}
	for i := range n {
		fill.add(small(channel, i, firstMail.Add(time.Duration(i)*time.Minute)))
	}
	fill.flush()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	told(fmt.Sprintf("cache of %d conversations (%d MB) made", n, diskSize(t, dir)>>20), began)
	return member
}
