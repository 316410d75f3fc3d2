package messenger

import (
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
)

const (
	// maxPending is how many messages wait for their files at most; what comes
	// while so many wait does without.
	maxPending = 100
	// maxTries is how often a file is asked for.
	maxTries  = 8
	firstTry  = time.Minute
	mostTries = time.Hour
)

// cursor is how far the page was read. It is saved with the messages that it
// tells of.
type cursor struct {
	// High is when the conversation that changed last had changed, of those that
	// were read: everything up to then is here.
	High time.Time `json:"high,omitzero"`
	// Top and After are a pass that was broken off: it began with Top, and goes
	// on behind After.
	Top   time.Time `json:"top,omitzero"`
	After string    `json:"after,omitempty"`
	// Pending are the messages whose files are still to be fetched.
	Pending []pending `json:"pending,omitempty"`
	// Missed are conversations of which a part could not be read, though High may
	// be past it.
	Missed []missed `json:"missed,omitempty"`
}

type pending struct {
	ID    string    `json:"id"`
	Tries int       `json:"tries,omitempty"`
	Next  time.Time `json:"next,omitzero"`
}

// cursorOf reads a saved state. What makes no sense is read from the start
// again, which changes nothing.
func cursorOf(states []inbox.FolderState) (cursor, inbox.FolderState) {
	state := inbox.FolderState{Role: inbox.FolderInbox, Name: "messenger"}
	var c cursor
	for _, s := range states {
		if s.Role == inbox.FolderInbox {
			state = s
		}
	}
	if json.Unmarshal([]byte(state.Cursor), &c) != nil {
		c = cursor{}
	}
	c.Pending = c.Pending[:min(len(c.Pending), maxPending)]
	c.Pending = slices.DeleteFunc(c.Pending, func(p pending) bool { return p.ID == "" || len(p.ID) > maxID })
	c.Missed = c.Missed[:min(len(c.Missed), maxMissed)]
	c.Missed = slices.DeleteFunc(c.Missed, func(m missed) bool { return !isID(m.Contact) })
	if len(c.After) > maxCursor {
		c.After = ""
	}
	return c, state
}

func (c cursor) text() string {
	raw, err := json.Marshal(c)
	if err != nil { // it has nothing that JSON cannot write
		return ""
	}
	return string(raw)
}

// wait puts a message among the pending ones; false: there are too many.
func (c *cursor) wait(id string) bool {
	if len(c.Pending) >= maxPending {
		return false
	}
	c.Pending = append(slices.Clone(c.Pending), pending{ID: id})
	return true
}

func (c *cursor) done(id string) {
	c.Pending = slices.DeleteFunc(slices.Clone(c.Pending), func(p pending) bool { return p.ID == id })
}

// next is when something is tried again that failed so often before.
func next(now time.Time, tries int) time.Time {
	return now.Add(min(firstTry<<min(max(tries, 0), 10), mostTries))
}

// later puts off a message's files; false: they were asked for often enough.
func (c *cursor) later(id string, now time.Time) bool {
	c.Pending = slices.Clone(c.Pending)
	for i := range c.Pending {
		if p := &c.Pending[i]; p.ID == id {
			p.Next = next(now, p.Tries)
			p.Tries++
			return p.Tries < maxTries
		}
	}
	return false
}
