package sandbox

import (
	"time"

	"postvak/backend/inbox"
)

// BookEntry is something that the demo team has in its contact book, or linked
// to a conversation, before the program is started. It is said in the words of
// the team log, which the program writes.
type BookEntry struct {
	By     inbox.MemberID
	At     time.Time
	Record inbox.RecordRef
	Fields map[string]string
	// Note is a text that By wrote at the record; then there are no fields.
	Note string
	// Conversation is one that By linked to the record; then there is neither.
	Conversation inbox.Key
	Title        string // of the record that is linked
}

// Book gives them, oldest first. Me is the id of the member at this desktop.
// The mails of the conversations need not be known by then.
func (w *World) Book(channel inbox.ChannelID, me inbox.MemberID) []BookEntry {
	member := func(id string) inbox.MemberID {
		if id == "me" {
			return me
		}
		return inbox.MemberID(id)
	}
	var all []BookEntry
	for _, c := range book {
		e := BookEntry{By: member(c.by), At: w.began.Add(-c.ago), Record: inbox.RecordRef{Kind: c.kind, ID: c.id}, Fields: c.all(member)}
		all = append(all, e)
		if c.note != "" {
			all = append(all, BookEntry{By: e.By, At: e.At.Add(time.Minute), Record: e.Record, Note: c.note})
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range bookLinks {
		mails := w.mails.byContact[l.contact]
		if len(mails) == 0 {
			continue
		}
		last := mails[len(mails)-1]
		all = append(all, BookEntry{
			By: member(l.by), At: earlier(last.at.Add(10*time.Minute), w.began), Record: l.to, Title: titleIn(l.to),
			Conversation: inbox.MailKey(channel, last.digest),
		})
	}
	return all
}

// bookCard is one record of the demo's contact book. What is empty is left out.
type bookCard struct {
	by   string
	ago  time.Duration
	kind inbox.RecordKind
	id   string

	name, emails, phones, organization, person string
	value, currency, stage, status, label      string
	owner                                      string
	note                                       string
}

func (c bookCard) all(member func(string) inbox.MemberID) map[string]string {
	title := "title"
	if c.kind == inbox.Person {
		title = "name"
	}
	fields := map[string]string{}
	for field, value := range map[string]string{
		title: c.name, "emails": c.emails, "phones": c.phones, "organization": c.organization, "person": c.person, "value": c.value,
		"currency": c.currency, "stage": c.stage, "status": c.status, "label": c.label, "owner": string(member(c.owner)),
	} {
		if value != "" {
			fields[field] = value
		}
	}
	return fields
}

func titleIn(ref inbox.RecordRef) string {
	for _, c := range book {
		if c.kind == ref.Kind && c.id == ref.ID {
			return c.name
		}
	}
	return ""
}

const demoDay = 24 * time.Hour

// book is whom the lamp makers know. One person stands in it twice, as happens.
var book = []bookCard{
	{by: "sanne", ago: 400 * demoDay, kind: inbox.Person, id: "ilse-mulder", name: "Ilse Mulder", emails: "ilse@mulderinterieur.example", phones: "+31 20 555 0188", organization: "Mulder Interieur", owner: "sanne", note: "Orders parts every quarter. Always send the drawing along, also when she does not ask."},
	{by: "tomasz", ago: 210 * demoDay, kind: inbox.Person, id: "fiona-gallagher", name: "Fiona Gallagher", emails: "fiona@saltwindcafe.example", phones: "+353 1 555 0142", organization: "Saltwind Café", owner: "tomasz"},
	{by: "me", ago: 180 * demoDay, kind: inbox.Person, id: "joost-verbakel", name: "Joost Verbakel", emails: "j.verbakel@basisschooldevlinder.example", phones: "06-21345678", organization: "Basisschool De Vlinder", owner: "me"},
	{by: "tomasz", ago: 150 * demoDay, kind: inbox.Person, id: "harold-bain", name: "Harold Bain", emails: "h.bain@bainandsonimports.example", phones: "+44 20 7946 0991", organization: "Bain & Sons Imports", owner: "tomasz"},
	{by: "sanne", ago: 120 * demoDay, kind: inbox.Person, id: "harbour-procurement", name: "Eleanor Whitcombe", emails: "procurement@harbourgrandhotels.example\ne.whitcombe@harbourgrandhotels.example", phones: "+44 20 7946 0144", organization: "Harbour Grand Hotels", owner: "tomasz", note: "Decides together with the fire safety officer. Certificates first, then prices."},
	{by: "sanne", ago: 90 * demoDay, kind: inbox.Person, id: "marijke-postma", name: "Marijke Postma", emails: "marijke.postma@postbus.example", phones: "+31 6 1534 8820", owner: "sanne"},
	{by: "aylin", ago: 60 * demoDay, kind: inbox.Person, id: "m-postma", name: "M. Postma", emails: "m.postma@werk.example", phones: "06-15348820", owner: "aylin"},
	{by: "aylin", ago: 45 * demoDay, kind: inbox.Person, id: "mirthe-zijlstra", name: "Mirthe Zijlstra", emails: "mirthe@zijlstra-uitjes.example", organization: "Zijlstra Uitjes", owner: "aylin"},
	{by: "me", ago: 40 * demoDay, kind: inbox.Person, id: "gerda-lammers", name: "Gerda Lammers", emails: "gerda.lammers@thuismail.example", phones: "+31 50 555 0117", owner: "me"},
	{by: "me", ago: 30 * demoDay, kind: inbox.Person, id: "wim-tolsma", name: "Wim Tolsma", emails: "wimtolsma@thuismail.example"},
	{by: "me", ago: 20 * demoDay, kind: inbox.Lead, id: "lead-reading-room", name: "Reading room lighting", person: "joost-verbakel", organization: "Basisschool De Vlinder", value: "2400.00", currency: "EUR", label: "warm", status: "open", owner: "me"},
	{by: "aylin", ago: 18 * demoDay, kind: inbox.Lead, id: "lead-workshop", name: "Workshop for 14 colleagues", person: "mirthe-zijlstra", value: "980.00", currency: "EUR", label: "hot", status: "open", owner: "aylin"},
	{by: "tomasz", ago: 15 * demoDay, kind: inbox.Lead, id: "lead-export", name: "Dealer in the United Kingdom", person: "harold-bain", organization: "Bain & Sons Imports", label: "cold", status: "open", owner: "tomasz"},
	{by: "tomasz", ago: 25 * demoDay, kind: inbox.Deal, id: "deal-lifeboat", name: "Eleven pendants, lifeboat café", person: "fiona-gallagher", organization: "Saltwind Café", value: "4290.00", currency: "EUR", stage: "quote_sent", status: "open", owner: "tomasz"},
	{by: "tomasz", ago: 22 * demoDay, kind: inbox.Deal, id: "deal-harbour", name: "Bedside lighting, 164 rooms", person: "harbour-procurement", organization: "Harbour Grand Hotels", value: "82000.00", currency: "EUR", stage: "negotiating", status: "open", owner: "tomasz"},
	{by: "sanne", ago: 12 * demoDay, kind: inbox.Deal, id: "deal-caps", name: "Twelve brass ceiling caps", person: "ilse-mulder", organization: "Mulder Interieur", value: "388.50", currency: "EUR", stage: "contacted", status: "won", owner: "sanne"},
}

// bookLinks tie the customers' last conversations to it.
var bookLinks = []struct {
	by, contact string
	to          inbox.RecordRef
}{
	{"tomasz", "fiona@saltwindcafe.example", inbox.RecordRef{Kind: inbox.Deal, ID: "deal-lifeboat"}},
	{"tomasz", "procurement@harbourgrandhotels.example", inbox.RecordRef{Kind: inbox.Deal, ID: "deal-harbour"}},
	{"me", "j.verbakel@basisschooldevlinder.example", inbox.RecordRef{Kind: inbox.Lead, ID: "lead-reading-room"}},
	{"me", "j.verbakel@basisschooldevlinder.example", inbox.RecordRef{Kind: inbox.Person, ID: "joost-verbakel"}},
	{"sanne", "marijke.postma@postbus.example", inbox.RecordRef{Kind: inbox.Person, ID: "marijke-postma"}},
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
