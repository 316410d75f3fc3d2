package mime

import "bytes"

// part is one entity of a message: a leaf with a body, or a multipart with
// parts.
type part struct {
	head   header
	typ    string // media type, lower case; what stands for it when it is missing
	params params
	body   []byte // as transported
	kids   []*part
	parent *part

	boundary []byte // of a multipart that is walked
	start    int    // where the body begins
	deep     bool   // a multipart beyond maxDepth, kept as a file
}

// multipart says whether the part has parts of its own.
func (p *part) multipart() bool { return len(p.kids) > 0 }

// in says whether the part is a direct part of a multipart of that type.
func (p *part) in(typ string) bool { return p.parent != nil && p.parent.typ == typ }

// decoded gives the body without its transfer encoding.
func (p *part) decoded() []byte {
	return decodeTransfer(p.body, p.head.token("Content-Transfer-Encoding"))
}

// walker splits a message into parts in one pass over its bytes. The open
// multiparts are a stack of at most maxDepth; a line ends a part when it is a
// boundary of any of them, so a lost closing line costs nothing.
type walker struct {
	data  []byte
	pos   int
	open  []*part
	cut   map[string]bool // boundaries of multiparts that an outer one cut short
	leaf  *part           // the part whose body is being passed over
	parts int
	room  int
	warn  *warnings
}

// walk gives the root part. There always is one.
func walk(data []byte, warn *warnings) *part {
	w := &walker{data: data, room: maxHeaderBytes, warn: warn}
	root := w.begin(nil)
	for len(w.open) > 0 {
		mark := w.seek()
		w.leave(mark)
		switch {
		case mark.owner < 0:
			return root
		case w.parts >= maxParts && !mark.closing:
			warn.add("This message has more parts than are read; the rest was left out.")
			w.leave(boundaryMark{at: len(data), owner: -1})
			return root
		case mark.closing:
			w.leave(boundaryMark{at: mark.at, owner: mark.owner - 1})
		default:
			w.begin(w.open[mark.owner])
		}
	}
	w.leave(boundaryMark{at: len(data), owner: -1})
	return root
}

// begin reads the header at pos and opens the part that it describes.
func (w *walker) begin(parent *part) *part {
	p := &part{parent: parent}
	w.parts++
	w.readHeader(p)
	p.setType()
	if parent != nil {
		parent.kids = append(parent.kids, p)
	}
	p.start = w.pos
	if !bytes.HasPrefix([]byte(p.typ), []byte("multipart/")) || !w.openMultipart(p) {
		w.leaf = p
	}
	return p
}

func (w *walker) readHeader(p *part) {
	r := headerReader{data: w.data, pos: w.pos, room: w.room}
	if p.parent == nil {
		r.pos = skipBlankLines(w.data)
	} else {
		r.boundary = func(line []byte) bool { return w.match(line).owner >= 0 }
	}
	from := r.pos
	w.pos = r.read()
	w.room = max(0, w.room-(w.pos-from))
	if r.over {
		w.warn.add("This message has more header lines than are read; the rest was left out.")
	}
	p.head = r.fields
}

// setType reads Content-Type. What is missing or makes no sense is plain text
// (RFC 2045, 5.2), or a message within a digest.
func (p *part) setType() {
	p.typ, p.params = parseValue(p.head.get("Content-Type"))
	switch {
	case bytes.IndexByte([]byte(p.typ), '/') > 0:
	case p.typ == "" && p.in("multipart/digest"):
		p.typ = "message/rfc822"
	case p.typ == "html":
		p.typ = "text/html"
	case p.typ == "multipart":
		p.typ = "multipart/mixed"
	default:
		p.typ = "text/plain"
	}
}

func (w *walker) openMultipart(p *part) bool {
	if len(w.open) >= maxDepth {
		w.warn.add("This message is nested too deeply to be read; what lies deeper is kept as a file.")
		p.deep = true
		return false
	}
	p.boundary = bytes.TrimRight(p.params.raw("boundary"), " \t\r\n")
	if len(p.boundary) == 0 {
		p.boundary = w.likelyBoundary()
	}
	if len(p.boundary) == 0 {
		return false
	}
	w.open = append(w.open, p)
	return true
}

// likelyBoundary takes the first line that looks like one, for multiparts whose
// boundary parameter got lost.
func (w *walker) likelyBoundary() []byte {
	window := w.data[w.pos:min(len(w.data), w.pos+4096)]
	for pos := 0; pos < len(window); {
		end, next := lineAt(window, pos)
		line := bytes.TrimRight(window[pos:end], " \t")
		if len(line) > 3 && len(line) < 200 && line[0] == '-' && line[1] == '-' {
			if w.match(line).owner >= 0 {
				return nil
			}
			return line[2:]
		}
		pos = next
	}
	return nil
}

// boundaryMark is a boundary line: where it begins and ends, and whose it is.
type boundaryMark struct {
	at, next int
	owner    int // index into open, -1 for none: the data's end
	closing  bool
}

// seek finds the next boundary line at or after pos and moves behind it.
func (w *walker) seek() boundaryMark {
	for at := w.pos; at < len(w.data); {
		if !bytes.HasPrefix(w.data[at:], []byte("--")) {
			i := bytes.Index(w.data[at:], []byte("\n--"))
			if i < 0 {
				break
			}
			at += i + 1
		}
		end, next := lineAt(w.data, at)
		if m := w.match(w.data[at:end]); m.owner >= 0 {
			m.at, m.next = at, next
			w.pos = next
			return m
		}
		at = next
	}
	w.pos = len(w.data)
	return boundaryMark{at: len(w.data), owner: -1}
}

// match says whose boundary a line is, the innermost one's first.
func (w *walker) match(line []byte) boundaryMark {
	if len(line) < 3 || line[0] != '-' || line[1] != '-' {
		return boundaryMark{owner: -1}
	}
	line = line[2:]
	for i := len(w.open) - 1; i >= 0; i-- {
		if !bytes.HasPrefix(line, w.open[i].boundary) {
			continue
		}
		tail := bytes.TrimRight(line[len(w.open[i].boundary):], " \t\r")
		if len(tail) == 0 {
			return boundaryMark{owner: i}
		}
		if bytes.HasPrefix(tail, []byte("--")) {
			return boundaryMark{owner: i, closing: true}
		}
	}
	if len(w.cut) > 0 && w.cut[string(bytes.TrimRight(line, "- \t\r"))] {
		return boundaryMark{owner: len(w.open) - 1}
	}
	return boundaryMark{owner: -1}
}

// leave ends the leaf and all multiparts inside the mark's owner.
func (w *walker) leave(m boundaryMark) {
	end := m.at
	if m.owner >= 0 || end < len(w.data) {
		end = beforeLineEnd(w.data, end)
	} else {
		end = w.beforeLastBoundary(end)
	}
	if w.leaf != nil {
		w.leaf.body = w.data[w.leaf.start:max(w.leaf.start, end)]
		w.leaf = nil
	}
	for len(w.open) > m.owner+1 {
		p := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		p.body = w.data[p.start:max(p.start, end)]
		if m.next > 0 {
			w.cutShort(p) // another one's boundary, not its own
		}
	}
}

// cutShort remembers the boundary of a multipart that did not end by itself:
// where parts of two multiparts are interleaved it goes on separating.
func (w *walker) cutShort(p *part) {
	if w.cut == nil {
		w.cut = make(map[string]bool)
	}
	w.cut[string(bytes.TrimRight(p.boundary, "- \t"))] = true
}

// beforeLastBoundary steps back over a closing boundary at the data's very end
// that has lost the line end in front of it.
func (w *walker) beforeLastBoundary(end int) int {
	tail := bytes.TrimRight(w.data[:end], " \t\r\n")
	for i := len(w.open) - 1; i >= 0; i-- {
		rest, ok := bytes.CutSuffix(tail, []byte("--"))
		if ok {
			rest, ok = bytes.CutSuffix(rest, w.open[i].boundary)
		}
		if ok && bytes.HasSuffix(rest, []byte("--")) {
			return len(rest) - 2
		}
	}
	return end
}

// beforeLineEnd steps back over the line end that belongs to the boundary.
func beforeLineEnd(data []byte, at int) int {
	if at > 0 && data[at-1] == '\n' {
		at--
		if at > 0 && data[at-1] == '\r' {
			at--
		}
	}
	return at
}

// skipBlankLines finds where a message begins that has blank lines in front of
// its header.
func skipBlankLines(data []byte) int {
	pos := 0
	for pos < len(data) {
		end, next := lineAt(data, pos)
		if line := data[pos:end]; len(line) > 0 {
			if fieldName(line) > 0 || isMboxLine(line) {
				return pos
			}
			return 0
		}
		pos = next
	}
	return 0
}
