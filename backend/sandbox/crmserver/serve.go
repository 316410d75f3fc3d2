package crmserver

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxBody = 1 << 20

// Request is one that was asked, without its token.
type Request struct {
	Method, Path string
	Query        url.Values
	Body         string
	User         string // whose token it carried; "" for none that is known
	At           time.Time
	Status       int // of the answer; 0 when the connection was cut
}

// call is a request on its way through a handler.
type call struct {
	*http.Request
	raw   []byte
	query url.Values
	body  fields
	user  User
	now   time.Time
}

// answer is what a handler says. It is written by ServeHTTP alone, so that a
// failure can lose it after its work was done.
type answer struct {
	status int
	header http.Header
	body   any
	page   string // instead of body: HTML
}

func (a answer) bytes() []byte {
	if a.page != "" {
		return []byte(a.page)
	}
	if raw, ok := a.body.(rawJSON); ok {
		return raw
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a.body); err != nil {
		return []byte(`{"success":false}`)
	}
	return b.Bytes()
}

// ServeHTTP answers one request: the failures that were asked for first, then
// who it is, then what may be spent, then the work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		cut()
	}
	asked := s.remember(r, raw)
	if !s.wait(r, false) {
		cut()
	}
	f := s.takeFault(r)
	if f != nil && !f.afterWork() {
		s.fail(w, r, *f, answer{}, asked)
		return
	}
	a := s.answer(r, raw)
	if !s.wait(r, true) {
		cut()
	}
	if f != nil {
		s.fail(w, r, *f, a, asked)
		return
	}
	s.write(w, a, asked)
	if s.cfg.Observe != nil {
		s.cfg.Observe(Exchange{Request: r, Body: raw, Status: a.status, Header: w.Header(), Answer: a.bytes()})
	}
}

func (s *Server) write(w http.ResponseWriter, a answer, asked *Request) {
	s.mu.Lock()
	asked.Status = a.status
	s.mu.Unlock()
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if a.page != "" {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.bytes())
}

// answer does the work of a request.
func (s *Server) answer(r *http.Request, raw []byte) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, known := s.data.userOf(r.Header.Get("X-Api-Token"))
	if !known {
		return unauthorized()
	}
	var at match
	s.mux.ServeHTTP(&at, r) // also fills in the path's values
	if at.endpoint.handle == nil {
		return refuse(http.StatusNotFound, "Unknown method .")
	}
	header, a, ok := s.spend(user, at.endpoint)
	if ok {
		a = s.work(at.endpoint, r, raw, user)
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	maps.Copy(a.header, header)
	return a
}

func (s *Server) work(endpoint endpoint, r *http.Request, raw []byte, user User) answer {
	c := &call{Request: r, raw: raw, query: r.URL.Query(), user: user, now: s.now()}
	if problem := c.read(endpoint); problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	return endpoint.handle(s, c)
}

// match is where the mux leaves the endpoint that fits a request: it chooses, and
// the endpoint's own handler gives an answer that can still be lost.
type match struct{ endpoint endpoint }

func (*match) Header() http.Header         { return http.Header{} }
func (*match) Write(b []byte) (int, error) { return len(b), nil }
func (*match) WriteHeader(int)             {}

// read takes the request's parameters apart and refuses what the API has not.
func (c *call) read(endpoint endpoint) string {
	for name := range c.query {
		if !contains(endpoint.query, name) {
			return "Parameter '" + name + "' is not allowed"
		}
	}
	if len(c.raw) == 0 {
		return ""
	}
	if !strings.HasPrefix(c.Header.Get("Content-Type"), "application/json") {
		return "Content-Type must be application/json"
	}
	dec := json.NewDecoder(bytes.NewReader(c.raw))
	dec.UseNumber()
	if dec.Decode(&c.body) != nil {
		return "Request body is not valid JSON"
	}
	for name := range c.body {
		if !contains(endpoint.body, name) {
			return "Parameter '" + name + "' is not allowed"
		}
	}
	return ""
}

func contains(list, name string) bool {
	for one := range strings.FieldsSeq(list) {
		if one == name {
			return true
		}
	}
	return false
}

// maxAsked is how many requests are remembered: a demo may run for weeks.
const maxAsked = 5000

// remember keeps a request; whoever answers it says with what.
func (s *Server) remember(r *http.Request, raw []byte) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, _ := s.data.userOf(r.Header.Get("X-Api-Token"))
	asked := &Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Body: string(raw), User: user.Name, At: s.now(),
	}
	s.asked = append(slices.Delete(s.asked, 0, max(0, len(s.asked)+1-maxAsked)), asked)
	return asked
}

// Requests are the last 5,000 that were asked, the oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.asked))
	for i, asked := range s.asked {
		all[i] = *asked
	}
	return all
}

// Asked counts the requests of a method whose path begins with path.
func (s *Server) Asked(method, path string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method == method && strings.HasPrefix(r.Path, path) {
			n++
		}
	}
	return n
}

// fields are the members of a JSON object that came in.
type fields map[string]any

func (f fields) has(name string) bool { v, ok := f[name]; return ok && v != nil }

func (f fields) text(name string) string {
	s, _ := f[name].(string)
	return s
}

func (f fields) whole(name string) int {
	n, _ := f[name].(json.Number)
	i, _ := strconv.Atoi(n.String())
	return i
}

func (f fields) number(name string) json.Number {
	n, _ := f[name].(json.Number)
	return n
}

func (f fields) sub(name string) fields {
	m, _ := f[name].(map[string]any)
	return m
}

func ok(data any) answer {
	return answer{status: http.StatusOK, body: envelope{Success: true, Data: data}}
}

type envelope struct {
	Success    bool `json:"success"`
	Data       any  `json:"data"`
	Additional any  `json:"additional_data,omitempty"`
}

// refuse is an error as the API words it.
func refuse(status int, text string) answer {
	return answer{status: status, body: map[string]any{
		"success": false, "error": text, "data": nil, "additional_data": nil,
		"error_info": "Please check developers.pipedrive.com for more information about Pipedrive API.",
	}}
}

func unauthorized() answer {
	return answer{status: http.StatusUnauthorized, body: map[string]any{
		"success": false, "error": "unauthorized access", "errorCode": http.StatusUnauthorized,
		"error_info": "Please check developers.pipedrive.com",
	}}
}
