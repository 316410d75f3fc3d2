package teamsync

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// prospect is a log as somebody finds it who wants to join: its team, and the
// snapshot to begin with.
type prospect struct {
	replay *teamlog.Replay
	offer  *offer // nil: everything is to be read
}

func (p *prospect) team() *teamlog.Team { return p.replay.Team }
func (p *prospect) logID() string       { return p.replay.Team.LogID }

// offer is a snapshot that an admin signed, with its parts.
type offer struct {
	head   teamlog.SnapshotState
	header teamlog.SnapshotHeader
	packed []byte
	cursor teamlog.Cursor
}

func (o *offer) wrong() teamlog.Finding {
	return teamlog.Finding{Kind: teamlog.SnapshotWrong, Member: string(o.head.By), Detail: distrusted(o.head), Count: 1}
}

// survey reads a log as far as a newcomer must: the landmarks, the newest
// snapshot and what stands behind it, or everything. It stores nothing. The
// log must not contradict itself: it would give the newcomer another team than
// the others have.
func (s *Sync) survey(ctx context.Context, engine teamlog.Log, logID string) (*prospect, error) {
	offer, err := s.bestOffer(ctx, engine, logID)
	if err != nil {
		return nil, err
	}
	found := &prospect{replay: teamlog.NewReplay(logID), offer: offer}
	var known []string
	if offer != nil {
		if found.replay, err = teamlog.Restore(offer.header.State, offer.cursor); err != nil {
			return nil, err
		}
		known = offer.header.Recent
	}
	contradictions, err := readOver(ctx, engine, found.replay, newSurveyed(found.replay.Cursor, known))
	switch {
	case err != nil:
		return nil, err
	case found.replay.Cursor.Count == 0 && logID != "":
		return nil, inbox.Errorf(inbox.NotFound, "The team of this invitation is not in this mailbox. Check the mailbox, or ask for a new invitation.")
	case found.replay.Cursor.Count == 0:
		return nil, inbox.Errorf(inbox.NotFound, "There is no team in this mailbox.")
	case contradictions > 0:
		return nil, inbox.Errorf(inbox.Conflict, "The team's log is damaged: its computers have seen different things. "+
			"Nobody can join until an admin has repaired it (Settings > Team > Repair).")
	}
	return found, nil
}

// readOver takes everything after a replay's cursor and counts the records
// whose authors saw another log, since the log's latest repair.
func readOver(ctx context.Context, engine teamlog.Log, replay *teamlog.Replay, h teamlog.History) (contradictions int, err error) {
	_, err = engine.Read(ctx, replay.Cursor.Pos, func(at teamlog.Pos, record []byte) error {
		_, findings, err := replay.Accept(at, record, h)
		for _, f := range findings {
			if f.Kind == teamlog.NewEpoch {
				contradictions = 0
			} else if f.Kind == teamlog.BaseMismatch {
				contradictions++
			}
		}
		return err
	})
	if errors.Is(err, teamlog.ErrUpdate) {
		err = inbox.Errorf(inbox.Unavailable, "A newer Postvak wrote something that this one cannot read. Update this computer.")
	}
	return contradictions, err
}

// surveyed is the history of a log of which only a snapshot is known.
type surveyed struct {
	at  teamlog.Cursor
	ids map[string]bool
}

func newSurveyed(at teamlog.Cursor, ids []string) *surveyed {
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return &surveyed{at, known}
}

// Has implements teamlog.History.
func (h *surveyed) Has(id string) (bool, error) { return h.ids[id], nil }

// HashAt implements teamlog.History.
func (h *surveyed) HashAt(n uint64) (hash [32]byte, known bool, err error) {
	return h.at.Hash, n > 0 && n == h.at.Count, nil
}

// bestOffer finds the newest snapshot that can be used: one that an admin
// signed, by the landmarks, and whose place is in the log's present numbering.
// nil means that everything is to be read.
func (s *Sync) bestOffer(ctx context.Context, engine teamlog.Log, logID string) (*offer, error) {
	marked, ok := engine.(teamlog.Landmarker)
	if !ok {
		return nil, nil
	}
	distrust, err := s.cfg.Store.Setting(ctx, settingDistrust)
	if err != nil {
		return nil, err
	}
	replay := teamlog.NewReplay(logID)
	var epoch string
	err = marked.Landmarks(ctx, func(at teamlog.Pos, record []byte) error {
		epoch = at.Epoch
		// Places do not matter here, and what is missing in between cannot.
		_, _, err := replay.Accept(teamlog.Pos{}, record, nil)
		return err
	})
	if errors.Is(err, teamlog.ErrUpdate) {
		return nil, nil // the reading meets it too, and says so
	}
	if err != nil {
		return nil, err
	}
	heads := replay.Team.Snapshots()
	slices.Reverse(heads)
	for _, head := range heads {
		usable := head.Version == teamlog.SnapshotVersion && head.Upto.Epoch == epoch && trusts(distrust, head)
		if !usable {
			continue
		}
		o, err := fetch(ctx, engine, replay.Team.LogID, head)
		if err != nil || o != nil {
			return o, err
		}
	}
	return nil, nil
}

var errEnough = errors.New("enough was read")

// fetch reads a snapshot's parts, which stand behind its place in the log; nil
// when they are not all there or are not a snapshot.
func fetch(ctx context.Context, engine teamlog.Log, logID string, head teamlog.SnapshotState) (*offer, error) {
	missing := map[string]bool{}
	for _, id := range head.Parts {
		missing[id] = true
	}
	parts := map[string][]byte{}
	_, err := engine.Read(ctx, head.Upto.Pos, func(_ teamlog.Pos, record []byte) error {
		id, data := partOf(record)
		if missing[id] {
			parts[id] = data
			delete(missing, id)
		}
		if len(missing) == 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, nil
	}
	o := &offer{head: head}
	for _, id := range head.Parts {
		o.packed = append(o.packed, parts[id]...)
	}
	if !o.open(logID) {
		return nil, nil
	}
	return o, nil
}

// partOf gives the id and content of a record that holds a part of a snapshot.
// Whose it is does not matter: the id is that of the content.
func partOf(record []byte) (string, []byte) {
	opened, err := teamlog.Open(record)
	if err != nil || len(opened.Events) != 1 {
		return "", nil
	}
	part, ok := opened.Events[0].(*teamlog.SnapshotPart)
	if !ok {
		return "", nil
	}
	return opened.ID, bytes.Clone(part.Data)
}

// open reads a snapshot's beginning and looks whether it is of this log and
// place.
func (o *offer) open(logID string) bool {
	r, err := teamlog.DecodeSnapshot(bytes.NewReader(o.packed), o.head.Size)
	if err != nil {
		return false
	}
	defer r.Close()
	hash, err := base64.RawURLEncoding.DecodeString(o.head.Upto.Hash)
	if err != nil || len(hash) != 32 || r.Header.Upto.Count != o.head.Upto.Count || r.Header.Upto.Hash != o.head.Upto.Hash {
		return false
	}
	o.header = r.Header
	o.cursor = teamlog.Cursor{Pos: o.head.Upto.Pos, Count: o.head.Upto.Count, Hash: [32]byte(hash)}
	replay, err := teamlog.Restore(o.header.State, o.cursor)
	return err == nil && replay.Team.LogID == logID
}

var errSnapshot = errors.New("the snapshot is not what its head says")

// each hands over a snapshot's anchors. That they are what the head's hash says
// is known at their end: whoever takes them must be able to go back.
func (o *offer) each(fn func(inbox.Key, []teamlog.Decision) error) error {
	r, err := teamlog.DecodeSnapshot(bytes.NewReader(o.packed), o.head.Size)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		anchor, decisions, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = fn(anchor, decisions)
		}
		if err != nil {
			return err
		}
	}
	if hash := r.Hash(); !bytes.Equal(hash[:], o.head.Hash) {
		return errSnapshot
	}
	return nil
}
