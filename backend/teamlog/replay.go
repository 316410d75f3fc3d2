package teamlog

import "errors"

// The errors of Accept, beside those of the History.
var (
	// ErrLate says that a record turned up among older ones: the caller goes
	// back to a checkpoint before it and replays from there.
	ErrLate = errors.New("a record of the team log turned up late")
	// ErrUpdate says that the record holds a newer version's event that must
	// not be skipped: the caller stops there until the program is updated.
	ErrUpdate = errors.New("the team log needs a newer version of Postvak")
	// ErrState says that bytes given to Restore are not a state of this
	// version: the caller replays from the log's beginning.
	ErrState = errors.New("not a state of this version")
)

// History is what was accepted before the stretch in hand.
type History interface {
	// Has says whether a record was accepted.
	Has(id string) (bool, error)
	// HashAt gives the chain hash after n accepted records, if it is known.
	HashAt(n uint64) (hash [32]byte, known bool, err error)
}

// Accepted is a record that counts, with its place and what it decides. ID is
// "" for one that does not count.
type Accepted struct {
	ID        string
	N         uint64
	Pos       Pos
	Hash      [32]byte
	Record    []byte
	Decisions []Decision
}

// Replay is the fold of a whole log as far as the team: what every desktop
// does with every record. Not safe for concurrent use.
type Replay struct {
	Team   *Team
	Cursor Cursor
	chains map[string]link
}

// link is where a device's own numbering stands.
type link struct {
	Seq  uint64 `json:"s"`
	Prev string `json:"p"`
}
