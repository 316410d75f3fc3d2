package app

import (
	"context"

	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// teamStore gives teamsync the cache, and tells the screen what changed.
type teamStore struct{ app *App }

func (s teamStore) AddPending(ctx context.Context, p teamsync.Pending, decisions []teamlog.Decision) error {
	changed, err := s.app.db.AddPending(ctx, p.ID, p.Record, decisions)
	s.app.changed(changed)
	return err
}

func (s teamStore) Pending(ctx context.Context) ([]teamsync.Pending, error) {
	records, err := s.app.db.PendingRecords(ctx)
	waiting := make([]teamsync.Pending, len(records))
	for i, r := range records {
		waiting[i] = teamsync.Pending{ID: r.ID, Record: r.Record}
	}
	return waiting, err
}

func (s teamStore) Apply(ctx context.Context, stretch teamsync.Stretch) error {
	changed, err := s.app.db.Apply(ctx, sqlite.Applied{
		Cursor: stretch.Cursor, Records: stretch.Records, Decisions: stretch.Decisions,
		Channels: stretch.Channels, Removals: stretch.Removals,
	})
	s.app.changed(changed)
	return err
}

func (s teamStore) Cursor(ctx context.Context) (teamlog.Cursor, error) { return s.app.db.Cursor(ctx) }
