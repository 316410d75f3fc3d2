package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/tidy"
)

// logSentence stands in each mail of the team log, for whoever finds it with
// another program.
func (a *App) logSentence() string {
	return a.inWords("These messages keep the team's inbox in step. Do not move or delete them.")
}

// subjectPrefix begins the subject line of every mail of the team log.
const subjectPrefix = "[Postvak] "

// maxAbout is how much of a conversation's subject a subject line shows, in
// characters.
const maxAbout = 60

// describe says what a record of the team log is about, for the subject line
// of its mail: who did what to which conversation, in this person's language,
// and never what stands in a note, a message or a secret. Whoever may read the
// mailbox reads it; the team's setting for neutral subjects leaves all of that
// out, and a record that cannot be read has the neutral line. Landmark says
// that a newcomer needs the record before all others; it is a hint only.
func (a *App) describe(_ string, record []byte) (subject string, landmark bool) {
	subject = subjectPrefix + a.inWords("the team's log")
	opened, err := teamlog.Open(record)
	if err != nil || len(opened.Events) == 0 {
		return subject, false
	}
	landmark = teamlog.Landmark(record)
	if a.neutralSubjects() {
		return subject, landmark
	}
	what := a.inWords(a.about(opened.Events[0]))
	others := slices.DeleteFunc(slices.Clone(opened.Events[1:]), goesOn)
	if len(others) > 0 {
		what = a.inWords(fmt.Sprintf("%s, and %d more", what, len(others)))
	}
	return subjectPrefix + a.signer(opened) + ": " + what, landmark
}

// goesOn says whether an event only continues the one before it.
func goesOn(e teamlog.Event) bool {
	more, ok := e.(*teamlog.Close)
	return ok && more.More
}

// aboutKinds says what an event is about where its kind tells enough.
var aboutKinds = map[string]string{
	"genesis":           "the team begins",
	"member.update":     "a new name or address",
	"device.add":        "another computer",
	"device.update":     "new keys of a computer",
	"device.revoke":     "a computer is retired",
	"invite":            "an invitation",
	"refuse":            "a request to join is refused",
	"prefs":             "own settings",
	"channel.update":    "settings of a channel",
	"channel.remove":    "a channel is disconnected",
	"channel.installer": "a channel's next installer",
	"secret":            "access for the team's computers, encrypted",
	"setting":           "a setting of the team",
	"delete":            "a conversation is deleted",
	"read":              "what was read",
	"unread":            "what was read",
	"hint":              "work between the team's computers",
	"claim":             "work between the team's computers",
	"takeover":          "work between the team's computers",
	"done":              "work between the team's computers",
	"snapshot":          "a summary of the log",
	"snapshot.part":     "a summary of the log",
	"epoch":             "the log was put together again",
	kindReply:           "a canned reply",
	kindReplyGone:       "a canned reply",
	"crm.noted":         "work between the team's computers",
	"crm.entity":        "the contact book",
	"crm.note":          "a note in the contact book",
}

// about says in English what an event is about.
func (a *App) about(e teamlog.Event) string {
	if said, plain := aboutKinds[e.Kind()]; plain {
		return said
	}
	switch e := e.(type) {
	case *teamlog.Avail:
		if e.On {
			return "available"
		}
		return "not available"
	case *teamlog.ChannelAdd:
		return fmt.Sprintf("channel %q connected", printable(e.Name))
	case *teamlog.Join:
		return fmt.Sprintf("%s asks to join the team", printable(e.Name))
	case *teamlog.MemberAdd:
		return fmt.Sprintf("%s joins the team", printable(e.Name))
	case *teamlog.MemberRole:
		return fmt.Sprintf("the role of %s", printable(a.nameOf(e.Member)))
	case *teamlog.MemberRemove:
		return fmt.Sprintf("%s leaves the team", printable(a.nameOf(e.Member)))
	case *teamlog.Assign:
		if e.To != "" {
			return fmt.Sprintf("conversation %q assigned to %s", a.titleOf(e.Conversation), printable(a.nameOf(e.To)))
		}
	}
	if format := aboutConversations[e.Kind()]; format != "" {
		return fmt.Sprintf(format, a.titleOf(teamlog.Anchor(e)))
	}
	return "the team's log"
}

// aboutConversations are what is said of a conversation.
var aboutConversations = map[string]string{
	"assign":   "conversation %q unassigned",
	"close":    "conversation %q closed",
	"reopen":   "conversation %q reopened",
	"sent":     "conversation %q answered",
	"note":     "a note at conversation %q",
	"drafting": "an answer is being written in conversation %q",
	kindLink:   "conversation %q linked to the CRM",
	kindUnlink: "conversation %q unlinked from the CRM",
	kindName:   "the contact of conversation %q is named",
}

// titleOf is a conversation's subject as the inbox shows it, for one line. One
// that is not known here, or is deleted, has none.
func (a *App) titleOf(id inbox.Key) string {
	if title := printable(a.subjectOf(a.ctx, id)); title != "" {
		return title
	}
	return "…"
}

// signer is the name of whoever signed a record; of a newcomer's first one
// the team knows none.
func (a *App) signer(o *teamlog.Opened) string {
	if device, known := a.team.Device(o.Device); known {
		return printable(a.nameOf(device.Member))
	}
	if newcomer, ok := o.Events[0].(*teamlog.Join); ok {
		return printable(newcomer.Name)
	}
	return printable(a.nameOf(a.team.Me()))
}

// printable makes a text safe for one line within quotation marks.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case !unicode.IsPrint(r):
			return ' '
		}
		return r
	}, text)
	return tidy.Shorten(tidy.OneLine(text), maxAbout)
}

// subjectsSetting is the team's setting for the subject lines of the log's
// mails; neutral is its one value.
const (
	subjectsSetting = "subjects"
	neutral         = "neutral"
)

func (a *App) neutralSubjects() bool { return a.team.Setting(subjectsSetting) == neutral }

// setNeutralSubjects changes it for the whole team. Only admins may (R30).
func (a *App) setNeutralSubjects(ctx context.Context, on bool) error {
	change := &teamlog.Setting{Key: subjectsSetting, Was: a.team.Setting(subjectsSetting)}
	if on {
		change.Value = neutral
	}
	_, err := a.decide(ctx, change)
	return err
}
