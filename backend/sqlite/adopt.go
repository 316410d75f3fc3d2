package sqlite

import (
	"context"

	"postvak/backend/inbox"
)

// adopt gives a message of ours the name that its provider gave it, by which
// every other desktop knows it: its key and its Message-ID. The key of its own
// that it had until then goes on finding it. A copy that was fetched before the
// provider's answer was known is the same message, and goes.
func (t *tx) adopt(id int64, provider string) error {
	var own inbox.Key
	var channel inbox.ChannelID
	var conversation int64
	found, err := t.one("SELECT s.key, s.channel, m.conversation FROM sources s CROSS JOIN messages m ON m.id = s.id WHERE s.id = ?",
		[]any{id}, &own, &channel, &conversation)
	if err != nil || !found || !own.Chat() {
		return err
	}
	key := inbox.ChatKey(channel, provider)
	if key == own {
		return nil
	}
	copied, err := findKey(t, key)
	if err != nil {
		return err
	}
	if copied != 0 && copied != id {
		if err := t.absorb(id, copied); err != nil {
			return err
		}
	}
	if err := t.rekey(id, own, key, provider); err != nil {
		return err
	}
	if err := t.renameConversation(conversation, own, key); err != nil {
		return err
	}
	t.touched[conversation] = true
	if err := t.wake(key, conversation); err != nil {
		return err
	}
	purged, err := t.isPurged(key)
	if err != nil || !purged {
		return err
	}
	return t.purgeKey(key)
}

func (t *tx) rekey(id int64, own, key inbox.Key, provider string) error {
	hash := int64(inbox.Hash64(provider))
	t.filled["aliases"], t.filled["provided"] = true, true
	for _, step := range []struct {
		query string
		args  []any
	}{
		{"DELETE FROM aliases WHERE key = ?", []any{string(key)}},
		{"UPDATE sources SET key = ? WHERE id = ?", []any{string(key), id}},
		{"UPDATE messages SET key = ?, hash = ? WHERE id = ?", []any{string(key), hash, id}},
		{"INSERT OR REPLACE INTO aliases VALUES (?, ?)", []any{string(own), id}},
		{"INSERT INTO provided VALUES (?, ?, '') ON CONFLICT DO UPDATE SET provider = excluded.provider", []any{id, provider}},
	} {
		if err := t.exec(step.query, step.args...); err != nil {
			return err
		}
	}
	return t.nameMessage(id, provider)
}

// nameMessage changes the Message-ID that an open conversation shows.
func (t *tx) nameMessage(id int64, messageID string) error {
	var extra []byte
	found, err := t.one("SELECT extra FROM bodies WHERE id = ?", []any{id}, &extra)
	if err != nil || !found {
		return err
	}
	var m inbox.Message
	unpackExtra(extra, &m)
	m.MessageID = messageID
	return t.exec("UPDATE bodies SET extra = ? WHERE id = ?", packExtra(&m), id)
}

// renameConversation follows the message by whose key a conversation is named,
// with what is kept under that name.
func (t *tx) renameConversation(conversation int64, own, key inbox.Key) error {
	n, err := t.changedRows("UPDATE conversations SET key = ? WHERE id = ? AND key = ?", string(key), conversation, string(own))
	if err != nil {
		return err
	}
	if n > 0 {
		t.changes.conversation(own) // to a screen that has it open under that name
	}
	for _, table := range []string{"notifications", "crm_creations"} {
		if err := t.exec("UPDATE "+table+" SET conversation = ? WHERE conversation = ?", string(key), string(own)); err != nil {
			return err
		}
	}
	return nil
}

// absorb makes one message of ours and the provider's copy of it: ours, with
// what the provider said of the copy.
func (t *tx) absorb(id, copied int64) error {
	var state inbox.State
	var reason, detail string
	if _, err := t.one(`SELECT s.state, s.reason, coalesce(p.detail, '') FROM sources s LEFT JOIN provided p ON p.message = s.id
		WHERE s.id = ?`, []any{copied}, &state, &reason, &detail); err != nil {
		return err
	}
	if err := t.further(id, state, reason, detail); err != nil {
		return err
	}
	if err := t.moveDraft(copied, id); err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE locations SET message = ?1 WHERE message = ?2",
		"UPDATE aliases SET message = ?1 WHERE message = ?2",
	} {
		if err := t.exec(query, id, copied); err != nil {
			return err
		}
	}
	if err := t.touchMessage(copied); err != nil {
		return err
	}
	if err := t.unthread(copied); err != nil {
		return err
	}
	return t.forget(copied, "sources", "messages", "bodies", "provided")
}

// moveDraft hangs a draft on another message; the newer of two stays.
func (t *tx) moveDraft(from, to int64) error {
	if err := t.exec(`DELETE FROM drafts WHERE message = ?1 AND saved <= (SELECT saved FROM drafts WHERE message = ?2)`, to, from); err != nil {
		return err
	}
	if err := t.exec("UPDATE OR IGNORE drafts SET message = ?1 WHERE message = ?2", to, from); err != nil {
		return err
	}
	return t.exec("DELETE FROM drafts WHERE message = ?", from)
}

// providerSaidMore says whether a message of ours has a provider's id, and came
// further since than being sent.
func (t *tx) providerSaidMore(id int64) (more bool, err error) {
	if some, err := t.some("provided"); err != nil || !some {
		return false, err
	}
	var state inbox.State
	found, err := t.one(`SELECT s.state FROM provided p CROSS JOIN sources s ON s.id = p.message WHERE p.message = ? AND p.provider != ''`,
		[]any{id}, &state)
	return found && state.Further(inbox.StateSent), err
}

// TakenBy tells which of a provider's ids are of other messages than one of ours:
// another one that was sent from here or by this member, or one that a colleague
// says in the log to have sent. One that is merely here may be ours, fetched before its provider's
// answer was known. What was sent by another channel with the same sender is of
// another message, too: both channels list it.
func (db *DB) TakenBy(ctx context.Context, channel inbox.ChannelID, except inbox.Key, providerIDs []string) (map[string]inbox.Holder, error) {
	taken := map[string]inbox.Holder{}
	err := db.snapshot(ctx, func(r reading) error {
		own, err := findKey(r, except)
		if err != nil {
			return err
		}
		conversation, err := conversationID(r, except)
		if err != nil {
			return err
		}
		state, _, err := db.state(r, conversation) // the others are to the same contact
		for _, provider := range providerIDs {
			key := inbox.ChatKey(channel, provider)
			if err == nil {
				taken[provider], err = db.holder(r, own, key, state.SentBy)
			}
			if err == nil && taken[provider] == inbox.HeldByNobody {
				taken[provider], err = db.sentByTwin(r, channel, provider)
			}
		}
		return err
	})
	return taken, err
}

// sentByTwin says who sent the message with a provider's id by another channel
// with this one's sender: one is the team's, say, and one is private.
func (db *DB) sentByTwin(r reading, channel inbox.ChannelID, provider string) (inbox.Holder, error) {
	own := db.channel(channel)
	for _, c := range db.Channels() {
		if c.ID == channel || c.Kind != own.Kind || c.Address != own.Address {
			continue
		}
		key := inbox.ChatKey(c.ID, provider)
		id, err := findKey(r, key)
		if err != nil {
			return inbox.HeldByNobody, err
		}
		if id == 0 {
			continue
		}
		conversation, err := conversationID(r, key)
		if err != nil {
			return inbox.HeldByNobody, err
		}
		state, _, err := db.state(r, conversation)
		if err != nil {
			return inbox.HeldByNobody, err
		}
		if by, err := db.holder(r, 0, key, state.SentBy); by != inbox.HeldByNobody || err != nil {
			return by, err
		}
	}
	return inbox.HeldByNobody, nil
}

// holder says whose the message with this key is, if not own's. What is known
// here comes before what anybody says.
func (db *DB) holder(r reading, own int64, key inbox.Key, sentBy map[inbox.Key]inbox.MemberID) (inbox.Holder, error) {
	id, err := findKey(r, key)
	if err != nil || id != 0 && id == own {
		return inbox.HeldByNobody, err
	}
	here, err := queuedHereKey(r, key)
	switch by := sentBy[key]; {
	case err != nil:
		return inbox.HeldByNobody, err
	case here, by != "" && by == db.me():
		return inbox.HeldHere, nil
	case by != "":
		return inbox.HeldByClaim, nil
	}
	return inbox.HeldByNobody, nil
}
