package oauthserver_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postvak/backend/run"
	"postvak/backend/sandbox/oauthserver"
)

const verifier = "a-verifier-of-at-least-forty-three-characters"

// rig is a server that is asked by hand.
type rig struct {
	*oauthserver.Server
	t     *testing.T
	clock *run.Manual
	http  http.Client
}

func open(t *testing.T, firm oauthserver.Firm) *rig {
	t.Helper()
	r := &rig{t: t, clock: run.NewManual(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))}
	r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var err error
	if r.Server, err = oauthserver.Start(oauthserver.Config{Firm: firm, Clock: r.clock, ClientID: "client", User: "ann@example.test"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// authorize asks as Microsoft is asked, with some parameters changed.
func (r *rig) authorize(change url.Values) (status int, back url.Values) {
	r.t.Helper()
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {"client"}, "response_type": {"code"}, "redirect_uri": {"http://localhost:4711"}, "state": {"s"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
		"scope": {"https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"},
	}
	for name := range change {
		q[name] = change[name]
	}
	res, err := r.http.Get(r.URL() + "/authorize?" + q.Encode())
	if err != nil {
		r.t.Fatal(err)
	}
	_ = res.Body.Close()
	where, _ := url.Parse(res.Header.Get("Location"))
	return res.StatusCode, where.Query()
}

func (r *rig) token(form url.Values) (status int, answer map[string]any) {
	r.t.Helper()
	form.Set("client_id", "client")
	res, err := r.http.PostForm(r.URL()+"/token", form)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&answer); err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, answer
}

func (r *rig) code(change url.Values) url.Values {
	_, back := r.authorize(nil)
	form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": {"http://localhost:4711"}, "code_verifier": {verifier}}
	for name := range change {
		form[name] = change[name]
	}
	return form
}

func TestWhatIsNotAllowed(t *testing.T) {
	r := open(t, oauthserver.Microsoft)
	for name, wrong := range map[string]string{
		"client_id": "another", "response_type": "token", "redirect_uri": "https://evil.example.test/", "state": "",
		"code_challenge": "short", "code_challenge_method": "plain", "scope": "openid",
	} {
		if status, back := r.authorize(url.Values{name: {wrong}}); status != http.StatusBadRequest || back.Has("code") {
			t.Errorf("with %s=%q it says %d", name, wrong, status)
		}
	}
	if status, _ := r.authorize(url.Values{"redirect_uri": {"http://127.0.0.1:4711"}}); status != http.StatusBadRequest {
		t.Error("Microsoft takes 127.0.0.1")
	}
	for name, wrong := range map[string]string{"code": "another", "code_verifier": strings.ToUpper(verifier), "redirect_uri": "http://localhost:1", "grant_type": "password"} {
		if status, answer := r.token(r.code(url.Values{name: {wrong}})); status != http.StatusBadRequest || answer["access_token"] != nil {
			t.Errorf("with %s=%q it says %d %v", name, wrong, status, answer)
		}
	}
}

func TestACodeWorksOnce(t *testing.T) {
	r := open(t, oauthserver.Microsoft)
	form := r.code(nil)
	status, answer := r.token(form)
	access, _ := answer["access_token"].(string)
	if status != http.StatusOK || r.User(access) != "ann@example.test" {
		t.Fatalf("%d %v", status, answer)
	}
	if status, answer := r.token(form); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("a second time: %d %v", status, answer)
	}
	r.clock.Advance(time.Hour)
	if r.User(access) != "" {
		t.Error("an access token outlives its hour")
	}
}

// A refresh token that was replaced is somebody else's: all is taken back.
func TestAReplacedRefreshToken(t *testing.T) {
	r := open(t, oauthserver.Microsoft)
	first := r.Allowed("ann@example.test")
	refresh := func(token string) (int, string, string) {
		status, answer := r.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
		next, _ := answer["refresh_token"].(string)
		access, _ := answer["access_token"].(string)
		return status, next, access
	}
	_, second, access := refresh(first)
	if second == "" || second == first || r.Valid("ann@example.test") != 1 {
		t.Fatal("it was not replaced")
	}
	if status, _, _ := refresh(first); status != http.StatusBadRequest {
		t.Error("the old one works")
	}
	if status, _, _ := refresh(second); status != http.StatusBadRequest || r.User(access) != "" {
		t.Error("the new one works after the old one was seen again")
	}
	google := open(t, oauthserver.Google)
	token := google.Allowed("ann@example.test")
	for range 2 {
		if status, answer := google.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}); status != http.StatusOK || answer["refresh_token"] != nil {
			t.Errorf("Google: %d %v", status, answer)
		}
	}
}
