package sqlite

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// snippetLength is about how much of a text a hit shows, in bytes.
	snippetLength = 180
	// Most texts match near their beginning: only where that fails is a match
	// looked for further down, and not endlessly.
	firstLook, lastLook = 2 << 10, 64 << 10
)

// token is a word in a text.
type token struct{ start, end int }

// snippet is the part of a text around its first match, on one line, with its
// matches marked. Without a match in the text (it was in the subject, a name
// or further down) it is the text's beginning.
func snippet(text string, q *searchText) string {
	whole := cut(text, lastLook)
	text = cut(whole, firstLook)
	words := tokenise(text)
	marks := matches(text, words, q)
	if len(marks) == 0 && len(whole) > len(text) {
		text = whole
		words = tokenise(text)
		marks = matches(text, words, q)
	}
	from := 0
	if len(marks) > 0 {
		from = before(words, marks[0])
	}
	return mark(text, words, marks, from)
}

// before is where a snippet begins: some words before its first match.
func before(words []token, first int) int {
	i := first
	for i > 0 && words[first].start-words[i-1].start < snippetLength/3 {
		i--
	}
	if i == 0 {
		return 0
	}
	return words[i].start
}

// mark copies the text from a place on, one space for any run of white space,
// with the marks around the matching words.
func mark(text string, words []token, marks []int, from int) string {
	var b strings.Builder
	end, next := from, slices.IndexFunc(words, func(w token) bool { return w.start >= from })
	for ; next >= 0 && next < len(words) && words[next].end <= from+snippetLength; next++ {
		w := words[next]
		plain(&b, text[end:w.start])
		if slices.Contains(marks, next) {
			b.WriteRune(MarkStart)
			b.WriteString(text[w.start:w.end])
			b.WriteRune(MarkEnd)
		} else {
			b.WriteString(text[w.start:w.end])
		}
		end = w.end
	}
	plain(&b, cut(text[end:], max(from+snippetLength-end, 0)))
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

// tokenise splits a text as the index does.
func tokenise(text string) []token {
	words := make([]token, 0, len(text)/5+1)
	start := -1
	for i, r := range text {
		inside := isTokenRune(r)
		alone := r >= 0x80 && standsAlone(r)
		if start >= 0 && (alone || !inside) {
			words = append(words, token{start, i})
			start = -1
		}
		switch {
		case alone:
			words = append(words, token{i, i + utf8.RuneLen(r)})
		case inside && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, token{start, len(text)})
	}
	return words
}

// matches gives the words of a text that a query names, ascending.
func matches(text string, words []token, q *searchText) (found []int) {
	for _, term := range q.terms {
		if term.column != "" {
			continue
		}
		for i := range words {
			if matchesAt(text, words[i:], &term) {
				for j := range term.words {
					found = append(found, i+j)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func matchesAt(text string, words []token, term *searchTerm) bool {
	if len(words) < len(term.words) {
		return false
	}
	for i, want := range term.words {
		word := text[words[i].start:words[i].end]
		if !matchesWord(word, want, term.prefix && i == len(term.words)-1) {
			return false
		}
	}
	return true
}

// matchesWord compares a word as it stands with a folded one. Most are plain
// ASCII, and most of those differ in length.
func matchesWord(word, want string, prefix bool) bool {
	if !isASCII(word) {
		word = strings.ToLower(foldText(word))
	}
	if prefix && len(word) > len(want) {
		word = word[:len(want)]
	}
	return len(word) == len(want) && strings.EqualFold(word, want)
}
