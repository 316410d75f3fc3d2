package pipedrive_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/pipedrive"
	"postvak/backend/sandbox/crmserver"
)

// failures are all ways in which the account can fail, and what a person and
// the program are told of each.
var failures = []struct {
	name    string
	failure crmserver.Failure
	code    inbox.Code
	says    string
	retry   time.Duration
}{
	{"401", crmserver.Unauthorized, inbox.Auth, "does not take your token", 0},
	{"402", crmserver.Unpaid, inbox.Unavailable, "not paid", time.Hour},
	{"403", crmserver.Refused, inbox.Forbidden, "does not let you", 0},
	{"403 limit", crmserver.LimitReached, inbox.Forbidden, "Open deals limit reached", 0},
	{"403 page", crmserver.Capped, inbox.Unavailable, "shut this computer out", 15 * time.Minute},
	{"404", crmserver.Missing, inbox.NotFound, "not in Pipedrive", 0},
	{"410", crmserver.Gone, inbox.NotFound, "not in Pipedrive", 0},
	{"429", crmserver.TooMany, inbox.Unavailable, "too many requests at once", 7 * time.Second},
	{"429 bare", crmserver.TooManyBare, inbox.Unavailable, "too many requests at once", 2 * time.Second},
	{"400", crmserver.BadRequest, inbox.Invalid, "title: should be at most 255", 0},
	{"500", crmserver.Broken, inbox.Unavailable, "(500)", 0},
	{"502 page", crmserver.BadGateway, inbox.Unavailable, "(502)", 0},
	{"503", crmserver.Maintenance, inbox.Unavailable, "(503)", 2 * time.Minute},
	{"504 after", crmserver.GatewayAfter, inbox.Unavailable, "(504)", 0},
	{"cut before", crmserver.CutBefore, inbox.Unavailable, "cannot be reached", 0},
	{"cut after", crmserver.CutAfter, inbox.Unavailable, "cannot be reached", 0},
	{"half an answer", crmserver.CutJSON, inbox.Unavailable, "not Pipedrive as", 0},
	{"a page", crmserver.NotJSON, inbox.Unavailable, "not Pipedrive as", 0},
	{"endless", crmserver.Endless, inbox.Unavailable, "not Pipedrive as", 0},
	{"redirect", crmserver.Elsewhere, inbox.Unavailable, "not Pipedrive as", 0},
	{"no success", crmserver.NoSuccess, inbox.Unavailable, "could not do this", 0},
	{"slow", crmserver.Slow, inbox.Unavailable, "in time", 0},
	{"slow after", crmserver.SlowAfter, inbox.Unavailable, "in time", 0},
}

func retryAfter(err error) time.Duration {
	var r crm.Retry
	if errors.As(err, &r) {
		return r.RetryAfter()
	}
	return 0
}

// impatient ends soon where the server never answers.
func impatient(t *testing.T, f crmserver.Failure) context.Context {
	t.Helper()
	if f != crmserver.Slow && f != crmserver.SlowAfter {
		return t.Context()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestEveryFailureSaysWhatItIs(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t, crmserver.Config{})
			person := r.server.AddPerson(crmserver.Person{Name: "Jan"})
			if _, err := r.Me(r.ctx); err != nil {
				t.Fatal(err)
			}
			r.server.Fail("/api/v2/persons", f.failure, -1)
			_, err := r.Get(impatient(t, f.failure), ref(inbox.Person, person))
			var e *inbox.Error
			if !errors.As(err, &e) || e.Code != f.code || !strings.Contains(e.Message, f.says) || retryAfter(err) != f.retry {
				t.Errorf("%s, retry after %v: %v", inbox.CodeOf(err), retryAfter(err), err)
			}
			if strings.Contains(err.Error(), token) {
				t.Errorf("the token is in %v", err)
			}
			r.server.Heal()
			r.clock.Advance(f.retry)
			if got, err := r.Get(r.ctx, ref(inbox.Person, person)); err != nil || got.Title != "Jan" {
				t.Errorf("after it: %+v, %v", got, err)
			}
		})
	}
}

var body = pipedrive.Body{
	HTML:   `<p>postvak://conversation/k1?note=abcdefghijklmnop.1.aaaabbbbcccc</p><p>Hello &amp; bye</p>`,
	Text:   "postvak://conversation/k1?note=abcdefghijklmnop.1.aaaabbbbcccc\n\nHello & bye",
	Marker: "note=abcdefghijklmnop.",
}

// A note that may or may not have been written is looked for before it is
// written again: in the end it stands there once.
func TestNoteIsWrittenOnceWhateverFails(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t, crmserver.Config{})
			on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
			if _, err := r.Get(r.ctx, on); err != nil {
				t.Fatal(err)
			}
			r.server.Fail("POST /v1/notes", f.failure, -1)
			if n, err := r.WriteNote(impatient(t, f.failure), on, "", "", body); err == nil {
				t.Fatalf("nothing failed: %+v", n)
			}
			r.server.Heal()
			r.clock.Advance(f.retry)
			n, found, err := r.FindNote(r.ctx, on, body.Marker)
			if err == nil && !found {
				n, err = r.WriteNote(r.ctx, on, "", "", body)
			}
			if err != nil || n.Text != body.Text && !strings.Contains(n.Text, "Hello & bye") {
				t.Fatalf("%+v, %v", n, err)
			}
			if all := r.server.Notes(); len(all) != 1 || all[0].ID != n.ID {
				t.Errorf("the notes are %+v", all)
			}
		})
	}
}

func TestNoteIsReplacedOrNot(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t, crmserver.Config{})
			on := ref(inbox.Person, r.server.AddPerson(crmserver.Person{Name: "Jan"}))
			first, err := r.WriteNote(r.ctx, on, "", "", body)
			if err != nil {
				t.Fatal(err)
			}
			longer := body
			longer.HTML += "<p>And more</p>"
			r.server.Fail("PUT /v1/notes", f.failure, -1)
			if n, err := r.WriteNote(impatient(t, f.failure), on, first.ID, first.Version, longer); err == nil {
				t.Fatalf("nothing failed: %+v", n)
			}
			r.server.Heal()
			r.clock.Advance(f.retry)
			n, err := r.ReadNote(r.ctx, on, first.ID)
			written := err == nil && strings.Contains(n.Text, "And more")
			if err != nil || n.Version == first.Version == written {
				t.Fatalf("%+v, %v", n, err)
			}
			if n, err = r.WriteNote(r.ctx, on, first.ID, n.Version, longer); err != nil || strings.Count(n.Text, "And more") != 1 {
				t.Errorf("%+v, %v", n, err)
			}
			if all := r.server.Notes(); len(all) != 1 {
				t.Errorf("the notes are %+v", all)
			}
		})
	}
}

// A lead and its person are made once, wherever it fails and however far the
// search is behind.
func TestLeadIsMadeOnceWhateverFails(t *testing.T) {
	d := inbox.RecordDraft{
		Kind: inbox.Lead, Title: "A shed", Name: "Eve Smit", Email: "eve@customer.example", Phone: "+31612345678",
		Organization: "Smit BV", Value: "1200.50", Currency: "EUR", Label: "warm",
	}
	for _, path := range []string{"POST /api/v2/organizations", "POST /api/v2/persons", "POST /v1/leads"} {
		for _, f := range failures {
			t.Run(path+" "+f.name, func(t *testing.T) {
				r := open(t, crmserver.Config{SearchLag: time.Hour})
				if _, err := r.Stages(r.ctx); err != nil {
					t.Fatal(err)
				}
				since := r.clock.Now()
				r.server.Fail(path, f.failure, -1)
				if _, err := r.Create(impatient(t, f.failure), d); err == nil {
					t.Fatal("nothing failed")
				}
				r.server.Heal()
				r.clock.Advance(f.retry)
				again := r.another() // the program was killed meanwhile
				lead, found, err := again.FindCreated(r.ctx, d, since)
				if err == nil && !found {
					lead, err = again.Create(r.ctx, d)
				}
				if err != nil || lead.Title != "A shed" || lead.PersonID == "" || lead.Label != "Warm" || lead.Value != "1200.50" {
					t.Fatalf("%+v, %v", lead, err)
				}
				leads, persons, firms := r.server.Leads(), r.server.Persons(), r.server.Organizations()
				if len(leads) != 1 || len(persons) != 1 || len(firms) != 1 {
					t.Errorf("%d leads, %d persons, %d organizations: %+v %+v", len(leads), len(persons), len(firms), leads, persons)
				}
			})
		}
	}
}

// Members of other types, or null, are read as far as they can be, and a note
// that cannot be read is never taken for one that somebody emptied.
func TestOtherTypesThanPromised(t *testing.T) {
	for name, f := range map[string]crmserver.Failure{"nulls": crmserver.Nulls, "wrong types": crmserver.WrongTypes} {
		t.Run(name, func(t *testing.T) {
			r := open(t, crmserver.Config{})
			jan := r.server.AddPerson(crmserver.Person{Name: "Jan", Emails: []string{"jan@x.example"}, Phones: []string{"+31612345678"}})
			deal := r.server.AddDeal(crmserver.Deal{Title: "Roof", Value: "3250.5", Person: jan, Stage: 3})
			lead := r.server.AddLead(crmserver.Lead{Title: "Shed", Person: jan, Value: "100", Currency: "EUR"})
			n, err := r.WriteNote(r.ctx, ref(inbox.Person, jan), "", "", body)
			if err != nil {
				t.Fatal(err)
			}
			r.server.Fail("", f, -1)
			c := r.another()
			if f == crmserver.WrongTypes {
				if got, err := c.Get(r.ctx, ref(inbox.Deal, deal)); err != nil || got.Value != "3250.5" || got.PersonID == "" || got.Person != "Jan" || got.Stage != "Quote sent (Sales)" {
					t.Errorf("%+v, %v", got, err)
				}
				if again, err := c.ReadNote(r.ctx, ref(inbox.Person, jan), n.ID); err != nil || again != n {
					t.Errorf("%+v, %v", again, err)
				}
				return
			}
			r.server.Heal()
			if _, err := c.Me(r.ctx); err != nil {
				t.Fatal(err)
			}
			r.server.Fail("", f, -1)
			for _, ref := range []inbox.RecordRef{ref(inbox.Person, jan), ref(inbox.Deal, deal), {Kind: inbox.Lead, ID: lead}} {
				if got, err := c.Get(r.ctx, ref); err != nil || got.RecordRef != ref || got.Value != "" || len(got.Emails) != 0 {
					t.Errorf("%+v, %v", got, err)
				}
			}
			if again, err := c.ReadNote(r.ctx, ref(inbox.Person, jan), n.ID); inbox.CodeOf(err) != inbox.Unavailable || again.Deleted {
				t.Errorf("%+v, %v", again, err)
			}
			for _, kind := range inbox.RecordKinds {
				if _, err := c.Find(r.ctx, kind, "jan", 5); err != nil {
					t.Error(err)
				}
			}
			if _, err := c.FindPerson(r.ctx, "jan@x.example", "+31612345678", "Jan"); err != nil {
				t.Error(err)
			}
		})
	}
}
