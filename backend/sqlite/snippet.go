package sqlite

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// snippetLength is about how much of a text a hit shows, in bytes.
	snippetLength = 180
	// lastLook is how far down a text its first match is looked for.
	lastLook = 64 << 10
	// window is what a snippet is made of: one word more than it shows.
	window = snippetLength + 256
)

// token is a word in a text.
type token struct{ start, end int }

// snippet is the part of a text around its first match, on one line, with its
// matches marked. Without a match in the text (it was in the subject, a name
// or further down) it is the text's beginning.
func snippet(text string, q *searchText) string {
	text = cut(text, lastLook)
	text = text[beginning(text, firstMatch(text, q)):]
	text = cut(text, window)
	words := tokenise(text)
	return mark(text, words, matches(text, words, q))
}

// firstMatch is where a text first has what a query names, or -1.
func firstMatch(text string, q *searchText) int {
	inText := slices.DeleteFunc(slices.Clone(q.terms), func(t searchTerm) bool { return t.column != "" })
	if len(inText) == 0 {
		return -1
	}
	for word, ok := nextToken(text, 0); ok; word, ok = nextToken(text, word.end) {
		for i := range inText {
			if matchesFrom(text, word, &inText[i]) {
				return word.start
			}
		}
	}
	return -1
}

func matchesFrom(text string, word token, term *searchTerm) bool {
	last, ok := len(term.words)-1, true
	for i, want := range term.words {
		if !ok || !matchesWord(text[word.start:word.end], want, term.prefix && i == last) {
			return false
		}
		if i < last {
			word, ok = nextToken(text, word.end)
		}
	}
	return true
}

// beginning is where a snippet starts: some words before its first match.
func beginning(text string, match int) int {
	from := match - snippetLength/3
	if from <= 0 {
		return 0
	}
	for from < match && !utf8.RuneStart(text[from]) {
		from++
	}
	cutOff, _ := nextToken(text, from) // a whole word where it stands alone
	word, ok := nextToken(text, cutOff.end)
	if !ok || word.start > match {
		return match
	}
	return word.start
}

// mark copies a text, one space for any run of white space, with the marks
// around the matching words.
func mark(text string, words []token, marks []int) string {
	var b strings.Builder
	end := 0
	for i, w := range words {
		if w.end > snippetLength {
			break
		}
		plain(&b, text[end:w.start])
		if _, matched := slices.BinarySearch(marks, i); matched {
			b.WriteRune(MarkStart)
			b.WriteString(text[w.start:w.end])
			b.WriteRune(MarkEnd)
		} else {
			b.WriteString(text[w.start:w.end])
		}
		end = w.end
	}
	plain(&b, cut(text[end:], max(snippetLength-end, 0)))
	return strings.TrimSpace(b.String())
}

func plain(b *strings.Builder, text string) {
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			continue
		case space:
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
}

// matches gives the words of a text that a query names, ascending.
func matches(text string, words []token, q *searchText) (found []int) {
	for _, term := range q.terms {
		if term.column != "" {
			continue
		}
		for i := range words {
			if matchesFrom(text, words[i], &term) {
				for j := range term.words {
					found = append(found, i+j)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// matchesWord compares a word as it stands with a folded one. Folding costs
// more than all the rest of a search, and most words differ at their start.
func matchesWord(word, want string, prefix bool) bool {
	if !beginsLike(word, want) {
		return false
	}
	if !isASCII(word) {
		word = strings.ToLower(foldText(word))
	}
	if prefix && len(word) > len(want) {
		word = word[:len(want)]
	}
	return len(word) == len(want) && strings.EqualFold(word, want)
}

// beginsLike is false only where folding the word cannot make its first
// character that of the folded one.
func beginsLike(word, want string) bool {
	if word[0] < utf8.RuneSelf {
		return word[0] == want[0] || word[0]|0x20 == want[0]
	}
	first := unicode.ToLower(firstOf(word))
	return first == firstOf(want) || isDropped(first)
}

// firstOf is a text's first character without what stands on or below it.
func firstOf(text string) rune {
	if apart := norm.NFD.PropertiesString(text).Decomposition(); len(apart) > 0 {
		r, _ := utf8.DecodeRune(apart)
		return r
	}
	r, _ := utf8.DecodeRuneInString(text)
	return r
}
