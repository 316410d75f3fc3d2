package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"sync/atomic"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// writer is the only connection that writes. Its lock is a channel so that
// waiting for it ends with a context.
type writer struct {
	pool  *sql.DB
	conn  *sql.Conn
	lock  chan struct{}
	stmts map[string]*sql.Stmt
	// commits counts transactions, so that what was read can be known to hold.
	commits atomic.Uint64
	// events of long conversations, by the decision's id: see decoderOf.
	events map[string]teamlog.Event
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	if err := errors.Join(keepPrivate(path), create(ctx, path)); err != nil {
		return nil, err
	}
	one := pool(dsn(path, url.Values{"_cache_size": {"-24000"}}))
	one.SetMaxOpenConns(1)
	conn, err := one.Conn(ctx)
	if err != nil {
		_ = one.Close()
		return nil, err
	}
	// This connection lives as long as its pool, so what has no place in the
	// DSN can be said once. A checkpoint costs two waits for the disk: one for
	// every 4 MB slows a first sync by a third.
	if _, err := conn.ExecContext(ctx, "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864"); err != nil {
		_ = one.Close()
		return nil, err
	}
	return &writer{pool: one, conn: conn, lock: make(chan struct{}, 1), stmts: map[string]*sql.Stmt{}}, nil
}

// keepPrivate takes an existing database from everybody but its owner: what
// stands beside it gets its rights.
func keepPrivate(path string) error {
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(file, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// create makes a new database with pages that hold a message or two: in the
// usual ones of 4 kB a third is waste. It has to be said before anything else.
func create(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	fresh := pool("file:" + (&url.URL{Path: path}).EscapedPath())
	defer func() { _ = fresh.Close() }()
	_, err = fresh.ExecContext(ctx, "PRAGMA page_size = 8192; VACUUM")
	return err
}

func (w *writer) close() error {
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
	_ = w.conn.Close()
	return w.pool.Close()
}

// durability says what a commit survives.
type durability bool

// A relaxed commit survives a crash of the program; a durable one also a power
// cut. What can be fetched again is relaxed: its progress is in the same
// transaction, so a lost tail is fetched again. A durable commit takes every
// earlier relaxed one to the disk with it.
const (
	relaxed durability = false
	durable durability = true
)

// tx is a write transaction. Its statements are prepared once a connection.
type tx struct {
	w         *writer
	db        *DB
	touched   map[int64]bool // conversations to fold before the commit
	dropFiles []inbox.FileID // of purged messages, to be removed after the commit
	changes   changes
	filled    map[string]bool // tables known to hold something, see some
	indexed   []*entry        // for the search index, see putIndex
	// What this transaction changed of the team, before others see it.
	channels map[inbox.ChannelID]inbox.Channel
	removals map[inbox.MemberID][]uint64
	me       inbox.MemberID
	then     []func() // after the commit, before the next transaction
	// Of the CRM.
	book  map[inbox.Key]bool // anchors of the contact book to fold before the commit
	lost  map[string]bool    // contacts of purged messages
	named []namedEntity      // for the contact book's index, see putNames
	// Of a stretch of the log.
	anchors   map[inbox.Key]sql.NullInt64 // conversations of its anchors
	epochs    map[string]int64
	confirmed map[string]bool // decisions that came back
	ours      map[string]bool // those taken out again whose author waits for the verdict
	// Of assignments that may be told, see assigned.go.
	assigned map[string]bool // ids of decisions
	live     bool            // what comes may notify
}

// afterCommit runs fn when the transaction holds, before the next one begins.
func (t *tx) afterCommit(fn func()) { t.then = append(t.then, fn) }

// update runs fn in one write transaction, folds what it touched, commits and
// tells what changed. A cancelled context ends the waiting, not the writing:
// statements without a cancellable context are much cheaper, and no
// transaction here lasts long.
func (db *DB) update(ctx context.Context, d durability, fn func(*tx) error) (Changed, error) {
	select {
	case db.write.lock <- struct{}{}:
	case <-ctx.Done():
		return Changed{}, ctx.Err()
	}
	defer func() { <-db.write.lock }()
	if err := ctx.Err(); err != nil {
		return Changed{}, err
	}
	t := &tx{w: db.write, db: db, touched: map[int64]bool{}, filled: map[string]bool{}, me: db.me()}
	if err := t.run(d, fn); err != nil {
		return Changed{}, explain(err)
	}
	for _, fn := range t.then {
		fn()
	}
	db.removeFiles(context.WithoutCancel(ctx), t.dropFiles)
	return t.changes.result(), nil
}

func (t *tx) run(d durability, fn func(*tx) error) (err error) {
	if d == durable {
		if err := t.exec("PRAGMA synchronous = FULL"); err != nil {
			return err
		}
		defer func() { _ = t.exec("PRAGMA synchronous = NORMAL") }()
	}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			_ = t.exec("ROLLBACK")
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.foldTouched(); err != nil {
		return err
	}
	if err := t.putNames(); err != nil {
		return err
	}
	if err := t.putIndex(); err != nil {
		return err
	}
	if err := t.exec("COMMIT"); err != nil {
		return err
	}
	done = true
	t.w.commits.Add(1)
	return nil
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if stmt := t.w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := t.w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.w.stmts[query] = stmt
	}
	return stmt, err
}

func (t *tx) exec(query string, args ...any) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	_, err = stmt.Exec(args...)
	return err
}

// changedRows is exec that tells how many rows it changed.
func (t *tx) changedRows(query string, args ...any) (int64, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// one scans the one row of a query; found is false when there is none.
func (t *tx) one(query string, args []any, into ...any) (found bool, err error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	return scanned(stmt.QueryRow(args...).Scan(into...))
}

// some says whether a table that mostly is empty holds anything, and asks once
// a transaction: what is not there need not be looked for in every message.
// Whoever adds to it says so in filled.
func (t *tx) some(table string) (bool, error) {
	if filled, known := t.filled[table]; known {
		return filled, nil
	}
	var one int
	filled, err := t.one("SELECT 1 FROM "+table+" LIMIT 1", nil, &one)
	if err == nil {
		t.filled[table] = filled
	}
	return filled, err
}

// each calls fn for every row of a query.
func (t *tx) each(query string, args []any, fn func(*sql.Rows) error) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := stmt.Query(args...)
	return eachRow(rows, err, fn)
}
