package crmserver_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/crmserver"
	"postvak/backend/sandbox/spectest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 500_000_000, time.UTC)

type rig struct {
	t *testing.T
	*crmserver.Server
	clock *run.Manual
	check *spectest.Checker
}

func start(t *testing.T, cfg crmserver.Config) *rig {
	t.Helper()
	r := &rig{t: t, clock: run.NewManual(noon), check: spectest.NewChecker(t, spectest.Pipedrive)}
	cfg.Clock, cfg.Observe = r.clock, r.check.Observe
	s, err := crmserver.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r.Server = s
	return r
}

type said struct {
	status int
	header http.Header
	raw    string
	data   json.RawMessage
}

func (r *rig) ask(method, path string, body any) said {
	r.t.Helper()
	a, err := r.try(method, path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *rig) try(method, path string, body any) (said, error) {
	r.t.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			r.t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, content)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("X-Api-Token", "token-of-ann")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return said{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	a := said{status: res.StatusCode, header: res.Header, raw: string(raw)}
	var envelope struct{ Data json.RawMessage }
	if json.Unmarshal(raw, &envelope) == nil {
		a.data = envelope.Data
	}
	return a, err
}

func (a said) member(t *testing.T, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.data, &m); err != nil {
		t.Fatalf("%v: %s", err, a.raw)
	}
	v, _ := json.Marshal(m[name])
	return strings.Trim(string(v), `"`)
}

type object = map[string]any

// The whole of a small day at the account, every exchange held to the
// specification.
func TestADay(t *testing.T) {
	r := start(t, crmserver.Config{})
	org := r.ask("POST", "/api/v2/organizations", object{"name": "De Vries BV"}).member(t, "id")
	person := r.ask("POST", "/api/v2/persons", object{
		"name": "Jan de Vries", "org_id": json.Number(org),
		"emails": []object{{"value": "jan@devries.example", "primary": true, "label": "work"}},
		"phones": []object{{"value": "+31 6 1234 5678", "primary": true, "label": "mobile"}},
	}).member(t, "id")
	deal := r.ask("POST", "/api/v2/deals", object{
		"title": "Roof", "value": 3250.5, "currency": "EUR", "person_id": json.Number(person), "stage_id": 3,
	}).member(t, "id")
	lead := r.ask("POST", "/v1/leads", object{
		"title": "Shed", "person_id": json.Number(person), "value": object{"amount": 100, "currency": "EUR"},
	}).member(t, "id")
	note := r.ask("POST", "/v1/notes", object{"content": "<p>Hello</p>", "deal_id": json.Number(deal)}).member(t, "id")
	r.ask("PUT", "/v1/notes/"+note, object{"content": "<p>Hello again</p>"})
	for _, path := range []string{
		"/v1/users", "/v1/users/me", "/v1/leads", "/v1/leads/" + lead, "/v1/leadLabels", "/v1/notes?deal_id=" + deal + "&sort=add_time%20DESC",
		"/v1/notes/" + note, "/api/v2/persons?sort_by=add_time&sort_direction=desc", "/api/v2/persons/" + person, "/api/v2/organizations",
		"/api/v2/organizations/" + org, "/api/v2/deals", "/api/v2/deals/" + deal, "/api/v2/stages", "/api/v2/pipelines",
		"/api/v2/persons/search?term=vries&fields=name,email", "/api/v2/organizations/search?term=vries", "/api/v2/deals/search?term=roof",
		"/api/v2/leads/search?term=shed", "/api/v2/itemSearch?term=vries&item_types=person,deal&search_for_related_items=true",
	} {
		if a := r.ask("GET", path, nil); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	if a := r.ask("GET", "/api/v2/itemSearch?term=vries&item_types=person&search_for_related_items=true", nil); !strings.Contains(a.raw, "Roof") {
		t.Errorf("the deals of a found person are not related: %s", a.raw)
	}
	r.ask("DELETE", "/v1/notes/"+note, nil)
	if a := r.ask("GET", "/v1/notes/"+note, nil); a.member(t, "active_flag") != "false" {
		t.Errorf("a deleted note: %s", a.raw)
	}
	if n := len(r.check.Checked()); r.check != nil && n < 25 {
		t.Errorf("only %d endpoints were checked", n)
	}
}

// Every parameter that the server takes is the API's, and costs what it costs.
func TestEndpointsAreInTheSpecification(t *testing.T) {
	files := spectest.Pipedrive.Need(t)
	for _, w := range crmserver.Endpoints() {
		doc, path := files[1], strings.TrimPrefix(w.Path, "/api/v2")
		if strings.HasPrefix(w.Path, "/v1") {
			doc, path = files[0], strings.TrimPrefix(w.Path, "/v1")
		}
		item := doc.Paths.Find(path)
		if item == nil || item.GetOperation(w.Method) == nil {
			t.Errorf("%s %s is not in the specification", w.Method, w.Path)
			continue
		}
		op := item.GetOperation(w.Method)
		if cost, _ := op.Extensions["x-token-cost"].(float64); int(cost) != w.Cost {
			t.Errorf("%s %s costs %v tokens, not %d", w.Method, w.Path, cost, w.Cost)
		}
		for _, name := range w.Query {
			if op.Parameters.GetByInAndName("query", name) == nil {
				t.Errorf("%s %s has no parameter %q", w.Method, w.Path, name)
			}
		}
		for _, name := range w.Body {
			if op.RequestBody == nil || spectest.Properties(op.RequestBody.Value.Content["application/json"].Schema)[name] == nil {
				t.Errorf("%s %s has no member %q", w.Method, w.Path, name)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	r := start(t, crmserver.Config{})
	person := r.AddPerson(crmserver.Person{Name: "Jan"})
	gone := r.AddPerson(crmserver.Person{Name: "Piet", Deleted: true})
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
		text         string
	}{
		"unknown parameter":   {"GET", "/api/v2/persons/search?term=jan&field=name", nil, 400, "field"},
		"unknown member":      {"POST", "/api/v2/persons", object{"name": "Jan", "email": "j@x.example"}, 400, "email"},
		"short term":          {"GET", "/api/v2/persons/search?term=j", nil, 400, "2 characters"},
		"nameless":            {"POST", "/api/v2/persons", object{"name": " "}, 400, "name"},
		"a lead of nobody":    {"POST", "/v1/leads", object{"title": "Shed"}, 400, "person or an organization"},
		"a lead of a deleted": {"POST", "/v1/leads", object{"title": "Shed", "person_id": gone}, 400, "person_id"},
		"half a value":        {"POST", "/v1/leads", object{"title": "Shed", "person_id": person, "value": object{"amount": 1}}, 400, "value"},
		"no such stage":       {"POST", "/api/v2/deals", object{"title": "Roof", "stage_id": 99}, 400, "stage_id"},
		"no such currency":    {"POST", "/api/v2/deals", object{"title": "Roof", "currency": "euro"}, 400, "currency"},
		"long title":          {"POST", "/api/v2/deals", object{"title": strings.Repeat("x", 256)}, 400, "title"},
		"empty note":          {"POST", "/v1/notes", object{"content": "", "person_id": person}, 400, "content"},
		"note on nothing":     {"POST", "/v1/notes", object{"content": "x"}, 400, "must be given"},
		"note on a deleted":   {"POST", "/v1/notes", object{"content": "x", "person_id": gone}, 400, "does not exist"},
		"no such note":        {"GET", "/v1/notes/9999", nil, 404, "not found"},
		"no such lead":        {"GET", "/v1/leads/f3a1c0de-0e10-41eb-879b-0000000000ff", nil, 404, "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			a := r.ask(c.method, c.path, c.body)
			if a.status != c.status || !strings.Contains(a.raw, c.text) {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
}

func TestSearchLagsBehind(t *testing.T) {
	r := start(t, crmserver.Config{SearchLag: 5 * time.Second})
	r.ask("POST", "/api/v2/persons", object{"name": "Jan de Vries"})
	find := func() bool {
		return strings.Contains(r.ask("GET", "/api/v2/persons/search?term="+url.QueryEscape("de vries"), nil).raw, "Jan")
	}
	if find() {
		t.Error("a person is found as soon as it is written")
	}
	if !strings.Contains(r.ask("GET", "/api/v2/persons", nil).raw, "Jan") {
		t.Error("the list is behind, too")
	}
	r.clock.Advance(5 * time.Second)
	if !find() {
		t.Error("a person is never found")
	}
}

func TestPages(t *testing.T) {
	r := start(t, crmserver.Config{})
	for _, name := range []string{"a", "b", "c"} {
		r.AddPerson(crmserver.Person{Name: name})
	}
	a := r.ask("GET", "/api/v2/persons?limit=2&sort_by=add_time&sort_direction=desc", nil)
	var page struct {
		AdditionalData struct {
			NextCursor string `json:"next_cursor"`
		} `json:"additional_data"`
	}
	if err := json.Unmarshal([]byte(a.raw), &page); err != nil || page.AdditionalData.NextCursor == "" || strings.Contains(a.raw, `"a"`) {
		t.Fatalf("%v %s", err, a.raw)
	}
	a = r.ask("GET", "/api/v2/persons?limit=2&sort_by=add_time&sort_direction=desc&cursor="+page.AdditionalData.NextCursor, nil)
	if !strings.Contains(a.raw, `"a"`) || strings.Contains(a.raw, `"b"`) || !strings.Contains(a.raw, `"next_cursor":null`) {
		t.Error(a.raw)
	}
	if a := r.ask("GET", "/api/v2/persons?cursor=nonsense", nil); a.status != 400 {
		t.Error(a.raw)
	}
}
