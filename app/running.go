package app

import (
	"context"
	"math/rand/v2"
	"sync"

	"postvak/backend/channel"
	"postvak/backend/email"
	"postvak/backend/inbox"
	"postvak/backend/intake"
	"postvak/backend/outbox"
	"postvak/backend/poll"
	"postvak/backend/run"
	"postvak/backend/sqlite"
)

// channelSet is the channels that run on this computer.
type channelSet struct {
	turn    sync.Mutex // held while they are made to be what the team wants
	mu      sync.Mutex
	running map[inbox.ChannelID]runningChannel
	ended   bool
}

// runningChannel is a channel as it was when its worker started.
type runningChannel struct {
	channel inbox.Channel
	account channel.Account
	mailbox *email.Mailbox // the account of an e-mail channel; nil of others
	pacer   *poll.Pacer    // of a channel that is asked again and again; nil of others
}

// reachedAs says whether a channel still reaches its provider in the same way.
func (r runningChannel) reachedAs(c inbox.Channel) bool {
	return r.channel.Email == c.Email && r.channel.Address == c.Address &&
		r.channel.WhatsApp == c.WhatsApp && r.channel.Messenger.BaseURL == c.Messenger.BaseURL
}

// get gives a channel that runs.
func (c *channelSet) get(id inbox.ChannelID) (runningChannel, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	running, ok := c.running[id]
	return running, ok
}

// sender gives the outbox a channel's way out, nil while it does not run.
func (c *channelSet) sender(id inbox.ChannelID) outbox.Sender {
	if running, ok := c.get(id); ok {
		return running.account
	}
	return nil
}

// startChannels runs every connected channel, after the demo made its own.
func (a *App) startChannels() error {
	a.running.mu.Lock() // the outbox asks already
	a.running.running = map[inbox.ChannelID]runningChannel{}
	a.running.mu.Unlock()
	a.intake = intake.New(intake.Config[sqlite.Changed]{
		Store: a.db, Clock: a.clock, Rand: rand.Float64, Log: a.log.With("part", "intake"),
		Changed: a.changed, Status: a.channelSays,
	})
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
	a.running.turn.Lock()
	defer a.running.turn.Unlock()
	wanted := a.channelsHere()
	a.running.mu.Lock()
	if a.running.ended {
		a.running.mu.Unlock()
		return
	}
	var start []runningChannel
	connected := map[inbox.ChannelID]bool{}
	for _, c := range wanted {
		connected[c.ID] = true
		if old, runs := a.running.running[c.ID]; runs && old.reachedAs(c) {
			continue
		}
		fresh, known := a.runnable(c)
		if !known {
			continue // a newer version's kind
		}
		a.running.running[c.ID] = fresh
		start = append(start, fresh)
	}
	var gone []inbox.ChannelID
	for id := range a.running.running {
		if !connected[id] {
			gone = append(gone, id)
			delete(a.running.running, id)
		}
	}
	a.running.mu.Unlock()
	for _, id := range gone {
		a.forgetPassword(id)
		a.intake.Remove(id)
		a.outbox.Forget(id)
		a.board.forget(id)
	}
	for _, c := range start {
		a.intake.Add(c.channel.ID, c.account)
	}
	a.outbox.Wake()
	a.emitStatus()
}

// endChannels stops all of them and waits.
func (a *App) endChannels() {
	a.running.mu.Lock()
	a.running.ended = true
	a.running.mu.Unlock()
	if a.intake != nil {
		a.intake.Stop()
	}
}

// networkBack tries at once what waits for a network.
func (a *App) networkBack() {
	a.team.Wake()
	a.intake.Wake()
	a.running.wakePollers()
	a.outbox.Wake()
	a.alerts.Wake()
	a.crm.service.Hurry()
}

// watchReturn notices that the computer slept or has another network (R33).
// Timers stood still meanwhile: what was held back may be due.
func (a *App) watchReturn() run.Return {
	return run.Return{Clock: run.System, Look: run.ThisComputer(), Back: func() {
		a.log.Info("the computer woke up or has another network: trying all again")
		a.networkBack()
		a.notify.Settings()
	}}
}

// channelSays keeps and tells what a channel says of itself. What waits in the
// outbox goes as soon as the servers are reached again (R33).
func (a *App) channelSays(s inbox.ChannelStatus) {
	before, known := a.board.get(s.Channel)
	a.board.set(s)
	if working(s) && !(known && working(before)) {
		a.templateKeeper.poke()
		if known {
			a.outbox.Wake()
		}
	}
	if s.State == inbox.ChannelOffline && known && working(before) {
		a.askTheOthers(s.Channel)
	}
	if working(s) && !s.LastSync.Equal(before.LastSync) {
		a.closingKeeper.poke()
	}
	a.emitStatus()
}

// askTheOthers has chats asked at once when a mailbox, which notices by itself,
// is out of reach: it may be the network, and whoever writes an answer is to know
// that it will wait.
func (a *App) askTheOthers(lost inbox.ChannelID) {
	if c, known := a.team.Channel(lost); known && c.Kind == inbox.Email {
		a.running.wakePollers()
	}
}

func (a *App) emitStatus() {
	if status, err := a.status(a.ctx); err == nil {
		a.say(&status)
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
