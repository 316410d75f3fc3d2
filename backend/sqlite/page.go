package sqlite

import (
	"database/sql"
	"fmt"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// pageHTML is how much HTML one page of messages carries.
const pageHTML = 256 << 10

// loadPage reads what is shown of a page's messages.
func loadPage(r reading, conversation int64, page []shownMessage, state teamlog.State) ([]MessageView, error) {
	views := make([]MessageView, 0, len(page))
	if len(page) == 0 {
		return views, nil
	}
	places := make(map[int64]*MessageView, len(page))
	for _, m := range page {
		views = append(views, outside(m, state))
		places[m.id] = &views[len(views)-1]
	}
	in := []any{conversation, page[0].id, page[len(page)-1].id}
	for _, load := range []func(reading, []any, map[int64]*MessageView) error{loadBodies, loadFates, loadAttachments} {
		if err := load(r, in, places); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// outside is what the fold knows of a message already.
func outside(m shownMessage, state teamlog.State) MessageView {
	v := MessageView{State: inbox.StateReceived, Author: state.SentBy[m.key]}
	v.Key, v.Channel, v.Direction, v.At = m.key, m.key.Channel(), inbox.In, timeOf(m.id)
	if m.flags&flagOut != 0 {
		v.Direction = inbox.Out
	}
	v.HasHTML, v.SetAside, v.Gone = m.flags&flagHTML != 0, m.flags&flagSetAside != 0, m.flags&flagGone != 0
	return v
}

// inPage takes a page's messages from the index alone, which holds its columns.
const inPage = ` WHERE m.conversation = ? AND m.id BETWEEN ? AND ? AND m.flags & 8 = 0`

func loadBodies(r reading, in []any, places map[int64]*MessageView) error {
	room := pageHTML
	return r.each(`SELECT b.id, b.text, b.html, b.extra FROM messages m CROSS JOIN bodies b ON b.id = m.id`+inPage+` ORDER BY m.id`,
		in, func(rows *sql.Rows) error {
			var id int64
			var text, html string // a text column is one already: RawBytes would copy it
			var extra sql.RawBytes
			if err := rows.Scan(&id, &text, &html, &extra); err != nil || places[id] == nil {
				return err
			}
			v := places[id]
			if v.Text = text; len(html) <= room {
				room -= len(html)
				v.HTML = html
			}
			unpackExtra(extra, &v.Message)
			return nil
		})
}

// loadFates reads what became of our own messages.
func loadFates(r reading, in []any, places map[int64]*MessageView) error {
	return r.each(`SELECT m.id, s.state, s.reason, (SELECT x.reason FROM bounces x CROSS JOIN messages r ON r.id = x.message
			WHERE x.hash = m.hash AND r.conversation = m.conversation), `+foreignHand+`, `+queuedHere+`, coalesce(p.detail, '')
		FROM messages m CROSS JOIN sources s ON s.id = m.id LEFT JOIN provided p ON p.message = m.id`+inPage+` AND m.flags & 1`, in, func(rows *sql.Rows) error {
		var id int64
		var state inbox.State
		var reason, detail string
		var bounced sql.NullString
		var foreign bool
		var here bool
		if err := rows.Scan(&id, &state, &reason, &bounced, &foreign, &here, &detail); err != nil || places[id] == nil {
			return err
		}
		v := places[id]
		v.QueuedHere = here
		if v.State, v.Reason, v.Detail = state, reason, detail; bounced.Valid {
			v.State, v.Reason = inbox.StateFailed, bounced.String
		}
		if foreign {
			v.Warnings = append(v.Warnings, foreignText)
		}
		return nil
	})
}

const queuedHere = `EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id)`

// foreignHand finds what counts as ours by its sender's claim alone: it came
// in, and neither the outbox nor the Sent folder has it.
const foreignHand = `coalesce((SELECT max(f.role = 'inbox') AND NOT max(f.role = 'sent')
		FROM locations l CROSS JOIN folders f ON f.id = l.folder WHERE l.message = m.id), 0)
	AND NOT ` + queuedHere

const foreignText = "This came in with your own address as its sender, and Postvak did not send it. Somebody else may have written it."

func loadAttachments(r reading, in []any, places map[int64]*MessageView) error {
	return r.each(`SELECT a.message, a.file, a.name, a.type, a.size, a.inline, a.cid, a.missing FROM messages m
		CROSS JOIN attachments a ON a.message = m.id`+inPage+fmt.Sprintf(` AND m.flags & %d`, flagParts)+` ORDER BY a.message, a.n`,
		in, func(rows *sql.Rows) error {
			var message int64
			var a inbox.Attachment
			if err := rows.Scan(&message, &a.ID, &a.Name, &a.Type, &a.Size, &a.Inline, &a.ContentID, &a.Missing); err != nil {
				return err
			}
			if v := places[message]; v != nil {
				v.Attachments = append(v.Attachments, a)
			}
			return nil
		})
}
