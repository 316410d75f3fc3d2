package sqlite

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Books in which decisions stand.
const (
	bookTeam    = 0
	bookPrivate = 1 // about channels that the team does not see (R31)
	bookBehind  = 2 // behind a snapshot, not folded yet: see Settle
)

// entering is how a decision comes into its table.
type entering struct {
	book   int
	record string // id of an own record that waits, else ""
	seq    int64  // 0 for the next one
	own    bool   // its author sits here and is told a void verdict
}

// putDecision stores a decision about a conversation. One that waited is
// confirmed by its coming back; a confirmed one never waits again, and of two
// places in the log the earlier counts.
func (t *tx) putDecision(d teamlog.Decision, in entering) error {
	anchor := teamlog.Anchor(d.Event)
	if anchor == "" {
		return nil
	}
	value, err := packDecision(d)
	if err != nil {
		return err
	}
	var conversation sql.NullInt64
	if !ofBook(anchor) {
		if conversation, err = t.conversationOf(anchor); err != nil {
			return err
		}
	}
	t.filled["decisions"] = true
	n := sql.NullInt64{Int64: int64(d.N), Valid: !d.Pending}
	seq := sql.NullInt64{Int64: in.seq, Valid: in.seq != 0}
	changed, err := t.changedRows(`INSERT INTO decisions (seq, id, record, book, n, idx, anchor, conversation, told, value)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET book = excluded.book, n = excluded.n,
		idx = excluded.idx, anchor = excluded.anchor, conversation = excluded.conversation, value = excluded.value WHERE excluded.n IS NOT NULL AND (n IS NULL OR excluded.n <= n)`,
		seq, d.ID, in.record, in.book, n, d.Index, string(anchor), conversation, !in.own && !t.ours[d.ID], value)
	if err != nil || changed == 0 {
		return err
	}
	switch {
	case ofBook(anchor):
		if in.book != bookBehind {
			t.touchBook(anchor)
		}
	case !conversation.Valid:
		t.db.dormant.Store(true)
	case in.book != bookBehind:
		t.touched[conversation.Int64] = true
	}
	if !d.Pending {
		t.confirm(d.ID)
		t.mayTell(d, in.book)
	}
	return nil
}

func (t *tx) confirm(id string) {
	if t.confirmed == nil {
		t.confirmed = map[string]bool{}
	}
	t.confirmed[id] = true
}

// conversationOf finds a conversation by the key of any message in it. A
// stretch of the log names the same ones over and over.
func (t *tx) conversationOf(key inbox.Key) (conversation sql.NullInt64, err error) {
	if known, ok := t.anchors[key]; ok {
		return known, nil
	}
	found, err := t.one("SELECT m.conversation FROM sources s CROSS JOIN messages m ON m.id = s.id WHERE s.key = ?",
		[]any{string(key)}, &conversation)
	if err == nil && !found {
		conversation, err = t.conversationOfAlias(key)
	}
	if err == nil && t.anchors != nil {
		t.anchors[key] = conversation
	}
	return conversation, err
}

func (t *tx) conversationOfAlias(key inbox.Key) (conversation sql.NullInt64, err error) {
	if some, err := t.some("aliases"); err != nil || !some {
		return conversation, err
	}
	_, err = t.one("SELECT m.conversation FROM aliases a CROSS JOIN messages m ON m.id = a.message WHERE a.key = ?",
		[]any{string(key)}, &conversation)
	return conversation, err
}

// wake gives what waited for a message to its conversation.
func (t *tx) wake(key inbox.Key, conversation int64) error {
	if !t.db.dormant.Load() {
		return nil
	}
	if err := t.wakeDecisions(key, conversation); err != nil {
		return err
	}
	if some, err := t.some("bases"); err != nil || !some {
		return err
	}
	return t.exec("UPDATE bases SET conversation = ? WHERE anchor = ? AND conversation IS NULL", conversation, string(key))
}

// packedDecision marks the present form of a decision's value. Version 1 of
// the database wrote JSON there, which begins with a brace.
const packedDecision = 1

// packDecision keeps what a decision's columns do not say. A conversation is
// folded from all of its decisions for every message that comes.
func packDecision(d teamlog.Decision) ([]byte, error) {
	event, err := teamlog.Encode(d.Event)
	if err != nil {
		return nil, err
	}
	p := make(packer, 0, 64+len(event))
	p = append(p, packedDecision)
	p.text(string(d.Author))
	p.text(d.Device)
	p.text(string(d.Void))
	p.number(d.Seen)
	p.number(uint64(d.At.Unix()))
	p.number(uint64(d.At.Nanosecond()))
	return append(p, event...), nil
}

func unpackDecision(value []byte, d *teamlog.Decision, decode decoder) error {
	if len(value) == 0 || value[0] != packedDecision {
		return unpackFirstVersion(value, d)
	}
	u := unpacker(value[1:])
	d.Author, d.Device, d.Void, d.Seen = inbox.MemberID(u.text()), u.text(), teamlog.Reason(u.text()), u.number()
	seconds, nanoseconds := int64(u.number()), int64(u.number())
	d.At = time.Unix(seconds, nanoseconds).UTC()
	d.Event = decode(d.ID, string(u))
	return nil
}

// unpackFirstVersion reads a decision that waited when version 1 was updated.
func unpackFirstVersion(value []byte, d *teamlog.Decision) error {
	var old struct {
		Author inbox.MemberID  `json:"by"`
		At     time.Time       `json:"at"`
		Event  json.RawMessage `json:"e"`
	}
	if err := json.Unmarshal(value, &old); err != nil {
		return err
	}
	d.Author, d.At, d.Event = old.Author, old.At, teamlog.Decode(old.Event)
	return nil
}

// history is what was decided about one conversation.
type history struct {
	decisions []teamlog.Decision
	own       map[string]bool // ids of confirmed ones whose author has not been told a verdict
}

// loadDecisions gives a conversation's decisions in the order of the log: those
// about a private channel first, which it had before it was shared, and
// pending ones last in the order of making.
func loadDecisions(q querier, conversation int64) (h history, err error) {
	team, err := loadBases(q, conversation)
	if err != nil {
		return h, err
	}
	if some, err := someIn(q, "decisions"); err != nil {
		return h, err
	} else if some {
		if team, err = h.load(q, conversation, team); err != nil {
			return h, err
		}
	}
	sortDecisions(h.decisions)
	sortDecisions(team)
	if len(h.decisions) == 0 {
		h.decisions = team
		return h, nil
	}
	h.decisions = append(h.decisions, team...)
	return h, nil
}

// load reads the rows: private decisions into h, others after those of team.
func (h *history) load(q querier, conversation int64, team []teamlog.Decision) ([]teamlog.Decision, error) {
	decode := decoderOf(q)
	err := q.each("SELECT id, book, n, idx, told, value FROM decisions WHERE conversation = ? AND book != 2", []any{conversation},
		func(rows *sql.Rows) error {
			d, book, told, err := scanDecision(rows, decode)
			if !told && !d.Pending {
				h.watch(d.ID)
			}
			if book == bookPrivate {
				h.decisions = append(h.decisions, d)
			} else {
				team = append(team, d)
			}
			return err
		})
	return team, err
}

func (h *history) watch(id string) {
	if h.own == nil {
		h.own = map[string]bool{}
	}
	h.own[id] = true
}

// decoder gives the event of a decision.
type decoder func(id, raw string) teamlog.Event

func decodeEvent(_, raw string) teamlog.Event { return teamlog.Decode(json.RawMessage(raw)) }

// From how many decisions about a conversation on their events are remembered,
// and how many in all.
const (
	longHistory = 50
	maxEvents   = 5000
)

// decoderOf decodes, and for a transaction that writes remembers: a long
// conversation is folded anew for whatever comes, and reading its events is
// half of that. An id never names another event.
func decoderOf(q querier) decoder {
	t, writing := q.(*tx)
	if !writing {
		return decodeEvent
	}
	decoded := 0
	return func(id, raw string) teamlog.Event {
		if decoded++; decoded <= longHistory {
			return decodeEvent(id, raw)
		}
		event, known := t.w.events[id]
		if !known {
			if t.w.events == nil || len(t.w.events) >= maxEvents {
				t.w.events = map[string]teamlog.Event{}
			}
			event = decodeEvent(id, raw)
			t.w.events[id] = event
		}
		return event
	}
}

// scanDecision reads a row of id, book, n, idx, told and value.
func scanDecision(rows *sql.Rows, decode decoder) (d teamlog.Decision, book int, told bool, err error) {
	var n sql.NullInt64
	var value sql.RawBytes
	if err := rows.Scan(&d.ID, &book, &n, &d.Index, &told, &value); err != nil {
		return d, 0, false, err
	}
	if err := unpackDecision(value, &d, decode); err != nil {
		return d, 0, false, err
	}
	if d.N, d.Pending = uint64(n.Int64), !n.Valid; d.Pending {
		d.Void = teamlog.Admitted
	}
	return d, book, told, nil
}

// sortDecisions brings decisions in the order of one book. Pending ones keep
// theirs, which is that of their making.
func sortDecisions(all []teamlog.Decision) {
	inOrder := func(a, b teamlog.Decision) int {
		switch {
		case a.Pending && b.Pending:
			return 0
		case a.Pending != b.Pending:
			if a.Pending {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Index, b.Index))
	}
	if !slices.IsSortedFunc(all, inOrder) {
		slices.SortStableFunc(all, inOrder)
	}
}
