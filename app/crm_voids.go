package app

import (
	"context"
	"fmt"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// recordAt is the record that an anchor of the contact book names; false for a
// note.
func recordAt(anchor inbox.Key) (inbox.RecordRef, bool) {
	kind, id, found := strings.Cut(strings.TrimPrefix(string(anchor), string(teamlog.ChannelCRM)+":"), "/")
	ref := inbox.RecordRef{Kind: inbox.RecordKind(kind), ID: id}
	return ref, found && checkKind(ref.Kind) == nil
}

// bookVoidText tells the author of a change of the contact book that it came to
// nothing.
func (a *App) bookVoidText(ctx context.Context, anchor inbox.Key, why teamlog.Reason) string {
	ref, isRecord := recordAt(anchor)
	if !isRecord {
		return "Your change of a note in the contact book had no effect: somebody else changed it first."
	}
	title := "…"
	if r, found, _ := a.seenRecord(ctx, inbox.BuiltinCRM, ref); found {
		title = shown(r.Title)
	}
	switch why { //nolint:exhaustive // the rest has one sentence
	case teamlog.FirstWins:
		return fmt.Sprintf("Your change of %s in the contact book had no effect: somebody else changed it first.", title)
	case teamlog.DeletedSince:
		return fmt.Sprintf("Your change of %s in the contact book had no effect: somebody else removed it.", title)
	}
	return fmt.Sprintf("Your change of %s in the contact book had no effect: %s", title, a.reasonText(why, &teamlog.CRMEntity{}))
}
