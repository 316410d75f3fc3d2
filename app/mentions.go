package app

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// mentioned finds the members that a note names: an @ that begins a word, and
// a whole name behind it, or a first name that only one of them has. Case does
// not count. Each member is given once, in the order of the members.
func mentioned(text string, members []teamlog.Member) []inbox.MemberID {
	names := namesOf(members)
	found := map[inbox.MemberID]bool{}
	before := ' '
	for i, r := range text {
		if r == '@' && !wordRune(before) {
			if id := namedBy(text[i+1:], names); id != "" {
				found[id] = true
			}
		}
		before = r
	}
	var all []inbox.MemberID
	for _, m := range members {
		if found[m.ID] {
			all = append(all, m.ID)
		}
	}
	return all
}

// calling is a name that somebody answers to.
type calling struct {
	name string
	id   inbox.MemberID // "" when several have it: then it calls nobody
}

// namesOf lists what members are called, the longest first: "Ann Bakker" is
// not "Ann".
func namesOf(members []teamlog.Member) []calling {
	owners := map[string]inbox.MemberID{}
	add := func(name string, id inbox.MemberID) {
		name = strings.ToLower(strings.TrimSpace(name))
		if holder, taken := owners[name]; taken && holder != id {
			id = ""
		}
		if name != "" {
			owners[name] = id
		}
	}
	for _, m := range members {
		first, _, _ := strings.Cut(strings.TrimSpace(m.Name), " ")
		add(m.Name, m.ID)
		add(first, m.ID)
	}
	all := make([]calling, 0, len(owners))
	for name, id := range owners {
		all = append(all, calling{name, id})
	}
	slices.SortFunc(all, func(a, b calling) int {
		return cmp.Or(len(b.name)-len(a.name), strings.Compare(a.name, b.name))
	})
	return all
}

func namedBy(text string, names []calling) inbox.MemberID {
	for _, c := range names {
		if rest, ok := cutFold(text, c.name); ok {
			if next, _ := utf8.DecodeRuneInString(rest); rest == "" || !wordRune(next) {
				return c.id
			}
		}
	}
	return ""
}

// cutFold cuts a prefix, which is in lower case, off a text in any case.
func cutFold(text, prefix string) (rest string, ok bool) {
	for _, want := range prefix {
		have, size := utf8.DecodeRuneInString(text)
		if size == 0 || unicode.ToLower(have) != want {
			return "", false
		}
		text = text[size:]
	}
	return text, true
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// mentions are the members that a note about a channel's conversation calls:
// who has left, or may not see it, is not called.
func (a *App) mentions(text string, channel inbox.ChannelID) []inbox.MemberID {
	members := slices.DeleteFunc(a.team.Members(), func(m teamlog.Member) bool {
		return m.Removed || !a.team.HasAccess(m.ID, channel)
	})
	return mentioned(text, members)
}
