package pipedrive_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/sandbox/crmserver"
)

// account is one with something in it.
func account(t *testing.T, change ...func(*pipedrive.Config)) (r *rig, jan int) {
	t.Helper()
	r = open(t, crmserver.Config{Users: []crmserver.User{
		{Name: "Ann Bakker", Email: "ann@acme.example", Token: token}, {Name: "Carol Meijer", Email: "carol@acme.example", Token: "other"},
	}}, change...)
	firm := r.server.AddOrganization(crmserver.Organization{Name: "De Vries BV"})
	jan = r.server.AddPerson(crmserver.Person{
		Name: "Jan de Vries", Emails: []string{"jan@devries.example", "info@devries.example"}, Phones: []string{"+31 6 1234 5678"}, Organization: firm,
	})
	return r, jan
}

func TestRecordsAsTheyAreShown(t *testing.T) {
	r, jan := account(t)
	firm := r.server.Organizations()[0].ID
	deal := r.server.AddDeal(crmserver.Deal{Title: "Roof", Value: "3250.50", Person: jan, Organization: firm, Stage: 3})
	lead := r.server.AddLead(crmserver.Lead{Title: "Shed", Person: jan, Value: "100", Currency: "SEK", Archived: true, Labels: []string{labelOf(t, "Hot"), labelOf(t, "Cold")}})
	ids := []inbox.RecordRef{ref(inbox.Person, jan), ref(inbox.Deal, deal), {Kind: inbox.Lead, ID: lead}}
	want := []inbox.Record{
		{
			RecordRef: ids[0], Title: "Jan de Vries", Emails: []string{"jan@devries.example", "info@devries.example"}, Phones: []string{"+31 6 1234 5678"},
			Organization: "De Vries BV", Owner: "Ann Bakker", URL: "https://acme.pipedrive.com/person/" + ids[0].ID,
		},
		{
			RecordRef: ids[1], Title: "Roof", Value: "3250.50", Currency: "EUR", PersonID: ids[0].ID, Person: "Jan de Vries", Status: "open",
			Stage: "Quote sent (Sales)", Organization: "De Vries BV", Owner: "Ann Bakker", URL: "https://acme.pipedrive.com/deal/" + ids[1].ID,
		},
		{
			RecordRef: ids[2], Title: "Shed", Value: "100", Currency: "SEK", PersonID: ids[0].ID, Person: "Jan de Vries", Status: "archived",
			Label: "Hot, Cold", Owner: "Ann Bakker", URL: "https://acme.pipedrive.com/leads/inbox/" + lead,
		},
	}
	for i, id := range ids {
		got, err := r.Get(r.ctx, id)
		want[i].Created, want[i].Updated = noon, noon
		if err != nil || !reflect.DeepEqual(got, want[i]) {
			t.Errorf("got  %+v, %v\nwant %+v", got, err, want[i])
		}
	}
}

// labelOf is the id of a label of the server's.
func labelOf(t *testing.T, name string) string {
	t.Helper()
	for _, l := range crmserver.Labels() {
		if l.Name == name {
			return l.ID
		}
	}
	t.Fatalf("no label %q", name)
	return ""
}

// What names a record's person, owner or stage may fail: the record is shown
// without them.
func TestRecordWithoutItsNames(t *testing.T) {
	r, jan := account(t)
	deal := r.server.AddDeal(crmserver.Deal{Title: "Roof", Person: jan, Stage: 3})
	for _, path := range []string{"/v1/users", "/api/v2/stages", "/api/v2/persons"} {
		c := r.another()
		if _, err := c.Me(r.ctx); err != nil {
			t.Fatal(err)
		}
		r.server.Fail(path, crmserver.Refused, -1)
		if got, err := c.Get(r.ctx, ref(inbox.Deal, deal)); err != nil || got.Title != "Roof" {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
		r.server.Heal()
	}
}

func TestStages(t *testing.T) {
	r, _ := account(t)
	all, err := r.Stages(r.ctx)
	if err != nil || !slices.Contains(all, "Qualified (Sales)") || all[0] != "Qualified (Sales)" || len(all) != 6 {
		t.Errorf("%q, %v", all, err)
	}
	for name, want := range map[string]int{
		"Quote sent (Sales)": 3, "quote sent": 3, "Qualified": 1, "qualified (service contracts)": 5, "6": 6, "": 1,
	} {
		made, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Deal, Title: "Of stage " + name, Stage: name})
		deals := r.server.Deals()
		if err != nil || deals[len(deals)-1].Stage != want {
			t.Errorf("%q: %+v, %v", name, made, err)
		}
	}
	if _, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Deal, Title: "x", Stage: "Nowhere", Name: "Eve"}); inbox.CodeOf(err) != inbox.Invalid || !strings.Contains(err.Error(), "Nowhere") {
		t.Errorf("%v", err)
	}
	if n := len(r.server.Persons()); n != 1 {
		t.Error("a person was made for a deal that was refused")
	}
	if n := r.asked(func() { _, _ = r.Stages(r.ctx) }); n != 0 {
		t.Errorf("stages were asked again")
	}
}

func TestCreate(t *testing.T) {
	r, jan := account(t, func(c *pipedrive.Config) {
		c.Owner = func(m inbox.MemberID) string {
			return map[inbox.MemberID]string{"carol": "Carol@acme.example", "dave": "dave@acme.example"}[m]
		}
	})
	lead, err := r.Create(r.ctx, inbox.RecordDraft{
		Kind: inbox.Lead, Title: " Shed ", PersonID: ref(inbox.Person, jan).ID, Value: "12.50", Label: "HOT", Owner: "carol",
	})
	if err != nil || lead.Title != "Shed" || lead.Owner != "Carol Meijer" || lead.Label != "Hot" || lead.Currency != "EUR" || lead.Value != "12.50" {
		t.Errorf("%+v, %v", lead, err)
	}
	deal, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Deal, Title: "Roof", Name: "Eve", Email: "eve@x.example", Value: "9", Currency: "sek", Owner: "dave"})
	if err != nil || deal.Owner != "Ann Bakker" || deal.Currency != "SEK" || deal.Person != "Eve" {
		t.Errorf("%+v, %v", deal, err)
	}
	firm, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Lead, Title: "Of a firm", Organization: "de vries bv"})
	if err != nil || firm.Organization != "De Vries BV" || firm.PersonID != "" || len(r.server.Organizations()) != 1 {
		t.Errorf("%+v, %v", firm, err)
	}
	nameless, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Person, Phone: "+31687654321"})
	if err != nil || nameless.Title != "+31687654321" {
		t.Errorf("%+v, %v", nameless, err)
	}
	for _, d := range []inbox.RecordDraft{
		{Kind: inbox.Deal, Title: "x", Value: "1e9"}, {Kind: inbox.Deal, Title: "x", Value: "12,50"}, {Kind: inbox.Deal, Title: "x", Value: "0x1"},
		{Kind: inbox.Lead, Title: "x", Name: "x", Label: "Tepid"}, {Kind: "product", Title: "x"}, {Kind: inbox.Deal, Title: strings.Repeat("x", 256)},
		{Kind: inbox.Deal, Title: "x", Value: "1", Currency: "EURO"},
	} {
		if _, err := r.Create(r.ctx, d); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// Whoever has the e-mail address or the number already is the lead's person.
func TestLeadOfSomebodyKnown(t *testing.T) {
	for _, d := range []inbox.RecordDraft{
		{Email: "JAN@devries.example"}, {Phone: "0612345678"}, {Name: "J. de Vries", Email: "other@x.example", Phone: "0031612345678"},
	} {
		r, jan := account(t)
		d.Kind, d.Title = inbox.Lead, "Shed"
		lead, err := r.Create(r.ctx, d)
		if err != nil || lead.PersonID != ref(inbox.Person, jan).ID || len(r.server.Persons()) != 1 {
			t.Errorf("%+v: %+v, %v", d, lead, err)
		}
	}
	r, _ := account(t)
	if lead, err := r.Create(r.ctx, inbox.RecordDraft{Kind: inbox.Lead, Title: "Shed", Name: "Jan de Vries"}); err != nil || len(r.server.Persons()) != 2 {
		t.Errorf("a namesake is nobody known: %+v, %v", lead, err)
	}
}

// A lead that failed for a while takes the same person at each attempt, also
// one of whom only the name is known.
func TestAttemptsTakeTheSamePerson(t *testing.T) {
	r, _ := account(t)
	r.server.SetSearchLag(time.Hour)
	d := inbox.RecordDraft{Kind: inbox.Lead, Title: "Shed", Name: "Somebody"}
	r.server.Fail("POST /v1/leads", crmserver.Broken, 3)
	for range 4 {
		_, _ = r.Create(r.ctx, d)
	}
	if len(r.server.Persons()) != 2 || len(r.server.Leads()) != 1 {
		t.Errorf("%+v %+v", r.server.Persons(), r.server.Leads())
	}
	if _, err := r.Create(r.ctx, d); err != nil || len(r.server.Persons()) != 3 {
		t.Errorf("another lead of another namesake took him: %v", err)
	}
}

func TestFindByThePersonItIsAbout(t *testing.T) {
	r, jan := account(t)
	deal := r.server.AddDeal(crmserver.Deal{Title: "Roof", Person: jan, Value: "100", Stage: 3})
	lead := r.server.AddLead(crmserver.Lead{Title: "Shed", Person: jan})
	for _, text := range []string{"de vries", "jan@devries", "06 1234 5678", "+31612345678"} {
		for kind, id := range map[inbox.RecordKind]string{inbox.Deal: ref(inbox.Deal, deal).ID, inbox.Lead: lead, inbox.Person: ref(inbox.Person, jan).ID} {
			got, err := r.Find(r.ctx, kind, text, 5)
			if err != nil || len(got) != 1 || got[0].ID != id || got[0].URL == "" {
				t.Errorf("%s by %q: %+v, %v", kind, text, got, err)
			}
		}
	}
	got, err := r.Find(r.ctx, inbox.Deal, "roof", 5)
	if err != nil || len(got) != 1 || got[0].Stage != "Quote sent" || got[0].Value != json.Number("100") || got[0].Person != "Jan de Vries" {
		t.Errorf("%+v, %v", got, err)
	}
}

// As the number is typed, whatever its format there.
func TestFindNumbers(t *testing.T) {
	for _, literal := range []bool{false, true} {
		r := open(t, crmserver.Config{LiteralPhones: literal})
		jan := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan", Phones: []string{"+31 6 1234 5678"}}))
		r.server.AddPerson(crmserver.Person{Name: "Piet", Phones: []string{"+31699995678"}})
		for _, text := range []string{"61234", "0612345678", "06-12 34 56 78", "+31 6 12345678", "12345678"} {
			got, err := r.Find(r.ctx, inbox.Person, text, 5)
			if err != nil || len(got) != 1 || got[0].RecordRef != jan {
				t.Errorf("%q: %+v, %v", text, got, err)
			}
		}
		if got, err := r.FindPerson(r.ctx, "", "0612345678", ""); err != nil || len(got) != 1 || got[0].RecordRef != jan {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := r.FindPerson(r.ctx, "", "0688888888", ""); err != nil || len(got) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// What stands in the way of a record may be gone the next time: it is not held
// on to.
func TestHalfThatIsGone(t *testing.T) {
	r, _ := account(t)
	d := inbox.RecordDraft{Kind: inbox.Lead, Title: "Shed", Name: "Eve", Organization: "Eve BV"}
	r.server.Fail("POST /v1/leads", crmserver.Broken, 1)
	if _, err := r.Create(r.ctx, d); err == nil {
		t.Fatal("nothing failed")
	}
	all := r.server.Persons()
	r.server.Remove("person", ref(inbox.Person, all[len(all)-1].ID).ID)
	if _, err := r.Create(r.ctx, d); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("%v", err)
	}
	if lead, err := r.Create(r.ctx, d); err != nil || lead.Person != "Eve" {
		t.Errorf("%+v, %v", lead, err)
	}
}

// A record is found again though its name came back in another form, and with
// a number that is none.
func TestFindCreatedAlike(t *testing.T) {
	r, _ := account(t)
	r.server.AddPerson(crmserver.Person{Name: "zoë  Smit", Emails: []string{"zoe@x.example"}, Phones: []string{"12-34"}})
	d := inbox.RecordDraft{Kind: inbox.Person, Name: "Zoë Smit", Email: "Zoe@x.example", Phone: "1234"}
	if got, found, err := r.FindCreated(r.ctx, d, noon); err != nil || !found || got.Title != "zoë  Smit" {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
	r.server.AddPerson(crmserver.Person{Name: "Early", Added: noon.Add(-time.Hour), Changed: noon})
	if _, found, err := r.FindCreated(r.ctx, inbox.RecordDraft{Kind: inbox.Person, Name: "Early"}, noon); err != nil || found {
		t.Errorf("one that was only changed since is taken for a new one: %v", err)
	}
}

// Whoever may not see the users is not asked for them with every record.
func TestUsersNotToBeSeen(t *testing.T) {
	r, jan := account(t)
	r.server.Fail("/v1/users", crmserver.Refused, -1)
	if _, err := r.Get(r.ctx, ref(inbox.Person, jan)); err == nil {
		t.Fatal("who it is was not refused")
	}
	r.server.Heal()
	if _, err := r.Me(r.ctx); err != nil {
		t.Fatal(err)
	}
	r.server.Fail("/v1/users", crmserver.Refused, -1)
	for range 3 {
		if _, err := r.Get(r.ctx, ref(inbox.Person, jan)); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, q := range r.server.Requests() {
		if q.Path == "/v1/users" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d times", n)
	}
}
