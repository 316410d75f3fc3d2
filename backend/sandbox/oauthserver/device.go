package oauthserver

import (
	"crypto/rand"
	"html"
	"net/http"
	"net/url"

	"postvak/backend/sandbox/rest"
)

// device is a sign-in on another device (RFC 8628).
type device struct {
	user     string // who typed the code
	userCode string
	decided  bool
	allowed  bool
}

func (s *Server) deviceCode(body []byte) rest.Answer {
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil, s.cfg.Firm != Microsoft, !s.scopeOK(form.Get("scope")):
		return refusal(http.StatusBadRequest, "invalid_request", "")
	case form.Get("client_id") != s.cfg.ClientID:
		return refusal(http.StatusBadRequest, "unauthorized_client", s.number("700016"))
	}
	d, code := &device{userCode: rand.Text()[:9]}, rand.Text()+rand.Text()
	s.devices[code] = d
	return rest.Answer{Status: http.StatusOK, Body: map[string]any{
		"device_code": code, "user_code": d.userCode, "verification_uri": s.URL() + "/device", "expires_in": 900, "interval": 1,
		"message": "To sign in, open the page and enter the code.",
	}}
}

// devicePage is where the person types the code.
func (s *Server) devicePage(q url.Values) rest.Answer {
	code := q.Get("code")
	if code == "" {
		return page(http.StatusOK, `<form><label>Code <input name="code" autofocus></label> <button name="allow" value="yes">Allow</button> <button>Deny</button></form>`)
	}
	for _, d := range s.devices {
		if d.userCode == code && !d.decided {
			d.decided, d.allowed, d.user = true, q.Get("allow") == "yes", s.cfg.User
			return page(http.StatusOK, "<p>You can close this page.")
		}
	}
	return page(http.StatusNotFound, "<p>The code %s is not known.", html.EscapeString(code))
}

func (s *Server) byDevice(code string) rest.Answer {
	d := s.devices[code]
	switch {
	case d == nil:
		return refusal(http.StatusBadRequest, "expired_token", s.number("70020"))
	case !d.decided:
		return refusal(http.StatusBadRequest, "authorization_pending", s.number("70016"))
	case !d.allowed:
		return refusal(http.StatusBadRequest, "authorization_declined", "")
	}
	delete(s.devices, code)
	refresh := s.allow(d.user)
	return s.tokens(s.grants[refresh], refresh)
}
