package crmserver

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	stamp     = "2006-01-02T15:04:05Z"
	leadStamp = "2006-01-02T15:04:05.000Z"
	noteStamp = "2006-01-02 15:04:05"

	pageSize = 100
	maxPage  = 500
	allShown = 3 // visible_to: the whole company
)

// object is one as JSON says it.
type object map[string]any

// zeroless sets a member that is null when there is none.
func (o object) zeroless(name string, id int) {
	o[name] = nil
	if id != 0 {
		o[name] = id
	}
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

func (p *Person) object() object {
	first, last, _ := strings.Cut(p.Name, " ")
	o := object{
		"id": p.ID, "name": p.Name, "first_name": first, "last_name": last, "owner_id": p.Owner,
		"add_time": p.Added.Format(stamp), "update_time": p.Changed.Format(stamp), "is_deleted": p.Deleted,
		"emails": labelled(p.Emails), "phones": labelled(p.Phones), "visible_to": allShown,
		"label_ids": []int{}, "custom_fields": object{},
	}
	o.zeroless("org_id", p.Organization)
	return o
}

func labelled(values []string) []object {
	all := []object{}
	for i, v := range values {
		all = append(all, object{"value": v, "primary": i == 0, "label": "work"})
	}
	return all
}

func (o *Organization) object() object {
	return object{
		"id": o.ID, "name": o.Name, "owner_id": o.Owner, "is_deleted": o.Deleted, "visible_to": allShown,
		"add_time": o.Added.Format(stamp), "update_time": o.Changed.Format(stamp), "label_ids": []int{}, "custom_fields": object{},
	}
}

func (d *Deal) object(a *account) object {
	stage, _ := a.stage(d.Stage)
	o := object{
		"id": d.ID, "title": d.Title, "owner_id": d.Owner, "pipeline_id": stage.Pipeline, "stage_id": d.Stage,
		"value": json.Number(cmp.Or(string(d.Value), "0")), "currency": d.Currency, "status": d.Status,
		"add_time": d.Added.Format(stamp), "update_time": d.Changed.Format(stamp), "is_deleted": d.Deleted,
		"is_archived": false, "visible_to": allShown, "label_ids": []int{}, "origin": "API", "probability": nil,
		"lost_reason": nil, "custom_fields": object{},
	}
	if d.Person != 0 { // the specification says that it is never null
		o["person_id"] = d.Person
	}
	o.zeroless("org_id", d.Organization)
	return o
}

func (l *Lead) object() object {
	o := object{
		"id": l.ID, "title": l.Title, "owner_id": l.Owner, "creator_id": l.Owner, "label_ids": append([]string{}, l.Labels...),
		"source_name": "API", "origin": "API", "is_archived": l.Archived, "was_seen": true, "value": nil, "visible_to": "3",
		"expected_close_date": nil, "add_time": l.Added.Format(leadStamp), "update_time": l.Changed.Format(leadStamp),
	}
	if l.Value != "" {
		o["value"] = object{"amount": l.Value, "currency": l.Currency}
	}
	o.zeroless("person_id", l.Person)
	o.zeroless("organization_id", l.Organization)
	return o
}

// listed is an object with what lists sort and filter by.
type listed struct {
	object         object
	id             int
	added, changed time.Time
}

// list answers a list of the second version of the API: sorted, filtered, a
// page of it, and a mark that leads to the next.
func list(c *call, all []listed) answer {
	since := moment(c.query.Get("updated_since"))
	until := moment(c.query.Get("updated_until"))
	all = slices.DeleteFunc(all, func(l listed) bool {
		changed := l.changed.Truncate(time.Second)
		return changed.Before(since) || !until.IsZero() && !changed.Before(until)
	})
	slices.SortStableFunc(all, func(a, b listed) int {
		order := cmp.Compare(a.id, b.id)
		switch c.query.Get("sort_by") {
		case "add_time":
			order = cmp.Or(a.added.Truncate(time.Second).Compare(b.added.Truncate(time.Second)), order)
		case "update_time":
			order = cmp.Or(a.changed.Truncate(time.Second).Compare(b.changed.Truncate(time.Second)), order)
		}
		if c.query.Get("sort_direction") == "desc" {
			order = -order
		}
		return order
	})
	objects := []object{}
	for _, l := range all {
		objects = append(objects, l.object)
	}
	return paged(c, objects, func(page []object) any { return page })
}

func moment(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// paged cuts a page out of a list, by cursor.
func paged(c *call, all []object, data func([]object) any) answer {
	start := 0
	if cursor := c.query.Get("cursor"); cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || number(string(raw)) <= 0 {
			return refuse(http.StatusBadRequest, "Parameter 'cursor' is not valid")
		}
		start = min(number(string(raw)), len(all))
	}
	size, problem := sizeOf(c)
	if problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	end := min(start+size, len(all))
	var next any
	if end < len(all) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end)))
	}
	return answer{Status: http.StatusOK, Body: envelope{true, data(all[start:end]), object{"next_cursor": next}}}
}

func sizeOf(c *call) (int, string) {
	text := c.query.Get("limit")
	if text == "" {
		return pageSize, ""
	}
	if n := number(text); n >= 1 && n <= maxPage {
		return n, ""
	}
	return 0, "Parameter 'limit' must be a number from 1 to 500"
}
