package app

import (
	"context"
	"encoding/json"
	"html"
	"strings"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/sandbox"
	"postvak/backend/sandbox/crmserver"
	"postvak/backend/teamlog"
)

// demoToken is the one that the demo's Pipedrive takes from the person here.
const demoToken = "demo-token-1"

// startDemoCrm opens the demo's Pipedrive, with the same people in it as in the
// demo's contact book. Nobody uses it before somebody connects.
func (a *App) startDemoCrm() error {
	world := a.demo.world
	me := world.Me()
	users := []crmserver.User{{Name: me.Name, Email: me.Email, Token: demoToken, Admin: true}}
	for _, mate := range world.Teammates() {
		users = append(users, crmserver.User{Name: mate.Name, Email: mate.Email, Token: "demo-token-of-" + string(mate.ID)})
	}
	server, err := crmserver.Start(crmserver.Config{
		Clock: a.clock, Company: world.Company(), CompanyID: 4711, Domain: "zomerlicht", Users: users,
	})
	if err != nil {
		return inbox.Errorf(inbox.Unavailable, "The demo's CRM could not be started. Start Postvak again.").Because(err)
	}
	a.demo.crm = server
	fillDemoCrm(server, world.Book("", ""))
	return nil
}

func fillDemoCrm(server *crmserver.Server, book []sandbox.BookEntry) {
	organizations, persons := map[string]int{}, map[string]int{}
	for _, e := range book {
		f := e.Fields
		if f == nil {
			continue
		}
		organization := organizations[f[contacts.FieldOrganization]]
		if name := f[contacts.FieldOrganization]; name != "" && organization == 0 {
			organization = server.AddOrganization(crmserver.Organization{Name: name})
			organizations[name] = organization
		}
		person := persons[f[contacts.FieldPerson]]
		value := json.Number(f[contacts.FieldValue])
		switch e.Record.Kind {
		case inbox.Person:
			persons[e.Record.ID] = server.AddPerson(crmserver.Person{
				Name: f[contacts.FieldName], Emails: lines(f[contacts.FieldEmails]), Phones: lines(f[contacts.FieldPhones]), Organization: organization,
			})
		case inbox.Lead:
			server.AddLead(crmserver.Lead{Title: f[contacts.FieldTitle], Value: value, Currency: f[contacts.FieldCurrency], Person: person, Organization: organization})
		case inbox.Deal:
			server.AddDeal(crmserver.Deal{Title: f[contacts.FieldTitle], Value: value, Currency: f[contacts.FieldCurrency], Person: person, Organization: organization})
		}
	}
}

// replayBook writes the demo's contact book into the team log, and what of the
// past was linked to it; a quiet demo has no links, which write notes by
// themselves.
func (a *App) replayBook(ctx context.Context) error {
	for _, e := range a.demo.world.Book(a.demo.channel, a.team.Me()) {
		by := a.demo.authors[e.By]
		if by == nil || e.Conversation != "" && a.opt.Quiet {
			continue
		}
		var event teamlog.Event = contacts.Changes(e.Record.Kind, e.Record.ID, nil, e.Fields)
		switch {
		case e.Conversation != "":
			event = &teamlog.CRMLink{
				Conversation: e.Conversation, Provider: inbox.BuiltinCRM, RecordKind: e.Record.Kind, Target: e.Record.ID, Title: e.Title,
			}
		case e.Note != "":
			event = &teamlog.CRMNote{ID: contacts.NewID(), On: e.Record, Text: e.Note}
		}
		if _, err := a.team.DecideAs(ctx, by, e.At, event); err != nil {
			return err
		}
	}
	return nil
}

// What a teammate does about the CRM.
const (
	doLink       = "link"
	doUnlink     = "unlink"
	doEditNote   = "editNote"
	doEditRecord = "editRecord"
)

// crmEvent is what a teammate's desktop says about the CRM; nil where it is
// about something else.
func (a *App) crmEvent(ctx context.Context, r TeammateRequest) (teamlog.Event, error) {
	switch r.Do {
	case doLink:
		ref := inbox.RecordRef{Kind: inbox.RecordKind(r.Kind), ID: r.ID}
		if err := checkRef(ref); err != nil {
			return nil, err
		}
		record, err := a.knownRecord(ctx, ref)
		return &teamlog.CRMLink{
			Conversation: inbox.Key(r.ConversationID), Provider: a.crm.present().choice.provider(),
			RecordKind: ref.Kind, Target: ref.ID, Title: cut(record.Title, maxLinkTitle),
		}, err
	case doUnlink:
		return &teamlog.CRMUnlink{Conversation: inbox.Key(r.ConversationID), Link: r.ID}, nil
	case doEditNote:
		note, err := a.bookNote(ctx, r.ID)
		return &teamlog.CRMNote{ID: note.ID, On: note.On, Text: r.Text, Was: note.Version}, err
	case doEditRecord:
		e, err := a.entity(ctx, inbox.RecordRef{Kind: inbox.RecordKind(r.Kind), ID: r.ID})
		if err != nil {
			return nil, err
		}
		return contacts.Changes(inbox.RecordKind(r.Kind), r.ID, e.Fields, map[string]string{titleField(inbox.RecordKind(r.Kind)): r.Text}), nil
	}
	return nil, nil
}

// actOnCrm writes down what a teammate does about the CRM, signed by them.
func (a *App) actOnCrm(ctx context.Context, by inbox.MemberID, event teamlog.Event) error {
	outcomes, err := a.team.DecideAs(ctx, a.demo.authors[by], a.clock.Now(), event)
	if err != nil {
		return err
	}
	if outcomes[0].Void != teamlog.Admitted {
		return a.voided(outcomes[0].Void, event)
	}
	return nil
}

// CrmNoteRequest is what a person does to a note in the CRM.
type CrmNoteRequest struct {
	Edit   string `json:"edit"` // its new text
	Delete bool   `json:"delete"`
}

// DemoPipedrive is where the demo's Pipedrive is, and the token that it takes.
type DemoPipedrive struct {
	BaseURL string `json:"baseUrl"`
	Token   string `json:"token"`
}

// CrmNote has a colleague change or delete a note in the CRM, the built-in one
// or the demo's Pipedrive. Id is of Crm.Notes.
func (s *Sandbox) CrmNote(id string, r CrmNoteRequest) error {
	_, err := sandboxed(s, "Sandbox.CrmNote", func(ctx context.Context, d *demo) (struct{}, error) {
		if !r.Delete && strings.TrimSpace(r.Edit) == "" {
			return struct{}{}, inbox.Errorf(inbox.Invalid, "A colleague edits a note with a text, or deletes it.")
		}
		note, found, err := s.app.db.BookNote(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if found {
			by := d.world.Teammates()[0].ID
			event := &teamlog.CRMNote{ID: note.ID, On: note.On, Text: r.Edit, Was: note.Version, Deleted: r.Delete}
			return struct{}{}, s.app.actOnCrm(ctx, by, event)
		}
		return struct{}{}, d.editInPipedrive(id, r)
	})
	return err
}

func (d *demo) editInPipedrive(id string, r CrmNoteRequest) error {
	err := d.crm.Edit(id, html.EscapeString(r.Edit))
	if r.Delete {
		err = d.crm.Delete(id, crmserver.Inactive)
	}
	if err != nil {
		return inbox.Errorf(inbox.NotFound, "There is no note %q in the demo's CRM.", id).Because(err)
	}
	return nil
}

// Pipedrive says where the demo's Pipedrive is: Crm.Connect takes it.
func (s *Sandbox) Pipedrive() (DemoPipedrive, error) {
	return sandboxed(s, "Sandbox.Pipedrive", func(_ context.Context, d *demo) (DemoPipedrive, error) {
		return DemoPipedrive{BaseURL: d.crm.URL(), Token: demoToken}, nil
	})
}
