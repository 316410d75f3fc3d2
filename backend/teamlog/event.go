package teamlog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"postvak/backend/inbox"
)

// Event is one thing a member decided. Each kind stands in a file, with its
// next of kin, that says its fields, its shape, who may do it and what it does.
type Event interface {
	// Kind is the event's name in the log.
	Kind() string
	// Validate looks at the event's shape alone.
	Validate() error
	// admit says whether the team lets this happen at this point of the log,
	// and applies what it does to the team.
	admit(t *Team, d *Decision) Reason
}

// conversationEvent is an event about one conversation.
type conversationEvent interface {
	Event
	// Anchor names the conversation by a message it was seen to contain.
	Anchor() inbox.Key
	// apply does to the conversation what the event says, and says why not.
	apply(f *fold, d *Decision) Reason
}

// Anchor gives the key of the message by which an event names its
// conversation, or of the entity or note of the built-in contact book that it
// is about (EntityKey); "" for an event of the team.
func Anchor(e Event) inbox.Key {
	if about, ok := e.(interface{ Anchor() inbox.Key }); ok {
		return about.Anchor()
	}
	return ""
}

// Decision is an event in its place in the log.
type Decision struct {
	ID      string // record id and index: the same on every desktop
	N       uint64 // number of its record among the accepted ones, from 1; 0 while pending
	Index   int    // within its record
	Pending bool   // ours, and not read back from the log yet
	Author  inbox.MemberID
	Device  string    // that signed it; "" for a decision that never was in a log
	At      time.Time // the author's clock: for display only
	Seen    uint64    // how many records the author had accepted when deciding
	Event   Event
	Void    Reason // why the team did not admit it; "" when it did
}

// Reason says why an event is void. Void means: recorded, without effect, and
// its author is told why.
type Reason string

// The reasons for which events are void.
const (
	Admitted      Reason = ""
	NotMember     Reason = "not_member"
	NoAccess      Reason = "no_access"
	NotAdmin      Reason = "not_admin"
	NotInstaller  Reason = "not_installer"
	NotAvailable  Reason = "not_available"
	FirstWins     Reason = "first_wins"
	DeletedSince  Reason = "deleted"
	LastAdmin     Reason = "last_admin"
	AlreadyExists Reason = "already_exists"
	NotFound      Reason = "not_found"
	Malformed     Reason = "malformed"
	UnknownKind   Reason = "unknown_kind"
	NothingToUndo Reason = "nothing_to_undo" // the undo names no fresh decision of its author's
	StaysShared   Reason = "stays_shared"    // a shared channel is not made private again
	HasInstaller  Reason = "has_installer"   // the present installer is still in the team
	TooMany       Reason = "too_many"        // as many newcomers wait as may
	ManyDevices   Reason = "many_devices"    // the member has as many computers as one may have
	InviteUsed    Reason = "invite_used"     // the invitation is used, unknown or its maker gone
	Taken         Reason = "taken"           // the work is claimed, taken over or done already
)

// DecisionID names one event of a record.
func DecisionID(record string, index int) string { return record + "." + strconv.Itoa(index) }

// kinds makes an empty event of each kind.
var kinds = map[string]func() Event{
	"genesis":           func() Event { return &Genesis{} },
	"member.add":        func() Event { return &MemberAdd{} },
	"member.update":     func() Event { return &MemberUpdate{} },
	"member.role":       func() Event { return &MemberRole{} },
	"member.remove":     func() Event { return &MemberRemove{} },
	"device.add":        func() Event { return &DeviceAdd{} },
	"device.update":     func() Event { return &DeviceUpdate{} },
	"device.revoke":     func() Event { return &DeviceRevoke{} },
	"invite":            func() Event { return &Invite{} },
	"join":              func() Event { return &Join{} },
	"refuse":            func() Event { return &Refuse{} },
	"avail":             func() Event { return &Avail{} },
	"prefs":             func() Event { return &Prefs{} },
	"setting":           func() Event { return &Setting{} },
	"secret":            func() Event { return &SecretSet{} },
	"channel.add":       func() Event { return &ChannelAdd{} },
	"channel.update":    func() Event { return &ChannelUpdate{} },
	"channel.installer": func() Event { return &ChannelInstaller{} },
	"channel.remove":    func() Event { return &ChannelRemove{} },
	"hint":              func() Event { return &Hint{} },
	"assign":            func() Event { return &Assign{} },
	"close":             func() Event { return &Close{} },
	"reopen":            func() Event { return &Reopen{} },
	"reply.set":         func() Event { return &ReplySet{} },
	"reply.delete":      func() Event { return &ReplyDelete{} },
	"contact.name":      func() Event { return &ContactName{} },
	"delete":            func() Event { return &Delete{} },
	"sent":              func() Event { return &Sent{} },
	"note":              func() Event { return &Note{} },
	"drafting":          func() Event { return &Drafting{} },
	"read":              func() Event { return &Read{} },
	"unread":            func() Event { return &Unread{} },
	"claim":             func() Event { return &Claim{} },
	"takeover":          func() Event { return &Takeover{} },
	"done":              func() Event { return &Done{} },
	"snapshot":          func() Event { return &Snapshot{} },
	"snapshot.part":     func() Event { return &SnapshotPart{} },
	"epoch":             func() Event { return &Epoch{} },
	"crm.link":          func() Event { return &CRMLink{} },
	"crm.unlink":        func() Event { return &CRMUnlink{} },
	"crm.noted":         func() Event { return &CRMNoted{} },
	"crm.entity":        func() Event { return &CRMEntity{} },
	"crm.note":          func() Event { return &CRMNote{} },
}

// Encode gives an event's JSON, its kind under "t".
func Encode(e Event) (json.RawMessage, error) {
	if unknown, ok := e.(*Unknown); ok {
		return unknown.Raw, nil
	}
	fields, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Kind(), err)
	}
	head := fmt.Appendf(nil, `{"t":%q`, e.Kind())
	if len(fields) > len("{}") {
		head = append(head, ',')
	}
	return append(head, fields[1:]...), nil
}

// Decode reads an event. A kind this version does not know, or one that does
// not have its shape, is kept as Unknown: it is skipped, never fatal.
func Decode(raw json.RawMessage) Event {
	var head struct {
		Kind     string `json:"t"`
		Critical bool   `json:"crit"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return &Unknown{Raw: raw, Why: Malformed}
	}
	make, known := kinds[head.Kind]
	if !known {
		return &Unknown{Name: head.Kind, Critical: head.Critical, Raw: raw, Why: UnknownKind}
	}
	event := make()
	if json.Unmarshal(raw, event) != nil || event.Validate() != nil {
		return &Unknown{Name: head.Kind, Raw: raw, Why: Malformed}
	}
	return event
}

// Unknown is an event that this version cannot read: newer, or malformed.
// Critical, when an admin wrote it, asks for an update of the program before the
// log is read on.
type Unknown struct {
	Name     string
	Critical bool
	Raw      json.RawMessage
	Why      Reason
}

// Kind implements Event.
func (u *Unknown) Kind() string { return u.Name }

// Validate implements Event.
func (u *Unknown) Validate() error { return nil }

func (u *Unknown) admit(*Team, *Decision) Reason { return u.Why }
