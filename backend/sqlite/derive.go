package sqlite

import (
	"cmp"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// derive makes the rows that come from a message: its own, its thread's and
// the search index's. Its conversation is folded at the end.
func (t *tx) derive(e *entry) error {
	if e.Message.Nature == inbox.NatureAlert {
		e.Message.Nature = inbox.NatureAutoReply // a stranger's claim to be a machine: see isAlert
	}
	t.threadFacts(e)
	if !e.purged {
		e.prepare(t.db.opt.Preview)
	}
	conversation, err := t.thread(e)
	if err != nil {
		return err
	}
	if err := t.insertMessage(e, conversation); err != nil {
		return err
	}
	t.touched[conversation] = true
	if err := t.wake(e.Message.Key, conversation); err != nil {
		return err
	}
	if e.purged {
		return nil
	}
	if e.arrives {
		t.arrive(e, conversation)
	}
	return t.insertContents(e)
}

func (t *tx) insertMessage(e *entry, conversation int64) error {
	m := &e.Message
	if e.purged {
		return t.exec(insertMessageSQL, e.id, string(m.Key), string(m.Channel), conversation, outBit(m)|flagPurged,
			"", "", "", "", e.hash, e.facts, packHashes(e.refs))
	}
	contact := t.contactOf(m)
	return t.exec(insertMessageSQL, e.id, string(m.Key), string(m.Channel), conversation, flagsOf(e),
		contact.Name, inbox.NormalAddress(contact.Address), m.Subject, e.preview, e.hash, e.facts, packHashes(e.refs))
}

const insertMessageSQL = `INSERT INTO messages (id, key, channel, conversation, flags, contact_name, contact, subject, preview,
	hash, parties, refs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func flagsOf(e *entry) int64 {
	m := &e.Message
	flags := outBit(m)
	for flag, set := range map[int64]bool{
		flagSeen: e.Seen, flagSetAside: e.Problem != "", flagHTML: m.HTML != "", flagBounce: m.Nature == inbox.NatureBounce,
		flagParts: len(m.Attachments) > 0,
		flagFiles: slices.ContainsFunc(m.Attachments, func(a inbox.Attachment) bool { return !a.Inline }),
	} {
		if set {
			flags |= flag
		}
	}
	return flags
}

// contactOf is the customer's side of a message. What a contact form wrote in
// our name has it in Reply-To.
func (t *tx) contactOf(m *inbox.Message) inbox.Address {
	own := inbox.NormalAddress(t.channel(m.Channel).Address)
	people := append([]inbox.Address{m.From}, m.ReplyTo...)
	if m.Direction == inbox.Out {
		people = slices.Concat(m.To, m.Cc, m.Bcc)
	}
	for _, person := range people {
		if normal := inbox.NormalAddress(person.Address); normal != "" && normal != own {
			return person
		}
	}
	if len(people) > 0 {
		return people[0]
	}
	return inbox.Address{}
}

func (t *tx) insertContents(e *entry) error {
	m := &e.Message
	if err := t.exec("INSERT INTO bodies (id, text, html, extra) VALUES (?, ?, ?, ?)", e.id, m.Text, m.HTML, packExtra(m)); err != nil {
		return err
	}
	for n, a := range m.Attachments {
		if err := t.exec("INSERT INTO attachments (message, n, file, name, type, size, inline, cid, missing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			e.id, n, string(a.ID), a.Name, a.Type, a.Size, a.Inline, a.ContentID, string(a.Missing)); err != nil {
			return err
		}
	}
	t.indexed = append(t.indexed, e)
	return t.insertBounce(e)
}

// insertBounce notes that a message of ours did not arrive. It is looked up
// when that message is shown, so that either may be learnt first.
func (t *tx) insertBounce(e *entry) error {
	b := e.Message.Bounce
	if b == nil || !b.Permanent || b.MessageID == "" {
		return nil
	}
	reason := "It could not be delivered"
	if b.Recipient != "" {
		reason += " to " + cut(b.Recipient, 320)
	}
	if who := e.Message.From.Address; who != "" {
		reason += ", says " + cut(who, 320) // anybody who got our mail can claim that
	}
	if said := cut(strings.Join(strings.Fields(b.Status+" "+b.Diagnostic), " "), 500); said != "" {
		reason += ": " + said
	}
	return t.exec("INSERT OR IGNORE INTO bounces (hash, message, reason) VALUES (?, ?, ?)", int64(inbox.Hash64(b.MessageID)), e.id, reason)
}

// putIndex adds new messages to the search index, last thing before the commit
// and in ascending order: the index keeps what is new in memory until a
// smaller id or any statement with a savepoint of its own makes it write.
func (t *tx) putIndex() error {
	slices.SortFunc(t.indexed, func(x, y *entry) int { return cmp.Compare(x.id, y.id) })
	for _, e := range t.indexed {
		if e.purged {
			continue
		}
		if err := t.exec("INSERT INTO search (rowid, subject, text, author, people, files) VALUES (?, ?, ?, ?, ?, ?)",
			e.id, e.words.subject, e.words.text, e.words.author, e.words.people, e.words.files); err != nil {
			return err
		}
	}
	return nil
}

func people(all ...inbox.Address) string {
	var b strings.Builder
	for _, a := range all[:min(len(all), 500)] {
		b.WriteString(a.Name)
		b.WriteByte(' ')
		b.WriteString(a.Address)
		b.WriteByte('\n')
	}
	return b.String()
}

func fileNames(m *inbox.Message) string {
	var b strings.Builder
	for _, a := range m.Attachments {
		b.WriteString(a.Name)
		b.WriteByte('\n')
	}
	return b.String()
}
