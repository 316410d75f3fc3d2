package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/oauthserver"
	"postvak/backend/sandbox/rest"
)

func TestSignInOnAnotherDevice(t *testing.T) {
	r := start(t, oauthserver.Microsoft, nil)
	r.FailAfter("/token", rest.CutBefore, 0) // a line that breaks does no harm
	r.clock.Advance(0)
	go func() { r.clock.BlockUntil(1); r.clock.Advance(pollAgain) }()
	var shown Device
	token, err := r.client.Device(t.Context(), func(d Device) {
		shown = d
		if page := get(d.URL + "?allow=yes&code=" + d.Code); !strings.Contains(page, "close this page") {
			t.Errorf("the code is answered with %q", page)
		}
	})
	if err != nil || r.User(token.Access) != ann || token.Refresh == "" {
		t.Fatalf("for %q: %v", r.User(token.Access), err)
	}
	if !shown.Expires.After(noon) {
		t.Errorf("shown %+v", shown)
	}
}

func TestSignInOnAnotherDeviceThatIsRefused(t *testing.T) {
	r := start(t, oauthserver.Microsoft, nil)
	_, err := r.client.Device(t.Context(), func(d Device) { get(d.URL + "?code=" + d.Code) })
	refused(t, err, inbox.Auth)
	google := start(t, oauthserver.Google, nil)
	_, err = google.client.Device(t.Context(), func(Device) { t.Error("Google has no codes") })
	refused(t, err, inbox.Invalid)
}

func TestADeviceThatIsGivenUp(t *testing.T) {
	r := start(t, oauthserver.Microsoft, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.client.Device(ctx, func(Device) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What cannot be shown, or would send a person somewhere unprotected, is not.
func TestHostileDeviceCodes(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":       `{}`,
		"elsewhere":     `{"device_code":"d","user_code":"ABC","verification_uri":"http://evil.example.test/"}`,
		"a script":      `{"device_code":"d","user_code":"ABC","verification_uri":"javascript:alert(1)"}`,
		"a long code":   `{"device_code":"d","user_code":"` + strings.Repeat("A", 100) + `","verification_uri":"https://x.example.test/"}`,
		"another line":  `{"device_code":"d","user_code":"A\nB","verification_uri":"https://x.example.test/"}`,
		"over already":  `{"device_code":"d","user_code":"ABC","verification_uri":"https://x.example.test/","expires_in":-5}`,
		"a wrong type":  `{"device_code":1}`,
		"not an object": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
			defer server.Close()
			c := New(Config{Provider: Microsoft("").At(server.URL), ClientID: clientID})
			_, err := c.Device(t.Context(), func(d Device) { t.Errorf("shown: %+v", d) })
			refused(t, err, inbox.Unavailable)
		})
	}
}
