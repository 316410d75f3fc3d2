//go:build browser

package proof

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/sandbox/oauthserver"
)

const (
	signInClient = "postvak-of-a-firm.apps.googleusercontent.test"
	signInSecret = "GOCSPX-in-a-browser"
)

// TestSigningInAtAProviderInABrowser runs frontend/e2e/signin.spec.ts: the built
// program in Chromium, and mail servers that take the access tokens of a sign-in
// server alone, whose page the same browser opens.
func TestSigningInAtAProviderInABrowser(t *testing.T) {
	o := openOffice(t)
	o.Deliver(t, ann, imaptest.Message("Ben Customer <"+ben+">", ann, "Where is my lamp?", "I ordered a paraffin lamp."))
	signs, err := oauthserver.Start(oauthserver.Config{Firm: oauthserver.Google, ClientID: signInClient, ClientSecret: signInSecret, Ask: true})
	if err != nil {
		t.Fatal(err)
	}
	defer signs.Close()
	door := imaptest.OpenTokenDoor(t, o.Dovecot, o.smtp, signs.User, nil)
	control := httptest.NewServer(signInControl(t, o, signs, door))
	defer control.Close()
	cmd := exec.CommandContext(t.Context(), "npx", "vitest", "run", "--config", "vitest.e2e.config.ts", "e2e/signin.spec.ts")
	cmd.Dir = filepath.Join("..", "..", "frontend")
	cmd.Env = append(os.Environ(), envControl+"="+control.URL)
	output, err := cmd.CombinedOutput()
	if told := report(t, string(output)); told == 0 || err != nil {
		t.Errorf("%d tests, %v:\n%s", told, err, output)
	}
}

// signInControl is what that test may do with the servers.
func signInControl(t *testing.T, o *office, signs *oauthserver.Server, door *imaptest.TokenDoor) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /account", func(w http.ResponseWriter, _ *http.Request) {
		tell(t, w, map[string]any{
			"address": ann, "baseUrl": signs.URL(), "clientId": signInClient, "clientSecret": signInSecret,
			"imap": map[string]any{"port": door.IMAPPort, "security": "none"},
			"smtp": map[string]any{"port": door.SMTPPort, "security": "none"},
		})
	})
	mux.HandleFunc("POST /revoke", func(http.ResponseWriter, *http.Request) {
		signs.Revoke(ann)
		signs.Expire()
		door.Cut()
	})
	mux.HandleFunc("GET /customer", func(w http.ResponseWriter, _ *http.Request) {
		all := []letter{}
		for _, m := range letterbox(t, o.Dovecot, ben, "INBOX") {
			all = append(all, letterOf(t, m))
		}
		tell(t, w, all)
	})
	return mux
}
