// Package spectest holds exchanges with other firms' APIs to their OpenAPI files:
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
	"net/url"
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

	"postvak/backend/sandbox/rest"
)

// Spec is one firm's files, and what is known to be wrong in them.
type Spec struct {
	Folder string // below the reference data's specs
	Files  []File
	// Nullable are members that the files call never null and that are null in
	// practice; Lists are parameters that take names with commas between them and
	// are described as one name.
	Nullable, Lists []string
	// Authenticated says whether a request is signed in as the API wants.
	Authenticated openapi3filter.AuthenticationFunc
	// Refusal says whether an error of which the files say nothing has the form
	// that the API's documents give it.
	Refusal func(rest.Exchange) bool

	once    sync.Once
	docs    []*openapi3.T
	routers []routers.Router
	err     error
	each    map[*openapi3.Parameter][]any // the names that a list may hold
}

// File is a file of a Spec: Base is in front of all its paths.
type File struct{ Name, Base string }

// Load reads the files from the folder that POSTVAK_REFERENCE names, or from
// the usual one beside the project. It gives nil where they are absent.
func (s *Spec) Load(t testing.TB) []*openapi3.T {
	t.Helper()
	s.once.Do(s.read)
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.docs
}

// Need is Load, and skips the test where the files are absent.
func (s *Spec) Need(t testing.TB) []*openapi3.T {
	t.Helper()
	docs := s.Load(t)
	if docs == nil {
		t.Skip("no reference data: POSTVAK_REFERENCE names its folder")
	}
	return docs
}

func (s *Spec) read() {
	folder, there, err := Folder(s.Folder)
	if s.err = err; err != nil || !there {
		return
	}
	s.each = map[*openapi3.Parameter][]any{}
	for _, f := range s.Files {
		doc, router, err := s.load(filepath.Join(folder, f.Name), f.Base)
		if err != nil {
			s.err = err
			return
		}
		s.docs, s.routers = append(s.docs, doc), append(s.routers, router)
	}
}

// Folder is where a firm's files are; there is false where they are absent.
func Folder(firm string) (folder string, there bool, err error) {
	root, err := reference()
	if err != nil {
		return "", false, err
	}
	folder = filepath.Join(root, "specs", firm)
	_, err = os.Stat(folder)
	return folder, err == nil, nil
}

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

func (s *Spec) load(file, base string) (*openapi3.T, routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, nil, err
	}
	doc.Servers = nil
	if base != "" {
		doc.Servers = openapi3.Servers{{URL: base}}
	}
	s.mend(doc)
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
	return doc, router, err
}

// mend corrects the files' known faults: members that are null all the same,
// and lists of names that are described as one name.
func (s *Spec) mend(doc *openapi3.T) {
	seen := map[*openapi3.Schema]bool{}
	for _, path := range doc.Paths.Map() {
		path.Servers = nil
		for _, op := range path.Operations() {
			for _, p := range op.Parameters {
				if schema := p.Value.Schema.Value; slices.Contains(s.Lists, p.Value.Name) {
					s.each[p.Value], schema.Enum = schema.Enum, nil
				}
			}
			for _, r := range op.Responses.Map() {
				for _, m := range r.Value.Content {
					s.mendSchema(m.Schema, seen)
				}
			}
		}
	}
}

func (s *Spec) mendSchema(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	for name, p := range ref.Value.Properties {
		if slices.Contains(s.Nullable, name) {
			p.Value.Nullable = true
		}
		s.mendSchema(p, seen)
	}
	s.mendSchema(ref.Value.Items, seen)
	for _, one := range slices.Concat(ref.Value.AllOf, ref.Value.OneOf, ref.Value.AnyOf) {
		s.mendSchema(one, seen)
	}
}

// Checker holds exchanges to the files.
type Checker struct {
	t    testing.TB
	spec *Spec

	mu      sync.Mutex
	checked map[string]int
}

// NewChecker gives nil where the files are absent; nil checks nothing.
func NewChecker(t testing.TB, spec *Spec) *Checker {
	t.Helper()
	if spec.Load(t) == nil {
		return nil
	}
	return &Checker{t: t, spec: spec, checked: map[string]int{}}
}

// Observe checks one exchange, and reports what is wrong as the test's error.
func (c *Checker) Observe(e rest.Exchange) {
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
	if e.Status < http.StatusMultipleChoices { // what is refused may be wrong
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
	for i, router := range c.spec.routers {
		if route, values, err := router.FindRoute(r); err == nil {
			return route, values, nil
		}
		if route, values := endsIn(c.spec.docs[i], r); route != nil {
			return route, values, nil
		}
	}
	return nil, nil, routers.ErrPathNotFound
}

// endsIn finds what the router cannot: a path whose last part is a value and an
// ending, such as {Sid}.json.
func endsIn(doc *openapi3.T, r *http.Request) (*routers.Route, map[string]string) {
	asked := strings.Split(r.URL.Path, "/")
	for path, item := range doc.Paths.Map() {
		parts, values := strings.Split(path, "/"), map[string]string{}
		_, ending, valued := strings.Cut(parts[len(parts)-1], "}.")
		if !valued || len(parts) != len(asked) || !strings.HasSuffix(r.URL.Path, "."+ending) {
			continue
		}
		fits := true
		for i, part := range parts {
			part, value := strings.TrimSuffix(part, "."+ending), asked[i]
			if name, is := strings.CutPrefix(part, "{"); is {
				values[strings.TrimSuffix(name, "}")] = strings.TrimSuffix(value, "."+ending)
			} else if part != value {
				fits = false
			}
		}
		if op := item.GetOperation(r.Method); fits && op != nil {
			return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: op}, values
		}
	}
	return nil, nil
}

func (c *Checker) input(e rest.Exchange, route *routers.Route, values map[string]string) *openapi3filter.RequestValidationInput {
	r := e.Request.Clone(context.Background())
	r.Body = io.NopCloser(bytes.NewReader(e.Body))
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: values, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: c.spec.Authenticated, IncludeResponseStatus: true},
	}
}

func (c *Checker) request(where string, e rest.Exchange, route *routers.Route, values map[string]string) {
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
			if known := c.spec.each[p]; known != nil && !slices.Contains(known, any(one)) {
				c.t.Errorf("request %s: the specification has no %q among its %s", where, one, name)
			}
		}
	}
	if len(e.Body) > 0 {
		c.body(where, e, route.Operation)
	}
}

const form = "application/x-www-form-urlencoded"

func (c *Checker) body(where string, e rest.Exchange, op *openapi3.Operation) {
	kind, _, _ := strings.Cut(e.Request.Header.Get("Content-Type"), ";")
	if op.RequestBody == nil || op.RequestBody.Value.Content[kind] == nil {
		c.t.Errorf("request %s: the specification has no body of type %q", where, kind)
		return
	}
	body, err := bodyOf(kind, e.Body)
	if err != nil {
		c.t.Errorf("request %s: %v", where, err)
		return
	}
	c.names(where, body, op.RequestBody.Value.Content[kind].Schema)
}

func bodyOf(kind string, raw []byte) (body any, err error) {
	if kind != form {
		return body, json.Unmarshal(raw, &body)
	}
	values, err := url.ParseQuery(string(raw))
	all := map[string]any{}
	for name := range values {
		all[name] = ""
	}
	return all, err
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

func (c *Checker) answer(where string, e rest.Exchange, route *routers.Route, values map[string]string) {
	described := route.Operation.Responses.Status(e.Status) != nil
	if !described && e.Status < http.StatusBadRequest {
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

// refusal checks an error of which the files say nothing.
func (c *Checker) refusal(where string, e rest.Exchange) {
	if !strings.HasPrefix(e.Header.Get("Content-Type"), "application/json") {
		return
	}
	if c.spec.Refusal != nil && !c.spec.Refusal(e) {
		c.t.Errorf("answer to %s: no error as the API words it: %s", where, e.Answer)
	}
}
