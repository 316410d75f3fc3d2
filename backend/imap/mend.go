package imap

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// tagged mends the answer that ends a command. The library's tags are T1, T2, …
func (r *reader) tagged(line []byte) error {
	s := scanner{b: line}
	tag := s.word()
	if _, err := strconv.ParseUint(string(tag[1:]), 10, 64); err != nil {
		return notAResponse(line)
	}
	s.spaces()
	status := s.word()
	if !is(status, "OK") && !is(status, "NO") && !is(status, "BAD") {
		return protocolError("a command ended neither with OK nor with NO nor with BAD")
	}
	if wanted := r.sig.selecting.Load(); wanted != nil && *wanted == string(tag) {
		r.sig.selecting.Store(nil)
	}
	r.out = append(r.out, tag...)
	r.status(status, &s)
	return nil
}

// untagged mends, or drops, everything that begins with a star.
func (r *reader) untagged(line []byte) error {
	s := scanner{b: line, i: 1}
	s.spaces()
	word := s.word()
	if len(word) > 0 && word[0] >= '0' && word[0] <= '9' {
		return r.numbered(word, &s, line)
	}
	switch {
	case is(word, "OK"), is(word, "NO"), is(word, "BAD"), is(word, "PREAUTH"):
		r.out = append(r.out, '*')
		r.status(word, &s)
		return nil
	case is(word, "BYE"):
		words := string(clean(s.rest()))
		r.sig.bye.CompareAndSwap(nil, &words)
		r.out = append(r.out, '*')
		r.status(word, &s)
		return nil
	case is(word, "SEARCH"):
		r.search(&s)
		return nil
	}
	kind := string(bytes.ToUpper(word))
	whole, ok, err := r.whole(line)
	if err != nil {
		return err
	}
	s.b = whole // the word lies before any literal
	if !ok || !r.data(kind, &s) {
		r.drop(kind)
	}
	return nil
}

// data mends the untagged responses that Postvak asks for, and reports whether
// it could. VANISHED, XLIST, ESEARCH and whatever else comes are not among
// them.
func (r *reader) data(kind string, s *scanner) bool {
	switch kind {
	case "CAPABILITY":
		r.out = append(r.out, "* CAPABILITY"...)
		r.atoms(s.rest())
	case "FLAGS":
		s.spaces()
		flags, ok := s.list()
		if !ok {
			return false
		}
		r.out = append(appendFlags(append(r.out, "* FLAGS ("...), flags), ')')
	case "LIST":
		return r.folder(s)
	case "STATUS":
		return r.folderStatus(s)
	default:
		return r.account(kind, s)
	}
	r.out = append(r.out, "\r\n"...)
	return true
}

// numbered mends EXISTS, EXPUNGE and FETCH.
func (r *reader) numbered(digits []byte, s *scanner, line []byte) error {
	n, err := strconv.ParseUint(string(digits), 10, 32)
	s.spaces()
	word := s.word()
	switch {
	case is(word, "FETCH"):
		return r.beginFetch(uint32(n), err == nil && n > 0, s)
	case err == nil && is(word, "EXISTS"):
		if r.sig.selecting.Load() == nil {
			r.sig.changed()
		}
		r.out = append(strconv.AppendUint(append(r.out, "* "...), n, 10), " EXISTS\r\n"...)
		return nil
	case err == nil && n > 0 && is(word, "EXPUNGE"):
		r.sig.expunged.Add(1)
		r.sig.changed()
		r.out = append(strconv.AppendUint(append(r.out, "* "...), n, 10), " EXPUNGE\r\n"...)
		return nil
	}
	if !is(word, "RECENT") {
		r.drop(string(word))
	}
	_, _, err = r.whole(line)
	return err
}

// search gives the numbers sorted, each once: the library's set takes sorted
// numbers in no time and unsorted ones in a very long time.
func (r *reader) search(s *scanner) {
	var numbers []uint32
	for s.spaces(); !s.end(); s.spaces() {
		if s.peek() == '(' { // MODSEQ
			break
		}
		at := s.i
		if n, err := strconv.ParseUint(string(s.word()), 10, 32); err == nil && n > 0 {
			numbers = append(numbers, uint32(n))
		}
		if s.i == at {
			s.i++
		}
	}
	slices.Sort(numbers)
	r.out = append(r.out, "* SEARCH"...)
	for _, n := range slices.Compact(numbers) {
		r.out = strconv.AppendUint(append(r.out, ' '), uint64(n), 10)
	}
	r.out = append(r.out, "\r\n"...)
}

// status mends what follows a tag or a star: the word, a response code where
// it is one that can be read, and the text.
func (r *reader) status(word []byte, s *scanner) {
	r.out = append(append(r.out, ' '), bytes.ToUpper(word)...)
	s.spaces()
	if s.peek() == '[' {
		if end := codeEnd(s.rest()); end > 0 {
			r.code(s.rest()[1:end])
			s.i += end + 1
		}
	}
	// A bracket would begin another code.
	if text := bytes.TrimLeft(clean(s.rest()), "["); len(text) > 0 {
		r.out = append(append(r.out, ' '), text...)
	}
	r.out = append(r.out, "\r\n"...)
}

// codeEnd finds the bracket that ends a response code. Flags with brackets in
// them stand in parentheses, and the code ends after those.
func codeEnd(b []byte) int {
	if open := bytes.IndexByte(b, '('); open >= 0 {
		if end := bytes.IndexByte(b, ']'); end < 0 || open < end {
			if end = bytes.Index(b, []byte(")]")); end >= 0 {
				return end + 1
			}
		}
	}
	return bytes.IndexByte(b, ']')
}

// code appends a response code. Of those that the library reads it makes sure
// that they can be read; of others only the name is kept.
func (r *reader) code(code []byte) {
	s := scanner{b: code}
	s.spaces()
	name := bytes.ToUpper(s.word())
	s.spaces()
	if !atom(name) {
		return
	}
	begin := len(r.out)
	r.out = append(append(r.out, " ["...), name...)
	ok := true
	switch string(name) {
	case "CAPABILITY":
		r.atoms(s.rest())
	case "PERMANENTFLAGS":
		flags, found := s.list()
		ok = found
		r.out = append(appendFlags(append(r.out, " ("...), flags), ')')
	case "UIDNEXT", "UIDVALIDITY":
		ok = r.numbers(&s, 1)
	case "APPENDUID":
		ok = r.numbers(&s, 2)
	case "COPYUID", "HIGHESTMODSEQ", "CLOSED":
		ok = false // not asked for
	}
	if r.out = append(r.out, ']'); !ok {
		r.out = r.out[:begin]
	}
}

// numbers appends n positive numbers of 32 bits and reports whether they were
// there, and nothing else.
func (r *reader) numbers(s *scanner, n int) bool {
	for range n {
		s.spaces()
		v, ok := s.number()
		if !ok || v == 0 || v >= 1<<32 {
			return false
		}
		r.out = strconv.AppendUint(append(r.out, ' '), v, 10)
	}
	s.spaces()
	return s.end()
}

func (r *reader) atoms(list []byte) {
	for _, word := range bytes.Fields(list) {
		if atom(word) {
			r.out = append(append(r.out, ' '), word...)
		}
	}
}

// appendFlags appends those flags that the library takes. Others, with a
// bracket or a bare backslash in them, are not ours anyway.
func appendFlags(to, list []byte) []byte {
	first := true
	for len(list) > 0 {
		var flag []byte
		flag, list, _ = bytes.Cut(list, []byte(" "))
		if !atom(bytes.TrimPrefix(flag, []byte(`\`))) && string(flag) != `\*` {
			continue
		}
		if !first {
			to = append(to, ' ')
		}
		to, first = append(to, flag...), false
	}
	return to
}

// folder mends a LIST response: attributes, delimiter, name. What else may
// follow (RFC 5258) is left out. A name that does not decode could not be
// selected either; such a folder is left out too.
func (r *reader) folder(s *scanner) bool {
	s.spaces()
	attrs, ok := s.list()
	if !ok {
		return false
	}
	s.spaces()
	delimiter, quoted := s.quoted()
	if !quoted {
		s.word() // NIL
	}
	s.spaces()
	name, ok := folderName(s, true)
	if !ok {
		return false
	}
	r.out = append(appendFlags(append(r.out, "* LIST ("...), attrs), ") "...)
	if utf8.RuneCount(delimiter) == 1 && utf8.Valid(delimiter) && delimiter[0] >= ' ' {
		r.out = appendQuoted(r.out, delimiter)
	} else {
		r.out = append(r.out, "NIL"...)
	}
	r.out = append(appendQuoted(append(r.out, ' '), name), "\r\n"...)
	return true
}

// folderName takes a name, also one that should have been quoted: where it is
// the last thing on the line it goes on to the end.
func folderName(s *scanner, last bool) ([]byte, bool) {
	name, quoted := s.quoted()
	if !quoted && last {
		name, _, _ = bytes.Cut(s.rest(), []byte(" ("))
		name = bytes.TrimRight(name, " ")
	} else if !quoted {
		end := bytes.LastIndexByte(s.rest(), '(')
		if end < 0 {
			return nil, false
		}
		name = bytes.TrimRight(s.rest()[:end], " ")
		s.i += end
	}
	return name, len(name) > 0 && len(name) <= 1024 && validUTF7(string(name))
}

// folderStatus mends a STATUS response.
func (r *reader) folderStatus(s *scanner) bool {
	s.spaces()
	name, ok := folderName(s, false)
	if !ok {
		return false
	}
	s.spaces()
	list, ok := s.list()
	if !ok {
		return false
	}
	r.out = append(appendQuoted(append(r.out, "* STATUS "...), name), " ("...)
	sep := ""
	for fields := bytes.Fields(list); len(fields) >= 2; fields = fields[2:] {
		n, err := strconv.ParseUint(string(fields[1]), 10, 32)
		if err != nil || !(is(fields[0], "MESSAGES") || is(fields[0], "UIDNEXT") || is(fields[0], "UIDVALIDITY")) {
			continue
		}
		r.out = append(append(append(r.out, sep...), fields[0]...), ' ')
		r.out = strconv.AppendUint(r.out, n, 10)
		sep = " "
	}
	if sep == "" {
		r.out = r.out[:bytes.LastIndex(r.out, []byte("* STATUS "))]
		return false
	}
	r.out = append(r.out, ")\r\n"...)
	return true
}

// clean makes text that can stand in one line and in an error: no control
// characters, no more than a kilobyte, valid UTF-8.
func clean(b []byte) []byte {
	b = bytes.TrimSpace(b[:min(len(b), 1024)])
	out := make([]byte, 0, len(b))
	for _, c := range bytes.ToValidUTF8(b, []byte("?")) {
		if c < ' ' || c == 0x7f {
			c = ' '
		}
		out = append(out, c)
	}
	return bytes.TrimSpace(out)
}
