package app

import (
	"context"
	"math/rand/v2"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/outbox"
	"postvak/backend/teamlog"
)

// outboxStore gives the outbox the cache, and tells the screen what changed.
type outboxStore struct{ app *App }

func (s outboxStore) SetOutgoing(ctx context.Context, o inbox.Outgoing) error {
	changed, err := s.app.db.SetOutgoing(ctx, o)
	s.app.changed(changed)
	return err
}

func (s outboxStore) Outgoing(ctx context.Context, channel inbox.ChannelID) ([]inbox.Outgoing, error) {
	all, err := s.app.db.Outbox(ctx)
	if channel == "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(o inbox.Outgoing) bool { return o.Channel != channel }), err
}

func (s outboxStore) Rendered(ctx context.Context, key inbox.Key) (inbox.Rendered, error) {
	return s.app.db.RenderedOf(ctx, key)
}

func (a *App) startOutbox() error {
	a.outbox = outbox.New(outbox.Config{
		Store: outboxStore{a}, Clock: a.clock, Rand: rand.Float64, Log: a.log.With("part", "outbox"),
		Sender: a.running.sender,
		Permit: a.permit,
		Taken: func(ctx context.Context, o inbox.Outgoing, ids []string) (map[string]inbox.Holder, error) {
			return a.db.TakenBy(ctx, o.Channel, o.Key, ids)
		},
		Changed: func(inbox.Outgoing) { a.hub.emit("outbox.changed", Ping{}) },
		Sent:    a.sent,
	})
	return a.outbox.Start(a.ctx, a.group)
}

// sent writes into the team log who of us wrote a message that the provider
// took. Doing it again changes nothing.
func (a *App) sent(ctx context.Context, o inbox.Outgoing) error {
	state, facts, err := a.db.State(ctx, o.Key)
	if inbox.CodeOf(err) == inbox.NotFound || err == nil && state.SentBy[o.Key] != "" {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = a.team.Decide(ctx, &teamlog.Sent{Conversation: facts.ID, Key: o.Key, By: a.team.Me()})
	return err
}
