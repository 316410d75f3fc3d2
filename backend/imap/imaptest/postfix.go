package imaptest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"
)

func startPostfix(t testing.TB, d *Dovecot) *SMTP {
	t.Helper()
	dir, err := os.MkdirTemp("", "postfix")
	must(t, err)
	s := &SMTP{Host: "127.0.0.1", Port: FreePort(t), TLSPort: FreePort(t), Roots: d.Roots, Kind: "postfix"}
	s.Log = func() string { b, _ := os.ReadFile(filepath.Join(dir, "log")); return string(b) }
	configurePostfix(t, s, d, dir)
	// The master process itself, without the start script around it: that one
	// checks the whole installation, which takes three seconds.
	master := exec.Command("/usr/lib/postfix/sbin/master", "-c", filepath.Join(dir, "etc"), "-d")
	ownGroup(master)
	ended := make(chan struct{})
	must(t, master.Start())
	go func() { master.Wait(); close(ended) }()
	var once sync.Once
	s.Stop = func() {
		once.Do(func() {
			killGroup(master)
			<-ended
		})
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("postfix's log:\n%s", s.Log())
		}
		os.RemoveAll(dir)
	})
	if err := awaitGreeting(s.Port, "220", ended); err != nil {
		t.Fatalf("postfix does not answer: %v\n%s", err, s.Log())
	}
	return s
}

func configurePostfix(t testing.TB, s *SMTP, d *Dovecot, dir string) {
	t.Helper()
	must(t, os.Chmod(dir, 0o755))
	etc, queue, data := filepath.Join(dir, "etc"), filepath.Join(dir, "queue"), filepath.Join(dir, "data")
	for _, sub := range []string{etc, queue, data} {
		must(t, os.MkdirAll(sub, 0o755))
	}
	owner, err := user.Lookup("postfix")
	must(t, err)
	uid, _ := strconv.Atoi(owner.Uid)
	must(t, os.Chown(data, uid, 0))
	drop, err := user.LookupGroup("postdrop")
	must(t, err)
	gid, _ := strconv.Atoi(drop.Gid)
	for _, sub := range []string{"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace", "pid", "maildrop", "public"} {
		path := filepath.Join(queue, sub)
		must(t, os.MkdirAll(path, 0o755))
		must(t, os.Chown(path, uid, 0))
		if sub == "maildrop" || sub == "public" {
			must(t, os.Chown(path, uid, gid))
		}
	}
	var domains []string
	var boxes strings.Builder
	for name := range d.opts.Users {
		_, domain, _ := strings.Cut(name, "@")
		domains = append(domains, domain)
		fmt.Fprintf(&boxes, "%s there\n", name)
	}
	slices.Sort(domains)
	must(t, os.WriteFile(filepath.Join(etc, "boxes"), []byte(boxes.String()), 0o644))
	values := map[string]any{
		"S": s, "D": d, "Dir": dir, "Domains": strings.Join(slices.Compact(domains), " "), "Began": time.Now().UnixNano(),
	}
	for name, text := range map[string]string{"main.cf": postfixMain, "master.cf": postfixMaster} {
		var b strings.Builder
		must(t, template.Must(template.New(name).Parse(text)).Execute(&b, values))
		must(t, os.WriteFile(filepath.Join(etc, name), []byte(b.String()), 0o644))
	}
}

const postfixMain = `
compatibility_level = 3.6
queue_directory = {{.Dir}}/queue
data_directory = {{.Dir}}/data
maillog_file = {{.Dir}}/log
maillog_file_prefixes = {{.Dir}}
multi_instance_name = postfix-test-{{.Began}}
multi_instance_enable = no
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost.test
mynetworks =
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:no local mail
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
virtual_mailbox_domains = {{.Domains}}
virtual_mailbox_maps = texthash:{{.Dir}}/etc/boxes
virtual_transport = lmtp:inet:127.0.0.1:{{.D.LMTPPort}}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{{.D.AuthPort}}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unauth_destination, reject_unlisted_recipient
smtpd_tls_cert_file = {{.D.Dir}}/cert.pem
smtpd_tls_key_file = {{.D.Dir}}/key.pem
smtpd_tls_security_level = may
smtputf8_enable = yes
message_size_limit = 50000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
minimal_backoff_time = 1s
queue_run_delay = 1s
`

// Each smtpd serves one client: one that served before would go on with its
// lost connection to a Dovecot that was started again, and fail once.
const postfixMaster = `
127.0.0.1:{{.S.Port}} inet n - n - - smtpd -o max_use=1
127.0.0.1:{{.S.TLSPort}} inet n - n - - smtpd -o max_use=1
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
