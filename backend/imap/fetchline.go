package imap

import (
	"bytes"
	"io"
	"strconv"
	"time"
)

const dateLayout = "_2-Jan-2006 15:04:05 -0700"

// fetchResponse is one FETCH response on its way through the reader. It is
// taken apart item by item and put together again with the UID first, because
// the library needs to know it before the body. The body is handed through as
// it comes from the network, unless it came before the UID.
type fetchResponse struct {
	open  bool // begun, and not ended
	given bool // its beginning is with the library: further items go there too
	drop  bool
	mode  int32
	seq   uint32
	uid   uint64
	items []byte // the items so far, each after a space, without the UID
	body  bool
	held  []byte // a body that came before the UID
	name  string // and its name
}

// beginFetch takes a FETCH response from after that word.
func (r *reader) beginFetch(seq uint32, valid bool, s *scanner) error {
	mode := r.sig.fetching.Load()
	r.fetch = fetchResponse{seq: seq, mode: mode, drop: !valid || mode == fetchNone, items: r.fetch.items[:0]}
	s.spaces()
	if !s.eat('(') {
		return protocolError("a FETCH response without a list")
	}
	r.fetch.open = true
	return r.fetchItems(s)
}

// fetchItems takes items up to the end of the response, or up to a literal
// that is to be handed through.
func (r *reader) fetchItems(s *scanner) error {
	for {
		s.spaces()
		if s.eat(')') {
			r.endFetch()
			return nil
		}
		name := s.attribute()
		if len(name) == 0 {
			return protocolError("a FETCH response that cannot be read")
		}
		handing, err := r.fetchItem(name, s)
		if err != nil || handing {
			return err
		}
	}
}

// attribute takes the name of an item, up to its section or value.
func (s *scanner) attribute() []byte {
	from := s.i
	for s.i < len(s.b) {
		c := s.b[s.i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			break
		}
		s.i++
	}
	return s.b[from:s.i]
}

// fetchItem takes one item, and reports whether it ends in a literal that the
// library reads itself.
func (r *reader) fetchItem(name []byte, s *scanner) (handing bool, err error) {
	f := &r.fetch
	if s.peek() == '[' {
		section, ok := s.section()
		if !ok {
			return false, protocolError("a FETCH item without the end of its section")
		}
		if is(name, "BODY") && !f.body && (len(section) == 0 || is(section, "HEADER")) {
			return r.fetchBody("BODY["+string(bytes.ToUpper(section))+"]", s)
		}
		return false, r.skipValue(s)
	}
	s.spaces()
	switch {
	case is(name, "UID"):
		if n, ok := s.number(); ok && n < 1<<32 && f.uid == 0 {
			f.uid = n
		}
		return false, nil
	case is(name, "RFC822.SIZE") && s.peek() != '-':
		if n, ok := s.number(); ok {
			r.item(strconv.AppendUint([]byte(" RFC822.SIZE "), n, 10))
		}
		return false, nil
	case is(name, "FLAGS"):
		if flags, ok := s.list(); ok {
			r.item(append(appendFlags([]byte(" FLAGS ("), flags), ')'))
			return false, nil
		}
	case is(name, "INTERNALDATE"):
		if date, ok := s.quoted(); ok {
			if _, err := time.Parse(dateLayout, string(date)); err == nil {
				r.item(append(append([]byte(` INTERNALDATE "`), date...), '"'))
			}
			return false, nil
		}
	}
	return false, r.skipValue(s)
}

// section takes "[…]" and the origin "<0>" that may follow, and gives what is
// between the brackets.
func (s *scanner) section() ([]byte, bool) {
	end := bytes.IndexByte(s.rest(), ']')
	if end < 0 {
		return nil, false
	}
	section := s.b[s.i+1 : s.i+end]
	s.i += end + 1
	if s.peek() == '<' {
		s.word()
	}
	return section, true
}

func (r *reader) item(b []byte) {
	if r.fetch.given {
		r.out = append(r.out, b...)
	} else {
		r.fetch.items = append(r.fetch.items, b...)
	}
}

// fetchBody takes the value of a body item: NIL, a string or, nearly always, a
// literal.
func (r *reader) fetchBody(name string, s *scanner) (handing bool, err error) {
	f := &r.fetch
	f.body, f.name = true, name
	s.spaces()
	if size, at, ok := literal(s.rest()); ok && at == 0 {
		return r.fetchLiteral(size, s)
	}
	if content, ok := s.quoted(); ok {
		f.held = append([]byte{}, content...)
		return false, nil
	}
	s.word()
	r.item([]byte(" " + name + " NIL"))
	return false, nil
}

func (r *reader) fetchLiteral(size int64, s *scanner) (handing bool, err error) {
	f := &r.fetch
	switch {
	case f.drop:
		err = r.skip(size)
	case size > r.maxBody:
		r.item([]byte(" " + f.name + " NIL"))
		err = r.skip(size)
	case f.uid == 0:
		f.held, err = readGrowing(r.in, size)
	default:
		r.giveBeginning()
		r.out = append(append(append(r.out, ' '), f.name...), " {"...)
		r.out = append(strconv.AppendInt(r.out, size, 10), "}\r\n"...)
		r.pass = size
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, r.nextSegment(s)
}

func (r *reader) giveBeginning() {
	f := &r.fetch
	f.given = true
	r.out = append(strconv.AppendUint(append(r.out, "* "...), uint64(f.seq), 10), " FETCH ("...)
	items := f.items
	if f.uid != 0 {
		r.out = strconv.AppendUint(append(r.out, "UID "...), f.uid, 10)
	} else {
		items = bytes.TrimPrefix(items, []byte(" "))
	}
	r.out = append(r.out, items...)
}

func (r *reader) endFetch() {
	f := &r.fetch
	f.open = false
	if !f.given {
		if f.drop || f.mode == fetchBody && !f.body {
			r.sig.changed()
			return
		}
		r.giveBeginning()
	}
	if f.held != nil && f.uid != 0 {
		r.out = append(append(append(r.out, ' '), f.name...), " {"...)
		r.out = append(strconv.AppendInt(r.out, int64(len(f.held)), 10), "}\r\n"...)
		r.out = append(r.out, f.held...)
	}
	f.held = nil
	r.out = append(r.out, ")\r\n"...)
}

func (r *reader) nextSegment(s *scanner) error {
	line, err := r.line()
	s.b, s.i = line, 0
	return err
}

// skipValue passes over the value of an item that was not asked for.
func (r *reader) skipValue(s *scanner) error {
	s.spaces()
	if s.peek() == '(' {
		return r.skipList(s)
	}
	if size, at, ok := literal(s.rest()); ok && at == 0 {
		return r.skipLiteral(size, s)
	}
	if _, ok := s.quoted(); ok {
		return nil
	}
	if len(s.word()) == 0 {
		return protocolError("a FETCH item without a value")
	}
	return nil
}

func (r *reader) skipLiteral(size int64, s *scanner) error {
	if err := r.skip(size); err != nil {
		return err
	}
	return r.nextSegment(s)
}

func (r *reader) skipList(s *scanner) error {
	for depth := 0; ; {
		switch s.peek() {
		case 0:
			if s.end() {
				return protocolError("a FETCH list without an end")
			}
		case '(':
			depth++
		case ')':
			depth--
		case '"':
			if _, ok := s.quoted(); ok {
				continue
			}
		case '{':
			if size, at, ok := literal(s.rest()); ok && at == 0 {
				if err := r.skipLiteral(size, s); err != nil {
					return err
				}
				continue
			}
		}
		if s.i++; depth == 0 {
			return nil
		}
	}
}

// readGrowing reads size bytes without believing the size before they are
// there.
func readGrowing(in io.Reader, size int64) ([]byte, error) {
	const believed = 1 << 20
	if size <= believed {
		b := make([]byte, size)
		_, err := io.ReadFull(in, b)
		return b, err
	}
	var b bytes.Buffer
	b.Grow(believed)
	if n, err := io.CopyN(&b, in, size); err != nil {
		return nil, err
	} else if n < size {
		return nil, io.ErrUnexpectedEOF
	}
	return b.Bytes(), nil
}
