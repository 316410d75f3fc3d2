package teamlog

import (
	"time"

	"postvak/backend/inbox"
)

// MessageFact is all that the fold looks at of a message.
type MessageFact struct {
	Key     inbox.Key
	Inbound bool
	At      time.Time // the provider's clock
	Seen    bool      // the provider says that it was read
	// History is mail from before the channel's line (R36); BeforeConnect is
	// mail from before the channel was connected.
	History       bool
	BeforeConnect bool
}

// Facts is what a conversation's state is folded from beside its decisions:
// a set of messages, in any order.
type Facts struct {
	Me       inbox.MemberID
	Messages []MessageFact
	Removals map[inbox.MemberID][]uint64 // by N: when members left
}

// State is a conversation as one member sees it.
type State struct {
	Assignee inbox.MemberID
	Closed   bool
	Hidden   bool // deleted, and nothing new came since
	Unread   int  // of Facts.Me
	Pending  bool // something of it is not in the log yet
	Purged   map[inbox.Key]bool
	SentBy   map[inbox.Key]inbox.MemberID
	Notes    []NoteState
	Drafting []DraftingState // who is writing an answer, in the order of beginning
	Activity []Activity
	// Links are those with records of a CRM (R21), in the order of the log:
	// removed ones too, which are to be left alone.
	Links []inbox.Link
	// ContactName is what the team calls the contact; "" while nobody named them.
	ContactName string
}

// NoteState is an internal note.
type NoteState struct {
	ID     string
	At     time.Time
	Author inbox.MemberID
	Text   string
	// Mentions are the members whom it is for.
	Mentions []inbox.MemberID
	Pending  bool
}

// Activity is a line between the messages: what a member did. A void one says
// why, and who was first (R7).
type Activity struct {
	ID     string
	At     time.Time
	Author inbox.MemberID
	Kind   string
	To     inbox.MemberID // of an assign; "" is nobody
	Void   Reason
	First  inbox.MemberID  // whose decision stands, when Void is FirstWins
	Stands inbox.MemberID  // and to whom it is assigned
	Record inbox.RecordRef // of a link or unlink
	Title  string          // and what the record was called; of a contact.name the name
	// Standing is the name that stands, when Void is FirstWins of a contact.name.
	Standing string
	Pending  bool
}

// bookkeeper is an event that leaves no line between the messages, not even
// when it is void: nobody decided anything.
type bookkeeper interface{ bookkeeping() }

func (*Read) bookkeeping()   {}
func (*Unread) bookkeeping() {}
func (*Sent) bookkeeping()   {}

func (*Drafting) bookkeeping() {}

type stand int

const (
	standUndecided stand = iota
	standClosed
	standOpened
)

type fold struct {
	facts        Facts
	state        State
	covered      map[inbox.Key]bool
	hiding       map[inbox.Key]bool // what was covered when it was last deleted
	lastStand    stand
	deletedAt    *Decision
	assignedBy   inbox.MemberID
	lastAssign   *Decision      // the latest assign that stands
	took         inbox.MemberID // whom it took the conversation from
	namedBy      inbox.MemberID // who gave the contact its name
	readUpTo     time.Time
	markedUnread bool
	links        []*linkFold // in the order of the log

	// of the decision in hand
	quiet bool // leaves no line between the messages
	first inbox.MemberID
	// of a link or unlink: the record; of a contact.name: the name
	record inbox.RecordRef
	title  string
}

// FoldConversation is the second stage of the fold: a conversation's state
// from its decisions, in the order of the log with pending ones last, and the
// set of its messages. It looks at nothing else: no clock, no order of
// arrival.
func FoldConversation(facts Facts, decisions []Decision) State {
	f := &fold{
		facts:   facts,
		covered: map[inbox.Key]bool{},
		hiding:  map[inbox.Key]bool{},
		state:   State{Purged: map[inbox.Key]bool{}, SentBy: map[inbox.Key]inbox.MemberID{}},
	}
	for i := range decisions {
		f.step(&decisions[i])
	}
	f.endDeparted(nil)
	f.conclude()
	return f.state
}

func (f *fold) step(d *Decision) {
	event, ok := d.Event.(conversationEvent)
	if !ok {
		return
	}
	f.endDeparted(d)
	f.quiet, f.first, f.record, f.title = false, "", inbox.RecordRef{}, ""
	void := d.Void
	if void == Admitted && f.beforeDelete(d) {
		void = DeletedSince
	}
	if void == Admitted {
		void = event.apply(f, d)
	}
	f.state.Pending = f.state.Pending || d.Pending
	if _, bookkeeping := event.(bookkeeper); !bookkeeping && (void != Admitted || !f.quiet) {
		f.note(d, void)
	}
}

func (f *fold) note(d *Decision, void Reason) {
	line := Activity{ID: d.ID, At: d.At, Author: d.Author, Kind: d.Event.Kind(), Void: void, Pending: d.Pending}
	if assign, ok := d.Event.(*Assign); ok {
		line.To = assign.To
	}
	line.Record, line.Title = f.record, f.title
	if void == FirstWins {
		line.First = f.first
		if _, naming := d.Event.(*ContactName); naming {
			line.Standing = f.state.ContactName
		} else {
			line.Stands = f.state.Assignee
		}
	}
	f.state.Activity = append(f.state.Activity, line)
}

// about says which record the line of the decision in hand is about.
func (f *fold) about(record inbox.RecordRef, title string) { f.record, f.title = record, title }

// beforeDelete says whether a decision was made by somebody who had not seen
// that the conversation was deleted. What decides nothing holds all the same:
// who read up to where, and who wrote which message.
func (f *fold) beforeDelete(d *Decision) bool {
	if f.deletedAt == nil || d.Pending {
		return false
	}
	switch d.Event.(type) {
	case *Delete, bookkeeper:
		return false
	}
	if f.deletedAt.Device != "" && d.Device == f.deletedAt.Device {
		return false // that desktop knew: it deleted it itself, earlier in its own order
	}
	return d.Seen < f.deletedAt.N && d.N != f.deletedAt.N
}

// endDeparted takes a conversation from a member who left the team before the
// decision d, or at all when d is nil.
func (f *fold) endDeparted(d *Decision) {
	for _, left := range f.facts.Removals[f.state.Assignee] {
		if d == nil || d.Pending || left < d.N {
			f.state.Assignee, f.assignedBy = "", ""
			return
		}
	}
}

func (f *fold) cover(keys []inbox.Key) {
	for _, key := range keys {
		f.covered[key] = true
	}
}

func (f *fold) covers(keys []inbox.Key) bool {
	for _, key := range keys {
		if !f.covered[key] {
			return false
		}
	}
	return true
}

func (f *fold) purge(keys []inbox.Key) {
	f.cover(keys)
	for _, key := range keys {
		f.state.Purged[key] = true
	}
	for key := range f.covered {
		f.hiding[key] = true
	}
}

func (f *fold) conclude() {
	deleted := f.deletedAt != nil
	f.state.Closed = f.lastStand == standClosed || f.lastStand == standUndecided && f.startsClosed()
	f.state.Hidden = deleted
	for _, m := range f.facts.Messages {
		if deleted && m.History {
			f.state.Purged[m.Key] = true
		}
		if !m.Inbound || m.History {
			continue
		}
		if f.lastStand == standClosed && !f.covered[m.Key] {
			f.state.Closed = false
		}
		if !f.hiding[m.Key] {
			f.state.Hidden = false
		}
	}
	f.countUnread()
	f.concludeLinks()
}

// startsClosed is R36: a thread without mail since the line is old work, and
// an answer of ours afterwards does not make it new (R10).
func (f *fold) startsClosed() bool {
	history := false
	for _, m := range f.facts.Messages {
		if m.History {
			history = true
		} else if m.Inbound || m.BeforeConnect {
			return false
		}
	}
	return history
}

func (f *fold) countUnread() {
	for _, m := range f.facts.Messages {
		if m.Inbound && !m.Seen && !m.History && !f.state.Purged[m.Key] && m.At.After(f.readUpTo) {
			f.state.Unread++
		}
	}
	if f.markedUnread && f.state.Unread == 0 && !f.state.Hidden {
		f.state.Unread = 1
	}
}
