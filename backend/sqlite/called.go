package sqlite

import (
	"database/sql"
	"encoding/json"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// nameContact gives a contact the name that the team gave them, else, where a
// chat's provider told none, that of the person they were linked to last, as it
// was then.
func (r *row) nameContact(state teamlog.State) {
	if state.ContactName != "" {
		r.contactName = state.ContactName
	}
	if r.contactName != "" || !inbox.Key(r.key).Chat() {
		return
	}
	for _, l := range standingLinks(state) {
		if l.Kind == inbox.Person && l.Title != "" {
			r.contactName = l.Title
		}
	}
}

// nameSender says of a chat's new message who wrote it, as the conversation does.
func (r *row) nameSender(e *inbox.NotificationEvent) {
	if r.contactName != "" && inbox.Key(r.key).Chat() {
		e.From.Name = r.contactName
	}
}

// indexName lets a chat be found by what its contact is called. One that is
// deleted is called nothing (R12).
func (t *tx) indexName(conversation int64, old, next row) error {
	if old.contactName == next.contactName || !inbox.Key(next.key).Chat() {
		return nil
	}
	if old.contactName != "" {
		if err := t.exec("DELETE FROM contact_names WHERE rowid = ?", conversation); err != nil {
			return err
		}
	}
	if next.contactName == "" {
		return nil
	}
	return t.exec("INSERT INTO contact_names (rowid, name) VALUES (?, ?)", conversation, foldText(next.contactName))
}

// calledSo are the chats whose contact is called what a text says, by their last
// message, newest first.
type calledSo [][2]int64

// maxCalled bounds how many of them one search brings.
const maxCalled = " LIMIT 1000"

// called finds them, unless the text asks for what a name does not have.
func (q *searchText) called(r reading, channels []string) (all calledSo, err error) {
	match := q.nameMatch()
	if match == "" || q.files || q.nothing {
		return nil, nil
	}
	from, to := q.span()
	query, args := `SELECT c.last, c.id FROM contact_names n CROSS JOIN conversations c ON c.id = n.rowid
		WHERE contact_names MATCH ? AND c.section IS NOT NULL AND c.last >= ? AND c.last < ?`, []any{match, from, to}
	if len(channels) > 0 {
		list, err := json.Marshal(channels)
		if err != nil {
			return nil, err
		}
		query, args = query+" AND c.channel IN (SELECT value FROM json_each(?))", append(args, string(list))
	}
	err = r.each(query+" ORDER BY c.last DESC"+maxCalled, args, func(rows *sql.Rows) error {
		var found [2]int64
		err := rows.Scan(&found[0], &found[1])
		all = append(all, found)
		return err
	})
	return all, err
}

// nameMatch is match for a name: words that a text seeks anywhere, or as the
// sender's; "" where it seeks any elsewhere.
func (q *searchText) nameMatch() string {
	words := searchText{}
	for _, term := range q.terms {
		if term.column != "" && term.column != "author" {
			return ""
		}
		term.column = ""
		words.terms = append(words.terms, term)
	}
	return strings.TrimSpace(words.match())
}

// above hands over those that are newer than a message, and forgets them.
func (c *calledSo) above(id int64, fn func(id, conversation int64) error) error {
	for len(*c) > 0 && (*c)[0][0] > id {
		next := (*c)[0]
		*c = (*c)[1:]
		if err := fn(next[0], next[1]); err != nil {
			return err
		}
	}
	return nil
}
