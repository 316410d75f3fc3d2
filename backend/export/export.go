// Package export writes conversations as files that other programs read: mbox
// (RFC 4155), JSON, and a page of HTML to read and to print.
//
// It writes as it is given, one message after the other, and keeps nothing: an
// export of everything needs no more memory than its largest message. What it
// writes is what a member sees; it knows of no secrets. HTML is made of text
// alone, every character of a stranger's escaped, with no script, no picture and
// no address that a browser would fetch. It opens no file and decides nothing
// about who may read what.
package export

import (
	"io"
	"time"
)

// Head is what a conversation begins with.
type Head struct {
	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Kind     string `json:"kind"` // email, whatsapp, messenger
	Name     string `json:"name"` // of the contact
	Address  string `json:"address"`
	Subject  string `json:"subject"`
	Assignee string `json:"assignee"`
	Closed   bool   `json:"closed"`
}

// Message is one message, or an internal note.
type Message struct {
	ID          string       `json:"id"`
	Note        bool         `json:"note,omitempty"`
	Direction   string       `json:"direction,omitempty"` // in, out
	At          time.Time    `json:"at"`
	Name        string       `json:"name"` // of the author
	Address     string       `json:"address"`
	To          []string     `json:"to,omitempty"`
	Cc          []string     `json:"cc,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Text        string       `json:"text"`
	State       string       `json:"state,omitempty"`
	Unsent      bool         `json:"-"` // surely or possibly not with its recipient
	Attachments []Attachment `json:"-"`
	// Raw gives a mail as it came or went; nil: it is no mail.
	Raw func() ([]byte, error) `json:"-"`
}

// Attachment is a file of a message. Open gives its bytes; it fails where they
// are not on this computer.
type Attachment struct {
	Name, Type string
	Size       int64
	Open       func() (io.ReadCloser, error)
}

// Tail is what stands beside a conversation's messages.
type Tail struct {
	Activity []Activity `json:"activity"`
	Links    []Link     `json:"links"`
}

// Activity is what a member did.
type Activity struct {
	At     time.Time `json:"at"`
	Member string    `json:"member"`
	Kind   string    `json:"kind"`
	Text   string    `json:"text,omitempty"`
	Void   bool      `json:"void,omitempty"`
}

// Link is a record of a CRM.
type Link struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Format writes one file: each conversation is opened, filled with its messages
// in ascending order and closed, and the file ended. An error ends the export.
type Format interface {
	Open(h Head) error
	Message(m Message) error
	Close(t Tail) error
	End() error
}
