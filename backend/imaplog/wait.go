package imaplog

import (
	"context"
	"time"

	"postvak/backend/imap"
	"postvak/backend/teamlog"
)

const (
	// tick is how often Wait looks whether the computer slept.
	tick = 15 * time.Second
	// slept is by how much a tick must be late for that.
	slept = 20 * time.Second
	// settling is after how long in IDLE the server is asked once what is new:
	// Dovecot 2.3 does not tell of a message that arrived in the millisecond in
	// which IDLE began, and is silent until the next one.
	settling = time.Second
	// alive is how long a connection may take to show that it outlived that.
	alive = 10 * time.Second
)

// Wait implements teamlog.Log. It stands in IDLE, and returns after Config.Poll
// at the latest. Where no connection may stand, or there is no folder to stand
// in, it only lets Config.Short pass. After the computer has slept it makes
// sure that the connection is alive.
func (l *Log) Wait(ctx context.Context, after teamlog.Pos) error {
	if l.isBrief() {
		return l.pause(ctx)
	}
	lk, err := l.open(ctx)
	if err != nil {
		return err
	}
	if l.news(lk, after) {
		return nil
	}
	if lk.missing || l.barred(lk) {
		return l.pause(ctx)
	}
	return l.follow(ctx, lk, after)
}

// follow stands in IDLE until there is news, for Config.Poll at most.
func (l *Log) follow(ctx context.Context, lk *link, after teamlog.Pos) error {
	begun, settled := time.Now(), false
	for time.Since(begun) < l.cfg.Poll {
		poll := l.cfg.Poll
		if !settled {
			poll = min(poll, settling)
		}
		event, woke, err := l.stand(ctx, lk, max(poll-time.Since(begun), 0))
		if err == nil && event == imap.EventQuiet && !woke && !settled {
			settled = true
			event, err = lk.conn.Noop(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return l.fault(err)
		case event == imap.EventNews:
			l.heard(lk)
			return nil
		case woke, l.stale(lk), l.news(lk, after):
			return nil
		}
	}
	return nil
}

// news reports whether there is something to read, as far as is known.
func (l *Log) news(lk *link, after teamlog.Pos) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lk.news || after.Epoch == lk.epoch && after.N < uint64(lk.end) || after.Epoch == "" && lk.end > 0
}

// heard notes that the server has said what is new.
func (l *Log) heard(lk *link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lk.fresh, lk.news = true, true
}

// pause waits without a connection.
func (l *Log) pause(ctx context.Context) error {
	select {
	case <-l.cfg.Clock.After(l.cfg.Short):
	case <-ctx.Done():
	}
	return nil
}

// stand waits in IDLE. Woke says that the computer slept meanwhile: then the
// connection was found to be alive, or closed.
func (l *Log) stand(ctx context.Context, lk *link, poll time.Duration) (event imap.Event, woke bool, err error) {
	inner, cancel := context.WithCancel(ctx)
	watching := make(chan *time.Timer, 1)
	go func() { watching <- l.watchClock(inner, lk, cancel) }()
	event, err = lk.conn.Wait(inner, poll)
	cancel()
	limit := <-watching
	if limit == nil {
		return event, false, err
	}
	defer limit.Stop()
	if _, err := lk.conn.Noop(ctx); err != nil {
		l.cfg.Log.Debug("team log: no connection after sleep", "error", err.Error())
	}
	l.forget()
	return imap.EventQuiet, true, nil
}

// watchClock ends a wait when the computer's clock has jumped. The timer that
// it gives closes a connection that does not show soon that it is alive.
func (l *Log) watchClock(ctx context.Context, lk *link, cancel context.CancelFunc) *time.Timer {
	for {
		before := l.cfg.Clock.Now()
		select {
		case <-ctx.Done():
			return nil
		case <-l.cfg.Clock.After(tick):
		}
		if passed := later(l.cfg.Clock.Now(), before); passed > tick+slept || passed < 0 {
			limit := time.AfterFunc(alive, lk.conn.Close)
			cancel()
			return limit
		}
	}
}
