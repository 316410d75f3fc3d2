package crmserver

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxNote is how many bytes a note may have.
const maxNote = 100_000

// note is one that stands at a record.
type note struct {
	id             int
	content        string
	person, deal   int
	organization   int
	lead           string
	user, changer  int
	added, changed time.Time
	gone           Deletion
}

// Deletion is how the API shows a note that was deleted.
type Deletion int

// The ways of being gone.
const (
	Present  Deletion = iota
	Inactive          // still answered, with active_flag false
	NotFound          // 404
	Removed           // 410
)

// Note is a copy of a note.
type Note struct {
	ID             string
	Kind, On       string // "person", "deal" or "lead", and the record's id
	Content        string // HTML, as it is stored
	User           string // who wrote it first
	Added, Changed time.Time
	Deleted        bool
}

func (n *note) on() (kind, id string) {
	switch {
	case n.lead != "":
		return "lead", n.lead
	case n.deal != 0:
		return "deal", strconv.Itoa(n.deal)
	}
	return "person", strconv.Itoa(n.person)
}

func (n *note) object(a *account) object {
	o := object{
		"id": n.id, "content": n.content, "active_flag": n.gone == Present, "user_id": n.user,
		"add_time": n.added.Format(noteStamp), "update_time": n.changed.Format(noteStamp),
		"pinned_to_deal_flag": false, "pinned_to_organization_flag": false, "pinned_to_person_flag": false,
		"last_update_user_id": nil, "org_id": nil, "organization": nil,
	}
	if n.changer != 0 {
		o["last_update_user_id"] = n.changer
	}
	if n.lead != "" {
		o["lead_id"] = n.lead
	}
	if d := a.deal(n.deal); d != nil {
		o["deal_id"], o["deal"] = d.ID, object{"title": d.Title}
	}
	if p := a.person(n.person); p != nil {
		o["person_id"], o["person"] = p.ID, object{"name": p.Name}
	}
	for _, u := range a.users {
		if u.ID == n.user {
			o["user"] = object{"email": u.Email, "icon_url": "https://example.com/icon.png", "is_you": true, "name": u.Name}
		}
	}
	return o
}

func (a *account) note(id int) *note { return find(a.notes, func(n *note) bool { return n.id == id }) }

// notes lists them, also those that are only marked as deleted.
func (s *Server) notes(c *call) answer {
	var found []*note
	for _, n := range s.data.notes {
		lead := c.query.Get("lead_id")
		if n.gone <= Inactive && same(c, "person_id", n.person) && same(c, "deal_id", n.deal) && (lead == "" || lead == n.lead) {
			found = append(found, n)
		}
	}
	slices.SortStableFunc(found, byField(c.query.Get("sort")))
	p, problem := pageOf(c, found, func(n *note) object { return n.object(&s.data) })
	if problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	pagination := p.place()
	if p.more {
		pagination["next_start"] = p.end
	}
	return answer{Status: http.StatusOK, Body: envelope{true, p.objects, object{"pagination": pagination}}}
}

// byField sorts as "add_time DESC" says. Equal ones stay in their order, also
// backwards.
func byField(sort string) func(a, b *note) int {
	field, direction, _ := strings.Cut(sort, " ")
	return func(a, b *note) int {
		order := cmp.Compare(a.id, b.id)
		switch field {
		case "add_time":
			order = a.added.Truncate(time.Second).Compare(b.added.Truncate(time.Second))
		case "update_time":
			order = a.changed.Truncate(time.Second).Compare(b.changed.Truncate(time.Second))
		}
		if strings.EqualFold(direction, "desc") {
			return -order
		}
		return order
	}
}

func (s *Server) noteByID(c *call) answer {
	n, gone := s.standing(c)
	if gone != nil {
		return *gone
	}
	return ok(n.object(&s.data))
}

// standing is the note that a request names, or why there is none.
func (s *Server) standing(c *call) (*note, *answer) {
	n := s.data.note(number(c.PathValue("id")))
	var a answer
	switch {
	case n == nil || n.gone == NotFound:
		a = refuse(http.StatusNotFound, "Note not found")
	case n.gone == Removed:
		a = refuse(http.StatusGone, "Note not found")
	default:
		return n, nil
	}
	return nil, &a
}

func (s *Server) createNote(c *call) answer {
	n := &note{
		person: c.body.whole("person_id"), deal: c.body.whole("deal_id"), organization: c.body.whole("org_id"),
		lead: c.body.text("lead_id"), user: c.user.ID, added: c.now, changed: c.now,
	}
	if problem := s.attached(n); problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	text := c.body.text("content")
	if problem := contentProblem(text); problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	n.id, n.content = s.data.id(), clean(text)
	s.data.notes = append(s.data.notes, n)
	return ok(n.object(&s.data))
}

func contentProblem(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "Note content must be given."
	case len(text) > maxNote:
		return "Note content is too long."
	}
	return ""
}

func (s *Server) attached(n *note) string {
	p, d, l := s.data.person(n.person), s.data.deal(n.deal), s.data.lead(n.lead)
	switch {
	case n.person == 0 && n.deal == 0 && n.lead == "" && n.organization == 0:
		return "One of deal, person, organization, lead, project or task ID must be given."
	case n.person != 0 && (p == nil || p.Deleted):
		return "Person does not exist."
	case n.deal != 0 && (d == nil || d.Deleted):
		return "Deal does not exist."
	case n.lead != "" && (l == nil || l.Deleted):
		return "Lead does not exist."
	}
	return ""
}

// changeNote replaces the content. One that is marked as deleted takes it, and
// stays deleted.
func (s *Server) changeNote(c *call) answer {
	n, gone := s.standing(c)
	if gone != nil {
		return *gone
	}
	if c.body.has("content") {
		text := c.body.text("content")
		if problem := contentProblem(text); problem != "" {
			return refuse(http.StatusBadRequest, problem)
		}
		n.content, n.changed, n.changer = clean(text), c.now, c.user.ID
	}
	return ok(n.object(&s.data))
}

func (s *Server) deleteNote(c *call) answer {
	n, gone := s.standing(c)
	if gone != nil {
		return *gone
	}
	n.gone, n.changed = Inactive, c.now
	return ok(true)
}

// Notes are copies of all notes, deleted ones too, the oldest first.
func (s *Server) Notes() []Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Note
	for _, n := range s.data.notes {
		kind, on := n.on()
		one := Note{strconv.Itoa(n.id), kind, on, n.content, "", n.added, n.changed, n.gone != Present}
		for _, u := range s.data.users {
			if u.ID == n.user {
				one.User = u.Name
			}
		}
		all = append(all, one)
	}
	return all
}

var errNoNote = errors.New("the account has no such note")

// Edit changes a note by a person's hand, in the account's own window: html is
// cleaned as everything else.
func (s *Server) Edit(id, html string) error {
	return s.touch(id, func(n *note) { n.content = clean(html) })
}

// Delete deletes a note by a person's hand; how says what the API tells of it
// from then on.
func (s *Server) Delete(id string, how Deletion) error {
	return s.touch(id, func(n *note) { n.gone = how })
}

// Move moves a note to a deal by a person's hand.
func (s *Server) Move(id string, deal int) error {
	return s.touch(id, func(n *note) { n.person, n.lead, n.deal = 0, "", deal })
}

func (s *Server) touch(id string, change func(*note)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.data.note(number(id))
	if n == nil {
		return errNoNote
	}
	change(n)
	n.changed = s.now()
	return nil
}
