package imap

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// idleRenewal is how long one IDLE stands: some servers and many routers give
// up on a connection after ten quiet minutes.
const idleRenewal = 9 * time.Minute

// Noop gives the server one occasion to say what changed in the selected
// folder. It is cheap: a caller who wants to see new mail at once, on a server
// that delays it in IDLE, may call it several times a second.
func (c *Conn) Noop(ctx context.Context) (Event, error) {
	event := EventQuiet
	err := c.do(ctx, false, func(s *session) error {
		err := s.client.Noop().Wait()
		event = s.pending()
		return err
	})
	return event, err
}

// pending takes the news that came with whatever was done before.
func (s *session) pending() Event {
	select {
	case <-s.sig.news:
		return EventNews
	default:
		return EventQuiet
	}
}

// Wait returns with EventNews when the server says that something changed in
// the selected folder (at once, when it did so since the last Wait), with
// EventQuiet after poll, for the caller to look anyway, and with EventYield
// when another goroutine wants the connection. It uses IDLE where there is one
// and a NOOP after poll where not. When ctx ends it leaves IDLE in good order:
// the connection stays usable.
func (c *Conn) Wait(ctx context.Context, poll time.Duration) (Event, error) {
	if err := c.acquire(ctx); err != nil {
		return EventQuiet, err
	}
	defer c.release()
	if c.selected.Name == "" {
		return EventQuiet, &Error{Kind: KindConfig, Detail: "no folder is selected"}
	}
	if s := c.active.Load(); !s.dead() {
		if event := s.pending(); event == EventNews {
			return event, nil
		}
	}
	until := time.NewTimer(poll)
	defer until.Stop()
	if !c.Has("IDLE") || c.noIdle {
		return c.look(ctx, until)
	}
	for {
		event, again, err := c.idle(ctx, until)
		if KindOf(err) == KindNo { // advertised, and not there
			c.noIdle = true
			return c.look(ctx, until)
		}
		if err != nil || !again {
			return event, err
		}
	}
}

// look waits without IDLE.
func (c *Conn) look(ctx context.Context, until *time.Timer) (Event, error) {
	select {
	case <-ctx.Done():
		return EventQuiet, ctx.Err()
	case <-c.want:
		return EventYield, nil
	case <-until.C:
	}
	event := EventQuiet
	err := c.run(ctx, false, func(s *session) error {
		err := s.client.Noop().Wait()
		event = s.pending()
		return err
	})
	return event, err
}

// idle stands in IDLE once. Again is true when it only has to be renewed.
// Entering and leaving are bounded by the deadline, not by ctx: when ctx ends,
// IDLE is left properly.
func (c *Conn) idle(ctx context.Context, until *time.Timer) (event Event, again bool, err error) {
	bounded := context.WithoutCancel(ctx)
	var running *imapclient.IdleCommand
	err = c.run(bounded, false, func(s *session) (err error) {
		running, err = s.client.Idle()
		return err
	})
	if err != nil {
		return EventQuiet, false, err
	}
	event, again, ended := c.idleUntil(ctx, until)
	err = c.run(bounded, false, func(s *session) error {
		if err := running.Close(); err != nil {
			return err
		}
		return running.Wait()
	})
	if err == nil {
		err = ended
	}
	return event, again, err
}

func (c *Conn) idleUntil(ctx context.Context, until *time.Timer) (event Event, again bool, err error) {
	s := c.active.Load()
	renewal := time.NewTimer(c.renewal)
	defer renewal.Stop()
	select {
	case <-s.sig.news:
		return EventNews, false, nil
	case <-until.C:
		return EventQuiet, false, nil
	case <-c.want:
		return EventYield, false, nil
	case <-renewal.C:
		return EventQuiet, true, nil
	case <-s.client.Closed():
		return EventQuiet, false, nil // leaving says why
	case <-ctx.Done():
		return EventQuiet, false, ctx.Err()
	}
}
