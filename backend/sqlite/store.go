package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	flagParts // has attachments, if only inline ones
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
	preview string
	words   *indexed
	facts   []byte
	hash    int64
	refs    []int64
	purged  bool
	state   inbox.State
	arrives bool
	gone    bool
	alert   bool  // of ours: nobody sees it
	known   int64 // the id of the message that it turned out to be
	// provider is the id that a chat's provider gave to what was sent from here.
	provider string
}

// StoreBatch stores one step of a sync with its folder's state, in one
// transaction. Storing it again changes nothing.
func (db *DB) StoreBatch(ctx context.Context, b inbox.Batch) (Changed, error) {
	entries := make([]*entry, len(b.Messages))
	for i, fetched := range b.Messages {
		entries[i] = &entry{Fetched: fetched}
		complete(entries[i], b)
	}
	inParallel(entries, db.packAndPrepare)
	slices.SortStableFunc(entries, func(x, y *entry) int {
		return cmp.Or(x.Message.At.Compare(y.Message.At), cmp.Compare(x.Message.Key, y.Message.Key))
	})
	return db.update(ctx, relaxed, func(t *tx) error {
		t.live = b.Live
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
	for _, e := range entries {
		if e.Better && e.known != 0 {
			if err := t.replace(e.known, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// storeSource keeps what a message is derived from. It gives false for one
// that is here already, or that nobody is to see.
func (t *tx) storeSource(folder int64, e *entry, live bool) (bool, error) {
	m := &e.Message
	if e.alert {
		return false, t.putLocation(folder, e.UID, 0)
	}
	id, err := t.findSource(m)
	if err != nil {
		return false, err
	}
	if id != 0 {
		e.known = id
		return false, t.seeAgain(folder, e, id)
	}
	if e.id, err = t.newID(m); err != nil {
		return false, err
	}
	if e.purged, err = t.isPurged(m.Key); err != nil {
		return false, err
	}
	e.arrives = live && m.Direction == inbox.In && !e.purged
	e.state = stateOf(e)
	if err := t.insertSource(e); err != nil {
		return false, err
	}
	return true, t.putLocation(folder, e.UID, e.id)
}

// stateOf is where a fetched message stands. Of one that we sent the provider
// may tell more than that it has it.
func stateOf(e *entry) inbox.State {
	switch {
	case e.Message.Direction == inbox.In:
		return inbox.StateReceived
	case e.State != "":
		return e.State
	}
	return inbox.StateSent
}

func (t *tx) insertSource(e *entry) error {
	m := &e.Message
	var raw, remains []byte = e.packed, nil
	if e.purged {
		t.threadFacts(e)
		raw, remains, e.Problem, e.Reason, e.Detail = nil, packRemains(e.hash, e.refs, e.facts), "", "", ""
	}
	if err := t.putDetail(e.id, e.Detail); err != nil {
		return err
	}
	return t.exec(`INSERT INTO sources (id, key, channel, direction, seen, gone, state, reason, problem, remains, raw)
		VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
		e.id, string(m.Key), string(m.Channel), outBit(m), e.Seen, string(e.state), e.Reason, e.Problem, remains, raw)
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
	if err != nil || id != 0 || m.Direction != inbox.Out || m.MessageID == "" || m.Key.Chat() {
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
	at, tie := millis(m.At)<<tieBits, int64(inbox.Hash64(string(m.Key))>>1)&(1<<tieBits-1)
	return t.freeID(max(at|tie, 1))
}

// freeID is the first id from one on that no message has.
func (t *tx) freeID(id int64) (int64, error) {
	for {
		var one int
		taken, err := t.one("SELECT 1 FROM sources WHERE id = ?", []any{id}, &one)
		if err != nil || !taken {
			return id, err
		}
		id++
	}
}

// seeAgain notes where else a known message is, and that it is still there.
func (t *tx) seeAgain(folder int64, e *entry, id int64) error {
	if e.Message.Key.Chat() {
		if m := e.Message; m.Direction == inbox.Out && e.State != "" {
			return t.further(id, e.State, e.Reason, e.Detail)
		}
		return nil // chat providers list no places and no flags
	}
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
	if m.Key.Chat() {
		e.refs = t.chatRefs(m)
		return
	}
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
