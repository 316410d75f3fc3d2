package teamlog

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"

	"postvak/backend/inbox"
)

// SnapshotVersion is the version of a snapshot's form and of the fold that
// made it; a snapshot of another version is not used.
const SnapshotVersion = 3

// SnapshotHeader is what a snapshot begins with: the place it is of, the
// team's state there, and the ids of the newest records, by which repeats of
// them are known.
type SnapshotHeader struct {
	Upto   Base
	State  []byte   // Replay.State
	Recent []string // ids of the newest accepted records, oldest first
}

// Histories are the decisions about each anchor in the order of the log,
// sorted by anchor.
type Histories = iter.Seq2[inbox.Key, []Decision]

const (
	snapshotMagic = "postvak-snapshot\n"
	maxRecent     = 10_000
	maxField      = 64 << 20
	moreAnchors   = 1
	noMoreAnchors = 0
)

var errSnapshot = errors.New("not a snapshot of this version")

// EncodeSnapshot writes a snapshot, compressed, and returns the hash and size
// of the uncompressed bytes, which are the same on every desktop that passed
// its place. It compacts the histories and leaves out what is pending or of a
// later place.
func EncodeSnapshot(w io.Writer, h SnapshotHeader, histories Histories) (hash [32]byte, size int64, err error) {
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return hash, 0, err
	}
	sum := sha256.New()
	e := newEncoder(io.MultiWriter(packed, sum))
	e.header(h)
	last := inbox.Key("")
	for anchor, decisions := range histories {
		kept := Compact(upTo(h.Upto.Count, decisions))
		if len(kept) == 0 {
			continue
		}
		if anchor <= last {
			return hash, 0, fmt.Errorf("anchors of a snapshot are not in order: %q after %q", anchor, last)
		}
		e.anchor(anchor, last, kept)
		last = anchor
	}
	e.number(noMoreAnchors)
	if err := e.flush(); err != nil {
		return hash, 0, err
	}
	sum.Sum(hash[:0])
	return hash, e.written, packed.Close()
}

// upTo gives the confirmed decisions of a place and before.
func upTo(n uint64, decisions []Decision) []Decision {
	var kept []Decision
	for _, d := range decisions {
		if !d.Pending && d.N <= n {
			kept = append(kept, d)
		}
	}
	return kept
}

func (e *encoder) header(h SnapshotHeader) {
	e.raw(snapshotMagic)
	e.number(SnapshotVersion)
	base, err := json.Marshal(Base{Count: h.Upto.Count, Hash: h.Upto.Hash})
	if err != nil {
		e.err = err
	}
	e.text(string(base))
	e.text(string(h.State))
	recent := h.Recent[max(0, len(h.Recent)-maxRecent):]
	e.number(uint64(len(recent)))
	for _, id := range recent {
		e.text(id)
	}
}

// SnapshotReader gives a snapshot's anchors one after the other.
type SnapshotReader struct {
	// Header is known at once; nothing of it may be used before Next gave
	// io.EOF and Hash is the one that was signed.
	Header SnapshotHeader
	packed *zstd.Decoder
	d      *decoder
	last   inbox.Key
	ended  bool
}

// DecodeSnapshot begins to read a snapshot whose uncompressed bytes are size
// many. What is not a snapshot of this version gives an error, here or from
// Next; no bytes make it use much more memory than they say.
func DecodeSnapshot(r io.Reader, size int64) (*SnapshotReader, error) {
	packed, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(32<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	s := &SnapshotReader{packed: packed, d: newDecoder(packed, size)}
	s.header()
	if s.d.err != nil {
		packed.Close()
		return nil, s.d.err
	}
	return s, nil
}

func (s *SnapshotReader) header() {
	if s.d.raw(len(snapshotMagic)) != snapshotMagic || s.d.number() != SnapshotVersion {
		s.d.fail()
		return
	}
	if json.Unmarshal([]byte(s.d.text(maxName*10)), &s.Header.Upto) != nil {
		s.d.fail()
	}
	s.Header.State = []byte(s.d.text(maxField))
	for range s.d.count(maxRecent) {
		s.Header.Recent = append(s.Header.Recent, s.d.text(maxName))
	}
}

// Next gives the next anchor with its decisions; io.EOF after the last.
func (s *SnapshotReader) Next() (inbox.Key, []Decision, error) {
	if s.ended {
		return "", nil, io.EOF
	}
	switch s.d.number() {
	case noMoreAnchors:
		s.ended = true
		s.d.end()
		if s.d.err != nil {
			return "", nil, s.d.err
		}
		return "", nil, io.EOF
	case moreAnchors:
	default:
		s.d.fail()
	}
	anchor, decisions := s.d.anchor(s.last)
	if s.d.err == nil && anchor <= s.last {
		s.d.fail()
	}
	s.last = anchor
	return anchor, decisions, s.d.err
}

// Hash is that of the uncompressed bytes; it is known when Next gave io.EOF.
func (s *SnapshotReader) Hash() (hash [32]byte) {
	s.d.sum.Sum(hash[:0])
	return hash
}

// Close ends the reading.
func (s *SnapshotReader) Close() { s.packed.Close() }
