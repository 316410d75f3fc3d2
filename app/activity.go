package app

import (
	"fmt"

	"postvak/backend/teamlog"
)

// The kinds of lines about the CRM, and about what the contact is called.
const (
	kindLink   = "crm.link"
	kindUnlink = "crm.unlink"
	kindName   = "contact.name"
)

// activityOf writes a line between the messages in English; the window writes
// its own from kind, member and target.
func (a *App) activityOf(line teamlog.Activity) Activity {
	out := Activity{
		ID: line.ID, At: stamp(line.At), MemberID: string(line.Author), Kind: line.Kind, TargetID: string(line.To),
		Void: line.Void != teamlog.Admitted, Pending: line.Pending,
	}
	if line.Kind == doAssign && line.To == "" {
		out.Kind = doUnassign
	}
	if line.Record.ID != "" {
		out.TargetID, out.RecordKind, out.Title = line.Record.ID, string(line.Record.Kind), line.Title
	}
	if line.Kind == kindName {
		out.Title = line.Title
	}
	out.Text = a.activityText(out.Kind, a.nameOf(line.Author), line)
	if out.Void {
		out.Reason = a.voidReason(line)
	}
	return out
}

func (a *App) activityText(kind, who string, line teamlog.Activity) string {
	switch kind {
	case doAssign:
		return who + " assigned this to " + a.nameOf(line.To)
	case doUnassign:
		return who + " unassigned this"
	case doClose:
		return who + " closed this"
	case doReopen:
		return who + " reopened this"
	case "delete":
		return who + " deleted this"
	case "note":
		return who + " wrote a note"
	case kindLink:
		return who + " linked this to " + line.Title
	case kindUnlink:
		return who + " unlinked this from " + line.Title
	case kindName:
		if line.Title == "" {
			return who + " took the contact's name back"
		}
		return who + " named this contact " + line.Title
	}
	return who + ": " + kind
}

// voidReason says why a decision had no effect, and who was first (R7).
func (a *App) voidReason(line teamlog.Activity) string {
	if line.Void == teamlog.FirstWins {
		return a.firstWords(line)
	}
	if line.Void == teamlog.TooMany && line.Record.ID != "" {
		return tooManyLinks().Error()
	}
	return a.reasonText(line.Void, &teamlog.Assign{To: line.To})
}

// voidText tells the author of a decision that it came to nothing.
func (a *App) voidText(line teamlog.Activity) string {
	if line.Kind == kindReply || line.Kind == kindReplyGone {
		return a.replyVoidText(line)
	}
	if line.Void == teamlog.FirstWins {
		return a.firstWords(line)
	}
	if about := teamDecisions[line.Kind]; about != "" {
		return fmt.Sprintf("Your decision had no effect (%s): %s", about, a.voidReason(line))
	}
	return fmt.Sprintf("Your decision had no effect: %s", a.voidReason(line))
}
