package contacts

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// The fields of an entity. Lists are joined by line ends.
const (
	FieldName         = "name"   // of a person
	FieldEmails       = "emails" // of a person, a list
	FieldPhones       = "phones" // of a person, a list
	FieldOrganization = "organization"
	FieldTitle        = "title"  // of a lead or deal
	FieldPerson       = "person" // whom a lead or deal is about: the person's id
	FieldValue        = "value"  // a decimal number
	FieldCurrency     = "currency"
	FieldStage        = "stage"  // of a deal
	FieldStatus       = "status" // of a lead or deal
	FieldLabel        = "label"  // of a lead
	FieldOwner        = "owner"  // a member's id
)

// What stages, statuses and labels there are; the window says them in words.
var (
	Stages       = []string{"qualified", "contacted", "quote_sent", "negotiating"}
	DealStatuses = []string{"open", "won", "lost"}
	LeadStatuses = []string{"open", "archived"}
	Labels       = []string{"hot", "warm", "cold"}
)

// NewID makes the id of a new entity or note.
func NewID() string { return strings.ToLower(rand.Text()) }

// Changes is the event that makes an entity or changes some of its fields. Was
// is what its author saw of it, nil for a new one; it is void when somebody
// changed one of these fields since.
func Changes(kind inbox.RecordKind, id string, was, set map[string]string) *teamlog.CRMEntity {
	event := &teamlog.CRMEntity{ID: id, RecordKind: kind, Set: map[string]string{}, Was: map[string]string{}}
	for field, value := range set {
		if value == was[field] {
			continue
		}
		event.Set[field] = value
		if was[field] != "" {
			event.Was[field] = was[field]
		}
	}
	return event
}

// RecordOf is an entity as every CRM gives it. It does not know names that
// stand elsewhere: those of a lead's person and of the owner (Book.Record).
func RecordOf(e teamlog.Entity) inbox.Record {
	f := e.Fields
	return inbox.Record{
		RecordRef: inbox.RecordRef{Kind: inbox.RecordKind(e.Kind), ID: e.ID},
		Title:     cmp.Or(f[FieldTitle], f[FieldName]),
		Emails:    list(f[FieldEmails]), Phones: list(f[FieldPhones]),
		Organization: f[FieldOrganization], PersonID: f[FieldPerson],
		Value: json.Number(f[FieldValue]), Currency: f[FieldCurrency],
		Stage: f[FieldStage], Status: f[FieldStatus], Label: f[FieldLabel],
		Created: e.Created, Updated: e.Changed,
	}
}

func list(joined string) []string {
	if joined == "" {
		return nil
	}
	return strings.Split(joined, "\n")
}

// Subtitle is the line under a record's title where it stands among others.
func Subtitle(r inbox.Record) string {
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if r.Kind == inbox.Person {
		add(r.Organization)
		switch {
		case len(r.Emails) > 0:
			add(r.Emails[0])
		case len(r.Phones) > 0:
			add(r.Phones[0])
		}
	} else {
		add(r.Person)
		add(r.Organization)
	}
	return strings.Join(parts, " · ")
}
