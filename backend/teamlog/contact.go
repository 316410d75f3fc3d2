package teamlog

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
)

// MaxContactName is how long the name of a contact may be, in characters.
const MaxContactName = 200

// ContactName says what the team calls a contact whom a provider names by a
// number only. "" takes the name away. Was is what its author saw: if that is no
// longer true the event is void, so that of two members who had not seen each
// other the first stands (R7). Naming back is how it is undone.
//
// It is of one conversation's contact. Contacts of several channels are never
// joined by their names.
type ContactName struct {
	Conversation inbox.Key `json:"c"`
	Name         string    `json:"name"`
	Was          string    `json:"was"`
}

// Kind implements Event.
func (*ContactName) Kind() string { return "contact.name" }

// Anchor implements conversationEvent.
func (c *ContactName) Anchor() inbox.Key { return c.Conversation }

// Validate implements Event.
func (c *ContactName) Validate() error {
	if !properName(c.Name) || !properName(c.Was) {
		return errors.New("contact.name: a name of one line and at most 200 characters is needed")
	}
	return needsConversation("contact.name", c.Conversation)
}

// properName says whether a name is one line that reads as it is written: none
// of what turns the direction of writing, as only a hand-written event has it.
func properName(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= MaxContactName && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, func(r rune) bool {
			return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
		})
}

func (c *ContactName) admit(*Team, *Decision) Reason { return Admitted }

func (c *ContactName) apply(f *fold, d *Decision) Reason {
	f.title = c.Name
	switch {
	case c.Name == f.state.ContactName:
		f.quiet = true
	case c.Was != f.state.ContactName:
		f.first = f.namedBy
		return FirstWins
	default:
		f.state.ContactName, f.namedBy = c.Name, d.Author
	}
	return Admitted
}
