package sqlite

import (
	"strings"
	"time"
	"unicode"
)

// searchText is a text of the contract's query language, taken apart. Any text
// has a meaning: what is no operator is a word.
type searchText struct {
	terms   []searchTerm
	channel string
	before  time.Time
	after   time.Time
	files   bool
	nothing bool // asks for what cannot be, such as before: no date
}

// searchTerm is a word, a phrase or the beginning of a word, perhaps in one
// column only.
type searchTerm struct {
	column string
	words  []string
	prefix bool
}

// maxTerms bounds the work that one text can ask for.
const maxTerms = 32

func parseSearch(text string) searchText {
	var q searchText
	for rest := cut(text, 4096); len(q.terms) < maxTerms; {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" {
			break
		}
		var operator, value string
		var quoted bool
		operator, value, quoted, rest = nextTerm(rest)
		q.add(operator, value, quoted)
	}
	return q
}

// nextTerm cuts `word`, `"a phrase"`, `from:word` or `from:"a phrase"` off a
// text. A quotation that is never closed ends with the text.
func nextTerm(text string) (operator, value string, quoted bool, rest string) {
	for _, name := range []string{"from:", "to:", "subject:", "channel:", "before:", "after:", "has:"} {
		if len(text) > len(name) && strings.EqualFold(text[:len(name)], name) {
			operator, text = strings.TrimSuffix(name, ":"), text[len(name):]
			break
		}
	}
	if strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text[1:], `"`)
		return operator, value, true, rest
	}
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
	if end < 0 {
		end = len(text)
	}
	return operator, text[:end], false, text[end:]
}

func (q *searchText) add(operator, value string, quoted bool) {
	switch operator {
	case "channel":
		q.channel = value
	case "before":
		q.before = q.date(value)
	case "after":
		q.after = q.date(value)
	case "has":
		q.files = true
		q.nothing = q.nothing || !strings.EqualFold(value, "attachment") && !strings.EqualFold(value, "attachments")
	default:
		columns := map[string]string{"from": "author", "to": "people", "subject": "subject"}
		q.word(columns[operator], value, quoted)
	}
}

func (q *searchText) date(value string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", time.RFC3339} {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	q.nothing = true
	return time.Time{}
}

// word adds what the index's tokenizer would make of a text. An address, a
// number with dots or a phrase becomes several words in a row.
func (q *searchText) word(column, value string, quoted bool) {
	prefix := !quoted && strings.HasSuffix(value, "*")
	if words := tokens(value); len(words) > 0 {
		q.terms = append(q.terms, searchTerm{column, words[:min(len(words), maxTerms)], prefix})
	}
}

// match is the full-text query. Words are quoted, so that nothing in them is
// syntax; "" matches everything.
func (q *searchText) match() string {
	var b strings.Builder
	for i, term := range q.terms {
		if i > 0 {
			b.WriteString(" AND ")
		}
		if term.column != "" {
			b.WriteString(term.column + " : ")
		}
		b.WriteString(`"` + strings.Join(term.words, " ") + `"`)
		if term.prefix {
			b.WriteString(" *")
		}
	}
	return b.String()
}
