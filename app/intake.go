package app

import (
	"context"
	"errors"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// runChannel starts a channel's worker. The caller holds the set's lock.
func (a *App) runChannel(channel inbox.Channel) *runningChannel {
	mailbox := a.mailboxFor(channel)
	retry := make(chan struct{}, 1)
	running := &runningChannel{
		channel: channel, mailbox: mailbox, group: run.NewGroup(a.ctx),
		retry: func() {
			select {
			case retry <- struct{}{}:
			default:
			}
		},
	}
	sink := channelSink{app: a, channel: channel.ID}
	running.group.Go("intake "+string(channel.ID), func(ctx context.Context) {
		pause := run.Backoff{Base: 2 * time.Second, Max: 5 * time.Minute}
		var since time.Time
		for ctx.Err() == nil {
			began := a.clock.Now()
			err := mailbox.Sync(ctx, sink)
			if ctx.Err() != nil {
				return
			}
			if a.clock.Now().Sub(began) > time.Minute {
				pause.Reset()
				since = time.Time{}
			}
			if since.IsZero() {
				since = a.clock.Now()
			}
			wait := pause.Next()
			status := inbox.ChannelStatus{Channel: channel.ID, State: inbox.ChannelOffline, Since: since, RetryAt: a.clock.Now().Add(wait)}
			var known *inbox.Error
			if errors.As(err, &known) {
				status.Reason = known.Message
				switch known.Code {
				case inbox.Auth:
					status.State = inbox.ChannelNeedsSignIn
				case inbox.Invalid:
					status.State = inbox.ChannelError
				}
			}
			a.channelSays(status)
			select {
			case <-a.clock.After(wait):
			case <-retry:
				pause.Reset()
			case <-ctx.Done():
			}
		}
	})
	return running
}

// channelSink puts what a channel's adapter fetches into the cache.
type channelSink struct {
	app     *App
	channel inbox.ChannelID
}

func (s channelSink) States(ctx context.Context) ([]inbox.FolderState, error) {
	return s.app.db.FolderStates(ctx, s.channel)
}

func (s channelSink) Batch(ctx context.Context, b inbox.Batch) error {
	changed, err := s.app.db.StoreBatch(ctx, b)
	s.app.changed(changed)
	return err
}

func (s channelSink) Listing(ctx context.Context, l inbox.FolderListing) error {
	changed, err := s.app.db.StoreListing(ctx, l)
	s.app.changed(changed)
	return err
}

func (s channelSink) Status(status inbox.ChannelStatus) { s.app.channelSays(status) }
