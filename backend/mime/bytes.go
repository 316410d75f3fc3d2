package mime

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// isASCII says whether no byte has its high bit set.
func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalFold compares with an ASCII name regardless of case.
func equalFold(b []byte, name string) bool {
	return len(b) == len(name) && strings.EqualFold(string(b), name)
}

// hasPrefixFold says whether b begins with the ASCII prefix regardless of case.
func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && equalFold(b[:len(prefix)], prefix)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimSpace(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

// lower gives an ASCII token in lower case.
func lower(b []byte) string { return strings.ToLower(string(b)) }

// clip shortens a string to at most n bytes without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// isBidi recognises the characters that turn the direction of what follows:
// in a name they make "exe.jpg" out of "gpj.exe".
func isBidi(r rune) bool {
	return r == 0x200e || r == 0x200f || r == 0x061c ||
		(r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}

// oneLine makes a single clean line: control characters and line ends become
// blanks, runs of blanks one, and what turns the direction of text is dropped.
func oneLine(s string) string {
	if isClean(s) {
		return s
	}
	out := make([]byte, 0, len(s))
	blank := false
	for _, r := range s {
		switch {
		case isBidi(r) || r == 0xfeff:
			continue
		case r <= ' ' || (r >= 0x7f && r <= 0xa0) || r == 0x2028 || r == 0x2029:
			blank = true
			continue
		case blank && len(out) > 0:
			out = append(out, ' ')
		}
		blank = false
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// isClean is oneLine's short cut for what it would not change.
func isClean(s string) bool {
	if s == "" {
		return true
	}
	last := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7f || (c == ' ' && last == ' ') {
			return false
		}
		last = c
	}
	return last != ' '
}

// warnings collects what could not be read, each sentence once.
type warnings []string

func (w *warnings) add(sentence string) {
	for _, s := range *w {
		if s == sentence {
			return
		}
	}
	if len(*w) < maxWarnings {
		*w = append(*w, sentence)
	}
}
