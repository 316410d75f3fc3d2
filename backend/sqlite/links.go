package sqlite

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// owedForEver marks a link whose notes lack a message: no clock ends that.
const owedForEver = math.MaxInt64

// linkRow is a link's row as stored.
type linkRow struct {
	id, provider, kind, target, notes string
	owed                              int64
}

// putLinks writes what is looked up of a conversation's links, and forgets what
// was remembered of those that are gone (R12). Whoever writes notes hears that
// there may be something to do.
func (t *tx) putLinks(conversation int64, messages []shownMessage, state teamlog.State) error {
	old, err := t.linksOf(conversation)
	if err != nil || len(old) == 0 && len(state.Links) == 0 {
		return err
	}
	t.changes.links = true
	now, err := t.newLinks(conversation, messages, state)
	if err != nil {
		return err
	}
	for _, l := range old {
		if !slices.ContainsFunc(now, func(n linkRow) bool { return n.id == l.id }) {
			if err := t.dropLink(conversation, l); err != nil {
				return err
			}
		}
	}
	for _, l := range now {
		if slices.Contains(old, l) {
			continue
		}
		t.filled["links"] = true
		err := t.exec("INSERT OR REPLACE INTO links (conversation, id, provider, kind, target, owed, notes) VALUES (?, ?, ?, ?, ?, ?, ?)",
			conversation, l.id, l.provider, l.kind, l.target, l.owed, l.notes)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) linksOf(conversation int64) (all []linkRow, err error) {
	if some, err := t.some("links"); err != nil || !some {
		return nil, err
	}
	err = t.each("SELECT id, provider, kind, target, notes, owed FROM links WHERE conversation = ?", []any{conversation}, scanLinks(&all))
	return all, err
}

func scanLinks(into *[]linkRow) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var l linkRow
		err := rows.Scan(&l.id, &l.provider, &l.kind, &l.target, &l.notes, &l.owed)
		*into = append(*into, l)
		return err
	}
}

// newLinks are the rows that a conversation is to have: none when it stands in
// no section (R31).
func (t *tx) newLinks(conversation int64, messages []shownMessage, state teamlog.State) ([]linkRow, error) {
	links := standingLinks(state)
	if len(links) == 0 {
		return nil, nil
	}
	r, found, err := t.oldRow(conversation)
	if err != nil || !found || !r.section.Valid {
		return nil, err
	}
	known, err := noteMessages(t, conversation, visible(messages, state))
	if err != nil {
		return nil, err
	}
	rows := make([]linkRow, 0, len(links))
	for _, l := range links {
		rows = append(rows, linkRow{
			id: l.ID, provider: l.Provider, kind: string(l.Kind), target: l.RecordRef.ID,
			owed: known.owed(l, state.Assignee), notes: noteIDs(l),
		})
	}
	return rows, nil
}

// standingLinks are the links of a conversation that are not removed.
func standingLinks(state teamlog.State) (links []inbox.Link) {
	for _, l := range state.Links {
		if !l.Removed {
			links = append(links, l)
		}
	}
	return links
}

func noteIDs(l inbox.Link) string {
	var ids []string
	for _, n := range l.Notes {
		if n.NoteID != "" {
			ids = append(ids, n.NoteID)
		}
	}
	return strings.Join(ids, "\n")
}

// dropLink takes a link's row out, with what was remembered for it alone.
func (t *tx) dropLink(conversation int64, l linkRow) error {
	if err := t.exec("DELETE FROM links WHERE conversation = ? AND id = ?", conversation, l.id); err != nil {
		return err
	}
	for id := range strings.SplitSeq(l.notes, "\n") {
		if err := t.exec("DELETE FROM crm_seen_notes WHERE provider = ? AND note = ?", l.provider, id); err != nil {
			return err
		}
	}
	return t.exec(`DELETE FROM crm_seen_records WHERE provider = ?1 AND kind = ?2 AND target = ?3
		AND NOT EXISTS (SELECT 1 FROM links WHERE provider = ?1 AND kind = ?2 AND target = ?3)`, l.provider, l.kind, l.target)
}

// relabelLinks gives a conversation's links to the one that it became a part of.
func (t *tx) relabelLinks(from, to int64) error {
	if some, err := t.some("links"); err != nil || !some {
		return err
	}
	return t.exec("UPDATE OR REPLACE links SET conversation = ?2 WHERE conversation = ?1", from, to)
}

// Links gives a conversation's links that are not removed, in the order of
// linking, with what the log says of their notes.
func (db *DB) Links(ctx context.Context, conversation inbox.Key) (links []inbox.Link, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		id, err := conversationID(r, conversation)
		if err != nil {
			return err
		}
		var stored row
		if found, err := loadRow(r, id, &stored); err != nil || !found || !stored.section.Valid {
			return err
		}
		state, _, err := db.state(r, id)
		links = standingLinks(state)
		return err
	})
	return links, err
}

const defaultOwed = 100

// OwedNotes gives the links whose notes somebody is to write: those that lack a
// message, and those whose status line says another assignee while their window
// lasts at now. In the order of the links' ids, behind after; limit 0 means 100.
func (db *DB) OwedNotes(ctx context.Context, now time.Time, after string, limit int) (all []OwedNote, err error) {
	if limit <= 0 {
		limit = defaultOwed
	}
	err = db.reading(ctx).each(`SELECT o.id, c.key FROM (
			SELECT id, conversation FROM links INDEXED BY links_owed WHERE owed = 9223372036854775807 AND owed != 0 AND id > ?
			UNION ALL SELECT id, conversation FROM links INDEXED BY links_owed
				WHERE owed > ? AND owed < 9223372036854775807 AND owed != 0 AND id > ?
		) o CROSS JOIN conversations c ON c.id = o.conversation ORDER BY o.id`, []any{after, millis(now), after}, func(rows *sql.Rows) error {
		if len(all) == limit {
			return errStop
		}
		var o OwedNote
		err := rows.Scan(&o.Link, &o.Conversation)
		all = append(all, o)
		return err
	})
	return all, err
}

// LinkedTo gives the conversations that are linked with a record, newest first.
func (db *DB) LinkedTo(ctx context.Context, provider string, ref inbox.RecordRef, limit int) ([]Row, error) {
	return db.someRows(ctx, limit, `SELECT `+rowColumns+` FROM conversations WHERE id IN
		(SELECT conversation FROM links WHERE provider = ? AND kind = ? AND target = ?) AND section IS NOT NULL ORDER BY last DESC`,
		provider, string(ref.Kind), ref.ID)
}

// maxAddresses bounds of how many addresses conversations are looked for.
const maxAddresses = 50

// ConversationsOf gives the conversations with a contact who has any of some
// addresses, on every channel, newest first; all but one, which may be "". An
// address is an e-mail address or a number in E.164.
func (db *DB) ConversationsOf(ctx context.Context, addresses []string, except inbox.Key, limit int) ([]Row, error) {
	limit = rowLimit(limit)
	all := []Row{}
	seen := map[string]bool{}
	for _, address := range addresses[:min(len(addresses), maxAddresses)] {
		address = inbox.NormalAddress(address)
		if address == "" || seen[address] {
			continue
		}
		seen[address] = true
		rows, err := db.someRows(ctx, limit+1, `SELECT `+rowColumns+` FROM conversations WHERE contact = ? AND section IS NOT NULL
			ORDER BY last DESC`, address)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	if err := db.leaveOut(ctx, &all, except); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Row) int { return b.LastAt.Compare(a.LastAt) })
	return all[:min(len(all), limit)], nil
}

func (db *DB) leaveOut(ctx context.Context, rows *[]Row, except inbox.Key) error {
	if except == "" {
		return nil
	}
	now := except
	if err := presentName(db.reading(ctx), &now); err != nil {
		return err
	}
	*rows = slices.DeleteFunc(*rows, func(r Row) bool { return r.ID == now })
	return nil
}

func rowLimit(limit int) int {
	if limit <= 0 || limit > 200 {
		return 50
	}
	return limit
}

func (db *DB) someRows(ctx context.Context, limit int, query string, args ...any) ([]Row, error) {
	limit = rowLimit(limit)
	all := make([]Row, 0, 8)
	err := db.reading(ctx).each(query, args, func(rows *sql.Rows) error {
		if len(all) == limit {
			return errStop
		}
		var r row
		if err := scanRow(rows, &r); err != nil {
			return err
		}
		all = append(all, db.row(r))
		return nil
	})
	return all, err
}
