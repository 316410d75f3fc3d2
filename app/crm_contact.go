package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/sqlite"
)

// matchTime is how long a pane waits to hear who a contact is.
const matchTime = 10 * time.Second

// mostEarlier is how many other conversations of a contact are shown.
const mostEarlier = 20

// contactOf gives a conversation's subject and contact.
func (a *App) contactOf(ctx context.Context, id inbox.Key) (subject string, contact inbox.Address, err error) {
	view, err := a.db.Conversation(ctx, id, sqlite.OpenQuery{Limit: 1})
	return view.Subject, view.Contact, err
}

// contactCard says who the contact is. What the CRM cannot say now is left
// out, with the reason.
func (a *App) contactCard(ctx context.Context, id inbox.Key) (ContactCard, error) {
	now, err := a.standing(ctx, id)
	if err != nil {
		return ContactCard{}, err
	}
	subject, contact, err := a.contactOf(ctx, now.ID)
	if err != nil {
		return ContactCard{}, err
	}
	card := ContactCard{Prefill: prefillOf(subject, contact)}
	matches := a.whoIs(ctx, contact, &card)
	a.crm.service.Opened(now.ID)
	if card.Earlier, err = a.earlierTalks(ctx, now.ID, contact, matches); err != nil {
		return card, err
	}
	return card, a.addLinkedTalks(ctx, now, &card)
}

func prefillOf(subject string, contact inbox.Address) ContactPrefill {
	p := ContactPrefill{Name: contact.Name, Title: subject}
	p.Email, p.Phone = reachedBy(contact.Address)
	return p
}

// reachedBy tells what a contact's address is: an e-mail address, a telephone
// number, or neither, as where a mail's From line is broken.
func reachedBy(address string) (email, number string) {
	if strings.Contains(address, "@") {
		return address, ""
	}
	if _, ok := phone.Normal("+"+strings.TrimPrefix(address, "+"), ""); ok { // a page-scoped id is none
		return "", address
	}
	return "", ""
}

func (a *App) whoIs(ctx context.Context, contact inbox.Address, card *ContactCard) []crm.Match {
	if _, err := a.askable(); err != nil {
		card.Reason = a.failureOf(err).Message
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, matchTime)
	defer cancel()
	matches, asOf, err := a.crm.service.Matches(ctx, contact)
	if err != nil {
		card.Reason = a.failureOf(a.told("Crm.Contact", err)).Message
		return nil
	}
	card.AsOf = stamp(asOf)
	card.Matches = mapped(matches, func(m crm.Match) ContactMatch {
		return ContactMatch{Record: recordOf(m.Record), Confidence: string(m.Confidence), Why: string(m.Why)}
	})
	return matches
}

// earlierTalks are the contact's other conversations on any channel, also those
// under other addresses of theirs that the CRM knows.
func (a *App) earlierTalks(ctx context.Context, id inbox.Key, contact inbox.Address, matches []crm.Match) ([]EarlierTalk, error) {
	addresses := []string{contact.Address}
	for _, m := range matches {
		if m.Confidence != inbox.Sure {
			continue
		}
		addresses = append(addresses, m.Emails...)
		for _, number := range m.Phones {
			if normal, ok := phone.Normal(number, ""); ok {
				addresses = append(addresses, normal)
			}
		}
	}
	rows, err := a.db.ConversationsOf(ctx, addresses, id, mostEarlier)
	all := []EarlierTalk{}
	for _, r := range rows {
		if a.team.HasAccess(a.team.Me(), r.Channel) {
			all = append(all, earlierTalk(r))
		}
	}
	return all, err
}

func earlierTalk(r sqlite.Row) EarlierTalk {
	return EarlierTalk{
		ID: string(r.ID), Subject: r.Subject, Kind: string(r.Kind), ChannelID: string(r.Channel), At: stamp(r.LastAt), Closed: r.Closed,
	}
}

// addLinkedTalks adds the conversations that are linked to the same person, on
// whatever channel: that is how people say that two contacts are one.
func (a *App) addLinkedTalks(ctx context.Context, now standing, card *ContactCard) error {
	known := map[string]bool{string(now.ID): true}
	for _, talk := range card.Earlier {
		known[talk.ID] = true
	}
	for _, link := range now.Links {
		if link.Removed || link.Kind != inbox.Person || link.RecordRef.ID == "" {
			continue
		}
		rows, err := a.db.LinkedTo(ctx, link.Provider, link.RecordRef, mostEarlier)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !known[string(r.ID)] && a.team.HasAccess(a.team.Me(), r.Channel) {
				known[string(r.ID)] = true
				card.Earlier = append(card.Earlier, earlierTalk(r))
			}
		}
	}
	slices.SortStableFunc(card.Earlier, func(x, y EarlierTalk) int { return strings.Compare(y.At, x.At) })
	return nil
}

// crmNotes are what Postvak keeps in the CRM for a conversation, the oldest
// first.
func (a *App) crmNotes(ctx context.Context, id inbox.Key) ([]CrmNote, error) {
	now, err := a.standing(ctx, id)
	if err != nil {
		return nil, err
	}
	notes, err := a.crm.service.Notes(ctx, now.ID)
	return mapped(notes, func(n crm.Note) CrmNote {
		return CrmNote{
			ID: n.ID, LinkID: n.Link, Kind: string(n.On.Kind), TargetID: n.On.ID, From: stamp(n.From), Until: stamp(n.Until),
			State: string(n.State), Text: n.Text, Reason: n.Reason,
		}
	}), err
}
