//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// notmuchWith lets notmuch index the n letters of a Maildir, and searches with
// its library in a process that stays.
func notmuchWith(t *testing.T, maildir string, n int) searcher {
	t.Helper()
	began, dir := time.Now(), t.TempDir()
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, fmt.Appendf(nil, "[database]\npath=%s\n[maildir]\nsynchronize_flags=false\n", maildir), 0o600); err != nil {
		t.Fatal(err)
	}
	measured(t, exec.Command("notmuch", "--config="+config, "new", "--quiet", "--no-hooks"))
	told("notmuch's index of the same messages made", began)
	count, err := exec.Command("notmuch", "--config="+config, "count", "*").Output()
	if got := strings.TrimSpace(string(count)); err != nil || got != fmt.Sprint(n) {
		t.Fatalf("notmuch indexed %s of %d letters: %v", got, n, err)
	}
	program := filepath.Join(dir, "notmuch")
	measured(t, exec.Command("go", "build", "-tags", "notmuch", "-o", program, "./notmuch"))
	server := startNotmuch(t, program, maildir)
	t.Cleanup(func() { server.stop(t) })
	return searcher{name: "libnotmuch", peer: "notmuch", search: server.search}
}

// notmuchServer is our program around notmuch's library.
type notmuchServer struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	faults bytes.Buffer
}

func startNotmuch(t *testing.T, program, maildir string) *notmuchServer {
	t.Helper()
	s := &notmuchServer{cmd: exec.Command(program, maildir)}
	s.cmd.Stderr = &s.faults
	in, out, err := pipes(s.cmd)
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.in, s.out = in, bufio.NewReader(out)
	return s
}

// stop ends the program by the end of its input.
func (s *notmuchServer) stop(t *testing.T) {
	t.Helper()
	if err := errors.Join(s.in.Close(), s.cmd.Wait()); err != nil {
		t.Errorf("the program around libnotmuch ended badly: %v\n%s", err, &s.faults)
	}
}

// search reads the newest 50 threads; the time is the program's own, without
// the way through the pipe.
func (s *notmuchServer) search(query string) (threads int, took time.Duration, err error) {
	if _, err := io.WriteString(s.in, query+"\n"); err != nil {
		return 0, 0, err
	}
	_, err = fmt.Fscanln(s.out, &threads, (*int64)(&took))
	return threads, took, err
}
