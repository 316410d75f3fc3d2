//go:build packages

package window

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"postvak/app"
)

// laptop is a person's own computer with the installed program's usual profile.
// The program is asked without a window, and looked at in one.
type laptop struct {
	*person
	said safeBuffer // what the program complains of

	cmd   *exec.Cmd // nil while it does not run without a window
	base  string
	token string
}

// newLaptop has a session with a keyring, as Debian's desktops have.
func newLaptop(t *testing.T, o *office) *laptop {
	t.Helper()
	d := startDesktop(t)
	d.env = append(d.env, o.trusted()...)
	unlocked := d.command(t, "gnome-keyring", "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	unlocked.Stdin = strings.NewReader("the login's password")
	launch(t, unlocked)
	l := laptopOf(t, d)
	eventually(t, "the keyring is on the bus", func() bool {
		out := l.asksBus(t, "org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return strings.Contains(out, "boolean true")
	})
	return l
}

func (l *laptop) asksBus(t *testing.T, who, where string, what ...string) string {
	t.Helper()
	return l.does(t, "dbus-send", append([]string{"--session", "--print-reply", "--dest=" + who, where}, what...)...)
}

// newOfficeMachine has neither a screen nor a keyring.
func newOfficeMachine(t *testing.T, o *office) *laptop {
	t.Helper()
	d := &desktop{home: t.TempDir()}
	d.env = append(cleanEnvironment(), "HOME="+d.home, "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:")
	d.env = append(d.env, o.trusted()...)
	return laptopOf(t, d)
}

func laptopOf(t *testing.T, d *desktop) *laptop {
	t.Helper()
	l := &laptop{person: &person{desktop: d, whole: t, shown: map[string]image.Image{}}}
	l.profile = filepath.Join(l.home, ".local", "share", "postvak")
	t.Cleanup(func() {
		if l.cmd != nil {
			_ = l.cmd.Process.Kill()
			_ = l.cmd.Wait()
		}
		if log, err := os.ReadFile(filepath.Join(l.profile, "postvak.log")); err == nil && t.Failed() {
			t.Logf("%s\nthe log ends with:\n%s", l.said.String(), log[max(0, len(log)-4000):])
		}
	})
	return l
}

// starts has the installed program run without a window.
func (l *laptop) starts(t *testing.T) {
	t.Helper()
	l.cmd = l.command(t, "the program", installed, "--headless")
	l.cmd.Stderr = &l.said
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var at struct{ URL string }
	if err != nil || json.Unmarshal(line, &at) != nil {
		t.Fatalf("the program says %q, %v\n%s", line, err, l.said.String())
	}
	address, err := url.Parse(at.URL)
	if err != nil {
		t.Fatal(err)
	}
	l.base, l.token = "http://"+address.Host, address.Query().Get("token")
}

// rests ends what starts began.
func (l *laptop) rests(t *testing.T) {
	t.Helper()
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	l.hasEnded(t)
}

// hasEnded waits for the program's end, which must be a good one.
func (l *laptop) hasEnded(t *testing.T) {
	t.Helper()
	err := l.cmd.Wait()
	l.cmd = nil
	if err != nil || l.said.String() != "" {
		t.Fatalf("the program ended with %v and said %q", err, l.said.String())
	}
}

// asks sends a request to the running program.
func (l *laptop) asks(t *testing.T, method, path, name string, body io.Reader) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, l.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.token)
	if name != "" {
		r.Header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// try makes a call that may be refused.
func (l *laptop) try(t *testing.T, name string, into any, arguments ...any) *app.Failure {
	t.Helper()
	body, err := json.Marshal(append([]any{}, arguments...))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Result json.RawMessage
		Error  *app.Failure
	}
	text := l.asks(t, http.MethodPost, "/call/"+name, "", bytes.NewReader(body))
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v in %s", name, err, text)
	}
	if answer.Error == nil && into != nil {
		if err := json.Unmarshal(answer.Result, into); err != nil {
			t.Fatalf("%s: %v in %s", name, err, answer.Result)
		}
	}
	return answer.Error
}

// call makes a call that must work.
func call[T any](t *testing.T, l *laptop, name string, arguments ...any) (result T) {
	t.Helper()
	if failure := l.try(t, name, &result, arguments...); failure != nil {
		t.Fatalf("%s: %+v", name, *failure)
	}
	return result
}

// upload hands the program a file.
func (l *laptop) upload(t *testing.T, name string, content []byte) string {
	t.Helper()
	var file app.Attachment
	text := l.asks(t, http.MethodPost, "/file", name, bytes.NewReader(content))
	if err := json.Unmarshal(text, &file); err != nil || file.ID == "" {
		t.Fatalf("the file became %s, %v", text, err)
	}
	return file.ID
}

var sections = []string{"unassigned", "mine", "others", "closed"}

func (l *laptop) list(t *testing.T, section string) []app.Row {
	t.Helper()
	return call[app.ListPage](t, l, "Inbox.List", app.ListQuery{Section: section, Limit: 200}).Rows
}

func (l *laptop) open(t *testing.T, id string) app.Conversation {
	t.Helper()
	return call[app.Conversation](t, l, "Inbox.Open", id, app.OpenQuery{Limit: 200})
}

// find waits until a section has a conversation with a subject, of which
// nothing is pending.
func (l *laptop) find(t *testing.T, section, subject string) (found app.Row) {
	t.Helper()
	eventually(t, subject+" stands in "+section, func() bool {
		for _, row := range l.list(t, section) {
			if row.Subject == subject && !row.Pending {
				found = row
				return true
			}
		}
		return false
	})
	return found
}

// everything is all that a person has: conversations with what was written and
// done in them, notes, links, drafts, what waits to be sent, canned replies,
// channels and colleagues. How a waiting message stands is left out: after a
// move it is looked for before it is sent (R34).
func (l *laptop) everything(t *testing.T) string {
	t.Helper()
	var all []any
	for _, section := range sections {
		for _, row := range l.list(t, section) {
			c := l.open(t, row.ID)
			c.Composer = app.ComposerState{}
			for i := range c.Messages {
				if m := &c.Messages[i]; slices.Contains([]string{"queued", "sending", "needs_attention"}, m.State) {
					m.State, m.Reason = "waits", ""
				}
			}
			all = append(all, section, c)
		}
	}
	for _, row := range call[[]app.OutboxRow](t, l, "Composer.Outbox") {
		all = append(all, "waits: "+row.MessageID)
	}
	for _, c := range call[[]app.ChannelInfo](t, l, "Channels.List") {
		all = append(all, "channel: "+c.ID+" "+c.Name+" "+c.Address)
	}
	all = append(all, call[[]app.Reply](t, l, "Replies.List"), call[[]app.Member](t, l, "Team.Members"), call[app.Preferences](t, l, "Settings.Get"))
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// same fails unless two texts are equal, and shows where they part.
func same(t *testing.T, when, now, before string) {
	t.Helper()
	if now == before {
		return
	}
	a, b := strings.Split(now, "\n"), strings.Split(before, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s it is not as it was: line %d is %s and was %s", when, i, a[i], b[i])
		}
	}
	t.Fatalf("%s it is not as it was: %d lines, and there were %d", when, len(a), len(b))
}
