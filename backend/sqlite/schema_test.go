package sqlite

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

// TestNoSchemaIsTrusted, on any connection there is.
func TestNoSchemaIsTrusted(t *testing.T) {
	db := newCache(t)
	var writes, reads bool
	if err := db.write.conn.QueryRowContext(t.Context(), "PRAGMA trusted_schema").Scan(&writes); err != nil || writes {
		t.Errorf("the writer trusts it: %v", err)
	}
	for range 3 { // on connections of their own
		conn, err := db.readers.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if err := conn.QueryRowContext(t.Context(), "PRAGMA trusted_schema").Scan(&reads); err != nil || reads {
			t.Errorf("a reader trusts it: %v", err)
		}
	}
}

// changedBy gives a copy of a database in which somebody ran SQL.
func changedBy(t *testing.T, original, script string) string {
	t.Helper()
	whole, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "changed.db")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	pool, conn, err := openPlain(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.ExecContext(t.Context(), script)
	if err := errors.Join(err, conn.Close(), pool.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestADatabaseOfAnotherMakeIsRefused: what somebody put into its schema would do
// its work with every mail.
func TestADatabaseOfAnotherMakeIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	storeAll(t, db, newVocabulary(1).mailbox(20))
	sound := filepath.Join(dir, "sound.db")
	if err := db.Snapshot(t.Context(), sound); err != nil {
		t.Fatal(err)
	}
	const underived = "DELETE FROM settings WHERE key = 'derived';"
	rewrite := func(table, from, to string) string {
		return fmt.Sprintf("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '%s', '%s') WHERE name = '%s'; PRAGMA writable_schema = OFF;", from, to, table)
	}
	for name, script := range map[string]string{
		"a trigger":                 "CREATE TRIGGER theirs AFTER INSERT ON sources BEGIN DELETE FROM drafts; END",
		"a trigger and nothing":     underived + "CREATE TRIGGER theirs AFTER UPDATE ON decisions BEGIN DELETE FROM drafts; END",
		"a view":                    "CREATE VIEW theirs AS SELECT * FROM drafts",
		"a view for a table":        underived + "DROP TABLE conversations; CREATE VIEW conversations AS SELECT 1 AS id, key FROM settings",
		"a table":                   "CREATE TABLE theirs (x)",
		"a table of words":          "CREATE VIRTUAL TABLE theirs USING fts5 (x)",
		"another for the words":     underived + "DROP TABLE search; CREATE VIRTUAL TABLE search USING rtree (a, b, c)",
		"words for a table":         underived + "DROP TABLE links; CREATE VIRTUAL TABLE links USING fts5 (x)",
		"an index":                  "CREATE INDEX theirs ON drafts (length(hex(zeroblob(1000))))",
		"a check":                   rewrite("settings", "value TEXT NOT NULL", "value TEXT NOT NULL CHECK (length(value) > 0)"),
		"another index":             "DROP INDEX decisions_order; CREATE INDEX decisions_order ON decisions (book, n) WHERE n > 0",
		"a table that is missing":   "DROP TABLE notifications",
		"a derived table":           rewrite("bodies", "extra BLOB NOT NULL", "extra BLOB NOT NULL CHECK (length(extra) >= 0)"),
		"a derived trigger":         "DROP TRIGGER conversations_added; CREATE TRIGGER conversations_added AFTER INSERT ON conversations BEGIN DELETE FROM drafts; END",
		"a derived one that's gone": "DROP TRIGGER conversations_added",
		"a column":                  "ALTER TABLE drafts ADD COLUMN theirs TEXT AS (hex(zeroblob(1000)))",
	} {
		err := Check(t.Context(), changedBy(t, sound, script))
		wantCode(t, err, inbox.Invalid)
		if err != nil && !strings.Contains(err.Error(), "changed by another program") {
			t.Errorf("%s: said %q", name, err)
		}
	}
	// What is derived anew may be of another make.
	for name, script := range map[string]string{
		"as it was": "", "not derived": underived, "of an older derivedSchema": `UPDATE settings SET value = '"1/1"' WHERE key = 'derived'; ALTER TABLE bodies ADD COLUMN old TEXT; DROP TABLE links`,
	} {
		if err := Check(t.Context(), changedBy(t, sound, script)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFrozenDatabasesAreOurs: a backup of every version can be restored.
func TestFrozenDatabasesAreOurs(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= 5; version++ {
		script, err := os.ReadFile(fmt.Sprintf("testdata/version%d.sql", version))
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(t.Context(), changedBy(t, empty, string(script))); err != nil {
			t.Errorf("version %d: %v, %v", version, err, errors.Unwrap(err))
		}
	}
}

// TestARebuildDropsAllThatIsDerived: what it left would be refused in a backup.
func TestARebuildDropsAllThatIsDerived(t *testing.T) {
	_, derived, err := madeHere(t.Context(), 5)
	if err != nil || len(derived) == 0 {
		t.Fatal(derived, err)
	}
	for o := range derived {
		if !o.dropped() {
			t.Errorf("%s %s stays", o.kind, o.name)
		}
	}
}

// TestADerivedSchemaHasItsNumber: backups say by it whether their tables are to be
// compared with ours. Who changes a word of them counts derivedSchema up.
func TestADerivedSchemaHasItsNumber(t *testing.T) {
	const number, hash = 8, "c483a4386ada733d"
	_, derived, err := madeHere(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for o := range derived {
		all = append(all, o.sql)
	}
	slices.Sort(all)
	if got := fmt.Sprintf("%.8x", sha256.Sum256([]byte(strings.Join(all, ";")))); got != hash || derivedSchema != number {
		t.Errorf("derivedSchema %d is %s", derivedSchema, got)
	}
}
