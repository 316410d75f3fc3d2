package app

import (
	"context"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/sqlite"
)

// providerNow is the time by which a channel's reply windows end: its
// provider's, as far as that is known here.
func (a *App) providerNow(id inbox.ChannelID) time.Time {
	if running, runs := a.running.get(id); runs {
		return running.account.Now()
	}
	return a.clock.Now()
}

// windowFacts are what a reply window follows from (R27). Of a channel that is
// no more only its kind is known.
func (a *App) windowFacts(id inbox.ChannelID, kind inbox.ChannelKind, lastInbound time.Time) inbox.WindowFacts {
	c, _ := a.team.Channel(id)
	return inbox.WindowFacts{Kind: kind, LastInbound: lastInbound, HumanAgent: c.Messenger.HumanAgent}
}

// windowOf is a row's reply window now, network or not (R28).
func (a *App) windowOf(r sqlite.Row) inbox.ReplyWindow {
	return inbox.WindowAt(a.windowFacts(r.Channel, r.Kind, r.LastInbound), a.providerNow(r.Channel))
}

// composerFor says what may be written in a conversation and whom a reply goes
// to (R27).
func (a *App) composerFor(view *sqlite.Conversation) ComposerState {
	_, connected := a.team.Channel(view.Channel)
	status, known := a.board.get(view.Channel)
	outside := a.outside()
	c := inbox.DecideComposer(inbox.ComposerFacts{
		WindowFacts: a.windowFacts(view.Channel, view.Kind, view.LastInbound), Now: a.providerNow(view.Channel),
		Barred: outside != "", Connected: connected, Online: !known || working(status),
	})
	state := ComposerState{
		Mode: string(c.Mode), ReplyBy: stamp(c.Ends), Next: string(c.Next), Reason: c.Reason.Sentence(view.Kind), Limits: limitsOf(view.Kind),
	}
	if c.Reason == inbox.ComposerBarred {
		state.Reason = outside
	}
	if view.Kind != inbox.Email {
		state.Reply = ReplyDraft{To: []string{view.Contact.Address}}
		state.All = state.Reply
	} else if m := repliedTo(view.Messages); m != nil {
		own := a.ownAddress(view.Channel)
		state.Reply, state.All = replyDraft(m, own, false), replyDraft(m, own, true)
	}
	return state
}

// permitted refuses a draft that the reply window does not let go now (R27). It
// stays a draft.
func (a *App) permitted(c inbox.Channel, lastInbound time.Time, d Draft) error {
	sending := inbox.Sending{Template: d.TemplateID != "", HumanAgent: d.HumanAgent}
	permit := inbox.PermitAt(a.windowFacts(c.ID, c.Kind, lastInbound), sending, a.providerNow(c.ID))
	if permit.Refused != "" {
		return &inbox.Error{Code: inbox.WindowClosed, Message: permit.Refused}
	}
	return nil
}

// permit asks the rules again at the moment in which the outbox sends (R29).
func (a *App) permit(ctx context.Context, o inbox.Outgoing, now time.Time) (inbox.Permit, error) {
	if !o.Key.Chat() {
		return inbox.Permit{}, nil
	}
	_, facts, err := a.db.State(ctx, o.Key)
	var rendered inbox.Rendered
	if err == nil {
		rendered, err = a.db.RenderedOf(ctx, o.Key)
	}
	if inbox.CodeOf(err) == inbox.NotFound { // of a deleted message its place in the thread is left, not what was to go
		return inbox.Permit{Refused: "This was not sent: its conversation was deleted."}, nil
	}
	if err != nil {
		return inbox.Permit{}, err
	}
	message, err := chat.Decode(rendered.Wire)
	if err != nil {
		return inbox.Permit{Refused: chat.Damaged}, nil //nolint:nilerr // what cannot be read today cannot be sent tomorrow
	}
	sending := inbox.Sending{Template: message.Template != nil, HumanAgent: message.HumanAgent}
	return inbox.PermitAt(a.windowFacts(o.Channel, message.Kind, facts.LastInbound), sending, now), nil
}

// longestWait bounds one wait for a moment: a computer that sleeps does not count
// it.
const longestWait = time.Minute

// keepWindows moves rows on at the moment in which their reply window ends,
// until ctx ends.
func (a *App) keepWindows(ctx context.Context) {
	for {
		changed, next, err := a.db.EndWindows(ctx, a.clock.Now())
		if err != nil && ctx.Err() == nil {
			a.log.Error("ending reply windows", "error", err.Error())
		}
		if !changed.Empty() {
			a.changed(changed)
			a.hub.emit("outbox.changed", Ping{}) // what asks there may be over now
		}
		select {
		case <-time.After(eventSpacing): // a sync changes with every batch
		case <-ctx.Done():
			return
		}
		var alarm <-chan time.Time
		if !next.IsZero() {
			alarm = a.clock.After(min(max(next.Sub(a.clock.Now()), eventSpacing), longestWait))
		}
		select {
		case <-alarm:
		case <-a.windowKeeper.wake:
		case <-ctx.Done():
			return
		}
	}
}
