package imaptest

import (
	"bufio"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// ShareFolder makes a folder in the namespace Options.Shared, and says what
// each user may do there, in the letters of RFC 4314. It may be called again
// for other rights; Dovecot's open connections learn of them after a while.
func (d *Dovecot) ShareFolder(t testing.TB, folder string, rights map[string]string) {
	t.Helper()
	name, ok := strings.CutPrefix(folder, d.opts.Shared)
	if !ok || d.opts.Shared == "" {
		t.Fatalf("%s is not in the shared namespace %q", folder, d.opts.Shared)
	}
	dir := filepath.Join(d.Dir, "mail", "shared", "."+strings.ReplaceAll(name, "/", "."))
	var list strings.Builder
	for _, user := range slices.Sorted(maps.Keys(rights)) {
		fmt.Fprintf(&list, "user=%s %s\n", user, rights[user])
	}
	for _, part := range []string{"", "cur", "new", "tmp"} {
		must(t, os.MkdirAll(filepath.Join(dir, part), 0o700))
	}
	must(t, os.WriteFile(filepath.Join(dir, "dovecot-acl"), []byte(list.String()), 0o600))
	who := whoRuns(t)
	uid, _ := strconv.Atoi(who.UID)
	gid, _ := strconv.Atoi(who.GID)
	must(t, filepath.WalkDir(filepath.Join(d.Dir, "mail", "shared"), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, gid)
	}))
}

// Copy copies a user's mail, or shared mail for user "", as it lies on the
// disk: a backup, taken while the server is down.
func (d *Dovecot) Copy(t testing.TB, user, to string) {
	t.Helper()
	must(t, os.RemoveAll(to))
	must(t, exec.CommandContext(t.Context(), "cp", "-a", d.home(user), to).Run())
}

// Restore puts a copy back in the place of what is there.
func (d *Dovecot) Restore(t testing.TB, user, from string) {
	t.Helper()
	must(t, os.RemoveAll(d.home(user)))
	must(t, exec.CommandContext(t.Context(), "cp", "-a", from, d.home(user)).Run())
}

func (d *Dovecot) home(user string) string {
	if user == "" {
		user = "shared"
	}
	return filepath.Join(d.Dir, "mail", user)
}

// Expunge removes messages from a folder, as a mail program does for a person.
// Dovecot says OK also to somebody who may not, and does nothing.
func (d *Dovecot) Expunge(t testing.TB, user, folder string, uids ...uint32) {
	t.Helper()
	set := strings.Trim(strings.ReplaceAll(fmt.Sprint(uids), " ", ","), "[]")
	d.say(t, user, fmt.Sprintf("b SELECT %q", folder), "c UID STORE "+set+` +FLAGS.SILENT (\Deleted)`, "d EXPUNGE")
}

// say signs in and gives commands, whose tags are b, c, d and so on. It gives
// what the server said.
func (d *Dovecot) say(t testing.TB, user string, commands ...string) string {
	t.Helper()
	var said strings.Builder
	conn, err := net.Dial("tcp", net.JoinHostPort(d.Host, strconv.Itoa(d.Port)))
	must(t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	lines := bufio.NewScanner(conn)
	for _, command := range append([]string{fmt.Sprintf("a LOGIN %q %q", user, d.opts.Users[user])}, commands...) {
		fmt.Fprintf(conn, "%s\r\n", command)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), command[:2]) {
			said.WriteString(lines.Text() + "\n")
		}
	}
	must(t, lines.Err())
	return said.String()
}

// Subscriptions lists what a user's mail programs show.
func (d *Dovecot) Subscriptions(t testing.TB, user string) string {
	t.Helper()
	return d.say(t, user, `b LSUB "" "*"`)
}
