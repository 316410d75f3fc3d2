package sqlite

import (
	"database/sql"
	"slices"

	"postvak/backend/inbox"
)

// writers says of the chats among rows who of us wrote the last message, which
// has the id at the same place. A mail's row shows its subject, and is not asked.
func (db *DB) writers(r reading, rows []Row, last []int64) error {
	var ids []int64
	for i := range rows {
		if rows[i].Kind != inbox.Email {
			ids = append(ids, last[i])
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ours, err := oursAmong(r, ids)
	for _, m := range ours {
		if err != nil {
			break
		}
		at := slices.Index(last, m.id)
		rows[at].LastBy, err = db.writer(r, m)
	}
	return err
}

// ourMessage is one that went out.
type ourMessage struct {
	id, conversation int64
	here             bool // it was written on this computer
}

func oursAmong(r reading, ids []int64) (ours []ourMessage, err error) {
	err = r.each(`SELECT m.id, m.conversation, EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id)
		FROM messages m WHERE m.id IN (SELECT value FROM json_each(?)) AND m.flags & ? != 0`, []any{jsonNumbers(ids), flagOut},
		func(rows *sql.Rows) error {
			var m ourMessage
			err := rows.Scan(&m.id, &m.conversation, &m.here)
			ours = append(ours, m)
			return err
		})
	return ours, err
}

// writer asks the team log where a message was not written here.
func (db *DB) writer(r reading, m ourMessage) (inbox.MemberID, error) {
	if m.here {
		return db.me(), nil
	}
	state, shown, err := db.state(r, m.conversation)
	if err != nil {
		return "", err
	}
	for _, one := range shown {
		if one.id == m.id {
			return state.SentBy[one.key], nil
		}
	}
	return "", nil
}
