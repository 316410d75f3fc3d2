package teamlog

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// Invitation is what an admin hands to a newcomer by another way than the
// mailbox: which log (the root of all trust in it), a secret that lets one
// person in, and where the mailbox is. It never holds a password.
type Invitation struct {
	Log      string    `json:"log"`
	Secret   []byte    `json:"secret"` // 32 random bytes
	Expires  time.Time `json:"expires"`
	Team     string    `json:"team"`
	Host     string    `json:"host"`
	Port     int       `json:"port"`
	Security string    `json:"security"`
	Folder   string    `json:"folder"`
	Username string    `json:"username"`
	// OAuth is set where the mailbox is signed in to at a provider.
	OAuth inbox.OAuthSettings `json:"oauth,omitzero"`
}

const (
	invitationPrefix = "postvak1:"
	secretSize       = 32
	maxInvitation    = 4096
)

// String gives the text that people copy: one word of letters and digits.
func (i Invitation) String() string {
	fields, err := json.Marshal(i)
	if err != nil {
		return ""
	}
	return invitationPrefix + base64.RawURLEncoding.EncodeToString(fields)
}

// ParseInvitation reads what somebody pasted; white space, also in the middle,
// does not matter. The error is for people.
func ParseInvitation(text string) (Invitation, error) {
	var i Invitation
	broken := inbox.Errorf(inbox.Invalid, "This is not a whole invitation. Copy it again, from %s to its end.", invitationPrefix)
	coded, found := strings.CutPrefix(strings.Join(strings.Fields(text), ""), invitationPrefix)
	if !found || len(coded) > maxInvitation {
		return i, broken
	}
	fields, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil || json.Unmarshal(fields, &i) != nil || i.Log == "" || len(i.Secret) != secretSize || checkOAuth("invitation", i.OAuth) != nil {
		return Invitation{}, broken
	}
	return i, nil
}

// Key is the public key that the log knows the invitation by.
func (i Invitation) Key() ed25519.PublicKey { return i.key().Public().(ed25519.PublicKey) }

// Prove signs a newcomer's request: the invitation vouches for exactly this
// device, recipient, name and address in exactly this log.
func (i Invitation) Prove(logID string, key ed25519.PublicKey, recipient, name, email string) []byte {
	return ed25519.Sign(i.key(), proofText(logID, key, recipient, name, email))
}

func (i Invitation) key() ed25519.PrivateKey {
	seed := sha256.Sum256(append([]byte("postvak-invitation-v1\n"), i.Secret...))
	return ed25519.NewKeyFromSeed(seed[:])
}

// proofText joins the fields so that no two requests have the same text.
func proofText(logID string, key ed25519.PublicKey, recipient, name, email string) []byte {
	var text bytes.Buffer
	text.WriteString("postvak-join-v1\n")
	for _, field := range []string{logID, string(key), recipient, name, email} {
		sum := sha256.Sum256([]byte(field))
		text.Write(sum[:])
	}
	return text.Bytes()
}
