package oauth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/oauthserver"
)

func TestSignInWithABrowser(t *testing.T) {
	for _, firm := range []oauthserver.Firm{oauthserver.Google, oauthserver.Microsoft} {
		t.Run(string(firm), func(t *testing.T) {
			r := start(t, firm, func(_ *oauthserver.Config, c *Config) {
				c.Say = func(s string) string { return "<NL> " + s }
			})
			b := &browser{}
			token, err := r.signIn(t.Context(), b)
			if err != nil || r.User(token.Access) != ann || token.Refresh == "" || token.ClientSecret != r.cfg.ClientSecret {
				t.Fatalf("for %q: %v", r.User(token.Access), err)
			}
			if want := noon.Add(59 * time.Minute); !token.Expires.Equal(want) {
				t.Errorf("used until %v, want %v", token.Expires, want)
			}
			if !strings.Contains(b.shown, "&lt;NL&gt; You can close this page") || strings.Contains(b.shown, "state") {
				t.Errorf("the browser shows %q", b.shown)
			}
		})
	}
}

func TestWhatAPersonIsAskedNames(t *testing.T) {
	for firm, host := range map[oauthserver.Firm]string{oauthserver.Google: "127.0.0.1", oauthserver.Microsoft: "localhost"} {
		r := start(t, firm, nil)
		var asked url.Values
		_, err := r.client.SignIn(t.Context(), "ben@example.test", func(address string) error {
			u, err := url.Parse(address)
			asked = u.Query()
			return errors.Join(err, errors.New("no browser: "+address))
		})
		refused(t, err, inbox.Unavailable, asked.Get("state"))
		redirect, _ := url.Parse(asked.Get("redirect_uri"))
		if redirect.Hostname() != host || redirect.Port() == "" || asked.Get("login_hint") != "ben@example.test" || asked.Get("code_challenge_method") != "S256" {
			t.Errorf("%s is asked %v", firm, asked)
		}
		if firm == oauthserver.Google && (asked.Get("access_type") != "offline" || asked.Get("prompt") != "consent") {
			t.Errorf("Google gives no refresh token to %v", asked)
		}
	}
}

func TestSignInThatIsRefused(t *testing.T) {
	tests := map[string]struct {
		change func(*oauthserver.Config, *Config)
		click  string
		code   inbox.Code
	}{
		"by the person":    {func(s *oauthserver.Config, _ *Config) { s.Ask = true }, "deny", inbox.Auth},
		"for its secret":   {func(_ *oauthserver.Config, c *Config) { c.ClientSecret = "another" }, "", inbox.Auth},
		"without a client": {func(_ *oauthserver.Config, c *Config) { c.ClientID = "" }, "", inbox.Invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := start(t, oauthserver.Google, test.change)
			b := &browser{click: test.click}
			_, err := r.signIn(t.Context(), b)
			refused(t, err, test.code, secret, "another")
			if b.asked != "" && !strings.Contains(b.shown, "did not work") {
				t.Errorf("the browser shows %q", b.shown)
			}
		})
	}
}

func TestAnUnprotectedServerIsNotAsked(t *testing.T) {
	for _, base := range []string{"http://accounts.example.test", "ftp://127.0.0.1", "https://ann@accounts.example.test", "", "https://x?y"} {
		c := New(Config{Provider: Google().At(base), ClientID: clientID})
		_, err := c.SignIn(t.Context(), "", func(string) error { t.Error("the browser was sent to " + base); return nil })
		refused(t, err, inbox.Invalid)
	}
}

// Whoever knocks without the state, or after the answer, changes nothing.
func TestTheListenerTakesOneAnswer(t *testing.T) {
	r := start(t, oauthserver.Google, func(s *oauthserver.Config, _ *Config) { s.Ask = true })
	held := r.Hold("/token")
	b := &browser{click: "allow"}
	var redirect, state string
	done := make(chan error, 1)
	opened := make(chan struct{})
	go func() {
		_, err := r.client.SignIn(t.Context(), "", func(address string) error {
			u, _ := url.Parse(address)
			redirect, state = u.Query().Get("redirect_uri"), u.Query().Get("state")
			for _, wrong := range []string{"", "/?code=x&state=y", "/?code=x", "/elsewhere?code=x&state=" + state, "/?state=" + state} {
				if page := get(redirect + wrong); !strings.Contains(page, "belongs to no sign-in") {
					t.Errorf("%q is answered with %q", wrong, page)
				}
			}
			other, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, redirect+"/?code=x&state="+state, http.NoBody)
			other.Host = "evil.example.test"
			if res, err := http.DefaultClient.Do(other); err != nil || res.StatusCode != http.StatusNotFound {
				t.Errorf("another host's name is answered with %v, %v", res, err)
			}
			close(opened)
			return b.open(address)
		})
		done <- err
	}()
	<-opened
	<-held.Arrived()
	if page := get(redirect + "/?code=x&state=" + state); !strings.Contains(page, "is over") {
		t.Errorf("a second answer is answered with %q", page)
	}
	held.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.going.Wait()
	closed(t, redirect)
}

func closed(t *testing.T, redirect string) {
	t.Helper()
	if conn, err := net.Dial("tcp", strings.TrimPrefix(redirect, "http://")); err == nil {
		_ = conn.Close()
		t.Error("it listens yet")
	}
}

func TestSignInThatIsGivenUp(t *testing.T) {
	r := start(t, oauthserver.Google, func(s *oauthserver.Config, _ *Config) { s.Ask = true })
	ctx, cancel := context.WithCancel(t.Context())
	var redirect string
	_, err := r.client.SignIn(ctx, "", func(address string) error {
		u, _ := url.Parse(address)
		redirect = u.Query().Get("redirect_uri")
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	closed(t, redirect)
}

// hostile is a token server that has what it was sent in its answers.
func hostile(t *testing.T, token func(http.ResponseWriter, *http.Request)) *Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.FormValue("redirect_uri")+"/?code=the-code&state="+r.FormValue("state"), http.StatusFound)
	})
	mux.HandleFunc("/token", token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return New(Config{Provider: Google().At(server.URL), ClientID: clientID, ClientSecret: secret})
}

func TestHostileTokenServers(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	echo := func(r *http.Request) string {
		return strings.Join([]string{r.FormValue("code"), r.FormValue("client_secret"), r.FormValue("code_verifier"), r.FormValue("refresh_token")}, "-")
	}
	answers := map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		code   inbox.Code
	}{
		"goes elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		}, inbox.Unavailable},
		"never ends": {func(w http.ResponseWriter, _ *http.Request) {
			for r := 0; r < 1<<12; r++ {
				_, _ = w.Write([]byte(strings.Repeat(" ", 1<<12)))
			}
		}, inbox.Unavailable},
		"goes on after its end": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"access_token":"x","refresh_token":"y"}`+strings.Repeat(" ", mostAnswer))
		}, inbox.Unavailable},
		"repeats in a description": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"AADSTS700082: %s"}`, echo(r))
		}, inbox.Auth},
		"repeats in a code": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":%q}`, echo(r))
		}, inbox.Auth},
		"repeats in a page": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "<html>%s", echo(r)) }, inbox.Unavailable},
		"repeats where a number is due": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"access_token":"x","refresh_token":"y","expires_in":%q}`, echo(r))
		}, inbox.Unavailable},
		"repeats in its status": {func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(conn, "HTTP/9 %s\r\n\r\n", echo(r))
			conn.Close()
		}, inbox.Unavailable},
		"hangs up":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, inbox.Unavailable},
		"gives nothing":   {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }, inbox.Unavailable},
		"gives what ends": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"access_token":"x"}`) }, inbox.Auth},
		"gives no mail": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"access_token":"x","refresh_token":"y","scope":"openid"}`)
		}, inbox.Auth},
		"is busy":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, inbox.Unavailable},
		"is another program": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, inbox.Unavailable},
	}
	for name, test := range answers {
		t.Run(name, func(t *testing.T) {
			var verifier atomic.Value
			verifier.Store("")
			c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
				verifier.Store(r.FormValue("code_verifier"))
				test.answer(w, r)
			})
			b := &browser{}
			_, err := c.SignIn(t.Context(), "", b.open)
			b.going.Wait()
			refused(t, err, test.code, "the-code", secret, verifier.Load().(string))
			s := NewSource(c, &memory{token: Token{Refresh: "the-refresh", ClientSecret: secret}})
			if _, err := s.Access(t.Context()); err != nil {
				refused(t, err, inbox.CodeOf(err), "the-refresh", secret)
			}
		})
	}
	if elsewhere.Load() > 0 {
		t.Error("a redirect was followed, with a code in it")
	}
}

func TestMicrosoftsNumberIsKept(t *testing.T) {
	err := New(Config{Provider: Microsoft("")}).told(said("invalid_client", "AADSTS7000215: Invalid client secret GOCSPX provided."))
	if told, _ := errors.AsType[*inbox.Error](err); told.Detail != "invalid_client AADSTS7000215" {
		t.Errorf("the log has %q", told.Detail)
	}
}

func TestATokenIsNotBelievedForEver(t *testing.T) {
	for seconds, want := range map[int64]time.Duration{3600: 59 * time.Minute, 100: 90 * time.Second, 1 << 31: mostUseful - time.Minute} {
		if got := useful(seconds); got != want {
			t.Errorf("%d seconds are used for %v, want %v", seconds, got, want)
		}
	}
}
