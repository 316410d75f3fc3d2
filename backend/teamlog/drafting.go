package teamlog

import (
	"slices"
	"time"

	"postvak/backend/inbox"
)

// Drafting says that its author is writing an answer. It is shown for a while
// and decides nothing.
type Drafting struct {
	Conversation inbox.Key `json:"c"`
}

// Kind implements Event.
func (*Drafting) Kind() string { return "drafting" }

// Anchor implements conversationEvent.
func (e *Drafting) Anchor() inbox.Key { return e.Conversation }

// Validate implements Event.
func (e *Drafting) Validate() error { return needsConversation("drafting", e.Conversation) }

func (e *Drafting) admit(*Team, *Decision) Reason { return Admitted }

func (e *Drafting) apply(f *fold, d *Decision) Reason {
	f.endDraft(d.Author)
	f.state.Drafting = append(f.state.Drafting, DraftingState{Member: d.Author, At: d.At})
	return Admitted
}

// DraftingState is a member who began to write an answer, and when by their
// clock.
type DraftingState struct {
	Member inbox.MemberID
	At     time.Time
}

func (f *fold) endDraft(member inbox.MemberID) {
	f.state.Drafting = slices.DeleteFunc(f.state.Drafting, func(s DraftingState) bool { return s.Member == member })
	if len(f.state.Drafting) == 0 {
		f.state.Drafting = nil
	}
}
