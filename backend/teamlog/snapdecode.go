package teamlog

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strconv"
	"time"

	"postvak/backend/inbox"
)

const (
	maxKey       = 4 << 10
	maxDecisions = 200_000 // of one anchor
	maxNames     = 1 << 20
	// maxHeld is how much the decisions of one anchor, and all names, may take in
	// memory: a snapshot says with two bytes what takes thousands.
	maxHeld     = 64 << 20
	perDecision = 256 // bytes in memory, about
)

// decoder reads a snapshot's fields. The first error stays, and then every
// field is zero.
type decoder struct {
	r     *bufio.Reader
	left  *io.LimitedReader // one more than there should be
	sum   hash.Hash
	names []string
	named int // bytes in names
	held  int // bytes in the anchor that is being read, about
	err   error
}

func newDecoder(r io.Reader, size int64) *decoder {
	sum := sha256.New()
	// One byte more than there should be, so that too many are noticed.
	left := &io.LimitedReader{R: r, N: size + 1}
	return &decoder{r: bufio.NewReaderSize(io.TeeReader(left, sum), 1<<16), left: left, sum: sum}
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errSnapshot
	}
}

func (d *decoder) check(err error) bool {
	if err != nil && d.err == nil {
		d.err = err
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			d.err = errSnapshot
		}
	}
	return d.err == nil
}

// end checks that nothing follows and that the size was the one given.
func (d *decoder) end() {
	if d.err != nil {
		return
	}
	if _, err := d.r.ReadByte(); !errors.Is(err, io.EOF) || d.left.N != 1 {
		d.fail()
	}
}

func (d *decoder) number() uint64 {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d.r)
	if !d.check(err) {
		return 0
	}
	return n
}

func (d *decoder) signed() int64 {
	n := d.number()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many things follow.
func (d *decoder) count(most int) int {
	n := d.number()
	if n > uint64(most) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) raw(length int) string {
	if d.err != nil {
		return ""
	}
	if length <= d.r.Size() {
		piece, err := d.r.Peek(length)
		if !d.check(err) {
			return ""
		}
		text := string(piece)
		_, err = d.r.Discard(length)
		d.check(err)
		return text
	}
	// In pieces, so that a length alone takes no memory.
	text, err := io.ReadAll(io.LimitReader(d.r, int64(length)))
	if d.check(err) && len(text) != length {
		d.fail()
	}
	return string(text)
}

func (d *decoder) text(most int) string { return d.raw(d.count(most)) }

func (d *decoder) name() string {
	n := d.number()
	switch {
	case d.err != nil:
		return ""
	case n == 0:
		name := d.text(maxName * 4)
		if d.named += len(name) + 16; len(d.names) >= maxNames || d.named > maxHeld {
			d.fail()
			return ""
		}
		d.names = append(d.names, name)
		return name
	case n > uint64(len(d.names)):
		d.fail()
		return ""
	}
	return d.names[n-1]
}

func (d *decoder) key(like inbox.Key) inbox.Key {
	same := d.count(len(like))
	key := like[:same] + inbox.Key(d.text(maxKey))
	d.hold(len(key))
	return key
}

// hold counts what an anchor's decisions take in memory.
func (d *decoder) hold(bytes int) {
	if d.held += bytes; d.held > maxHeld {
		d.fail()
	}
}

func (d *decoder) moment() time.Time {
	if d.number() == 0 {
		return time.Time{}
	}
	seconds, nanos := d.signed(), d.number()
	at := time.Unix(seconds, int64(min(nanos, 1e9))).UTC()
	if !plausible(at) {
		d.fail()
	}
	return at
}

func (d *decoder) anchor(last inbox.Key) (anchor inbox.Key, decisions []Decision) {
	d.held = 0
	anchor = d.key(last)
	count := d.count(maxDecisions)
	n, index := uint64(0), -1
	for i := 0; i < count && d.err == nil; i++ {
		step := d.number()
		at := d.count(maxEvents)
		if n+step < n || step == 0 && at <= index || n+step == 0 {
			d.fail()
			break
		}
		n, index = n+step, at
		d.hold(perDecision)
		next := Decision{N: n, Index: index, Author: inbox.MemberID(d.name()), Device: d.name(), At: d.moment()}
		next.Seen = n - min(d.number(), n)
		next.Event = d.event(anchor, &next)
		if d.err != nil || next.Event == nil || Anchor(next.Event) != anchor || next.Event.Validate() != nil {
			d.fail()
			break
		}
		if decisions == nil {
			decisions = make([]Decision, 0, min(count, 16))
		}
		decisions = append(decisions, next)
	}
	return anchor, decisions
}

// event reads an event. One that no other event names has an id made up of its
// place: the true one comes with the records themselves.
func (d *decoder) event(anchor inbox.Key, of *Decision) Event {
	kind := d.number()
	of.ID = "#" + strconv.FormatUint(of.N, 10) + "." + strconv.Itoa(of.Index)
	switch kind {
	case asAssign:
		of.ID = d.text(maxName)
		return &Assign{Conversation: anchor, To: inbox.MemberID(d.name()), Was: inbox.MemberID(d.name()), Undo: d.text(maxName)}
	case asClose:
		return &Close{Conversation: anchor, More: d.number() == 1, Covers: d.keys(anchor)}
	case asReopen:
		return &Reopen{Conversation: anchor}
	case asDelete:
		return &Delete{Conversation: anchor, Covers: d.keys(anchor)}
	case asSent:
		return &Sent{Conversation: anchor, Key: d.key(anchor), By: inbox.MemberID(d.name())}
	case asNote:
		note := &Note{Conversation: anchor, Text: d.text(MaxNote)}
		d.hold(len(note.Text))
		for range d.count(maxMentions) {
			note.Mentions = append(note.Mentions, inbox.MemberID(d.name()))
		}
		return note
	case asRead:
		return &Read{Conversation: anchor, UpTo: d.moment()}
	case asUnread:
		return &Unread{Conversation: anchor}
	case asNamed:
		of.ID = d.text(maxName)
		return d.logged()
	case asLogged:
		return d.logged()
	}
	return nil
}

// perEntry is about what a field or name of some bytes takes in memory.
const perEntry = 8

func (d *decoder) logged() Event {
	raw := d.text(maxPayload)
	d.hold(len(raw) * perEntry)
	if d.err != nil {
		return nil
	}
	return Decode(json.RawMessage(raw))
}

func (d *decoder) keys(like inbox.Key) []inbox.Key {
	count := d.count(mostCovers)
	keys := make([]inbox.Key, 0, min(count, maxCovers))
	for i := 0; i < count && d.err == nil; i++ {
		keys = append(keys, d.key(like))
	}
	return keys
}
