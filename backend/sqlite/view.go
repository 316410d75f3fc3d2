package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Conversation is an open conversation: its row, a page of its messages in
// ascending order, and all that stands between and beside them.
type Conversation struct {
	Row
	Messages []MessageView
	Activity []teamlog.Activity
	Notes    []teamlog.NoteState
	Drafting []teamlog.DraftingState // who else may be writing an answer; the caller ends it by its age
	Links    []inbox.Link            // with records of a CRM, in the order of linking
	Draft    *inbox.Draft
	Earlier  []ConversationLink // of the same contact, newest first
	Related  []ConversationLink // refers to this one without joining it, or is referred to
	Next     string             // goes into OpenQuery.Before; "" at the beginning
}

// Conversation opens a conversation by the key of any message in it. One that
// was deleted is not found.
func (db *DB) Conversation(ctx context.Context, key inbox.Key, q OpenQuery) (*Conversation, error) {
	view := &Conversation{}
	err := db.snapshot(ctx, func(r reading) error {
		id, err := conversationID(r, key)
		if err != nil {
			return err
		}
		return db.fill(r, id, q, view)
	})
	if err != nil {
		return nil, err
	}
	return view, nil
}

func (db *DB) fill(r reading, id int64, q OpenQuery, view *Conversation) error {
	var stored row
	found, err := loadRow(r, id, &stored)
	if err != nil {
		return err
	}
	if !found || !stored.section.Valid {
		return noConversation()
	}
	view.Row = db.row(stored)
	state, shown, err := db.state(r, id)
	if err != nil {
		return err
	}
	view.Activity, view.Notes, view.Drafting, view.Links = state.Activity, state.Notes, state.Drafting, standingLinks(state)
	page, next, err := choosePage(r, shown, q)
	if err != nil {
		return err
	}
	view.Next = next
	if view.Messages, err = loadPage(r, id, page, state); err != nil {
		return err
	}
	if view.Draft, err = loadDraft(r, id); err != nil {
		return err
	}
	if view.Earlier, err = earlier(r, id, stored.contact); err != nil {
		return err
	}
	view.Related, err = related(r, id)
	return err
}

func loadRow(q querier, id int64, r *row) (bool, error) {
	return q.one("SELECT "+rowColumns+" FROM conversations WHERE id = ?", []any{id}, &r.key, &r.channel, &r.section, &r.last,
		&r.unread, &r.replyBy, &r.assignee, &r.closed, &r.pending, &r.contactName, &r.contact, &r.subject, &r.preview, &r.lastInbound)
}

// state folds a conversation anew for what its row does not keep.
func (db *DB) state(q querier, id int64) (teamlog.State, []shownMessage, error) {
	messages, err := loadMessages(q, id)
	if err != nil {
		return teamlog.State{}, nil, err
	}
	decided, err := loadDecisions(q, id)
	if err != nil {
		return teamlog.State{}, nil, err
	}
	removals, err := loadRemovals(q)
	if err != nil {
		return teamlog.State{}, nil, err
	}
	state := foldMessages(db.me(), removals, db.channel, messages, decided.decisions)
	return state, visible(messages, state), nil
}

// State is a conversation's folded state, with the keys of the inbound
// messages in it: what a decision about it is made from. It works for deleted
// ones too.
func (db *DB) State(ctx context.Context, key inbox.Key) (state teamlog.State, facts ConversationFacts, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		id, err := conversationID(r, key)
		if err != nil {
			return err
		}
		var stored row
		if _, err := loadRow(r, id, &stored); err != nil {
			return err
		}
		var shown []shownMessage
		if state, shown, err = db.state(r, id); err != nil {
			return err
		}
		facts.ID, facts.Channel = inbox.Key(stored.key), inbox.ChannelID(stored.channel)
		facts.LastInbound = fromMillis(stored.lastInbound)
		for _, m := range shown {
			facts.Keys = append(facts.Keys, m.key)
			facts.Last = timeOf(m.id)
			if m.flags&flagOut == 0 {
				facts.Inbound = append(facts.Inbound, m.key)
			}
		}
		return nil
	})
	return state, facts, err
}

// ConversationFacts are what a decision about a conversation names.
type ConversationFacts struct {
	ID      inbox.Key
	Channel inbox.ChannelID
	Keys    []inbox.Key // of all messages shown, ascending: what a delete covers
	Inbound []inbox.Key // of the contact's: what a close covers
	Last    time.Time   // of the newest message: what is read up to
	// LastInbound is as in Row.
	LastInbound time.Time
}

// choosePage picks a page of the messages shown.
func choosePage(r reading, shown []shownMessage, q OpenQuery) (page []shownMessage, next string, err error) {
	limit := q.Limit
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	end := len(shown)
	switch {
	case q.Before != "":
		before, err := strconv.ParseInt(q.Before, 10, 64)
		if err != nil {
			return nil, "", badCursor()
		}
		end, _ = slices.BinarySearchFunc(shown, before, func(m shownMessage, id int64) int { return int(min(max(m.id-id, -1), 1)) })
	case q.Around != "":
		at, err := findKey(r, q.Around)
		if err != nil {
			return nil, "", err
		}
		if i := slices.IndexFunc(shown, func(m shownMessage) bool { return m.id == at }); i >= 0 {
			end = min(len(shown), i+limit/2+1)
		}
	}
	start := max(end-limit, 0)
	if start > 0 {
		next = strconv.FormatInt(shown[start].id, 10)
	}
	return shown[start:end], next, nil
}

func earlier(q querier, id int64, contact string) ([]ConversationLink, error) {
	if contact == "" {
		return nil, nil
	}
	return links(q, `SELECT key, subject, last FROM conversations WHERE contact = ? AND id != ? AND section IS NOT NULL
		ORDER BY last DESC LIMIT 20`, contact, id)
}

func related(q querier, id int64) ([]ConversationLink, error) {
	return links(q, `SELECT DISTINCT c.key, c.subject, c.last FROM (
			SELECT o.conversation AS other FROM messages m CROSS JOIN related r ON r.message = m.id JOIN messages o ON o.id = r.other WHERE m.conversation = ?1
			UNION SELECT o.conversation FROM messages m CROSS JOIN related r ON r.other = m.id JOIN messages o ON o.id = r.message WHERE m.conversation = ?1
		) JOIN conversations c ON c.id = other WHERE c.id != ?1 AND c.section IS NOT NULL ORDER BY c.last DESC LIMIT 20`, id)
}

func links(q querier, query string, args ...any) ([]ConversationLink, error) {
	var all []ConversationLink
	err := q.each(query, args, func(rows *sql.Rows) error {
		var link ConversationLink
		var last int64
		err := rows.Scan(&link.ID, &link.Subject, &last)
		link.At = timeOf(last)
		all = append(all, link)
		return err
	})
	return all, err
}
