package inbox

import "time"

// Occasion is one of the events that a member can be notified of (R14). Which
// one a new message is, depends on the member.
type Occasion string

// The occasions, in the order of the bell.
const (
	OccasionMine       Occasion = "mine"         // a new message in a conversation assigned to the member
	OccasionOthers     Occasion = "others"       // … assigned to somebody else
	OccasionUnassigned Occasion = "unassigned"   // … assigned to nobody
	OccasionAssigned   Occasion = "assignedToMe" // somebody assigned a conversation to the member
	// The reply window of a conversation of the member's ends within the hour
	// (R28).
	OccasionClosing Occasion = "windowClosing"
)

// Occasions are all of them, in the order of the bell.
func Occasions() []Occasion {
	return []Occasion{OccasionMine, OccasionOthers, OccasionUnassigned, OccasionAssigned, OccasionClosing}
}

// Medium is a way to reach a member.
type Medium string

// The media.
const (
	MediumDesktop Medium = "desktop"
	MediumEmail   Medium = "email"
)

// Bell says of which occasions a member wants to hear by one medium.
type Bell struct {
	Mine         bool `json:"mine"`
	Others       bool `json:"others"`
	Unassigned   bool `json:"unassigned"`
	AssignedToMe bool `json:"assignedToMe"`
	// WindowClosing is newer than the others: who chose without it has it as it
	// is by default.
	WindowClosing bool `json:"windowClosing"`
}

// On says whether the bell rings for an occasion.
func (b Bell) On(o Occasion) bool {
	switch o {
	case OccasionMine:
		return b.Mine
	case OccasionOthers:
		return b.Others
	case OccasionUnassigned:
		return b.Unassigned
	case OccasionAssigned:
		return b.AssignedToMe
	case OccasionClosing:
		return b.WindowClosing
	}
	return false
}

// NotificationEvent is something that may notify members: a new message, an
// assignment, or a reply window that ends soon. It is the same on every desktop
// that hears of it.
type NotificationEvent struct {
	// ID is the message's key, the id of the decision that assigned, or a
	// ClosingID.
	ID           string
	Conversation Key
	Channel      ChannelID
	// Thread names the thread alike on every desktop, as a conversation's key
	// does not: of two desktops each names it by what it learnt first.
	Thread string
	At     time.Time // by the provider's clock, of an assignment by its author's; of a window an hour before its end
	// Assignment is true for "somebody assigned it"; else a message came.
	Assignment bool
	By         MemberID // who assigned
	Device     string   // the computer that assigned
	Assignee   MemberID // whose the conversation is, with this event
	// Ends is when the reply window ends, where that is the event; else zero.
	Ends time.Time
	// Over says of a window that it is nothing to its member any more: it moved,
	// or the conversation is closed or somebody else's.
	Over bool
	// Of a message:
	From    Address
	Subject string
	Preview string
	Nature  Nature
	Seen    bool     // read elsewhere before it came here
	Closed  bool     // its conversation stands closed: a teammate saw it first
	Answers []string // Message-IDs that it answers
}

// Closing says that a reply window ends soon.
func (e NotificationEvent) Closing() bool { return !e.Ends.IsZero() }

// News says that a message came.
func (e NotificationEvent) News() bool { return !e.Assignment && !e.Closing() }

// OccasionFor is what the event is to a member; "" when it is nothing to them:
// somebody else was assigned, or has the conversation whose window ends.
func (e NotificationEvent) OccasionFor(m MemberID) Occasion {
	switch {
	case e.Closing() && e.Assignee == m && m != "":
		return OccasionClosing
	case e.Closing():
		return ""
	case e.Assignment && e.Assignee == m:
		return OccasionAssigned
	case e.Assignment:
		return ""
	case e.Assignee == "":
		return OccasionUnassigned
	case e.Assignee == m:
		return OccasionMine
	}
	return OccasionOthers
}

// somebody stands for a teammate of whom no more matters than that they are not
// the member a decision is about.
const somebody MemberID = "somebody else"

// As gives the event with the assignee that makes it an occasion to a member:
// who has the conversation by now may be another.
func (e NotificationEvent) As(o Occasion, m MemberID) NotificationEvent {
	e.Assignment = o == OccasionAssigned
	if e.Ends = (time.Time{}); o == OccasionClosing {
		e.Ends = e.At.Add(ClosingFor)
	}
	switch o {
	case OccasionMine, OccasionAssigned, OccasionClosing:
		e.Assignee = m
	case OccasionUnassigned:
		e.Assignee = ""
	case OccasionOthers:
		if e.Assignee == "" || e.Assignee == m {
			e.Assignee = somebody
		}
	}
	return e
}

// NotificationOutcome is what became of an event, for one member and medium.
type NotificationOutcome string

// The outcomes. Waiting is no outcome yet and stands in no history.
const (
	OutcomeWaiting    NotificationOutcome = ""
	OutcomeShown      NotificationOutcome = "shown"
	OutcomeSent       NotificationOutcome = "sent"
	OutcomeSuppressed NotificationOutcome = "suppressed"
	OutcomeFailed     NotificationOutcome = "failed"
	OutcomeUnknown    NotificationOutcome = "unknown"
)

// NotificationRecord is a line of the history (R19): one event, one member, one
// medium. Those three are its key.
type NotificationRecord struct {
	EventID      string
	Occasion     Occasion
	Conversation Key
	Thread       string // the event's
	Channel      ChannelID
	At           time.Time // the event's
	Member       MemberID
	Medium       Medium
	Outcome      NotificationOutcome
	Reason       NotificationReason
	Detail       string // a server's words, or what else only a helper wants to know
	// Contact is the normalised address of who wrote; it goes with the
	// conversation (R12).
	Contact string
	// Due is when a waiting one is to be looked at again; zero for never.
	Due     time.Time
	Decided time.Time
}

// RecordFor begins a member's line about the event, by one medium. What becomes
// of it is its caller's to say.
func (e NotificationEvent) RecordFor(member MemberID, medium Medium) NotificationRecord {
	return NotificationRecord{
		EventID: e.ID, Occasion: e.OccasionFor(member), Conversation: e.Conversation, Thread: e.Thread, Channel: e.Channel,
		At: e.At, Member: member, Medium: medium, Contact: NormalAddress(e.From.Address),
	}
}
