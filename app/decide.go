package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// What Bulk can do; the words are the contract's.
const (
	doAssign   = "assign"
	doUnassign = "unassign"
	doClose    = "close"
	doReopen   = "reopen"
	doRead     = "read"
	doUnread   = "unread"
)

// maxBulk bounds one bulk action.
const maxBulk = 1000

// standing is a conversation as decisions need to know it.
type standing struct {
	teamlog.State
	sqlite.ConversationFacts
}

// standing looks a conversation up by the key of any message in it. One that
// was deleted, or that this member has no access to, is not found.
func (a *App) standing(ctx context.Context, id inbox.Key) (standing, error) {
	state, facts, err := a.db.State(ctx, id)
	if err != nil {
		return standing{}, err
	}
	if state.Hidden || !a.team.HasAccess(a.team.Me(), facts.Channel) {
		return standing{}, inbox.Errorf(inbox.NotFound, "This conversation is not known here. It may have been deleted.")
	}
	return standing{state, facts}, nil
}

// bulk decides one thing about each conversation. Everything is looked at
// before anything is decided.
func (a *App) bulk(ctx context.Context, r BulkRequest) (Undo, error) {
	if len(r.ConversationIDs) > maxBulk {
		return Undo{}, inbox.Errorf(inbox.Invalid, "At most %d conversations can be changed at once.", maxBulk)
	}
	if r.Do == doAssign {
		if err := a.assignable(inbox.MemberID(r.MemberID)); err != nil {
			return Undo{}, err
		}
	}
	var events []teamlog.Event
	var back []reversal
	var still []inbox.Key // read already: what was assigned in them since may be news
	seen := map[inbox.Key]bool{}
	for _, id := range r.ConversationIDs {
		now, err := a.standing(ctx, inbox.Key(id))
		if err != nil {
			return Undo{}, err
		}
		if seen[now.ID] {
			continue
		}
		seen[now.ID] = true
		more, reverse, err := a.eventsFor(r, now)
		if err != nil {
			return Undo{}, err
		}
		if r.Do == doRead && len(more) == 0 {
			still = append(still, now.ID)
		}
		if len(more) > 0 {
			reverse.conversation, reverse.event = now.ID, len(events)
			back = append(back, reverse)
			events = append(events, more...)
		}
	}
	if err := a.saw(ctx, still); err != nil {
		return Undo{}, err
	}
	if len(events) == 0 {
		return Undo{}, nil
	}
	at := a.clock.Now()
	ids, err := a.decide(ctx, events...)
	if err != nil {
		return Undo{}, err
	}
	for i := range back {
		back[i].decision, back[i].at = ids[back[i].event], at
	}
	return Undo{UndoID: a.undo.add(back)}, nil
}

// eventsFor says what to decide about one conversation, none when it is so
// already, and how to take that back.
func (a *App) eventsFor(r BulkRequest, now standing) ([]teamlog.Event, reversal, error) {
	switch r.Do {
	case doAssign:
		to := inbox.MemberID(r.MemberID)
		if !a.team.HasAccess(to, now.Channel) {
			return nil, reversal{}, inbox.Errorf(inbox.Conflict, "%s has no access to this channel.", a.nameOf(to))
		}
		events, back := assignTo(now, to)
		return events, back, nil
	case doUnassign:
		events, back := assignTo(now, "")
		return events, back, nil
	case doClose:
		if now.Closed {
			return nil, reversal{}, nil
		}
		return teamlog.Closing(now.ID, now.Inbound), reversal{do: doReopen}, nil
	case doReopen:
		if !now.Closed {
			return nil, reversal{}, nil
		}
		return []teamlog.Event{&teamlog.Reopen{Conversation: now.ID}}, reversal{do: doClose}, nil
	case doRead:
		if now.Unread == 0 {
			return nil, reversal{}, nil
		}
		return []teamlog.Event{&teamlog.Read{Conversation: now.ID, UpTo: now.Last}}, reversal{do: doUnread}, nil
	case doUnread:
		if now.Unread > 0 {
			return nil, reversal{}, nil
		}
		return []teamlog.Event{&teamlog.Unread{Conversation: now.ID}}, reversal{do: doRead}, nil
	}
	return nil, reversal{}, inbox.Errorf(inbox.Invalid,
		"%q is not something that can be done: close, reopen, assign, unassign, read or unread.", r.Do)
}

func assignTo(now standing, to inbox.MemberID) ([]teamlog.Event, reversal) {
	if now.Assignee == to {
		return nil, reversal{}
	}
	event := &teamlog.Assign{Conversation: now.ID, To: to, Was: now.Assignee}
	return []teamlog.Event{event}, reversal{do: doAssign, member: now.Assignee, from: to}
}

// assignable asks R3 before anything is recorded, so that an assignment that
// everybody knows to be impossible leaves no line between the messages.
func (a *App) assignable(id inbox.MemberID) error {
	member, known := a.team.Member(id)
	switch {
	case !known || member.Removed:
		return inbox.Errorf(inbox.NotFound, "There is no member %q in the team.", string(id))
	case !member.Available && id == a.team.Me():
		return inbox.Errorf(inbox.Conflict, "You are not available. Switch your availability on to take conversations.")
	case !member.Available:
		return inbox.Errorf(inbox.Conflict, "%s is not available. Assign it to somebody else, or wait until they are.", shown(member.Name))
	}
	return nil
}

// decide hands events to the team, gives their ids, and tells their author
// when one has no effect.
func (a *App) decide(ctx context.Context, events ...teamlog.Event) (ids []string, err error) {
	told := ""
	a.voids.begin()
	defer func() { a.endDeciding(told) }()
	outcomes, err := a.team.Decide(ctx, events...)
	if err != nil {
		return nil, err
	}
	for i, outcome := range outcomes {
		ids = append(ids, outcome.ID)
		told = outcome.ID
		if outcome.Void != teamlog.Admitted {
			return nil, a.voided(outcome.Void, events[i])
		}
		if err := a.lost(ctx, events[i], outcome.ID); err != nil {
			return nil, err
		}
		told = ""
	}
	return ids, nil
}

// lost asks the conversation whether an assignment, or a name, came second
// (R7): only the fold knows.
func (a *App) lost(ctx context.Context, e teamlog.Event, id string) error {
	switch e.(type) {
	case *teamlog.Assign, *teamlog.ContactName:
	default:
		return nil
	}
	now, _, err := a.db.State(ctx, teamlog.Anchor(e))
	if err != nil {
		return err
	}
	lines := now.Activity
	at := slices.IndexFunc(lines, func(line teamlog.Activity) bool { return line.ID == id })
	switch {
	case at < 0 || lines[at].Void == teamlog.Admitted:
		return nil
	case lines[at].Void == teamlog.FirstWins && lines[at].Kind == kindName:
		return inbox.Errorf(inbox.Conflict, "%s Change it again if that is wrong.", a.firstWords(lines[at]))
	case lines[at].Void == teamlog.FirstWins:
		return inbox.Errorf(inbox.Conflict, "%s Assign again if that should change.", a.firstWords(lines[at]))
	}
	return a.voided(lines[at].Void, e)
}

// firstWords says who was first, in R7's words.
func (a *App) firstWords(line teamlog.Activity) string {
	if line.Kind == kindName {
		if line.Standing == "" {
			return fmt.Sprintf("%s took the contact's name back first.", a.nameOf(line.First))
		}
		return fmt.Sprintf("%s named this contact %s first.", a.nameOf(line.First), line.Standing)
	}
	if line.Stands == "" {
		return fmt.Sprintf("%s unassigned this first.", a.nameOf(line.First))
	}
	if line.Stands == line.First {
		return fmt.Sprintf("%s took this on first.", a.nameOf(line.First))
	}
	return fmt.Sprintf("%s assigned this to %s first.", a.nameOf(line.First), a.nameOf(line.Stands))
}

func (a *App) nameOf(id inbox.MemberID) string {
	if member, ok := a.team.Member(id); ok {
		return shown(member.Name)
	}
	return "Somebody"
}

// conflicts are reasons that lie in what happened meanwhile, not in what a
// member may do.
var conflicts = []teamlog.Reason{
	teamlog.NotAvailable, teamlog.FirstWins, teamlog.DeletedSince, teamlog.AlreadyExists, teamlog.LastAdmin, teamlog.NotFound,
	teamlog.NothingToUndo, teamlog.StaysShared, teamlog.HasInstaller, teamlog.TooMany, teamlog.ManyDevices,
	teamlog.InviteUsed, teamlog.Taken,
}

// voided is the error for the author of an event that has no effect.
func (a *App) voided(why teamlog.Reason, e teamlog.Event) error {
	code := inbox.Forbidden
	if slices.Contains(conflicts, why) {
		code = inbox.Conflict
	}
	return &inbox.Error{Code: code, Message: a.reasonText(why, e), Detail: e.Kind() + ": " + string(why)}
}

func (a *App) reasonText(why teamlog.Reason, e teamlog.Event) string {
	if assign, ok := e.(*teamlog.Assign); ok && why == teamlog.NotAvailable {
		return fmt.Sprintf("%s is not available.", a.nameOf(assign.To))
	}
	if _, reply := e.(*teamlog.ReplySet); reply && why == teamlog.TooMany {
		return tooManyReplies().Error()
	}
	if text := reasonTexts[why]; text != "" {
		return text
	}
	return "The team's log did not accept this."
}

var reasonTexts = map[teamlog.Reason]string{
	teamlog.NotAvailable:  "The member is not available.",
	teamlog.FirstWins:     "Somebody else was first.",
	teamlog.DeletedSince:  "This conversation was deleted meanwhile.",
	teamlog.NotInstaller:  "Only the person who connected this channel may do that.",
	teamlog.NotAdmin:      "Only an admin may do that.",
	teamlog.NoAccess:      "There is no access to this channel.",
	teamlog.NotMember:     "Only a member of the team may do that.",
	teamlog.LastAdmin:     "A team needs at least one admin.",
	teamlog.AlreadyExists: "That is there already.",
	teamlog.NotFound:      "What this is about is not there any more.",
	teamlog.NothingToUndo: "This can no longer be undone.",
	teamlog.StaysShared:   "A shared channel cannot be made private again: the whole team has read it.",
	teamlog.HasInstaller:  "The person who connected this channel is still in the team. Only when they leave another one is chosen.",
	teamlog.TooMany:       "Too many newcomers are waiting already. An admin must let some in or refuse them.",
	teamlog.ManyDevices:   "This member has as many computers as one may have. Retire one that is no longer used first.",
	teamlog.InviteUsed:    "This invitation was used already, or is no longer valid. Ask for a new one.",
	teamlog.Taken:         "Another computer of the team does this already.",
	teamlog.Malformed:     "The decision could not be read. Update Postvak on all computers of the team.",
	teamlog.UnknownKind:   "The decision could not be read. Update Postvak on all computers of the team.",
}

// deleteConversation covers every message known here (R12).
func (a *App) deleteConversation(ctx context.Context, id inbox.Key) error {
	now, err := a.standing(ctx, id)
	if err != nil {
		return err
	}
	channel, known := a.team.Channel(now.Channel)
	if !known || channel.Installer != a.team.Me() {
		return inbox.Errorf(inbox.Forbidden, "Only the person who connected this channel may delete its conversations.")
	}
	_, err = a.decide(ctx, teamlog.Deleting(now.ID, now.Keys)...)
	return err
}

func (a *App) addNote(ctx context.Context, id inbox.Key, text string) (string, error) {
	now, err := a.standing(ctx, id)
	if err != nil {
		return "", err
	}
	note := &teamlog.Note{Conversation: id, Text: strings.TrimSpace(text), Mentions: a.mentions(text, now.Channel)}
	if note.Validate() != nil {
		return "", inbox.Errorf(inbox.Invalid, "A note has 1 to %d characters.", teamlog.MaxNote)
	}
	ids, err := a.decide(ctx, note)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}
