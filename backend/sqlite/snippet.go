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

// token is a word in a text, folded as the index folds it.
type token struct {
	start, end int
	folded     string
}

// snippet is the part of a text around its first match, on one line, with its
// matches marked. Without a match in the text (it was in the subject, a name
// or further down) it is the text's beginning.
func snippet(text string, q *searchText) string {
	whole := cut(text, lastLook)
	text = cut(whole, firstLook)
	words := tokenise(text)
	marks := matches(words, q)
	if len(marks) == 0 && len(whole) > len(text) {
		text = whole
		words = tokenise(text)
		marks = matches(words, q)
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
	var words []token
	start := -1
	end := func(at int) {
		if start >= 0 {
			words = append(words, token{start, at, strings.ToLower(foldText(text[start:at]))})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case standsAlone(r):
			end(i)
			words = append(words, token{i, i + utf8.RuneLen(r), string(r)})
		case !isTokenRune(r):
			end(i)
		case start < 0:
			start = i
		}
	}
	end(len(text))
	return words
}

// matches gives the words of a text that a query names, ascending.
func matches(words []token, q *searchText) (found []int) {
	for _, term := range q.terms {
		if term.column != "" {
			continue
		}
		for i := range words {
			if matchesAt(words[i:], term.words, term.prefix) {
				for j := range term.words {
					found = append(found, i+j)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func matchesAt(words []token, wanted []string, prefix bool) bool {
	if len(words) < len(wanted) {
		return false
	}
	for i, want := range wanted {
		if prefix && i == len(wanted)-1 {
			return strings.HasPrefix(words[i].folded, want)
		}
		if words[i].folded != want {
			return false
		}
	}
	return true
}
