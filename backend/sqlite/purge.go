package sqlite

import (
	"database/sql"
	"slices"

	"postvak/backend/inbox"
)

// purge removes for good what a delete covers (R12): here, in any other
// conversation, and what any later sync brings. Threads hold: hashes stay. The
// rows in hand are updated too, so that they fold as purged.
func (t *tx) purge(keys map[inbox.Key]bool, here []shownMessage) error {
	t.filled["purges"] = true
	fresh := false
	for key := range keys {
		n, err := t.changedRows("INSERT OR IGNORE INTO purges VALUES (?)", string(key))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(here, func(m shownMessage) bool { return m.key == key })
		if n == 0 && (i < 0 || here[i].flags&flagPurged != 0) {
			continue
		}
		fresh = true
		if err := t.purgeKey(key); err != nil {
			return err
		}
		if err := t.forgetNotifications(key); err != nil {
			return err
		}
		if err := t.forgetCreations(key); err != nil {
			return err
		}
		if i >= 0 {
			here[i].flags |= flagPurged
		}
	}
	if !fresh {
		return nil
	}
	return t.forgetAssignments(here)
}

func (t *tx) isPurged(key inbox.Key) (purged bool, err error) {
	if some, err := t.some("purges"); err != nil || !some {
		return false, err
	}
	var one int
	return t.one("SELECT 1 FROM purges WHERE key = ?", []any{string(key)}, &one)
}

func (t *tx) purgeKey(key inbox.Key) error {
	id, err := findKey(t, key)
	if err != nil || id == 0 {
		return err
	}
	var conversation, hash int64
	var parties []byte
	found, err := t.one("SELECT conversation, hash, parties FROM messages WHERE id = ? AND flags & ? = 0", []any{id, flagPurged},
		&conversation, &hash, &parties)
	if err != nil || !found {
		return err
	}
	if err := t.strip(id, hash, parties); err != nil {
		return err
	}
	t.touched[conversation] = true
	return nil
}

// strip takes everything from a message but its place in its thread.
func (t *tx) strip(id, hash int64, parties []byte) error {
	if err := t.losesContact(id); err != nil {
		return err
	}
	refs, err := t.refsOf(id)
	if err != nil {
		return err
	}
	if err := t.exec("UPDATE sources SET raw = NULL, problem = '', reason = '', remains = ? WHERE id = ?",
		packRemains(hash, refs, parties), id); err != nil {
		return err
	}
	if err := t.exec(`UPDATE messages SET flags = flags & 1 | ?, contact_name = '', contact = '', subject = '', preview = ''
		WHERE id = ?`, flagPurged, id); err != nil {
		return err
	}
	files, err := t.filesOf(id)
	if err != nil {
		return err
	}
	if err := t.forget(id, "bodies", "drafts", "outbox", "provided"); err != nil {
		return err
	}
	t.dropFiles = append(t.dropFiles, files...)
	t.indexed = slices.DeleteFunc(t.indexed, func(e *entry) bool { return e.id == id })
	return nil
}

// forget deletes a message's rows. Whoever calls it keeps or drops its place
// in the thread.
func (t *tx) forget(id int64, tables ...string) error {
	queries := []string{"DELETE FROM attachments WHERE message = ?", "DELETE FROM search WHERE rowid = ?",
		"DELETE FROM bounces WHERE message = ?"}
	for _, table := range tables {
		column := "id"
		if table == "drafts" || table == "outbox" || table == "provided" {
			column = "message"
		}
		queries = append(queries, "DELETE FROM "+table+" WHERE "+column+" = ?")
	}
	for _, query := range queries {
		if err := t.exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) refsOf(id int64) ([]int64, error) {
	var packed []byte
	_, err := t.one("SELECT refs FROM messages WHERE id = ?", []any{id}, &packed)
	return unpackHashes(packed), err
}

func (t *tx) filesOf(id int64) (files []inbox.FileID, err error) {
	err = t.each("SELECT DISTINCT file FROM attachments WHERE message = ?", []any{id}, func(rows *sql.Rows) error {
		var file inbox.FileID
		err := rows.Scan(&file)
		files = append(files, file)
		return err
	})
	return files, err
}
