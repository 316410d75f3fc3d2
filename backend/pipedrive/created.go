package pipedrive

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postvak/backend/inbox"
)

const (
	listPage  = 100
	notePage  = 50 // a note may have 100 kB
	listPages = 10
	// skew is how far before the moment that is asked about a record may have
	// been made: clocks differ, and times there have whole seconds.
	skew = 2 * time.Minute
)

// FindCreated implements crm.Provider. It reads lists, which are never behind
// as the search is. When a record is not there, but the person or organization
// that was to be made with it is, the next Create of this draft takes that one.
func (c *Client) FindCreated(ctx context.Context, d inbox.RecordDraft, since time.Time) (inbox.Record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	d = trimmed(d)
	since = since.Add(-skew)
	o, err := c.newest(ctx, d.Kind, d.PersonID, since, func(o object) (bool, error) { return c.isOf(ctx, d, o) })
	if err != nil {
		return inbox.Record{}, false, err
	}
	if o != nil {
		r, err := c.whole(ctx, d.Kind, o)
		return r, err == nil, err
	}
	return inbox.Record{}, false, c.findHalves(ctx, d, since)
}

// findHalves looks for what was to be made with a record that was not made, and
// has it taken by the next Create.
func (c *Client) findHalves(ctx context.Context, d inbox.RecordDraft, since time.Time) error {
	if d.Organization != "" {
		o, err := c.newest(ctx, organization, "", since, func(o object) (bool, error) {
			return alike(o.Text("name"), d.Organization), nil
		})
		if err != nil {
			return err
		}
		if o != nil {
			c.memory.keepHalf(firmKey(d), idOf(o, "id"))
		}
	}
	if d.Kind == inbox.Person || d.PersonID != "" || personName(d) == "" {
		return nil
	}
	p := d
	p.Kind = inbox.Person
	o, err := c.newest(ctx, inbox.Person, "", since, func(o object) (bool, error) { return c.isOf(ctx, p, o) })
	if o != nil {
		c.memory.keepHalf(half(d), idOf(o, "id"))
	}
	return err
}

// isOf says whether a record may be one that Create made of a draft.
func (c *Client) isOf(ctx context.Context, d inbox.RecordDraft, o object) (bool, error) {
	r := c.plain(d.Kind, o)
	if d.Kind == inbox.Person {
		return alike(r.Title, personName(d)) && (d.Email == "" || hasEmail(r, d.Email)) && (d.Phone == "" || hasPhone(r, d.Phone)), nil
	}
	nobody := d.PersonID == "" && personName(d) == ""
	switch {
	case !alike(r.Title, d.Title):
		return false, nil
	case d.PersonID != "", nobody, r.PersonID == "":
		return r.PersonID == d.PersonID && (nobody || r.PersonID != ""), nil
	}
	person, err := c.read(ctx, inbox.RecordRef{Kind: inbox.Person, ID: r.PersonID})
	if err != nil {
		if isGone(err) {
			err = nil
		}
		return false, err
	}
	p := c.plain(inbox.Person, person)
	return d.Email != "" && hasEmail(p, d.Email) || d.Phone != "" && hasPhone(p, d.Phone) || alike(p.Title, personName(d)), nil
}

// alike compares names as they may come back: in another case, with other
// white space.
func alike(a, b string) bool { return strings.EqualFold(ink(a), ink(b)) }

// newest is the last one made that fits; nil when none does.
func (c *Client) newest(ctx context.Context, kind inbox.RecordKind, person string, since time.Time, fits func(object) (bool, error)) (object, error) {
	var best object
	err := c.made(ctx, kind, person, since, func(o object) (bool, error) {
		if at := o.When("add_time"); at.Before(since) || best != nil && !at.After(best.When("add_time")) {
			return true, nil
		}
		ok, err := fits(o)
		if ok {
			best = o
		}
		return err == nil, err
	})
	return best, err
}

// made goes through the records that were changed since, which those that were
// made since are among.
func (c *Client) made(ctx context.Context, kind inbox.RecordKind, person string, since time.Time, each func(object) (bool, error)) error {
	query := url.Values{"limit": {strconv.Itoa(listPage)}, "updated_since": {since.UTC().Format("2006-01-02T15:04:05Z")}}
	if kind != inbox.Lead {
		query.Set("sort_by", "add_time")
		query.Set("sort_direction", "desc")
	}
	if kind != inbox.Person && kind != organization && numeric.MatchString(person) {
		query.Set("person_id", person)
	}
	return c.pages(ctx, paths[kind], query, each)
}

// pages goes through a list, page by page, until each says that it is enough.
func (c *Client) pages(ctx context.Context, path string, query url.Values, each func(object) (bool, error)) error {
	for range listPages {
		said, err := c.call(ctx, ask{method: http.MethodGet, path: path, query: query})
		if err != nil {
			return err
		}
		for _, o := range said.List("data") {
			if more, err := each(o); !more || err != nil {
				return err
			}
		}
		if !turn(said, query) {
			return nil
		}
	}
	return nil
}

// turn makes a query ask for the next page; false when there is none.
func turn(said object, query url.Values) bool {
	more := said.Sub("additional_data")
	if cursor := more.Text("next_cursor"); cursor != "" && len(cursor) < 2000 {
		query.Set("cursor", cursor)
		return true
	}
	if pagination := more.Sub("pagination"); pagination != nil {
		more = pagination
	}
	if !more.Flag("more_items_in_collection") {
		return false
	}
	start, _ := strconv.Atoi(query.Get("start"))
	size, _ := strconv.Atoi(query.Get("limit"))
	query.Set("start", strconv.Itoa(start+size))
	return true
}
