package app

import (
	"math/rand/v2"
	"time"

	"postvak/app/words"
	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/phone"
	"postvak/backend/sqlite"
)

// buildCrm makes what keeps conversations linked to the CRM. It hears of
// commits from then on, and works from startCrm on.
func (a *App) buildCrm() {
	a.crm.book = a.newBook()
	a.crm.service = crm.New(crm.Config{
		Team: crmTeam{a}, Store: crmStore{a}, Clock: a.clock, Words: words.In, Language: a.noteLanguage,
		Zone: func() *time.Location { return time.Local }, Same: phone.Same, Rand: rand.Float64,
		Log: a.log.With("part", "crm"), Changed: a.crmShowsChanged,
	})
}

func (a *App) startCrm() {
	a.refreshCrm(a.ctx)
	a.crm.service.Start(a.group)
}

// noteLanguage is in which language this desktop begins notes.
func (a *App) noteLanguage() string {
	if a.language() == words.Dutch {
		return words.Dutch
	}
	return words.English
}

// crmShowsChanged is told by the service what screens must ask for again: with
// no conversation, how the CRM itself is.
func (a *App) crmShowsChanged(conversations ...inbox.Key) {
	a.hub.emit("crm.changed", CrmChanged{ConversationIDs: texts(conversations), Records: []string{}})
	if len(conversations) > 0 {
		a.hub.emit("inbox.changed", InboxChanged{ConversationIDs: texts(conversations), Sections: []string{}})
	}
}

// crmHeard hands on what a commit changed of links and the contact book.
func (a *App) crmHeard(c sqlite.Changed) {
	if c.Links {
		a.crm.service.Wake()
	}
	said := CrmChanged{ConversationIDs: []string{}, Records: []string{}}
	if c.Links {
		said.ConversationIDs = texts(c.Conversations)
	}
	for _, anchor := range c.Records {
		if ref, ok := recordAt(anchor); ok {
			said.Records = append(said.Records, ref.ID)
		}
	}
	if !said.everything() {
		a.hub.emit("crm.changed", said)
	}
}
