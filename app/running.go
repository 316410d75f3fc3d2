package app

import (
	"context"
	"sync"

	"postvak/backend/email"
	"postvak/backend/inbox"
	"postvak/backend/outbox"
	"postvak/backend/run"
)

// channelSet is the channels that run on this computer.
type channelSet struct {
	mu      sync.Mutex
	running map[inbox.ChannelID]*runningChannel
	ended   bool
}

// runningChannel is one channel's account and the worker that reads it.
type runningChannel struct {
	channel inbox.Channel
	mailbox *email.Mailbox
	group   *run.Group
	retry   func()
}

// sender gives the outbox a channel's way out, nil while it does not run.
func (c *channelSet) sender(id inbox.ChannelID) outbox.Sender {
	c.mu.Lock()
	defer c.mu.Unlock()
	if running := c.running[id]; running != nil {
		return running.mailbox
	}
	return nil
}

// startChannels runs every connected channel, after the demo made its own.
func (a *App) startChannels() error {
	a.running.mu.Lock()
	a.running.running = map[inbox.ChannelID]*runningChannel{}
	a.running.mu.Unlock()
	if a.demo != nil {
		if err := a.populate(a.ctx); err != nil {
			return err
		}
	}
	a.refreshChannels()
	return nil
}

// refreshChannels starts what was connected, ends what was disconnected, and
// starts anew what reaches its servers in another way than before.
func (a *App) refreshChannels() {
	a.running.mu.Lock()
	var gone []*runningChannel
	connected := map[inbox.ChannelID]inbox.Channel{}
	for _, c := range a.team.Channels() {
		connected[c.ID] = c
	}
	for id, running := range a.running.running {
		if now, ok := connected[id]; !ok || now.Email != running.channel.Email || now.Address != running.channel.Address {
			gone = append(gone, running)
			delete(a.running.running, id)
		}
	}
	if !a.running.ended {
		for id, channel := range connected {
			if a.running.running[id] == nil {
				a.running.running[id] = a.runChannel(channel)
			}
		}
	}
	a.running.mu.Unlock()
	for _, old := range gone {
		old.group.Stop()
	}
	if a.outbox != nil {
		a.outbox.Wake()
	}
	a.emitStatus()
}

// restartChannel lets a channel try at once, with the secrets as they are now.
func (a *App) restartChannel(id inbox.ChannelID) {
	a.running.mu.Lock()
	old := a.running.running[id]
	delete(a.running.running, id)
	a.running.mu.Unlock()
	if old != nil {
		old.group.Stop()
	}
	a.refreshChannels()
}

// endChannels stops all of them and waits.
func (a *App) endChannels() {
	a.running.mu.Lock()
	a.running.ended = true
	all := a.running.running
	a.running.running = nil
	a.running.mu.Unlock()
	for _, running := range all {
		running.group.Stop()
	}
}

// network tells everybody that the network went away or came back.
func (a *App) network(on bool) {
	a.outbox.SetOffline(!on)
	a.running.mu.Lock()
	defer a.running.mu.Unlock()
	for _, running := range a.running.running {
		running.retry()
	}
}

// mailboxFor makes a channel's account; its password stays in the keyring.
func (a *App) mailboxFor(channel inbox.Channel) *email.Mailbox {
	return email.New(email.Config{
		Channel: channel, Clock: a.clock, Roots: a.opt.Roots, Log: a.log.With("channel", string(channel.ID)),
		Password: func(ctx context.Context) (string, error) {
			password, err := a.secrets.Get(ctx, passwordName(channel.ID))
			if inbox.CodeOf(err) == inbox.NotFound {
				return "", inbox.Errorf(inbox.Auth, "The password of %s is missing on this computer. Sign in again.", channel.Address)
			}
			return password, err
		},
	})
}

// channelSays keeps and tells what a channel says of itself.
func (a *App) channelSays(s inbox.ChannelStatus) {
	if known, ok := a.board.get(s.Channel); ok && s.SetAside == 0 {
		s.SetAside = known.SetAside
	}
	a.board.set(s)
	a.emitStatus()
}

func (a *App) emitStatus() {
	if status, err := a.status(a.ctx); err == nil {
		a.hub.emit("status.changed", status)
	}
}

// rebuild derives the cache anew. It answers when that is done, or goes on
// behind the status line when it takes longer than a call may.
func (a *App) rebuild(ctx context.Context) error {
	if !a.rebuilding.CompareAndSwap(false, true) {
		return inbox.Errorf(inbox.Conflict, "The cache is being rebuilt already.")
	}
	a.board.rebuilding(&Progress{})
	a.emitStatus()
	done := make(chan error, 1)
	a.group.Go("rebuild", func(ctx context.Context) { done <- a.rebuildNow(ctx) })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return nil
	}
}

func (a *App) rebuildNow(ctx context.Context) error {
	defer a.rebuilding.Store(false)
	err := a.db.Rebuild(ctx, func(done, total int) {
		a.board.rebuilding(&Progress{done, total})
		a.emitStatus()
	})
	a.board.rebuilding(nil)
	if err != nil {
		a.log.Error("rebuilding the cache", "error", err.Error())
	}
	a.emitStatus()
	a.hub.emit("inbox.changed", InboxChanged{ConversationIDs: []string{}, Sections: texts(inbox.Sections())})
	return err
}
