package sqlite

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// What stands in the contact book has anchors of its own, all between these
// two, and never waits for a message: its decisions have no conversation.
const (
	bookFrom = string(teamlog.ChannelCRM) + ":"
	bookTo   = string(teamlog.ChannelCRM) + ";"
)

// bookNote is the kind of a note in an anchor.
const bookNote = "note"

func ofBook(anchor inbox.Key) bool { return anchor.Channel() == teamlog.ChannelCRM }

// bookPlace takes an anchor of the book apart.
func bookPlace(anchor inbox.Key) (kind, id string) {
	kind, id, _ = strings.Cut(strings.TrimPrefix(string(anchor), bookFrom), "/")
	return kind, id
}

// touchBook has an entity or a note folded before the commit.
func (t *tx) touchBook(anchor inbox.Key) {
	if t.book == nil {
		t.book = map[inbox.Key]bool{}
	}
	t.book[anchor] = true
}

// touchBooks touches the anchors of the book that a query gives.
func (t *tx) touchBooks(query string, args ...any) error {
	return t.each(query, args, func(rows *sql.Rows) error {
		var anchor inbox.Key
		err := rows.Scan(&anchor)
		if err == nil && ofBook(anchor) {
			t.touchBook(anchor)
		}
		return err
	})
}

// touchWholeBook is for when the log itself changes.
func (t *tx) touchWholeBook() error {
	if err := t.touchBooks("SELECT DISTINCT anchor FROM decisions WHERE conversation IS NULL AND anchor > ? AND anchor < ?", bookFrom, bookTo); err != nil {
		return err
	}
	return t.touchBooks("SELECT anchor FROM bases WHERE anchor > ? AND anchor < ?", bookFrom, bookTo)
}

// foldBook folds what the transaction touched of the contact book, in an order
// that does not depend on chance.
func (t *tx) foldBook() error {
	anchors := make([]inbox.Key, 0, len(t.book))
	for anchor := range t.book {
		anchors = append(anchors, anchor)
	}
	slices.Sort(anchors)
	for _, anchor := range anchors {
		h, err := loadBook(t, anchor)
		if err != nil {
			return err
		}
		if kind, _ := bookPlace(anchor); kind == bookNote {
			err = t.foldBookNote(anchor, h)
		} else {
			err = t.foldEntity(anchor, h)
		}
		if err != nil {
			return err
		}
	}
	t.book = nil
	return nil
}

// loadBook gives the decisions of an anchor in the order of the log, pending
// ones last.
func loadBook(q querier, anchor inbox.Key) (h history, err error) {
	err = q.each("SELECT value FROM bases WHERE anchor = ?", []any{string(anchor)}, func(rows *sql.Rows) error {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			return err
		}
		h.decisions, err = unpackDecisions(value, h.decisions)
		return err
	})
	if err != nil {
		return h, err
	}
	decode := decoderOf(q)
	err = q.each("SELECT id, book, n, idx, told, value FROM decisions WHERE anchor = ? AND conversation IS NULL AND book != 2",
		[]any{string(anchor)}, func(rows *sql.Rows) error {
			d, _, told, err := scanDecision(rows, decode)
			if !told && !d.Pending {
				h.watch(d.ID)
			}
			h.decisions = append(h.decisions, d)
			return err
		})
	sortDecisions(h.decisions)
	return h, err
}

func (t *tx) foldEntity(anchor inbox.Key, h history) error {
	entity, voids := teamlog.FoldEntity(h.decisions)
	if err := t.reportBook(anchor, h, voids); err != nil {
		return err
	}
	if entity.Version == "" {
		return t.dropEntity(anchor)
	}
	return t.putEntity(anchor, entity)
}

func (t *tx) foldBookNote(anchor inbox.Key, h history) error {
	note, voids := teamlog.FoldBookNote(h.decisions)
	if err := t.reportBook(anchor, h, voids); err != nil {
		return err
	}
	if note.Version == "" {
		return t.dropBookNote(anchor)
	}
	return t.putBookNote(anchor, note)
}

func (t *tx) putBookNote(anchor inbox.Key, note teamlog.BookNote) error {
	_, id := bookPlace(anchor)
	value, err := json.Marshal(note)
	if err != nil {
		return err
	}
	n, err := t.changedRows(`INSERT INTO book_notes (id, kind, target, at, marker, deleted, value) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, target = excluded.target, at = excluded.at, marker = excluded.marker,
		deleted = excluded.deleted, value = excluded.value WHERE value != excluded.value`,
		id, string(note.On.Kind), note.On.ID, millis(note.At), note.Marker, note.Deleted, string(value))
	if n > 0 {
		t.changes.record(anchor)
		t.changes.record(teamlog.EntityKey(string(note.On.Kind), note.On.ID))
	}
	return err
}

func (t *tx) dropBookNote(anchor inbox.Key) error {
	_, id := bookPlace(anchor)
	return t.each("DELETE FROM book_notes WHERE id = ? RETURNING kind, target", []any{id}, func(rows *sql.Rows) error {
		var kind, target string
		err := rows.Scan(&kind, &target)
		t.changes.record(anchor)
		t.changes.record(teamlog.EntityKey(kind, target))
		return err
	})
}

// reportBook tells the author here what of their changes had no effect (R7).
func (t *tx) reportBook(anchor inbox.Key, h history, voids map[string]teamlog.Reason) error {
	for _, d := range h.decisions {
		void := voids[d.ID]
		if !h.own[d.ID] || void == teamlog.Admitted {
			continue
		}
		line := teamlog.Activity{ID: d.ID, At: d.At, Author: d.Author, Kind: d.Event.Kind(), Void: void}
		if err := t.putReport(0, d, line); err != nil {
			return err
		}
	}
	return nil
}
