//go:build bench

package bench

import (
	"bufio"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/imap/imaptest"
	"postvak/backend/keyring"
)

// patience is how long something may take that must happen.
const patience = 30 * time.Minute

// desk is one person's whole program, in this process.
type desk struct {
	headless
	t       *testing.T
	name    string
	dir     string
	secrets *keyring.Memory
	close   func()
}

func newDesk(t *testing.T, name string) *desk {
	t.Helper()
	d := &desk{t: t, name: name, dir: t.TempDir(), secrets: keyring.NewMemory()}
	d.open()
	t.Cleanup(func() { d.close() })
	return d
}

// open starts the program; close ends it, and may be called again.
func (d *desk) open() {
	d.t.Helper()
	a, err := app.New(app.Options{Dir: d.dir, Secrets: d.secrets, Person: d.name, LogLevel: slog.LevelWarn})
	if err != nil {
		d.t.Fatal(err)
	}
	host, err := app.NewHeadless(a, "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- host.Serve() }()
	address, err := url.Parse(host.URL())
	if err != nil {
		d.t.Fatal(err)
	}
	d.base, d.token = "http://"+address.Host, address.Query().Get("token")
	d.close = func() {
		host.Close()
		if err := <-served; err != nil {
			d.t.Error(err)
		}
		a.Close()
		d.close = func() {}
	}
}

// must makes a call that has to work.
func (d *desk) must(method string, result any, args ...any) {
	d.t.Helper()
	if err := d.call(d.t, method, result, args...); err != nil {
		d.t.Fatalf("%s: %v", d.name, err)
	}
}

func (d *desk) status() (s app.TeamStatus) {
	d.t.Helper()
	d.must("Team.Status", &s)
	return s
}

// at is the place in the log up to which this desk knows it.
func (d *desk) at() uint64 {
	d.t.Helper()
	_, n, _ := strings.Cut(d.status().Log.Position, "/")
	at, _ := strconv.ParseUint(n, 10, 64)
	return at
}

// until looks again and again.
func (d *desk) until(what string, is func() bool) {
	d.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("%s waits in vain for %s: %+v", d.name, what, d.status())
		}
	}
}

// quiet waits until nothing of this desk's waits for the log.
func (d *desk) quiet() {
	d.t.Helper()
	d.until("its decisions to be in the log", func() bool {
		s := d.status()
		return s.State == "member" && s.Log.Phase == "ok" && s.Log.Pending == 0
	})
}

// heard gives the moments at which the screen is told about a conversation.
func (d *desk) heard(conversation string) <-chan time.Time {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.base+"/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+d.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	told := make(chan time.Time, 1000)
	go func() {
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		changed := false
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				changed = line == "event: inbox.changed"
			case strings.HasPrefix(line, "data: ") && changed && strings.Contains(line, conversation):
				told <- time.Now()
			}
		}
	}()
	return told
}

func teamMailbox(server *imaptest.Dovecot) app.MailboxRequest {
	return app.MailboxRequest{Host: server.Host, Port: server.Port, Security: "none", Username: mailUser, Password: imaptest.Password}
}

// founds makes a team in the mailbox, which is its channel too.
func (d *desk) founds(server *imaptest.Dovecot, smtp *imaptest.SMTP) (channelID string) {
	d.t.Helper()
	d.must("Team.Create", new(any), app.CreateTeamRequest{Team: "Bench", Name: d.name, Email: d.email(), Mailbox: teamMailbox(server)})
	d.must("Channels.ConnectEmail", &channelID, app.ConnectEmailRequest{
		Name: "Support", Address: mailUser, Shared: true, SignIn: "shared", Password: imaptest.Password,
		IMAP: app.Server{Host: server.Host, Port: server.Port, Security: "none", Username: mailUser},
		SMTP: app.Server{Host: smtp.Host, Port: smtp.Port, Security: "none", Username: mailUser},
	})
	d.quiet()
	return channelID
}

func (d *desk) email() string { return strings.ToLower(d.name) + "@team.example" }

func (d *desk) invites() string {
	d.t.Helper()
	var made app.InviteResult
	d.must("Team.Invite", &made)
	return made.Invitation
}

func (d *desk) joins(invitation string) {
	d.t.Helper()
	d.must("Team.Join", new(any), app.JoinTeamRequest{
		Invitation: invitation, Name: d.name, Email: d.email(), Mailbox: app.MailboxRequest{Password: imaptest.Password},
	})
}
