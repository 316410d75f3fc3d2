package imap

import "time"

// Role is what a folder is for.
type Role string

// The roles. The server's special-use attributes (RFC 6154) decide; where it
// has none, well-known names in several languages do.
const (
	RoleInbox   Role = "inbox"
	RoleSent    Role = "sent"
	RoleDrafts  Role = "drafts"
	RoleTrash   Role = "trash"
	RoleJunk    Role = "junk"
	RoleArchive Role = "archive"
	RoleAll     Role = "all"
)

// Folder is one mailbox folder. Name is its whole path, decoded; give it back
// as it is.
type Folder struct {
	Name       string
	Delimiter  string // between the parts of Name, "" when the server has no hierarchy
	Attrs      []string
	Role       Role // at most one folder has each role
	Selectable bool
}

// Mailbox is what the server says of a folder. Zero means unknown: some servers
// send no UIDVALIDITY or UIDNEXT.
type Mailbox struct {
	Name        string
	UIDValidity uint32
	UIDNext     uint32
	Exists      uint32
}

// Flags are a message's flags. System flags are written as in imap.Seen.
type Flags []string

// The flags that Postvak looks at.
const (
	Seen     = `\Seen`
	Answered = `\Answered`
	Flagged  = `\Flagged`
	Deleted  = `\Deleted`
	Draft    = `\Draft`
)

// Has reports whether flag is set.
func (f Flags) Has(flag string) bool {
	for _, g := range f {
		if g == flag {
			return true
		}
	}
	return false
}

// Want says how much of a message is fetched.
type Want int

// From nothing but flags, date and size to the whole message.
const (
	WantMeta   Want = iota // Raw stays empty
	WantHeader             // Raw is the header block
	WantBody               // Raw is the whole message
)

// Item is one message as fetched. When Err is set the server could not give it
// (or gave too much): the rest of the batch is not affected, and asking again
// right away will not help.
type Item struct {
	UID          uint32
	Flags        Flags
	InternalDate time.Time // zero when the server sent none or nonsense
	Size         int64     // as the server states it; 0 when it does not
	Raw          []byte
	Err          error
}

// Event is why Wait returned. It is a hint: look, whatever it says.
type Event int

// The events.
const (
	EventQuiet Event = iota // the time between two looks is over
	EventNews               // the server said that something changed
	EventYield              // another command wants the connection
)
