package email

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// lines is a conversation in lines, on either side.
type lines struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

func dialLines(t testing.TB, address string) *lines {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &lines{t, conn, bufio.NewReader(conn)}
}

// say sends a line and reads until one that begins with end.
func (l *lines) say(line, end string) {
	l.t.Helper()
	fmt.Fprint(l, line+"\r\n")
	for {
		answer, err := l.in.ReadString('\n')
		if err != nil {
			l.t.Fatalf("%s: %v", line, err)
		}
		if strings.HasPrefix(answer, end) {
			if !strings.Contains(answer, "OK") {
				l.t.Logf("%s: %s", line, answer)
			}
			return
		}
	}
}
