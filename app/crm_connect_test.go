package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/sandbox/crmserver"
	"postvak/backend/teamlog"
)

func (r crmRig) provider() CrmProvider { return call[CrmProvider](r.rig, "Crm.Provider") }

// Connecting tries the token first, and stores nothing when it is not taken.
func TestConnectingToPipedrive(t *testing.T) {
	r := startCrmRig(t)
	if p := r.provider(); p.Kind != "builtin" || !p.Connected || !p.Admin || p.Reason != "" {
		t.Fatalf("before: %+v", p)
	}
	there := call[DemoPipedrive](r.rig, "Sandbox.Pipedrive")
	for _, bad := range []struct {
		code string
		r    CrmConnect
	}{
		{"invalid", CrmConnect{Kind: "salesforce", Token: "x"}},
		{"invalid", CrmConnect{Kind: "pipedrive"}},
		{"invalid", CrmConnect{Kind: "pipedrive", Token: "mijn token\n\nis dit"}},
		{"invalid", CrmConnect{Kind: "pipedrive", Token: "x", BaseURL: "https://token.thief.example"}},
		{"invalid", CrmConnect{Kind: "pipedrive", Token: "x", BaseURL: "http://127.0.0.1:1?x=y"}},
		{"auth", CrmConnect{Kind: "pipedrive", Token: "wrong", BaseURL: there.BaseURL}},
		{"unavailable", CrmConnect{Kind: "pipedrive", Token: "x", BaseURL: "http://127.0.0.1:1"}},
	} {
		r.refused(bad.code, "Crm.Connect", bad.r)
		if _, err := r.app.secrets.Get(t.Context(), crmTokenName); inbox.CodeOf(err) != inbox.NotFound || r.provider().Kind != "builtin" {
			t.Fatalf("%+v stored something", bad.r)
		}
	}
	call[*nothing](r.rig, "Crm.Connect", CrmConnect{Kind: "pipedrive", Token: there.Token}) // the demo knows where
	p := r.provider()
	if p.Kind != "pipedrive" || !p.Connected || p.Account != "Robin Hofman" || p.Company != "Zomerlicht" || p.Reason != "" {
		t.Errorf("connected: %+v", p)
	}
	r.refused("auth", "Crm.Connect", CrmConnect{Kind: "pipedrive", Token: "wrong"})
	if now := r.provider(); now.Account != p.Account || !now.Connected {
		t.Errorf("a wrong token took the right one away: %+v", now)
	}
	call[[]RecordHit](r.rig, "Crm.Search", "deal", "pendants")
	if now := r.provider(); !now.Budget.Known || now.Budget.Left <= 0 || now.Budget.Left >= now.Budget.Limit {
		t.Errorf("budget %+v", now.Budget)
	}
	call[*nothing](r.rig, "Crm.Disconnect")
	call[*nothing](r.rig, "Crm.Disconnect")
	if p := r.provider(); p.Kind != "builtin" || !p.Connected {
		t.Errorf("disconnected: %+v", p)
	}
	if _, err := r.app.secrets.Get(t.Context(), crmTokenName); inbox.CodeOf(err) != inbox.NotFound {
		t.Errorf("the token is still here: %v", err)
	}
}

// Links of the CRM before stay to be seen, and nothing more is written there.
func TestLinksOfAnotherCrmAreInert(t *testing.T) {
	r := startCrmRig(t)
	c := r.write("Vraag", "Hoi")
	link := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Lampen"})
	r.notes(c.ID, "the note", func(n []CrmNote) bool { return states(n) == "current" })
	r.connect()
	now := r.open(c.ID)
	if len(now.Links) != 1 || !now.Links[0].Inert || now.Links[0].Title != "Lampen" || now.Links[0].Reason == "" {
		t.Errorf("links %+v", now.Links)
	}
	r.refused("conflict", "Crm.Save", "deal", link.TargetID, map[string]any{"title": "x"})
	r.refused("conflict", "Crm.Add", "person", map[string]any{"name": "x"})
	call[*nothing](r.rig, "Crm.Connect", CrmConnect{Kind: "builtin"})
	if now := r.open(c.ID); now.Links[0].Inert {
		t.Errorf("back again: %+v", now.Links)
	}
}

// Without a network the link waits, and is made when it is back, once; it can be
// given up before (R33).
func TestCreatingWithoutANetwork(t *testing.T) {
	r := startCrmRig(t)
	r.connect()
	c := r.write("Vraag", "Hoi")
	call[*nothing](r.rig, "Sandbox.Offline", true)
	link := call[Link](r.rig, "Crm.Create", c.ID, "lead", map[string]any{"title": "Onderweg", "value": "10", "currency": "EUR"})
	if !link.Pending || link.TargetID != "" || link.Title != "Onderweg" || link.Reason == "" || link.ID == "" {
		t.Fatalf("link %+v", link)
	}
	dropped := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Toch niet"})
	if now := r.open(c.ID); len(now.Links) != 2 || now.Links[0] != link {
		t.Errorf("links %+v", now.Links)
	}
	call[Undo](r.rig, "Crm.Unlink", c.ID, dropped.ID)
	call[*nothing](r.rig, "Sandbox.Offline", false)
	made := until(r.rig, r.l, "the lead is made", func() (Link, bool) {
		now := r.open(c.ID)
		return append(now.Links, Link{})[0], len(now.Links) == 1 && !now.Links[0].Pending
	})
	if made.TargetID == "" || made.Title != "Onderweg" || !strings.HasPrefix(made.URL, "https://zomerlicht.pipedrive.com/") {
		t.Errorf("made %+v", made)
	}
	r.notes(c.ID, "its note", func(n []CrmNote) bool { return states(n) == "current" })
	leads := slices.DeleteFunc(r.app.demo.crm.Leads(), func(l crmserver.Lead) bool { return l.Title != "Onderweg" })
	persons := slices.DeleteFunc(r.app.demo.crm.Persons(), func(p crmserver.Person) bool { return p.Name != "Toch niet" })
	if len(leads) != 1 || len(persons) != 0 {
		t.Errorf("%d leads, %d given up", len(leads), len(persons))
	}
}

// What waits to be made in a CRM that was left says so, and can be given up.
func TestWhatWaitsForACrmThatWasLeft(t *testing.T) {
	r := startCrmRig(t)
	r.connect()
	c := r.write("Vraag", "Hoi")
	call[*nothing](r.rig, "Sandbox.Offline", true)
	link := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Onderweg"})
	call[*nothing](r.rig, "Crm.Connect", CrmConnect{Kind: "builtin"})
	now := r.open(c.ID)
	if len(now.Links) != 1 || !now.Links[0].Inert || now.Links[0].Reason == link.Reason {
		t.Fatalf("links %+v", now.Links)
	}
	call[Undo](r.rig, "Crm.Unlink", c.ID, link.ID)
	if now := r.open(c.ID); len(now.Links) != 0 {
		t.Errorf("links %+v", now.Links)
	}
}

// A token that is no longer taken is told, and a new one goes on.
func TestATokenThatIsNoLongerTaken(t *testing.T) {
	r := startCrmRig(t)
	r.connect()
	r.app.demo.crm.Fail("", crmserver.Unauthorized, -1)
	r.refused("auth", "Crm.Search", "person", "Iemand")
	if p := r.provider(); p.Reason == "" {
		t.Errorf("nobody is told: %+v", p)
	}
	r.app.demo.crm.Heal()
	r.connect()
	until(r.rig, r.l, "connected anew", func() (bool, bool) {
		p := r.provider()
		return true, p.Reason == "" && p.Connected
	})
}

// What the team's setting says is believed only where a token may go.
func TestChoicesThatAreNotBelieved(t *testing.T) {
	for _, bad := range []string{
		"{", `[]`, `{"kind":"salesforce","company":"1"}`, `{"kind":"pipedrive"}`, `{"kind":"pipedrive","company":"1; drop"}`,
		`{"kind":"pipedrive","company":"1","baseUrl":"https://token.thief.example"}`, `{"kind":"pipedrive","company":"1","baseUrl":"http://127.0.0.1.thief.example"}`,
		`{"kind":"pipedrive","company":"1","baseUrl":"http://user@127.0.0.1"}`, `{"kind":"pipedrive","company":"1","domain":"evil.example/"}`,
	} {
		if c := readChoice(bad); c.builtin() || c.Kind == pipedriveKind {
			t.Errorf("%s is believed: %+v", bad, c)
		}
	}
	good := crmChoice{Kind: pipedriveKind, Company: "123", Name: "Acme", Domain: "acme"}
	if c := readChoice(`{"kind":"pipedrive","company":"123","name":"Acme","domain":"acme"}`); c != good {
		t.Errorf("%+v", c)
	}
	if c := readChoice(""); !c.builtin() || c.provider() != "builtin" {
		t.Errorf("%+v", c)
	}
}

// A newer version's CRM is none that this one asks, and it says so.
func TestACrmThatIsNotKnown(t *testing.T) {
	r := startCrmRig(t)
	if _, err := r.app.decide(t.Context(), &teamlog.Setting{Key: crmSetting, Value: `{"kind":"hubspot"}`}); err != nil {
		t.Fatal(err)
	}
	p := until(r.rig, r.l, "the change is seen", func() (CrmProvider, bool) { p := r.provider(); return p, p.Kind != "builtin" })
	if p.Connected || !strings.Contains(p.Reason, "Update Postvak") {
		t.Errorf("%+v", p)
	}
	r.refused("forbidden", "Crm.Search", "person", "Iemand")
}

// companyOf is a Pipedrive account with Ann and Ben in it.
func companyOf(t *testing.T, id int) *crmserver.Server {
	t.Helper()
	server, err := crmserver.Start(crmserver.Config{Company: "Bakkerij Smit", CompanyID: id, Users: []crmserver.User{
		{Name: "Ann", Email: "ann@firma.example", Token: "geheim-crm-ann", Admin: true}, {Name: "Ben", Email: "ben@firma.example", Token: "geheim-crm-ben"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// Ann, an admin, chooses Pipedrive; Ben, a member, may not, and signs in with a
// token of his own of that company alone. Who was removed has none. No token
// leaves a keyring (R30, R32).
func TestACrmOfATeam(t *testing.T) {
	f, ann, ben, _, id := bakery(t)
	server, other := companyOf(t, 1), companyOf(t, 2)
	own := func(s *crmserver.Server, token string) CrmConnect {
		return CrmConnect{Kind: "pipedrive", Token: token, BaseURL: s.URL()}
	}
	why := ben.refused("forbidden", "Crm.Connect", own(server, "geheim-crm-ben"))
	if !strings.Contains(why.Message, "Ann") {
		t.Errorf("Ben is told %q", why.Message)
	}
	call[*nothing](ann.rig, "Crm.Connect", own(server, "geheim-crm-ann"))
	p := until(ben.rig, ben.l, "Ann's choice", func() (CrmProvider, bool) {
		p := call[CrmProvider](ben.rig, "Crm.Provider")
		return p, p.Kind == "pipedrive"
	})
	if p.Connected || p.Admin || p.Company != "Bakkerij Smit" || p.Account != "" || !strings.Contains(p.Reason, "token") {
		t.Errorf("Ben's: %+v", p)
	}
	ben.refused("forbidden", "Crm.Search", "person", "Eva")
	ben.refused("forbidden", "Crm.Create", id, "person", map[string]any{"name": "Eva"})
	ben.refused("forbidden", "Crm.Connect", own(other, "geheim-crm-ben"))
	link := call[Link](ann.rig, "Crm.Create", id, "person", map[string]any{"name": "Eva", "email": "eva@example.test"})
	ben.sees("the link", id, func(c Conversation) bool { return len(c.Links) == 1 && c.Links[0].Title == "Eva" })

	call[*nothing](ben.rig, "Crm.Connect", own(server, "geheim-crm-ben"))
	if p := call[CrmProvider](ben.rig, "Crm.Provider"); !p.Connected || p.Account != "Ben" || p.Admin {
		t.Errorf("Ben's own: %+v", p)
	}
	if got := call[Record](ben.rig, "Crm.Get", "person", link.TargetID); got.Title != "Eva" {
		t.Errorf("Ben sees %+v", got)
	}
	until(ben.rig, ben.l, "one note", func() (bool, bool) { return true, len(call[[]CrmNote](ben.rig, "Crm.Notes", id)) == 1 })
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@example.test", "info@example.test", "Re: Taart", "En zondag?"))

	call[*nothing](ann.rig, "Crm.Disconnect")
	until(ben.rig, ben.l, "the contact book, and no token at Ben's", func() (bool, bool) {
		_, err := ben.secrets.Get(t.Context(), crmTokenName)
		p := call[CrmProvider](ben.rig, "Crm.Provider")
		return true, p.Kind == "builtin" && p.Connected && inbox.CodeOf(err) == inbox.NotFound
	})
	call[*nothing](ann.rig, "Crm.Connect", own(server, "geheim-crm-ann"))
	until(ben.rig, ben.l, "Ann's choice again", func() (bool, bool) { return true, call[CrmProvider](ben.rig, "Crm.Provider").Kind == "pipedrive" })
	call[*nothing](ben.rig, "Crm.Connect", own(server, "geheim-crm-ben"))

	call[RemoveResult](ann.rig, "Team.Remove", ben.me())
	ben.becomes("removed")
	until(ben.rig, ben.l, "Ben's token is gone", func() (bool, bool) {
		_, err := ben.secrets.Get(t.Context(), crmTokenName)
		return true, inbox.CodeOf(err) == inbox.NotFound
	})
	for _, refused := range [][]any{{"Crm.Connect", own(server, "geheim-crm-ben")}, {"Crm.Search", "person", "Eva"}, {"Crm.Link", id, "person", "1"}, {"Crm.Unlink", id, link.ID}, {"Crm.Add", "person", map[string]any{"name": "x"}}} {
		ben.refused("forbidden", refused[0].(string), refused[1:]...)
	}
	if n := len(server.Notes()); n != 1 {
		t.Errorf("%d notes", n)
	}
	_, raw := f.records()
	ann.app.Close()
	ben.app.Close()
	for place, text := range map[string]string{"the folder": raw, "Ann's": f.files(ann.dir), "Ben's": f.files(ben.dir)} {
		for _, secret := range []string{"geheim-crm-ann", "geheim-crm-ben", url.QueryEscape("geheim-crm-ann")} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has the token %s in it", place, secret)
			}
		}
	}
}

// A private conversation is linked like others, and nothing of that is in the
// team's folder (R31).
func TestLinkingAPrivateConversation(t *testing.T) {
	f := newFirm(t)
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@klant.example", "info@example.test", "Heel geheim", "Niet voor anderen."))
	ann := f.desktop("Ann")
	f.create(ann)
	ann.settled()
	ben := f.invited(ann, "Ben")
	person := call[Record](ann.rig, "Crm.Add", "person", map[string]any{"name": "Eva Klant", "email": "eva@klant.example"})
	request := f.channel("info@example.test", infoPassword)
	request.Shared = false
	call[string](ann.rig, "Channels.ConnectEmail", request)
	secret := ann.finds("Heel geheim")
	r := crmRig{ann.rig, ann.l}
	link := call[Link](ann.rig, "Crm.Link", secret.ID, "person", person.ID)
	notes := r.notes(secret.ID, "the private note", func(n []CrmNote) bool { return states(n) == "current" })
	ann.settled()

	events, _ := f.records()
	for _, e := range events {
		switch e.(type) {
		case *teamlog.CRMLink, *teamlog.CRMNoted:
			t.Errorf("the team's log says %s of it", e.Kind())
		}
	}
	// Its note, which the window asked about, is everybody's who sees the CRM.
	seen := until(ben.rig, ben.l, "Ben sees the note", func() (Record, bool) {
		answer := ben.post("Crm.Get", `["person","`+person.ID+`"]`)
		if answer.Error != nil {
			return Record{}, false
		}
		got := call[Record](ben.rig, "Crm.Get", "person", person.ID)
		return got, len(got.Notes) == 1
	})
	if seen.Notes[0].ID != notes[0].ID || len(seen.Conversations) != 0 {
		t.Errorf("Ben sees %+v with %+v", seen.Notes, seen.Conversations)
	}
	undo := call[Undo](ann.rig, "Crm.Unlink", secret.ID, link.ID)
	call[*nothing](ann.rig, "Inbox.Undo", undo.UndoID)
	if now := ann.open(secret.ID); len(now.Links) != 1 || now.Links[0].ID != link.ID {
		t.Errorf("links %+v", now.Links)
	}
}

// The report says how the CRM is, in Dutch too, and has no token.
func TestTheReportTellsOfTheCrm(t *testing.T) {
	r := startCrmRig(t)
	r.connect()
	call[[]RecordHit](r.rig, "Crm.Search", "person", "Iemand")
	if text := call[Diagnostics](r.rig, "Settings.Diagnostics").Text; !strings.Contains(text, "CRM: pipedrive:4711, can be asked from this computer.") ||
		!strings.Contains(text, "calls are left today.") || strings.Contains(text, demoToken) {
		t.Errorf("report:\n%s", text)
	}
	call[*nothing](r.rig, "Settings.Save", map[string]any{"language": "nl"})
	if text := call[Diagnostics](r.rig, "Settings.Diagnostics").Text; !strings.Contains(text, "CRM: pipedrive:4711, kan vanaf deze computer worden gevraagd.") {
		t.Errorf("in Dutch:\n%s", text)
	}
	if why := r.refused("not_found", "Crm.Link", "none", "person", "1"); strings.Contains(why.Message, "conversation") {
		t.Errorf("in Dutch: %q", why.Message)
	}
	if why := r.refused("invalid", "Crm.Search", "ghost", "Eva"); why.Message != "“ghost” bestaat niet: person, lead of deal." && !strings.Contains(why.Message, "bestaat niet") {
		t.Errorf("in Dutch: %q", why.Message)
	}
}

// A note's link opens its conversation; what tells notes apart is not for that.
func TestALinkFromANote(t *testing.T) {
	place, err := ParseLink("postvak://conversation/c1:abc?note=h4sh.2.3.d1g3st")
	if err != nil || place != "/#/conversation/c1:abc" {
		t.Errorf("%q, %v", place, err)
	}
}
