package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// The kinds of event about canned replies.
const (
	kindReply     = "reply.set"
	kindReplyGone = "reply.delete"
)

func (a *App) listReplies(ctx context.Context) ([]Reply, error) {
	all, err := a.team.Replies(ctx)
	slices.SortStableFunc(all, func(x, y teamlog.ReplyState) int {
		return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	return mapped(all, replyOf), err
}

func replyOf(r teamlog.ReplyState) Reply {
	return Reply{
		ID: r.ID, Name: r.Name, Text: r.Text, MemberID: string(r.By), At: stamp(r.At), Version: r.Version, Pending: r.Pending,
	}
}

// reply gives a canned reply as it stands here.
func (a *App) reply(ctx context.Context, id string) (found teamlog.ReplyState, known bool, err error) {
	all, err := a.team.Replies(ctx)
	at := slices.IndexFunc(all, func(r teamlog.ReplyState) bool { return r.ID == id })
	if err != nil || at < 0 {
		return found, false, err
	}
	return all[at], true, nil
}

// saveReply stores a canned reply and gives the way back to the one before.
func (a *App) saveReply(ctx context.Context, r ReplyChange) (SavedReply, error) {
	event := &teamlog.ReplySet{ID: r.ID, Name: tidy.OneLine(tidy.Visible(r.Name)), Text: plainText(r.Text), Was: r.Was}
	if err := checkReply(event); err != nil {
		return SavedReply{}, err
	}
	before, known, err := a.reply(ctx, r.ID)
	switch {
	case err != nil:
		return SavedReply{}, err
	case r.ID != "" && !known:
		return SavedReply{}, inbox.Errorf(inbox.NotFound, "This canned reply was deleted meanwhile. Save it as a new one if it is still needed.")
	case known && before.Version != r.Was:
		return SavedReply{}, &inbox.Error{
			Code: inbox.Conflict, Detail: "was",
			Message: fmt.Sprintf("%s changed the canned reply %q first. Look at it again.", a.nameOf(before.By), before.Name),
		}
	case !known:
		if event.ID, err = a.newReply(ctx, event); err != nil {
			return SavedReply{}, err
		}
	case before.Name == event.Name && before.Text == event.Text:
		return SavedReply{ID: event.ID}, nil
	}
	return a.decideReply(ctx, event, before)
}

func (a *App) decideReply(ctx context.Context, event *teamlog.ReplySet, before teamlog.ReplyState) (SavedReply, error) {
	ids, err := a.decide(ctx, event)
	if err != nil {
		return SavedReply{}, err
	}
	var back teamlog.Event = &teamlog.ReplyDelete{ID: event.ID, Was: ids[0]}
	if before.ID != "" {
		back = &teamlog.ReplySet{ID: before.ID, Name: before.Name, Text: before.Text, Was: ids[0]}
	}
	a.hub.emit("team.changed", Ping{})
	return SavedReply{ID: event.ID, UndoID: a.undo.add([]reversal{{back: back}})}, nil
}

// newReply gives the id of one more canned reply, if there is room for it.
func (a *App) newReply(ctx context.Context, event *teamlog.ReplySet) (id string, err error) {
	all, err := a.team.Replies(ctx)
	if err == nil && len(all) >= teamlog.MaxReplies {
		err = tooManyReplies()
	}
	event.Was = ""
	return strings.ToLower(rand.Text()), err
}

func tooManyReplies() error {
	return inbox.Errorf(inbox.Conflict, "A team has room for %d canned replies, fewer when they are long. Delete some that nobody uses.", teamlog.MaxReplies)
}

// checkReply says what a person must change about a canned reply.
func checkReply(r *teamlog.ReplySet) error {
	switch {
	case r.Name == "":
		return inbox.Errorf(inbox.Invalid, "A canned reply needs a name.")
	case strings.TrimSpace(r.Text) == "":
		return inbox.Errorf(inbox.Invalid, "A canned reply needs a text.")
	case len(r.Name) > teamlog.MaxReplyName:
		return inbox.Errorf(inbox.Invalid, "A name has at most %d characters. Shorten it.", teamlog.MaxReplyName)
	case len(r.Text) > teamlog.MaxReplyText:
		return inbox.Errorf(inbox.Invalid, "A canned reply has at most %d characters. Shorten it.", teamlog.MaxReplyText)
	}
	probe := *r
	if probe.ID == "" {
		probe.ID = "new"
	}
	if probe.Validate() != nil {
		return inbox.Errorf(inbox.Invalid, "This is not a canned reply that can be stored. Take out unusual characters.")
	}
	return nil
}

// plainText keeps of a text what can be sent: line ends of one kind, and no
// characters that nobody sees.
func plainText(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimRight(text, " \n\t")
}

// deleteReply takes a canned reply away and gives the way back.
func (a *App) deleteReply(ctx context.Context, id, version string) (Undo, error) {
	before, known, err := a.reply(ctx, id)
	switch {
	case err != nil || !known:
		return Undo{}, err
	case before.Version != version:
		return Undo{}, &inbox.Error{
			Code: inbox.Conflict, Detail: "was",
			Message: fmt.Sprintf("%s changed the canned reply %q first. Look at it again.", a.nameOf(before.By), before.Name),
		}
	}
	if _, err := a.decide(ctx, &teamlog.ReplyDelete{ID: id, Was: version}); err != nil {
		return Undo{}, err
	}
	a.hub.emit("team.changed", Ping{})
	back := &teamlog.ReplySet{ID: id, Name: before.Name, Text: before.Text}
	return Undo{UndoID: a.undo.add([]reversal{{back: back}})}, nil
}

// saysReply is what a canned reply was called that a void decision was about,
// and who was first.
func (a *App) saysReply(ctx context.Context, e teamlog.Event, line *teamlog.Activity) {
	id := ""
	switch e := e.(type) {
	case *teamlog.ReplySet:
		id, line.Title = e.ID, e.Name
	case *teamlog.ReplyDelete:
		id = e.ID
	default:
		return
	}
	if stands, known, err := a.reply(ctx, id); err == nil && known {
		line.First, line.Title = stands.By, stands.Name
	}
}

// wroteReply is the text that would be lost with a void change of a canned
// reply; "" of other decisions.
func wroteReply(e teamlog.Event) string {
	if set, ok := e.(*teamlog.ReplySet); ok {
		return set.Text
	}
	return ""
}

// replyVoidText tells the author of a change of a canned reply that it came to
// nothing (R7).
func (a *App) replyVoidText(line teamlog.Activity) string {
	switch {
	case line.Void == teamlog.FirstWins && line.First != "":
		return fmt.Sprintf("%s changed the canned reply %q first. Your change had no effect.", a.nameOf(line.First), line.Title)
	case line.Void == teamlog.DeletedSince || line.Void == teamlog.FirstWins:
		return fmt.Sprintf("The canned reply %q was deleted meanwhile. Your change had no effect.", line.Title)
	case line.Void == teamlog.TooMany:
		return fmt.Sprintf("The canned reply %q was not stored: %s", line.Title, tooManyReplies())
	}
	return fmt.Sprintf("Your decision had no effect (%s): %s", teamDecisions[line.Kind], a.reasonText(line.Void, &teamlog.Assign{}))
}
