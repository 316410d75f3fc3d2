package crmserver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// User is somebody of the company who may use the API.
type User struct {
	ID          int // 0: the next free one
	Name, Email string
	Token       string
	Admin       bool
}

// Person is a contact. Zero ids are the next free one and none; a zero owner
// is the first user.
type Person struct {
	ID             int
	Name           string
	Emails, Phones []string
	Organization   int
	Owner          int
	Deleted        bool
	Added, Changed time.Time
	found          time.Time // from when on a search finds it
}

// Organization is a company that persons belong to.
type Organization struct {
	ID             int
	Name           string
	Owner          int
	Deleted        bool
	Added, Changed time.Time
	found          time.Time
}

// Deal is a deal in a stage of a pipeline.
type Deal struct {
	ID                   int
	Title                string
	Value                json.Number
	Currency             string // "": the account's
	Stage                int    // 0: the first one of the first pipeline
	Status               string // "": open
	Person, Organization int
	Owner                int
	Deleted              bool
	Added, Changed       time.Time
	found                time.Time
}

// Lead is somebody who may become a deal.
type Lead struct {
	ID                   string
	Title                string
	Value                json.Number // "": none
	Currency             string
	Labels               []string // their ids
	Person, Organization int
	Owner                int
	Archived, Deleted    bool
	Added, Changed       time.Time
	found                time.Time
}

// Pipeline is a row of stages.
type Pipeline struct {
	ID   int
	Name string
}

// Stage is where a deal can stand.
type Stage struct {
	ID, Pipeline, Order int
	Name                string
}

// Label is a mark of leads.
type Label struct{ ID, Name, Color string }

// account is everything that the company has.
type account struct {
	next          int
	users         []User
	persons       []*Person
	organizations []*Organization
	deals         []*Deal
	leads         []*Lead
	notes         []*note
	pipelines     []Pipeline
	stages        []Stage
	labels        []Label
}

// firstID is where the account's ids begin: no kind's ids are another's.
const firstID = 100

func (a *account) begin(cfg Config) {
	a.next = firstID
	for _, u := range cfg.Users {
		a.addUser(u)
	}
	a.pipelines = []Pipeline{{1, "Sales"}, {2, "Service contracts"}}
	a.stages = []Stage{
		{1, 1, 1, "Qualified"}, {2, 1, 2, "Contact made"}, {3, 1, 3, "Quote sent"}, {4, 1, 4, "Negotiations started"},
		{5, 2, 1, "Qualified"}, {6, 2, 2, "Signed"},
	}
	a.labels = Labels()
}

func (a *account) id() int {
	a.next++
	return a.next
}

// leadID is the id of a lead or a label.
func leadID(n int) string { return fmt.Sprintf("f3a1c0de-0e10-41eb-879b-%012x", n) }

func (a *account) addUser(u User) User {
	if u.ID == 0 {
		u.ID = a.id()
	}
	a.users = append(a.users, u)
	return u
}

func (a *account) userOf(token string) (User, bool) {
	i := slices.IndexFunc(a.users, func(u User) bool { return u.Token == token && token != "" })
	if i < 0 {
		return User{}, false
	}
	return a.users[i], true
}

func (a *account) organization(id int) *Organization {
	return find(a.organizations, func(o *Organization) bool { return o.ID == id })
}

func (a *account) person(id int) *Person {
	return find(a.persons, func(p *Person) bool { return p.ID == id })
}

func (a *account) deal(id int) *Deal {
	return find(a.deals, func(d *Deal) bool { return d.ID == id })
}

func (a *account) lead(id string) *Lead {
	return find(a.leads, func(l *Lead) bool { return l.ID == id })
}

func (a *account) stage(id int) (Stage, bool) {
	i := slices.IndexFunc(a.stages, func(s Stage) bool { return s.ID == id })
	if i < 0 {
		return Stage{}, false
	}
	return a.stages[i], true
}

func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

// AddUser lets somebody else of the company in.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.addUser(u)
}

// AddPerson puts a contact into the account by hand: searches find it at once.
func (s *Server) AddPerson(p Person) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.addPerson(p, s.now(), 0)
}

func (a *account) addPerson(p Person, now time.Time, lag time.Duration) int {
	p.ID = cmp.Or(p.ID, a.id())
	p.Owner = cmp.Or(p.Owner, a.users[0].ID)
	p.Added, p.Changed = or(p.Added, now), or(p.Changed, now)
	p.found = now.Add(lag)
	a.persons = append(a.persons, &p)
	return p.ID
}

// AddOrganization puts an organization into the account by hand.
func (s *Server) AddOrganization(o Organization) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.addOrganization(o, s.now(), 0)
}

func (a *account) addOrganization(o Organization, now time.Time, lag time.Duration) int {
	o.ID = cmp.Or(o.ID, a.id())
	o.Owner = cmp.Or(o.Owner, a.users[0].ID)
	o.Added, o.Changed = or(o.Added, now), or(o.Changed, now)
	o.found = now.Add(lag)
	a.organizations = append(a.organizations, &o)
	return o.ID
}

// AddDeal puts a deal into the account by hand.
func (s *Server) AddDeal(d Deal) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Currency = cmp.Or(d.Currency, s.cfg.Currency)
	return s.data.addDeal(d, s.now(), 0)
}

func (a *account) addDeal(d Deal, now time.Time, lag time.Duration) int {
	d.ID = cmp.Or(d.ID, a.id())
	d.Owner = cmp.Or(d.Owner, a.users[0].ID)
	d.Stage = cmp.Or(d.Stage, a.stages[0].ID)
	d.Status = cmp.Or(d.Status, "open")
	d.Added, d.Changed = or(d.Added, now), or(d.Changed, now)
	d.found = now.Add(lag)
	a.deals = append(a.deals, &d)
	return d.ID
}

// AddLead puts a lead into the account by hand.
func (s *Server) AddLead(l Lead) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.addLead(l, s.now(), 0)
}

func (a *account) addLead(l Lead, now time.Time, lag time.Duration) string {
	if l.ID == "" {
		l.ID = leadID(a.id())
	}
	l.Owner = cmp.Or(l.Owner, a.users[0].ID)
	l.Added, l.Changed = or(l.Added, now), or(l.Changed, now)
	l.found = now.Add(lag)
	a.leads = append(a.leads, &l)
	return l.ID
}

func or(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// Persons are copies of all contacts, deleted ones too, in the order in which
// they were added.
func (s *Server) Persons() []Person { return copies(s, func() []*Person { return s.data.persons }) }

// Organizations are copies of all organizations.
func (s *Server) Organizations() []Organization {
	return copies(s, func() []*Organization { return s.data.organizations })
}

// Deals are copies of all deals.
func (s *Server) Deals() []Deal { return copies(s, func() []*Deal { return s.data.deals }) }

// Leads are copies of all leads.
func (s *Server) Leads() []Lead { return copies(s, func() []*Lead { return s.data.leads }) }

func copies[T any](s *Server, list func() []*T) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []T
	for _, one := range list() {
		all = append(all, *one)
	}
	return all
}

// Remove deletes a person, deal or lead by a person's hand: kind is "person",
// "deal" or "lead". Its notes are deleted with it.
func (s *Server) Remove(kind, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.data.notes {
		if k, on := n.on(); k == kind && on == id && n.gone == Present {
			n.gone, n.changed = Inactive, s.now()
		}
	}
	switch kind {
	case "person":
		if p := s.data.person(number(id)); p != nil {
			p.Deleted, p.Changed = true, s.now()
		}
	case "deal":
		if d := s.data.deal(number(id)); d != nil {
			d.Deleted, d.Changed = true, s.now()
		}
	case "lead":
		if l := s.data.lead(id); l != nil {
			l.Deleted, l.Changed = true, s.now()
		}
	}
}
