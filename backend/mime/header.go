package mime

import "bytes"

// field is one header field as it stands in the mail: value is raw and folded,
// without its last line end.
type field struct{ name, value []byte }

// header is a part's fields in their order. The first of a name counts.
type header []field

// get gives the raw value of the first field of that name, or nil.
func (h header) get(name string) []byte {
	for i := range h {
		if equalFold(h[i].name, name) {
			return h[i].value
		}
	}
	return nil
}

// has says whether there is such a field, empty or not.
func (h header) has(name string) bool {
	for i := range h {
		if equalFold(h[i].name, name) {
			return true
		}
	}
	return false
}

// token gives the value's first word in lower case, without comments: what
// Content-Transfer-Encoding, Precedence and their like consist of.
func (h header) token(name string) string {
	v := trimSpace(h.get(name))
	if len(v) > 0 && v[0] == '(' {
		if i := bytes.IndexByte(v, ')'); i >= 0 {
			v = trimSpace(v[i+1:])
		}
	}
	if i := bytes.IndexAny(v, " \t\r\n;("); i >= 0 {
		v = v[:i]
	}
	return lower(bytes.Trim(v, `"'`))
}

// text gives the decoded value in one line.
func (h header) text(name string) string { return decodeHeader(h.get(name)) }

// headerReader splits the header off the front of a part. It takes what is
// there: lines that are no fields are skipped, and where nothing but such lines
// follows, the body is taken to begin without an empty line.
type headerReader struct {
	data     []byte
	pos      int
	room     int                    // bytes of header that may still be kept
	boundary func(line []byte) bool // ends the header too; nil for none
	fields   header
	value    int // where the last field's value begins
	stray    int // where the first of the latest stray lines begins, or -1
	skip     bool
	over     bool // the limits left something out
}

// read gives the offset at which the body begins.
func (r *headerReader) read() int {
	start := r.pos
	r.stray, r.skip = -1, true
	if r.boundary == nil {
		r.fields = make(header, 0, 24) // what a message commonly has
	}
	for r.pos < len(r.data) {
		end, next := lineAt(r.data, r.pos)
		line := r.data[r.pos:end]
		if len(line) == 0 {
			return r.bodyAt(next)
		}
		if r.boundary != nil && line[0] == '-' && r.boundary(line) {
			return r.bodyAt(r.pos)
		}
		if !r.over {
			r.takeWithin(line, max(0, start+r.room-r.pos))
		}
		r.pos = next
	}
	return r.bodyAt(len(r.data))
}

// takeWithin takes what fits of a line; where something did not, it was the last.
func (r *headerReader) takeWithin(line []byte, room int) {
	if len(line) > room {
		r.over, line = true, line[:room]
	}
	if len(r.fields) >= maxFields {
		r.over = true
	} else if len(line) > 0 {
		r.take(line, r.pos+len(line))
	}
}

func (r *headerReader) take(line []byte, end int) {
	if line[0] == ' ' || line[0] == '\t' {
		if !r.skip {
			r.fields[len(r.fields)-1].value = r.data[r.value:end]
		}
		return
	}
	colon := fieldName(line)
	if colon < 0 {
		r.skip = true
		if r.stray < 0 && !isMboxLine(line) {
			r.stray = r.pos
		}
		return
	}
	r.skip, r.stray = false, -1
	r.value = r.pos + colon + 1
	r.fields = append(r.fields, field{
		name:  bytes.TrimRight(line[:colon], " \t"),
		value: r.data[r.value:end],
	})
}

func (r *headerReader) bodyAt(next int) int {
	if r.stray >= 0 && !r.over {
		return r.stray
	}
	return next
}

// fieldName gives the offset of the colon that ends a field's name, or -1 when
// the line does not begin with one (RFC 5322, 2.2; blanks before the colon are
// let pass).
func fieldName(line []byte) int {
	blank := false
	for i, c := range line {
		switch {
		case c == ':':
			if i == 0 {
				return -1
			}
			return i
		case c == ' ' || c == '\t':
			blank = true
		case c < 0x21 || c > 0x7e || blank:
			return -1
		}
	}
	return -1
}

// isMboxLine recognises what mailbox files put in front of a message.
func isMboxLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// lineAt gives the end of the line that begins at pos, without its line end,
// and where the next one begins.
func lineAt(data []byte, pos int) (end, next int) {
	i := bytes.IndexByte(data[pos:], '\n')
	if i < 0 {
		return len(data), len(data)
	}
	end, next = pos+i, pos+i+1
	if end > pos && data[end-1] == '\r' {
		end--
	}
	return end, next
}
