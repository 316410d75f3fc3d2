package pipedrive

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postvak/backend/inbox"
)

const maxTitle = 255 // characters

// Create implements crm.Provider. The person of a lead or deal is who has the
// draft's e-mail address or number, if somebody has, else a new one. When the
// lead or deal cannot be made after that, the next attempt takes the same
// person.
func (c *Client) Create(ctx context.Context, d inbox.RecordDraft) (inbox.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	d = trimmed(d)
	if err := check(d); err != nil {
		return inbox.Record{}, err
	}
	body, err := c.body(ctx, d)
	if err != nil {
		return inbox.Record{}, err
	}
	if d.Kind == inbox.Person {
		return c.makePerson(ctx, d, body)
	}
	o, err := c.post(ctx, paths[d.Kind], body)
	if err != nil {
		c.forget(d, err)
		return inbox.Record{}, err
	}
	c.memory.keepHalf(half(d), "")
	return c.remember(ctx, d.Kind, o)
}

func trimmed(d inbox.RecordDraft) inbox.RecordDraft {
	for _, text := range []*string{&d.Title, &d.Name, &d.Email, &d.Phone, &d.Organization, &d.PersonID, &d.Currency, &d.Stage, &d.Label} {
		*text = strings.TrimSpace(*text)
	}
	d.Currency = strings.ToUpper(d.Currency)
	return d
}

func check(d inbox.RecordDraft) error {
	someone := d.Name != "" || d.Email != "" || d.Phone != ""
	switch {
	case !slices.Contains(inbox.RecordKinds, d.Kind):
		return inbox.Errorf(inbox.Invalid, "There are persons, leads and deals in Pipedrive, and nothing else that Postvak makes.")
	case d.Kind == inbox.Person && !someone:
		return inbox.Errorf(inbox.Invalid, "A person needs a name.")
	case d.Kind == inbox.Lead && d.Title == "":
		return inbox.Errorf(inbox.Invalid, "A lead needs a title.")
	case d.Kind == inbox.Deal && d.Title == "":
		return inbox.Errorf(inbox.Invalid, "A deal needs a title.")
	case utf8.RuneCountInString(d.Title) > maxTitle || utf8.RuneCountInString(d.Name) > maxTitle:
		return inbox.Errorf(inbox.Invalid, "Pipedrive takes titles and names of at most %d characters. Shorten it.", maxTitle)
	case d.Kind == inbox.Lead && d.PersonID == "" && d.Organization == "" && !someone:
		return inbox.Errorf(inbox.Invalid, "A lead needs a person or an organization. Choose one, or give the name of a new one.")
	case d.PersonID != "" && !numeric.MatchString(d.PersonID):
		return inbox.Errorf(inbox.NotFound, "This person is not in Pipedrive any more. Choose another one.")
	case d.Value != "" && !plainNumber.MatchString(string(d.Value)):
		return inbox.Errorf(inbox.Invalid, "%.40q is not an amount. Write it as 3250.00.", string(d.Value))
	}
	return nil
}

// fields are what is sent.
type fields map[string]any

// set adds a member that has something to say; ids are numbers there.
func (f fields) set(name, value string) {
	if value == "" {
		return
	}
	f[name] = value
	if strings.HasSuffix(name, "_id") && numeric.MatchString(value) {
		f[name] = json.Number(value)
	}
}

// body is a draft as the API takes it. It finds or makes what the draft only
// names.
func (c *Client) body(ctx context.Context, d inbox.RecordDraft) (fields, error) {
	owner, err := c.ownerID(ctx, d.Owner)
	if err != nil {
		return nil, err
	}
	body := fields{}
	body.set("owner_id", owner)
	switch d.Kind {
	case inbox.Lead:
		err = c.leadBody(ctx, d, body)
	case inbox.Deal:
		err = c.dealBody(ctx, d, body)
	default:
		err = c.personBody(ctx, d, body)
	}
	return body, err
}

func (c *Client) personBody(ctx context.Context, d inbox.RecordDraft, body fields) error {
	firm, err := c.organizationOf(ctx, d)
	body.set("org_id", firm)
	body.set("name", personName(d))
	if d.Email != "" {
		body["emails"] = []fields{{"value": d.Email, "primary": true, "label": "work"}}
	}
	if d.Phone != "" {
		body["phones"] = []fields{{"value": d.Phone, "primary": true, "label": "work"}}
	}
	return err
}

func personName(d inbox.RecordDraft) string { return cmp.Or(d.Name, d.Email, d.Phone) }

func (c *Client) leadBody(ctx context.Context, d inbox.RecordDraft, body fields) error {
	body.set("title", d.Title)
	if d.Label != "" {
		id, err := c.labelID(ctx, d.Label)
		if err != nil {
			return err
		}
		body["label_ids"] = []string{id}
	}
	if d.Value != "" {
		body["value"] = fields{"amount": d.Value, "currency": c.currency(d)}
	}
	return c.about(ctx, d, body, "organization_id")
}

func (c *Client) dealBody(ctx context.Context, d inbox.RecordDraft, body fields) error {
	body.set("title", d.Title)
	if d.Stage != "" {
		id, err := c.stageID(ctx, d.Stage)
		if err != nil {
			return err
		}
		body.set("stage_id", id)
	}
	if d.Value != "" {
		body["value"] = d.Value
		body.set("currency", c.currency(d))
	}
	return c.about(ctx, d, body, "org_id")
}

// currency is the draft's, else the account's own.
func (c *Client) currency(d inbox.RecordDraft) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(d.Currency, c.account.currency, "EUR")
}

// about says whom a lead or deal is about. Everything else of the draft is
// known to be right by then: nobody is made for a lead that is refused.
func (c *Client) about(ctx context.Context, d inbox.RecordDraft, body fields, organizationField string) error {
	person, err := c.personOf(ctx, d)
	if err != nil {
		return err
	}
	body.set("person_id", person)
	firm, err := c.organizationOf(ctx, d)
	body.set(organizationField, firm)
	return err
}

// personOf finds or makes the person of a lead or deal.
func (c *Client) personOf(ctx context.Context, d inbox.RecordDraft) (string, error) {
	if d.PersonID != "" || d.Name == "" && d.Email == "" && d.Phone == "" {
		return d.PersonID, nil
	}
	if id := c.memory.half(half(d)); id != "" {
		return id, nil
	}
	there, err := c.exactly(ctx, d.Email, d.Phone)
	if err != nil {
		return "", err
	}
	if len(there) > 0 {
		return there[0].ID, nil
	}
	p := d
	p.Kind = inbox.Person
	body, err := c.body(ctx, p)
	if err != nil {
		return "", err
	}
	r, err := c.makePerson(ctx, p, body)
	if err == nil {
		c.memory.keepHalf(half(d), r.ID)
	}
	return r.ID, err
}

// half names the person of a draft that is being made.
func half(d inbox.RecordDraft) string {
	return strings.Join([]string{"person", string(d.Kind), d.Title, d.Name, d.Email, d.Phone, d.Organization}, "\n")
}

// forget takes back whom a draft was to be about when that is refused: they may
// be deleted meanwhile.
func (c *Client) forget(d inbox.RecordDraft, err error) {
	if code := inbox.CodeOf(err); code == inbox.Invalid || code == inbox.NotFound {
		c.memory.keepHalf(half(d), "")
		c.memory.keepHalf(firmKey(d), "")
	}
}

func (c *Client) makePerson(ctx context.Context, d inbox.RecordDraft, body fields) (inbox.Record, error) {
	o, err := c.post(ctx, paths[inbox.Person], body)
	if err != nil {
		c.forget(d, err)
		return inbox.Record{}, err
	}
	return c.remember(ctx, inbox.Person, o)
}

func firmKey(d inbox.RecordDraft) string { return "organization\n" + strings.ToLower(d.Organization) }

// organizationOf finds an organization by its name, or makes it.
func (c *Client) organizationOf(ctx context.Context, d inbox.RecordDraft) (string, error) {
	if d.Organization == "" {
		return "", nil
	}
	key := firmKey(d)
	if id := c.memory.half(key); id != "" {
		return id, nil
	}
	said, err := c.call(ctx, ask{method: http.MethodGet, path: "/api/v2/organizations/search", query: url.Values{
		"term": {d.Organization}, "fields": {"name"}, "exact_match": {"true"}, "limit": {strconv.Itoa(mostFound)},
	}})
	if err != nil {
		return "", err
	}
	for _, o := range said.Sub("data").List("items") {
		if item := o.Sub("item"); strings.EqualFold(item.Text("name"), d.Organization) && idOf(item, "id") != "" {
			return idOf(item, "id"), nil
		}
	}
	o, err := c.post(ctx, paths[organization], fields{"name": d.Organization})
	if err == nil {
		c.memory.keepHalf(key, idOf(o, "id")) // a search may not find it yet
	}
	return idOf(o, "id"), err
}

// post makes something and gives what was made.
func (c *Client) post(ctx context.Context, path string, body fields) (object, error) {
	said, err := c.call(ctx, ask{method: http.MethodPost, path: path, body: body})
	if err != nil {
		return nil, err
	}
	o := said.Sub("data")
	if idOf(o, "id") == "" {
		return nil, unreadable("what was made has no id")
	}
	return o, nil
}

func (c *Client) remember(ctx context.Context, kind inbox.RecordKind, o object) (inbox.Record, error) {
	c.memory.made(c.plain(kind, o), c.cfg.Clock.Now())
	r, _ := c.whole(ctx, kind, o) // it is made, whatever else fails
	return r, nil
}
