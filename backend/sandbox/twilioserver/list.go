package twilioserver

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"postvak/backend/sandbox/rest"
)

type answer = rest.Answer

const usualPage = 50

// filters are the parameters of lists, by the names that the API gives them.
var filters = []string{"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"}

// list gives messages, newest first. A page after the first must be asked for
// with the address that the one before it gave, word for word.
func (s *Server) list(c *call) answer {
	for name := range c.query {
		if !slices.Contains(filters, name) {
			return refuse(http.StatusBadRequest, 20001, "Unknown parameter "+name)
		}
	}
	token := c.query.Get("PageToken")
	if token != "" && !s.pages[c.URL.RequestURI()] {
		return refuse(http.StatusBadRequest, 20006, "Invalid page token")
	}
	size, err := strconv.Atoi(cmp.Or(c.query.Get("PageSize"), strconv.Itoa(usualPage)))
	if err != nil || size < 1 || size > 1000 {
		return refuse(http.StatusBadRequest, 20001, "PageSize must be between 1 and 1000")
	}
	found, problem := s.found(c.query)
	if problem != "" {
		return refuse(http.StatusBadRequest, 20001, problem)
	}
	return ok(s.page(c, found, min(size, s.cfg.MaxPage), token))
}

// found are the messages that fit, newest first.
func (s *Server) found(q url.Values) (all []*message, problem string) {
	for _, name := range []string{"DateSent", "DateSent<", "DateSent>"} {
		if q.Has(name) && dayOf(q, name) == "" {
			return nil, name + " must be YYYY-MM-DD"
		}
	}
	for _, m := range s.messages {
		if s.listed(m) && s.fits(m, q) {
			all = append(all, m)
			if m.twice {
				all = append(all, m)
			}
		}
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b *message) int { return b.At.Compare(a.At) })
	return all, ""
}

func (s *Server) listed(m *message) bool { return m.listed.IsZero() || !s.now().Before(m.listed) }

func (s *Server) fits(m *message, q url.Values) bool {
	if q.Has("To") && q.Get("To") != scheme+m.To || q.Has("From") && q.Get("From") != scheme+m.From {
		return false
	}
	at, sent := s.sentAt(m)
	day := at.Format(time.DateOnly)
	switch {
	case !q.Has("DateSent") && !q.Has("DateSent<") && !q.Has("DateSent>"):
		return true
	case !sent:
		return false
	}
	return (!q.Has("DateSent") || day == dayOf(q, "DateSent")) && (!q.Has("DateSent<") || day <= dayOf(q, "DateSent<")) && (!q.Has("DateSent>") || day >= dayOf(q, "DateSent>"))
}

// dayOf is a filter's day: of a time that is given, the hours count for nothing.
func dayOf(q url.Values, name string) string {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(form, q.Get(name)); err == nil {
			return at.UTC().Format(time.DateOnly)
		}
	}
	return ""
}

// page begins behind the message that the token names: what came meanwhile moves
// nothing.
func (s *Server) page(c *call, found []*message, size int, token string) map[string]any {
	start := 0
	if i := slices.IndexFunc(found, func(m *message) bool { return "PA"+m.SID == token }); i >= 0 {
		start = i + 1
	}
	end := min(start+size, len(found))
	number, _ := strconv.Atoi(c.query.Get("Page"))
	objects := make([]any, 0, end-start)
	for _, m := range found[start:end] {
		objects = append(objects, s.object(m))
	}
	first := s.pageURI(c, 0, "", size)
	body := map[string]any{
		"messages": objects, "page": number, "page_size": size, "start": start, "end": max(start, end-1), "uri": c.URL.RequestURI(),
		"first_page_uri": first, "previous_page_uri": nil, "next_page_uri": nil,
	}
	if end < len(found) {
		next := s.pageURI(c, number+1, "PA"+found[end-1].SID, size)
		s.pages[next] = true
		body["next_page_uri"] = next
	}
	return body
}

// pageURI writes parameters in an order of its own, so that whoever puts them
// together again gets another address.
func (s *Server) pageURI(c *call, number int, token string, size int) string {
	uri := c.URL.Path + "?PageSize=" + strconv.Itoa(size) + "&Page=" + strconv.Itoa(number)
	for _, name := range slices.Backward(filters[:5]) {
		if c.query.Has(name) {
			uri += "&" + url.QueryEscape(name) + "=" + url.QueryEscape(c.query.Get(name))
		}
	}
	if token != "" {
		uri += "&PageToken=" + token
	}
	return uri
}
