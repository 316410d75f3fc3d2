package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// Flags of a message row.
const (
	flagOut      = 1 << iota
	flagSeen     // the provider says it was read
	flagFiles    // has attachments that are not inline
	flagPurged   // deleted for good; only its thread is left
	flagSetAside // could not be read
	flagHTML
	flagGone // no longer at the provider
	flagBounce
)

// maxIndexed bounds how much of one text the search index takes.
const maxIndexed = 256 << 10

// maxReferences bounds what one message can claim to answer.
const maxReferences = 100

// entry is a message on its way into the database.
type entry struct {
	inbox.Fetched
	id      int64
	packed  []byte // raw, compressed
	facts   []byte
	hash    int64
	refs    []int64
	purged  bool
	state   inbox.State
	arrives bool
	gone    bool
}

// StoreBatch stores one step of a sync with its folder's state, in one
// transaction. Storing it again changes nothing.
func (db *DB) StoreBatch(ctx context.Context, b inbox.Batch) (Changed, error) {
	entries := make([]*entry, len(b.Messages))
	for i, fetched := range b.Messages {
		entries[i] = &entry{Fetched: fetched, packed: packRaw(fetched.Raw)}
		complete(entries[i], b)
	}
	slices.SortStableFunc(entries, func(x, y *entry) int {
		return cmp.Or(x.Message.At.Compare(y.Message.At), cmp.Compare(x.Message.Key, y.Message.Key))
	})
	return db.update(ctx, relaxed, func(t *tx) error {
		folder, err := t.putFolder(b.Channel, b.Folder)
		if err != nil {
			return err
		}
		return t.storeEntries(folder, entries, b.Live)
	})
}

// complete fills what a message that could not be read does not say itself.
func complete(e *entry, b inbox.Batch) {
	m := &e.Message
	m.Channel = b.Channel
	if m.Key == "" {
		m.Key = inbox.MailKey(b.Channel, fmt.Sprintf("aside.%s.%d.%d", b.Folder.Role, b.Folder.UIDValidity, e.UID))
	}
	if m.Direction == "" {
		m.Direction = inbox.In
		if b.Folder.Role == inbox.FolderSent {
			m.Direction = inbox.Out
		}
	}
	if e.Problem != "" {
		m.Warnings = append(slices.Clone(m.Warnings), e.Problem)
	}
}

func (t *tx) storeEntries(folder int64, entries []*entry, live bool) error {
	var fresh []*entry
	for _, e := range entries {
		added, err := t.storeSource(folder, e, live)
		if err != nil {
			return err
		}
		if added {
			fresh = append(fresh, e)
		}
	}
	for _, e := range fresh {
		if err := t.derive(e); err != nil {
			return err
		}
	}
	return nil
}

// storeSource keeps what a message is derived from. It gives false for one
// that is here already, or that nobody is to see.
func (t *tx) storeSource(folder int64, e *entry, live bool) (bool, error) {
	m := &e.Message
	if m.Nature == inbox.NatureAlert {
		return false, t.putLocation(folder, e.UID, 0)
	}
	id, err := t.findSource(m)
	if err != nil {
		return false, err
	}
	if id != 0 {
		return false, t.seeAgain(folder, e, id)
	}
	if e.id, err = t.newID(m); err != nil {
		return false, err
	}
	if e.purged, err = t.isPurged(m.Key); err != nil {
		return false, err
	}
	e.arrives = live && m.Direction == inbox.In && !e.purged
	if e.state = inbox.StateReceived; m.Direction == inbox.Out {
		e.state = inbox.StateSent
	}
	if err := t.insertSource(e); err != nil {
		return false, err
	}
	return true, t.putLocation(folder, e.UID, e.id)
}

func (t *tx) insertSource(e *entry) error {
	m := &e.Message
	var raw, remains []byte = e.packed, nil
	if e.purged {
		t.threadFacts(e)
		raw, remains, e.Problem = nil, packRemains(e.hash, e.refs, e.facts), ""
	}
	return t.exec(`INSERT INTO sources (id, key, channel, direction, seen, gone, state, reason, problem, remains, raw)
		VALUES (?, ?, ?, ?, ?, 0, ?, '', ?, ?, ?)`,
		e.id, string(m.Key), string(m.Channel), outBit(m), e.Seen, string(e.state), e.Problem, remains, raw)
}

func outBit(m *inbox.Message) int64 {
	if m.Direction == inbox.Out {
		return flagOut
	}
	return 0
}

// findSource finds a message that is here already: by its key, or as the
// server's copy of one that our outbox sent, whose bytes may differ.
func (t *tx) findSource(m *inbox.Message) (int64, error) {
	id, err := findKey(t, m.Key)
	if err != nil || id != 0 || m.Direction != inbox.Out || m.MessageID == "" {
		return id, err
	}
	found, err := t.one("SELECT message FROM outbox WHERE hash = ? AND channel = ?",
		[]any{int64(inbox.Hash64(m.MessageID)), string(m.Channel)}, &id)
	if err != nil || !found {
		return 0, err
	}
	if err := t.exec("INSERT OR IGNORE INTO aliases VALUES (?, ?)", string(m.Key), id); err != nil {
		return 0, err
	}
	t.filled["aliases"] = true
	conversation, err := t.conversationOf(m.Key)
	if err != nil || !conversation.Valid {
		return id, err
	}
	t.touched[conversation.Int64] = true
	return id, t.wake(m.Key, conversation.Int64)
}

func findKey(q querier, key inbox.Key) (id int64, err error) {
	found, err := q.one("SELECT id FROM sources WHERE key = ?", []any{string(key)}, &id)
	if t, writing := q.(*tx); writing && err == nil && !found {
		if aliases, err := t.some("aliases"); err != nil || !aliases {
			return 0, err
		}
	}
	if err == nil && !found {
		_, err = q.one("SELECT message FROM aliases WHERE key = ?", []any{string(key)}, &id)
	}
	return id, err
}

// newID finds a free id at the message's time. The tie-breaker comes from the
// key, so that every desktop sorts messages of one moment alike.
func (t *tx) newID(m *inbox.Message) (int64, error) {
	tie := int64(inbox.Hash64(string(m.Key)) >> 1)
	for {
		id := max(millis(m.At)<<tieBits|tie&(1<<tieBits-1), 1)
		var one int
		taken, err := t.one("SELECT 1 FROM sources WHERE id = ?", []any{id}, &one)
		if err != nil || !taken {
			return id, err
		}
		tie++
	}
}

// seeAgain notes where else a known message is, and that it is still there.
func (t *tx) seeAgain(folder int64, e *entry, id int64) error {
	if err := t.putLocation(folder, e.UID, id); err != nil {
		return err
	}
	return t.setSeen(id, e.Seen)
}

func (t *tx) setSeen(id int64, seen bool) error {
	n, err := t.changedRows("UPDATE sources SET seen = ?1, gone = 0 WHERE id = ?2 AND (seen != ?1 OR gone != 0)", seen, id)
	if err != nil || n == 0 {
		return err
	}
	bit := 0
	if seen {
		bit = flagSeen
	}
	if err := t.exec("UPDATE messages SET flags = flags & ~? | ? WHERE id = ?", flagSeen|flagGone, bit, id); err != nil {
		return err
	}
	return t.touchMessage(id)
}

func (t *tx) touchMessage(id int64) error {
	return t.touchAll("SELECT conversation FROM messages WHERE id = ?", id)
}

// threadFacts computes what threading looks at.
func (t *tx) threadFacts(e *entry) {
	m := &e.Message
	if e.facts != nil {
		return
	}
	own := inbox.NormalAddress(t.channel(m.Channel).Address)
	e.facts = packFacts(inbox.FactsOf(m, func(address string) bool { return address == own }))
	e.hash = int64(inbox.Hash64(m.MessageID))
	for _, ref := range references(m) {
		if hash := int64(inbox.Hash64(ref)); hash != 0 && hash != e.hash {
			e.refs = append(e.refs, hash)
		}
	}
	slices.Sort(e.refs)
	e.refs = slices.Compact(e.refs)
}

func references(m *inbox.Message) []string {
	refs := m.References
	if len(refs) > maxReferences {
		refs = append([]string{refs[0]}, refs[len(refs)-maxReferences+1:]...)
	}
	if m.Bounce != nil {
		refs = append(slices.Clone(refs), m.Bounce.MessageID)
	}
	return refs
}

// derive makes the rows that come from a message: its own, its thread's and
// the search index's. Its conversation is folded at the end.
func (t *tx) derive(e *entry) error {
	t.threadFacts(e)
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
			"", 0, "", "", "", "", "", "", e.hash, e.facts, packHashes(e.refs), "", 0)
	}
	contact := t.contactOf(m)
	return t.exec(insertMessageSQL, e.id, string(m.Key), string(m.Channel), conversation, flagsOf(e),
		string(m.Nature), millis(m.Sent), m.From.Name, m.From.Address, contact.Name, inbox.NormalAddress(contact.Address),
		m.Subject, t.db.opt.Preview(m.Text, 200), e.hash, e.facts, packHashes(e.refs), m.MessageID, m.Parser)
}

const insertMessageSQL = `INSERT INTO messages (id, key, channel, conversation, flags, nature, sent, from_name, from_address,
	contact_name, contact, subject, preview, hash, parties, refs, message_id, parser)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func flagsOf(e *entry) int64 {
	m := &e.Message
	flags := outBit(m)
	for flag, set := range map[int64]bool{
		flagSeen: e.Seen, flagSetAside: e.Problem != "", flagHTML: m.HTML != "", flagBounce: m.Nature == inbox.NatureBounce,
		flagFiles: slices.ContainsFunc(m.Attachments, func(a inbox.Attachment) bool { return !a.Inline }),
	} {
		if set {
			flags |= flag
		}
	}
	return flags
}

// contactOf is the customer's side of a message.
func (t *tx) contactOf(m *inbox.Message) inbox.Address {
	own := inbox.NormalAddress(t.channel(m.Channel).Address)
	people := []inbox.Address{m.From}
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
		if err := t.exec("INSERT INTO attachments (message, n, file, name, type, size, inline, cid) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			e.id, n, string(a.ID), a.Name, a.Type, a.Size, a.Inline, a.ContentID); err != nil {
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
		reason += " to " + b.Recipient
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
		m := &e.Message
		if e.purged {
			continue
		}
		if err := t.exec("INSERT INTO search (rowid, subject, text, author, people, files) VALUES (?, ?, ?, ?, ?, ?)",
			e.id, foldText(m.Subject), foldText(cut(m.Text, maxIndexed)), foldText(people(m.From)),
			foldText(people(slices.Concat(m.ReplyTo, m.To, m.Cc, m.Bcc)...)), foldText(fileNames(m))); err != nil {
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

// arrive notes a message that may notify (R14); history never does (R36).
func (t *tx) arrive(e *entry, conversation int64) {
	m := &e.Message
	channel := t.channel(m.Channel)
	if m.Nature != inbox.NatureHuman && m.Nature != inbox.NatureList || e.Seen ||
		m.At.Before(channel.NotifySince) || m.At.Before(channel.OpenSince) {
		return
	}
	t.changes.arrived = append(t.changes.arrived, arrived{id: e.id, conversation: conversation, Arrival: Arrival{
		Key: m.Key, Channel: m.Channel, From: m.From, Subject: m.Subject, At: m.At, Nature: m.Nature,
		Preview: t.db.opt.Preview(m.Text, 200),
	}})
}
