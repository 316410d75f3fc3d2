package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// notable are the messages of a conversation that notes can tell of, with what
// names them.
type notable struct {
	messages []shownMessage // ascending
	hashes   map[int64]int64
	aliases  map[int64][]string
}

// noteMessages picks from what a person sees: what waits to be sent or could
// not be sent is no message yet, and a delivery report is not the contact's.
func noteMessages(q querier, conversation int64, shown []shownMessage) (n notable, err error) {
	n = notable{hashes: map[int64]int64{}, aliases: map[int64][]string{}}
	here := map[int64]bool{}
	err = q.each(`SELECT m.id, m.hash, s.state FROM messages m CROSS JOIN sources s ON s.id = m.id
		WHERE m.conversation = ? AND m.flags & 1`, []any{conversation}, func(rows *sql.Rows) error {
		var id, hash int64
		var state inbox.State
		err := rows.Scan(&id, &hash, &state)
		n.hashes[id], here[id] = hash, wentOut(state)
		return err
	})
	if err != nil {
		return n, err
	}
	for _, m := range shown {
		if m.flags&flagBounce == 0 && (m.flags&flagOut == 0 || here[m.id]) {
			n.messages = append(n.messages, m)
		}
	}
	return n, n.readAliases(q, conversation)
}

func wentOut(state inbox.State) bool {
	switch state {
	case inbox.StateQueued, inbox.StateSending, inbox.StateFailed, inbox.StateNeedsAttention:
		return false
	case inbox.StateReceived, inbox.StateSent, inbox.StateDelivered, inbox.StateRead:
	}
	return true
}

func (n notable) readAliases(q querier, conversation int64) error {
	if some, err := someIn(q, "aliases"); err != nil || !some {
		return err
	}
	return q.each(`SELECT a.message, a.key FROM messages m CROSS JOIN aliases a ON a.message = m.id
		WHERE m.conversation = ? AND m.flags & 1 ORDER BY a.key`, []any{conversation}, func(rows *sql.Rows) error {
		var id int64
		var key string
		err := rows.Scan(&id, &key)
		n.aliases[id] = append(n.aliases[id], key)
		return err
	})
}

// facts are what the rule looks at. Of a Message-ID whose name no note has it
// gives a stand-in: whatever is not written is alike.
func (n notable) facts(link inbox.Link, assignee inbox.MemberID) inbox.NoteFacts {
	known := hashedNames(link)
	f := inbox.NoteFacts{Link: link, Assignee: assignee, Messages: make([]inbox.NoteMessage, 0, len(n.messages))}
	for _, m := range n.messages {
		names := append([]string{string(m.key)}, n.aliases[m.id]...)
		if hash := n.hashes[m.id]; hash != 0 {
			name, written := known[hash]
			if !written {
				name = inbox.MessageIDName + strconv.FormatInt(hash, 16)
			}
			names = append(names, name)
		}
		f.Messages = append(f.Messages, inbox.NoteMessage{Names: names, At: timeOf(m.id)})
	}
	return f
}

// nameBytes is how much of a Message-ID's hash its name has, as characters of
// base64url.
const nameBytes = 22

// messageName is the name of an outgoing message by its Message-ID, which is the
// same on every desktop and tells nobody what it is.
func messageName(messageID string) string {
	sum := sha256.Sum256([]byte(messageID))
	return inbox.MessageIDName + base64.RawURLEncoding.EncodeToString(sum[:])[:nameBytes]
}

// hashedNames are the names of that kind in a link's notes, by the hashes under
// which messages are stored here: both begin alike.
func hashedNames(link inbox.Link) map[int64]string {
	names := map[int64]string{}
	for name := range link.Written() {
		hashed, isHash := strings.CutPrefix(name, inbox.MessageIDName)
		if !isHash || len(hashed) != nameBytes {
			continue
		}
		// 20 characters are 15 whole bytes.
		if sum, err := base64.RawURLEncoding.DecodeString(hashed[:20]); err == nil {
			names[int64(binary.BigEndian.Uint64(sum)|1)] = name
		}
	}
	return names
}

// owed says until when somebody is to write a note of a link: 0 for not at all.
func (n notable) owed(link inbox.Link, assignee inbox.MemberID) int64 {
	f := n.facts(link, assignee)
	newest, noted := link.Newest()
	ends := link.WindowFrom(newest.Window).Add(inbox.NoteWindow)
	f.Now = ends // from then on only messages count
	if inbox.DecideNote(f).Act != inbox.NoteNothing {
		return owedForEver
	}
	if !noted || newest.Assignee == assignee {
		return 0 // most of the time: only a status line asks the clock
	}
	f.Now = ends.Add(-1)
	if inbox.DecideNote(f).Act == inbox.NoteNothing {
		return 0
	}
	return millis(ends)
}

// NoteFacts gives what the notes of a conversation's link are about; false when
// this member sees no such link. The conversation is named by any message in it.
func (db *DB) NoteFacts(ctx context.Context, conversation inbox.Key, link string) (subject NoteSubject, found bool, err error) {
	err = db.snapshot(ctx, func(r reading) error {
		id, err := conversationID(r, conversation)
		if inbox.CodeOf(err) == inbox.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		found, err = db.noteSubject(r, id, link, &subject)
		return err
	})
	return subject, found, err
}

func (db *DB) noteSubject(r reading, id int64, link string, s *NoteSubject) (found bool, err error) {
	var stored row
	if found, err := loadRow(r, id, &stored); err != nil || !found || !stored.section.Valid {
		return false, err
	}
	state, shown, err := db.state(r, id)
	if err != nil {
		return false, err
	}
	at := slices.IndexFunc(state.Links, func(l inbox.Link) bool { return l.ID == link })
	if at < 0 {
		return false, nil
	}
	n, err := noteMessages(r, id, shown)
	if err != nil {
		return false, err
	}
	described := db.row(stored)
	s.ID, s.Contact, s.Channel = described.ID, described.Contact, db.channel(described.Channel)
	s.Facts = n.facts(state.Links[at], state.Assignee)
	if s.Anchor, err = linkAnchor(r, id, link); err != nil {
		return false, err
	}
	if s.Anchor == "" {
		s.Anchor = s.ID
	}
	return true, db.noteTexts(r, id, n, state, s)
}

// linkAnchor is the message by which a link names its conversation.
func linkAnchor(q querier, conversation int64, link string) (inbox.Key, error) {
	h, err := loadDecisions(q, conversation)
	for _, d := range h.decisions {
		if e, ok := d.Event.(*teamlog.CRMLink); ok && (d.ID == link || e.ID == link) && e.Undo == "" {
			return e.Conversation, err
		}
	}
	return "", err
}
