package crmserver

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

const maxTitle = 255

func (s *Server) deals(c *call) answer {
	var all []listed
	for _, d := range s.data.deals {
		stage, _ := s.data.stage(d.Stage)
		if d.Deleted || !same(c, "owner_id", d.Owner) || !same(c, "person_id", d.Person) || !same(c, "org_id", d.Organization) ||
			!same(c, "stage_id", d.Stage) || !same(c, "pipeline_id", stage.Pipeline) {
			continue
		}
		if status := c.query.Get("status"); status != "" && status != d.Status {
			continue
		}
		all = append(all, listed{d.object(&s.data), d.ID, d.Added, d.Changed})
	}
	return list(c, all)
}

func (s *Server) deal(c *call) answer {
	d := s.data.deal(number(c.PathValue("id")))
	if d == nil {
		return refuse(http.StatusNotFound, "Deal not found")
	}
	return ok(d.object(&s.data))
}

func (s *Server) createDeal(c *call) answer {
	d := Deal{
		Title: strings.TrimSpace(c.body.text("title")), Value: c.body.number("value"), Stage: c.body.whole("stage_id"),
		Currency: cmp.Or(c.body.text("currency"), s.cfg.Currency), Status: c.body.text("status"),
		Person: c.body.whole("person_id"), Organization: c.body.whole("org_id"), Owner: s.owner(c),
	}
	if field, problem := s.titled(d.Title, d.Person, d.Organization, "org_id"); field != "" {
		return invalid(field, problem)
	}
	if _, known := s.data.stage(d.Stage); d.Stage != 0 && !known {
		return invalid("stage_id", "stage not found")
	}
	if len(d.Currency) != 3 || strings.ToUpper(d.Currency) != d.Currency {
		return invalid("currency", "is not a currency")
	}
	return ok(s.data.deal(s.data.addDeal(d, c.now, s.cfg.SearchLag)).object(&s.data))
}

// titled checks what leads and deals have in common.
func (s *Server) titled(title string, person, organization int, organizationField string) (field, problem string) {
	switch p := s.data.person(person); {
	case title == "":
		return "title", "is required"
	case len([]rune(title)) > maxTitle:
		return "title", "should be at most 255 characters long"
	case person != 0 && (p == nil || p.Deleted):
		return "person_id", "person not found"
	case organization != 0 && s.data.organization(organization) == nil:
		return organizationField, "organization not found"
	}
	return "", ""
}

func (s *Server) stages(c *call) answer {
	objects := []object{}
	for _, st := range s.data.stages {
		if !same(c, "pipeline_id", st.Pipeline) {
			continue
		}
		objects = append(objects, object{
			"id": st.ID, "order_nr": st.Order, "name": st.Name, "is_deleted": false, "deal_probability": 100,
			"pipeline_id": st.Pipeline, "is_deal_rot_enabled": false, "days_to_rotten": nil,
			"add_time": founded.Format(stamp), "update_time": founded.Format(stamp),
		})
	}
	return paged(c, objects, func(page []object) any { return page })
}

var founded = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Server) pipelines(c *call) answer {
	objects := []object{}
	for i, p := range s.data.pipelines {
		objects = append(objects, object{
			"id": p.ID, "name": p.Name, "order_nr": i + 1, "is_deleted": false, "is_deal_probability_enabled": true,
			"add_time": founded.Format(stamp), "update_time": founded.Format(stamp),
		})
	}
	return paged(c, objects, func(page []object) any { return page })
}

// Rename gives a stage another name, as an admin of the account may.
func (s *Server) Rename(stage int, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.data.stages, func(st Stage) bool { return st.ID == stage }); i >= 0 {
		s.data.stages[i].Name = name
	}
}
