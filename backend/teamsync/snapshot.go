package teamsync

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const (
	// settingStanding keeps which snapshot stands for the past here, until the
	// past was checked; settingDistrust the hashes of snapshots that turned out
	// wrong; settingChecked the place of the latest one that was looked at.
	settingStanding = "team.snapshot"
	settingDistrust = "team.distrust"
	settingChecked  = "team.checked"

	// snapshotEvery is after how many records a snapshot is due at the earliest,
	// snapshotShare after which part of the log: all snapshots together weigh a
	// bounded multiple of the newest.
	snapshotEvery = 5000
	snapshotShare = 20
	// recentIDs is how many records' ids a snapshot brings, by which repeats are
	// known as repeats.
	recentIDs = 10_000
	// partSize is how much of a snapshot goes into one record: with its base64
	// a message of a third of a megabyte, which every server takes.
	partSize      = 256 << 10
	snapshotLease = 10 * time.Minute
)

// standing is a snapshot that stands for a past that was not checked yet.
type standing struct {
	Upto      teamlog.Base          `json:"upto"`
	Head      teamlog.SnapshotState `json:"head"`
	Read      teamlog.Pos           `json:"read"` // how far the past was checked
	Positions teamlog.Ranges        `json:"positions"`
}

// bootstrap begins an empty store with the newest snapshot of the log that is
// followed, where there is one that can be used. The caller holds turn.
func (s *Sync) bootstrap(ctx context.Context) error {
	engine, ctx, done := s.engine(ctx)
	defer done()
	offer, err := s.bestOffer(ctx, engine, s.knownAs())
	if err != nil || offer == nil {
		return err
	}
	if err := s.take(ctx, offer); err != nil {
		s.cfg.Logger.Warn("a snapshot of the team log could not be taken", "error", err.Error())
		return s.disown(ctx, offer.head)
	}
	return nil
}

// take lets a snapshot stand for the past. The caller holds turn.
func (s *Sync) take(ctx context.Context, o *offer) error {
	replay, err := teamlog.Restore(o.header.State, o.cursor)
	if err != nil {
		return err
	}
	if err := s.keepStanding(ctx, &standing{Upto: o.head.Upto, Head: o.head}); err != nil {
		return err
	}
	s.pen.Lock()
	defer s.pen.Unlock()
	channels := replay.Team.With(s.privates()).Channels()
	if channels == nil {
		channels = []inbox.Channel{}
	}
	err = s.cfg.Store.AdoptSnapshot(ctx, Adoption{
		Cursor: o.cursor, State: o.header.State, IDs: o.header.Recent,
		Channels: channels, Removals: maps.Clone(replay.Team.Removals()), Histories: o.each,
	})
	if err != nil {
		return errors.Join(err, s.keepStanding(ctx, nil))
	}
	s.applied = o.cursor
	s.use(replay)
	s.setFloor(o.cursor.Pos.N)
	return s.number(ctx)
}

func (s *Sync) privates() []inbox.Channel {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.private
}

func (s *Sync) setFloor(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floor = n
}

// keepStanding remembers what stands for the past; nil for nothing.
func (s *Sync) keepStanding(ctx context.Context, st *standing) error {
	if st == nil {
		return s.cfg.Store.SetSetting(ctx, settingStanding, "")
	}
	text, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return s.cfg.Store.SetSetting(ctx, settingStanding, string(text))
}

// standingFor tells what stands for the past; nil when everything here was
// checked.
func (s *Sync) standingFor(ctx context.Context) (*standing, error) {
	text, err := s.cfg.Store.Setting(ctx, settingStanding)
	if err != nil || text == "" {
		return nil, err
	}
	var st standing
	if err := json.Unmarshal([]byte(text), &st); err != nil {
		return nil, fmt.Errorf("what stands for the past of the team log: %w", err)
	}
	return &st, nil
}

// loadFloor takes up again what a snapshot stands for.
func (s *Sync) loadFloor(ctx context.Context) error {
	st, err := s.standingFor(ctx)
	if err != nil {
		return err
	}
	cursor, err := s.cfg.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	if st == nil || cursor.Count < st.Upto.Count {
		s.setFloor(0)
		return nil
	}
	s.setFloor(max(st.Upto.N, 1))
	return nil
}

// disown distrusts a snapshot for good and tells of it.
func (s *Sync) disown(ctx context.Context, head teamlog.SnapshotState) error {
	old, err := s.cfg.Store.Setting(ctx, settingDistrust)
	if err != nil {
		return err
	}
	hashes := append(strings.Fields(old), distrusted(head))
	if err := s.cfg.Store.SetSetting(ctx, settingDistrust, strings.Join(hashes[max(0, len(hashes)-20):], " ")); err != nil {
		return err
	}
	wrong := teamlog.Finding{Kind: teamlog.SnapshotWrong, Member: string(head.By), Detail: distrusted(head), Count: 1}
	if err := s.found(ctx, wrong); err != nil {
		return err
	}
	return s.announce(ctx, Stretch{})
}

func distrusted(head teamlog.SnapshotState) string {
	return base64.RawURLEncoding.EncodeToString(head.Hash)
}

func trusts(distrust string, head teamlog.SnapshotState) bool {
	return !strings.Contains(distrust, distrusted(head))
}

// encodeAt writes the snapshot of the log up to record n, which every desktop
// that has these records makes alike.
func (s *Sync) encodeAt(ctx context.Context, w io.Writer, n uint64) (upto teamlog.Base, hash [32]byte, size int64, err error) {
	replay, err := s.replayAt(ctx, n)
	if err != nil {
		return upto, hash, 0, err
	}
	header := teamlog.SnapshotHeader{State: replay.State()}
	err = s.cfg.Store.Records(ctx, n-min(n, recentIDs), n, func(r StoredRecord) error {
		header.Recent = append(header.Recent, r.ID)
		header.Upto = teamlog.Cursor{Pos: r.Pos, Count: r.N, Hash: r.Hash}.Base()
		return nil
	})
	if err == nil && header.Upto.Count != n {
		err = errGap
	}
	if err != nil {
		return upto, hash, 0, err
	}
	var failed error
	hash, size, err = teamlog.EncodeSnapshot(w, header, func(yield func(inbox.Key, []teamlog.Decision) bool) {
		failed = s.cfg.Store.Histories(ctx, n, func(anchor inbox.Key, decisions []teamlog.Decision) error {
			if compact := teamlog.Compact(decisions); len(compact) > 0 && !yield(anchor, compact) {
				return errEnough
			}
			return nil
		})
	})
	if failed != nil && !errors.Is(failed, errEnough) {
		err = errors.Join(err, failed)
	}
	return header.Upto, hash, size, err
}

// writeSnapshot puts a snapshot of what this desktop has into the log: its
// parts, then the head that names them.
func (s *Sync) writeSnapshot(ctx context.Context, claim *Claim, n uint64) error {
	var packed bytes.Buffer
	upto, hash, size, err := s.encodeAt(ctx, &packed, n)
	if err != nil {
		return err
	}
	head := &teamlog.Snapshot{Upto: upto, Version: teamlog.SnapshotVersion, Hash: hash[:], Size: size}
	for i := 0; packed.Len() > 0; i++ {
		if mine, err := s.stillMine(ctx, claim); err != nil || !mine {
			return err
		}
		outcome, err := s.say(ctx, &teamlog.SnapshotPart{N: i, Data: bytes.Clone(packed.Next(partSize))})
		if err != nil {
			return err
		}
		record, _, _ := strings.Cut(outcome.ID, ".")
		head.Parts = append(head.Parts, record)
	}
	if mine, err := s.stillMine(ctx, claim); err != nil || !mine {
		return err
	}
	if _, err := s.say(ctx, head); err != nil {
		return err
	}
	_, err = claim.Done(ctx, "written", nil)
	return err
}

// stillMine renews a claim that was held for long.
func (s *Sync) stillMine(ctx context.Context, claim *Claim) (bool, error) {
	if claim.Mine() {
		return true, nil
	}
	return claim.Renew(ctx)
}
