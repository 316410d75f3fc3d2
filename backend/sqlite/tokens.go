package sqlite

import (
	"strings"
	"unicode"
	"unicode/utf8"

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
		case isDropped(r):
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

// isDropped says whether a character is a combining diacritic.
func isDropped(r rune) bool { return r >= 0x0300 && r <= 0x036F }

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

// tokenise finds the words of a text as the index does.
func tokenise(text string) []token {
	words := make([]token, 0, len(text)/5+1)
	for word, ok := nextToken(text, 0); ok; word, ok = nextToken(text, word.end) {
		words = append(words, word)
	}
	return words
}

// nextToken finds the first word that does not begin before a place. It reads
// every text that a search shows, and most of it is plain ASCII.
func nextToken(text string, from int) (word token, ok bool) {
	start := from
	for start < len(text) {
		r, size := runeAt(text, start)
		if r >= utf8.RuneSelf && standsAlone(r) {
			return token{start, start + size}, true
		}
		if isTokenRune(r) {
			break
		}
		start += size
	}
	end := start
	for end < len(text) {
		r, size := runeAt(text, end)
		if !isTokenRune(r) || r >= utf8.RuneSelf && standsAlone(r) {
			break
		}
		end += size
	}
	return token{start, end}, end > start
}

func runeAt(text string, i int) (rune, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(text[i:])
}

// isTokenRune says what words are made of: letters, digits, marks and private
// characters, as in the tokenizer unicode61.
func isTokenRune(r rune) bool {
	if int(r) < len(usualTokens) {
		return usualTokens[r]
	}
	return inTokens(r)
}

func inTokens(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Co, r)
}

// usualTokens answers for the alphabets of one or two bytes.
var usualTokens = func() (set [0x800]bool) {
	for r := range set {
		set[r] = inTokens(rune(r))
	}
	return set
}()

// standsAlone says whether a character is a word by itself to the index.
func standsAlone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
