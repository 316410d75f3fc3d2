// Package spectest holds exchanges with Pipedrive's API to its OpenAPI files:
// requests and answers to their schemas, and every parameter's name to those
// that are there, as the files' open schemas would let a misspelt one pass. The
// files are no part of the project; where they are absent there is nothing to
// hold to.
package spectest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"postvak/backend/sandbox/crmserver"
)

// Files are the two versions of the API.
type Files struct{ V1, V2 *openapi3.T }

// Load reads the files from the folder that POSTVAK_REFERENCE names, or from
// the usual one beside the project. It gives nil where they are absent.
func Load(t testing.TB) *Files {
	t.Helper()
	f, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Need is Load, and skips the test where the files are absent.
func Need(t testing.TB) *Files {
	t.Helper()
	f := Load(t)
	if f == nil {
		t.Skip("no reference data: POSTVAK_REFERENCE names its folder")
	}
	return f
}

// once reads the files once for all tests of a package.
var once = sync.OnceValues(func() (*Files, error) {
	root, err := reference()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(root, "specs", "pipedrive")
	if _, err := os.Stat(folder); err != nil {
		return nil, nil
	}
	f := &Files{}
	if f.V1, err = load(filepath.Join(folder, "v1_subset.json"), "/v1"); err != nil {
		return nil, err
	}
	f.V2, err = load(filepath.Join(folder, "v2_subset.json"), "/api/v2")
	return f, err
})

func reference() (string, error) {
	if folder := os.Getenv("POSTVAK_REFERENCE"); folder != "" {
		return folder, nil
	}
	for dir := "."; len(dir) < 60; dir = filepath.Join(dir, "..") {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared"), nil
		}
	}
	return "", errors.New("the project's own folder is not above this test")
}

func load(file, base string) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	mend(doc)
	return doc, nil
}

// nullable are members that the files call never null and that are null in
// practice.
var nullable = []string{"next_cursor", "last_update_user_id", "org_id", "organization", "icon_url"}

// lists are parameters that take names with commas between them, and are
// described as one name; each has the names that there are.
var (
	lists = []string{"fields", "item_types"}
	each  = map[*openapi3.Parameter][]any{}
)

// mend corrects the files' known faults: members that are null all the same,
// and lists of names that are described as one name.
func mend(doc *openapi3.T) {
	seen := map[*openapi3.Schema]bool{}
	for _, path := range doc.Paths.Map() {
		for _, op := range path.Operations() {
			for _, p := range op.Parameters {
				if schema := p.Value.Schema.Value; slices.Contains(lists, p.Value.Name) {
					each[p.Value], schema.Enum = schema.Enum, nil
				}
			}
			for _, r := range op.Responses.Map() {
				for _, m := range r.Value.Content {
					mendSchema(m.Schema, seen)
				}
			}
		}
	}
}

func mendSchema(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	for name, p := range ref.Value.Properties {
		if slices.Contains(nullable, name) {
			p.Value.Nullable = true
		}
		mendSchema(p, seen)
	}
	mendSchema(ref.Value.Items, seen)
	for _, s := range slices.Concat(ref.Value.AllOf, ref.Value.OneOf, ref.Value.AnyOf) {
		mendSchema(s, seen)
	}
}

// Checker holds exchanges to the files.
type Checker struct {
	t       testing.TB
	routers []routers.Router

	mu      sync.Mutex
	checked map[string]int
}

// NewChecker gives nil where the files are absent; nil checks nothing.
func NewChecker(t testing.TB) *Checker {
	t.Helper()
	if Load(t) == nil {
		return nil
	}
	ways, err := routes()
	if err != nil {
		t.Fatal(err)
	}
	return &Checker{t: t, routers: ways, checked: map[string]int{}}
}

var routes = sync.OnceValues(func() (all []routers.Router, err error) {
	f, err := once()
	if err != nil {
		return nil, err
	}
	for _, doc := range []*openapi3.T{f.V1, f.V2} {
		r, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
})

// Observe checks one exchange, and reports what is wrong as the test's error.
func (c *Checker) Observe(e crmserver.Exchange) {
	if c == nil {
		return
	}
	where := e.Request.Method + " " + e.Request.URL.String()
	route, values, err := c.find(e.Request)
	if err != nil {
		c.t.Errorf("%s is not in the specification", where)
		return
	}
	c.mu.Lock()
	c.checked[e.Request.Method+" "+route.Path]++
	c.mu.Unlock()
	if e.Status < 300 { // what is refused may be wrong
		c.request(where, e, route, values)
	}
	c.answer(where, e, route, values)
}

// Checked says how often each method of each path was checked.
func (c *Checker) Checked() map[string]int {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checked
}

func (c *Checker) find(r *http.Request) (*routers.Route, map[string]string, error) {
	for _, router := range c.routers {
		if route, values, err := router.FindRoute(r); err == nil {
			return route, values, nil
		}
	}
	return nil, nil, routers.ErrPathNotFound
}

func (c *Checker) input(e crmserver.Exchange, route *routers.Route, values map[string]string) *openapi3filter.RequestValidationInput {
	r := e.Request.Clone(context.Background())
	r.Body = io.NopCloser(bytes.NewReader(e.Body))
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: values, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: authenticated, IncludeResponseStatus: true},
	}
}

var errNoToken = errors.New("no token in the header, or one in the address")

func authenticated(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r := in.RequestValidationInput.Request
	if in.SecuritySchemeName != "api_key" || r.Header.Get("X-Api-Token") == "" || r.URL.Query().Has("api_token") {
		return errNoToken
	}
	return nil
}

func (c *Checker) request(where string, e crmserver.Exchange, route *routers.Route, values map[string]string) {
	if err := openapi3filter.ValidateRequest(context.Background(), c.input(e, route, values)); err != nil {
		c.t.Errorf("request %s: %v", where, err)
	}
	for name, values := range e.Request.URL.Query() {
		p := route.Operation.Parameters.GetByInAndName("query", name)
		if p == nil {
			c.t.Errorf("request %s: the specification has no parameter %q", where, name)
			continue
		}
		for one := range strings.SplitSeq(values[0], ",") {
			if known := each[p]; known != nil && !slices.Contains(known, any(one)) {
				c.t.Errorf("request %s: the specification has no %q among its %s", where, one, name)
			}
		}
	}
	if len(e.Body) == 0 {
		return
	}
	var body any
	if err := json.Unmarshal(e.Body, &body); err != nil {
		c.t.Errorf("request %s: %v", where, err)
		return
	}
	if route.Operation.RequestBody == nil {
		c.t.Errorf("request %s: the specification has no body", where)
		return
	}
	c.names(where, body, route.Operation.RequestBody.Value.Content["application/json"].Schema)
}

// names reports members that the schema has not.
func (c *Checker) names(where string, v any, schema *openapi3.SchemaRef) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			c.names(where, one, schema.Value.Items)
		}
	case map[string]any:
		known := Properties(schema)
		for name, value := range v {
			if known[name] == nil {
				c.t.Errorf("request %s: the specification has no member %q", where, name)
				continue
			}
			c.names(where, value, known[name])
		}
	}
}

// Properties are the members of a schema and of all that it is put together of.
func Properties(schema *openapi3.SchemaRef) map[string]*openapi3.SchemaRef {
	all := map[string]*openapi3.SchemaRef{}
	if schema == nil || schema.Value == nil {
		return all
	}
	for name, p := range schema.Value.Properties {
		all[name] = p
	}
	for _, s := range schema.Value.AllOf {
		for name, p := range Properties(s) {
			all[name] = p
		}
	}
	return all
}

func (c *Checker) answer(where string, e crmserver.Exchange, route *routers.Route, values map[string]string) {
	described := route.Operation.Responses.Status(e.Status) != nil
	if !described && e.Status < 400 {
		c.t.Errorf("answer to %s: status %d is not in the specification", where, e.Status)
		return
	}
	if !described {
		c.refusal(where, e)
		return
	}
	in := c.input(e, route, values)
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: e.Status, Header: e.Header, Options: in.Options,
		Body: io.NopCloser(bytes.NewReader(e.Answer)),
	})
	if err != nil {
		c.t.Errorf("answer to %s: %v", where, err)
	}
}

// refusal checks an error of which the files say nothing: the API's documents
// describe one form for all.
func (c *Checker) refusal(where string, e crmserver.Exchange) {
	if !strings.HasPrefix(e.Header.Get("Content-Type"), "application/json") {
		return
	}
	var said struct {
		Success *bool   `json:"success"`
		Error   *string `json:"error"`
	}
	if err := json.Unmarshal(e.Answer, &said); err != nil || said.Success == nil || *said.Success || said.Error == nil {
		c.t.Errorf("answer to %s: no error as the API words it: %s", where, e.Answer)
	}
}
