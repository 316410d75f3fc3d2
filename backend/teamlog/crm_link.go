package teamlog

import (
	"errors"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

const (
	maxTitle = 500 // bytes of a record's title
	maxLinks = 100 // of one conversation, at a time
	// ownBook begins the ids of decisions that were made about a private channel.
	// No record's id does.
	ownBook = "private-"
)

// CRMLink ties a conversation to a record of a CRM (R21). The link's id is the
// decision's. Linking what is linked already is nothing: the first link of a
// record has it, and what was noted for others with the same record (two
// desktops at once, or two conversations that turn out to be one) counts as
// written for it (Link.Elsewhere).
type CRMLink struct {
	Conversation inbox.Key        `json:"c"`
	Provider     string           `json:"provider"` // whose record it is
	RecordKind   inbox.RecordKind `json:"kind"`
	Target       string           `json:"target"` // the record, by the provider's id
	Title        string           `json:"title"`  // as it is now
	// Undo is the id of a link that its author removed: it comes back with its
	// id and its notes.
	Undo string `json:"undo,omitempty"`
	// ID is the link's in the private book of a channel that was shared since
	// (R31): its notes and its own undo name it so.
	ID string `json:"id,omitempty"`
}

// Kind implements Event.
func (*CRMLink) Kind() string { return "crm.link" }

// Anchor implements conversationEvent.
func (l *CRMLink) Anchor() inbox.Key { return l.Conversation }

// Validate implements Event.
func (l *CRMLink) Validate() error {
	if !slices.Contains(inbox.RecordKinds, l.RecordKind) || l.Target == "" || tooLong(l.Target) {
		return errors.New("crm.link: a record is needed")
	}
	if l.Provider == "" || tooLong(l.Provider) || len(l.Title) > maxTitle || tooLong(l.Undo) || tooLong(l.ID) {
		return errors.New("crm.link: a provider and a title of at most 500 bytes are needed")
	}
	if l.ID != "" && !strings.HasPrefix(l.ID, ownBook) {
		return errors.New("crm.link: the id of a private book is needed")
	}
	return needsConversation("crm.link", l.Conversation)
}

func (l *CRMLink) admit(*Team, *Decision) Reason { return Admitted }

func (l *CRMLink) ref() inbox.RecordRef { return inbox.RecordRef{Kind: l.RecordKind, ID: l.Target} }

func (l *CRMLink) apply(f *fold, d *Decision) Reason {
	f.about(l.ref(), l.Title)
	if l.Undo != "" {
		return f.linkAgain(l, d)
	}
	id := d.ID
	if l.ID != "" {
		id = l.ID
	}
	switch have := f.link(id); {
	case have != nil && have.same(l.Provider, l.ref()):
		f.quiet = true // of a channel that is being shared, it stands in both books
		return Admitted
	case have != nil:
		return AlreadyExists
	case f.linked() >= maxLinks:
		return TooMany
	}
	f.quiet = f.standing(l.Provider, l.ref()) != nil
	f.links = append(f.links, &linkFold{Link: inbox.Link{
		ID: id, Provider: l.Provider, RecordRef: l.ref(), Title: l.Title, By: d.Author, At: d.At, Pending: d.Pending,
	}})
	return Admitted
}

// CRMUnlink ends a link, and any other that the conversation has with the same
// record: nothing is noted for it any more. What was noted stays in the CRM.
type CRMUnlink struct {
	Conversation inbox.Key `json:"c"`
	Link         string    `json:"link"` // inbox.Link.ID
}

// Kind implements Event.
func (*CRMUnlink) Kind() string { return "crm.unlink" }

// Anchor implements conversationEvent.
func (u *CRMUnlink) Anchor() inbox.Key { return u.Conversation }

// Validate implements Event.
func (u *CRMUnlink) Validate() error {
	if u.Link == "" || tooLong(u.Link) {
		return errors.New("crm.unlink: a link is needed")
	}
	return needsConversation("crm.unlink", u.Conversation)
}

func (u *CRMUnlink) admit(*Team, *Decision) Reason { return Admitted }

func (u *CRMUnlink) apply(f *fold, d *Decision) Reason {
	link := f.link(u.Link)
	if link == nil {
		return NotFound
	}
	f.about(link.RecordRef, link.Title)
	if link.Removed {
		return NotFound
	}
	for _, other := range f.links {
		if other.same(link.Provider, link.RecordRef) && !other.Removed {
			other.Removed, other.removal = true, d
		}
	}
	return Admitted
}
