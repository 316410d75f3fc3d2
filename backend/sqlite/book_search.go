package sqlite

import (
	"strings"
	"unicode"

	"postvak/backend/inbox"
)

// The numbers of digits: with how many a part of a number is looked for, how
// many a number has at most, and how many at its end stand for the whole,
// whichever country's or city's prefix comes before.
const (
	leastDigits = 3
	mostDigits  = 20
	wholeDigits = 8
)

// endings are all endings of numbers, as words for the index: "31 6 1234" is
// found by 31612, by 6123 and by 1234.
func endings(phones []string) string {
	var b strings.Builder
	for _, phone := range phones {
		digits := digitsIn(phone)
		digits = digits[max(len(digits)-mostDigits, 0):]
		for i := 0; i+leastDigits <= len(digits); i++ {
			b.WriteString(digits[i:])
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func digitsIn(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, cut(text, 200))
}

// lastDigits stands for a number where nobody knows more about numbers.
func lastDigits(number string) string {
	digits := digitsIn(number)
	if len(digits) < leastDigits {
		return ""
	}
	return digits[max(len(digits)-wholeDigits, 0):]
}

// entityMatch is the full-text query for what a person types: every word of it
// begins a word of a name, an organization or an e-mail address; or it is a part
// of a number, written in any way. "" matches nothing.
func entityMatch(kind inbox.RecordKind, text string) string {
	text = cut(text, 400)
	words := tokens(text)
	words = words[:min(len(words), maxTerms)]
	if len(words) == 0 {
		return ""
	}
	for i, word := range words {
		words[i] = wordMatch(word)
	}
	match := "(" + strings.Join(words, " AND ") + ")"
	if phone := phoneMatch(text); phone != "" {
		match = "(" + match + " OR " + phone + ")"
	}
	if kind == "" {
		return match
	}
	return `kind : "` + strings.ReplaceAll(string(kind), `"`, "") + `" AND ` + match
}

func wordMatch(word string) string {
	match := `words : "` + word + `" *`
	if phone := phoneMatch(word); phone != "" {
		match = "(" + match + " OR " + phone + ")"
	}
	return match
}

// phoneMatch is "" for a text that is no number. The zeros before a number
// stand for a prefix that others write out.
func phoneMatch(text string) string {
	if strings.IndexFunc(text, unicode.IsLetter) >= 0 || strings.Contains(text, "@") {
		return ""
	}
	digits := strings.TrimLeft(digitsIn(text), "0")
	if len(digits) < leastDigits || len(digits) > mostDigits {
		return ""
	}
	match := `"` + digits + `" *`
	if len(digits) > wholeDigits {
		match += ` OR "` + digits[len(digits)-wholeDigits:] + `" *`
	}
	return "phones : (" + match + ")"
}
