package teamlog

import (
	"context"
	"errors"
)

// Pos is a place in a log: the epoch (an engine's own name for one unbroken
// numbering) and a number that grows within it. The zero Pos is before
// everything.
type Pos struct {
	Epoch string `json:"ep"`
	N     uint64 `json:"n"`
}

// ErrEpoch says that the log behind a position is gone: renumbered, restored
// or made anew.
var ErrEpoch = errors.New("the team log behind this position is gone")

// Log is an engine: it appends small records durably and hands all of them to
// everybody in one order that never changes. Signing, ids and folding are
// above it and the same for every engine. Implementations are safe for
// concurrent use; package logtest is the suite that each must pass.
type Log interface {
	// Append adds a record. The same id may be appended again: readers ignore
	// repeats, so after an error, whose outcome is unknown, the caller appends
	// the same bytes again.
	Append(ctx context.Context, id string, record []byte) (Pos, error)
	// Read hands over every record after a position, in order, and returns the
	// last position handed over. It returns ErrEpoch when the position is of
	// an epoch that is gone. It may hand over a position at or before after,
	// once, when a record turned up late: the caller rewinds. An error of fn
	// ends the reading and is returned.
	Read(ctx context.Context, after Pos, fn func(Pos, []byte) error) (Pos, error)
	// Wait returns when there may be records after a position, or when ctx
	// ends. Returning early is allowed, "nothing new" is no error.
	Wait(ctx context.Context, after Pos) error
	Close() error
}
