package sqlite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldText prepares a text for the index, and a query for asking it. The
// index's own tokenizer folds case, and diacritics of Latin letters only: here
// they are taken from every script's. Scripts written without spaces are taken
// apart, so that a word inside of a sentence can be found as a phrase.
func foldText(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for _, r := range norm.NFD.String(text) {
		switch {
		case r >= 0x0300 && r <= 0x036F: // combining diacritics
		case standsAlone(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// tokens splits a text where the index's tokenizer does, in lower case.
func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(foldText(text)), func(r rune) bool { return !isTokenRune(r) })
}

// isTokenRune says what words are made of: letters, digits, marks and private
// characters, as in the tokenizer unicode61.
func isTokenRune(r rune) bool {
	return r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') ||
		r >= 0x80 && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Co, r))
}

// standsAlone says whether a character is a word by itself to the index.
func standsAlone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
