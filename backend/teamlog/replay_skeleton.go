package teamlog

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"

	"postvak/backend/inbox"
)

// NewReplay begins at nothing. An empty log id lets the first genesis name
// the log.
func NewReplay(logID string) *Replay {
	r := &Replay{Team: NewTeam(), chains: map[string]link{}}
	r.Team.LogID = logID
	return r
}

var errLater = errors.New("comes with the next commit")

func (r *Replay) Accept(at Pos, record []byte, h History) (a Accepted, findings []Finding, err error) {
	return a, nil, errLater
}

// Chain gives where a device's own numbering stands: the number and id of its
// last accepted record.
func (r *Replay) Chain(device string) (seq uint64, prev string) {
	return r.chains[device].Seq, r.chains[device].Prev
}

func (r *Replay) State() []byte { return nil }

func Restore(state []byte, c Cursor) (*Replay, error) { return nil, ErrState }

// Words are what two people compare before an admin lets a newcomer in.
func Words(logID string, key ed25519.PublicKey, recipient string) (words [4]string, err error) {
	return words, errLater
}

// Landmarker is an engine that can hand over, in order and without reading
// everything, the records marked as landmarks when they were appended: those
// that newcomers need. It is a hint: nothing may be missing because of it.
type Landmarker interface {
	Landmarks(ctx context.Context, fn func(Pos, []byte) error) error
}

// Renewer is an engine whose place can be made again after it was lost. Fresh
// sets what is there now aside, renamed, and begins with nothing.
type Renewer interface {
	Renew(ctx context.Context, fresh bool) error
}

// Remote marks an engine that is elsewhere: whoever decides does not wait
// for it.
type Remote interface{ Remote() }

// SnapshotHeader is what a snapshot begins with: the place it is of, the
// team's state and the ids of the newest records, by which repeats are known.
type SnapshotHeader struct {
	Upto   Base
	State  []byte   // Replay.State
	Recent []string // ids of the newest accepted records, oldest first
}

// SnapshotVersion is the version of what a snapshot holds and of the fold that
// made it; a snapshot of another version is not used.
const SnapshotVersion = 1

// Histories are the compacted decisions per anchor, sorted by anchor.
type Histories = iter.Seq2[inbox.Key, []Decision]

// Compact leaves out of one anchor's decisions what cannot matter any more.
func Compact(decisions []Decision) []Decision { return decisions }

// EncodeSnapshot writes a snapshot, compressed, and returns the hash and size
// of its uncompressed bytes.
func EncodeSnapshot(w io.Writer, h SnapshotHeader, histories Histories) (hash [32]byte, size int64, err error) {
	return hash, 0, errLater
}

// SnapshotReader gives a snapshot's anchors one after the other.
type SnapshotReader struct{ Header SnapshotHeader }

// DecodeSnapshot begins to read a snapshot. Size limits what is read.
func DecodeSnapshot(r io.Reader, size int64) (*SnapshotReader, error) { return nil, errLater }

// Next gives the next anchor with its decisions; io.EOF after the last.
func (s *SnapshotReader) Next() (inbox.Key, []Decision, error) { return "", nil, io.EOF }

// Hash is that of the uncompressed bytes; it is known when Next gave io.EOF.
func (s *SnapshotReader) Hash() [32]byte { return [32]byte{} }

// Close ends the reading.
func (s *SnapshotReader) Close() {}

// Genesis is the member who began the log.
func (t *Team) Genesis() inbox.MemberID { return t.genesis }

// With gives a view of the team that has more channels: those that stay out
// of the log. What is decided on it does not touch the team.
func (t *Team) With(private []inbox.Channel) *Team {
	view := *t
	view.view = true
	view.channels = make(map[inbox.ChannelID]*inbox.Channel, len(t.channels)+len(private))
	for id, c := range t.channels {
		channel := *c
		view.channels[id] = &channel
	}
	for _, c := range private {
		view.channels[c.ID] = &c
	}
	return &view
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
