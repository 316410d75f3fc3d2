package imap

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// account mends what servers say about an account: MYRIGHTS, QUOTA, QUOTAROOT,
// NAMESPACE and ID. It reports whether it could; then a whole response was
// appended.
func (r *reader) account(kind string, s *scanner) bool {
	begin := len(r.out)
	ok := false
	switch kind {
	case "MYRIGHTS":
		ok = r.rights(s)
	case "QUOTA":
		ok = r.quota(s)
	case "QUOTAROOT":
		ok = r.quotaRoot(s)
	case "NAMESPACE":
		ok = r.namespace(s)
	case "ID":
		ok = r.identity(s)
	}
	if !ok {
		r.out = r.out[:begin]
		return false
	}
	r.out = append(r.out, "\r\n"...)
	return true
}

// text takes a quoted string or a word.
func (s *scanner) text() ([]byte, bool) {
	s.spaces()
	if text, ok := s.quoted(); ok {
		return text, true
	}
	word := s.word()
	return word, len(word) > 0
}

// rights takes the last thing on the line. The name before it is that of the
// folder that was asked about.
func (r *reader) rights(s *scanner) bool {
	var rights []byte
	found := 0
	for !s.end() && found < 100 {
		text, ok := s.text()
		if !ok {
			break
		}
		rights, found = text, found+1
	}
	letters := bytes.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, rights)
	r.out = appendQuoted(append(r.out, `* MYRIGHTS "INBOX" `...), letters)
	return found >= 2
}

// quota takes a root and its resources.
func (r *reader) quota(s *scanner) bool {
	root, ok := s.text()
	s.spaces()
	list, found := s.list()
	if root, fine := plain(root); ok && found && fine {
		r.out = append(appendQuoted(append(r.out, "* QUOTA "...), root), " ("...)
	} else {
		return false
	}
	sep := ""
	for fields := bytes.Fields(list); len(fields) >= 3; fields = fields[3:] {
		usage, err := strconv.ParseInt(string(fields[1]), 10, 64)
		limit, err2 := strconv.ParseInt(string(fields[2]), 10, 64)
		if err != nil || err2 != nil || usage < 0 || limit < 0 || !atom(fields[0]) {
			continue
		}
		r.out = append(append(r.out, sep...), fields[0]...)
		r.out = strconv.AppendInt(append(r.out, ' '), usage, 10)
		r.out = strconv.AppendInt(append(r.out, ' '), limit, 10)
		sep = " "
	}
	r.out = append(r.out, ')')
	return true
}

// quotaRoot takes a folder and the roots that count for it.
func (r *reader) quotaRoot(s *scanner) bool {
	folder, ok := s.text()
	if !ok || len(folder) > 1024 || !validUTF7(string(folder)) {
		return false
	}
	r.out = appendQuoted(append(r.out, "* QUOTAROOT "...), folder)
	for range 100 {
		root, ok := s.text()
		if !ok {
			break
		}
		if root, fine := plain(root); fine {
			r.out = appendQuoted(append(r.out, ' '), root)
		}
	}
	return true
}

// plain takes text that can stand between quotes as it is.
func plain(text []byte) ([]byte, bool) {
	if len(text) > 1024 || !utf8.Valid(text) {
		return nil, false
	}
	return text, bytes.IndexFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }) < 0
}

// namespace takes the three lists of prefixes.
func (r *reader) namespace(s *scanner) bool {
	r.out = append(r.out, "* NAMESPACE"...)
	for range 3 {
		s.spaces()
		r.out = append(r.out, ' ')
		if s.peek() != '(' {
			s.word()
			r.out = append(r.out, "NIL"...)
			continue
		}
		if !r.prefixes(s) {
			return false
		}
	}
	return true
}

// prefixes takes one list: ("prefix" "delimiter" and whatever else) and so on.
func (r *reader) prefixes(s *scanner) bool {
	s.eat('(')
	begin, given := len(r.out), 0
	for range 1000 {
		s.spaces()
		if s.eat(')') {
			if given == 0 {
				r.out = append(r.out[:begin], "NIL"...)
			} else {
				r.out = append(r.out, ')')
			}
			return true
		}
		if !s.eat('(') {
			return false
		}
		prefix, ok := s.text()
		s.spaces()
		delimiter, quoted := s.quoted()
		if !quoted {
			s.word() // NIL
		}
		if !ok || !s.closing() {
			return false
		}
		prefix, fine := plain(prefix)
		if !fine {
			continue
		}
		if given++; given == 1 {
			r.out = append(r.out, '(')
		}
		r.out = append(appendQuoted(append(r.out, '('), prefix), ' ')
		if utf8.RuneCount(delimiter) == 1 && utf8.Valid(delimiter) && delimiter[0] >= ' ' {
			r.out = appendQuoted(r.out, delimiter)
		} else {
			r.out = append(r.out, "NIL"...)
		}
		r.out = append(r.out, ')')
	}
	return false
}

// closing passes over everything up to the parenthesis that ends the present
// list, and over that.
func (s *scanner) closing() bool {
	for depth := 1; !s.end(); {
		if _, ok := s.quoted(); ok {
			continue
		}
		switch s.peek() {
		case '(':
			depth++
		case ')':
			depth--
		}
		if s.i++; depth == 0 {
			return true
		}
	}
	return false
}

// identity takes the name and the vendor; the rest is nobody's business.
func (r *reader) identity(s *scanner) bool {
	s.spaces()
	if !s.eat('(') {
		return false
	}
	r.out = append(r.out, "* ID ("...)
	sep := ""
	for range 100 {
		key, ok := s.text()
		value, also := s.text()
		if !ok || !also {
			break
		}
		value, fine := plain(value)
		if !fine || !is(key, "NAME") && !is(key, "VENDOR") {
			continue
		}
		r.out = appendQuoted(append(r.out, sep...), bytes.ToLower(key))
		r.out = appendQuoted(append(r.out, ' '), value)
		sep = " "
	}
	r.out = append(r.out, ')')
	return sep != ""
}
