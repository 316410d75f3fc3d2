package teamlog

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"time"

	"postvak/backend/inbox"
)

// Invite lets one newcomer in without being approved by hand: whoever has the
// invitation's secret can sign with the key named here (see Invitation). It
// counts once, until it expires, and while its author is an admin. Only
// admins.
type Invite struct {
	Key     []byte    `json:"key"`
	Role    Role      `json:"role"`
	Expires time.Time `json:"expires"`
}

// Kind implements Event.
func (*Invite) Kind() string { return "invite" }

// Validate implements Event.
func (i *Invite) Validate() error {
	if len(i.Key) != ed25519.PublicKeySize || i.Role != Admin && i.Role != Person || i.Expires.IsZero() || !plausible(i.Expires) {
		return errors.New("invite: key, role and expiry are needed")
	}
	return nil
}

func (i *Invite) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case t.invite(i.Key) != nil:
		return AlreadyExists
	}
	t.invites = append(t.invites, &InviteState{Key: i.Key, Role: i.Role, Expires: i.Expires, By: d.Author, At: d.At})
	return Admitted
}

// InviteState is an invitation as the log knows it: without its secret.
type InviteState struct {
	Key     ed25519.PublicKey
	Role    Role
	Expires time.Time
	By      inbox.MemberID
	At      time.Time
	UsedBy  string // the device that came in with it; "" while it is unused
}

// Invites lists all invitations, used and expired ones too, the first one
// first.
func (t *Team) Invites() []InviteState {
	all := make([]InviteState, 0, len(t.invites))
	for _, i := range t.invites {
		all = append(all, *i)
	}
	return all
}

func (t *Team) invite(key []byte) *InviteState {
	if len(key) == 0 {
		return nil
	}
	for _, i := range t.invites {
		if bytes.Equal(i.Key, key) {
			return i
		}
	}
	return nil
}
