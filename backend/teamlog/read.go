package teamlog

import (
	"errors"
	"time"

	"postvak/backend/inbox"
)

// Read marks what came up to a moment as read by its author, by the provider's
// clock.
type Read struct {
	Conversation inbox.Key `json:"c"`
	UpTo         time.Time `json:"upto"`
}

// Kind implements Event.
func (*Read) Kind() string { return "read" }

// Anchor implements conversationEvent.
func (r *Read) Anchor() inbox.Key { return r.Conversation }

// Validate implements Event.
func (r *Read) Validate() error {
	if !plausible(r.UpTo) {
		return errors.New("read: the moment makes no sense")
	}
	return needsConversation("read", r.Conversation)
}

func (r *Read) admit(*Team, *Decision) Reason { return Admitted }

func (r *Read) apply(f *fold, d *Decision) Reason {
	if d.Author != f.facts.Me {
		return Admitted
	}
	if r.UpTo.After(f.readUpTo) {
		f.readUpTo = r.UpTo
	}
	f.markedUnread = false
	return Admitted
}

// Unread marks a conversation as unread for its author.
type Unread struct {
	Conversation inbox.Key `json:"c"`
}

// Kind implements Event.
func (*Unread) Kind() string { return "unread" }

// Anchor implements conversationEvent.
func (u *Unread) Anchor() inbox.Key { return u.Conversation }

// Validate implements Event.
func (u *Unread) Validate() error { return needsConversation("unread", u.Conversation) }

func (u *Unread) admit(*Team, *Decision) Reason { return Admitted }

func (u *Unread) apply(f *fold, d *Decision) Reason {
	f.markedUnread = f.markedUnread || d.Author == f.facts.Me
	return Admitted
}
