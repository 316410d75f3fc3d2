package sqlite

import (
	"bytes"
	"fmt"
	"slices"

	"postvak/backend/inbox"
)

// chatRefs is what a chat message is threaded by: not by what it claims to
// answer, but by whom it is with. The hash stays when the message is purged, so
// that the thread holds (R12).
func (t *tx) chatRefs(m *inbox.Message) []int64 {
	if hash := inbox.ChatThread(m.Channel, t.contactOf(m).Address); hash != 0 {
		return []int64{int64(hash)}
	}
	return nil
}

// chatThread finds the conversation of a new chat message: the only one that
// there is with its contact on its channel, or its own. One message of it is
// enough to look at, since all of them are in one.
func (t *tx) chatThread(e *entry) (int64, error) {
	conversation := e.id
	for _, ref := range e.refs {
		if _, err := t.one("SELECT m.conversation FROM refs r CROSS JOIN messages m ON m.id = r.message WHERE r.hash = ? LIMIT 1",
			[]any{ref}, &conversation); err != nil {
			return 0, err
		}
		if err := t.exec("INSERT OR IGNORE INTO refs (hash, message) VALUES (?, ?)", ref, e.id); err != nil {
			return 0, err
		}
	}
	return conversation, nil
}

// chatThread is threadOf for chat: by the contact, whom every desktop knows.
func chatThread(channel inbox.ChannelID, contact string) string {
	return fmt.Sprintf("%016x", inbox.ChatThread(channel, contact))
}

// further moves a message of ours to a state that is further on; what comes late
// or again changes nothing.
func (t *tx) further(id int64, to inbox.State, reason, detail string) error {
	var from inbox.State
	found, err := t.one("SELECT state FROM sources WHERE id = ? AND direction != 0", []any{id}, &from)
	if err != nil || !found || !to.Further(from) {
		return err
	}
	if err := t.exec("UPDATE sources SET state = ?, reason = ? WHERE id = ?", string(to), reason, id); err != nil {
		return err
	}
	if err := t.putDetail(id, detail); err != nil {
		return err
	}
	return t.touchMessage(id)
}

// putDetail keeps a provider's own code of a failure; few messages have one.
func (t *tx) putDetail(id int64, detail string) error {
	if detail == "" {
		if some, err := t.some("provided"); err != nil || !some {
			return err
		}
		return t.exec("UPDATE provided SET detail = '' WHERE message = ? AND detail != ''", id)
	}
	t.filled["provided"] = true
	return t.exec("INSERT INTO provided VALUES (?, '', ?) ON CONFLICT DO UPDATE SET detail = excluded.detail", id, cut(detail, 200))
}

// replace derives a message anew from a copy that has more than the stored one.
// Its place in its thread and in time stays. What was written here is whole.
func (t *tx) replace(id int64, e *entry) error {
	better, conversation, err := t.isBetter(id, e)
	if err != nil || !better {
		return err
	}
	files, err := t.filesOf(id)
	if err != nil {
		return err
	}
	t.dropFiles = append(t.dropFiles, files...)
	if err := t.exec("UPDATE sources SET raw = ?, problem = ?, direction = ?, state = CASE ? WHEN 0 THEN 'received' ELSE state END WHERE id = ?",
		e.packed, e.Problem, outBit(&e.Message), outBit(&e.Message), id); err != nil {
		return err
	}
	if err := t.forget(id, "bodies"); err != nil {
		return err
	}
	t.indexed = slices.DeleteFunc(t.indexed, func(before *entry) bool { return before.id == id })
	e.id = id
	contact := t.contactOf(&e.Message)
	if err := t.exec(`UPDATE messages SET flags = flags & ? | ?, contact_name = ?, contact = ?, subject = ?, preview = ?, hash = ?, parties = ?
		WHERE id = ?`, flagSeen|flagGone, flagsOf(e), contact.Name, inbox.NormalAddress(contact.Address), e.Message.Subject, e.preview,
		e.hash, e.facts, id); err != nil {
		return err
	}
	t.touched[conversation] = true
	return t.insertContents(e)
}

// isBetter compares a copy with the stored one. Only one that lacks less counts,
// so that copies in any order end in the same, and only one with the same
// contact.
func (t *tx) isBetter(id int64, e *entry) (better bool, conversation int64, err error) {
	t.threadFacts(e)
	var lacks int
	var refs []byte
	found, err := t.one(`SELECT m.conversation, m.refs, (b.text = '') + coalesce((SELECT sum((a.missing != '') + (a.missing = 'pending')) FROM attachments a
			WHERE a.message = m.id), 4 * (b.text = ''))
		FROM messages m CROSS JOIN bodies b ON b.id = m.id WHERE m.id = ? AND m.flags & 8 = 0
		AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id)`, []any{id}, &conversation, &refs, &lacks)
	return found && bytes.Equal(refs, packHashes(e.refs)) && lacking(&e.Message) < lacks, conversation, err
}

// lacking is how much of a message is not there: as isBetter counts the stored
// one.
func lacking(m *inbox.Message) (n int) {
	if m.Text == "" {
		n++
		if len(m.Attachments) == 0 {
			n += 4
		}
	}
	for _, a := range m.Attachments {
		if a.Missing != "" {
			n++
		}
		if a.Missing == inbox.MissingPending {
			n++
		}
	}
	return n
}
