package app

import (
	"context"
	"encoding/json"
	"slices"

	"postvak/backend/contacts"
	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// createRecord makes a record of a conversation and links it. Where the CRM
// cannot be reached both wait, and the link says so.
func (a *App) createRecord(ctx context.Context, id inbox.Key, kind inbox.RecordKind, f RecordFields) (Link, error) {
	if err := checkKind(kind); err != nil {
		return Link{}, err
	}
	now, err := a.standing(ctx, id)
	if err != nil {
		return Link{}, err
	}
	if _, err := a.askable(); err != nil {
		return Link{}, err
	}
	if fullOfLinks(now.Links) {
		return Link{}, tooManyLinks()
	}
	d, err := a.draftFrom(ctx, now.ID, f.draft(kind))
	if err != nil {
		return Link{}, err
	}
	made, err := a.crm.service.Create(ctx, now.ID, d)
	if err != nil {
		return Link{}, err
	}
	if made.Pending {
		return waitingLink(crm.Creation{ID: made.Creation, Draft: d}), nil
	}
	if now, err = a.standing(ctx, now.ID); err != nil {
		return Link{}, err
	}
	at := slices.IndexFunc(now.Links, func(l inbox.Link) bool { return l.ID == made.Link })
	if at < 0 {
		return Link{}, inbox.Errorf(inbox.Conflict, "This conversation was deleted meanwhile.")
	}
	return a.linkOf(ctx, now.Links[at]), nil
}

// draftFrom checks a draft and says whom a lead or deal is about.
func (a *App) draftFrom(ctx context.Context, id inbox.Key, d inbox.RecordDraft) (inbox.RecordDraft, error) {
	fields := map[string]string{contacts.FieldOrganization: d.Organization, contacts.FieldOwner: string(d.Owner)}
	if d.Kind == inbox.Person {
		fields[contacts.FieldName], fields[contacts.FieldEmails], fields[contacts.FieldPhones] = d.Name, d.Email, d.Phone
	} else {
		fields[contacts.FieldTitle], fields[contacts.FieldValue], fields[contacts.FieldCurrency] = d.Title, string(d.Value), d.Currency
	}
	clean, err := contacts.Clean(d.Kind, fields)
	if err != nil {
		return d, err
	}
	d.Organization = clean[contacts.FieldOrganization]
	if d.Kind == inbox.Person {
		d.Name, d.Email, d.Phone = clean[contacts.FieldName], clean[contacts.FieldEmails], clean[contacts.FieldPhones]
		return d, nil
	}
	d.Title = clean[contacts.FieldTitle]
	d.Value, d.Currency = json.Number(clean[contacts.FieldValue]), clean[contacts.FieldCurrency]
	if d.PersonID == "" {
		err = a.findWhom(ctx, id, &d)
	}
	return d, err
}

// findWhom says whom a lead or deal is about that does not name a record:
// somebody who is known, so that nobody is made twice; for a lead that names
// nobody at all, the conversation's contact, since a lead needs somebody. A
// deal that names nobody is about nobody.
func (a *App) findWhom(ctx context.Context, id inbox.Key, d *inbox.RecordDraft) error {
	who := inbox.Address{Name: d.Name, Address: d.Email}
	if who.Address == "" {
		who.Address = d.Phone
	}
	named := d.Name != "" && d.Name != d.Title || who.Address != "" || d.Organization != ""
	if !named && d.Kind != inbox.Lead {
		return nil
	}
	if !named {
		_, contact, err := a.contactOf(ctx, id)
		if err != nil {
			return err
		}
		who = contact
	}
	if who.Address != "" {
		if matches, _, err := a.crm.service.Matches(ctx, who); err == nil && len(matches) > 0 && matches[0].Confidence == inbox.Sure {
			d.PersonID = matches[0].ID
			return nil
		}
	}
	if named {
		return nil
	}
	d.Name = nameOrAddress(who)
	d.Email, d.Phone = reachedBy(who.Address)
	return nil
}

// waitingLinks are the links of a conversation whose records wait to be made.
func (a *App) waitingLinks(ctx context.Context, id inbox.Key) ([]Link, error) {
	waiting, err := a.crm.service.Creations(ctx, id)
	present := a.crm.present().choice.provider()
	return mapped(waiting, func(c crm.Creation) Link {
		l := waitingLink(c)
		if c.Provider != present {
			l.Inert, l.Reason = true, "It waits for a CRM that your team does not use now. Unlink it to give it up."
		}
		return l
	}), err
}

func waitingLink(c crm.Creation) Link {
	l := Link{
		ID: c.ID, Kind: string(c.Draft.Kind), Title: c.Draft.Title, Pending: true, Stage: c.Draft.Stage, Label: c.Draft.Label,
		Value: Amount(c.Draft.Value), Currency: c.Draft.Currency, Reason: c.Trouble,
	}
	if c.Draft.Kind == inbox.Person {
		l.Title = c.Draft.Name
	}
	if l.Reason == "" {
		l.Reason = "It is made as soon as the CRM can be reached."
	}
	return l
}

// dropCreation gives up a record that waits to be made.
func (a *App) dropCreation(ctx context.Context, now standing, id string) (dropped bool, err error) {
	waiting, err := a.crm.service.Creations(ctx, now.ID)
	if err != nil || !slices.ContainsFunc(waiting, func(c crm.Creation) bool { return c.ID == id }) {
		return false, err
	}
	if err := a.crm.service.Forget(ctx, id); err != nil {
		return false, err
	}
	a.crmShowsChanged(now.ID)
	return true, nil
}
