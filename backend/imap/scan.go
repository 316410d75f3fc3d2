package imap

import (
	"bytes"
	"strconv"
)

// scanner walks over one line of a response. Its methods never fail: they take
// what is there, and the caller sees from the result whether that was it.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) rest() []byte { return s.b[s.i:] }
func (s *scanner) end() bool    { return s.i >= len(s.b) }

func (s *scanner) peek() byte {
	if s.end() {
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) spaces() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t') {
		s.i++
	}
}

func (s *scanner) eat(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// word takes everything up to a space, a parenthesis or the end.
func (s *scanner) word() []byte {
	from := s.i
	for s.i < len(s.b) {
		if c := s.b[s.i]; c == ' ' || c == '\t' || c == '(' || c == ')' {
			break
		}
		s.i++
	}
	return s.b[from:s.i]
}

// quoted takes a quoted string and gives its content.
func (s *scanner) quoted() (content []byte, ok bool) {
	if s.peek() != '"' {
		return nil, false
	}
	from := s.i + 1
	for i := from; i < len(s.b); i++ {
		switch s.b[i] {
		case '\\':
			i++
		case '"':
			s.i = i + 1
			return unescape(s.b[from:i]), true
		}
	}
	return nil, false
}

// list takes a list without lists in it, such as flags, and gives what is
// between the parentheses.
func (s *scanner) list() (content []byte, ok bool) {
	if s.peek() != '(' {
		return nil, false
	}
	n := bytes.IndexByte(s.rest(), ')')
	if n < 0 {
		return nil, false
	}
	content = s.b[s.i+1 : s.i+n]
	s.i += n + 1
	return content, true
}

// number takes a word that must be a number of at most 63 bits.
func (s *scanner) number() (uint64, bool) {
	n, err := strconv.ParseUint(string(s.word()), 10, 63)
	return n, err == nil
}

func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) {
			i++
		}
		out = append(out, b[i])
	}
	return out
}

// is compares a word without regard to case. Want is in capitals.
func is(word []byte, want string) bool {
	if len(word) != len(want) {
		return false
	}
	for i, c := range word {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != want[i] {
			return false
		}
	}
	return true
}

// atom reports whether the library takes word as an atom.
func atom(word []byte) bool {
	for _, c := range word {
		if c <= ' ' || c >= 0x7f || c == '(' || c == ')' || c == '{' || c == '%' || c == '*' || c == '"' || c == '\\' || c == ']' {
			return false
		}
	}
	return len(word) > 0
}

// literal finds a literal's announcement, {123} or {123+}, at the end of a
// line. At is where it begins, a tilde (RFC 3516) included.
func literal(line []byte) (size int64, at int, ok bool) {
	if len(line) < 3 || line[len(line)-1] != '}' {
		return 0, 0, false
	}
	at = bytes.LastIndexByte(line, '{')
	if at < 0 {
		return 0, 0, false
	}
	digits := bytes.TrimSuffix(line[at+1:len(line)-1], []byte("+"))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || size < 0 || digits[0] == '+' {
		return 0, 0, false
	}
	if at > 0 && line[at-1] == '~' {
		at--
	}
	return size, at, true
}
