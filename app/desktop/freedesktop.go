package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// showLimit is how long Show may take, and dialLimit a connection that is made
// on the way.
const (
	showLimit = 5 * time.Second
	dialLimit = 2 * time.Second
)

// answersKept is how many answers wait for a reader.
const answersKept = 32

var errClosed = errors.New("the notifier is closed")

// onLinux shows notices by org.freedesktop.Notifications. One goroutine, run,
// owns the connection and what is shown: a click is not looked at before the
// notice that it belongs to has its number.
type onLinux struct {
	address string
	log     *slog.Logger
	answers chan Answer
	shows   chan showing
	stirred chan struct{} // something is to be withdrawn, or the count changed

	life   context.Context
	end    context.CancelFunc
	ended  chan struct{}
	sounds sync.WaitGroup

	mu       sync.Mutex
	withdraw map[string]bool
	count    int

	// What follows is run's.
	conn    *dbus.Conn
	signals chan *dbus.Signal
	server  server
	screen  screen
	badge   int // the count as the desktop's dock was told
}

// showing is a Show that waits for its turn.
type showing struct {
	ctx    context.Context
	notice Notice
	done   chan error
}

// Linux gives the Notifier for org.freedesktop.Notifications on a bus; "" is the
// session's. It is an error when the bus does not answer now; later it may come
// and go, and so may the server.
func Linux(bus string, log *slog.Logger) (Notifier, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialLimit)
	defer cancel()
	l := &onLinux{
		address: bus, log: log, answers: make(chan Answer, answersKept), shows: make(chan showing),
		stirred: make(chan struct{}, 1), ended: make(chan struct{}), withdraw: map[string]bool{},
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	l.life, l.end = context.WithCancel(context.Background())
	go l.run()
	return l, nil
}

// Show implements Notifier.
func (l *onLinux) Show(ctx context.Context, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, showLimit)
	defer cancel()
	defer context.AfterFunc(l.life, cancel)()
	s := showing{ctx: ctx, notice: n, done: make(chan error, 1)}
	select {
	case l.shows <- s:
		return <-s.done // it looks at ctx itself
	case <-l.life.Done():
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Withdraw implements Notifier.
func (l *onLinux) Withdraw(slot string) {
	l.mu.Lock()
	l.withdraw[slot] = true
	l.mu.Unlock()
	l.stir()
}

// Answers implements Notifier.
func (l *onLinux) Answers() <-chan Answer { return l.answers }

// Health implements Notifier.
func (l *onLinux) Health(ctx context.Context) Health { return busHealth(ctx, l.address) }

// Close implements Notifier.
func (l *onLinux) Close() {
	l.end()
	<-l.ended
	l.sounds.Wait()
}

func (l *onLinux) stir() {
	select {
	case l.stirred <- struct{}{}:
	default: // it is stirred already
	}
}

// run does one thing at a time until Close.
func (l *onLinux) run() {
	defer close(l.ended)
	defer close(l.answers)
	for {
		select {
		case s := <-l.shows:
			l.settle()
			s.done <- l.show(s.ctx, s.notice)
		case <-l.stirred:
			l.settle()
		case signal, ok := <-l.signals:
			if ok {
				l.heard(signal)
			} else {
				l.lose()
			}
		case <-l.life.Done():
			l.hangUp()
			return
		}
	}
}

// show shows a notice. Where the connection or the server turns out to have
// gone, what it showed is gone too, and it is tried once more with the next one.
func (l *onLinux) show(ctx context.Context, n Notice) error {
	err := l.try(ctx, n)
	if err != nil && ctx.Err() == nil && l.anew(err) {
		l.log.Info("the notification server began anew", "error", err.Error())
		err = l.try(ctx, n)
	}
	switch {
	case err == nil:
		l.sound(n.Sound)
	case l.life.Err() != nil && errors.Is(err, context.Canceled):
		err = errClosed
	case !permitted(err):
		err = fmt.Errorf("%w: %w", ErrNoPermission, err)
	}
	return err
}

// anew says whether an error means that somebody went away whose successor may
// be there.
func (l *onLinux) anew(err error) bool {
	if l.conn == nil || errors.Is(err, errNoServer) {
		return false
	}
	return !l.conn.Connected() || isError(err, "ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected")
}

func (l *onLinux) try(ctx context.Context, n Notice) error {
	if err := l.connect(ctx); err != nil {
		return err
	}
	s, err := l.current(ctx)
	if err != nil {
		return err
	}
	asked := request(n, s, l.screen.number(n.Slot))
	var id uint32
	object := l.conn.Object(s.owner, serverPath)
	if err := object.CallWithContext(ctx, serverName+".Notify", 0, asked.args()...).Store(&id); err != nil {
		return err
	}
	l.screen.put(id, shown{owner: s.owner, slot: n.Slot, keys: asked.keys})
	return nil
}

// current gives the server that is there now. What another one showed is
// forgotten: its numbers mean nothing to this one.
func (l *onLinux) current(ctx context.Context) (server, error) {
	owner, err := wake(ctx, l.conn)
	if err != nil || owner == l.server.owner {
		return l.server, err
	}
	s, err := describe(ctx, l.conn, owner)
	if err != nil {
		return s, err
	}
	l.server = s
	l.screen.clear()
	return s, nil
}

// connect makes a connection where there is none.
func (l *onLinux) connect(ctx context.Context) error {
	if l.conn != nil && l.conn.Connected() {
		return nil
	}
	l.lose()
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := dial(ctx, l.address)
	if err != nil {
		return err
	}
	signals := make(chan *dbus.Signal)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(serverName), dbus.WithMatchInterface(serverName)},
		{dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serverName)},
		{dbus.WithMatchSender(busName), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, dockName)},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			_ = conn.Close() // it is of no use without its signals
			return fmt.Errorf("session bus: %w", err)
		}
	}
	l.conn, l.signals = conn, signals
	return nil
}

// lose forgets a connection and all that was shown over it.
func (l *onLinux) lose() {
	if l.conn != nil {
		_ = l.conn.Close() // it may be closed already
	}
	l.conn, l.signals, l.server, l.badge = nil, nil, server{}, 0
	l.screen.clear()
}

// settle withdraws what is to be withdrawn and says the count. Neither is worth
// waiting for an answer.
func (l *onLinux) settle() {
	l.mu.Lock()
	slots, count := l.withdraw, l.count
	l.withdraw = map[string]bool{}
	l.mu.Unlock()
	for slot := range slots {
		if id := l.screen.leave(slot); id != 0 && l.conn != nil {
			l.conn.Object(l.server.owner, serverPath).Go(serverName+".CloseNotification", dbus.FlagNoReplyExpected, nil, id)
		}
	}
	l.showCount(count)
}

// hangUp ends the connection. A dock that still showed a number would show it
// until it is started anew.
func (l *onLinux) hangUp() {
	l.showCount(0)
	l.lose()
}

// sound plays a tone where the server does not do so by itself.
func (l *onLinux) sound(tone string) {
	if tone == "" || l.server.can("sound") {
		return
	}
	l.sounds.Go(func() {
		if err := beep(l.life, tone); err != nil {
			l.log.Debug("no sound", "error", err.Error())
		}
	})
}
