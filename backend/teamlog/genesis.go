package teamlog

import (
	"crypto/ed25519"
	"errors"

	"postvak/backend/inbox"
)

// Genesis begins a log: the first accepted record, signed with the key it
// brings. Its record's id is the log's id.
type Genesis struct {
	Team   string         `json:"team"`
	Member inbox.MemberID `json:"member"`
	Name   string         `json:"name"`
	Email  string         `json:"email"`
	Key    []byte         `json:"key"` // Ed25519 public key of the first device
	// Recipient is the age recipient to which secrets for that device are
	// sealed; "" in a log that began before there were any.
	Recipient string `json:"recipient,omitempty"`
}

// Kind implements Event.
func (*Genesis) Kind() string { return "genesis" }

// Validate implements Event.
func (g *Genesis) Validate() error {
	if g.Member == "" || len(g.Key) != ed25519.PublicKeySize {
		return errors.New("genesis: member and key are needed")
	}
	if len(g.Member) > maxName || len(g.Name) > maxName || len(g.Email) > maxName || len(g.Recipient) > maxName {
		return errors.New("genesis: a name or address is too long")
	}
	return nil
}

func (g *Genesis) admit(t *Team, d *Decision) Reason {
	if len(t.members) > 0 {
		return AlreadyExists
	}
	t.Name, t.genesis = g.Team, g.Member
	return t.add(Member{ID: g.Member, Name: g.Name, Email: g.Email, Role: Admin, Available: true, Since: d.At},
		newDevice(g.Member, g.Key, g.Recipient, d))
}
