package teamlog

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"

	"postvak/backend/inbox"
)

// encoder writes a snapshot's fields. The first error stays.
type encoder struct {
	w       *bufio.Writer
	written int64
	names   map[string]uint64 // what was written before, by its number
	err     error
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: bufio.NewWriterSize(w, 1<<16), names: map[string]uint64{}}
}

func (e *encoder) raw(s string) {
	if e.err != nil {
		return
	}
	_, e.err = e.w.WriteString(s)
	e.written += int64(len(s))
}

func (e *encoder) number(n uint64) {
	var buffer [binary.MaxVarintLen64]byte
	e.raw(string(buffer[:binary.PutUvarint(buffer[:], n)]))
}

func (e *encoder) signed(n int64) { e.number(uint64(n)<<1 ^ uint64(n>>63)) }

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.raw(s)
}

// name writes a text that comes often: in full once, then as its number.
func (e *encoder) name(s string) {
	if n, known := e.names[s]; known {
		e.number(n)
		return
	}
	e.number(0)
	e.text(s)
	e.names[s] = uint64(len(e.names) + 1)
}

// key writes a key by what it has in common with another.
func (e *encoder) key(k, like inbox.Key) {
	same := 0
	for same < len(k) && same < len(like) && k[same] == like[same] {
		same++
	}
	e.number(uint64(same))
	e.text(string(k[same:]))
}

func (e *encoder) moment(at time.Time) {
	if at.IsZero() {
		e.number(0)
		return
	}
	e.number(1)
	e.signed(at.Unix())
	e.number(uint64(at.Nanosecond()))
}

func (e *encoder) flush() error {
	if e.err == nil {
		e.err = e.w.Flush()
	}
	return e.err
}

// The kinds of event in a snapshot. A kind that is not here is written as in
// the log, by its JSON.
const (
	asLogged = iota
	asAssign
	asClose
	asReopen
	asDelete
	asSent
	asNote
	asRead
	asUnread
	asNamed // as logged, with the decision's id: others name it
)

func (e *encoder) anchor(anchor, last inbox.Key, decisions []Decision) {
	e.number(moreAnchors)
	e.key(anchor, last)
	e.number(uint64(len(decisions)))
	n := uint64(0)
	for i := range decisions {
		d := &decisions[i]
		e.number(d.N - n)
		n = d.N
		e.number(uint64(d.Index))
		e.name(string(d.Author))
		e.name(d.Device)
		e.moment(d.At)
		e.number(d.N - min(d.Seen, d.N))
		e.event(anchor, d)
	}
}

func (e *encoder) event(anchor inbox.Key, d *Decision) {
	switch event := d.Event.(type) {
	case *Assign:
		e.number(asAssign)
		e.text(d.ID) // an undo names it
		e.name(string(event.To))
		e.name(string(event.Was))
		e.text(event.Undo)
	case *Close:
		e.number(asClose)
		e.flag(event.More)
		e.keys(event.Covers, anchor)
	case *Reopen:
		e.number(asReopen)
	case *Delete:
		e.number(asDelete)
		e.keys(event.Covers, anchor)
	case *Sent:
		e.number(asSent)
		e.key(event.Key, anchor)
		e.name(string(event.By))
	case *Note:
		e.number(asNote)
		e.text(event.Text)
		e.number(uint64(len(event.Mentions)))
		for _, member := range event.Mentions {
			e.name(string(member))
		}
	case *Read:
		e.number(asRead)
		e.moment(event.UpTo)
	case *Unread:
		e.number(asUnread)
	case *CRMLink, *CRMEntity, *CRMNote:
		e.number(asNamed)
		e.text(d.ID)
		e.logged(d.Event)
	default:
		e.number(asLogged)
		e.logged(d.Event)
	}
}

func (e *encoder) logged(event Event) {
	raw, err := Encode(event)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.text(string(raw))
}

func (e *encoder) flag(on bool) {
	if on {
		e.number(1)
		return
	}
	e.number(0)
}

func (e *encoder) keys(keys []inbox.Key, like inbox.Key) {
	e.number(uint64(len(keys)))
	for _, k := range keys {
		e.key(k, like)
	}
}
