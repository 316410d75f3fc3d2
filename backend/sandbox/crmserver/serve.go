package crmserver

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postvak/backend/sandbox/rest"
)

// call is a request on its way through a handler.
type call struct {
	*http.Request
	raw   []byte
	query url.Values
	body  fields
	user  User
	now   time.Time
}

// answer is what a handler says.
type answer = rest.Answer

// whose says whose token a request carries.
func (s *Server) whose(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, _ := s.data.userOf(r.Header.Get("X-Api-Token"))
	return user.Name
}

// answer does the work of a request.
func (s *Server) answer(r *http.Request, raw []byte) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, known := s.data.userOf(r.Header.Get("X-Api-Token"))
	if !known {
		return unauthorized()
	}
	endpoint, known := s.routes.Find(r)
	if !known {
		return refuse(http.StatusNotFound, "Unknown method .")
	}
	header, a, ok := s.spend(user, endpoint)
	if ok {
		a = s.work(endpoint, r, raw, user)
	}
	if a.Header == nil {
		a.Header = http.Header{}
	}
	maps.Copy(a.Header, header)
	return a
}

func (s *Server) work(endpoint endpoint, r *http.Request, raw []byte, user User) answer {
	c := &call{Request: r, raw: raw, query: r.URL.Query(), user: user, now: s.now()}
	if problem := c.read(endpoint); problem != "" {
		return refuse(http.StatusBadRequest, problem)
	}
	return endpoint.handle(s, c)
}

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
	return answer{Status: http.StatusOK, Body: envelope{Success: true, Data: data}}
}

type envelope struct {
	Success    bool `json:"success"`
	Data       any  `json:"data"`
	Additional any  `json:"additional_data,omitempty"`
}

// refuse is an error as the API words it.
func refuse(status int, text string) answer {
	return answer{Status: status, Body: map[string]any{
		"success": false, "error": text, "data": nil, "additional_data": nil,
		"error_info": "Please check developers.pipedrive.com for more information about Pipedrive API.",
	}}
}

func unauthorized() answer {
	return answer{Status: http.StatusUnauthorized, Body: map[string]any{
		"success": false, "error": "unauthorized access", "errorCode": http.StatusUnauthorized,
		"error_info": "Please check developers.pipedrive.com",
	}}
}
