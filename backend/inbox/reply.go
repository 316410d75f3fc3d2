package inbox

import (
	"slices"
	"strings"
)

// ReplyRecipients gives whom an answer to a message goes to. An answer to the
// contact goes to Reply-To, or to the author where that names nobody but us; an
// answer to a message of ours goes on to whom it went. With all, everybody who
// took part gets it too. Our own addresses and doubles are left out.
func ReplyRecipients(m *Message, own func(address string) bool, all bool) (to, cc []Address) {
	first := m.ReplyTo
	switch {
	case m.Direction == Out:
		first = m.To
	case len(first) == 0:
		first = []Address{m.From}
	}
	seen := map[string]bool{}
	take := func(into []Address, people []Address) []Address {
		for _, person := range people {
			normal := NormalAddress(person.Address)
			if normal == "" || own(normal) || seen[normal] {
				continue
			}
			seen[normal] = true
			into = append(into, person)
		}
		return into
	}
	to = take(nil, first)
	if len(to) == 0 && m.Direction == In {
		to = take(nil, []Address{m.From})
	}
	if m.Direction == Out {
		cc = take(nil, m.Cc)
	}
	if all {
		cc = take(cc, slices.Concat(m.To, m.Cc))
	}
	return to, cc
}

var replyPrefixes = []string{"re", "aw", "antw", "antwoord", "sv", "ref"}

// ReplySubject puts one "Re: " in front of a subject, whatever language's
// prefixes already stand there.
func ReplySubject(subject string) string {
	return "Re: " + BareSubject(subject)
}

// BareSubject is the subject without reply prefixes.
func BareSubject(subject string) string {
	for {
		subject = strings.TrimSpace(subject)
		prefix, rest, found := strings.Cut(subject, ":")
		if !found || !slices.Contains(replyPrefixes, strings.ToLower(strings.TrimSpace(prefix))) {
			return subject
		}
		subject = rest
	}
}
