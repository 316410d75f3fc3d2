package metaserver

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"postvak/backend/sandbox/rest"
)

// call is a request on its way through a handler.
type call struct {
	*http.Request
	raw    []byte
	params url.Values // of the address, and of a form
	file   *File      // that came with a form
	now    time.Time
}

type answer = rest.Answer

// endpoint is one method of one path: which parameters it knows, and what it
// does with the page locked.
type endpoint struct {
	params string
	open   bool // wants no token
	read   bool // counts as a reading call
	node   string
	handle func(*Server, *call) answer
}

const paging = " fields limit after before "

// endpoints are all that the server knows.
var endpoints = map[string]endpoint{
	"GET /" + Version + "/me":                              {params: "fields", read: true, node: "Page", handle: (*Server).me},
	"GET /" + Version + "/{page}/conversations":            {params: paging + "folder platform tags user_id", read: true, node: "UnifiedThread", handle: (*Server).conversations},
	"GET /" + Version + "/{page}/messaging_feature_review": {params: paging, read: true, node: "FeatureReview", handle: (*Server).features},
	"GET /" + Version + "/{thread}/messages":               {params: paging + "source", read: true, node: "Message", handle: (*Server).messages},
	"GET /" + Version + "/{message}":                       {params: "fields", read: true, node: "Message", handle: (*Server).message},
	"POST /" + Version + "/{page}/messages": {
		params: "folder message messaging_type notification_type payload persona_id recipient reply_to sender_action suggestion_action tag thread_control",
		handle: (*Server).send,
	},
	"GET /cdn/{id}/{generation}/{name}": {params: "_nc_cat oe", open: true, handle: (*Server).file},
}

// Endpoint is one method of one path as tests look at it.
type Endpoint struct {
	Method, Path, Node string
	Params             []string
}

// Endpoints are all that the server knows of the Graph API.
func Endpoints() (all []Endpoint) {
	for pattern, e := range endpoints {
		method, path, _ := strings.Cut(pattern, " ")
		if !e.open {
			all = append(all, Endpoint{method, path, e.node, strings.Fields(e.params)})
		}
	}
	return all
}

// answer does the work of a request.
func (s *Server) answer(r *http.Request, raw []byte) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.routes.Find(r)
	if !known {
		return refuse(http.StatusBadRequest, 2500, 0, "Unknown path components: "+r.URL.Path)
	}
	c := &call{Request: r, raw: raw, params: r.URL.Query(), now: s.now()}
	if e.open {
		return e.handle(s, c)
	}
	if !s.signedIn(r) {
		return refuse(http.StatusBadRequest, 190, 460, "Error validating access token: The session has been invalidated because the user changed their password.")
	}
	if e.read && !s.room(c.now) {
		return refuse(http.StatusBadRequest, 613, 0, "(#613) Calls to this api have exceeded the rate limit.")
	}
	if a, ok := c.read(e); !ok {
		return a
	}
	return s.counted(e.handle(s, c))
}

// room says whether one more reading call fits into this second.
func (s *Server) room(now time.Time) bool {
	kept := s.calls[:0]
	for _, at := range s.calls {
		if at.After(now.Add(-time.Second)) && !at.After(now) {
			kept = append(kept, at)
		}
	}
	s.calls = append(kept, now)
	return s.cfg.Burst == 0 || len(s.calls) <= s.cfg.Burst
}

// counted adds what the headers say of the budget.
func (s *Server) counted(a answer) answer {
	if s.usage == (usage{}) {
		return a
	}
	if a.Header = a.Header.Clone(); a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Set("X-Business-Use-Case-Usage", fmt.Sprintf(
		`{%q:[{"type":"messenger","call_count":%d,"total_cputime":1,"total_time":2,"estimated_time_to_regain_access":%d}]}`,
		s.cfg.PageID, s.usage.percent, s.usage.regain))
	return a
}

// read takes the request's parameters apart and refuses what the API has not.
func (c *call) read(e endpoint) (answer, bool) {
	if problem := c.form(); problem != "" {
		return refuse(http.StatusBadRequest, 100, 0, problem), false
	}
	for name := range c.params {
		if !slices.Contains(strings.Fields(e.params), name) {
			return refuse(http.StatusBadRequest, 100, 0, "(#100) Unknown parameter: "+name), false
		}
	}
	all, ok := parseFields(c.params.Get("fields"))
	if c.params.Has("fields") && !ok {
		return refuse(http.StatusBadRequest, 2500, 0, "Syntax error in the list of fields"), false
	}
	if node, name := unknown(e.node, all); ok && name != "" {
		return refuse(http.StatusBadRequest, 100, 0, "(#100) Tried accessing nonexisting field ("+name+") on node type ("+node+")"), false
	}
	return answer{}, true
}

// limit is how many a page has.
func (c *call) limit() int {
	n, err := strconv.Atoi(c.params.Get("limit"))
	if err != nil || n < 1 {
		n = 25
	}
	return min(n, 100)
}

// refuse is an error as the API words it.
func refuse(status, code, subcode int, text string) answer {
	e := map[string]any{"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGhIjK"}
	if subcode != 0 {
		e["error_subcode"] = subcode
	}
	return answer{Status: status, Body: map[string]any{"error": e}}
}

func ok(body any) answer { return answer{Status: http.StatusOK, Body: body} }
