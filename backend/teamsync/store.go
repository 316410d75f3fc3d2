package teamsync

import (
	"context"
	"crypto/sha256"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Pending is an own record that the log has not given back yet.
type Pending struct {
	ID     string
	Record []byte
	Made   time.Time // when the store took it; the store sets it
}

// Waiting is an own record that waits, with what it decides.
type Waiting struct {
	Pending
	Decisions []teamlog.Decision
}

// StoredRecord is an accepted record as this desktop keeps it: its bytes are
// what a damaged log is repaired from.
type StoredRecord struct {
	N      uint64
	Pos    teamlog.Pos
	ID     string
	Hash   [sha256.Size]byte // the chain's, after it
	Record []byte
}

// Stretch is a part of the log as it was read, folded as far as the team.
type Stretch struct {
	Cursor teamlog.Cursor // after it
	// Rewind, when it is set, says that records, decisions and checkpoints
	// after that count are replaced by this stretch.
	Rewind *uint64
	// Again are own records that a rewind takes out: they wait again, in this
	// order, before what waited already. One that is in Records all the same
	// does not wait.
	Again     []Waiting
	Records   []StoredRecord // accepted: N without a gap
	Decisions []teamlog.Decision
	// Checkpoint is the team's state at Cursor.Count; nil for none.
	Checkpoint []byte
	// Channels and Removals are the team's after it, private channels included.
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]uint64
}

// Adoption is a verified snapshot that a store begins with.
type Adoption struct {
	Cursor teamlog.Cursor
	State  []byte // the team's, a checkpoint at Cursor.Count
	// IDs are of the newest records up to Cursor.Count, in order, so that
	// repeats of them are known as repeats.
	IDs      []string
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]uint64
	// Histories hands over the compacted decisions of every anchor.
	Histories func(fn func(anchor inbox.Key, decisions []teamlog.Decision) error) error
}

// Store is the cache as this package needs it. A write is one transaction
// (Settle: several, and it goes on when it is called again), and doing one again
// changes nothing. What only this desktop knows (records that wait, private
// decisions, settings) is durable when the call returns; what the log gives
// again (Apply, AdoptSnapshot, Backfill, Settle) outlives a crash of the
// program, and with its cursor is lost as one in a power cut. Package storetest
// has the suite that an implementation passes, and one in memory.
type Store interface {
	// AddPending stores an own record and shows its decisions as pending.
	AddPending(ctx context.Context, p Pending, decisions []teamlog.Decision) error
	// Pending gives own records that wait, in the order of making.
	Pending(ctx context.Context) ([]Pending, error)
	// DropPending forgets a record that waits, with what it shows as pending.
	// Confirmed decisions of the same id stay.
	DropPending(ctx context.Context, id string) error

	// Apply takes over a stretch of the log; own records in it wait no more.
	Apply(ctx context.Context, s Stretch) error
	// Cursor is how far the log was applied; zero before anything was.
	Cursor(ctx context.Context) (teamlog.Cursor, error)
	// HasRecord gives the N of an accepted record, 0 when it is not known.
	HasRecord(ctx context.Context, id string) (uint64, error)
	// HashAt gives the chain's hash after record n; false when the record is not
	// here (a snapshot stands in front of it). Of n = 0 nothing is known.
	HashAt(ctx context.Context, n uint64) ([sha256.Size]byte, bool, error)
	// Records hands over the records that are here with after < N ≤ upTo, in
	// order. fn may use the store.
	Records(ctx context.Context, after, upTo uint64, fn func(StoredRecord) error) error
	// Checkpoint gives the newest checkpoint at or before a count; false when
	// there is none. The newest twenty are kept, and a snapshot's until Settle.
	Checkpoint(ctx context.Context, atMost uint64) (state []byte, n uint64, ok bool, err error)
	// Renumber gives the records 1, 2, 3… their positions in another epoch.
	// The cursor has the same count and hash as before.
	Renumber(ctx context.Context, cursor teamlog.Cursor, at []teamlog.Pos) error

	// AdoptSnapshot begins an empty store with a snapshot.
	AdoptSnapshot(ctx context.Context, a Adoption) error
	// Backfill stores what stands behind a snapshot, verified: it shows nothing
	// until Settle puts it in the place of the snapshot's histories.
	Backfill(ctx context.Context, records []StoredRecord, decisions []teamlog.Decision) error
	// Settle takes the snapshot's histories out: everything is here itself.
	Settle(ctx context.Context) error
	// Histories hands over the confirmed decisions of the team log with N ≤ upTo,
	// anchor by anchor in the order of anchors.
	Histories(ctx context.Context, upTo uint64, fn func(anchor inbox.Key, decisions []teamlog.Decision) error) error

	// AddPrivate stores decisions about private channels (R31), which never
	// enter the team log. The store gives them an N of their own book and Seen
	// N-1: one desktop writes it.
	AddPrivate(ctx context.Context, decisions []teamlog.Decision) error
	// PrivateDecisions gives a private channel's decisions, in order.
	PrivateDecisions(ctx context.Context, channel inbox.ChannelID) ([]teamlog.Decision, error)
	// DropPrivate forgets them: the channel was shared.
	DropPrivate(ctx context.Context, channel inbox.ChannelID) error

	// ResetTeam forgets the log, what waits for it and all decisions, so that
	// this desktop can join another team. It is a conflict when there are
	// messages.
	ResetTeam(ctx context.Context) error
	// SetMe tells the store which member's view it shows.
	SetMe(ctx context.Context, id inbox.MemberID) error
	// Setting and SetSetting keep small texts; "" is none.
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}
