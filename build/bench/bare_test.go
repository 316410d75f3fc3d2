//go:build bench

package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
)

// bareClient speaks just enough IMAP to be the floor that Postvak is compared
// with: no buffers kept, nothing parsed, nothing stored.
type bareClient struct {
	conn net.Conn
	r    *bufio.Reader
	tag  int
}

func dialBare(t *testing.T, port int) *bareClient {
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	c := &bareClient{conn: conn, r: bufio.NewReaderSize(conn, 1<<16)}
	if _, err := c.line(); err != nil {
		t.Fatal(err)
	}
	c.do(t, fmt.Sprintf("LOGIN %s %s", mailUser, imaptest.Password))
	return c
}

var literal = regexp.MustCompile(`\{(\d+)\}$`)

// line reads one response line; literals in it are thrown away.
func (c *bareClient) line() (string, error) {
	var whole strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		whole.WriteString(line)
		size := literal.FindStringSubmatch(line)
		if size == nil {
			return whole.String(), nil
		}
		n, _ := strconv.ParseInt(size[1], 10, 64)
		if _, err := io.CopyN(io.Discard, c.r, n); err != nil {
			return "", err
		}
	}
}

// do sends a command and gives the lines before its answer.
func (c *bareClient) do(t *testing.T, command string) []string {
	t.Helper()
	c.tag++
	tag := fmt.Sprintf("a%d ", c.tag)
	if _, err := io.WriteString(c.conn, tag+command+"\r\n"); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for {
		line, err := c.line()
		if err != nil {
			t.Fatal(err)
		}
		if rest, ours := strings.CutPrefix(line, tag); ours {
			if !strings.HasPrefix(rest, "OK") {
				t.Fatalf("%.20s…: %s", command, line)
			}
			return lines
		}
		lines = append(lines, line)
	}
}
