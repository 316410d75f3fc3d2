package app

import (
	"context"
	"strings"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func titleField(kind inbox.RecordKind) string {
	if kind == inbox.Person {
		return contacts.FieldName
	}
	return contacts.FieldTitle
}

// bookFields are the fields that somebody gave, "" for one that they emptied.
// Email and Phone are the first of their lists.
func (f RecordFields) bookFields(kind inbox.RecordKind, present map[string]string) map[string]string {
	set := map[string]string{}
	put := func(name string, value *string) {
		if value != nil {
			set[name] = *value
		}
	}
	put(titleField(kind), f.Title)
	if kind == inbox.Person {
		put(contacts.FieldName, f.Name)
		putList(set, present, contacts.FieldEmails, f.Emails, f.Email)
		putList(set, present, contacts.FieldPhones, f.Phones, f.Phone)
	} else {
		put(contacts.FieldPerson, f.PersonID)
		put(contacts.FieldValue, (*string)(f.Value))
		put(contacts.FieldCurrency, f.Currency)
		put(contacts.FieldStage, f.Stage)
		put(contacts.FieldStatus, f.Status)
		put(contacts.FieldLabel, f.Label)
	}
	put(contacts.FieldOrganization, f.Organization)
	put(contacts.FieldOwner, f.Owner)
	return set
}

func putList(set, present map[string]string, name string, all *[]string, one *string) {
	switch {
	case all != nil:
		set[name] = strings.Join(*all, "\n")
	case one != nil:
		rest := lines(present[name])
		set[name] = strings.Join(append([]string{*one}, rest[min(1, len(rest)):]...), "\n")
	}
}

// addRecord makes a record of the contact book, and with a lead or deal the
// person that it brings along.
func (a *App) addRecord(ctx context.Context, kind inbox.RecordKind, f RecordFields) (Record, error) {
	if err := checkKind(kind); err != nil {
		return Record{}, err
	}
	if err := a.bookInUse(); err != nil {
		return Record{}, err
	}
	events, ref, err := a.bookEvents(ctx, kind, f)
	if err != nil {
		return Record{}, err
	}
	if _, err := a.decide(ctx, events...); err != nil {
		return Record{}, err
	}
	return a.record(ctx, ref.Kind, ref.ID)
}

// bookEvents are what makes a record of what somebody gave.
func (a *App) bookEvents(ctx context.Context, kind inbox.RecordKind, f RecordFields) ([]teamlog.Event, inbox.RecordRef, error) {
	var events []teamlog.Event
	if kind == inbox.Person && said(f.Name) == "" {
		f.Name = f.Title
	}
	if err := a.knowsPerson(ctx, kind, said(f.PersonID)); err != nil {
		return nil, inbox.RecordRef{}, err
	}
	if kind != inbox.Person && said(f.PersonID) == "" && said(f.Name)+said(f.Email)+said(f.Phone) != "" {
		person := RecordFields{Name: f.Name, Email: f.Email, Phone: f.Phone, Organization: f.Organization, Owner: f.Owner}
		event, err := a.newEntity(inbox.Person, person)
		if err != nil {
			return nil, inbox.RecordRef{}, err
		}
		events, f.PersonID = append(events, event), &event.ID
	}
	event, err := a.newEntity(kind, f)
	if err != nil {
		return nil, inbox.RecordRef{}, err
	}
	if kind == inbox.Lead && event.Set[contacts.FieldPerson] == "" && event.Set[contacts.FieldOrganization] == "" {
		return nil, inbox.RecordRef{}, inbox.Errorf(inbox.Invalid, "A lead needs a person or an organization.")
	}
	return append(events, event), inbox.RecordRef{Kind: kind, ID: event.ID}, nil
}

// knowsPerson refuses a lead or deal about a person who is not there.
func (a *App) knowsPerson(ctx context.Context, kind inbox.RecordKind, id string) error {
	if kind == inbox.Person || id == "" {
		return nil
	}
	_, err := a.entity(ctx, inbox.RecordRef{Kind: inbox.Person, ID: id})
	return err
}

func (a *App) newEntity(kind inbox.RecordKind, f RecordFields) (*teamlog.CRMEntity, error) {
	set := f.bookFields(kind, nil)
	contacts.FillIn(kind, set)
	if _, given := set[titleField(kind)]; !given {
		set[titleField(kind)] = ""
	}
	clean, err := a.cleanFields(kind, set)
	if err != nil {
		return nil, err
	}
	return contacts.Changes(kind, contacts.NewID(), nil, clean), nil
}

// cleanFields checks what somebody gave. Whom a record is about is not looked
// up: the same decision may make them.
func (a *App) cleanFields(kind inbox.RecordKind, set map[string]string) (map[string]string, error) {
	clean, err := contacts.Clean(kind, set)
	if err != nil {
		return nil, err
	}
	if owner := clean[contacts.FieldOwner]; owner != "" {
		if m, known := a.team.Member(inbox.MemberID(owner)); !known || m.Removed {
			return nil, inbox.Errorf(inbox.NotFound, "There is no member %q in the team.", owner)
		}
	}
	return clean, nil
}

// saveRecord changes the fields it is given, unless somebody else changed them
// since they were read.
func (a *App) saveRecord(ctx context.Context, kind inbox.RecordKind, id string, changes RecordChanges) (Undo, error) {
	if err := a.bookInUse(); err != nil {
		return Undo{}, err
	}
	e, err := a.entity(ctx, inbox.RecordRef{Kind: kind, ID: id})
	if err != nil {
		return Undo{}, err
	}
	set, err := a.checkChanges(ctx, e, changes)
	if err != nil {
		return Undo{}, err
	}
	event := contacts.Changes(kind, e.ID, e.Fields, set)
	if len(event.Set) == 0 {
		return Undo{}, nil
	}
	before := map[string]string{}
	for name := range event.Set {
		before[name] = e.Fields[name]
	}
	return a.decideBook(ctx, event, contacts.Changes(kind, e.ID, event.Set, before))
}

// checkChanges gives the fields that somebody changed as they are kept.
func (a *App) checkChanges(ctx context.Context, e teamlog.Entity, changes RecordChanges) (map[string]string, error) {
	kind := inbox.RecordKind(e.Kind)
	set, err := a.cleanFields(kind, changes.bookFields(kind, e.Fields))
	if err != nil {
		return nil, err
	}
	if person := set[contacts.FieldPerson]; person != e.Fields[contacts.FieldPerson] {
		if err := a.knowsPerson(ctx, kind, person); err != nil {
			return nil, err
		}
	}
	if changes.Was == nil {
		return set, nil
	}
	return set, checkSeen(changes.Was.bookFields(kind, e.Fields), e.Fields, set)
}

// checkSeen refuses to change a field that is another by now than the person
// saw.
func checkSeen(seen, now, set map[string]string) error {
	for name, value := range set {
		if was, given := seen[name]; given && value != now[name] && was != now[name] {
			return inbox.Errorf(inbox.Conflict, "Somebody changed this meanwhile. Look at it and save again.")
		}
	}
	return nil
}

// decideBook decides about the contact book, and keeps what takes it back.
func (a *App) decideBook(ctx context.Context, event, back teamlog.Event) (Undo, error) {
	if _, err := a.decide(ctx, event); err != nil {
		return Undo{}, err
	}
	return Undo{UndoID: a.undo.add([]reversal{{back: back}})}, nil
}

// removeRecord takes a record out of the contact book.
func (a *App) removeRecord(ctx context.Context, kind inbox.RecordKind, id string) (Undo, error) {
	if err := a.bookInUse(); err != nil {
		return Undo{}, err
	}
	e, err := a.entity(ctx, inbox.RecordRef{Kind: kind, ID: id})
	if err != nil {
		return Undo{}, err
	}
	return a.decideBook(ctx, &teamlog.CRMEntity{ID: e.ID, RecordKind: kind, Deleted: true},
		&teamlog.CRMEntity{ID: e.ID, RecordKind: kind, Restored: true})
}
