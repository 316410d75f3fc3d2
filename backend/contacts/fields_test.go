package contacts_test

import (
	"strings"
	"testing"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		kind              inbox.RecordKind
		field, give, want string
		wrong             bool
	}{
		{inbox.Person, "name", "  Bob\n Jansen\u202e ", "Bob Jansen", false},
		{inbox.Person, "name", "👩‍👩‍👧 Zoë", "👩‍👩‍👧 Zoë", false},
		{inbox.Person, "name", " ", "", true},
		{inbox.Person, "name", strings.Repeat("é", 255), strings.Repeat("é", 255), false},
		{inbox.Person, "name", strings.Repeat("é", 256), "", true},
		{inbox.Person, "emails", "a@x.example\n A@X.example \n\nb@x.example", "a@x.example\nb@x.example", false},
		{inbox.Person, "emails", "not an address", "", true},
		{inbox.Person, "emails", "", "", false},
		{inbox.Person, "phones", "+31612345678\n06 12345678\n020 1234567", "+31612345678\n020 1234567", false},
		{inbox.Person, "phones", "ask Ann", "", true},
		{inbox.Person, "title", "x", "", true},
		{inbox.Person, "__proto__", "x", "", true},
		{inbox.Lead, "title", "", "", true},
		{inbox.Lead, "label", "warm", "warm", false},
		{inbox.Lead, "label", "tepid", "", true},
		{inbox.Lead, "status", "won", "", true},
		{inbox.Deal, "status", "won", "won", false},
		{inbox.Deal, "stage", "quote_sent", "quote_sent", false},
		{inbox.Deal, "stage", "nowhere", "", true},
		{inbox.Deal, "value", " 3250,5 ", "3250.5", false},
		{inbox.Deal, "value", "1e9", "", true},
		{inbox.Deal, "value", "3.250,00", "", true},
		{inbox.Deal, "currency", "eur", "EUR", false},
		{inbox.Deal, "currency", "€", "", true},
		{inbox.Deal, "owner", "m1", "m1", false},
		{inbox.Deal, "person", "../x", "", true},
		{"company", "name", "x", "", true},
	} {
		got, err := contacts.Clean(c.kind, map[string]string{c.field: c.give})
		if (err != nil) != c.wrong || err == nil && got[c.field] != c.want {
			t.Errorf("%s %s %.30q: %q, %v", c.kind, c.field, c.give, got, err)
		}
		if err != nil && inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%s %s %.30q: no sentence, but %v", c.kind, c.field, c.give, err)
		}
	}
}
