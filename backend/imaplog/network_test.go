package imaplog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// gate stands between a desktop and its server, and stops what a test says: the
// APPEND itself, or the answer to it.
type gate struct {
	net.Listener
	port   int
	server string

	mu     sync.Mutex
	mode   string // "pass", "hold command", "hold answer", or "deaf": IDLE does not reach the server
	opened chan struct{}
	held   chan struct{} // receives when something was stopped
	work   sync.WaitGroup
	conns  []net.Conn
}

func newGate(t testing.TB, server int) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{
		Listener: l, port: l.Addr().(*net.TCPAddr).Port, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(server)),
		mode: "pass", opened: make(chan struct{}), held: make(chan struct{}, 100),
	}
	g.work.Go(g.accept)
	t.Cleanup(func() {
		l.Close()
		g.mu.Lock()
		for _, c := range g.conns {
			c.Close()
		}
		g.mu.Unlock()
		g.set("pass")
		g.work.Wait()
	})
	return g
}

// set changes what is stopped. What was stopped goes on when it is "pass".
func (g *gate) set(mode string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if mode == "pass" && g.mode != "pass" {
		close(g.opened)
		g.opened = make(chan struct{})
	}
	g.mode = mode
}

func (g *gate) state() (mode string, opened chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mode, g.opened
}

func (g *gate) accept() {
	for {
		client, err := g.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", g.server)
		if err != nil {
			client.Close()
			continue
		}
		g.mu.Lock()
		g.conns = append(g.conns, client, server)
		g.mu.Unlock()
		mute := make(chan (<-chan struct{}), 1)
		g.work.Go(func() { g.up(client, server, mute) })
		g.work.Go(func() { g.down(client, server, mute) })
	}
}

// up carries what the client says.
func (g *gate) up(client, server net.Conn, mute chan<- (<-chan struct{})) {
	defer func() { _ = server.(*net.TCPConn).CloseWrite() }()
	buffer := make([]byte, 64<<10)
	idling := ""
	for {
		n, err := client.Read(buffer)
		if n > 0 {
			mode, opened := g.state()
			said := string(buffer[:n])
			if tag, found := strings.CutSuffix(said, " IDLE\r\n"); found && mode == "deaf" {
				idling = tag
				_, _ = io.WriteString(client, "+ idling\r\n")
				g.held <- struct{}{}
				continue
			}
			if idling != "" && said == "DONE\r\n" {
				_, _ = io.WriteString(client, idling+" OK done\r\n")
				idling = ""
				continue
			}
			if strings.HasPrefix(mode, "hold") && bytes.Contains(buffer[:n], []byte(" APPEND ")) {
				g.held <- struct{}{}
				if mode == "hold answer" {
					mute <- opened
				} else {
					rest, _ := io.ReadAll(client) // until the client gives up
					<-opened
					_, _ = server.Write(append(slices.Clone(buffer[:n]), rest...))
					return
				}
			}
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// down carries what the server says, and hears it out when nobody listens.
func (g *gate) down(client, server net.Conn, mute <-chan (<-chan struct{})) {
	defer server.Close()
	defer client.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		select {
		case opened := <-mute:
			<-opened
		default:
		}
		_, _ = client.Write(buffer[:n])
		if err != nil {
			return
		}
	}
}

// through is a desktop behind a port, with a deadline that a test can wait for.
func through(t testing.TB, d *imaptest.Dovecot, port int) *desktop {
	server := mailbox(d, ann)
	server.Port, server.Deadline = port, time.Second
	return newDesktop(t, server)
}

// An APPEND without an answer may have been stored: it is done again, and the
// reader sees the same record twice.
func TestAnAnswerThatNeverComes(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	g := newGate(t, d.Port)
	a, b := through(t, d, g.port), newDesktop(t, mailbox(d, ann))
	g.set("hold answer")
	_, err := a.Append(t.Context(), "one", []byte("one"))
	wantCode(t, err, inbox.Unavailable)
	g.set("pass")
	a.mustAppend("one")
	a.mustRead("one", "one")
	b.mustRead("one", "one")
}

// And one may arrive after its own repetition.
func TestAnAppendThatArrivesLate(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	g := newGate(t, d.Port)
	a, b := through(t, d, g.port), through(t, d, d.Port)
	g.set("hold command")
	_, err := a.Append(t.Context(), "one", []byte("one"))
	wantCode(t, err, inbox.Unavailable)
	<-g.held
	b.mustAppend("one", "two") // as the same desktop would, by another way
	b.mustRead("one", "two")
	g.set("pass")
	b.follow(3)
	a.mustRead("one", "two", "one")
	if len(b.found(teamlog.Late)) != 0 {
		t.Errorf("%+v", b.findings)
	}
}

// Dovecot does not tell of what arrives just as IDLE begins.
func TestNewsThatTheServerKeepsToItself(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	g := newGate(t, d.Port)
	a, b := newDesktop(t, mailbox(d, ann)), through(t, d, g.port)
	a.mustAppend("one")
	b.mustRead("one")
	g.set("deaf")
	heard := make(chan struct{})
	go func() { b.follow(2); close(heard) }()
	<-g.held // it stands in IDLE
	a.mustAppend("two")
	<-heard
}

// toxic is a network that a test can make bad.
func toxic(t testing.TB, server int) (*toxiproxy.Proxy, int) {
	t.Helper()
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(api, "imap", "127.0.0.1:0", net.JoinHostPort("127.0.0.1", strconv.Itoa(server)))
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	_, port, err := net.SplitHostPort(proxy.Listen)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return proxy, n
}

func add(t testing.TB, proxy *toxiproxy.Proxy, format string, args ...any) {
	t.Helper()
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(format, args...))); err != nil {
		t.Fatal(err)
	}
}

// A connection on which nothing moves any more, as after sleep or behind a
// router that forgot it.
func TestADeadConnectionIsGivenUp(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	proxy, port := toxic(t, d.Port)
	a := through(t, d, port)
	a.mustAppend("one")
	a.mustRead("one")
	for _, direction := range []string{"upstream", "downstream"} {
		add(t, proxy, `{"name":"hole","type":"timeout","stream":%q,"attributes":{"timeout":0}}`, direction)
		wantCode(t, a.catchUp(), inbox.Unavailable)
		_, err := a.Append(t.Context(), "id", []byte("lost"))
		wantCode(t, err, inbox.Unavailable)
		proxy.Toxics.ResetToxics(t.Context())
		a.mustAppend("after")
		if err := a.catchUp(); err != nil || a.records[len(a.records)-1] != "after" {
			t.Fatalf("%q, %v", a.records, err)
		}
	}
}

// persist does something until it works.
func persist(t testing.TB, f func() error) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		err := f()
		if err == nil {
			return
		}
		if inbox.CodeOf(err) != inbox.Unavailable && inbox.CodeOf(err) != inbox.Auth {
			t.Error(err)
			return
		}
		select {
		case <-t.Context().Done():
			return
		case <-time.After(5 * time.Millisecond): // the caller's back-off
		}
	}
	t.Error("it never worked again")
}

// write appends records as a desktop does: each until it is known to be stored.
func (d *desktop) write(records ...string) {
	for _, record := range records {
		persist(d.t, func() error {
			_, err := d.Append(d.t.Context(), record, []byte(record))
			return err
		})
		persist(d.t, d.catchUp)
	}
}

// agree checks that all desktops have seen the same as one that comes fresh,
// and that every record is there.
func agree(t *testing.T, d *imaptest.Dovecot, want []string, desks ...*desktop) {
	t.Helper()
	fresh := newDesktop(t, mailbox(d, ann))
	persist(t, fresh.catchUp)
	for i, desk := range desks {
		persist(t, desk.catchUp)
		if !slices.Equal(desk.records, fresh.records) {
			t.Errorf("desktop %d saw %d records, a fresh one %d", i, len(desk.records), len(fresh.records))
		}
		for _, f := range desk.findings {
			t.Errorf("desktop %d found %+v", i, f)
		}
	}
	got := slices.Compact(slices.Sorted(slices.Values(fresh.records)))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d different records, want %d", len(got), len(want))
	}
	t.Logf("%d records, %d of them doubled", len(got), len(fresh.records)-len(got))
}

// Connections break at every point of every answer and question.
func TestConnectionsThatBreakAnywhere(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	proxy, port := toxic(t, d.Port)
	a, b := through(t, d, port), through(t, d, port)
	var want []string
	for i := range 32 {
		direction := []string{"upstream", "downstream"}[i%2]
		add(t, proxy, `{"name":"cut","type":"limit_data","stream":%q,"attributes":{"bytes":%d}}`, direction, 120+i*47)
		record := fmt.Sprintf("record %d", i)
		want = append(want, record)
		_, err := a.Append(t.Context(), record, []byte(record))
		err = errors.Join(err, b.catchUp(), a.catchUp())
		proxy.Toxics.ResetToxics(t.Context())
		t.Log(i, direction, 120+i*47, err != nil)
		a.write(record)
	}
	agree(t, d, want, a, b)
}

// Eight write, and the server dies again and again. A maildir's locks outlive
// the kill by up to two minutes: it is tried with the other formats only.
func TestAServerKilledUnderLoad(t *testing.T) {
	for _, format := range formats("sdbox") {
		t.Run(format, func(t *testing.T) {
			d := imaptest.StartDovecot(t, imaptest.Options{Format: format})
			create(t, mailbox(d, ann))
			var desks []*desktop
			var want []string
			var work sync.WaitGroup
			const writers, each, kills = 8, 12, 4
			written := make(chan struct{}, writers*each)
			for w := range writers {
				desk := newDesktop(t, mailbox(d, ann))
				desks = append(desks, desk)
				for i := range each {
					want = append(want, fmt.Sprintf("%d/%d", w, i))
				}
				mine := slices.Clone(want[w*each:])
				work.Go(func() {
					for _, record := range mine {
						desk.write(record)
						written <- struct{}{}
					}
				})
			}
			for range kills {
				for range writers * each / (kills + 1) {
					<-written
				}
				d.Kill()
				d.Start(t)
			}
			work.Wait()
			agree(t, d, want, desks...)
		})
	}
}
