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
	w, problem := wantedOf(q)
	if problem != "" {
		return nil, problem
	}
	for _, m := range slices.Backward(s.messages) {
		if s.listed(m) && s.fits(m, w) {
			all = append(all, m)
			if m.twice {
				all = append(all, m)
			}
		}
	}
	newest := func(a, b *message) int { return b.At.Compare(a.At) }
	if !slices.IsSortedFunc(all, newest) {
		slices.SortStableFunc(all, newest)
	}
	return all, ""
}

func (s *Server) listed(m *message) bool { return m.listed.IsZero() || !s.now().Before(m.listed) }

// wanted is what a list is asked for; a zero time does not count. The days are
// whole ones, from and to included.
type wanted struct {
	to, from       string
	first, last    time.Time
	anyTo, anyFrom bool
}

func wantedOf(q url.Values) (w wanted, problem string) {
	w = wanted{to: q.Get("To"), from: q.Get("From"), anyTo: !q.Has("To"), anyFrom: !q.Has("From")}
	for name, days := range map[string][]*time.Time{"DateSent": {&w.first, &w.last}, "DateSent<": {&w.last}, "DateSent>": {&w.first}} {
		if !q.Has(name) {
			continue
		}
		day := dayOf(q.Get(name))
		if day.IsZero() {
			return w, name + " must be YYYY-MM-DD"
		}
		for _, to := range days {
			*to = day
		}
	}
	return w, ""
}

// dayOf is a filter's day: of a time that is given, the hours count for nothing.
func dayOf(text string) time.Time {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC().Truncate(aDay)
		}
	}
	return time.Time{}
}

const aDay = 24 * time.Hour

func (s *Server) fits(m *message, w wanted) bool {
	if !w.anyTo && w.to != scheme+m.To || !w.anyFrom && w.from != scheme+m.From {
		return false
	}
	if w.first.IsZero() && w.last.IsZero() {
		return true
	}
	at, sent := s.sentAt(m)
	return sent && !at.Before(w.first) && (w.last.IsZero() || at.Before(w.last.Add(aDay)))
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
