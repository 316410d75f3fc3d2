package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3"

	"postvak/backend/inbox"
)

// stepPages is how much of a snapshot is copied between two looks at the
// context: 16 MB.
const stepPages = 2048

// Snapshot writes the database as it is at this moment to a new file, page by
// page, while others read and write. A file that is there already is refused;
// what was begun when ctx ends is removed.
func (db *DB) Snapshot(ctx context.Context, path string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return explain(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	if err := file.Close(); err != nil {
		return explain(err)
	}
	from, err := db.readers.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = from.Close() }()
	pool, to, err := openPlain(ctx, path, nil)
	if err != nil {
		return explain(err)
	}
	err = copyPages(ctx, to, from)
	return explain(errors.Join(err, to.Close(), pool.Close()))
}

func openPlain(ctx context.Context, path string, more url.Values) (*sql.DB, *sql.Conn, error) {
	all := pool("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + more.Encode())
	conn, err := all.Conn(ctx)
	if err != nil {
		_ = all.Close()
	}
	return all, conn, err
}

// copyPages copies inside one read transaction: without it every write of
// somebody else would have the copy begin again.
func copyPages(ctx context.Context, to, from *sql.Conn) error {
	for _, query := range []string{"BEGIN", "SELECT count(*) FROM sqlite_master"} {
		if _, err := from.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	defer func() { _, _ = from.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	return to.Raw(func(target any) error {
		return from.Raw(func(source any) error {
			backup, err := target.(*sqlite3.SQLiteConn).Backup("main", source.(*sqlite3.SQLiteConn), "main")
			if err != nil {
				return err
			}
			for done := false; !done && err == nil; {
				if err = ctx.Err(); err == nil {
					done, err = backup.Step(stepPages)
				}
			}
			return errors.Join(err, backup.Finish())
		})
	})
}

// Check says whether a database that came from elsewhere can be opened by this
// program: sound, of no newer version, and with nothing in its schema that is not
// ours. It changes nothing.
func Check(ctx context.Context, path string) error {
	pool, conn, err := openPlain(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	if err != nil {
		return notSound(err)
	}
	defer func() { _ = pool.Close() }()
	defer func() { _ = conn.Close() }()
	steps, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	var says string
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return notSound(err)
	}
	if version > len(steps) {
		return inbox.Errorf(inbox.Unavailable, "This data was written by a newer version of Postvak. Update Postvak, or choose another data folder.")
	}
	if version <= 0 {
		return notSound(fmt.Errorf("version %d", version))
	}
	// First: the other check computes what the schema says.
	if err := schemaIsOurs(ctx, conn, version); err != nil {
		return err
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says); err != nil || says != "ok" {
		return notSound(fmt.Errorf("%.100q: %w", says, err))
	}
	return nil
}

func notSound(cause error) error {
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return inbox.Errorf(inbox.Invalid, "The database in this backup is damaged. Take another backup. Nothing was changed.").Because(cause)
}

// Moved prepares the outbox for another computer than the one on which it was
// filled: that one may go on, and may have sent what waited (R34). Everything
// that is not surely sent is looked for before anything else is done, and then
// asks; what failed or asked already goes on asking. Doing it again changes
// nothing. It is called before the outbox starts.
func (db *DB) Moved(ctx context.Context) error {
	waiting, err := db.Outbox(ctx)
	if err != nil {
		return err
	}
	for _, o := range waiting {
		moved := o.Moved()
		if moved == o {
			continue
		}
		if _, err := db.SetOutgoing(ctx, moved); err != nil {
			return err
		}
	}
	return nil
}

// Drafts counts what was begun and not sent.
func (db *DB) Drafts(ctx context.Context) (n int, err error) {
	_, err = db.reading(ctx).one("SELECT count(*) FROM drafts", nil, &n)
	return n, err
}
