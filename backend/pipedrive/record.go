package pipedrive

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"postvak/backend/inbox"
)

// Get implements crm.Provider.
func (c *Client) Get(ctx context.Context, ref inbox.RecordRef) (inbox.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	o, err := c.read(ctx, ref)
	if err != nil {
		return inbox.Record{}, err
	}
	return c.whole(ctx, ref.Kind, o)
}

// organization is a kind that conversations are not linked to.
const organization inbox.RecordKind = "organization"

var paths = map[inbox.RecordKind]string{
	inbox.Person: "/api/v2/persons", inbox.Deal: "/api/v2/deals", inbox.Lead: "/v1/leads", organization: "/api/v2/organizations",
}

// read gives a record as the API has it; one that is marked as deleted is gone.
func (c *Client) read(ctx context.Context, ref inbox.RecordRef) (object, error) {
	if !proper(ref) {
		return nil, gone()
	}
	said, err := c.call(ctx, ask{method: http.MethodGet, path: paths[ref.Kind] + "/" + ref.ID})
	if err != nil {
		if isGone(err) {
			c.memory.lost(ref)
		}
		return nil, err
	}
	o := said.Sub("data")
	if idOf(o, "id") == "" {
		return nil, unreadable("a record without an id")
	}
	if o.Flag("is_deleted") || denied(o, "active_flag") {
		c.memory.lost(ref)
		return nil, gone()
	}
	return o, nil
}

// whole fills in what a record only names by ids.
func (c *Client) whole(ctx context.Context, kind inbox.RecordKind, o object) (inbox.Record, error) {
	r := c.plain(kind, o)
	if firm := idOf(o, "org_id") + idOf(o, "organization_id"); firm != "" {
		r.Organization = c.nameOf(ctx, "organizations", firm)
	}
	if r.PersonID != "" {
		r.Person = c.nameOf(ctx, "persons", r.PersonID)
	}
	r.Owner = c.ownerName(ctx, idOf(o, "owner_id"))
	switch kind {
	case inbox.Deal:
		r.Stage = c.stageName(ctx, idOf(o, "stage_id"))
	case inbox.Lead:
		r.Label = c.labelNames(ctx, o)
	case inbox.Person:
	}
	return r, ctx.Err()
}

func (c *Client) stageName(ctx context.Context, id string) string {
	all, _ := c.stages(ctx)
	i := slices.IndexFunc(all, func(s stage) bool { return s.id == id })
	if i < 0 {
		return ""
	}
	return all[i].title(all)
}

func (c *Client) labelNames(ctx context.Context, o object) string {
	ids := textsOf(o, "label_ids")
	if len(ids) == 0 {
		return ""
	}
	all, _ := c.labels(ctx)
	var names []string
	for _, l := range all {
		if slices.Contains(ids, l.id) {
			names = append(names, l.name)
		}
	}
	return strings.Join(names, ", ")
}

// plain is a record by what stands in its own object.
func (c *Client) plain(kind inbox.RecordKind, o object) inbox.Record {
	r := inbox.Record{
		RecordRef: inbox.RecordRef{Kind: kind, ID: idOf(o, "id")}, Title: o.Text("title"), Status: o.Text("status"),
		PersonID: idOf(o, "person_id"), Value: amountOf(o, "value"), Currency: o.Text("currency"),
		Created: o.When("add_time"), Updated: o.When("update_time"),
	}
	switch kind {
	case inbox.Person:
		r.Title, r.PersonID = o.Text("name"), ""
		r.Emails, r.Phones = textsOf(o, "emails"), textsOf(o, "phones")
	case inbox.Deal:
	case inbox.Lead:
		if value := o.Sub("value"); value != nil {
			r.Value, r.Currency = amountOf(value, "amount"), value.Text("currency")
		}
		r.Status = "open"
		if o.Flag("is_archived") {
			r.Status = "archived"
		}
	}
	if r.Value == "" {
		r.Currency = ""
	}
	r.URL = c.page(r.RecordRef)
	return r
}

// found is a record as a search shows it: it names persons and organizations.
func (c *Client) found(kind inbox.RecordKind, item object) inbox.Record {
	r := c.plain(kind, item)
	r.Organization = item.Sub("organization").Text("name")
	if kind != inbox.Person {
		r.PersonID, r.Person = idOf(item.Sub("person"), "id"), item.Sub("person").Text("name")
	}
	if kind == inbox.Deal {
		r.Stage = item.Sub("stage").Text("name")
	}
	return r
}
