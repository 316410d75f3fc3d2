package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// querier reads: from the pool of readers, or inside one read transaction.
type querier interface {
	one(query string, args []any, into ...any) (bool, error)
	each(query string, args []any, fn func(*sql.Rows) error) error
}

// reading is a querier on the pool, or on one of its transactions. A query for
// one row is never cancelled: watching a context costs more than the row.
type reading struct {
	ctx context.Context
	db  *DB
	tx  *sql.Tx
}

func (db *DB) reading(ctx context.Context) reading { return reading{ctx: ctx, db: db} }

// snapshot runs fn on one state of the database.
func (db *DB) snapshot(ctx context.Context, fn func(reading) error) error {
	txn, err := db.readers.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = txn.Rollback() }()
	return explain(fn(reading{ctx, db, txn}))
}

func (r reading) stmt(query string) (*sql.Stmt, error) {
	known, ok := r.db.stmts.Load(query)
	if !ok {
		stmt, err := r.db.readers.Prepare(query)
		if err != nil {
			return nil, err
		}
		if known, ok = r.db.stmts.LoadOrStore(query, stmt); ok {
			_ = stmt.Close()
		}
	}
	stmt := known.(*sql.Stmt)
	if r.tx != nil {
		return r.tx.StmtContext(r.ctx, stmt), nil
	}
	return stmt, nil
}

func (r reading) one(query string, args []any, into ...any) (bool, error) {
	stmt, err := r.stmt(query)
	if err != nil {
		return false, explain(err)
	}
	if err := r.ctx.Err(); err != nil {
		return false, err
	}
	found, err := scanned(stmt.QueryRowContext(context.WithoutCancel(r.ctx), args...).Scan(into...))
	return found, explain(err)
}

func (r reading) each(query string, args []any, fn func(*sql.Rows) error) error {
	stmt, err := r.stmt(query)
	if err != nil {
		return explain(err)
	}
	rows, err := stmt.QueryContext(r.ctx, args...)
	return explain(eachRow(rows, err, fn))
}

func scanned(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// someIn says whether a table that mostly is empty may hold anything: only a
// transaction that writes knows without a look.
func someIn(q querier, table string) (bool, error) {
	if t, writing := q.(*tx); writing {
		return t.some(table)
	}
	return true, nil
}

// errStop ends an eachRow early without an error.
var errStop = errors.New("enough rows")

func eachRow(rows *sql.Rows, err error, fn func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := fn(rows); errors.Is(err, errStop) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}
