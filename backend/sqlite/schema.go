package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"postvak/backend/inbox"
)

// rebuiltTables are what a rebuild drops, those of every derivedSchema there was,
// with their indexes and triggers. The last of them are indexes of words.
var (
	rebuiltTables = []string{
		"messages", "bodies", "refs", "related", "bounces", "attachments", "conversations", "section_counts", "day_counts",
		"links", "entities", "entity_counts", "entity_keys", "shared_keys", "book_notes",
	}
	rebuiltWords = []string{"search", "contact_names", "entity_search"}
)

// object is a table, index, trigger or view as its database describes it.
type object struct{ kind, name, table, sql string }

type objects map[object]bool

func schemaOf(ctx context.Context, conn *sql.Conn) (objects, error) {
	rows, err := conn.QueryContext(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")
	all := objects{}
	return all, eachRow(rows, err, func(rows *sql.Rows) error {
		var o object
		err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql)
		all[o] = true
		return err
	})
}

// madeHere gives what this program's migrations make up to a version, and what
// is derived beside it.
func madeHere(ctx context.Context, version int) (kept, derived objects, err error) {
	steps, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, nil, err
	}
	memory, conn, err := openPlain(ctx, "made", url.Values{"mode": {"memory"}})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = memory.Close() }()
	defer func() { _ = conn.Close() }()
	for _, step := range steps[:version] {
		script, err := migrationFiles.ReadFile(step)
		if err != nil {
			return nil, nil, err
		}
		if _, err := conn.ExecContext(ctx, string(script)); err != nil {
			return nil, nil, err
		}
	}
	if kept, err = schemaOf(ctx, conn); err != nil {
		return nil, nil, err
	}
	if _, err := conn.ExecContext(ctx, derivedSQL); err != nil {
		return nil, nil, err
	}
	derived, err = schemaOf(ctx, conn)
	return kept, derived.without(kept), err
}

func (all objects) without(these objects) objects {
	rest := objects{}
	for o := range all {
		if !these[o] {
			rest[o] = true
		}
	}
	return rest
}

// schemaIsOurs refuses a database of a version in which anything stands that this
// program did not make: a trigger or a check of somebody else's would do its work
// with every mail. What another derivedSchema made cannot be compared, but it is
// dropped when the database is opened, before anything reads it.
func schemaIsOurs(ctx context.Context, conn *sql.Conn, version int) error {
	kept, derived, err := madeHere(ctx, version)
	if err != nil {
		return err
	}
	found, err := schemaOf(ctx, conn)
	if err != nil {
		return notSound(err)
	}
	for o := range kept.without(found) {
		if o.kind != "index" { // that one is missing costs time alone
			return notOurs(o)
		}
	}
	rest := found.without(kept)
	same, err := derivedAsHere(ctx, conn)
	if err != nil {
		return notSound(err)
	}
	for o := range rest {
		if same && !derived[o] || !same && !o.dropped() {
			return notOurs(o)
		}
	}
	if same && len(rest) != len(derived) {
		return notOurs(object{name: "what is derived"})
	}
	return nil
}

// derivedAsHere says whether this program will read the derived tables as they
// are. It is asked of a database whose settings are ours.
func derivedAsHere(ctx context.Context, conn *sql.Conn) (bool, error) {
	var text, version string
	err := conn.QueryRowContext(ctx, "SELECT value FROM settings WHERE key = ?", derivedKey).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &version)
	}
	return strings.HasPrefix(version, fmt.Sprint(derivedSchema, "/")), err
}

// dropped says whether a rebuild drops it, unread.
func (o object) dropped() bool {
	for _, words := range rebuiltWords {
		if o.kind == "table" && (o.name == words && strings.HasPrefix(o.sql, "CREATE VIRTUAL TABLE "+words+" USING fts5 ") ||
			strings.HasPrefix(o.name, words+"_") && strings.HasPrefix(o.sql, "CREATE TABLE ")) {
			return true
		}
	}
	for _, table := range rebuiltTables {
		if o.table == table && o.kind != "view" && !strings.HasPrefix(o.sql, "CREATE VIRTUAL ") {
			return true
		}
	}
	return false
}

func notOurs(o object) error {
	return inbox.Errorf(inbox.Invalid, "This backup was changed by another program. Take another backup. Nothing was changed.").
		Because(fmt.Errorf("the schema: %.20s %.100q", o.kind, o.name))
}

// dropAll is what drops the derived tables.
func dropAll() string {
	var drop strings.Builder
	for _, table := range append(rebuiltTables[:len(rebuiltTables):len(rebuiltTables)], rebuiltWords...) {
		fmt.Fprintf(&drop, "DROP TABLE IF EXISTS %s;\n", table)
	}
	return drop.String()
}
