package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// person makes one in the CRM that is in use, without linking anything.
func (r crmRig) person(name, email string) RecordHit {
	r.t.Helper()
	c := r.write("Maak "+name, "x")
	link := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": name, "email": email})
	call[Undo](r.rig, "Crm.Unlink", c.ID, link.ID)
	return RecordHit{Kind: "person", ID: link.TargetID, Title: name}
}

// An existing record is found as somebody types, linked once, and unlinked with
// a way back that has the same link and notes.
func TestLinkingAndUnlinking(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		made := r.person("Quirine Achterberg", "quirine@klant.example")
		found := call[[]RecordHit](r.rig, "Crm.Search", "person", "Quiri")
		if len(found) != 1 || found[0].ID != made.ID || found[0].Title != made.Title || !strings.Contains(found[0].Subtitle, "quirine@klant.example") {
			t.Fatalf("found %+v, want %+v", found, made)
		}
		c := r.write("Vraag", "Hoi")
		link := call[Link](r.rig, "Crm.Link", c.ID, "person", made.ID)
		if link.TargetID != made.ID || link.Title != made.Title || link.Kind != "person" || link.ID == "" || link.Inert {
			t.Errorf("link %+v", link)
		}
		if why := r.refused("conflict", "Crm.Link", c.ID, "person", made.ID); !strings.Contains(why.Message, made.Title) {
			t.Errorf("twice: %q", why.Message)
		}
		note := r.notes(c.ID, "the note", func(n []CrmNote) bool { return states(n) == "current" })[0]
		now := r.open(c.ID)
		if len(now.Links) != 1 || now.Links[0] != link {
			t.Errorf("links %+v, want %+v", now.Links, link)
		}
		linked := call[Record](r.rig, "Crm.Get", "person", made.ID).Conversations
		if len(linked) != 1 || linked[0].ID != c.ID || linked[0].Contact != "Eva Klant" {
			t.Errorf("the record's conversations: %+v", linked)
		}

		undo := call[Undo](r.rig, "Crm.Unlink", c.ID, link.ID)
		r.refused("not_found", "Crm.Unlink", c.ID, link.ID)
		if now := r.open(c.ID); len(now.Links) != 0 {
			t.Errorf("unlinked: %+v", now.Links)
		}
		if notes := call[[]CrmNote](r.rig, "Crm.Notes", c.ID); len(notes) != 0 {
			t.Errorf("notes without a link: %+v", notes)
		}
		call[*nothing](r.rig, "Inbox.Undo", undo.UndoID)
		now = r.open(c.ID)
		if len(now.Links) != 1 || now.Links[0] != link {
			t.Fatalf("taken back: %+v", now.Links)
		}
		if back := call[[]CrmNote](r.rig, "Crm.Notes", c.ID); len(back) != 1 || back[0].ID != note.ID {
			t.Errorf("its notes: %+v", back)
		}
		said := mapped(now.Activity, func(a Activity) string { return a.Kind + " " + a.Title + " " + a.RecordKind + " " + a.TargetID })
		who := " Quirine Achterberg person " + made.ID
		if !slices.Equal(said, []string{"crm.link" + who, "crm.unlink" + who, "crm.link" + who}) {
			t.Errorf("between the messages: %q", said)
		}
		if !strings.Contains(now.Activity[0].Text, "linked this to Quirine Achterberg") {
			t.Errorf("in words: %q", now.Activity[0].Text)
		}
	})
}

// What is no kind, nobody, or nothing, is refused with a sentence.
func TestLinkingWhatIsNot(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Vraag", "Hoi")
		for _, bad := range []struct {
			code, call string
			arguments  []any
		}{
			{"invalid", "Crm.Link", []any{c.ID, "ghost", "1"}},
			{"not_found", "Crm.Link", []any{c.ID, "person", ""}},
			{"not_found", "Crm.Link", []any{c.ID, "deal", "987654321"}},
			{"not_found", "Crm.Link", []any{"none", "person", "1"}},
			{"not_found", "Crm.Unlink", []any{c.ID, "none"}},
			{"not_found", "Crm.Unlink", []any{"none", "none"}},
			{"not_found", "Crm.Notes", []any{"none"}},
			{"not_found", "Crm.Contact", []any{"none"}},
			{"invalid", "Crm.Search", []any{"ghost", "Eva"}},
			{"invalid", "Crm.Search", []any{"person", strings.Repeat("x", 300)}},
			{"invalid", "Crm.Get", []any{"ghost", "1"}},
			{"not_found", "Crm.Get", []any{"person", "987654321"}},
			{"invalid", "Crm.List", []any{"ghost", RecordQuery{}}},
			{"invalid", "Crm.List", []any{"person", RecordQuery{Limit: 201}}},
			{"invalid", "Crm.Create", []any{c.ID, "ghost", map[string]any{"name": "x"}}},
			{"invalid", "Crm.Create", []any{c.ID, "person", map[string]any{}}},
			{"invalid", "Crm.Create", []any{c.ID, "deal", map[string]any{"title": " "}}},
			{"invalid", "Crm.Create", []any{c.ID, "deal", map[string]any{"title": "x", "value": "veel"}}},
			{"invalid", "Crm.Create", []any{c.ID, "deal", map[string]any{"title": "x", "value": []int{1}}}},
			{"invalid", "Crm.Create", []any{c.ID, "person", map[string]any{"name": "x", "email": "geen adres"}}},
			{"not_found", "Crm.Create", []any{"none", "person", map[string]any{"name": "x"}}},
		} {
			r.refused(bad.code, bad.call, bad.arguments...)
		}
		if now := r.open(c.ID); len(now.Links) != 0 || len(now.Activity) != 0 {
			t.Errorf("something was linked: %+v %+v", now.Links, now.Activity)
		}
		if found := call[[]RecordHit](r.rig, "Crm.Search", "person", "E"); len(found) != 0 {
			t.Errorf("one letter finds %+v", found)
		}
	})
}

// A lead that names nobody is about the conversation's contact, and about the
// person whom the CRM knows already; nobody is made twice. A deal that names
// nobody is about nobody.
func TestALeadIsAboutTheContact(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Vraag", "Hoi")
		first := call[Link](r.rig, "Crm.Create", c.ID, "lead", map[string]any{"title": "Eerste"})
		second := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Tweede", "name": "Eva", "email": "Eva@Klant.example", "value": "12.50", "currency": "EUR"})
		third := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Zonder iemand"})
		lead, deal := call[Record](r.rig, "Crm.Get", "lead", first.TargetID), call[Record](r.rig, "Crm.Get", "deal", second.TargetID)
		if bare := call[Record](r.rig, "Crm.Get", "deal", third.TargetID); bare.PersonID != "" || bare.Person != "" {
			t.Errorf("a deal made without a person is about %q (%s)", bare.Person, bare.PersonID)
		}
		if lead.Person != "Eva Klant" || lead.PersonID == "" || deal.PersonID != lead.PersonID {
			t.Errorf("the lead is about %q (%s), the deal about %q (%s)", lead.Person, lead.PersonID, deal.Person, deal.PersonID)
		}
		if !strings.HasPrefix(string(deal.Value), "12.5") || deal.Currency != "EUR" || deal.Status != "open" || deal.Stage == "" {
			t.Errorf("deal %+v", deal)
		}
		card := call[ContactCard](r.rig, "Crm.Contact", c.ID)
		if len(card.Matches) != 1 || card.Matches[0].Confidence != "sure" || card.Matches[0].Why != "email" || card.Matches[0].ID != lead.PersonID {
			t.Errorf("who this is: %+v (%s)", card.Matches, card.Reason)
		}
		if card.AsOf == "" || card.Prefill != (ContactPrefill{Name: "Eva Klant", Email: "eva@klant.example", Title: "Vraag"}) {
			t.Errorf("card %+v", card)
		}
		other := r.write("Iets anders", "Hoi")
		card = call[ContactCard](r.rig, "Crm.Contact", other.ID)
		if len(card.Earlier) != 1 || card.Earlier[0].ID != c.ID || card.Earlier[0].Subject != "Vraag" || card.Earlier[0].Kind != "email" {
			t.Errorf("earlier %+v", card.Earlier)
		}
	})
}

// Screens hear of links and of the contact book.
func TestTheCrmTellsScreens(t *testing.T) {
	r := startCrmRig(t)
	c := r.write("Vraag", "Hoi")
	until(r.rig, r.l, "the CRM is there", func() (bool, bool) { return true, r.app.crm.present().provider != nil })
	heard := r.listen()
	link := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Eva Klant"})
	conversation, record := false, false
	for !conversation || !record {
		e := next[CrmChanged](r.rig, heard, "crm.changed")
		conversation = conversation || e.everything() || slices.Contains(e.ConversationIDs, c.ID)
		record = record || e.everything() || slices.Contains(e.Records, link.TargetID)
	}
}

// A teammate links and unlinks like anybody.
func TestATeammateLinks(t *testing.T) {
	r := startCrmRig(t)
	c := r.write("Vraag", "Hoi")
	r.teammate("Sanne", TeammateRequest{Do: "link", ConversationID: c.ID, Kind: "deal", ID: "deal-lifeboat"})
	now := r.open(c.ID)
	if len(now.Links) != 1 || now.Links[0].Title != "Eleven pendants, lifeboat café" || now.Links[0].Stage != "quote_sent" ||
		now.Links[0].Value != "4290.00" || now.Links[0].Currency != "EUR" || now.Activity[0].MemberID != "sanne" {
		t.Fatalf("%+v %+v", now.Links, now.Activity)
	}
	r.notes(c.ID, "its note", func(n []CrmNote) bool { return states(n) == "current" })
	r.teammate("Tomasz", TeammateRequest{Do: "unlink", ConversationID: c.ID, ID: now.Links[0].ID})
	if now := r.open(c.ID); len(now.Links) != 0 {
		t.Errorf("links %+v", now.Links)
	}
	r.refused("not_found", "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "link", ConversationID: c.ID, Kind: "deal", ID: "none"})
	r.refused("not_found", "Sandbox.CrmNote", "none", CrmNoteRequest{Delete: true})
	r.refused("invalid", "Sandbox.CrmNote", "none", CrmNoteRequest{})
}

// A note that somebody deleted is left alone, and the next message starts
// another (R24).
func TestADeletedNoteStaysDeleted(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Vraag", "Hoi")
		call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Eva Klant", "email": "eva@klant.example"})
		notes := r.notes(c.ID, "the note", func(n []CrmNote) bool { return states(n) == "current" })
		call[*nothing](r.rig, "Sandbox.CrmNote", notes[0].ID, CrmNoteRequest{Delete: true})
		r.write("Re: Vraag", "Ben je er nog?")
		r.notes(c.ID, "another note", func(n []CrmNote) bool { return states(n) == "deleted current" })
	})
}

// A conversation has so many links, and says so before anything is made.
func TestAConversationFullOfLinks(t *testing.T) {
	r := startCrmRig(t)
	c := r.write("Vraag", "Hoi")
	var events []teamlog.Event
	for i := range mostLinks {
		id := fmt.Sprintf("person-%d", i)
		events = append(events,
			contacts.Changes(inbox.Person, id, nil, map[string]string{contacts.FieldName: id}),
			&teamlog.CRMLink{Conversation: inbox.Key(c.ID), Provider: inbox.BuiltinCRM, RecordKind: inbox.Person, Target: id, Title: id})
	}
	if _, err := r.app.decide(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	if now := r.open(c.ID); len(now.Links) != mostLinks {
		t.Fatalf("%d links", len(now.Links))
	}
	r.refused("conflict", "Crm.Link", c.ID, "person", "ilse-mulder")
	r.refused("conflict", "Crm.Create", c.ID, "person", map[string]any{"name": "Nog iemand"})
	call[Undo](r.rig, "Crm.Unlink", c.ID, r.open(c.ID).Links[0].ID)
	call[Link](r.rig, "Crm.Link", c.ID, "person", "ilse-mulder")
}

// Without the team's log a link waits, with its note, and both follow (R33).
func TestLinkingWithoutTheTeamsLog(t *testing.T) {
	log := &distantLog{Log: teamlog.NewMemory()}
	rig := startRig(t, Options{Sandbox: true, Quiet: true, TeamLog: log})
	r := crmRig{rig, rig.listen()}
	c := r.write("Vraag", "Hoi")
	back := r.cutOff(log)
	link := call[Link](r.rig, "Crm.Link", c.ID, "person", "ilse-mulder")
	person := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Eva Klant"})
	if !link.Pending || !person.Pending || person.TargetID == "" {
		t.Errorf("links %+v, %+v", link, person)
	}
	if got := call[Record](r.rig, "Crm.Get", "person", person.TargetID); !got.Pending {
		t.Errorf("record %+v", got)
	}
	r.notes(c.ID, "two notes wait", func(n []CrmNote) bool { return states(n) == "pending pending" })
	if now := r.open(c.ID); len(now.Activity) != 2 || !now.Activity[0].Pending || now.Activity[0].Title != "Ilse Mulder" {
		t.Errorf("between the messages: %+v", now.Activity)
	}
	back()
	r.notes(c.ID, "both are written", func(n []CrmNote) bool { return states(n) == "current current" })
	for _, l := range r.open(c.ID).Links {
		if l.Pending {
			t.Errorf("still pending: %+v", l)
		}
	}
}
