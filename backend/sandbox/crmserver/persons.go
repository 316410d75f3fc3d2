package crmserver

import (
	"net/http"
	"strings"
)

func (s *Server) persons(c *call) answer {
	var all []listed
	for _, p := range s.data.persons {
		if !p.Deleted && same(c, "owner_id", p.Owner) && same(c, "org_id", p.Organization) {
			all = append(all, listed{p.object(), p.ID, p.Added, p.Changed})
		}
	}
	return list(c, all)
}

// same says whether a filter by a number lets something through.
func same(c *call, name string, id int) bool {
	text := c.query.Get(name)
	return text == "" || number(text) == id
}

func (s *Server) person(c *call) answer {
	p := s.data.person(number(c.PathValue("id")))
	if p == nil {
		return refuse(http.StatusNotFound, "Person not found")
	}
	return ok(p.object())
}

func (s *Server) createPerson(c *call) answer {
	p := Person{
		Name: strings.TrimSpace(c.body.text("name")), Organization: c.body.whole("org_id"), Owner: s.owner(c),
		Emails: values(c.body["emails"]), Phones: values(c.body["phones"]),
	}
	switch {
	case p.Name == "":
		return invalid("name", "is required")
	case p.Organization != 0 && s.data.organization(p.Organization) == nil:
		return invalid("org_id", "organization not found")
	}
	id := s.data.addPerson(p, c.now, s.cfg.SearchLag)
	return ok(s.data.person(id).object())
}

func invalid(field, problem string) answer {
	return refuse(http.StatusBadRequest, "Validation failed: "+field+": "+problem)
}

func (s *Server) owner(c *call) int {
	if id := c.body.whole("owner_id"); id != 0 {
		return id
	}
	return c.user.ID
}

// values takes the texts out of a list of e-mail addresses or phone numbers.
func values(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		if text := fields(m).text("value"); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func (s *Server) organizations(c *call) answer {
	var all []listed
	for _, o := range s.data.organizations {
		if !o.Deleted && same(c, "owner_id", o.Owner) {
			all = append(all, listed{o.object(), o.ID, o.Added, o.Changed})
		}
	}
	return list(c, all)
}

func (s *Server) organization(c *call) answer {
	o := s.data.organization(number(c.PathValue("id")))
	if o == nil {
		return refuse(http.StatusNotFound, "Organization not found")
	}
	return ok(o.object())
}

func (s *Server) createOrganization(c *call) answer {
	name := strings.TrimSpace(c.body.text("name"))
	if name == "" {
		return invalid("name", "is required")
	}
	id := s.data.addOrganization(Organization{Name: name, Owner: s.owner(c)}, c.now, s.cfg.SearchLag)
	return ok(s.data.organization(id).object())
}
