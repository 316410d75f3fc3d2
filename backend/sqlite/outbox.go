package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"postvak/backend/inbox"
)

// Queueing is a message to be sent: as the conversation shows it, as it goes
// over the wire, and the draft it came from, which Cancel gives back.
type Queueing struct {
	Message  inbox.Message // Key and At are set
	Rendered inbox.Rendered
	Outgoing inbox.Outgoing
	Draft    inbox.Draft
	// Conversation is the one answered; "" begins one. Its draft is cleared.
	Conversation inbox.Key
}

// Queue stores a message, its bytes and its place in the outbox, and clears
// the draft, in one durable transaction: nothing is lost or doubled. Queueing
// the same key again changes nothing.
func (db *DB) Queue(ctx context.Context, q Queueing) (Changed, error) {
	return db.QueueAll(ctx, []Queueing{q})
}

// QueueAll is Queue for several messages, all of them or none: they stand in
// their conversation, and go out, in this order.
func (db *DB) QueueAll(ctx context.Context, all []Queueing) (Changed, error) {
	entries := make([]*entry, len(all))
	for i, q := range all {
		q.Message.Direction, q.Message.Channel = inbox.Out, q.Message.Key.Channel()
		raw := q.Rendered.Filed
		if raw == nil {
			raw = q.Rendered.Wire
		}
		entries[i] = &entry{Fetched: inbox.Fetched{Message: q.Message, Raw: raw, Seen: true}, packed: packRaw(raw), state: inbox.StateQueued}
	}
	return db.update(ctx, durable, func(t *tx) error {
		var before int64
		for i, e := range entries {
			if err := t.queue(e, all[i], before); err != nil {
				return err
			}
			before = max(before, e.id)
		}
		return nil
	})
}

// queue stores one message behind those before it.
func (t *tx) queue(e *entry, q Queueing, before int64) error {
	if id, err := findKey(t, e.Message.Key); err != nil || id != 0 {
		return err
	}
	var err error
	if e.id, err = t.newID(&e.Message); err == nil && e.id <= before {
		e.id, err = t.freeID(before + 1)
	}
	if err != nil {
		return err
	}
	if err := t.insertSource(e); err != nil {
		return err
	}
	if err := t.derive(e); err != nil {
		return err
	}
	if err := t.clearDraft(q.Conversation); err != nil {
		return err
	}
	return t.insertOutgoing(e, q)
}

// clearDraft forgets the draft of the conversation that was answered.
func (t *tx) clearDraft(conversation inbox.Key) error {
	if conversation == "" {
		return nil
	}
	answered, err := t.known(conversation)
	if err != nil {
		return err
	}
	return t.dropDraft(answered)
}

func (t *tx) insertOutgoing(e *entry, q Queueing) error {
	recipients, err := json.Marshal(q.Rendered.Recipients)
	if err != nil {
		return err
	}
	draft, err := json.Marshal(q.Draft)
	if err != nil {
		return err
	}
	o := q.Outgoing
	if o.State == "" {
		o.State = inbox.OutQueued
	}
	if o.Queued.IsZero() {
		o.Queued = t.db.opt.Now()
	}
	err = t.exec(`INSERT INTO outbox (message, channel, state, reason, attempts, doubt, queued, not_before, next_try, sent_at,
		message_id, hash, sender, recipients, wire, filed, draft) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.id, string(e.Message.Channel), string(o.State), o.Reason, o.Attempts, o.Doubt, millis(o.Queued), millis(o.NotBefore),
		millis(o.NextTry), millis(o.SentAt), q.Rendered.MessageID, int64(inbox.Hash64(q.Rendered.MessageID)), q.Rendered.From,
		string(recipients), blob(q.Rendered.Wire), blob(q.Rendered.Filed), string(draft))
	if err != nil {
		return err
	}
	return t.showState(e.id, o)
}

// blob is bytes as a column takes them that is never NULL: what is filed nowhere
// has none.
func blob(data []byte) []byte { return append([]byte{}, data...) }

// showState keeps what the conversation shows of an outgoing message. What the
// provider said of it since it was sent is more than the outbox knows.
func (t *tx) showState(id int64, o inbox.Outgoing) error {
	if o.Shown() == inbox.StateSent {
		if more, err := t.providerSaidMore(id); err != nil || more {
			return err
		}
	}
	if err := t.exec("UPDATE sources SET state = ?, reason = ? WHERE id = ?", string(o.Shown()), o.Reason, id); err != nil {
		return err
	}
	if err := t.putDetail(id, o.Detail); err != nil {
		return err
	}
	return t.touchMessage(id)
}

// outgoingQuery reads the outbox; what it says of the provider stands apart.
const outgoingQuery = `SELECT s.key, o.channel, o.message_id, o.state, o.reason, o.attempts, o.doubt, o.queued, o.not_before, o.next_try,
	o.sent_at, coalesce(p.provider, ''), coalesce(p.detail, '')
	FROM outbox o CROSS JOIN sources s ON s.id = o.message LEFT JOIN provided p ON p.message = o.message `

func scanOutgoing(rows interface{ Scan(...any) error }, more ...any) (o inbox.Outgoing, err error) {
	var queued, notBefore, nextTry, sentAt int64
	err = rows.Scan(append([]any{&o.Key, &o.Channel, &o.MessageID, &o.State, &o.Reason, &o.Attempts, &o.Doubt,
		&queued, &notBefore, &nextTry, &sentAt, &o.ProviderID, &o.Detail}, more...)...)
	o.Queued, o.NotBefore, o.NextTry, o.SentAt = fromMillis(queued), fromMillis(notBefore), fromMillis(nextTry), fromMillis(sentAt)
	return o, err
}

// Outbox lists what is not filed yet, in the order of queueing.
func (db *DB) Outbox(ctx context.Context) ([]inbox.Outgoing, error) {
	var all []inbox.Outgoing
	err := db.reading(ctx).each(outgoingQuery+`WHERE o.state != 'filed' ORDER BY o.queued, o.message`, nil,
		func(rows *sql.Rows) error {
			o, err := scanOutgoing(rows)
			all = append(all, o)
			return err
		})
	return all, err
}

// RenderedOf gives the frozen bytes of an outgoing message, or NotFound.
func (db *DB) RenderedOf(ctx context.Context, key inbox.Key) (inbox.Rendered, error) {
	var r inbox.Rendered
	var recipients []byte
	q := db.reading(ctx)
	id, err := findKey(q, key)
	if err != nil {
		return r, err
	}
	found, err := q.one("SELECT message_id, sender, recipients, wire, filed FROM outbox WHERE message = ?", []any{id}, &r.MessageID, &r.From, &recipients, &r.Wire, &r.Filed)
	if err != nil {
		return r, err
	}
	if !found {
		return r, noMessage()
	}
	return r, explain(json.Unmarshal(recipients, &r.Recipients))
}

// SetOutgoing saves where an outgoing message stands, durably: before the act
// that makes it true (R34). It changes nothing of its bytes, but drops them
// when nothing is left to do. A missing row gives NotFound.
func (db *DB) SetOutgoing(ctx context.Context, o inbox.Outgoing) (Changed, error) {
	return db.update(ctx, durable, func(t *tx) error {
		id, err := findKey(t, o.Key)
		if err != nil {
			return err
		}
		n, err := t.changedRows(`UPDATE outbox SET state = ?, reason = ?, attempts = ?, doubt = ?, not_before = ?, next_try = ?,
			sent_at = ? WHERE message = ?`, string(o.State), o.Reason, o.Attempts, o.Doubt, millis(o.NotBefore), millis(o.NextTry),
			millis(o.SentAt), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return noMessage()
		}
		if o.State == inbox.OutFiled {
			if err := t.exec("UPDATE outbox SET wire = x'', filed = x'', draft = '' WHERE message = ?", id); err != nil {
				return err
			}
		}
		if err := t.showState(id, o); err != nil || o.ProviderID == "" {
			return err
		}
		return t.adopt(id, o.ProviderID)
	})
}

// cancellable are the states in which a message surely was not handed over,
// unless there is a doubt: what needs attention without one outlived its reply
// window (R29).
var cancellable = []inbox.OutgoingState{inbox.OutQueued, inbox.OutFailed, inbox.OutAsk}

// Cancel takes a message out of the outbox that was not handed over yet, and
// gives its draft back to the conversation, which it returns with it: "" when
// the message was all there was of it.
func (db *DB) Cancel(ctx context.Context, key inbox.Key) (conversation inbox.Key, draft inbox.Draft, changed Changed, err error) {
	return db.takeBack(ctx, key, func(s inbox.OutgoingState, doubt int) bool { return slices.Contains(cancellable, s) && doubt == 0 })
}

// GiveUp is Cancel, and also of a message of which it is unknown whether it was
// sent, once that needs attention: on a person's word only.
func (db *DB) GiveUp(ctx context.Context, key inbox.Key) (conversation inbox.Key, draft inbox.Draft, changed Changed, err error) {
	return db.takeBack(ctx, key, func(s inbox.OutgoingState, doubt int) bool {
		return slices.Contains(cancellable, s) && (doubt == 0 || s == inbox.OutAsk)
	})
}

// mayTake says whether a message in this state may be taken back.
type mayTake func(s inbox.OutgoingState, doubt int) bool

func (db *DB) takeBack(ctx context.Context, key inbox.Key, may mayTake) (conversation inbox.Key, draft inbox.Draft, changed Changed, err error) {
	changed, err = db.update(ctx, durable, func(t *tx) error {
		var value []byte
		id, err := t.cancellable(key, may, &value)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(value, &draft); err != nil {
			return err
		}
		conversation, err = t.remove(id, draft)
		return err
	})
	return conversation, draft, changed, err
}

func (t *tx) cancellable(key inbox.Key, may mayTake, draft *[]byte) (int64, error) {
	id, err := findKey(t, key)
	if err != nil {
		return 0, err
	}
	var state inbox.OutgoingState
	var doubt int
	found, err := t.one("SELECT state, doubt, draft FROM outbox WHERE message = ?", []any{id}, &state, &doubt, draft)
	switch {
	case err != nil:
		return 0, err
	case !found:
		return 0, noMessage()
	case !may(state, doubt):
		return 0, inbox.Errorf(inbox.Conflict, "This message is being sent or was sent already. It can no longer be taken back.")
	}
	return id, nil
}

// remove forgets an outgoing message that nobody got. Its draft goes to a
// message that stays.
func (t *tx) remove(id int64, draft inbox.Draft) (inbox.Key, error) {
	var conversation, stays int64
	if _, err := t.one("SELECT conversation FROM messages WHERE id = ?", []any{id}, &conversation); err != nil {
		return "", err
	}
	if err := t.unthread(id); err != nil {
		return "", err
	}
	if err := t.forget(id, "sources", "messages", "bodies", "outbox", "provided"); err != nil {
		return "", err
	}
	t.touched[conversation] = true
	var key inbox.Key
	found, err := t.one("SELECT id, key FROM messages WHERE conversation = ? ORDER BY id DESC LIMIT 1", []any{conversation}, &stays, &key)
	if err != nil || !found {
		return "", err
	}
	if err := t.rename(conversation, key); err != nil {
		return "", err
	}
	return key, t.putDraft(stays, draft)
}

// rename gives a conversation another message's key as its id, should the one
// it has be gone.
func (t *tx) rename(conversation int64, key inbox.Key) error {
	return t.exec(`UPDATE conversations SET key = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM sources WHERE key = conversations.key)`,
		string(key), conversation)
}
