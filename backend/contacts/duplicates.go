package contacts

import (
	"context"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Duplicate is several persons who may be one, and by what: the same e-mail
// address, or the same number in whatever format.
type Duplicate struct {
	Why     inbox.MatchWhy
	Persons []teamlog.Entity
}

// Duplicates looks at groups of persons who have an address or the last digits of
// a number in common, and gives those who really have. Persons who share
// several things are given once.
func Duplicates(groups [][]teamlog.Entity) []Duplicate {
	all, seen := []Duplicate{}, map[string]bool{}
	for _, why := range []inbox.MatchWhy{inbox.MatchEmail, inbox.MatchPhone} {
		for _, group := range groups {
			for _, same := range alike(group, why) {
				if key := idsOf(same); !seen[key] {
					seen[key] = true
					all = append(all, Duplicate{why, same})
				}
			}
		}
	}
	return all
}

func idsOf(persons []teamlog.Entity) string {
	ids := make([]string, len(persons))
	for i, e := range persons {
		ids[i] = e.ID
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// alike parts a group into those who have something in common, each with the
// first one of them; whoever is alone is left out.
func alike(group []teamlog.Entity, why inbox.MatchWhy) (parts [][]teamlog.Entity) {
	for _, e := range group {
		i := slices.IndexFunc(parts, func(part []teamlog.Entity) bool { return share(part[0], e, why) })
		if i < 0 {
			parts = append(parts, []teamlog.Entity{e})
		} else {
			parts[i] = append(parts[i], e)
		}
	}
	return slices.DeleteFunc(parts, func(part []teamlog.Entity) bool { return len(part) < 2 })
}

// share says whether two persons have an address or number in common.
func share(a, b teamlog.Entity, why inbox.MatchWhy) bool {
	if why == inbox.MatchPhone {
		return slices.ContainsFunc(list(a.Fields[FieldPhones]), func(n string) bool { return hasPhone(b, n) })
	}
	return slices.ContainsFunc(list(a.Fields[FieldEmails]), func(x string) bool {
		return slices.ContainsFunc(list(b.Fields[FieldEmails]), func(y string) bool {
			return inbox.NormalAddress(x) == inbox.NormalAddress(y)
		})
	})
}

// Hint is a person who may be the same as another.
type Hint struct {
	Person teamlog.Entity
	Why    inbox.MatchWhy
}

// DuplicatesOf gives who may be the same as one person.
func (b *Book) DuplicatesOf(ctx context.Context, e teamlog.Entity) (hints []Hint, err error) {
	add := func(found []teamlog.Entity, why inbox.MatchWhy) {
		for _, other := range found {
			if other.ID != e.ID && !slices.ContainsFunc(hints, func(h Hint) bool { return h.Person.ID == other.ID }) {
				hints = append(hints, Hint{other, why})
			}
		}
	}
	for _, email := range list(e.Fields[FieldEmails]) {
		found, err := b.byEmail(ctx, email)
		if err != nil {
			return nil, asked(err)
		}
		add(found, inbox.MatchEmail)
	}
	for _, number := range list(e.Fields[FieldPhones]) {
		found, err := b.byPhone(ctx, number)
		if err != nil {
			return nil, asked(err)
		}
		add(found, inbox.MatchPhone)
	}
	return hints, nil
}
