package messenger_test

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/spectest"
)

// spec is Meta's own lists of what may be asked.
type spec struct {
	page, thread node
	enums        map[string][]string
}

type node struct {
	APIs []struct {
		Method, Endpoint string
		Params           []param
	}
	Fields []param
}

type param struct {
	Name, Type string
	Required   bool
}

var readSpec = sync.OnceValue(func() *spec {
	folder, there, err := spectest.Folder("meta")
	if err != nil || !there {
		return nil
	}
	s := &spec{enums: map[string][]string{}}
	var enums []struct {
		Name   string
		Values []string
	}
	for name, into := range map[string]any{"Page.messaging.json": &s.page, "UnifiedThread.json": &s.thread, "enum_types.subset.json": &enums} {
		raw, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // the reference data's own names
		if err != nil || json.Unmarshal(raw, into) != nil {
			return nil
		}
	}
	for _, e := range enums {
		s.enums[e.Name] = e.Values
	}
	return s
})

// The parameters that every list of the Graph API has, and the file of a form:
// Meta's lists leave them out.
var everywhere = []string{"fields", "limit", "after", "filedata"}

// unlisted are paths of nodes that are not in the files: the page itself and a
// message, which have fields and no parameters.
var unlisted = regexp.MustCompile(`^/v26\.0/(me|m_[\w-]+)$`)

// checker holds every request to the lists: its path, the names of its
// parameters, those that are required, values of enums, and the fields of a
// conversation. It gives nil where the lists are absent.
func checker(t testing.TB) func(rest.Exchange) {
	s := readSpec()
	if s == nil {
		return nil
	}
	return func(e rest.Exchange) {
		if !strings.HasPrefix(e.Request.URL.Path, "/cdn/") && e.Status < 300 {
			s.check(t, e)
		}
	}
}

func (s *spec) check(t testing.TB, e rest.Exchange) {
	where := e.Request.Method + " " + e.Request.URL.Path
	if e.Request.Header.Get("Authorization") == "" || e.Request.URL.Query().Has("access_token") {
		t.Errorf("%s: the token is not in the header, or in the address", where)
	}
	asked := paramsOf(t, e)
	allowed, known := s.allowed(e)
	if !known && !unlisted.MatchString(e.Request.URL.Path) {
		t.Errorf("%s is not in Meta's lists", where)
	}
	for name, value := range asked {
		i := slices.IndexFunc(allowed, func(p param) bool { return p.Name == name })
		if i < 0 && !slices.Contains(everywhere, name) {
			t.Errorf("%s has no parameter %s", where, name)
		}
		if i >= 0 {
			s.value(t, where, allowed[i], value)
		}
	}
	for _, p := range allowed {
		if _, there := asked[p.Name]; p.Required && !there {
			t.Errorf("%s lacks %s", where, p.Name)
		}
	}
	if strings.HasSuffix(where, "/conversations") {
		s.fields(t, asked["fields"])
	}
}

func (s *spec) value(t testing.TB, where string, p param, value string) {
	if values := s.enums[p.Type]; values != nil && !slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, value) }) {
		t.Errorf("%s: %s may not be %q", where, p.Name, value)
	}
	if p.Type == "Object" && p.Name != "tag" && !json.Valid([]byte(value)) {
		t.Errorf("%s: %s is no object: %s", where, p.Name, value)
	}
	if p.Name == "tag" && value != "HUMAN_AGENT" {
		t.Errorf("%s: the tag %s is not to be used", where, value)
	}
}

var nested = regexp.MustCompile(`\.limit\(\d+\)|\{[^{}]*\}`)

// fields holds the fields of a conversation to the list; messages are an edge.
func (s *spec) fields(t testing.TB, text string) {
	for nested.MatchString(text) {
		text = nested.ReplaceAllString(text, "")
	}
	for name := range strings.SplitSeq(text, ",") {
		if name != "messages" && !slices.ContainsFunc(s.thread.Fields, func(p param) bool { return p.Name == name }) {
			t.Errorf("a conversation has no field %s", name)
		}
	}
}

// allowed are the parameters of the endpoint that a request goes to.
func (s *spec) allowed(e rest.Exchange) ([]param, bool) {
	parts := strings.Split(strings.TrimPrefix(e.Request.URL.Path, "/v26.0/"), "/")
	if len(parts) != 2 {
		return nil, false
	}
	of := s.page
	if strings.HasPrefix(parts[0], "t_") {
		of = s.thread
	}
	for _, api := range of.APIs {
		if api.Method == e.Request.Method && api.Endpoint == parts[1] {
			return api.Params, true
		}
	}
	return nil, false
}

// paramsOf are the parameters of a request, wherever they stand.
func paramsOf(t testing.TB, e rest.Exchange) map[string]string {
	all := map[string]string{}
	for name := range e.Request.URL.Query() {
		all[name] = e.Request.URL.Query().Get(name)
	}
	kind, about, _ := mime.ParseMediaType(e.Request.Header.Get("Content-Type"))
	switch {
	case len(e.Body) == 0:
	case kind == "application/json":
		var members map[string]json.RawMessage
		if err := json.Unmarshal(e.Body, &members); err != nil {
			t.Error(err)
		}
		for name, raw := range members {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			all[name] = text
		}
	default:
		r := multipart.NewReader(strings.NewReader(string(e.Body)), about["boundary"])
		for part, err := r.NextPart(); err == nil; part, err = r.NextPart() {
			raw, _ := io.ReadAll(part)
			all[part.FormName()] = string(raw)
		}
	}
	return all
}

// The fake knows no parameter that Meta's lists do not have, and all of the
// messages' own.
func TestTheFakeIsInMetasLists(t *testing.T) {
	s := readSpec()
	if s == nil {
		t.Skip("no reference data: POSTVAK_REFERENCE names its folder")
	}
	for _, e := range metaserver.Endpoints() {
		parts := strings.Split(strings.TrimPrefix(e.Path, "/v26.0/"), "/")
		if len(parts) != 2 {
			continue
		}
		of := s.page
		if parts[0] == "{thread}" {
			of = s.thread
		}
		i := slices.IndexFunc(of.APIs, func(a struct {
			Method, Endpoint string
			Params           []param
		}) bool {
			return a.Method == e.Method && a.Endpoint == parts[1]
		})
		if i < 0 {
			t.Errorf("%s %s is not in the lists", e.Method, e.Path)
			continue
		}
		for _, p := range of.APIs[i].Params {
			if !slices.Contains(e.Params, p.Name) {
				t.Errorf("%s lacks %s", e.Path, p.Name)
			}
		}
		for _, name := range e.Params {
			if !slices.Contains([]string{"fields", "limit", "after", "before"}, name) && !slices.ContainsFunc(of.APIs[i].Params, func(p param) bool { return p.Name == name }) {
				t.Errorf("%s has %s, which is not in the lists", e.Path, name)
			}
		}
	}
	for _, name := range metaserver.Fields["UnifiedThread"] {
		if name != "messages" && !slices.ContainsFunc(s.thread.Fields, func(p param) bool { return p.Name == name }) {
			t.Errorf("a conversation has no field %s", name)
		}
	}
	for _, name := range metaserver.Fields["Page"] {
		if !slices.ContainsFunc(s.page.Fields, func(p param) bool { return p.Name == name }) {
			t.Errorf("a page has no field %s", name)
		}
	}
}
