package inbox

import (
	"slices"
	"strings"
	"unicode"
)

// Confidence says how surely a record is the person who writes.
type Confidence string

// The confidences; NoMatch is another person, as far as can be told.
const (
	NoMatch Confidence = ""
	Maybe   Confidence = "maybe"
	Sure    Confidence = "sure"
)

// MatchWhy says by what a person was recognised.
type MatchWhy string

// The ways to recognise a person, the best first.
const (
	MatchEmail MatchWhy = "email"
	MatchPhone MatchWhy = "phone"
	MatchName  MatchWhy = "name"
)

// MatchPerson says whether a person of the CRM is the contact, and by what.
// Phones are further numbers of the contact beside an address that is one;
// samePhone compares two numbers in any format. An address that is the same is
// sure. A name alone may be, because many people share one.
func MatchPerson(contact Address, phones []string, r Record, samePhone func(a, b string) bool) (Confidence, MatchWhy) {
	normal := NormalAddress(contact.Address)
	isMail := strings.Contains(normal, "@")
	if isMail && slices.ContainsFunc(r.Emails, func(e string) bool { return NormalAddress(e) == normal }) {
		return Sure, MatchEmail
	}
	if !isMail && normal != "" {
		phones = append(slices.Clip(phones), contact.Address)
	}
	for _, mine := range phones {
		if slices.ContainsFunc(r.Phones, func(theirs string) bool { return samePhone(mine, theirs) }) {
			return Sure, MatchPhone
		}
	}
	if name := nameWords(contact.Name); name != "" && name == nameWords(r.Title) {
		return Maybe, MatchName
	}
	return NoMatch, ""
}

// nameWords is the form in which names are compared: small letters, one space
// between words, and "Jansen, Piet" like "Piet Jansen". An address that stands
// in a name's place is none.
func nameWords(name string) string {
	if strings.ContainsRune(name, '@') {
		return ""
	}
	if last, first, found := strings.Cut(name, ","); found && !strings.ContainsRune(first, ',') {
		name = first + " " + last
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '\''
	})
	joined := strings.Join(words, " ")
	if !strings.ContainsFunc(joined, unicode.IsLetter) {
		return ""
	}
	return joined
}
