package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const snapshotKey = "team.snapshot"

// snapshotOf is where a snapshot ends that this cache began with and that is
// not settled.
type snapshotOf struct {
	N    uint64
	Hash [sha256.Size]byte
}

// Adoption is a verified snapshot that an empty cache begins with.
type Adoption struct {
	Cursor teamlog.Cursor
	State  []byte // the team's at the cursor
	// IDs are of the newest records up to the cursor, in order: repeats of them
	// are known as repeats.
	IDs      []string
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]uint64
	// Histories hands over the compacted decisions of every anchor.
	Histories func(fn func(anchor inbox.Key, decisions []teamlog.Decision) error) error
}

// AdoptSnapshot puts a snapshot in the place of whatever was known of the log,
// in one transaction. What waits to be appended goes on waiting.
func (db *DB) AdoptSnapshot(ctx context.Context, a Adoption) (Changed, error) {
	return db.update(ctx, relaxed, func(t *tx) error {
		t.anchors = map[inbox.Key]sql.NullInt64{}
		if err := t.forgetLog(); err != nil {
			return err
		}
		if err := t.putChannels(a.Channels); err != nil {
			return err
		}
		if err := t.putRemovals(a.Removals); err != nil {
			return err
		}
		if err := t.putSetting(snapshotKey, snapshotOf{a.Cursor.Count, a.Cursor.Hash}); err != nil {
			return err
		}
		if err := t.putRecent(a.Cursor.Count, a.IDs); err != nil {
			return err
		}
		if err := a.Histories(t.putBase); err != nil {
			return err
		}
		if err := t.putCheckpoint(a.Cursor.Count, a.State); err != nil {
			return err
		}
		return t.putSetting(cursorKey, a.Cursor)
	})
}

// forgetLog drops what came from the team log, but nothing that waits for it.
func (t *tx) forgetLog() error {
	if err := t.touchDecided(); err != nil {
		return err
	}
	if err := t.touchWholeBook(); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM decisions WHERE book IN (0, 2) AND n IS NOT NULL", "DELETE FROM records", "DELETE FROM checkpoints",
		"DELETE FROM bases", "DELETE FROM recent",
	} {
		if err := t.exec(query); err != nil {
			return err
		}
	}
	delete(t.filled, "bases")
	return t.exec("DELETE FROM settings WHERE key IN (?, ?)", snapshotKey, cursorKey)
}

// touchDecided refolds every conversation about which anything was decided.
func (t *tx) touchDecided() error {
	if err := t.touchAll("SELECT DISTINCT conversation FROM decisions WHERE conversation IS NOT NULL"); err != nil {
		return err
	}
	return t.touchAll("SELECT conversation FROM bases WHERE conversation IS NOT NULL")
}

func (t *tx) putRecent(upTo uint64, ids []string) error {
	for i, id := range ids {
		n := upTo + 1 + uint64(i) - uint64(len(ids))
		if err := t.exec("INSERT OR IGNORE INTO recent (id, n) VALUES (?, ?)", id, int64(n)); err != nil {
			return err
		}
	}
	return nil
}

// putBase stores an anchor's compacted decisions.
func (t *tx) putBase(anchor inbox.Key, decisions []teamlog.Decision) error {
	value, err := packDecisions(decisions)
	if err != nil {
		return err
	}
	conversation, err := t.anchorHere(anchor)
	if err != nil {
		return err
	}
	t.filled["bases"] = true
	switch {
	case ofBook(anchor):
		t.touchBook(anchor)
	case conversation.Valid:
		t.touched[conversation.Int64] = true
	default:
		t.db.dormant.Store(true)
	}
	return t.exec("INSERT INTO bases (anchor, conversation, value) VALUES (?, ?, ?) ON CONFLICT (anchor) DO UPDATE SET value = excluded.value",
		string(anchor), conversation, value)
}

// anchorHere is conversationOf for a cache that mostly is still without mail.
func (t *tx) anchorHere(anchor inbox.Key) (conversation sql.NullInt64, err error) {
	if some, err := t.some("sources"); err != nil || !some || ofBook(anchor) {
		return conversation, err
	}
	return t.conversationOf(anchor)
}

func packDecisions(decisions []teamlog.Decision) ([]byte, error) {
	p := make(packer, 0, 128*len(decisions))
	p.number(uint64(len(decisions)))
	for _, d := range decisions {
		value, err := packDecision(d)
		if err != nil {
			return nil, err
		}
		p.text(d.ID)
		p.number(d.N)
		p.number(uint64(d.Index))
		p.number(uint64(len(value)))
		p = append(p, value...)
	}
	return p, nil
}

func unpackDecisions(value []byte, all []teamlog.Decision) ([]teamlog.Decision, error) {
	u := unpacker(value)
	for range u.count() {
		d := teamlog.Decision{ID: u.text(), N: u.number(), Index: int(u.number())}
		if err := unpackDecision([]byte(u.text()), &d, decodeEvent); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// loadBases gives the decisions that snapshots brought about a conversation.
func loadBases(q querier, conversation int64) (all []teamlog.Decision, err error) {
	if some, err := someIn(q, "bases"); err != nil || !some {
		return nil, err
	}
	err = q.each("SELECT value FROM bases WHERE conversation = ?", []any{conversation}, func(rows *sql.Rows) error {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			return err
		}
		all, err = unpackDecisions(value, all)
		return err
	})
	return all, err
}

func loadSnapshot(q querier) (s snapshotOf, found bool, err error) {
	found, err = settingIn(q, snapshotKey, &s)
	return s, found, err
}
