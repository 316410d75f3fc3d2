package whatsapp_test

import (
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/channel/channeltest"
	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/poll"
	"postvak/backend/run"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/spectest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

var (
	_ channel.Account = (*whatsapp.Account)(nil)
	_ whatsapp.Pace   = (*poll.Pacer)(nil)
)

func TestSuite(t *testing.T) { channeltest.Run(t, world) }

// world is the suite's provider: the fake, behind a door that can be shut.
func world(t testing.TB) channeltest.World {
	t.Helper()
	check, ahead := spectest.NewChecker(t, spectest.Twilio), &shifted{}
	server, err := twilioserver.Start(twilioserver.Config{Clock: ahead, Observe: check.Observe, MaxPage: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	d := newDoor(t, strings.TrimPrefix(server.URL(), "http://"))
	looks := make(looks, 1)
	sid, key, secret := server.Account()
	ids, newest := 0, ""
	return channeltest.World{
		Channel: store, Secret: secret, Keeps: true, Windows: true,
		Open: func(t testing.TB) channel.Account {
			a, err := whatsapp.New(whatsapp.Config{
				Channel: inbox.Channel{ID: store, Kind: inbox.WhatsApp, Address: ours, WhatsApp: inbox.WhatsAppSettings{AccountSID: sid, APIKey: key, BaseURL: "http://" + d.address}},
				Secret:  func(context.Context) (string, error) { return secret, nil }, Pace: looks,
			})
			if err != nil {
				t.Fatal(err)
			}
			return a
		},
		Look:  looks.look,
		Parse: func(_ inbox.Key, raw []byte) inbox.Message { return chat.Parse(raw) },
		Deliver: func(_ testing.TB, text string, ago time.Duration) {
			newest = server.Receive(twilioserver.Incoming{From: jan, Body: text, At: ahead.Now().Add(-ago)})
		},
		Again: func(testing.TB) { server.Repeat(newest) },
		Render: func(_ testing.TB, text string) inbox.Rendered {
			ids++
			return letter(chat.Message{ID: "own" + strconv.Itoa(ids), Text: text, At: time.Now()})
		},
		Got: func(testing.TB) (texts []string) {
			for _, m := range server.Outgoing() {
				texts = append(texts, m.Body)
			}
			return texts
		},
		Fault: func(t testing.TB, f channeltest.Fault) {
			server.Heal()
			server.Revoke(f == channeltest.SignIn)
			d.shut(t, f == channeltest.Gone)
			if failure, some := failures[f]; some {
				server.Fail("POST /2010-04-01", failure, -1)
			}
		},
		Cut: func(_ testing.TB, n int) {
			server.Heal()
			if n > 0 {
				server.FailAfter("", rest.CutJSON, n-1)
			}
		},
		Ahead: func(_ testing.TB, by time.Duration) { ahead.by(by) },
	}
}

var failures = map[channeltest.Fault]rest.Failure{
	channeltest.Refused: rest.BadRequest, channeltest.Later: rest.TooMany, channeltest.CutBefore: rest.CutBefore, channeltest.CutAfter: rest.CutAfter,
	channeltest.Nonsense: rest.NotJSON, channeltest.Silent: rest.Slow,
}

// looks is a pace whose turns a test gives.
type looks chan struct{}

func (l looks) look() {
	select {
	case l <- struct{}{}:
	default:
	}
}

func (l looks) Found(string) {}

func (l looks) Next(ctx context.Context, _ time.Duration) error {
	select {
	case <-l:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shifted is a clock that is ahead of the computer's.
type shifted struct {
	mu    sync.Mutex
	ahead time.Duration
}

var _ run.Clock = (*shifted)(nil)

func (s *shifted) by(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = d
}

func (s *shifted) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

func (*shifted) After(d time.Duration) <-chan time.Time { return time.After(d) }

// door passes connections on, until it is shut: then nobody listens there.
type door struct {
	address, to string
	mu          sync.Mutex
	listener    net.Listener
	open        []net.Conn
	all         sync.WaitGroup
}

func newDoor(t testing.TB, to string) *door {
	t.Helper()
	d := &door{address: "127.0.0.1:0", to: to}
	d.shut(t, false)
	t.Cleanup(func() { d.shut(t, true); d.all.Wait() })
	return d
}

func (d *door) shut(t testing.TB, shut bool) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if shut == (d.listener == nil) {
		return
	}
	if shut {
		_ = d.listener.Close()
		for _, c := range d.open {
			_ = c.Close()
		}
		d.listener, d.open = nil, nil
		return
	}
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		t.Fatal(err)
	}
	d.listener, d.address = listener, listener.Addr().String()
	d.all.Go(func() { d.serve(listener) })
}

func (d *door) serve(listener net.Listener) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", d.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		if !d.holds(listener, from, to) {
			continue
		}
		d.all.Go(func() { _, _ = io.Copy(to, from); _ = to.Close() })
		d.all.Go(func() { _, _ = io.Copy(from, to); _ = from.Close() })
	}
}

func (d *door) holds(listener net.Listener, both ...net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != listener {
		for _, c := range both {
			_ = c.Close()
		}
		return false
	}
	d.open = append(d.open, both...)
	return true
}
