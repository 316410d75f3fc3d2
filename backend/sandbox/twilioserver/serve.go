package twilioserver

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"postvak/backend/sandbox/rest"
)

// kept are the members that an answer is of no use without.
var kept = []string{"sid", "messages", "media_list", "contents", "senders", "meta"}

// call is a request on its way through a handler.
type call struct {
	*http.Request
	query url.Values
	form  url.Values
	raw   []byte
}

// handler does the work of a request with the account locked.
type handler struct {
	open bool // needs no key, and takes none
	do   func(*Server, *call) rest.Answer
}

const account = "/2010-04-01/Accounts/{account}"

// handlers are all that the server knows.
var handlers = map[string]handler{
	"GET " + account:                                       {do: (*Server).accountInfo}, // with .json
	"GET " + account + "/Messages.json":                    {do: (*Server).list},
	"POST " + account + "/Messages.json":                   {do: (*Server).create},
	"GET " + account + "/Messages/{message}":               {do: (*Server).messageInfo},
	"GET " + account + "/Messages/{message}/Media.json":    {do: (*Server).mediaList},
	"GET " + account + "/Messages/{message}/Media/{media}": {do: (*Server).media},
	"GET /v1/ContentAndApprovals":                          {do: (*Server).contents},
	"GET /v1/Configuration":                                {do: (*Server).configuration},
	"POST /v1/Services/{service}/Media":                    {do: (*Server).uploadMedia},
	"GET /v1/Services/{service}/Media/{media}":             {do: (*Server).uploadInfo},
	"GET /v2/Channels/Senders":                             {do: (*Server).senders},
	"GET /cdn/{account}/{media}":                           {open: true, do: (*Server).cdn},
	"GET /direct/{media}":                                  {open: true, do: (*Server).direct},
}

func (s *Server) answer(r *http.Request, raw []byte) rest.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, known := s.routes.Find(r)
	if !known {
		return refuse(http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
	}
	_, _, signed := r.BasicAuth()
	switch {
	case h.open && signed:
		return onlyOneWay()
	case !h.open && !s.authentic(r):
		return refuse(http.StatusUnauthorized, 20003, "Authenticate")
	case !h.open && r.PathValue("account") != "" && strings.TrimSuffix(r.PathValue("account"), ".json") != s.cfg.AccountSID:
		return refuse(http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
	}
	c := &call{Request: r, query: r.URL.Query(), raw: raw}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		c.form, _ = url.ParseQuery(string(raw))
	}
	a := h.do(s, c)
	if a.Raw == nil && a.Page == "" {
		a.Body = ascii(a.Bytes())
	}
	return a
}

// ascii is JSON as Twilio may write it: all other characters escaped, which makes
// an emoji twelve bytes.
func ascii(raw []byte) rest.JSON {
	var out bytes.Buffer
	for _, r := range string(raw) {
		if r < utf8.RuneSelf {
			out.WriteByte(byte(r))
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}

func (s *Server) authentic(r *http.Request) bool {
	key, secret, ok := r.BasicAuth()
	return ok && !s.revoked && key == s.cfg.APIKey && secret == s.cfg.APISecret
}

func (s *Server) who(r *http.Request) string {
	key, _, _ := r.BasicAuth()
	return key
}

// observe passes on what the specification describes.
func (s *Server) observe(e rest.Exchange) {
	path := e.Request.URL.Path
	described := strings.HasPrefix(path, "/2010-04-01/") && strings.HasSuffix(path, ".json") || path == "/v1/ContentAndApprovals"
	if s.cfg.Observe != nil && described {
		s.cfg.Observe(e)
	}
}

// refuse is an error as Twilio words it.
func refuse(status, code int, text string) rest.Answer {
	return rest.Answer{Status: status, Body: map[string]any{
		"code": code, "message": text, "status": status, "more_info": "https://www.twilio.com/docs/errors/" + itoa(code),
	}}
}

// onlyOneWay is a file store that was given a key beside the signature in its
// address.
func onlyOneWay() rest.Answer {
	return rest.Answer{Status: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/xml"}}, Raw: []byte(
		`<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>`)}
}

// refusals are the failures that are an answer of their own.
var refusals = map[rest.Failure]func() rest.Answer{
	rest.Unauthorized: said(http.StatusUnauthorized, 20003, "Authenticate"),
	rest.Refused:      said(http.StatusForbidden, 20403, "Forbidden"),
	rest.Missing:      said(http.StatusNotFound, 20404, "The requested resource was not found"),
	rest.Gone:         said(http.StatusGone, 20410, "Gone"),
	rest.TooMany:      func() rest.Answer { return tooMany().After("7") },
	rest.TooManyBare:  tooMany,
	rest.BadRequest:   said(http.StatusBadRequest, 20001, "Invalid parameter"),
	rest.Broken:       said(http.StatusInternalServerError, 20500, "An internal server error has occurred"),
	rest.Maintenance: func() rest.Answer {
		return refuse(http.StatusServiceUnavailable, 20503, "Service is unavailable. Please try again.").After("120")
	},
}

func said(status, code int, text string) func() rest.Answer {
	return func() rest.Answer { return refuse(status, code, text) }
}

func tooMany() rest.Answer { return refuse(http.StatusTooManyRequests, 20429, "Too Many Requests") }
