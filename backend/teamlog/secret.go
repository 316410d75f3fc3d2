package teamlog

import (
	"errors"
	"slices"
	"time"

	"postvak/backend/inbox"
)

const (
	maxSecret   = 48 << 10
	maxSealedTo = 1000 // devices
)

// SecretSet gives the team a secret, such as a channel's password, sealed to
// the devices it names. The newest counts. Only admins.
type SecretSet struct {
	Of     string   `json:"of"`
	Sealed []byte   `json:"sealed"`
	To     []string `json:"to"` // device ids
	// Was is the sealing (Secret.ID) whose secret is sealed again here, to other
	// devices; "" brings a new secret. A newer one is never replaced by an old.
	Was string `json:"was,omitempty"`
}

// Kind implements Event.
func (*SecretSet) Kind() string { return "secret" }

// Validate implements Event.
func (s *SecretSet) Validate() error {
	if s.Of == "" || len(s.Of) > maxName || len(s.Sealed) > maxSecret || len(s.To) > maxSealedTo || slices.ContainsFunc(s.To, tooLong) {
		return errors.New("secret: what it is of, and at most 48 kB, are needed")
	}
	return nil
}

func (s *SecretSet) admit(t *Team, d *Decision) Reason {
	present := t.secrets[s.Of]
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case s.Was != "" && (present == nil || present.ID != s.Was):
		return FirstWins
	}
	t.secrets[s.Of] = &Secret{ID: d.ID, Sealed: s.Sealed, To: s.To, By: d.Author, At: d.At, N: d.N}
	return Admitted
}

// Secret is the newest sealing of a secret.
type Secret struct {
	ID     string // of the decision that brought it
	Sealed []byte
	To     []string // device ids
	By     inbox.MemberID
	At     time.Time
	N      uint64
}

// Secret gives what is sealed under a name.
func (t *Team) Secret(of string) (Secret, bool) {
	if s := t.secrets[of]; s != nil {
		return *s, true
	}
	return Secret{}, false
}

// Secrets lists the names under which something is sealed, sorted.
func (t *Team) Secrets() []string { return sortedKeys(t.secrets) }
