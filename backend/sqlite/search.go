package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"
	"strings"

	"postvak/backend/inbox"
)

// Search finds messages, newest first, the newest one of each conversation.
func (db *DB) Search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	page := SearchPage{Hits: []Hit{}}
	cursor := int64(math.MaxInt64)
	if q.After != "" {
		var err error
		if cursor, err = strconv.ParseInt(q.After, 10, 64); err != nil {
			return page, badCursor()
		}
	}
	parsed := parseSearch(q.Text)
	err := db.snapshot(ctx, func(r reading) error {
		ids, more, err := db.hits(r, &parsed, cursor, limit)
		if err != nil {
			return err
		}
		if more {
			page.Next = strconv.FormatInt(ids[len(ids)-1], 10)
		}
		page.Hits, err = loadHits(r, ids, &parsed)
		return err
	})
	return page, err
}

// hits walks the matches from the newest on. Those above the cursor stood on
// pages before: their conversations are not named again.
func (db *DB) hits(r reading, q *searchText, cursor int64, limit int) (ids []int64, more bool, err error) {
	seen := map[int64]bool{}
	err = db.walk(r, q, "", func(id, conversation int64) error {
		switch {
		case seen[conversation]:
			return nil
		case id >= cursor:
		case len(ids) == limit:
			more = true
			return errStop
		default:
			ids = append(ids, id)
		}
		seen[conversation] = true
		return nil
	})
	return ids, more, err
}

// walk calls fn for every message that matches and is shown, newest first.
func (db *DB) walk(r reading, q *searchText, only inbox.ChannelID, fn func(id, conversation int64) error) error {
	channels, some := db.channelsNamed(q.channel, only)
	if q.nothing || some && len(channels) == 0 {
		return nil
	}
	query, args := q.sql()
	if some {
		query += " AND m.channel IN (SELECT value FROM json_each(?))"
		args = append(args, `["`+strings.Join(channels, `","`)+`"]`)
	}
	called, err := q.called(r, channels)
	if err != nil {
		return err
	}
	stopped := false
	err = r.each(query+q.order(), args, func(rows *sql.Rows) error {
		var id, conversation int64
		if err := rows.Scan(&id, &conversation); err != nil {
			return err
		}
		err := called.above(id, fn)
		if err == nil {
			err = fn(id, conversation)
		}
		stopped = errors.Is(err, errStop)
		return err
	})
	if err != nil || stopped {
		return err
	}
	if err = called.above(0, fn); errors.Is(err, errStop) {
		return nil
	}
	return err
}

// sql reads the index alone where there are words, else the messages: newest
// first is the order of both.
func (q *searchText) sql() (string, []any) {
	from, to := q.span()
	args := []any{}
	query := "SELECT m.id, m.conversation FROM messages m CROSS JOIN conversations c ON c.id = m.conversation WHERE m.id >= ? AND m.id < ?"
	if match := q.match(); match != "" {
		query = `SELECT m.id, m.conversation FROM search f CROSS JOIN messages m ON m.id = f.rowid
			CROSS JOIN conversations c ON c.id = m.conversation WHERE search MATCH ? AND f.rowid >= ? AND f.rowid < ?`
		args = append(args, match)
	}
	query += " AND c.section IS NOT NULL AND m.flags & 8 = 0"
	if q.files {
		query += " AND m.flags & 4"
	}
	return query, append(args, from, to)
}

// span are the ids between which messages are of the dates asked for.
func (q *searchText) span() (from, to int64) {
	to = math.MaxInt64
	if !q.after.IsZero() {
		from = millis(q.after) << tieBits
	}
	if !q.before.IsZero() {
		to = millis(q.before) << tieBits
	}
	return from, to
}

func (q *searchText) order() string {
	if len(q.terms) > 0 {
		return " ORDER BY f.rowid DESC"
	}
	return " ORDER BY m.id DESC"
}

// channelsNamed gives the ids of the channels that a text means: by id, kind,
// name or address. some is false where it means all.
func (db *DB) channelsNamed(name string, only inbox.ChannelID) (ids []string, some bool) {
	if only != "" && name == "" {
		return []string{string(only)}, true
	}
	if name == "" {
		return nil, false
	}
	name = strings.ToLower(name)
	for _, c := range db.Channels() {
		if only != "" && c.ID != only {
			continue
		}
		for _, known := range []string{string(c.ID), string(c.Kind), c.Name, c.Address} {
			if known != "" && strings.HasPrefix(strings.ToLower(known), name) {
				ids = append(ids, string(c.ID))
				break
			}
		}
	}
	return ids, true
}

// maxFiltered bounds the filter of a list by text: the newest that match.
const maxFiltered = 5000

func (db *DB) conversationsWith(ctx context.Context, text string, channel inbox.ChannelID) ([]int64, error) {
	parsed := parseSearch(text)
	found, seen := []int64{}, map[int64]bool{}
	err := db.walk(db.reading(ctx), &parsed, channel, func(_, conversation int64) error {
		if !seen[conversation] {
			seen[conversation] = true
			found = append(found, conversation)
		}
		if len(found) == maxFiltered {
			return errStop
		}
		return nil
	})
	return found, err
}

// loadHits reads what is shown of hits, in their order: snippets are made of
// these only.
func loadHits(r reading, ids []int64, q *searchText) ([]Hit, error) {
	hits := make([]Hit, 0, len(ids))
	err := r.each(`SELECT m.id, c.key, m.key, iif(m.contact = c.contact AND c.contact_name != '', c.contact_name, m.contact_name), m.contact, m.subject, b.text FROM json_each(?) j
		CROSS JOIN messages m ON m.id = j.value CROSS JOIN conversations c ON c.id = m.conversation
		CROSS JOIN bodies b ON b.id = m.id ORDER BY m.id DESC`, []any{jsonNumbers(ids)}, func(rows *sql.Rows) error {
		var hit Hit
		var id int64
		var text string
		err := rows.Scan(&id, &hit.Conversation, &hit.Message, &hit.Contact.Name, &hit.Contact.Address, &hit.Subject, &text)
		hit.At, hit.Snippet = timeOf(id), snippet(text, q)
		hits = append(hits, hit)
		return err
	})
	return hits, err
}
