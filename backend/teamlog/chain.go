package teamlog

import (
	"crypto/sha256"
	"encoding/base64"
)

// Cursor is how far a desktop has read a log. Its hash covers every accepted
// record in order; two desktops compare theirs through Envelope.Base.
type Cursor struct {
	Pos   Pos
	Count uint64
	Hash  [sha256.Size]byte
	// Positions are all that the engine handed over in this epoch, ignored ones
	// too.
	Positions Ranges
}

// Begin is the cursor before the first record of a log.
func Begin(logID string) Cursor { return Cursor{Hash: sha256.Sum256([]byte(logID))} }

// Accept moves the cursor over an accepted record; the zero Pos leaves its
// position.
func (c Cursor) Accept(at Pos, payload []byte) Cursor {
	sum := sha256.Sum256(payload)
	c.Count, c.Hash = c.Count+1, sha256.Sum256(append(c.Hash[:], sum[:]...))
	if at != (Pos{}) {
		c.Pos = at
		c.Positions.Add(at.N)
	}
	return c
}

// short says whether a base that a stranger wrote is of a sensible length.
func (b Base) short() bool { return !tooLong(b.Epoch) && !tooLong(b.Hash) }

// Base is the cursor as an envelope carries it.
func (c Cursor) Base() Base {
	return Base{Pos: c.Pos, Count: c.Count, Hash: base64.RawURLEncoding.EncodeToString(c.Hash[:])}
}
