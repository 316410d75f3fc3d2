package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Answer is an outgoing message that somebody else wrote.
type Answer struct {
	Key inbox.Key      // of the message, which may not be here yet
	By  inbox.MemberID // "" when the log does not say
	At  time.Time      // zero while only the log knows of it
}

// maxAnswers bounds what a draft remembers.
const maxAnswers = 500

// begun is what was known when a draft was begun.
type begun struct {
	began   int64
	answers string // keys of outgoing messages, as JSON
}

// beginning gives that of the draft that there is, or of one that begins now.
func (t *tx) beginning(message, now int64) (b begun, err error) {
	var conversation int64
	if _, err := t.one("SELECT conversation FROM messages WHERE id = ?", []any{message}, &conversation); err != nil {
		return b, err
	}
	found, err := t.one(`SELECT d.began, d.answers FROM drafts d JOIN messages m ON m.id = d.message WHERE m.conversation = ?
		ORDER BY d.saved DESC LIMIT 1`, []any{conversation}, &b.began, &b.answers)
	if err != nil || found {
		return b, err
	}
	b.began = now
	b.answers, err = t.knownNow(conversation)
	return b, err
}

// knownNow are the keys of the outgoing messages that are known, as JSON.
func (t *tx) knownNow(conversation int64) (answers string, err error) {
	messages, err := loadMessages(t, conversation)
	if err != nil {
		return "", err
	}
	decided, err := loadDecisions(t, conversation)
	if err != nil {
		return "", err
	}
	state, err := t.foldState(messages, decided.decisions)
	if err != nil {
		return "", err
	}
	known := []inbox.Key{}
	for _, a := range answersIn(messages, state) {
		known = append(known, a.Key)
	}
	value, err := json.Marshal(known[max(len(known)-maxAnswers, 0):])
	return string(value), err
}

// answersIn are all outgoing messages of a conversation, those that only the
// log knows of first.
func answersIn(messages []shownMessage, state teamlog.State) (all []Answer) {
	here := map[inbox.Key]bool{}
	for _, m := range messages {
		here[m.key] = true
	}
	for key, by := range state.SentBy {
		if !here[key] {
			all = append(all, Answer{Key: key, By: by})
		}
	}
	for _, m := range messages {
		if m.flags&flagOut != 0 {
			all = append(all, Answer{m.key, state.SentBy[m.key], timeOf(m.id)})
		}
	}
	return all
}

// AnsweredSince gives the answers that somebody else gave in a conversation
// since its draft was begun, oldest first; none when there is no draft. What
// was queued on this computer, or that the log gives to this member, is no
// answer of somebody else.
func (db *DB) AnsweredSince(ctx context.Context, conversation inbox.Key) (all []Answer, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		id, err := conversationID(r, conversation)
		if err != nil {
			return err
		}
		var value []byte
		found, err := r.one(`SELECT d.answers FROM drafts d JOIN messages m ON m.id = d.message WHERE m.conversation = ? AND d.began > 0
			ORDER BY d.saved DESC LIMIT 1`, []any{id}, &value)
		if err != nil || !found {
			return err
		}
		var known []inbox.Key
		if err := json.Unmarshal(value, &known); err != nil {
			return err
		}
		all, err = db.answersBeside(r, id, known)
		return err
	})
	return all, err
}

func (db *DB) answersBeside(r reading, conversation int64, known []inbox.Key) (all []Answer, err error) {
	messages, err := loadMessages(r, conversation)
	if err != nil {
		return nil, err
	}
	decided, err := loadDecisions(r, conversation)
	if err != nil {
		return nil, err
	}
	removals, err := loadRemovals(r)
	if err != nil {
		return nil, err
	}
	me := db.me()
	for _, a := range answersIn(messages, foldMessages(me, removals, db.channel, messages, decided.decisions)) {
		if a.By == me || slices.Contains(known, a.Key) {
			continue
		}
		if queued, err := queuedHereKey(r, a.Key); err != nil {
			return nil, err
		} else if !queued {
			all = append(all, a)
		}
	}
	return all, nil
}

func queuedHereKey(r reading, key inbox.Key) (queued bool, err error) {
	id, err := findKey(r, key)
	if err != nil || id == 0 {
		return false, err
	}
	var one int
	return r.one("SELECT 1 FROM outbox WHERE message = ?", []any{id}, &one)
}
