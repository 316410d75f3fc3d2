package mime

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// param is one parameter of a structured header field, as written.
type param struct {
	name  string // lower case, without RFC 2231's marks
	value []byte // without quotes
	index int    // of a continuation, -1 for none
	ext   bool   // percent-encoded, with a charset in front (RFC 2231)
}

// params are a field's parameters in their order.
type params []param

// parseValue reads a structured value such as Content-Type's: the value in
// lower case and its parameters. It never gives up: what it cannot use is
// skipped up to the next semicolon.
func parseValue(raw []byte) (value string, ps params) {
	raw = raw[:min(len(raw), maxHeaderBytes)]
	if bytes.IndexByte(raw, '\n') >= 0 {
		raw = unfold(raw)
	}
	raw = trimSpace(raw)
	head, rest, _ := bytes.Cut(raw, []byte(";"))
	if i := bytes.IndexByte(head, '('); i >= 0 {
		head = head[:i]
	}
	head = trimSpace(head)
	if i := bytes.IndexAny(head, " \t\r\n"); i >= 0 {
		head = head[:i]
	}
	for len(rest) > 0 && len(ps) < maxParams {
		var p param
		var ok bool
		if p, rest, ok = nextParam(rest); ok {
			ps = append(ps, p)
		}
	}
	return lower(bytes.Trim(head, `"'`)), ps
}

func nextParam(in []byte) (p param, rest []byte, ok bool) {
	in = bytes.TrimLeft(in, " \t\r\n;")
	i := bytes.IndexAny(in, "=;")
	if i < 0 {
		return p, nil, false
	}
	if in[i] == ';' {
		return p, in[i+1:], false
	}
	p.setName(lower(trimSpace(in[:i])))
	p.value, rest = paramValue(bytes.TrimLeft(in[i+1:], " \t\r\n"))
	return p, rest, p.name != ""
}

func (p *param) setName(name string) {
	p.index = -1
	if base, ok := strings.CutSuffix(name, "*"); ok {
		name, p.ext = base, true
	}
	if base, number, ok := strings.Cut(name, "*"); ok {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			n = 0
		}
		name, p.index = base, n
	}
	if i := strings.LastIndexAny(name, " \t\r\n)"); i >= 0 {
		name = name[i+1:] // a comment or a lost semicolon in front of it
	}
	p.name = name
}

// paramValue reads a quoted or a bare value. A bare one runs to the semicolon:
// file names with blanks and no quotes are common.
func paramValue(in []byte) (value, rest []byte) {
	if len(in) == 0 || in[0] != '"' {
		v, rest, _ := bytes.Cut(in, []byte(";"))
		return trimSpace(v), rest
	}
	in = in[1:]
	i := bytes.IndexAny(in, `"\`)
	if i >= 0 && in[i] == '"' {
		return in[:i], afterValue(in[i+1:])
	}
	for i := 0; i < len(in); i++ {
		switch {
		case in[i] == '\\' && i+1 < len(in) && (in[i+1] == '"' || in[i+1] == '\\'):
			i++
		case in[i] == '"':
			return value, afterValue(in[i+1:])
		}
		value = append(value, in[i])
	}
	return value, nil // the closing quote is missing
}

func afterValue(in []byte) []byte {
	in = bytes.TrimLeft(in, " \t\r\n")
	if len(in) > 0 && in[0] == '(' {
		if i := bytes.IndexByte(in, ';'); i >= 0 {
			in = in[i:]
		}
	}
	return in
}

// raw gives the bytes of a parameter that is a plain token, such as charset or
// boundary, with continuations joined.
func (ps params) raw(name string) []byte {
	var pieces params
	for i := range ps {
		if ps[i].name != name {
			continue
		}
		if ps[i].index < 0 && !ps[i].ext {
			return ps[i].value
		}
		pieces = append(pieces, ps[i])
	}
	if len(pieces) == 0 {
		return nil
	}
	b, _ := joinPieces(pieces)
	return b
}

// token gives a plain parameter in lower case.
func (ps params) token(name string) string {
	v := trimSpace(ps.raw(name))
	if i := bytes.IndexAny(v, " \t\r\n("); i >= 0 {
		v = v[:i]
	}
	return lower(bytes.Trim(v, `"'`))
}

// text gives a parameter meant for people, such as filename: RFC 2231's form
// before the plain one, with encoded words (which have no place here and are
// everywhere) decoded.
func (ps params) text(name string) string {
	var whole, plain *param
	var pieces params
	for i := range ps {
		p := &ps[i]
		switch {
		case p.name != name:
		case p.index >= 0:
			pieces = append(pieces, *p)
		case p.ext && whole == nil:
			whole = p
		case !p.ext && plain == nil:
			plain = p
		}
	}
	if whole != nil {
		pieces = params{*whole}
	}
	if len(pieces) > 0 {
		b, charset := joinPieces(pieces)
		if charset == "" {
			return decodeHeader(b)
		}
		return oneLine(decodeText(b, charset))
	}
	if plain != nil {
		return decodeHeader(plain.value)
	}
	return ""
}

// joinPieces puts RFC 2231 continuations together. Sorting keeps it linear but
// for a logarithm, in whatever order and number they come.
func joinPieces(pieces params) (joined []byte, charset string) {
	slices.SortStableFunc(pieces, func(a, b param) int { return cmp.Compare(a.index, b.index) })
	for i, p := range pieces {
		if i > 0 && p.index == pieces[i-1].index {
			continue
		}
		v := p.value
		if i == 0 && p.ext {
			if parts := bytes.SplitN(v, []byte("'"), 3); len(parts) == 3 {
				charset, v = lower(parts[0]), parts[2]
			}
		}
		if p.ext {
			v = percentDecode(v)
		}
		joined = append(joined, v...)
	}
	if charset == "" && pieces[0].ext {
		charset = "utf-8"
	}
	return joined, charset
}

func percentDecode(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] == '%' && i+2 < len(in) {
			hi, lo := unhex(in[i+1]), unhex(in[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, in[i])
	}
	return out
}

// unhex gives a hexadecimal digit's value, or -1.
func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
