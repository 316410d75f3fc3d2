//go:build bench

package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// TestM3LiveMail measures what is ours of the way from a delivery to the
// screen: from the server's EXISTS line to the moment after the commit when
// the event is sent. (Dovecot holds its line back for half a second.)
func TestM3LiveMail(t *testing.T) {
	server := startMailbox(t, 200)
	var bareTimes, ours sample
	for round := range rounds() {
		bareTimes = append(bareTimes, bareLive(t, server, 10)...)
		ours = append(ours, postvakLive(t, server, 10)...)
		if round == 0 { // what is prepared once a process
			bareTimes, ours = bareTimes[1:], ours[1:]
		}
	}
	tab := &table{title: fmt.Sprintf("M3 From the EXISTS line to the event after the commit, %d deliveries each: ms, p50 / p99", len(ours)),
		head: []string{"", "time"}}
	tab.row("bare client, fetched and thrown away", bareTimes.tails())
	tab.row("Postvak, stored and searchable", ours.tails())
	tab.note("aim: 2 / 5 ms")
	show(tab)
}

var serial int

func deliver(t *testing.T, server *imaptest.Dovecot) {
	t.Helper()
	serial++
	server.Deliver(t, mailUser, imaptest.Message(fmt.Sprintf("live%d@mail.example", serial), mailUser,
		fmt.Sprintf("Live %d", serial), strings.Repeat("A line of a letter that just arrived.\n", 60)))
}

func bareLive(t *testing.T, server *imaptest.Dovecot, n int) sample {
	t.Helper()
	c := dialBare(t, server.Port)
	defer c.conn.Close()
	c.do(t, "SELECT INBOX")
	var times sample
	for range n {
		if _, err := io.WriteString(c.conn, "i IDLE\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.line(); err != nil {
			t.Fatal(err)
		}
		deliver(t, server)
		number := c.awaitExists(t)
		began := time.Now()
		if _, err := io.WriteString(c.conn, "DONE\r\n"); err != nil {
			t.Fatal(err)
		}
		c.do(t, "FETCH "+number+" (UID FLAGS INTERNALDATE BODY.PEEK[])")
		times = append(times, float64(time.Since(began).Microseconds())/1000)
	}
	return times
}

var exists = regexp.MustCompile(`\* (\d+) EXISTS`)

func (c *bareClient) awaitExists(t *testing.T) string {
	t.Helper()
	for {
		line, err := c.line()
		if err != nil {
			t.Fatal(err)
		}
		if found := exists.FindStringSubmatch(line); found != nil {
			return found[1]
		}
	}
}

func postvakLive(t *testing.T, server *imaptest.Dovecot, n int) sample {
	t.Helper()
	port, heard := listenIn(t, server.Port)
	ready, stored := make(chan struct{}, 1000), make(chan time.Time, 1000)
	sink := &cacheSink{db: openCache(t, t.TempDir()), began: time.Now(), done: func() {
		select {
		case ready <- struct{}{}:
		default:
		}
	}}
	sink.stored = func(b inbox.Batch) {
		if b.Live && len(b.Messages) > 0 {
			stored <- time.Now()
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- mailboxAt(port).Sync(ctx, sink) }()
	defer func() { stop(); <-ended }()
	<-ready
	var times sample
	for range n {
		deliver(t, server)
		select {
		case at := <-stored:
			times = append(times, float64(at.Sub(time.Unix(0, heard.Load())).Microseconds())/1000)
		case err := <-ended:
			t.Fatalf("the sync ended: %v", err)
		case <-time.After(30 * time.Second):
			t.Fatal("a delivered letter was not stored within 30 s")
		}
	}
	return times
}

// listenIn passes connections on to a server and notes when it last said
// EXISTS, in nanoseconds since 1970.
func listenIn(t *testing.T, port int) (int, *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard := new(atomic.Int64)
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				_ = near.Close()
				return
			}
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { passOn(near, far, heard); _ = near.Close() }()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, heard
}

func passOn(near io.Writer, far io.Reader, heard *atomic.Int64) {
	buf := make([]byte, 64<<10)
	for {
		n, err := far.Read(buf)
		if bytes.Contains(buf[:n], []byte(" EXISTS\r\n")) {
			heard.Store(time.Now().UnixNano())
		}
		if _, writing := near.Write(buf[:n]); writing != nil || err != nil {
			return
		}
	}
}
