//go:build bench

package bench

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
	"postvak/backend/specimen"
)

const mailUser = "support@team.example"

func setting(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return usual
}

func rounds() int { return setting("BENCH_ROUNDS", 5) }

// show prints a finished table with the load at its end.
func show(tab *table) {
	tab.note("load %s", load())
	tab.print(os.Stdout)
}

// startMailbox starts a Dovecot with a mailbox of n letters, and reads it once
// so that its indexes are there and its files in memory: warm.
func startMailbox(t *testing.T, n int) *imaptest.Dovecot {
	t.Helper()
	server := imaptest.StartDovecot(t, imaptest.Options{Users: map[string]string{mailUser: imaptest.Password}})
	began := time.Now()
	home := filepath.Join(server.Dir, "mail", mailUser)
	if err := specimen.WriteMaildir(filepath.Join(home, "Maildir"), specimen.New(specimen.Options{Seed: 1, Messages: n})); err != nil {
		t.Fatal(err)
	}
	giveToMailUser(t, home)
	runMbsync(t, server, t.TempDir(), "no")
	fmt.Printf("mailbox of %d letters made and read once in %s\n", n, time.Since(began).Round(time.Second))
	return server
}

// giveToMailUser lets Dovecot, which root runs as another user, have the files.
func giveToMailUser(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	mail, err := user.Lookup("mail")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(mail.Uid)
	gid, _ := strconv.Atoi(mail.Gid)
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cost is what one turn of one side took.
type cost struct {
	wall   time.Duration
	cpu    time.Duration
	memory int64 // greatest resident size, bytes
}

// then is the cost of both, one after the other.
func (c cost) then(next cost) cost {
	return cost{wall: c.wall + next.wall, cpu: c.cpu + next.cpu, memory: max(c.memory, next.memory)}
}

func measured(t *testing.T, cmd *exec.Cmd) cost {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended, memory := make(chan struct{}), make(chan int64)
	go func() { memory <- watchMemory(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	wall := time.Since(began)
	close(ended)
	most := <-memory
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd.Path, err, &out)
	}
	return cost{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: most}
}

// watchMemory reads a process's greatest resident size until it has ended.
// What wait4 tells is no use: it counts the parent before the exec.
func watchMemory(pid int, ended <-chan struct{}) (most int64) {
	for {
		select {
		case <-ended:
			return most
		case <-time.After(20 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if _, after, found := strings.Cut(string(status), "VmHWM:"); found {
				kB, _ := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
				most = max(most, kB<<10)
			}
		}
	}
}

// runMbsync downloads the whole mailbox into an empty folder. fsync is "yes",
// as it comes, or "no".
func runMbsync(t *testing.T, server *imaptest.Dovecot, dir, fsync string) cost {
	t.Helper()
	config := filepath.Join(dir, "mbsyncrc")
	err := os.WriteFile(config, fmt.Appendf(nil, `FSync %s
IMAPAccount team
Host 127.0.0.1
Port %d
User %s
Pass %s
SSLType None
AuthMechs PLAIN
Timeout 120

IMAPStore far
Account team

MaildirStore near
Path %s/
Inbox %s/INBOX

Channel team
Far :far:
Near :near:
Patterns INBOX Sent
Create Near
Sync Pull New
SyncState *
`, fsync, server.Port, mailUser, imaptest.Password, dir, dir), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return measured(t, exec.Command("mbsync", "-q", "-c", config, "-a"))
}

// countFiles is how many letters mbsync left in its folders.
func countFiles(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	for _, folder := range []string{"INBOX", "Sent"} {
		for _, part := range []string{"cur", "new"} {
			files, err := os.ReadDir(filepath.Join(dir, folder, part))
			if err != nil {
				t.Fatal(err)
			}
			n += len(files)
		}
	}
	return n
}
