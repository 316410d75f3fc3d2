package mime

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxWord bounds the search for the end of one encoded word. RFC 2047 allows 75
// bytes, senders who never read it put whole subjects in one.
const maxWord = 8 << 10

// decodeHeader gives a raw header value as one clean line of text: unfolded,
// encoded words and raw 8-bit text decoded.
func decodeHeader(raw []byte) string {
	return oneLine(decodeRaw(raw))
}

// decodeRaw is decodeHeader without the cleaning.
func decodeRaw(raw []byte) string {
	s := headerString(raw)
	if strings.Contains(s, "=?") {
		s = decodeWords(s)
	}
	return s
}

// headerString unfolds a raw value and makes it valid UTF-8, encoded words left
// as they are.
func headerString(raw []byte) string {
	raw = raw[:min(len(raw), maxValue)]
	if bytes.IndexByte(raw, '\n') >= 0 {
		raw = unfold(raw)
	}
	raw = trimSpace(raw)
	if isASCII(raw) && bytes.IndexByte(raw, 0x1b) < 0 {
		return string(raw)
	}
	return guessText(raw)
}

// unfold drops line ends; the blank that begins the next line stays.
func unfold(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c != '\r' && c != '\n' {
			out = append(out, c)
		}
	}
	return out
}

// encodedWord is one "=?charset?encoding?text?=".
type encodedWord struct {
	charset string
	base64  bool
	text    string
}

// decodeWords decodes the encoded words of a line (RFC 2047), also the broken
// ones: without blanks around them, with blanks in them, with a character split
// between two of them, or without an end.
func decodeWords(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	var run wordRun
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		gap := s[:i]
		word, rest, ok := readWord(s[i:])
		if !run.open || !ok || strings.Trim(gap, " \t") != "" {
			run.flush(&out)
			out.WriteString(gap)
		}
		if !ok {
			out.WriteString("=?")
			s = s[i+2:]
			continue
		}
		run.add(&out, word)
		s = rest
	}
	run.flush(&out)
	out.WriteString(s)
	return out.String()
}

// readWord reads the encoded word that s begins with.
func readWord(s string) (w encodedWord, rest string, ok bool) {
	head := s[2:min(len(s), 2+80)]
	i := strings.IndexByte(head, '?')
	if i <= 0 || i+2 >= len(head) || head[i+2] != '?' {
		return w, "", false
	}
	w.charset = head[:i]
	switch head[i+1] {
	case 'b', 'B':
		w.base64 = true
	case 'q', 'Q':
	default:
		return w, "", false
	}
	text := s[2+i+3:]
	end := strings.Index(text[:min(len(text), maxWord)], "?=")
	if end >= 0 && !strings.Contains(text[:end], "=?") {
		w.text = text[:end]
		return w, text[end+2:], true
	}
	// The end is missing: the word goes on up to the next blank.
	text = text[:min(len(text), maxWord)]
	end = strings.IndexAny(text, " \t")
	if end < 0 {
		end = len(text)
	}
	w.text = strings.TrimSuffix(text[:end], "?")
	return w, s[2+i+3+end:], true
}

// wordRun joins neighbouring words of one charset before it decodes them, so
// that a character, or a group of base64, split between two comes out whole.
type wordRun struct {
	open    bool
	charset string
	base64  bool
	encoded string // base64 that waits for the rest of its group
	bytes   []byte
}

func (r *wordRun) add(out *strings.Builder, w encodedWord) {
	if r.open && !strings.EqualFold(r.charset, w.charset) {
		r.flush(out)
	}
	if r.encoded != "" && !w.base64 {
		r.settle()
	}
	r.open, r.charset, r.base64 = true, w.charset, w.base64
	if !w.base64 {
		r.bytes = appendQ(r.bytes, w.text)
		return
	}
	r.encoded += w.text
	if len(r.encoded)%4 == 0 || strings.HasSuffix(r.encoded, "=") || len(r.encoded) > maxWord {
		r.settle()
	}
}

func (r *wordRun) settle() {
	r.bytes = append(r.bytes, decodeBase64([]byte(r.encoded))...)
	r.encoded = ""
}

func (r *wordRun) flush(out *strings.Builder) {
	if !r.open {
		return
	}
	r.settle()
	out.WriteString(decodeText(r.bytes, r.charset))
	*r = wordRun{bytes: r.bytes[:0]}
}

// appendQ decodes RFC 2047's "Q".
func appendQ(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// validUTF8 replaces what is not UTF-8.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
