package app

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/sqlite"
	"postvak/backend/teamlog"
)

// The limits of searching as somebody types.
const (
	minSearch  = 2 // letters
	maxSearch  = 200
	mostLinked = 20 // conversations that a record shows
)

// searchRecords finds records in the team's CRM.
func (a *App) searchRecords(ctx context.Context, kind inbox.RecordKind, text string) ([]RecordHit, error) {
	found, err := a.findRecords(ctx, kind, text)
	return mapped(found, hitOf), err
}

func (a *App) findRecords(ctx context.Context, kind inbox.RecordKind, text string) ([]inbox.Record, error) {
	if err := checkKind(kind); err != nil {
		return nil, err
	}
	if len(text) > maxSearch {
		return nil, inbox.Errorf(inbox.Invalid, "A search has at most %d characters.", maxSearch)
	}
	if _, err := a.askable(); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(strings.TrimSpace(text)) < minSearch {
		return nil, nil
	}
	return a.crm.service.Search(ctx, kind, text)
}

func hitOf(r inbox.Record) RecordHit {
	return RecordHit{Kind: string(r.Kind), ID: r.ID, Title: r.Title, Subtitle: contacts.Subtitle(r)}
}

// record gives one with its notes and conversations. What an outside CRM holds
// is from when it was last seen, where it cannot be asked.
func (a *App) record(ctx context.Context, kind inbox.RecordKind, id string) (Record, error) {
	ref := inbox.RecordRef{Kind: kind, ID: id}
	if err := checkRef(ref); err != nil {
		return Record{}, err
	}
	provider := a.crm.present().choice.provider()
	out, err := a.recordWith(ctx, ref)
	if err != nil {
		return Record{}, err
	}
	rows, err := a.db.LinkedTo(ctx, provider, ref, mostLinked)
	if err != nil {
		return Record{}, err
	}
	for _, r := range rows {
		if a.team.HasAccess(a.team.Me(), r.Channel) {
			out.Conversations = append(out.Conversations, LinkedConversation{
				ID: string(r.ID), Subject: r.Subject, Contact: nameOrAddress(r.Contact), At: stamp(r.LastAt),
			})
		}
	}
	return out, nil
}

func (a *App) recordWith(ctx context.Context, ref inbox.RecordRef) (Record, error) {
	if !a.crm.present().choice.builtin() {
		known, err := a.knownRecord(ctx, ref)
		return recordOf(known), err
	}
	e, err := a.entity(ctx, ref)
	if err != nil {
		return Record{}, err
	}
	out := a.entityRecord(ctx, e)
	notes, err := a.db.BookNotes(ctx, ref)
	if err != nil {
		return Record{}, err
	}
	out.Notes = mapped(notes, bookNoteOf)
	if out.Records, err = a.recordsOf(ctx, e); err != nil {
		return Record{}, err
	}
	out.Duplicates, err = a.duplicatesOf(ctx, e)
	return out, err
}

// knownRecord gives a record as its CRM says it, or last said it.
func (a *App) knownRecord(ctx context.Context, ref inbox.RecordRef) (inbox.Record, error) {
	now := a.crm.present()
	if now.provider == nil {
		if seen, found, gone := a.seenRecord(ctx, now.choice.provider(), ref); found && !gone {
			return seen, nil
		}
		_, err := a.askable()
		return inbox.Record{}, err
	}
	r, _, err := a.crm.service.Get(ctx, ref)
	return r, err
}

// seenRecord is what is known here of a record, without asking anybody. Gone
// says that it is not in its CRM any more.
func (a *App) seenRecord(ctx context.Context, provider string, ref inbox.RecordRef) (r inbox.Record, found, gone bool) {
	if provider != inbox.BuiltinCRM {
		seen, _, found, err := a.db.SeenRecord(ctx, provider, ref)
		return seen, found && err == nil && seen.Title != "", seen.Gone
	}
	e, found, err := a.db.Entity(ctx, ref.Kind, ref.ID)
	if err != nil || !found {
		return r, false, false
	}
	r, err = a.crm.book.Record(ctx, e)
	return r, err == nil, e.Deleted
}

// entity gives what stands in the built-in contact book.
func (a *App) entity(ctx context.Context, ref inbox.RecordRef) (teamlog.Entity, error) {
	if err := checkRef(ref); err != nil {
		return teamlog.Entity{}, err
	}
	e, found, err := a.db.Entity(ctx, ref.Kind, ref.ID)
	if err == nil && (!found || e.Deleted) {
		err = recordGone()
	}
	return e, err
}

// recordOf is what a CRM says of a record.
func recordOf(r inbox.Record) Record {
	return Record{
		RecordHit: hitOf(r), Emails: r.Emails, Phones: r.Phones, Organization: r.Organization,
		PersonID: r.PersonID, Person: r.Person, Value: Amount(r.Value), Currency: r.Currency,
		Stage: r.Stage, Status: r.Status, Label: r.Label, Owner: r.Owner, URL: webAddress(r.URL), ChangedAt: stamp(r.Updated),
	}
}

// entityRecord is what the contact book says of one.
func (a *App) entityRecord(ctx context.Context, e teamlog.Entity) Record {
	r, err := a.crm.book.Record(ctx, e)
	if err != nil {
		r = contacts.RecordOf(e) // without the names that stand elsewhere
	}
	out := recordOf(r)
	out.OwnerID, out.Pending = e.Fields[contacts.FieldOwner], e.Pending
	return out
}

// lines are the members of a list field.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return s == "" })
}

// listRecords gives a page of the contact book by title. Of an outside CRM it
// gives what the text finds.
func (a *App) listRecords(ctx context.Context, kind inbox.RecordKind, q RecordQuery) ([]Record, error) {
	if err := checkKind(kind); err != nil {
		return nil, err
	}
	if err := checkLimit(q.Limit); err != nil {
		return nil, err
	}
	if !a.crm.present().choice.builtin() {
		if q.After != "" {
			return nil, nil
		}
		found, err := a.findRecords(ctx, kind, q.Text)
		return mapped(found, recordOf), err
	}
	if len(q.Text) > maxSearch {
		return nil, inbox.Errorf(inbox.Invalid, "A search has at most %d characters.", maxSearch)
	}
	page, _, _, err := a.db.Entities(ctx, sqlite.EntityQuery{Kind: kind, Text: strings.TrimSpace(q.Text), After: q.After, Limit: q.Limit})
	return mapped(page, func(e teamlog.Entity) Record { return a.entityRecord(ctx, e) }), err
}
