package app

import (
	"context"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// lookForAnswers has channels look for what was sent at once when the log tells
// of answers that are not here: a mail server tells by itself of new mail in the
// inbox only, and of chats another desktop hints at what is new to it, which its
// own member's answers are not.
func (a *App) lookForAnswers(ctx context.Context, decisions []teamlog.Decision) {
	looked := map[inbox.ChannelID]bool{}
	for i := range decisions {
		sent, ok := decisions[i].Event.(*teamlog.Sent)
		if !ok || decisions[i].Void != teamlog.Admitted || looked[sent.Key.Channel()] {
			continue
		}
		if _, err := a.db.Message(ctx, sent.Key); inbox.CodeOf(err) == inbox.NotFound {
			looked[sent.Key.Channel()] = true
			a.running.look(sent.Key.Channel())
		}
	}
}

// look has a channel that runs look at all its folders now, or at its
// provider's list.
func (c *channelSet) look(id inbox.ChannelID) {
	running, ok := c.get(id)
	switch {
	case !ok:
	case running.mailbox != nil:
		running.mailbox.Look()
	case running.pacer != nil:
		running.pacer.Ask()
	}
}
