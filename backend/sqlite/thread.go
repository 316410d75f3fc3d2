package sqlite

import (
	"database/sql"

	"postvak/backend/inbox"
)

// limitCandidates bounds how many messages with one Message-ID are looked at:
// an attacker can send any number. It is no parameter: SQLite prepares a query
// anew whenever the value of a LIMIT is bound.
const limitCandidates = " LIMIT 200"

// candidate is a message that refers to another, or is referred to.
type candidate struct {
	id, conversation int64
	facts            inbox.ThreadFacts
}

// thread finds the conversation of a new message: joined with all those that
// inbox.Joins lets it join, which thereby become one, or its own. A reference
// that joins nothing leaves a link between the two.
func (t *tx) thread(e *entry) (int64, error) {
	if e.Message.Key.Chat() {
		return t.chatThread(e)
	}
	joined, related, err := t.neighbours(e)
	if err != nil {
		return 0, err
	}
	for _, ref := range e.refs {
		if err := t.exec("INSERT OR IGNORE INTO refs (hash, message) VALUES (?, ?)", ref, e.id); err != nil {
			return 0, err
		}
	}
	for _, pair := range related {
		if err := t.exec("INSERT OR IGNORE INTO related (message, other) VALUES (?, ?)", pair[0], pair[1]); err != nil {
			return 0, err
		}
	}
	return t.unite(e.id, joined)
}

// neighbours looks both ways: at what the message refers to and at what refers
// to it, since mail is learnt in any order.
func (t *tx) neighbours(e *entry) (joined map[int64]bool, related [][2]int64, err error) {
	self := unpackFacts(e.facts)
	for _, ref := range e.refs {
		err = t.candidates(`SELECT id, conversation, parties FROM messages WHERE hash = ? AND channel = ?`+limitCandidates,
			ref, e, func(c candidate) {
				if inbox.Joins(self, c.facts) {
					joined = with(joined, c.conversation)
				} else {
					related = append(related, [2]int64{e.id, c.id})
				}
			})
		if err != nil {
			return nil, nil, err
		}
	}
	if e.hash == 0 {
		return joined, related, nil
	}
	err = t.candidates(`SELECT m.id, m.conversation, m.parties FROM refs r CROSS JOIN messages m ON m.id = r.message
		WHERE r.hash = ? AND m.channel = ?`+limitCandidates, e.hash, e, func(c candidate) {
		if inbox.Joins(c.facts, self) {
			joined = with(joined, c.conversation)
		} else {
			related = append(related, [2]int64{c.id, e.id})
		}
	})
	return joined, related, err
}

func with(set map[int64]bool, id int64) map[int64]bool {
	if set == nil {
		set = map[int64]bool{}
	}
	set[id] = true
	return set
}

func (t *tx) candidates(query string, hash int64, e *entry, fn func(candidate)) error {
	return t.each(query, []any{hash, string(e.Message.Channel)}, func(rows *sql.Rows) error {
		var c candidate
		var parties sql.RawBytes
		if err := rows.Scan(&c.id, &c.conversation, &parties); err != nil {
			return err
		}
		if c.id == e.id {
			return nil
		}
		c.facts = unpackFacts(parties)
		fn(c)
		return nil
	})
}

// unite makes one conversation of several; the one with the most messages
// keeps its id. A conversation's number is the id of one of its messages, so
// a new one is never in use.
func (t *tx) unite(fresh int64, joined map[int64]bool) (int64, error) {
	switch len(joined) {
	case 0:
		return fresh, nil
	case 1:
		for only := range joined {
			return only, nil
		}
	}
	keep, most := int64(0), -1
	for id := range joined {
		var count int
		if _, err := t.one("SELECT count(*) FROM messages WHERE conversation = ?", []any{id}, &count); err != nil {
			return 0, err
		}
		if count > most || count == most && id < keep {
			keep, most = id, count
		}
	}
	for id := range joined {
		if id != keep {
			if err := t.relabel(id, keep); err != nil {
				return 0, err
			}
		}
	}
	return keep, nil
}

// unthread takes a message that never was out of what threads are found by.
func (t *tx) unthread(id int64) error {
	refs, err := t.refsOf(id)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := t.exec("DELETE FROM refs WHERE hash = ? AND message = ?", ref, id); err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM related WHERE message = ?1 OR other = ?1", id)
}

func (t *tx) relabel(from, to int64) error {
	var key string
	var section sql.NullInt64
	found, err := t.one("SELECT key, section FROM conversations WHERE id = ?", []any{from}, &key, &section)
	if err != nil {
		return err
	}
	if found {
		t.changes.conversation(inbox.Key(key), sectionOf(section.Int64))
	}
	for _, query := range []string{
		"UPDATE messages SET conversation = ?2 WHERE conversation = ?1",
		"UPDATE decisions SET conversation = ?2 WHERE conversation = ?1",
		"UPDATE bases SET conversation = ?2 WHERE conversation = ?1",
	} {
		if err := t.exec(query, from, to); err != nil {
			return err
		}
	}
	for i := range t.changes.arrived {
		if t.changes.arrived[i].conversation == from {
			t.changes.arrived[i].conversation = to
		}
	}
	if err := t.relabelLinks(from, to); err != nil {
		return err
	}
	delete(t.touched, from)
	t.touched[to] = true
	return t.exec("DELETE FROM conversations WHERE id = ?", from)
}
