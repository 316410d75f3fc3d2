package contacts

import (
	"context"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Create implements crm.Provider. It is done or not when it returns: nothing is
// left open.
func (b *Book) Create(ctx context.Context, d inbox.RecordDraft) (inbox.Record, error) {
	if err := ctx.Err(); err != nil {
		return inbox.Record{}, notAsked(err)
	}
	var events []teamlog.Event
	if d.Kind != inbox.Person {
		person, err := b.draftPerson(ctx, &d)
		if err != nil {
			return inbox.Record{}, err
		}
		if person != nil {
			events = append(events, person)
		}
	}
	made, err := b.draft(d)
	if err != nil {
		return inbox.Record{}, err
	}
	if err := b.decide(ctx, append(events, made)...); err != nil {
		return inbox.Record{}, err
	}
	return b.Get(ctx, inbox.RecordRef{Kind: d.Kind, ID: made.ID})
}

// draftPerson is the person whom a lead or deal brings along; nil for one that
// is there already, whom it only looks up, or for nobody.
func (b *Book) draftPerson(ctx context.Context, d *inbox.RecordDraft) (*teamlog.CRMEntity, error) {
	switch {
	case strings.TrimSpace(d.Title) == "":
		return nil, needsTitle(d.Kind)
	case d.PersonID != "":
		_, err := b.entity(ctx, inbox.RecordRef{Kind: inbox.Person, ID: d.PersonID})
		return nil, err
	case strings.TrimSpace(d.Name) == "":
		if d.Kind == inbox.Lead && strings.TrimSpace(d.Organization) == "" {
			return nil, inbox.Errorf(inbox.Invalid, "A lead needs a person or an organization.")
		}
		return nil, nil
	}
	person, err := b.draft(inbox.RecordDraft{Kind: inbox.Person, Name: d.Name, Email: d.Email, Phone: d.Phone, Organization: d.Organization})
	if err == nil {
		d.PersonID = person.ID
	}
	return person, err
}

func (b *Book) draft(d inbox.RecordDraft) (*teamlog.CRMEntity, error) {
	fields := map[string]string{FieldOrganization: d.Organization, FieldOwner: string(d.Owner)}
	if d.Kind == inbox.Person {
		fields[FieldName], fields[FieldEmails], fields[FieldPhones] = d.Name, d.Email, d.Phone
	} else {
		fields[FieldTitle], fields[FieldPerson] = d.Title, d.PersonID
		fields[FieldValue], fields[FieldCurrency] = string(d.Value), d.Currency
	}
	switch d.Kind {
	case inbox.Lead:
		fields[FieldLabel] = d.Label
	case inbox.Deal:
		fields[FieldStage] = d.Stage
	case inbox.Person:
	}
	FillIn(d.Kind, fields)
	cleaned, err := Clean(d.Kind, fields)
	if err != nil {
		return nil, err
	}
	return Changes(d.Kind, NewID(), nil, cleaned), nil
}

// FillIn gives the fields of a new record what nobody chose: a lead or deal is
// open, and a deal stands at the first stage.
func FillIn(kind inbox.RecordKind, fields map[string]string) {
	if kind != inbox.Person && fields[FieldStatus] == "" {
		fields[FieldStatus] = "open"
	}
	if kind == inbox.Deal && fields[FieldStage] == "" {
		fields[FieldStage] = Stages[0]
	}
}

// decide takes events that must all have an effect, as far as is known here.
func (b *Book) decide(ctx context.Context, events ...teamlog.Event) error {
	outcomes, err := b.Log.Decide(ctx, events...)
	if err != nil {
		return asked(err)
	}
	for _, o := range outcomes {
		switch o.Void {
		case teamlog.Admitted:
		case teamlog.FirstWins, teamlog.DeletedSince:
			return inbox.Errorf(inbox.Conflict, "Somebody else changed this meanwhile. Look at it again.")
		default:
			return inbox.Errorf(inbox.Forbidden, "The team did not take this change.").Because(voidReason(o.Void))
		}
	}
	return nil
}

type voidReason teamlog.Reason

func (r voidReason) Error() string { return "void: " + string(r) }

// maxCreated bounds among how many of one name a new record is looked for.
const maxCreated = 200

// FindCreated implements crm.Provider, by the clocks of those who made records.
func (b *Book) FindCreated(ctx context.Context, d inbox.RecordDraft, since time.Time) (inbox.Record, bool, error) {
	title := oneLine(d.Title)
	if d.Kind == inbox.Person {
		title = oneLine(d.Name)
	}
	found, err := b.Find(ctx, d.Kind, title, maxCreated)
	if err != nil {
		return inbox.Record{}, false, err
	}
	found = slices.DeleteFunc(found, func(r inbox.Record) bool {
		return r.Title != title || r.Created.Before(since) || !about(r, d)
	})
	if len(found) == 0 {
		return inbox.Record{}, false, nil
	}
	return slices.MaxFunc(found, func(x, y inbox.Record) int { return x.Created.Compare(y.Created) }), true, nil
}

// about says whether a record is about the draft's person.
func about(r inbox.Record, d inbox.RecordDraft) bool {
	switch {
	case d.Kind == inbox.Person:
		return d.Email == "" || slices.ContainsFunc(r.Emails, func(e string) bool {
			return inbox.NormalAddress(e) == inbox.NormalAddress(d.Email)
		})
	case d.PersonID != "":
		return r.PersonID == d.PersonID
	}
	return r.Person == oneLine(d.Name)
}
