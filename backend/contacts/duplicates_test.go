package contacts_test

import (
	"fmt"
	"testing"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func entity(id, emails, phones string) teamlog.Entity {
	return teamlog.Entity{Kind: "person", ID: id, Fields: map[string]string{"emails": emails, "phones": phones}}
}

func TestDuplicates(t *testing.T) {
	bob, robert := entity("bob", "Bob@x.example", "+31612345678"), entity("robert", "bob@X.example\nr@x.example", "")
	mobile, belgian := entity("mobile", "", "06-1234 5678"), entity("belgian", "", "+32 2 234 56 78")
	got := contacts.Duplicates([][]teamlog.Entity{
		{bob, robert}, {bob, mobile, belgian}, {belgian, mobile}, {robert, bob}, {},
	})
	want := "[{email [bob robert]} {phone [bob mobile]}]"
	type shown struct {
		Why inbox.MatchWhy
		IDs []string
	}
	var all []shown
	for _, d := range got {
		s := shown{Why: d.Why}
		for _, e := range d.Persons {
			s.IDs = append(s.IDs, e.ID)
		}
		all = append(all, s)
	}
	if fmt.Sprint(all) != want {
		t.Errorf("%v, not %s", all, want)
	}
}

func TestDuplicatesOfOnePerson(t *testing.T) {
	m := newMemory()
	for _, d := range []inbox.RecordDraft{
		{Kind: inbox.Person, Name: "Bob", Email: "bob@x.example", Phone: "+31612345678"},
		{Kind: inbox.Person, Name: "Robert", Email: "BOB@x.example", Phone: "0612345678"},
		{Kind: inbox.Person, Name: "B. Jansen", Phone: "06-12345678"},
		{Kind: inbox.Person, Name: "Eve", Email: "eve@x.example", Phone: "+32612345678"},
	} {
		if _, err := m.book().Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	bob, err := m.EntitiesByEmail(t.Context(), "bob@x.example")
	if err != nil || len(bob) != 2 {
		t.Fatal(bob, err)
	}
	hints, err := m.book().DuplicatesOf(t.Context(), bob[0])
	if err != nil || len(hints) != 2 || hints[0].Person.Fields["name"] != "Robert" || hints[0].Why != inbox.MatchEmail ||
		hints[1].Person.Fields["name"] != "B. Jansen" || hints[1].Why != inbox.MatchPhone {
		t.Errorf("%+v, %v", hints, err)
	}
}
