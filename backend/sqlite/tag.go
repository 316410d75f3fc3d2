//go:build !sqlite_fts5

package sqlite

// Search needs FTS5, which go-sqlite3 compiles in only when asked to.
var _ = build_with_tags_sqlite_fts5
