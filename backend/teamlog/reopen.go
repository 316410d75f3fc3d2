package teamlog

import "postvak/backend/inbox"

// Reopen opens a closed conversation; its assignee stays (R8).
type Reopen struct {
	Conversation inbox.Key `json:"c"`
}

// Kind implements Event.
func (*Reopen) Kind() string { return "reopen" }

// Anchor implements conversationEvent.
func (r *Reopen) Anchor() inbox.Key { return r.Conversation }

// Validate implements Event.
func (r *Reopen) Validate() error { return needsConversation("reopen", r.Conversation) }

func (r *Reopen) admit(*Team, *Decision) Reason { return Admitted }

func (r *Reopen) apply(f *fold, _ *Decision) Reason {
	f.quiet = f.lastStand == standOpened
	f.lastStand = standOpened
	return Admitted
}
