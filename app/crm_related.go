package app

import (
	"cmp"
	"context"
	"slices"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// The limits of what a person is shown with.
const (
	mostRelated    = 50  // leads and deals of a person
	mostDuplicates = 100 // groups of persons who may be one
	mostAlike      = 20  // persons of such a group
)

// recordsOf are the leads and deals that are about a person: open ones first,
// and what was changed last before the rest.
func (a *App) recordsOf(ctx context.Context, e teamlog.Entity) ([]RelatedRecord, error) {
	if e.Kind != string(inbox.Person) {
		return nil, nil
	}
	all, err := a.db.EntitiesOfPerson(ctx, e.ID)
	slices.SortStableFunc(all, func(x, y teamlog.Entity) int {
		return cmp.Or(cmp.Compare(closedRank(x), closedRank(y)), y.Changed.Compare(x.Changed))
	})
	return mapped(all[:min(len(all), mostRelated)], relatedRecord), err
}

// closedRank is 0 for a lead or deal that is open, so that it comes first.
func closedRank(e teamlog.Entity) int {
	if status := e.Fields[contacts.FieldStatus]; status == "" || status == "open" {
		return 0
	}
	return 1
}

// relatedRecord leaves the person out: what it is shown with is theirs.
func relatedRecord(e teamlog.Entity) RelatedRecord {
	r := contacts.RecordOf(e)
	return RelatedRecord{
		RecordHit: hitOf(r), Stage: r.Stage, Status: r.Status, Label: r.Label, Value: Amount(r.Value), Currency: r.Currency,
	}
}

// duplicates lists persons of the contact book who may be one. An outside CRM
// looks after its own.
func (a *App) duplicates(ctx context.Context) ([]DuplicateGroup, error) {
	if !a.crm.present().choice.builtin() {
		return nil, nil
	}
	groups, err := a.db.EntityDuplicates(ctx, mostDuplicates)
	if err != nil {
		return nil, err
	}
	return mapped(contacts.Duplicates(groups), func(d contacts.Duplicate) DuplicateGroup {
		shown := d.Persons[:min(len(d.Persons), mostAlike)]
		return DuplicateGroup{
			Why: string(d.Why), More: len(d.Persons) - len(shown),
			Records: mapped(shown, func(e teamlog.Entity) Record { return a.entityRecord(ctx, e) }),
		}
	}), nil
}

// duplicatesOf are the persons who may be the same as one.
func (a *App) duplicatesOf(ctx context.Context, e teamlog.Entity) ([]DuplicateHint, error) {
	if e.Kind != string(inbox.Person) {
		return nil, nil
	}
	hints, err := a.crm.book.DuplicatesOf(ctx, e)
	return mapped(hints, func(h contacts.Hint) DuplicateHint {
		return DuplicateHint{Kind: h.Person.Kind, ID: h.Person.ID, Title: h.Person.Fields[contacts.FieldName], Why: string(h.Why)}
	}), err
}
