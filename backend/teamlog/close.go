package teamlog

import (
	"errors"
	"slices"

	"postvak/backend/inbox"
)

// maxCovers keeps a record small enough for every server: keys do not
// compress.
const maxCovers = 60

// mostCovers is how many keys an event may hold that another program made.
const mostCovers = 10 * maxCovers

// Close closes a conversation. Covers are the inbound messages that its author
// had seen; one that is not covered by any close opens the conversation again,
// whoever learns of it first and whenever (R9). Reopening by a message is
// therefore no event.
type Close struct {
	Conversation inbox.Key   `json:"c"`
	Covers       []inbox.Key `json:"covers"`
	// More marks the continuation of a close that covers more than one event
	// holds.
	More bool `json:"more,omitempty"`
}

// Closing makes the events that close a conversation: one, or several where
// there is much to cover.
func Closing(c inbox.Key, covers []inbox.Key) (events []Event) {
	if len(covers) == 0 {
		return []Event{&Close{Conversation: c, Covers: []inbox.Key{}}}
	}
	for part := range slices.Chunk(covers, maxCovers) {
		events = append(events, &Close{Conversation: c, Covers: part, More: len(events) > 0})
	}
	return events
}

// Kind implements Event.
func (*Close) Kind() string { return "close" }

// Anchor implements conversationEvent.
func (c *Close) Anchor() inbox.Key { return c.Conversation }

// Validate implements Event.
func (c *Close) Validate() error {
	return errors.Join(needsConversation("close", c.Conversation), needsKeys("close", c.Covers))
}

func (c *Close) admit(*Team, *Decision) Reason { return Admitted }

func (c *Close) apply(f *fold, _ *Decision) Reason {
	f.quiet = c.More || f.lastStand == standClosed && f.covers(c.Covers)
	f.cover(c.Covers)
	f.lastStand = standClosed
	return Admitted
}
