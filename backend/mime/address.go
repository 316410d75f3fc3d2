package mime

import (
	"strings"

	"postvak/backend/inbox"
)

// parseAddresses reads an address list as people and programs really write it:
// groups, comments, quotes that never end, names with bare commas, missing
// brackets, raw UTF-8 (RFC 5322, 3.4, and far beyond).
func parseAddresses(raw []byte) []inbox.Address {
	if len(raw) == 0 {
		return nil
	}
	r := addressReader{s: headerString(raw)}
	r.read()
	return r.out
}

// addressReader goes over a list once. Between two separators it collects what
// stands outside of brackets twice: as a phrase (quotes and comments removed)
// and as it was written, for addresses without brackets.
type addressReader struct {
	s   string
	pos int
	out []inbox.Address

	phrase  strings.Builder
	spec    strings.Builder
	comment string
	angle   string
	bracket bool   // there was an angle bracket
	carry   string // a phrase whose address may follow a bare comma

	trailing             bool // words behind a bracket that may be mere rubbish
	noQuotes, noComments bool // none of them ends from here on
	nested               bool // read out of an encoded word
}

func (r *addressReader) read() {
	for r.pos < len(r.s) && len(r.out) < maxAddresses {
		c := r.s[r.pos]
		switch {
		case c == '"' && !r.noQuotes:
			r.quoted()
		case c == '(' && !r.noComments:
			r.inComment()
		case c == '<':
			r.inAngle()
		case c == ',' || c == ';':
			r.pos++
			r.finish(c == ';')
		case c == ':' && !r.bracket && !strings.Contains(r.spec.String(), "@"):
			r.pos++
			r.clear() // a group's name, or "mailto"
			r.carry = ""
		default:
			r.plain(c)
		}
	}
	r.finish(true)
}

// plain takes one ordinary byte. Text behind a bracket begins the next address:
// the comma between them is missing.
func (r *addressReader) plain(c byte) {
	r.pos++
	if c == '>' {
		return // one bracket too many
	}
	if r.bracket && c != ' ' && c != '\t' {
		r.finish(true)
		r.trailing = true
	}
	r.phrase.WriteByte(c)
	r.spec.WriteByte(c)
}

func (r *addressReader) quoted() {
	if r.bracket {
		r.finish(true)
	}
	end := -1
	for i := r.pos + 1; i < len(r.s); i++ {
		if r.s[i] == '\\' {
			i++
		} else if r.s[i] == '"' {
			end = i
			break
		}
	}
	if end < 0 {
		r.noQuotes = true
		r.pos++
		return
	}
	inner := r.s[r.pos+1 : end]
	r.spec.WriteString(r.s[r.pos : end+1])
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		r.phrase.WriteByte(inner[i])
	}
	r.pos = end + 1
}

func (r *addressReader) inComment() {
	depth := 0
	for i := r.pos; i < len(r.s); i++ {
		switch r.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				r.comment = r.s[r.pos+1 : i]
				r.pos = i + 1
				return
			}
		}
	}
	r.noComments = true
}

func (r *addressReader) inAngle() {
	if r.bracket {
		r.finish(true)
	}
	rest := strings.TrimLeft(r.s[r.pos:], "< ")
	r.pos = len(r.s) - len(rest)
	end := strings.IndexAny(rest, "><")
	if end < 0 {
		if end = strings.IndexAny(rest, ",;"); end < 0 {
			end = len(rest)
		}
		r.pos += end
	} else {
		r.pos += end
		if rest[end] == '>' {
			r.pos++
		}
	}
	r.angle, r.bracket = rest[:end], true
}

// finish ends one address. At a hard end nothing that follows belongs to it.
func (r *addressReader) finish(hard bool) {
	phrase, spec := strings.TrimSpace(r.phrase.String()), strings.TrimSpace(r.spec.String())
	angle, bracket, comment := r.angle, r.bracket, r.comment
	r.clear()
	switch {
	case bracket:
		r.emitNamed(phrase, angle, comment)
	case strings.Contains(spec, "@"):
		r.drop()
		r.emitBare(spec, comment)
	case phrase != "" && !r.trailing:
		r.emitPhrase(phrase)
	}
	r.trailing = false
	if hard {
		r.drop()
	}
}

func (r *addressReader) clear() {
	r.phrase.Reset()
	r.spec.Reset()
	r.angle, r.comment, r.bracket = "", "", false
}

// emitNamed takes "Name <address>"; words that a bare comma cut off come back
// in front.
func (r *addressReader) emitNamed(phrase, angle, comment string) {
	if r.carry != "" {
		phrase, r.carry = r.carry+", "+phrase, ""
	}
	if phrase == "" {
		phrase = comment
	}
	if cleanAddress(angle) == "" && strings.Contains(phrase, "@") && !r.nested {
		r.emitBare(phrase, comment)
		return
	}
	r.emit(phrase, angle)
}

// emitBare takes an address without brackets, with a name in front or in a
// comment behind it.
func (r *addressReader) emitBare(spec, comment string) {
	if strings.HasPrefix(spec, `"`) || !strings.ContainsAny(spec, " \t") {
		r.emit(comment, spec)
		return
	}
	var names []string
	address := ""
	for _, word := range strings.Fields(spec) {
		if address == "" && strings.Contains(word, "@") && len(word) > 1 {
			address = word
		} else {
			names = append(names, word)
		}
	}
	if address == "" {
		address, names = strings.Join(names, ""), nil // "a @ b"
	}
	if len(names) > 0 {
		comment = strings.Join(names, " ")
	}
	r.emit(comment, address)
}

// emitPhrase takes words without an address: perhaps the first half of "Last,
// First <address>", perhaps a whole address within an encoded word.
func (r *addressReader) emitPhrase(phrase string) {
	if decoded := decodeWords(phrase); decoded != phrase && strings.Contains(decoded, "@") && !r.nested {
		inner := addressReader{s: decoded, nested: true}
		inner.read()
		r.drop()
		r.out = append(r.out, inner.out...)
		return
	}
	if len(r.carry) > 200 {
		r.drop()
	}
	if r.carry != "" {
		phrase = r.carry + ", " + phrase
	}
	r.carry = phrase
}

// drop gives up waiting for the carried words' address: one word may be a local
// mailbox, more are a name.
func (r *addressReader) drop() {
	if r.carry == "" {
		return
	}
	for _, phrase := range strings.Split(r.carry, ", ") {
		if strings.Contains(phrase, " ") || strings.Contains(phrase, "=?") {
			r.emit(phrase, "")
		} else {
			r.emit("", phrase)
		}
	}
	r.carry = ""
}

func (r *addressReader) emit(name, address string) {
	a := inbox.Address{Name: cleanPhrase(name), Address: cleanAddress(address)}
	if a.Name == a.Address {
		a.Name = ""
	}
	if (a.Name != "" || a.Address != "") && len(r.out) < maxAddresses {
		r.out = append(r.out, a)
	}
}

// cleanPhrase decodes a display name and takes the quotes off that some
// programs put within quotes.
func cleanPhrase(s string) string {
	if strings.Contains(s, "=?") {
		s = decodeWords(s)
	}
	s = oneLine(s)
	for len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return clip(s, 500)
}

// cleanAddress drops what cannot belong to an address: blanks, control
// characters, brackets, a route, "mailto:".
func cleanAddress(s string) string {
	if strings.Contains(s, "=?") {
		s = decodeWords(s)
	}
	s = oneLine(s)
	if len(s) >= 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "@") {
		s = s[strings.LastIndexByte(s, ':')+1:]
	}
	if !strings.Contains(s, `"`) {
		s = strings.ReplaceAll(s, " ", "")
	}
	s = strings.Trim(s, "<>', \t;")
	s = strings.TrimRight(s, ".")
	if len(s) > 998 || s == "@" {
		return ""
	}
	return s
}
