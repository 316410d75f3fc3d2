package messenger_test

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
	"postvak/backend/messenger"
	"postvak/backend/poll"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

var (
	_ channel.Account = (*messenger.Account)(nil)
	_ messenger.Pace  = (*poll.Pacer)(nil)
)

func TestSuite(t *testing.T) { channeltest.Run(t, world) }

// world is the suite's provider: the fake, behind a door that can be shut.
func world(t testing.TB) channeltest.World {
	t.Helper()
	const jan = "700"
	clock := &brisk{}
	server, err := metaserver.Start(metaserver.Config{Clock: clock, HumanAgent: true, Observe: checker(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	server.Know(jan, "Jan") // who never wrote cannot be written to
	d := newDoor(t, strings.TrimPrefix(server.URL(), "http://"))
	turns := make(turns, 1)
	token := server.Token()
	ids := 0
	return channeltest.World{
		Channel: "c1", Secret: token, Keeps: true, Windows: true,
		Open: func(testing.TB) channel.Account {
			return messenger.New(messenger.Config{
				Channel: inbox.Channel{
					ID: "c1", Kind: inbox.Messenger, Address: server.PageID(), Messenger: inbox.MessengerSettings{BaseURL: "http://" + d.address},
				},
				Token: func(context.Context) (string, error) { return token, nil }, Pace: turns, Clock: &brisk{},
			})
		},
		Look:  turns.look,
		Parse: func(_ inbox.Key, raw []byte) inbox.Message { return chat.Parse(raw) },
		Deliver: func(_ testing.TB, text string, ago time.Duration) {
			server.DeliverAt(clock.Now().Add(-ago), jan, "", text, nil)
		},
		Again: func(testing.TB) { server.SetOdd(false, true) },
		Render: func(_ testing.TB, text string) inbox.Rendered {
			ids++
			r := rendered(jan, text)
			r.MessageID = "own" + strconv.Itoa(ids)
			return r
		},
		Got: func(testing.TB) (texts []string) {
			for _, m := range server.Sent() {
				texts = append(texts, m.Text)
			}
			return texts
		},
		Fault: func(t testing.TB, f channeltest.Fault) {
			server.Heal()
			server.Renew(token)
			if f == channeltest.SignIn {
				server.Revoke()
			}
			d.shut(t, f == channeltest.Gone)
			if failure, some := faults[f]; some {
				server.Fail("POST /v26.0", failure, -1)
			}
		},
		Cut: func(_ testing.TB, n int) {
			server.Heal()
			if n > 0 {
				server.FailAfter("", rest.CutJSON, n-1)
			}
		},
		Ahead: func(_ testing.TB, by time.Duration) { clock.by(by) },
	}
}

var faults = map[channeltest.Fault]rest.Failure{
	channeltest.Refused: metaserver.GraphError(100, 0), channeltest.Later: rest.TooMany, channeltest.CutBefore: rest.CutBefore, channeltest.CutAfter: rest.CutAfter,
	channeltest.Nonsense: rest.NotJSON, channeltest.Silent: rest.Slow,
}

// turns is a pace whose turns a test gives.
type turns chan struct{}

func (l turns) look() {
	select {
	case l <- struct{}{}:
	default:
	}
}

func (l turns) Found(string) {}

func (l turns) Next(ctx context.Context, _ time.Duration) error {
	select {
	case <-l:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// brisk is a clock on which nobody waits, and that may be ahead of the
// computer's.
type brisk struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (b *brisk) by(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ahead = d
}

func (b *brisk) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.ahead)
}

func (*brisk) After(time.Duration) <-chan time.Time { return time.After(0) }

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
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", d.address)
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
		to, err := (&net.Dialer{}).Dial("tcp", d.to)
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
