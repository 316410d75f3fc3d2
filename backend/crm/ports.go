package crm

import (
	"context"
	"log/slog"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
)

// Config is what the service works with. Everything but Rand, Log, Zone and
// Changed is needed.
type Config struct {
	Team  Team
	Store Store
	Clock run.Clock
	// Words says a finished English sentence of the program in a language.
	Words func(language, sentence string) string
	// Language is this desktop's, "en" or "nl": new notes are written in it.
	Language func() string
	// Zone is where this desktop is; nil is UTC.
	Zone func() *time.Location
	// Same says whether two phone numbers are the same in whatever format
	// (phone.Same).
	Same func(a, b string) bool
	// Rand gives a number in [0,1): it spreads second tries.
	Rand func() float64
	Log  *slog.Logger
	// Changed is called after something about conversations changed that their
	// screens show: a note's state, a waiting creation, a match. With none, the
	// provider's own state changed. It must return soon.
	Changed func(conversations ...inbox.Key)
}

// Team is the team as the service needs it. All but Claim and Note answer at
// once, from what this desktop knows.
type Team interface {
	// Me is this desktop's member, "" while it belongs to no team: then no note
	// is written.
	Me() inbox.MemberID
	Device() string
	// MemberName is for a person to read, "" when not known.
	MemberName(inbox.MemberID) string
	Private(inbox.ChannelID) bool
	// Reached says whether the last exchange with the log went well.
	Reached() bool
	// Alone says whether no other desktop is in the team.
	Alone() bool
	// Turn is this desktop's place, from 0, in the line for a work.
	Turn(work string) int
	// Claim asks for a work. Nil (a nil interface) and no error: somebody else
	// has it, or it is done. An error leaves it open.
	Claim(ctx context.Context, work string, lease time.Duration) (Claim, error)
	// Claimed tells what the log says of a work.
	Claimed(work string) (State, bool)
	// Lapsed says whether a whole lease of the present claim passed while this
	// desktop watched. It begins to watch with the first call.
	Lapsed(work string) bool
	// Noted says what stands in the CRM for a private channel's link, which no
	// claim guards. It is stored when it returns.
	Noted(ctx context.Context, noted ...Noted) error
	// Link decides that a conversation is linked to a record, and gives the
	// link's id. One that is there already is no error.
	Link(ctx context.Context, conversation inbox.Key, provider string, r inbox.Record) (link string, err error)
}

// Claim is work that this desktop owns for a while; it is made of a
// *teamsync.Claim.
type Claim interface {
	// Mine says whether its owner may act now, for at most MaxAct.
	Mine() bool
	// Renew begins the lease anew; false when somebody else has the work.
	Renew(ctx context.Context) (bool, error)
	// Finish ends the work, and says what stands in the CRM in the same record:
	// both or neither. It waits until the log gave it back. False: somebody else
	// has the work. An error leaves open whether the log has it or will have it.
	Finish(ctx context.Context, state string, noted ...Noted) (bool, error)
}

// Noted is the event crm.noted.
type Noted struct {
	Conversation inbox.Key
	Link         string // Link.ID
	Work         string // whose claim guards it; "" for a private channel
	// Note has only the Names that this writing added.
	Note inbox.WrittenNote
}

// State is what the log says of a work.
type State struct {
	Done   bool
	Device string    // the holder's
	Began  time.Time // when it was first claimed, by that holder's clock
}

// Owed names a link whose notes want something.
type Owed struct {
	Conversation inbox.Key
	Link         string
}

// Store is this desktop's cache and, for creations, the only place where they
// are. Each method is one transaction.
type Store interface {
	// OwedNotes are the links whose notes lack a message, or show another
	// assignee than the present one before their window ends; in the order of
	// their names, behind after.
	OwedNotes(ctx context.Context, now time.Time, after string, limit int) ([]Owed, error)
	// Subject is what a link's notes are about; false when there is no such link.
	Subject(ctx context.Context, conversation inbox.Key, link string) (Subject, bool, error)
	// Links are a conversation's links that are not removed.
	Links(ctx context.Context, conversation inbox.Key) ([]inbox.Link, error)

	PutCreation(ctx context.Context, c Creation) error
	// Creations are all that wait, the oldest first.
	Creations(ctx context.Context) ([]Creation, error)
	DropCreation(ctx context.Context, id string) error

	// What the provider last said, to be shown without a network. Whoever asks
	// for what was never put gets false. The cache may forget.
	PutSeenNote(ctx context.Context, provider string, n inbox.NoteVersion, at time.Time) error
	SeenNote(ctx context.Context, provider, id string) (inbox.NoteVersion, time.Time, bool, error)
	PutSeenRecord(ctx context.Context, provider string, r inbox.Record, at time.Time) error
	SeenRecord(ctx context.Context, provider string, ref inbox.RecordRef) (inbox.Record, time.Time, bool, error)
	// PutMatches and Matches keep who a contact may be, by normal address.
	PutMatches(ctx context.Context, provider, contact string, matches []inbox.Record, at time.Time) error
	Matches(ctx context.Context, provider, contact string) ([]inbox.Record, time.Time, bool, error)
}

// Subject is what the notes of one link are written from.
type Subject struct {
	// Facts is all that the rule looks at but Now and Provider. Each message's
	// Size is filled in by the service.
	Facts    inbox.NoteFacts
	Channel  inbox.Channel
	Contact  inbox.Address
	Anchor   inbox.Key // names the conversation in the deep link
	Messages []Message // as in Facts.Messages, one for one
}

// Message is what a note tells of a message.
type Message struct {
	At          time.Time
	Author      inbox.Address
	Member      inbox.MemberID // who of the team wrote it, "" if not known
	Text        string         // without the quoted tail
	Attachments []inbox.Attachment
}

// Creation is a record that is to be created at an outside provider and linked
// to a conversation.
type Creation struct {
	ID           string
	Conversation inbox.Key
	Provider     string // Provider.ID
	Draft        inbox.RecordDraft
	At           time.Time
	// Tried is when it was first handed to the provider; zero: certainly never.
	Tried time.Time
	// Trouble is why it cannot be done, a sentence, when a person must change
	// something; "" while it is tried.
	Trouble string
}

// MaxAct bounds one attempt; it is teamsync's.
const MaxAct = 30 * time.Second

// Lease is how long a claim keeps others waiting.
const Lease = 5 * time.Minute
