package sqlite

import (
	"database/sql"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// shownMessage is what folding looks at of a message's row.
type shownMessage struct {
	id    int64
	key   inbox.Key
	flags int64
}

// foldTouched folds every conversation that the transaction touched. Folding
// one can touch another: a delete covers messages wherever they are.
func (t *tx) foldTouched() error {
	for len(t.touched) > 0 {
		batch := t.touched
		t.touched = map[int64]bool{}
		for id := range batch {
			if err := t.foldOne(id); err != nil {
				return err
			}
		}
	}
	if err := t.foldBook(); err != nil {
		return err
	}
	if err := t.forgetMatches(); err != nil {
		return err
	}
	if err := t.nameVoided(); err != nil {
		return err
	}
	return t.placeArrivals()
}

func (t *tx) foldOne(id int64) error {
	messages, err := loadMessages(t, id)
	if err != nil {
		return err
	}
	decided, err := loadDecisions(t, id)
	if err != nil {
		return err
	}
	state, err := t.foldState(messages, decided.decisions)
	if err != nil {
		return err
	}
	if err := t.report(id, messages, decided, state); err != nil {
		return err
	}
	if len(state.Purged) > 0 && !state.Pending {
		if err := t.purge(state.Purged, messages); err != nil {
			return err
		}
	}
	if err := t.putRow(id, messages, state); err != nil {
		return err
	}
	if err := t.putLinks(id, messages, state); err != nil {
		return err
	}
	return t.tellAssigned(id, decided.decisions, state)
}

func (t *tx) foldState(messages []shownMessage, decisions []teamlog.Decision) (teamlog.State, error) {
	if t.removals == nil {
		removals, err := loadRemovals(t)
		if err != nil {
			return teamlog.State{}, err
		}
		t.removals = removals
	}
	return foldMessages(t.me, t.removals, t.channel, messages, decisions), nil
}

// foldMessages folds a conversation. Purged messages are left out: they are
// covered, so they change nothing, and one that fell into a conversation whose
// decisions do not cover it must not count there.
func foldMessages(me inbox.MemberID, removals map[inbox.MemberID][]uint64, channelOf func(inbox.ChannelID) inbox.Channel,
	messages []shownMessage, decisions []teamlog.Decision) teamlog.State {
	facts := teamlog.Facts{Me: me, Removals: removals, Messages: make([]teamlog.MessageFact, 0, len(messages))}
	var channel inbox.Channel
	for i, m := range messages {
		if i == 0 {
			channel = channelOf(m.key.Channel())
		}
		if m.flags&flagPurged != 0 {
			continue
		}
		at := timeOf(m.id)
		facts.Messages = append(facts.Messages, teamlog.MessageFact{
			Key: m.key, Inbound: m.flags&flagOut == 0, At: at, Seen: m.flags&flagSeen != 0,
			History: at.Before(channel.OpenSince), BeforeConnect: at.Before(channel.NotifySince),
		})
	}
	return teamlog.FoldConversation(facts, decisions)
}

func loadMessages(q querier, conversation int64) ([]shownMessage, error) {
	messages := make([]shownMessage, 0, 8)
	err := q.each("SELECT id, key, flags FROM messages WHERE conversation = ? ORDER BY id", []any{conversation}, func(rows *sql.Rows) error {
		var m shownMessage
		err := rows.Scan(&m.id, (*string)(&m.key), &m.flags) // a string is taken as it is
		messages = append(messages, m)
		return err
	})
	return messages, err
}

// row is a conversation's row as stored.
type row struct {
	key         string
	channel     string
	section     sql.NullInt64
	last        int64
	unread      int
	replyBy     int64
	assignee    string
	closed      bool
	pending     bool
	contactName string
	contact     string
	subject     string
	preview     string
	lastInbound int64
}

// putRow writes what a list shows of a conversation, if it changed.
func (t *tx) putRow(id int64, messages []shownMessage, state teamlog.State) error {
	old, existed, err := t.oldRow(id)
	if err != nil {
		return err
	}
	if len(messages) == 0 {
		if existed {
			t.changes.conversation(inbox.Key(old.key), sectionOf(old.section.Int64))
		}
		if err := t.indexName(id, old, row{key: old.key}); err != nil {
			return err
		}
		return t.exec("DELETE FROM conversations WHERE id = ?", id)
	}
	next, err := t.newRow(messages, state)
	if err != nil {
		return err
	}
	if err := t.indexName(id, old, next); err != nil {
		return err
	}
	if existed {
		next.key = old.key
	}
	t.changes.conversation(inbox.Key(next.key), sectionOf(old.section.Int64), sectionOf(next.section.Int64))
	if existed && next == old {
		return nil
	}
	return t.exec(`INSERT INTO conversations (id, key, channel, section, last, unread, reply_by, assignee, closed, pending,
		contact_name, contact, subject, preview, last_inbound) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, section = excluded.section, last = excluded.last,
		unread = excluded.unread, reply_by = excluded.reply_by, assignee = excluded.assignee, closed = excluded.closed,
		pending = excluded.pending, contact_name = excluded.contact_name, contact = excluded.contact,
		subject = excluded.subject, preview = excluded.preview, last_inbound = excluded.last_inbound`,
		id, next.key, next.channel, next.section, next.last, next.unread, next.replyBy, next.assignee, next.closed, next.pending,
		next.contactName, next.contact, next.subject, next.preview, next.lastInbound)
}

func (t *tx) oldRow(id int64) (r row, found bool, err error) {
	found, err = loadRow(t, id, &r)
	return r, found, err
}

func (t *tx) newRow(messages []shownMessage, state teamlog.State) (row, error) {
	first := messages[0]
	r := row{
		key: string(first.key), channel: string(first.key.Channel()), last: messages[len(messages)-1].id, unread: state.Unread,
		assignee: string(state.Assignee), closed: state.Closed, pending: state.Pending, replyBy: noWindow,
	}
	r.lastInbound = lastInbound(messages)
	r.replyBy = windowEnds(t.channel(first.key.Channel()), r.lastInbound, t.db.opt.Now())
	shown := visible(messages, state)
	if len(shown) == 0 {
		state.Hidden = true
	}
	if state.Hidden {
		r.unread = 0
	}
	number := sectionNumbers[inbox.SectionFor(t.me, state.Assignee, state.Closed, state.Hidden)]
	// Without a section it is in no list, count or search (R31).
	r.section = sql.NullInt64{Int64: number, Valid: number != 0 && mayRead(t.channel(first.key.Channel()), t.me)}
	if len(shown) == 0 {
		return r, nil
	}
	r.last = shown[len(shown)-1].id
	err := t.describe(&r, shown)
	r.nameContact(state)
	return r, err
}

// visible are the messages that a person sees.
func visible(messages []shownMessage, state teamlog.State) []shownMessage {
	shown := make([]shownMessage, 0, len(messages))
	for _, m := range messages {
		if m.flags&flagPurged == 0 && !state.Purged[m.key] {
			shown = append(shown, m)
		}
	}
	return shown
}

// describe takes the subject of the first message, the start of the last one,
// and the contact of the last one that a person sent us.
func (t *tx) describe(r *row, shown []shownMessage) error {
	var ignored string
	const query = "SELECT subject, preview, contact_name, contact FROM messages WHERE id = ?"
	last := shown[len(shown)-1].id
	if _, err := t.one(query, []any{last}, &r.subject, &r.preview, &r.contactName, &r.contact); err != nil {
		return err
	}
	if by := contactMessage(shown); by != last {
		if _, err := t.one(query, []any{by}, &ignored, &ignored, &r.contactName, &r.contact); err != nil {
			return err
		}
	}
	if first := shown[0].id; first != last {
		if _, err := t.one(query, []any{first}, &r.subject, &ignored, &ignored, &ignored); err != nil {
			return err
		}
	}
	r.subject = inbox.BareSubject(r.subject)
	return nil
}

func contactMessage(shown []shownMessage) int64 {
	for i := len(shown) - 1; i >= 0; i-- {
		if shown[i].flags&(flagOut|flagBounce|flagSetAside) == 0 {
			return shown[i].id
		}
	}
	for i := len(shown) - 1; i >= 0; i-- {
		if shown[i].flags&flagOut != 0 {
			return shown[i].id
		}
	}
	return shown[len(shown)-1].id
}

// placeArrivals tells where new mail ended up.
func (t *tx) placeArrivals() error {
	kept := t.changes.arrived[:0]
	for _, a := range t.changes.arrived {
		r, found, err := t.oldRow(a.conversation)
		if err != nil {
			return err
		}
		if found && r.section.Valid {
			a.Conversation, a.Section, a.Assignee = inbox.Key(r.key), sectionOf(r.section.Int64), inbox.MemberID(r.assignee)
			a.Closed = r.closed
			r.nameSender(&a.NotificationEvent)
			kept = append(kept, a)
		}
	}
	t.changes.arrived = kept
	return nil
}
