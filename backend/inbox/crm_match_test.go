package inbox_test

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func TestR21WhoThisIs(t *testing.T) {
	same := func(a, b string) bool { return strings.TrimLeft(a, "+031") == strings.TrimLeft(b, "+031") }
	piet := inbox.Record{Title: "Piet Jansen", Emails: []string{" Piet@Firm.example"}, Phones: []string{"0612345678"}}
	for _, c := range []struct {
		name    string
		contact inbox.Address
		phones  []string
		record  inbox.Record
		want    inbox.Confidence
		why     inbox.MatchWhy
	}{
		{"the same address", inbox.Address{Address: "piet@firm.EXAMPLE"}, nil, piet, inbox.Sure, inbox.MatchEmail},
		{"the same number as address", inbox.Address{Address: "+31612345678"}, nil, piet, inbox.Sure, inbox.MatchPhone},
		{"the same number beside", inbox.Address{Address: "p@x.example"}, []string{"+31612345678"}, piet, inbox.Sure, inbox.MatchPhone},
		{"the name alone", inbox.Address{Name: "piet  jansen", Address: "p@x.example"}, nil, piet, inbox.Maybe, inbox.MatchName},
		{"the last name first", inbox.Address{Name: "Jansen, Piet", Address: "p@x.example"}, nil, piet, inbox.Maybe, inbox.MatchName},
		{"another name", inbox.Address{Name: "Piet Janssen", Address: "p@x.example"}, nil, piet, inbox.NoMatch, ""},
		{"no name", inbox.Address{Address: "p@x.example"}, nil, inbox.Record{}, inbox.NoMatch, ""},
		{"an address for a name", inbox.Address{Name: "a@b.example", Address: "p@x.example"}, nil, inbox.Record{Title: "a@b.example"}, inbox.NoMatch, ""},
		{"signs for a name", inbox.Address{Name: "--", Address: "p@x.example"}, nil, inbox.Record{Title: "!!"}, inbox.NoMatch, ""},
		{"nothing matches nothing", inbox.Address{}, []string{}, inbox.Record{Emails: []string{""}, Phones: []string{""}}, inbox.NoMatch, ""},
		{"an address is no number", inbox.Address{Address: "0612345678@x.example"}, nil, inbox.Record{Phones: []string{"0612345678@x.example"}}, inbox.NoMatch, ""},
	} {
		got, why := inbox.MatchPerson(c.contact, c.phones, c.record, same)
		if got != c.want || why != c.why {
			t.Errorf("%s: %q by %q, want %q by %q", c.name, got, why, c.want, c.why)
		}
	}
}
