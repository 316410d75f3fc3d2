package app

import (
	"log/slog"
	"testing"

	"postvak/backend/run"
	"postvak/backend/sqlite"
	"postvak/backend/teamsync"
	"postvak/backend/teamsync/storetest"
)

// TestTheCacheIsAStore holds the cache to what every store of the team log does.
func TestTheCacheIsAStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) teamsync.Store {
		db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Me: "ann"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return teamStore{&App{db: db, hub: newHub(run.System), log: slog.New(slog.DiscardHandler)}}
	})
}
