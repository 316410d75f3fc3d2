package imaptest

import (
	"bufio"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"
)

// Password is every user's password, unless Options.Users says otherwise.
const Password = "not-a-secret-42"

// Options say how a Dovecot differs from the usual one.
type Options struct {
	// Users and their passwords; ann@example.test and ben@example.test when
	// empty. A name is a whole address.
	Users map[string]string
	// Format is "maildir" (when empty), "sdbox" or "mdbox".
	Format string
	// ACL lets folders say who may do what (RFC 4314).
	ACL bool
	// Shared is the prefix of a namespace that all users see, such as "Team/".
	// It needs ACL.
	Shared string
	// Quota is how many bytes each mailbox may hold, 0 for as many as it likes.
	Quota int64
	// Extra is added to the configuration.
	Extra string
}

// Dovecot is a running server. Stop and Start may be called to take it away
// for a while: ports and mail stay.
type Dovecot struct {
	Host     string // 127.0.0.1
	Port     int    // plain, with STARTTLS
	TLSPort  int
	LMTPPort int
	AuthPort int // what an SMTP server asks about passwords
	Roots    *x509.CertPool
	Dir      string // everything it has; mail is in Dir/mail/USER

	authority *Authority
	opts      Options
	mu        sync.Mutex
	cmd       *exec.Cmd
	ended     chan struct{}
}

// StartDovecot starts one, or fails the test with what to install.
func StartDovecot(t testing.TB, opts Options) *Dovecot {
	t.Helper()
	binary := findBinary(t, "dovecot", "dovecot-imapd dovecot-lmtpd")
	if len(opts.Users) == 0 {
		opts.Users = map[string]string{"ann@example.test": Password, "ben@example.test": Password}
	}
	dir, err := os.MkdirTemp("", "dovecot") // short: sockets have paths of 108 bytes at most
	must(t, err)
	d := &Dovecot{Host: "127.0.0.1", Dir: dir, authority: NewAuthority(t), opts: opts}
	d.Roots = d.authority.Roots
	t.Cleanup(func() {
		d.Kill()
		if t.Failed() {
			t.Logf("dovecot's log:\n%s", d.Log())
		}
		os.RemoveAll(dir)
	})
	for try := 1; ; try++ {
		d.configure(t)
		if err = d.launch(binary); err == nil {
			return d
		}
		if try == 3 {
			t.Fatalf("dovecot does not start: %v\n%s", err, d.Log())
		}
	}
}

// Start starts it again after Stop, on the same ports.
func (d *Dovecot) Start(t testing.TB) {
	t.Helper()
	binary := findBinary(t, "dovecot", "dovecot-imapd dovecot-lmtpd")
	var err error
	for try := range 20 {
		if err = d.launch(binary); err == nil {
			return
		}
		time.Sleep(time.Duration(try) * 10 * time.Millisecond) // what it was killed with may still hold a port
	}
	t.Fatalf("dovecot does not start again: %v\n%s", err, d.Log())
}

// Stop ends it and everything it started, with a word of farewell to its
// clients. It may be called again.
func (d *Dovecot) Stop() { d.end(true) }

// Kill ends it as a power cut would.
func (d *Dovecot) Kill() { d.end(false) }

func (d *Dovecot) end(kindly bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cmd == nil {
		return
	}
	if kindly {
		terminate(d.cmd)
		select {
		case <-d.ended:
		case <-time.After(5 * time.Second):
		}
	}
	killGroup(d.cmd)
	<-d.ended
	d.cmd = nil
}

// Log is what it wrote down.
func (d *Dovecot) Log() string {
	b, _ := os.ReadFile(filepath.Join(d.Dir, "log"))
	return string(b)
}

func (d *Dovecot) launch(binary string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	cmd := exec.Command(binary, "-F", "-c", filepath.Join(d.Dir, "dovecot.conf"))
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	d.cmd, d.ended = cmd, ended
	if err := awaitGreeting(d.Port, "* OK", ended); err != nil {
		killGroup(cmd)
		<-ended
		d.cmd = nil
		return err
	}
	return nil
}

// awaitGreeting returns when somebody answers on port with a line that begins
// as it should.
func awaitGreeting(port int, begin string, ended <-chan struct{}) error {
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if last = greeting(port, begin); last == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("it ended by itself")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("no greeting on port %d: %w", port, last)
}

func greeting(port int, begin string) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, begin) {
		err = fmt.Errorf("it said %q", line)
	}
	return err
}

func findBinary(t testing.TB, name, packages string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("needs %s: left out by -short", name)
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"} {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs %s: install it with `apt-get install %s` (`make test` does)", name, packages)
	}
	return path
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// FreePort finds a loopback port that nobody uses now.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// account is who Dovecot runs as: root hands its parts to other users, anybody
// else does everything alone.
type account struct{ Internal, Login, Group, UID, GID string }

func whoRuns(t testing.TB) account {
	t.Helper()
	me, err := user.Current()
	must(t, err)
	if me.Uid != "0" {
		group, err := user.LookupGroupId(me.Gid)
		must(t, err)
		return account{me.Username, me.Username, group.Name, me.Uid, me.Gid}
	}
	mail, err := user.Lookup("mail")
	must(t, err)
	return account{"dovecot", "dovenull", "dovecot", mail.Uid, mail.Gid}
}

func (d *Dovecot) configure(t testing.TB) {
	t.Helper()
	d.Port, d.TLSPort, d.LMTPPort, d.AuthPort = FreePort(t), FreePort(t), FreePort(t), FreePort(t)
	who := whoRuns(t)
	mail := filepath.Join(d.Dir, "mail")
	must(t, os.MkdirAll(mail, 0o700))
	must(t, os.Chmod(d.Dir, 0o755))
	uid, _ := strconv.Atoi(who.UID)
	gid, _ := strconv.Atoi(who.GID)
	must(t, os.Chown(mail, uid, gid))
	cert, key := d.authority.write(t, d.Dir)
	d.writeUsers(t)

	f, err := os.Create(filepath.Join(d.Dir, "dovecot.conf"))
	must(t, err)
	defer f.Close()
	location := map[string]string{"": "maildir:~/Maildir", "maildir": "maildir:~/Maildir", "sdbox": "sdbox:~/sdbox", "mdbox": "mdbox:~/mdbox"}[d.opts.Format]
	must(t, configuration.Execute(f, map[string]any{
		"D": d, "Who": who, "Cert": cert, "Key": key, "Location": location,
		"ACL": d.opts.ACL, "Shared": d.opts.Shared, "Quota": d.opts.Quota, "Extra": d.opts.Extra,
	}))
}

func (d *Dovecot) writeUsers(t testing.TB) {
	t.Helper()
	var b strings.Builder
	for name, password := range d.opts.Users {
		fmt.Fprintf(&b, "%s:{PLAIN}%s\n", name, password)
	}
	must(t, os.WriteFile(filepath.Join(d.Dir, "users"), []byte(b.String()), 0o644))
}

// AddUser adds a mailbox, or changes its password. Dovecot looks again by
// itself.
func (d *Dovecot) AddUser(t testing.TB, name, password string) {
	t.Helper()
	d.opts.Users[name] = password
	d.writeUsers(t)
}

var configuration = template.Must(template.New("dovecot.conf").Parse(`
base_dir = {{.D.Dir}}/run
state_dir = {{.D.Dir}}/state
log_path = {{.D.Dir}}/log
instance_name = {{.D.Dir}}
protocols = imap lmtp
listen = 127.0.0.1
shutdown_clients = yes
default_internal_user = {{.Who.Internal}}
default_internal_group = {{.Who.Group}}
default_login_user = {{.Who.Login}}
first_valid_uid = 1
mail_max_userip_connections = 200
mail_fsync = never
mail_location = {{.Location}}
ssl = yes
ssl_cert = <{{.Cert}}
ssl_key = <{{.Key}}
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
auth_cache_size = 0
passdb {
  driver = passwd-file
  args = username_format=%u {{.D.Dir}}/users
}
userdb {
  driver = static
  args = uid={{.Who.UID}} gid={{.Who.GID}} home={{.D.Dir}}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = create
    special_use = \Sent
  }
  mailbox Drafts {
    auto = create
    special_use = \Drafts
  }
  mailbox Trash {
    auto = create
    special_use = \Trash
  }
}
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = {{.D.Port}}
  }
  inet_listener imaps {
    port = {{.D.TLSPort}}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = {{.D.LMTPPort}}
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = {{.D.AuthPort}}
  }
}
service anvil {
  chroot =
  # no penalty of seconds after a wrong password
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
mail_plugins ={{if .ACL}} acl{{end}}{{if .Quota}} quota{{end}}
protocol imap {
  mail_plugins = $mail_plugins{{if .ACL}} imap_acl{{end}}{{if .Quota}} imap_quota{{end}}
}
plugin {
  acl = vfile
  {{if .Quota}}quota = count:All
  quota_vsizes = yes
  quota_grace = 0
  quota_rule = *:bytes={{.Quota}}{{end}}
}
{{with .Shared}}namespace shared {
  type = public
  separator = /
  prefix = {{.}}
  location = maildir:{{$.D.Dir}}/mail/shared:INDEXPVT=~/shared
  subscriptions = no
}{{end}}
protocol lmtp {
  auth_username_format = %u
}
{{.Extra}}
`))
