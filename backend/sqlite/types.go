package sqlite

import (
	"time"

	"postvak/backend/inbox"
)

// Changed tells what a committed write changed, for the screen and for
// notifications. Lists hold no doubles.
type Changed struct {
	Conversations []inbox.Key     // present ids of the conversations
	Sections      []inbox.Section // whose rows or counts changed
	Arrived       []Arrival       // new mail that may notify; in order of time
	Assigned      []Assignment    // assignments that the team's log, or the private book, confirmed
	Voided        []Voided        // own decisions that turned out void; each once (R7)
	// Records are anchors (teamlog.EntityKey) of what changed of the contact
	// book; with a note, also the record that it is at.
	Records []inbox.Key
	// Links says that a conversation with links was touched: a note may be owed.
	Links bool
}

// Arrival is a new inbound message, whoever or whatever wrote it, that came
// while its channel was connected and is no history (R36). Whether it notifies
// anybody is decided elsewhere. Of what it answers it has the nearest, at most
// 20.
type Arrival struct {
	inbox.NotificationEvent
	Section inbox.Section
}

// Assignment is a decision by which somebody gave a conversation to a member,
// own ones too. It is told when the log confirms it, or when the mail comes
// that it is about. It may come again after a change in the log: its ID says
// that it is the same. Taking an assignment back is none, and neither is what a
// snapshot or a rebuild brings.
type Assignment struct {
	inbox.NotificationEvent
	Stands bool // false: the same write gave it to somebody else again
}

// SectionCount is how many conversations a section has, and how many of them
// have something unread.
type SectionCount struct {
	Section inbox.Section
	Total   int
	Unread  int
}

// Sort is an order of list rows.
type Sort string

// Newest first is the default. ByWindow lists the conversations whose reply
// window ends soonest first, and those without one last (R28).
const (
	Newest   Sort = "newest"
	Oldest   Sort = "oldest"
	ByWindow Sort = "window"
)

// ListQuery asks for rows of a section. After is the cursor of the page
// before; Offset skips rows instead and is for jumping in a long list. Limit 0
// means 50.
type ListQuery struct {
	Section  inbox.Section
	Channel  inbox.ChannelID // "" is every channel
	Sort     Sort
	Kind     inbox.ChannelKind // "" is every kind of channel
	Unread   bool              // only what has something unread
	Assignee inbox.MemberID
	Text     string // as in Search
	After    string
	Offset   int
	Limit    int
}

// Page is a page of rows. Next is "" on the last one. Total counts all rows
// that the query has.
type Page struct {
	Rows  []Row
	Next  string
	Total int
}

// Row is a conversation as a list shows it.
type Row struct {
	ID       inbox.Key
	Contact  inbox.Address
	Subject  string
	Channel  inbox.ChannelID
	Kind     inbox.ChannelKind
	Section  inbox.Section
	Assignee inbox.MemberID
	Preview  string
	// LastBy is who of us wrote a chat's last message, which Preview is of; "" for
	// the contact, for nobody knows whom, and for mail. Only List says it.
	LastBy inbox.MemberID
	LastAt time.Time
	Unread int
	Closed bool
	// LastInbound is when the contact of a chat last wrote; zero: never, or mail.
	LastInbound time.Time
	// ReplyBy is when the reply window ends that was open when this row was last
	// looked at (see EndWindows); zero: none ends.
	ReplyBy time.Time
	Pending bool // a decision about it is not in the team log yet
}

// SearchQuery is a text in the contract's query language. Any text is allowed.
type SearchQuery struct {
	Text  string
	After string
	Limit int
}

// SearchPage is a page of hits, newest first, one for each conversation.
type SearchPage struct {
	Hits []Hit
	Next string
}

// Hit is a message that matches. In Snippet the matches stand between
// MarkStart and MarkEnd.
type Hit struct {
	Conversation inbox.Key
	Message      inbox.Key
	Contact      inbox.Address
	Subject      string
	Snippet      string
	At           time.Time
}

// The marks around matches in a snippet. Neither occurs in text otherwise.
const (
	MarkStart = '\u0002'
	MarkEnd   = '\u0003'
)

// OpenQuery chooses a page of messages: the newest, those before a cursor, or
// those around a message. Limit 0 means 50.
type OpenQuery struct {
	Before string
	Around inbox.Key
	Limit  int
}

// ConversationLink names another conversation.
type ConversationLink struct {
	ID      inbox.Key
	Subject string
	At      time.Time
}

// MessageView is a message as a conversation shows it. Its attachments carry
// no data. HTML is filled while the page has room for it; HasHTML says that
// there is some (ask for it by HTML).
type MessageView struct {
	inbox.Message
	Author inbox.MemberID // of an outgoing message, when the log says who wrote it
	State  inbox.State
	Reason string
	Detail string // the provider's own code for Reason; "" when it gave none
	// QueuedHere is set for what was written on this computer, whether it went
	// out or not.
	QueuedHere bool
	HasHTML    bool
	SetAside   bool // could not be read; its raw bytes are kept
	Gone       bool // no longer at the provider
}
