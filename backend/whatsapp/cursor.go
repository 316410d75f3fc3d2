package whatsapp

import (
	"encoding/json"
	"time"

	"postvak/backend/inbox"
)

// cursor is how far the messages were read. It is stored with the messages it
// tells of.
type cursor struct {
	V int `json:"v"`
	// Whole is the moment up to which nothing is missing: a look at both lists
	// that began then came to its end.
	Whole time.Time `json:"whole,omitzero"`
	// History is the first look, back to when work begins; nil when it is done.
	History *history `json:"history,omitempty"`
	// Pending are messages whose files are still to be fetched.
	Pending []pending `json:"pending,omitempty"`
}

// history is how far the first look came in each list.
type history struct {
	Back  time.Time `json:"back"`
	Began time.Time `json:"began"`
	In    progress  `json:"in"`
	Out   progress  `json:"out"`
}

// progress is a list's next page.
type progress struct {
	Next string `json:"next,omitempty"`
	Done bool   `json:"done,omitempty"`
}

type pending struct {
	SID     string    `json:"sid"`
	Inbound bool      `json:"in,omitempty"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	At      time.Time `json:"at"`
	Media   int       `json:"media"`
	// Text is the message's, in this run alone: the cursor is small.
	Text *string `json:"-"`
	// Tried is how often Twilio said that the files are not there, Faults how often
	// they could not be fetched, and Next when they are asked for again.
	Tried  int       `json:"tried,omitempty"`
	Faults int       `json:"faults,omitempty"`
	Next   time.Time `json:"next,omitzero"`
}

// maxPending is how many of those there may be: the cursor stays below 64 kB.
const maxPending = 200

const folderName = "WhatsApp"

// folder is the cursor as the cache stores it.
func (c *cursor) folder(done int) inbox.FolderState {
	c.V = 1
	raw, err := json.Marshal(c)
	if err != nil { // nothing in it can fail
		raw = nil
	}
	return inbox.FolderState{Role: inbox.FolderInbox, Name: folderName, UIDValidity: 1, Complete: c.History == nil, Done: done, Total: done, Cursor: string(raw)}
}

// cursorOf reads a stored cursor. What cannot be read begins anew: what comes
// twice changes nothing.
func cursorOf(states []inbox.FolderState) (c cursor, found bool) {
	for _, s := range states {
		if s.Role == inbox.FolderInbox && s.Cursor != "" && json.Unmarshal([]byte(s.Cursor), &c) == nil && c.V == 1 {
			return c, true
		}
		c = cursor{}
	}
	return c, false
}
