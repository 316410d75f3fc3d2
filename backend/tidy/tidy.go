// Package tidy makes of strangers' words what may stand in a line of a list, on
// a notification or in an e-mail: nothing unseen in it, and no more than fits.
//
// What comes out is still text and no markup: whoever puts it into HTML, XML or
// a command escapes it there. It never looks at what the words say.
package tidy

import (
	"strings"
	"unicode"
)

// Visible leaves out what is not seen: what is no text at all, control
// characters but line ends, and those that turn the direction of writing. A tab
// becomes a space.
func Visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

// OneLine puts a text on one line, with one space between its words.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Shorten cuts a text to so many characters, at least one, and shows that it
// did.
func Shorten(text string, most int) string {
	count, end := 0, 0
	for i := range text {
		switch count {
		case most:
			return text[:end] + "…"
		case most - 1:
			end = i
		}
		count++
	}
	return text
}

// Line is all three: what may stand where a name or a subject does.
func Line(text string, most int) string { return Shorten(OneLine(Visible(text)), most) }
