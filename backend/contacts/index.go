package contacts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/teamlog"
)

// known is a person as an import sees them: as they stand in the book, or as
// the rows before have made them.
type known struct {
	id     string
	was    map[string]string // nil for somebody new
	fields map[string]string
	lines  []int    // of the file, that changed something
	notes  []string // to be written with them
}

// index finds persons by what they are known by. Exactly has who is known by a
// number and a name, or by a name and an organization.
type index struct {
	all     []*known
	byID    map[string]*known
	byEmail map[string]*known
	exactly map[string]*known
	byPhone map[string][]*known // by last digits, some of those who share them
	byName  map[string][]*known // some of those who share it
}

// maxSharing bounds among how many who share a number or a name somebody is
// looked for whose name or organization is written in another way.
const maxSharing = 8

func (b *Book) index(ctx context.Context) (*index, error) {
	x := &index{byID: map[string]*known{}, byEmail: map[string]*known{}, exactly: map[string]*known{}, byPhone: map[string][]*known{}, byName: map[string][]*known{}}
	err := b.persons(ctx, func(e teamlog.Entity) {
		p := &known{id: e.ID, was: e.Fields, fields: maps.Clone(e.Fields)}
		x.all, x.byID[p.id] = append(x.all, p), p
		x.enter(p)
	})
	return x, err
}

// enter makes a person findable by all that they are known by now. The first
// with an address keeps it.
func (x *index) enter(p *known) {
	for _, email := range list(p.fields[FieldEmails]) {
		if key := inbox.NormalAddress(email); x.byEmail[key] == nil {
			x.byEmail[key] = p
		}
	}
	name := nameKey(p.fields[FieldName])
	for _, number := range list(p.fields[FieldPhones]) {
		key := phoneKey(number)
		x.byPhone[key] = with(x.byPhone[key], p)
		x.enterExactly(key, name, p)
	}
	x.byName[name] = with(x.byName[name], p)
	x.enterExactly(name, nameKey(p.fields[FieldOrganization]), p)
}

// phoneKey is the number itself where it is too short to have last digits.
func phoneKey(number string) string { return cmp.Or(phone.Digits(number), number) }

func (x *index) enterExactly(a, b string, p *known) {
	if key := a + "\n" + b; x.exactly[key] == nil {
		x.exactly[key] = p
	}
}

func with(all []*known, p *known) []*known {
	if len(all) >= maxSharing || slices.Contains(all, p) {
		return all
	}
	return append(all, p)
}

func nameKey(name string) string { return strings.ToLower(oneLine(name)) }

// find gives the person whom a row is about, nil for nobody here. The same
// e-mail address is the same person. The same number is, unless the names tell
// otherwise: colleagues share one. Who has neither is known by their name.
func (x *index) find(n newcomer) *known {
	for _, email := range n.emails {
		if p := x.byEmail[inbox.NormalAddress(email)]; p != nil {
			return p
		}
	}
	if p := x.byID[n.id()]; p != nil {
		return p // taken in once, and changed since
	}
	name := nameKey(n.name)
	for _, number := range n.phones {
		key := phoneKey(number)
		if p := x.exactly[key+"\n"+name]; p != nil && p.has(number) {
			return p
		}
		for _, p := range x.byPhone[key] {
			if (!n.named || mayBeSame(n.name, p.fields[FieldName])) && p.has(number) {
				return p
			}
		}
	}
	if len(n.emails)+len(n.phones) > 0 {
		return nil
	}
	if p := x.exactly[name+"\n"+nameKey(n.organization)]; p != nil {
		return p
	}
	for _, p := range x.byName[name] {
		if there := p.fields[FieldOrganization]; there == "" || n.organization == "" || nameKey(there) == nameKey(n.organization) {
			return p
		}
	}
	return nil
}

func (p *known) has(number string) bool {
	return slices.ContainsFunc(list(p.fields[FieldPhones]), func(other string) bool { return other == number || phone.Same(other, number) })
}

// mayBeSame compares names of two who have the same number: "B. Jansen" may be
// Bob Jansen, and somebody whose name is an address or number may be anybody.
func mayBeSame(a, b string) bool {
	if a == "" || isEmail(b) || isPhone(b) || sameName(a, b) {
		return true
	}
	x, y := strings.Fields(nameKey(a)), strings.Fields(nameKey(b))
	if len(x) < 2 || len(y) < 2 || x[len(x)-1] != y[len(y)-1] {
		return false
	}
	return initial(x[0], y[0]) || initial(y[0], x[0])
}

// initial says whether a is the first letter of b.
func initial(a, b string) bool {
	a = strings.TrimSuffix(a, ".")
	return utf8.RuneCountInString(a) == 1 && strings.HasPrefix(b, a)
}

// complete adds what a row knows more of a person, and says whether it did.
// What is there is never changed.
func (x *index) complete(p *known, n newcomer) bool {
	before := maps.Clone(p.fields)
	emails, phones := list(p.fields[FieldEmails]), list(p.fields[FieldPhones])
	for _, email := range n.emails {
		if owner := x.byEmail[inbox.NormalAddress(email)]; (owner == nil || owner == p) && len(emails) < maxList {
			emails = addEmail(emails, email)
		}
	}
	for _, number := range n.phones {
		if len(phones) < maxList {
			phones = addPhone(phones, number)
		}
	}
	put := func(field, value string) {
		if value != "" {
			p.fields[field] = value
		}
	}
	put(FieldEmails, strings.Join(emails, "\n"))
	put(FieldPhones, strings.Join(phones, "\n"))
	if p.fields[FieldOrganization] == "" {
		put(FieldOrganization, n.organization)
	}
	if maps.Equal(before, p.fields) {
		return false
	}
	x.enter(p)
	return true
}

// add brings somebody new, with an id that nobody has.
func (x *index) add(id string, n newcomer) *known {
	fields := map[string]string{FieldName: n.name}
	for field, value := range map[string]string{
		FieldEmails: strings.Join(n.emails, "\n"), FieldPhones: strings.Join(n.phones, "\n"), FieldOrganization: n.organization,
	} {
		if value != "" {
			fields[field] = value
		}
	}
	p := &known{id: id, fields: fields}
	x.all, x.byID[id] = append(x.all, p), p
	x.enter(p)
	return p
}
