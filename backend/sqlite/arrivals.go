package sqlite

import (
	"fmt"
	"slices"

	"postvak/backend/inbox"
)

// maxAnswered is how many Message-IDs an Arrival carries.
const maxAnswered = 20

// arrive notes a message that may notify (R14); history never does (R36).
func (t *tx) arrive(e *entry, conversation int64) {
	m := &e.Message
	channel := t.channel(m.Channel)
	if m.At.Before(channel.NotifySince) || m.At.Before(channel.OpenSince) {
		return
	}
	t.changes.arrived = append(t.changes.arrived, arrived{id: e.id, conversation: conversation, Arrival: Arrival{NotificationEvent: inbox.NotificationEvent{
		ID: string(m.Key), Channel: m.Channel, Thread: threadOf(m), From: m.From, Subject: m.Subject, Preview: e.preview, At: m.At,
		Nature: m.Nature, Seen: e.Seen, Answers: answered(m),
	}}})
}

// answered lists what a message claims to answer: the nearest are the last.
func answered(m *inbox.Message) []string {
	ids := slices.DeleteFunc(slices.Clone(references(m)), func(id string) bool { return id == "" })
	return ids[max(len(ids)-maxAnswered, 0):]
}

// threadOf names a thread by one of its messages alone, so that every desktop
// names it alike: by what the message claims to be the thread's beginning. It
// serves for grouping and joins nothing.
func threadOf(m *inbox.Message) string {
	if m.Key.Chat() {
		return chatThread(m.Key.Channel(), m.From.Address) // what arrives is the contact's
	}
	root := m.MessageID
	if len(m.References) > 0 && m.References[0] != "" {
		root = m.References[0]
	}
	if root == "" {
		root = string(m.Key)
	}
	return fmt.Sprintf("%016x", inbox.Hash64(root))
}

// isAlert says whether a mail is an alert of ours, which nobody sees (R18). Its
// header is its sender's claim: believed from anybody, it would make a
// customer's mail vanish. Only the team can have made the Message-ID, or the
// header's value, which counts where a mail server gave the mail another
// Message-ID; and who was sent one cannot use it from another address.
func (db *DB) isAlert(m *inbox.Message) bool {
	ours := func(id string) bool { return id != "" && db.opt.OurAlert(id) }
	return db.opt.OurAlert != nil && (ours(m.MessageID) || ours(m.Alert)) && db.isOurs(inbox.NormalAddress(m.From.Address))
}

// isOurs says whether an address is one that alerts come from.
func (db *DB) isOurs(address string) bool {
	if address == "" {
		return false
	}
	for _, c := range db.Channels() {
		if address == inbox.NormalAddress(c.Address) || address == inbox.NormalAddress(c.Email.IMAP.Username) {
			return true
		}
	}
	return db.opt.OurAddress != nil && db.opt.OurAddress(address)
}
