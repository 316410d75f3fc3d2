package crmserver

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// needle is what a search looks for.
type needle struct {
	term    string // in small letters
	fields  string // with commas; "" all
	exact   bool
	literal bool // phone numbers as written
	now     time.Time
}

func (s *Server) needle(c *call) (needle, string) {
	n := needle{
		term: strings.ToLower(strings.TrimSpace(c.query.Get("term"))), fields: c.query.Get("fields"),
		exact: c.query.Get("exact_match") == "true", literal: s.cfg.LiteralPhones, now: c.now,
	}
	if least := 2; utf8.RuneCountInString(n.term) < least && !n.exact || n.term == "" {
		return n, "Search term must be at least " + strconv.Itoa(least) + " characters long"
	}
	return n, ""
}

func (n needle) in(field string, values ...string) bool {
	if n.fields != "" && !strings.Contains(","+n.fields+",", ","+field+",") {
		return false
	}
	for _, v := range values {
		v, term := strings.ToLower(v), n.term
		if field == "phone" && !n.literal {
			v, term = digits(v), digits(term)
		}
		if term != "" && (v == term || !n.exact && strings.Contains(v, term)) {
			return true
		}
	}
	return false
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// search is the search of one kind.
func search(kind string) func(*Server, *call) answer {
	return func(s *Server, c *call) answer {
		n, problem := s.needle(c)
		if problem != "" {
			return refuse(http.StatusBadRequest, problem)
		}
		return paged(c, s.hits(c, n, kind), func(page []object) any { return object{"items": page} })
	}
}

// searchItems is the search of several kinds at once, with what belongs to the
// persons that it finds.
func (s *Server) searchItems(c *call) answer {
	n, problem := s.needle(c)
	if problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	kinds := c.query.Get("item_types")
	items := []object{}
	for _, kind := range []string{"deal", "lead", "person", "organization"} {
		if kinds == "" || strings.Contains(","+kinds+",", ","+kind+",") {
			items = append(items, s.hits(c, n, kind)...)
		}
	}
	related := []object{}
	if c.query.Get("search_for_related_items") == "true" {
		related = s.related(items)
	}
	return paged(c, items, func(page []object) any { return object{"items": page, "related_items": related} })
}

func hit(item object) object { return object{"result_score": 0.5, "item": item} }

// hits are all records of a kind that a needle is in. What was written less
// than the lag ago is not among them.
func (s *Server) hits(c *call, n needle, kind string) []object {
	found := []object{}
	switch kind {
	case "person":
		for _, p := range s.data.persons {
			if !p.Deleted && !p.found.After(n.now) && same(c, "organization_id", p.Organization) &&
				(n.in("name", p.Name) || n.in("email", p.Emails...) || n.in("phone", p.Phones...)) {
				found = append(found, hit(s.personItem(p)))
			}
		}
	case "organization":
		for _, o := range s.data.organizations {
			if !o.Deleted && !o.found.After(n.now) && n.in("name", o.Name) {
				found = append(found, hit(object{
					"id": o.ID, "type": "organization", "name": o.Name, "address": "", "visible_to": allShown,
					"owner": object{"id": o.Owner}, "custom_fields": []string{}, "notes": []string{},
				}))
			}
		}
	case "deal":
		for _, d := range s.data.deals {
			if !d.Deleted && !d.found.After(n.now) && same(c, "person_id", d.Person) && n.in("title", d.Title) {
				found = append(found, hit(s.dealItem(d)))
			}
		}
	case "lead":
		for _, l := range s.data.leads {
			if !l.Deleted && !l.found.After(n.now) && same(c, "person_id", l.Person) && n.in("title", l.Title) {
				found = append(found, hit(s.leadItem(l)))
			}
		}
	}
	return found
}

// related are the leads and deals of the persons that were found.
func (s *Server) related(items []object) []object {
	of := map[int]bool{}
	for _, i := range items {
		if item := i["item"].(object); item["type"] == "person" {
			of[item["id"].(int)] = true
		}
	}
	all := []object{}
	for _, l := range s.data.leads {
		if !l.Deleted && of[l.Person] {
			all = append(all, object{"result_score": 0, "item": s.leadItem(l)})
		}
	}
	for _, d := range s.data.deals {
		if !d.Deleted && of[d.Person] {
			all = append(all, object{"result_score": 0, "item": s.dealItem(d)})
		}
	}
	return all
}

func (s *Server) personItem(p *Person) object {
	o := object{
		"id": p.ID, "type": "person", "name": p.Name, "phones": append([]string{}, p.Phones...), "emails": append([]string{}, p.Emails...),
		"visible_to": allShown, "owner": object{"id": p.Owner}, "custom_fields": []string{}, "notes": []string{},
	}
	o["organization"] = s.organizationItem(p.Organization)
	return o
}

func (s *Server) organizationItem(id int) any {
	if o := s.data.organization(id); o != nil {
		return object{"id": o.ID, "name": o.Name}
	}
	return nil
}

func (s *Server) dealItem(d *Deal) object {
	stage, _ := s.data.stage(d.Stage)
	o := object{
		"id": d.ID, "type": "deal", "title": d.Title, "value": whole(string(d.Value)), "currency": d.Currency, "status": d.Status,
		"visible_to": allShown, "owner": object{"id": d.Owner}, "stage": object{"id": stage.ID, "name": stage.Name},
		"custom_fields": []string{}, "notes": []string{}, "is_archived": false, "person": nil,
	}
	if p := s.data.person(d.Person); p != nil {
		o["person"] = object{"id": p.ID, "name": p.Name}
	}
	o["organization"] = s.organizationItem(d.Organization)
	return o
}

// whole cuts an amount: that is how the specification has it in a search.
func whole(value string) int {
	value, _, _ = strings.Cut(value, ".")
	return number(value)
}

func (s *Server) leadItem(l *Lead) object {
	o := object{
		"id": l.ID, "type": "lead", "title": l.Title, "owner": object{"id": l.Owner}, "phones": []string{}, "emails": []string{},
		"custom_fields": []string{}, "notes": []string{}, "value": whole(string(l.Value)), "currency": l.Currency,
		"visible_to": allShown, "is_archived": l.Archived,
	}
	if p := s.data.person(l.Person); p != nil {
		o["person"] = object{"id": p.ID, "name": p.Name}
		o["emails"], o["phones"] = append([]string{}, p.Emails...), append([]string{}, p.Phones...)
	}
	o["organization"] = s.organizationItem(l.Organization)
	return o
}
