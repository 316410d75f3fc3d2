package oauthserver

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"postvak/backend/sandbox/rest"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

func (s *Server) token(r *http.Request, body []byte) rest.Answer {
	form, err := url.ParseQuery(string(body))
	if err != nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		return refusal(http.StatusBadRequest, "invalid_request", "")
	}
	if form.Get("client_id") != s.cfg.ClientID {
		return refusal(http.StatusBadRequest, "unauthorized_client", s.number("700016"))
	}
	if form.Get("client_secret") != s.cfg.ClientSecret {
		return refusal(http.StatusUnauthorized, "invalid_client", s.number("7000215"))
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return s.byCode(form)
	case "refresh_token":
		return s.byRefresh(form.Get("refresh_token"))
	case deviceGrant:
		return s.byDevice(form.Get("device_code"))
	}
	return refusal(http.StatusBadRequest, "unsupported_grant_type", "")
}

func (s *Server) number(n string) string {
	if s.cfg.Firm != Microsoft {
		return ""
	}
	return "AADSTS" + n + ": words that nobody should have to read. Trace ID: 0"
}

// byCode takes a code once, whatever comes of it.
func (s *Server) byCode(form url.Values) rest.Answer {
	r := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	if r == nil || r.redirect != form.Get("redirect_uri") || !r.proven(form.Get("code_verifier")) {
		return refusal(http.StatusBadRequest, "invalid_grant", s.number("70008"))
	}
	if !r.offline {
		return s.tokens(&grant{user: r.user}, "")
	}
	refresh := s.allow(r.user)
	return s.tokens(s.grants[refresh], refresh)
}

// byRefresh takes back everything when a token comes that was replaced before:
// somebody else has it (RFC 9700, 4.14.2).
func (s *Server) byRefresh(refresh string) rest.Answer {
	g := s.grants[refresh]
	switch {
	case g == nil, g.revoked:
		return refusal(http.StatusBadRequest, "invalid_grant", s.number("50173"))
	case g.newest != refresh:
		g.revoked = true
		return refusal(http.StatusBadRequest, "invalid_grant", s.number("70000"))
	case s.cfg.Firm == Google:
		return s.tokens(g, "")
	}
	g.newest = rand.Text() + rand.Text()
	s.grants[g.newest] = g
	return s.tokens(g, g.newest)
}

// allow makes a grant and gives its refresh token.
func (s *Server) allow(user string) string {
	refresh := "r." + rand.Text() + rand.Text()
	s.grants[refresh] = &grant{user: user, newest: refresh}
	return refresh
}

// tokens is the answer that everybody came for.
func (s *Server) tokens(g *grant, refresh string) rest.Answer {
	access := "ya29." + rand.Text() + rand.Text()
	scope := "https://mail.google.com/"
	if s.cfg.Firm == Microsoft {
		access = "eyJ0" + rand.Text() + strings.Repeat("aA0-_", 300)
		scope = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
	}
	s.access[access] = &pass{g, s.cfg.Clock.Now().Add(s.cfg.Lasts)}
	body := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(s.cfg.Lasts.Seconds()), "scope": scope}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return rest.Answer{Status: http.StatusOK, Header: http.Header{"Cache-Control": {"no-store"}}, Body: body}
}
