//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// indexWithMu makes the n letters of a Maildir searchable with mu, whose
// database comes to lie in home.
func indexWithMu(t *testing.T, maildir, home string, n int) cost {
	t.Helper()
	c := measured(t, exec.Command("mu", "init", "--quiet", "--muhome="+home, "--maildir="+maildir))
	c = c.then(measured(t, exec.Command("mu", "index", "--quiet", "--muhome="+home)))
	server := startMu(t, home)
	defer server.stop(t)
	if got, err := server.letters(); err != nil || got != n {
		t.Fatalf("mu indexed %d of %d letters: %v", got, n, err)
	}
	return c
}

// muServer is mu as its window in an editor uses it: one process that takes
// commands on its input and answers with framed expressions.
type muServer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	buf []byte
}

// startMu starts a server that runs until it is stopped.
func startMu(t *testing.T, home string) *muServer {
	t.Helper()
	s := &muServer{cmd: exec.Command("mu", "server", "--muhome="+home)}
	in, out, err := pipes(s.cmd)
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.in, s.out = in, bufio.NewReaderSize(out, 1<<16)
	return s
}

// stop ends the server by the end of its input.
func (s *muServer) stop(t *testing.T) {
	t.Helper()
	if err := errors.Join(s.in.Close(), s.cmd.Wait()); err != nil {
		t.Errorf("mu's server ended badly: %v", err)
	}
}

// letters is how many letters mu knows.
func (s *muServer) letters() (int, error) { return s.ask("(ping)", muCount) }

// search reads the newest 50 letters; they stand in the answer before their
// number, with all that a list shows of them.
func (s *muServer) search(query string) (int, error) {
	return s.ask(fmt.Sprintf("(find :query %q :maxnum 50 :sortfield :date :descending t)", query), muFound)
}

var (
	muCount = regexp.MustCompile(`^\(:pong .*:doccount (\d+)`)
	muFound = regexp.MustCompile(`^\(:found (\d+)`)
)

// ask sends a command and reads expressions up to the one with the number.
func (s *muServer) ask(command string, number *regexp.Regexp) (int, error) {
	if _, err := io.WriteString(s.in, command+"\n"); err != nil {
		return 0, err
	}
	for {
		answer, err := s.next()
		if err != nil {
			return 0, err
		}
		if bytes.HasPrefix(answer, []byte("(:error")) {
			return 0, fmt.Errorf("mu answers %s with %s", command, answer)
		}
		if match := number.FindSubmatch(answer); match != nil {
			return strconv.Atoi(string(match[1]))
		}
	}
}

// next reads one expression: the byte 0xFE, its length in hexadecimal digits,
// the byte 0xFF, itself. What stands before is the prompt.
func (s *muServer) next() ([]byte, error) {
	if _, err := s.out.ReadSlice(0xFE); err != nil {
		return nil, err
	}
	digits, err := s.out.ReadSlice(0xFF)
	if err != nil {
		return nil, err
	}
	size, err := strconv.ParseUint(string(digits[:len(digits)-1]), 16, 24)
	if err != nil {
		return nil, fmt.Errorf("mu's answer has no length: %w", err)
	}
	if int(size) > len(s.buf) {
		s.buf = make([]byte, size)
	}
	_, err = io.ReadFull(s.out, s.buf[:size])
	return s.buf[:size], err
}
