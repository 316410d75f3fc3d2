package app

import (
	"context"
	"strings"

	"postvak/app/desktop"
	"postvak/backend/inbox"
)

// hearAnswers does what people ask for on notifications, until ctx ends or the
// system's side does.
func (a *App) hearAnswers(ctx context.Context) {
	for {
		select {
		case answer, more := <-a.opt.Desktop.Answers():
			if !more {
				return
			}
			a.pressed(answer)
		case <-ctx.Done():
			return
		}
	}
}

// pressed does one thing that a person pressed. A click on a notification whose
// place in the list is gone opens the window all the same.
func (a *App) pressed(answer desktop.Answer) {
	id := string(a.notices.opens(answer.Slot))
	a.notify.Closed(answer.Slot)
	switch {
	case answer.Action == desktop.ActionOpen, id == "":
		a.comeForward(id, "")
	case answer.Action == desktop.ActionReply && strings.TrimSpace(answer.Text) == "":
		a.comeForward(id, "composer")
	case answer.Action == desktop.ActionReply:
		a.quickReply(id, answer.Text)
	case answer.Action == desktop.ActionAssign:
		_, err := (&Inbox{a}).Assign(id, string(a.team.Me()))
		a.trouble("This was not assigned to you.", err)
	case answer.Action == desktop.ActionClose:
		_, err := (&Inbox{a}).Close(id)
		a.trouble("The conversation was not closed.", err)
	}
}

// comeForward shows the window, with a conversation if one is named.
func (a *App) comeForward(conversationID, focus string) {
	if window := a.mainWindow(); window != nil {
		window.show()
	}
	if conversationID != "" {
		a.hub.emit("navigate", Navigate{To: "/#/conversation/" + conversationID, Focus: focus})
	}
}

// quickReply answers as the composer would: with the thread's recipients and
// subject, by the outbox. What cannot go is kept as a draft.
func (a *App) quickReply(id, text string) {
	_, refused := (&Composer{a}).Send(id, SendRequest{Draft: Draft{Text: text}})
	if refused == nil {
		_, err := (&Inbox{a}).MarkRead(id) // who answers has read
		a.trouble("The conversation you answered was not marked as read.", err)
		return
	}
	lost := a.run("Composer.SaveDraft", func(ctx context.Context) error {
		return a.keepAsDraft(ctx, inbox.Key(id), text)
	})
	if lost != nil {
		a.trouble("Your answer was not sent, and could not be kept as a draft.", lost)
		return
	}
	a.trouble("Your answer was not sent. It is kept as a draft.", refused)
}

// keepAsDraft adds a text to the draft of a conversation.
func (a *App) keepAsDraft(ctx context.Context, id inbox.Key, text string) error {
	view, err := a.conversation(ctx, id, OpenQuery{Limit: 1})
	if err != nil {
		return err
	}
	draft := view.Draft
	if draft.Text != "" {
		draft.Text = strings.TrimRight(draft.Text, "\n") + "\n\n"
	}
	draft.Text += text
	return a.saveDraft(ctx, id, draft)
}

// trouble tells on the desktop what could not be done: there may be no window
// to say it in.
func (a *App) trouble(what string, err error) {
	if err == nil {
		return
	}
	a.tellDesktop(what, a.failureOf(err).Message)
}
