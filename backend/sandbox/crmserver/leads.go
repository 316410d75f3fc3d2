package crmserver

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// leads answers a list of the first version of the API: pages by position.
func (s *Server) leads(c *call) answer {
	since := moment(c.query.Get("updated_since"))
	var found []*Lead
	for _, l := range s.data.leads {
		if !l.Deleted && !l.Archived && same(c, "owner_id", l.Owner) && same(c, "person_id", l.Person) &&
			same(c, "organization_id", l.Organization) && !l.Changed.Before(since) {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(a, b *Lead) int { return a.Added.Compare(b.Added) })
	p, problem := pageOf(c, found, (*Lead).object)
	if problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	return answer{Status: http.StatusOK, Body: envelope{true, p.objects, p.place()}}
}

// listing is a part of a list, by position.
type listing struct {
	objects          []object
	start, end, size int
	more             bool
}

// pageOf shows the part of a list that a call asks for.
func pageOf[T any](c *call, found []T, show func(T) object) (p listing, problem string) {
	p.size, problem = sizeOf(c)
	p.start = min(max(0, number(c.query.Get("start"))), len(found))
	p.end = min(p.start+p.size, len(found))
	p.objects, p.more = []object{}, p.end < len(found)
	for _, o := range found[p.start:p.end] {
		p.objects = append(p.objects, show(o))
	}
	return p, problem
}

func (p listing) place() object {
	return object{"start": p.start, "limit": p.size, "more_items_in_collection": p.more}
}

func (s *Server) lead(c *call) answer {
	l := s.data.lead(c.PathValue("id"))
	if l == nil || l.Deleted {
		return refuse(http.StatusNotFound, "requested lead not found")
	}
	return ok(l.object())
}

func (s *Server) createLead(c *call) answer {
	value := c.body.sub("value")
	l := Lead{
		Title: strings.TrimSpace(c.body.text("title")), Value: value.number("amount"), Currency: value.text("currency"),
		Person: c.body.whole("person_id"), Organization: c.body.whole("organization_id"), Owner: s.owner(c),
	}
	labels, _ := c.body["label_ids"].([]any)
	for _, id := range labels {
		text, _ := id.(string)
		l.Labels = append(l.Labels, text)
	}
	if field, problem := s.titled(l.Title, l.Person, l.Organization, "organization_id"); field != "" {
		return invalid(field, problem)
	}
	switch {
	case l.Person == 0 && l.Organization == 0:
		return refuse(http.StatusBadRequest, "A lead must be linked to a person or an organization")
	case value != nil && (l.Value == "" || len(l.Currency) != 3):
		return invalid("value", "needs an amount and a currency")
	}
	id := s.data.addLead(l, c.now.Truncate(time.Millisecond), s.cfg.SearchLag)
	a := ok(s.data.lead(id).object())
	a.Status = http.StatusCreated
	return a
}

func (s *Server) labels(*call) answer {
	objects := []object{}
	for _, l := range s.data.labels {
		objects = append(objects, object{
			"id": l.ID, "name": l.Name, "color": cmp.Or(l.Color, "gray"),
			"add_time": founded.Format(leadStamp), "update_time": founded.Format(leadStamp),
		})
	}
	return ok(objects)
}

func (s *Server) users(*call) answer {
	objects := []object{}
	for _, u := range s.data.users {
		objects = append(objects, u.object(false))
	}
	return ok(objects)
}

func (u User) object(you bool) object {
	return object{
		"id": u.ID, "name": u.Name, "email": u.Email, "default_currency": "EUR", "locale": "en_US", "lang": 1,
		"phone": nil, "activated": true, "last_login": founded.Format(noteStamp), "created": founded.Format(noteStamp),
		"modified": nil, "has_created_company": u.Admin, "active_flag": true, "timezone_name": "Europe/Amsterdam",
		"timezone_offset": "+01:00", "role_id": 1, "icon_url": nil, "is_you": you, "is_deleted": false,
		"access": []object{{"app": "global", "admin": u.Admin, "permission_set_id": leadID(900)}},
	}
}

func (s *Server) me(c *call) answer {
	o := c.user.object(true)
	o["default_currency"] = s.cfg.Currency
	o["company_id"], o["company_name"], o["company_domain"] = s.cfg.CompanyID, s.cfg.Company, s.cfg.Domain
	o["company_country"], o["company_industry"] = "NL", "Retail"
	o["language"] = object{"language_code": "en", "country_code": "US"}
	return ok(o)
}

// Labels are the marks that every account begins with.
func Labels() []Label {
	return []Label{{leadID(1), "Hot", "red"}, {leadID(2), "Warm", "yellow"}, {leadID(3), "Cold", "blue"}}
}
