package app

import (
	"strings"
	"unicode"
)

// unadorned leaves out what is not seen: control characters but line ends, and
// those that turn the direction of writing.
func unadorned(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
}

// shorten gives at most so many characters of a text.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
