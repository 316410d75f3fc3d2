package app

import (
	"context"

	"postvak/backend/inbox"
)

// Composer is the contract's service of that name: drafts and what is sent.
type Composer struct{ app *App }

// SaveDraft keeps what is being written in a conversation, and lets the team
// know that somebody is writing. An empty draft is forgotten.
func (s *Composer) SaveDraft(conversationID string, d Draft) error {
	return s.app.run("Composer.SaveDraft", func(ctx context.Context) error {
		return s.app.saveDraft(ctx, inbox.Key(conversationID), d)
	})
}

// Send queues an answer and gives its message id. What the draft leaves out
// follows from the thread. When somebody answered since the draft was begun it
// is a conflict with the detail "answered", until the request says anyway.
func (s *Composer) Send(conversationID string, r SendRequest) (string, error) {
	return do(s.app, "Composer.Send", func(ctx context.Context) (string, error) {
		return s.app.sendReply(ctx, inbox.Key(conversationID), r)
	})
}

// Start queues the first message of a new conversation.
func (s *Composer) Start(r StartRequest) (Started, error) {
	return do(s.app, "Composer.Start", func(ctx context.Context) (Started, error) { return s.app.startConversation(ctx, r) })
}

// Cancel takes back a message that was not handed over yet; its draft is there
// again.
func (s *Composer) Cancel(messageID string) error {
	return s.app.outgoing("Composer.Cancel", messageID, func(ctx context.Context, key inbox.Key) error {
		return s.app.takeBack(ctx, key)
	})
}

// GiveUp takes back a message of which it is unknown whether it was sent, as
// Cancel does others: its draft is there again.
func (s *Composer) GiveUp(messageID string) error {
	return s.app.outgoing("Composer.GiveUp", messageID, func(ctx context.Context, key inbox.Key) error {
		return s.app.giveUp(ctx, key)
	})
}

// Retry sends a message again that failed or needs attention.
func (s *Composer) Retry(messageID string) error {
	return s.app.outgoing("Composer.Retry", messageID, func(ctx context.Context, key inbox.Key) error {
		return s.app.outbox.Retry(ctx, key)
	})
}

// MarkSent takes the person's word that a message was sent.
func (s *Composer) MarkSent(messageID string) error {
	return s.app.outgoing("Composer.MarkSent", messageID, func(ctx context.Context, key inbox.Key) error {
		return s.app.outbox.MarkSent(ctx, key)
	})
}

// Templates lists the messages that a WhatsApp channel's provider approved, or
// not yet, for writing outside of the reply window. Offline it gives those that
// were seen last; other channels have none.
func (s *Composer) Templates(channelID string) ([]Template, error) {
	return do(s.app, "Composer.Templates", func(ctx context.Context) ([]Template, error) {
		return s.app.templates(ctx, inbox.ChannelID(channelID))
	})
}

// Outbox lists what is on its way or could not go, oldest first.
func (s *Composer) Outbox() ([]OutboxRow, error) {
	return do(s.app, "Composer.Outbox", func(ctx context.Context) ([]OutboxRow, error) { return s.app.outboxRows(ctx) })
}

func (a *App) outgoing(name, id string, f func(context.Context, inbox.Key) error) error {
	return a.run(name, func(ctx context.Context) error {
		err := f(ctx, inbox.Key(id))
		a.hub.emit("outbox.changed", Ping{})
		return err
	})
}

// takeBack takes a message back; its draft returns to its conversation.
func (a *App) takeBack(ctx context.Context, key inbox.Key) error {
	return a.outbox.Cancel(key, func() error {
		_, _, changed, err := a.db.Cancel(ctx, key)
		a.changed(changed)
		return err
	})
}

// giveUp takes back a message that nobody knows the fate of.
func (a *App) giveUp(ctx context.Context, key inbox.Key) error {
	return a.outbox.GiveUp(key, func() error {
		_, _, changed, err := a.db.GiveUp(ctx, key)
		a.changed(changed)
		return err
	})
}

// isOver says whether a message that asks could not go any more: trying it
// again only looks whether it was sent.
func (a *App) isOver(ctx context.Context, o inbox.Outgoing) bool {
	if o.State != inbox.OutAsk {
		return false
	}
	permit, err := a.permit(ctx, o, a.providerNow(o.Channel))
	return err == nil && permit.Refused != ""
}

func (a *App) outboxRows(ctx context.Context) ([]OutboxRow, error) {
	list := a.outbox.List()
	rows := make([]OutboxRow, 0, len(list))
	for _, o := range list {
		conversation := o.Key
		if _, facts, err := a.db.State(ctx, o.Key); err == nil {
			conversation = facts.ID
		}
		next := o.NextTry
		if next.IsZero() || next.Before(o.NotBefore) {
			next = o.NotBefore
		}
		if o.State != inbox.OutQueued {
			next = o.NextTry
		}
		rows = append(rows, OutboxRow{
			MessageID: string(o.Key), ConversationID: string(conversation), State: string(o.Shown()),
			Reason: o.Reason, NextTry: stamp(next), Doubt: o.Doubt > 0, Detail: o.Detail, Over: a.isOver(ctx, o),
		})
	}
	return rows, nil
}

func (d Draft) domain() inbox.Draft {
	files := make([]inbox.FileID, len(d.Attachments))
	for i, id := range d.Attachments {
		files[i] = inbox.FileID(id)
	}
	return inbox.Draft{
		To: d.To, Cc: d.Cc, Bcc: d.Bcc, ReplyAll: d.ReplyAll, Subject: d.Subject, Text: d.Text,
		Attachments: files, TemplateID: d.TemplateID, Variables: d.Variables, HumanAgent: d.HumanAgent,
	}
}
