package oauth

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Token is what a sign-in gave. It prints as nothing.
type Token struct {
	Refresh string // lasts until it is withdrawn or replaced
	Access  string // what mail servers take; "" when one is to be fetched first
	// Expires is from when Access is not used any more, a moment before the
	// server's own; zero: until a server refuses it.
	Expires time.Time
	// ClientSecret is the company's, where its client has one. It stands here
	// because whoever refreshes needs it, and the team's log must not have it.
	ClientSecret string
}

// encoded is how a token stands in the keyring. Its version is in mark.
type encoded struct {
	Refresh string    `json:"refresh"`
	Secret  string    `json:"secret,omitempty"`
	Access  string    `json:"access,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

const (
	// mark begins an encoded token. No password that a person types begins so.
	mark = "postvak-oauth-1:"
	// mostEncoded is what Windows' keyring takes, 2,560 bytes, less some.
	mostEncoded = 2400
)

// Encode gives the token's form for the keyring, where a password would stand.
// An access token that would make it too long for Windows stays out: it can be
// had again.
func (t Token) Encode() string {
	e := encoded{Refresh: t.Refresh, Secret: t.ClientSecret, Access: t.Access, Expires: t.Expires.UTC().Truncate(time.Second)}
	if t.Access == "" || t.Expires.IsZero() {
		e.Access, e.Expires = "", time.Time{}
	}
	if text := e.text(); len(text) <= mostEncoded {
		return text
	}
	e.Access, e.Expires = "", time.Time{}
	return e.text()
}

func (e encoded) text() string {
	raw, _ := json.Marshal(e) // texts and a time: it cannot fail
	return mark + string(raw)
}

// Decode reads what Encode gave. Anything else, a password above all, is none.
func Decode(secret string) (Token, bool) {
	rest, found := strings.CutPrefix(secret, mark)
	var e encoded
	if !found || json.Unmarshal([]byte(rest), &e) != nil || e.Refresh == "" {
		return Token{}, false
	}
	return Token{Refresh: e.Refresh, Access: e.Access, Expires: e.Expires, ClientSecret: e.Secret}, true
}

// Format implements fmt.Formatter: whatever the verb, nothing is told.
func (Token) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[token]")) }

// LogValue implements slog.LogValuer.
func (Token) LogValue() slog.Value { return slog.StringValue("[token]") }
