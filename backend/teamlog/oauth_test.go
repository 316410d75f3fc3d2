package teamlog

import (
	"encoding/json"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

// An event must not lead a token to somebody else's computer, nor carry what is
// no name of a registered program.
func TestWhoSignsInIsChecked(t *testing.T) {
	good := inbox.OAuthSettings{Provider: inbox.ByMicrosoft, ClientID: "0f0f-1", Tenant: "bakkerij.example", BaseURL: "http://127.0.0.1:8123"}
	for what, change := range map[string]func(*inbox.OAuthSettings){
		"a token server elsewhere":     func(o *inbox.OAuthSettings) { o.BaseURL = "https://evil.example" },
		"one that looks like this one": func(o *inbox.OAuthSettings) { o.BaseURL = "http://127.0.0.1@evil.example" },
		"a tenant that is a path":      func(o *inbox.OAuthSettings) { o.Tenant = "a b" },
		"a client id without an end":   func(o *inbox.OAuthSettings) { o.ClientID = strings.Repeat("x", 10_000) },
	} {
		bad := good
		change(&bad)
		email := inbox.EmailSettings{OAuth: bad}
		if (&ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "a@b.example", Email: email}).Validate() == nil {
			t.Errorf("%s was taken by channel.add", what)
		}
		if (&ChannelUpdate{ID: "c1", Email: &email}).Validate() == nil {
			t.Errorf("%s was taken by channel.update", what)
		}
	}
	event := &ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "a@b.example", Email: inbox.EmailSettings{OAuth: good}}
	if err := event.Validate(); err != nil {
		t.Error(err)
	}
	text, err := json.Marshal(event)
	var again ChannelAdd
	if err != nil || json.Unmarshal(text, &again) != nil || again.Email.OAuth != good {
		t.Errorf("%s became %+v (%v)", text, again.Email.OAuth, err)
	}
	if text, _ := json.Marshal(inbox.EmailSettings{}); strings.Contains(string(text), "oauth") {
		t.Errorf("a password's channel says %s", text)
	}
}
