package sqlite

import (
	"context"
	"embed"
	_ "embed"
	"fmt"
	"io/fs"

	"postvak/backend/inbox"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

//go:embed derived.sql
var derivedSQL string

// derivedSchema is the version of derived.sql and of the code that fills it.
// A database with another one, or of another parser, is derived anew at Open.
const derivedSchema = 8

func (db *DB) derivedVersion() string { return fmt.Sprintf("%d/%d", derivedSchema, db.opt.Parser) }

// migrate brings the kept tables up to date, each step in a transaction.
func (db *DB) migrate(ctx context.Context) error {
	steps, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := db.write.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return inbox.Errorf(inbox.Unavailable, "This data was written by a newer version of Postvak. Update Postvak, or choose another data folder.")
	}
	for ; version < len(steps); version++ {
		if err := db.step(ctx, steps[version], version+1); err != nil {
			return fmt.Errorf("%s: %w", steps[version], err)
		}
	}
	return nil
}

func (db *DB) step(ctx context.Context, name string, version int) error {
	script, err := migrationFiles.ReadFile(name)
	if err != nil {
		return err
	}
	return db.script(ctx, fmt.Sprintf("%s;\nPRAGMA user_version = %d;", script, version))
}

// script runs several statements in one transaction.
func (db *DB) script(ctx context.Context, statements string) error {
	conn := db.write.conn
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, statements); err != nil {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return err
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}
