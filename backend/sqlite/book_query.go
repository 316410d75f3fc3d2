package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Entity gives a person, lead or deal of the contact book; a deleted one too,
// marked as such.
func (db *DB) Entity(ctx context.Context, kind inbox.RecordKind, id string) (e teamlog.Entity, found bool, err error) {
	var value []byte
	found, err = db.reading(ctx).one("SELECT value FROM entities WHERE key = ?", []any{string(teamlog.EntityKey(string(kind), id))}, &value)
	if err != nil || !found {
		return e, false, err
	}
	return e, true, explain(json.Unmarshal(value, &e))
}

// maxEntities bounds how many that match a text are sorted: the newest.
const maxEntities = 5000

// Entities gives a page of the contact book by name, with what goes into
// EntityQuery.After for the next ("" on the last) and how many there are in all.
func (db *DB) Entities(ctx context.Context, q EntityQuery) (page []teamlog.Entity, next string, total int, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		p, err := planEntities(r, q)
		if err != nil || p.none {
			return err
		}
		if total, err = p.count(r); err != nil {
			return err
		}
		page, next, err = p.page(r)
		return err
	})
	if page == nil {
		page = []teamlog.Entity{}
	}
	return page, next, total, err
}

// entityPlan is a page of entities on its way to SQL.
type entityPlan struct {
	kind  string
	limit int
	match string // "" for the whole book
	none  bool   // the text matches nothing
	from  []any  // sort and key of the one before the page
}

func planEntities(r reading, q EntityQuery) (p entityPlan, err error) {
	p = entityPlan{kind: string(q.Kind), limit: rowLimit(q.Limit)}
	if q.Text != "" {
		p.match = entityMatch(q.Kind, q.Text)
		p.none = p.match == ""
	}
	if q.After == "" {
		return p, nil
	}
	var sort, key string
	found, err := r.one("SELECT sort, key FROM entities WHERE key = ?", []any{string(teamlog.EntityKey(p.kind, q.After))}, &sort, &key)
	if err == nil && !found {
		err = badCursor()
	}
	p.from = []any{sort, key}
	return p, err
}

// matching are the ids that a text matches.
var matching = fmt.Sprintf("SELECT rowid FROM entity_search WHERE entity_search MATCH ? ORDER BY rowid DESC LIMIT %d", maxEntities)

func (p entityPlan) count(r reading) (total int, err error) {
	if p.match == "" {
		_, err = r.one("SELECT total FROM entity_counts WHERE kind = ?", []any{p.kind}, &total)
	} else {
		_, err = r.one("SELECT count(*) FROM ("+matching+")", []any{p.match}, &total)
	}
	return total, err
}

func (p entityPlan) page(r reading) (page []teamlog.Entity, next string, err error) {
	query, args := "SELECT value FROM entities WHERE kind = ? AND deleted = 0", []any{p.kind}
	if p.match != "" {
		query, args = "SELECT value FROM entities WHERE id IN ("+matching+") AND deleted = 0", []any{p.match}
	}
	if p.from != nil {
		query, args = query+" AND (sort, key) > (?, ?)", append(args, p.from...)
	}
	page, err = entitiesOf(r, p.limit+1, query+" ORDER BY sort, key", args...)
	if len(page) > p.limit {
		page = page[:p.limit]
		next = page[p.limit-1].ID
	}
	return page, next, err
}

func entitiesOf(q querier, limit int, query string, args ...any) ([]teamlog.Entity, error) {
	all := make([]teamlog.Entity, 0, min(limit, 51))
	err := q.each(query, args, func(rows *sql.Rows) error {
		if len(all) == limit {
			return errStop
		}
		var value sql.RawBytes
		if err := rows.Scan(&value); err != nil {
			return err
		}
		var e teamlog.Entity
		err := json.Unmarshal(value, &e)
		all = append(all, e)
		return err
	})
	return all, err
}

// FindEntities searches as a person types: first those whose name begins so, by
// name, then others, by name too; of too many the newest. Kind "" is any.
func (db *DB) FindEntities(ctx context.Context, kind inbox.RecordKind, text string, limit int) ([]teamlog.Entity, error) {
	found, limit := []teamlog.Entity{}, rowLimit(limit)
	match := entityMatch(kind, text)
	if match == "" {
		return found, nil
	}
	kinds := []inbox.RecordKind{kind}
	if kind == "" {
		kinds = inbox.RecordKinds
	}
	err := db.snapshot(ctx, func(r reading) error {
		for _, kind := range kinds {
			some, err := entitiesOf(r, limit, `SELECT value FROM entities WHERE kind = ? AND deleted = 0 AND sort >= ? AND sort < ? || char(1114111)
				ORDER BY sort, key`, string(kind), sortKey(text), sortKey(text))
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		others, err := entitiesOf(r, limit+len(found), `SELECT e.value FROM entity_search f CROSS JOIN entities e ON e.id = f.rowid
			WHERE entity_search MATCH ? ORDER BY f.rowid DESC`, match)
		found = joined(found, others)
		return err
	})
	return found[:min(len(found), limit)], err
}

// joined adds to entities those that are not among them, by name.
func joined(found, others []teamlog.Entity) []teamlog.Entity {
	slices.SortFunc(others, func(a, b teamlog.Entity) int {
		return cmp.Or(strings.Compare(sortOf(a), sortOf(b)), strings.Compare(a.ID, b.ID))
	})
	have := map[[2]string]bool{}
	for _, e := range found {
		have[[2]string{e.Kind, e.ID}] = true
	}
	for _, e := range others {
		if !have[[2]string{e.Kind, e.ID}] {
			found = append(found, e)
		}
	}
	return found
}

// EntitiesByEmail gives the persons who have exactly this address.
func (db *DB) EntitiesByEmail(ctx context.Context, email string) ([]teamlog.Entity, error) {
	return db.entitiesByKey(ctx, keyEmail, inbox.NormalAddress(email))
}

// EntitiesByPhone gives the persons who have a number with these last digits
// (Options.PhoneDigits). Whether it is the same number is for the caller to see.
func (db *DB) EntitiesByPhone(ctx context.Context, digits string) ([]teamlog.Entity, error) {
	return db.entitiesByKey(ctx, keyPhone, digits)
}

// EntitiesOfPerson gives the leads and deals that are about a person.
func (db *DB) EntitiesOfPerson(ctx context.Context, id string) ([]teamlog.Entity, error) {
	return db.entitiesByKey(ctx, keyPerson, id)
}

// maxSame bounds how many entities with one key are given.
const maxSame = 200

func (db *DB) entitiesByKey(ctx context.Context, what, key string) ([]teamlog.Entity, error) {
	if key == "" {
		return []teamlog.Entity{}, nil
	}
	return entitiesOf(db.reading(ctx), maxSame, `SELECT value FROM entities WHERE id IN
		(SELECT entity FROM entity_keys WHERE what = ? AND key = ?) ORDER BY sort, key`, what, key)
}

// EntityDuplicates gives groups of persons who have an address or the last
// digits of a number in common, at most limit of them; 0 means 50.
func (db *DB) EntityDuplicates(ctx context.Context, limit int) ([][]teamlog.Entity, error) {
	groups := [][]teamlog.Entity{}
	err := db.snapshot(ctx, func(r reading) error {
		var keys [][2]string
		err := r.each(fmt.Sprintf("SELECT what, key FROM shared_keys INDEXED BY shared_keys_double WHERE n > 1 AND what > '' ORDER BY what, key LIMIT %d", rowLimit(limit)), nil,
			func(rows *sql.Rows) error {
				var k [2]string
				err := rows.Scan(&k[0], &k[1])
				keys = append(keys, k)
				return err
			})
		if err != nil {
			return err
		}
		for _, k := range keys {
			same, err := entitiesOf(r, maxSame, `SELECT value FROM entities WHERE id IN
				(SELECT entity FROM entity_keys WHERE what = ? AND key = ?) ORDER BY sort, key`, k[0], k[1])
			if err != nil {
				return err
			}
			groups = append(groups, same)
		}
		return nil
	})
	return groups, err
}

// maxBookNotes bounds how many notes of one record are given: the newest.
const maxBookNotes = 200

// BookNotes gives the notes at a record of the contact book, newest first,
// without deleted ones.
func (db *DB) BookNotes(ctx context.Context, on inbox.RecordRef) ([]teamlog.BookNote, error) {
	all := []teamlog.BookNote{}
	err := db.reading(ctx).each(fmt.Sprintf(`SELECT value FROM book_notes WHERE kind = ? AND target = ? AND deleted = 0
		ORDER BY at DESC LIMIT %d`, maxBookNotes), []any{string(on.Kind), on.ID}, func(rows *sql.Rows) error {
		var value sql.RawBytes
		if err := rows.Scan(&value); err != nil {
			return err
		}
		var n teamlog.BookNote
		err := json.Unmarshal(value, &n)
		all = append(all, n)
		return err
	})
	return all, err
}

// BookNote gives a note of the contact book; a deleted one too, marked as such.
func (db *DB) BookNote(ctx context.Context, id string) (teamlog.BookNote, bool, error) {
	return db.oneBookNote(ctx, "SELECT value FROM book_notes WHERE id = ?", id)
}

// BookNoteByMarker finds the note at a record that has a marker: one that is
// there before a deleted one, then the oldest.
func (db *DB) BookNoteByMarker(ctx context.Context, on inbox.RecordRef, marker string) (teamlog.BookNote, bool, error) {
	return db.oneBookNote(ctx, `SELECT value FROM book_notes WHERE kind = ? AND target = ? AND marker = ? AND marker != ''
		ORDER BY deleted, at, id`, string(on.Kind), on.ID, marker)
}

func (db *DB) oneBookNote(ctx context.Context, query string, args ...any) (n teamlog.BookNote, found bool, err error) {
	var value []byte
	found, err = db.reading(ctx).one(query, args, &value)
	if err != nil || !found {
		return n, false, err
	}
	return n, true, explain(json.Unmarshal(value, &n))
}
