package app

import (
	"context"
	"slices"
	"strings"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// link ties a conversation to a record that is there (R21). Its note follows at
// once (R22).
func (a *App) link(ctx context.Context, id inbox.Key, kind inbox.RecordKind, target string) (Link, error) {
	ref := inbox.RecordRef{Kind: kind, ID: target}
	if err := checkRef(ref); err != nil {
		return Link{}, err
	}
	now, err := a.standing(ctx, id)
	if err != nil {
		return Link{}, err
	}
	provider, err := a.askable()
	if err != nil {
		return Link{}, err
	}
	record, err := a.knownRecord(ctx, ref)
	if err != nil {
		return Link{}, err
	}
	if standing, linked := linkTo(now.Links, provider.ID(), ref); linked {
		return Link{}, inbox.Errorf(inbox.Conflict, "This conversation is linked to %s already.", shown(standing.Title))
	}
	if fullOfLinks(now.Links) {
		return Link{}, tooManyLinks()
	}
	made, err := a.decideLink(ctx, now.ID, provider.ID(), record)
	if err != nil {
		return Link{}, err
	}
	return a.linkOf(ctx, made), nil
}

// mostLinks is what the team log takes of one conversation, at a time.
const mostLinks = 100

func fullOfLinks(links []inbox.Link) bool {
	standing := 0
	for _, l := range links {
		if !l.Removed {
			standing++
		}
	}
	return standing >= mostLinks
}

func tooManyLinks() *inbox.Error {
	return inbox.Errorf(inbox.Conflict, "A conversation has at most %d links. Remove one that is no longer needed.", mostLinks)
}

// decideLink tells the team, and gives the link that the conversation has with
// the record then: somebody may have made it first.
func (a *App) decideLink(ctx context.Context, id inbox.Key, provider string, r inbox.Record) (inbox.Link, error) {
	event := &teamlog.CRMLink{
		Conversation: id, Provider: provider, RecordKind: r.Kind, Target: r.ID, Title: cut(shown(r.Title), maxLinkTitle),
	}
	if _, err := a.decide(ctx, event); err != nil {
		return inbox.Link{}, err
	}
	now, err := a.standing(ctx, id)
	if err != nil {
		return inbox.Link{}, err
	}
	made, linked := linkTo(now.Links, provider, r.RecordRef)
	if !linked {
		return made, inbox.Errorf(inbox.Conflict, "This conversation was deleted meanwhile.")
	}
	return made, nil
}

// maxLinkTitle is within what the team log takes.
const maxLinkTitle = 400

// cut shortens a text to so many bytes, between characters.
func cut(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}

// linkTo finds the link with a record.
func linkTo(links []inbox.Link, provider string, ref inbox.RecordRef) (inbox.Link, bool) {
	i := slices.IndexFunc(links, func(l inbox.Link) bool { return !l.Removed && l.Provider == provider && l.RecordRef == ref })
	if i < 0 {
		return inbox.Link{}, false
	}
	return links[i], true
}

// unlink takes a link away. Who undoes that gets it back with its notes.
func (a *App) unlink(ctx context.Context, id inbox.Key, linkID string) (Undo, error) {
	now, err := a.standing(ctx, id)
	if err != nil {
		return Undo{}, err
	}
	if dropped, err := a.dropCreation(ctx, now, linkID); dropped || err != nil {
		return Undo{}, err
	}
	at := slices.IndexFunc(now.Links, func(l inbox.Link) bool { return l.ID == linkID && !l.Removed })
	if at < 0 {
		return Undo{}, inbox.Errorf(inbox.NotFound, "This link is not there any more.")
	}
	l := now.Links[at]
	seen := a.keptRecord(ctx, l)
	if _, err := a.decide(ctx, &teamlog.CRMUnlink{Conversation: now.ID, Link: l.ID}); err != nil {
		return Undo{}, err
	}
	back := &teamlog.CRMLink{
		Conversation: now.ID, Provider: l.Provider, RecordKind: l.Kind, Target: l.RecordRef.ID, Title: l.Title, Undo: l.ID,
	}
	return Undo{UndoID: a.undo.add([]reversal{{conversation: now.ID, back: back, seen: seen}})}, nil
}

// keptRecord is what the cache has of an outside CRM's record; nil for none.
func (a *App) keptRecord(ctx context.Context, l inbox.Link) *inbox.Record {
	seen, found, _ := a.seenRecord(ctx, l.Provider, l.RecordRef)
	if !found || l.Provider == inbox.BuiltinCRM {
		return nil
	}
	return &seen
}

// checkRef refuses what cannot name a record.
func checkRef(ref inbox.RecordRef) error {
	if err := checkKind(ref.Kind); err != nil {
		return err
	}
	if ref.ID == "" || len(ref.ID) > 200 {
		return recordGone()
	}
	return nil
}

func recordGone() error {
	return inbox.Errorf(inbox.NotFound, "This person, lead or deal is not there any more.")
}

// linksOf are a conversation's links with what is known of their records, and
// those that wait for their record to be made.
func (a *App) linksOf(ctx context.Context, id inbox.Key, links []inbox.Link) ([]Link, error) {
	all := []Link{}
	for _, l := range links {
		if !l.Removed {
			all = append(all, a.linkOf(ctx, l))
		}
	}
	waiting, err := a.waitingLinks(ctx, id)
	return append(all, waiting...), err
}

// linkOf says of a record what is known here without asking anybody.
func (a *App) linkOf(ctx context.Context, l inbox.Link) Link {
	out := Link{ID: l.ID, Kind: string(l.Kind), TargetID: l.RecordRef.ID, Title: l.Title, Pending: l.Pending}
	record, found, gone := a.seenRecord(ctx, l.Provider, l.RecordRef)
	if found {
		out.Title, out.URL = record.Title, webAddress(record.URL)
		out.Subtitle, out.Stage, out.Label = contacts.Subtitle(record), record.Stage, record.Label
		out.Value, out.Currency = Amount(record.Value), record.Currency
	}
	switch {
	case l.Provider != a.crm.present().choice.provider():
		out.Inert, out.Reason = true, "This belongs to a CRM that the team does not use now. No more notes are written there."
	case gone:
		out.Inert, out.Reason = true, "This is not in the CRM any more. No more notes are written there."
	}
	return out
}

// webAddress lets nothing but web pages through: it is a CRM that says it.
func webAddress(address string) string {
	if !isRemote(address) {
		return ""
	}
	return address
}

func first(lists ...[]string) string {
	for _, list := range lists {
		if len(list) > 0 {
			return list[0]
		}
	}
	return ""
}

// openRecord shows a record of an outside CRM in the system's browser.
func (a *App) openRecord(ctx context.Context, kind inbox.RecordKind, id string) error {
	if a.mainWindow() == nil {
		return notBuilt("Crm.Open")
	}
	record, found, _ := a.seenRecord(ctx, a.crm.present().choice.provider(), inbox.RecordRef{Kind: kind, ID: id})
	if !found || record.URL == "" {
		return inbox.Errorf(inbox.NotFound, "It is not known where a browser shows this.")
	}
	return a.openLink("Crm.Open", record.URL)
}
