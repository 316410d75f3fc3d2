package proof

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/imap/imaptest"
)

// patience is how long anything may take on a busy machine; nothing waits for
// it that goes well.
const patience = 5 * time.Minute

// running is the program in its own process.
type running struct {
	t      testing.TB
	dir    string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	base   string
	token  string
	client *http.Client
	news   chan struct{} // one is in it when something happened since
	stderr *bytes.Buffer
	once   sync.Once
	ended  error
}

// launch starts the program on a folder. Its certificates are d's authority's.
func launch(t testing.TB, dir string, d *imaptest.Dovecot, more ...string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &running{t: t, dir: dir, cmd: exec.Command(self), client: &http.Client{}, news: make(chan struct{}, 1), stderr: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), envDir+"="+dir, "HOME="+dir,
		"DBUS_SESSION_BUS_ADDRESS=disabled:", // a test must not touch a person's keyring
		"SSL_CERT_FILE="+filepath.Join(d.Dir, "cert.pem"), "SSL_CERT_DIR=/nowhere")
	p.cmd.Env = append(p.cmd.Env, more...)
	p.cmd.Stderr = p.stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	p.ready(stdout)
	return p
}

// ready reads the line that says where the program answers.
func (p *running) ready(stdout io.Reader) {
	p.t.Helper()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	var at struct{ URL string }
	if err == nil {
		err = json.Unmarshal([]byte(line), &at)
	}
	if err != nil {
		p.kill()
		p.t.Fatalf("the program does not start: %v %q\n%s", err, line, p.stderr)
	}
	u, err := url.Parse(at.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	p.base, p.token = u.Scheme+"://"+u.Host, u.Query().Get("token")
}

// kill ends it as a power cut would.
func (p *running) kill() { p.end(func() { _ = p.cmd.Process.Kill() }) }

// stop ends it as a person would, and fails the test when that fails.
func (p *running) stop() {
	p.t.Helper()
	p.end(func() { p.stdin.Close() })
	if p.ended != nil {
		p.t.Errorf("the program ended with %v", p.ended)
	}
}

func (p *running) end(how func()) {
	p.once.Do(func() {
		how()
		p.ended = p.cmd.Wait()
		p.client.CloseIdleConnections()
		if complaints := p.stderr.String(); complaints != "" {
			p.t.Errorf("the program complained:\n%s", complaints)
		}
	})
}

// answer is what a call gives.
type answer struct {
	Result json.RawMessage
	Error  *app.Failure
}

// try makes a call. An error means that the program did not answer.
func (p *running) try(name string, arguments ...any) (answer, error) {
	if arguments == nil {
		arguments = []any{}
	}
	var a answer
	body, err := json.Marshal(arguments)
	if err != nil {
		return a, err
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.base+"/call/"+name, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := p.client.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	return a, json.NewDecoder(response.Body).Decode(&a)
}

// call makes a call that must work.
func call[T any](p *running, name string, arguments ...any) T {
	p.t.Helper()
	var result T
	a, err := p.try(name, arguments...)
	if err != nil {
		p.t.Fatalf("%s: %v", name, err)
	}
	if a.Error != nil {
		p.t.Fatalf("%s: %+v", name, *a.Error)
	}
	if err := json.Unmarshal(a.Result, &result); err != nil {
		p.t.Fatalf("%s: %v in %s", name, err, a.Result)
	}
	return result
}

// refused makes a call that must fail with a code.
func (p *running) refused(code, name string, arguments ...any) app.Failure {
	p.t.Helper()
	a, err := p.try(name, arguments...)
	if err != nil || a.Error == nil || a.Error.Code != code {
		p.t.Fatalf("%s: %+v %v, want %s", name, a.Error, err, code)
	}
	return *a.Error
}

// listen makes news of the program's events, until it ends.
func (p *running) listen() {
	p.t.Helper()
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, p.base+"/events", nil)
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := p.client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), ": ready") {
	}
	go func() { // ends with the program
		defer response.Body.Close()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "event:") {
				p.tell()
			}
		}
		p.tell()
	}()
}

func (p *running) tell() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// until waits for a condition: it looks now and at every event.
func (p *running) until(what string, holds func() bool) {
	p.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-p.news:
		case <-deadline.C:
			status, _ := p.try("Settings.Status")
			outbox, _ := p.try("Composer.Outbox")
			p.t.Fatalf("waited in vain for: %s\nstatus %s\noutbox %s\nlog:\n%s", what, status.Result, outbox.Result, p.logTail())
		}
	}
}

func (p *running) logTail() string {
	text, _ := os.ReadFile(filepath.Join(p.dir, "postvak.log"))
	return string(text[max(0, len(text)-4000):])
}

// synced tells that every mailbox was read to its end on this start.
func (p *running) synced() bool {
	status := call[app.Status](p, "Settings.Status")
	for _, c := range status.Channels {
		if c.State != "ok" || c.Syncing || c.LastSync == "" {
			return false
		}
	}
	return len(status.Channels) > 0
}

// connection is what a person types to connect a mailbox.
func connection(address, password string, d *imaptest.Dovecot, smtpPort int, smtpSecurity string) app.ConnectEmailRequest {
	return app.ConnectEmailRequest{
		Name: "Info", Address: address, Shared: true, SignIn: "shared", Password: password,
		IMAP: app.Server{Host: d.Host, Port: d.TLSPort, Security: "tls", Username: address},
		SMTP: app.Server{Host: "127.0.0.1", Port: smtpPort, Security: smtpSecurity, Username: address},
	}
}

// everything is all that the calls tell of conversations, in one text that is
// equal for two profiles that hold the same. What is a profile's own is left out:
// its ids, which of its messages names a conversation, and whether it is
// online.
func (p *running) everything() string {
	p.t.Helper()
	var pages []app.Conversation
	first := map[string]string{} // a conversation's id → its oldest message's
	for _, section := range []string{"unassigned", "mine", "others", "closed"} {
		for _, row := range p.rows(section) {
			whole := p.pages(row.ID)
			if oldest := whole[len(whole)-1].Messages; len(oldest) > 0 {
				first[row.ID] = oldest[0].ID
			}
			pages = append(pages, whole...)
		}
	}
	var all strings.Builder
	fmt.Fprintf(&all, "%s\n", call[json.RawMessage](p, "Inbox.Sections"))
	for _, c := range pages {
		c.ID, c.Composer.Mode, c.Composer.Reason = first[c.ID], "", ""
		for _, others := range [][]app.Related{c.Earlier, c.Related} {
			for i := range others {
				others[i].ID = first[others[i].ID]
			}
		}
		text, err := json.Marshal(c)
		if err != nil {
			p.t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n", text)
	}
	text := all.String()
	for _, c := range call[[]app.ChannelInfo](p, "Channels.List") {
		text = strings.ReplaceAll(text, c.ID, "CHANNEL")
	}
	return strings.ReplaceAll(text, call[app.TeamStatus](p, "Team.Status").Me, "ME")
}

func (p *running) rows(section string) []app.Row {
	p.t.Helper()
	var all []app.Row
	for after := ""; ; {
		page := call[app.ListPage](p, "Inbox.List", app.ListQuery{Section: section, After: after, Limit: 200})
		all = append(all, page.Rows...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

// pages is a whole conversation, the newest page first.
func (p *running) pages(id string) []app.Conversation {
	p.t.Helper()
	var all []app.Conversation
	for before := ""; ; {
		c := call[app.Conversation](p, "Inbox.Open", id, app.OpenQuery{Before: before, Limit: 200})
		all = append(all, c)
		if before = c.Next; before == "" {
			return all
		}
	}
}

// difference shows the first place where two texts differ.
func difference(a, b string) string {
	if a == b {
		return ""
	}
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(i-200, len(s))):min(len(s), i+300)] }
	return fmt.Sprintf("one has %d bytes, the other %d; at %d:\n%s\n---\n%s", len(a), len(b), i, cut(a), cut(b))
}
