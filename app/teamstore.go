package app

import (
	"context"
	"crypto/sha256"

	"postvak/backend/inbox"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// teamStore gives teamsync the cache, and tells the screen what changed.
type teamStore struct{ app *App }

var _ teamsync.Store = teamStore{}

// told tells the screen what a write changed.
func (s teamStore) told(changed sqlite.Changed, err error) error {
	s.app.changed(changed)
	return err
}

func (s teamStore) AddPending(ctx context.Context, p teamsync.Pending, decisions []teamlog.Decision) error {
	return s.told(s.app.db.AddPending(ctx, p.ID, p.Record, decisions))
}

func (s teamStore) Pending(ctx context.Context) ([]teamsync.Pending, error) {
	records, err := s.app.db.PendingRecords(ctx)
	waiting := make([]teamsync.Pending, len(records))
	for i, r := range records {
		waiting[i] = teamsync.Pending(r)
	}
	return waiting, err
}

func (s teamStore) DropPending(ctx context.Context, id string) error {
	return s.told(s.app.db.DropPending(ctx, id))
}

func (s teamStore) Apply(ctx context.Context, stretch teamsync.Stretch) error {
	applied := sqlite.Applied{
		Cursor: stretch.Cursor, Rewind: stretch.Rewind, Records: storedRecords(stretch.Records), Decisions: stretch.Decisions,
		Checkpoint: stretch.Checkpoint, Channels: stretch.Channels, Removals: stretch.Removals,
	}
	for _, w := range stretch.Again {
		applied.Again = append(applied.Again, sqlite.Waiting{PendingRecord: sqlite.PendingRecord(w.Pending), Decisions: w.Decisions})
	}
	void := s.app.ownTeamVoids(ctx, stretch.Decisions) // now: after it nothing of them waits
	if err := s.told(s.app.db.Apply(ctx, applied)); err != nil {
		return err
	}
	s.app.foundTeamVoids(ctx, void)
	s.app.lookForAnswers(ctx, stretch.Decisions)
	return nil
}

func storedRecords(records []teamsync.StoredRecord) []sqlite.Record {
	all := make([]sqlite.Record, len(records))
	for i, r := range records {
		all[i] = sqlite.Record(r)
	}
	return all
}

func (s teamStore) Cursor(ctx context.Context) (teamlog.Cursor, error) { return s.app.db.Cursor(ctx) }

func (s teamStore) HasRecord(ctx context.Context, id string) (uint64, error) {
	return s.app.db.HasRecord(ctx, id)
}

func (s teamStore) HashAt(ctx context.Context, n uint64) ([sha256.Size]byte, bool, error) {
	return s.app.db.HashAt(ctx, n)
}

func (s teamStore) Records(ctx context.Context, after, upTo uint64, fn func(teamsync.StoredRecord) error) error {
	return s.app.db.Records(ctx, after, upTo, func(r sqlite.Record) error { return fn(teamsync.StoredRecord(r)) })
}

func (s teamStore) Checkpoint(ctx context.Context, atMost uint64) ([]byte, uint64, bool, error) {
	return s.app.db.Checkpoint(ctx, atMost)
}

func (s teamStore) Renumber(ctx context.Context, cursor teamlog.Cursor, at []teamlog.Pos) error {
	return s.app.db.Renumber(ctx, cursor, at)
}

func (s teamStore) AdoptSnapshot(ctx context.Context, a teamsync.Adoption) error {
	return s.told(s.app.db.AdoptSnapshot(ctx, sqlite.Adoption(a)))
}

func (s teamStore) Backfill(ctx context.Context, records []teamsync.StoredRecord, decisions []teamlog.Decision) error {
	return s.app.db.Backfill(ctx, storedRecords(records), decisions)
}

func (s teamStore) Settle(ctx context.Context) error { return s.told(s.app.db.Settle(ctx)) }

func (s teamStore) Histories(ctx context.Context, upTo uint64, fn func(inbox.Key, []teamlog.Decision) error) error {
	return s.app.db.Histories(ctx, upTo, fn)
}

func (s teamStore) AddPrivate(ctx context.Context, decisions []teamlog.Decision) error {
	return s.told(s.app.db.AddPrivate(ctx, decisions))
}

func (s teamStore) PrivateDecisions(ctx context.Context, channel inbox.ChannelID) ([]teamlog.Decision, error) {
	return s.app.db.PrivateDecisions(ctx, channel)
}

func (s teamStore) DropPrivate(ctx context.Context, channel inbox.ChannelID) error {
	return s.told(s.app.db.DropPrivate(ctx, channel))
}

func (s teamStore) ResetTeam(ctx context.Context) error { return s.app.db.ResetTeam(ctx) }

func (s teamStore) SetMe(ctx context.Context, id inbox.MemberID) error {
	return s.told(s.app.db.SetMe(ctx, id))
}

func (s teamStore) Setting(ctx context.Context, key string) (value string, err error) {
	_, err = s.app.db.Setting(ctx, teamSetting+key, &value)
	return value, err
}

func (s teamStore) SetSetting(ctx context.Context, key, value string) error {
	return s.app.db.PutSetting(ctx, teamSetting+key, value)
}

// teamSetting keeps teamsync's settings apart from the program's own.
const teamSetting = "teamsync."
