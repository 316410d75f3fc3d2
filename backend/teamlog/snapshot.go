package teamlog

import (
	"errors"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// Snapshot says where a snapshot of the log up to Upto is found: in the parts'
// records, in this order (see SnapshotHeader for what is in it). Every desktop
// that passed Upto can make the same bytes and compare the hash. Only admins.
type Snapshot struct {
	Upto    Base     `json:"upto"`
	Version int      `json:"version"`
	Hash    []byte   `json:"hash"` // SHA-256 of the uncompressed bytes
	Size    int64    `json:"size"` // of the uncompressed bytes
	Parts   []string `json:"parts"`
}

// MaxPart is how many bytes of a snapshot one part holds at most.
const MaxPart = 1 << 20

const (
	maxParts = 1000
	maxHeads = 5
)

// Kind implements Event.
func (*Snapshot) Kind() string { return "snapshot" }

// Validate implements Event.
func (s *Snapshot) Validate() error {
	if s.Upto.Count == 0 || len(s.Hash) != 32 || s.Size <= 0 || len(s.Parts) == 0 || len(s.Parts) > maxParts {
		return errors.New("snapshot: a place, a hash, a size and parts are needed")
	}
	if !s.Upto.short() || slices.ContainsFunc(s.Parts, tooLong) {
		return errors.New("snapshot: a record's id is too long")
	}
	return nil
}

func (s *Snapshot) admit(t *Team, d *Decision) Reason {
	if !t.admin(d.Author) {
		return NotAdmin
	}
	t.heads = append(t.heads, SnapshotState{N: d.N, By: d.Author, At: d.At, Snapshot: *s})
	if len(t.heads) > maxHeads {
		t.heads = t.heads[len(t.heads)-maxHeads:]
	}
	return Admitted
}

// SnapshotState is a snapshot that the log tells of.
type SnapshotState struct {
	N  uint64
	By inbox.MemberID
	At time.Time
	Snapshot
}

// Snapshots lists the newest snapshots, the newest last.
func (t *Team) Snapshots() []SnapshotState { return append([]SnapshotState(nil), t.heads...) }

// SnapshotPart is a piece of a snapshot, found by its record's id. It changes
// nothing. Only admins.
type SnapshotPart struct {
	N    int    `json:"n"`
	Data []byte `json:"data"`
}

// Kind implements Event.
func (*SnapshotPart) Kind() string { return "snapshot.part" }

// Validate implements Event.
func (s *SnapshotPart) Validate() error {
	if s.N < 0 || s.N >= maxParts || len(s.Data) == 0 || len(s.Data) > MaxPart {
		return errors.New("snapshot.part: data of at most 1 MB is needed")
	}
	return nil
}

func (s *SnapshotPart) admit(t *Team, d *Decision) Reason {
	if !t.admin(d.Author) {
		return NotAdmin
	}
	return Admitted
}
