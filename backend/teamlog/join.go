package teamlog

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// maxWaiting is how many newcomers may wait at once: whoever can write to the
// mailbox can ask.
const maxWaiting = 50

// Join asks to be let in. It is signed by the device that it brings, which
// nobody knows yet, and stands alone in its record. It changes nothing until
// an admin admits it; until then nothing else of that device counts.
type Join struct {
	Member    inbox.MemberID `json:"member"` // the id the newcomer wishes
	Name      string         `json:"name"`
	Email     string         `json:"email"`
	Key       []byte         `json:"key"`
	Recipient string         `json:"recipient,omitempty"`
	// Invite is the key of the invitation, and Proof its signature over what
	// Invitation.Prove says.
	Invite []byte `json:"invite,omitempty"`
	Proof  []byte `json:"proof,omitempty"`
}

// Kind implements Event.
func (*Join) Kind() string { return "join" }

// Validate implements Event.
func (j *Join) Validate() error {
	switch {
	case j.Member == "" || len(j.Key) != ed25519.PublicKeySize || strings.TrimSpace(j.Name) == "":
		return errors.New("join: member, name and key are needed")
	case len(j.Member) > maxName || len(j.Name) > maxName || len(j.Email) > maxName || len(j.Recipient) > maxName:
		return errors.New("join: a name or address is too long")
	case len(j.Invite) != 0 && len(j.Invite) != ed25519.PublicKeySize || len(j.Proof) > ed25519.SignatureSize:
		return errors.New("join: the invitation has no key")
	}
	return nil
}

func (j *Join) admit(t *Team, d *Decision) Reason {
	device := DeviceID(j.Key)
	switch {
	case d.Device != "" && d.Device != device:
		return NotMember
	case t.devices[device] != nil || t.request(device) != nil:
		return AlreadyExists
	}
	request := &Request{
		Member: j.Member, Device: device, Name: j.Name, Email: j.Email, Key: j.Key, Recipient: j.Recipient,
		Invite: j.Invite, Proof: j.Proof, At: d.At, N: d.N,
	}
	if len(t.requests) >= maxWaiting && !(t.proved(request) && t.giveWay()) {
		return TooMany
	}
	t.requests = append(t.requests, request)
	return Admitted
}

// giveWay takes away the newest request that nothing proves, so that a crowd of
// strangers keeps nobody out who was invited. False: everybody who waits was.
func (t *Team) giveWay() bool {
	for i := len(t.requests) - 1; i >= 0; i-- {
		if !t.proved(t.requests[i]) {
			t.requests = slices.Delete(t.requests, i, i+1)
			return true
		}
	}
	return false
}

// Request is a newcomer who waits to be let in.
type Request struct {
	Member    inbox.MemberID
	Device    string
	Name      string
	Email     string
	Key       ed25519.PublicKey
	Recipient string
	Invite    []byte // the key of the invitation; nil without one
	Proof     []byte
	At        time.Time // by the newcomer's clock
	N         uint64
	// Valid says that an invitation proves it: one of an admin's, not used and
	// not past by the newcomer's clock. Whoever admits by itself asks its own
	// clock too.
	Valid bool
}

// Refuse takes a request away. Only admins.
type Refuse struct {
	Device string `json:"device"`
}

// Kind implements Event.
func (*Refuse) Kind() string { return "refuse" }

// Validate implements Event.
func (r *Refuse) Validate() error {
	if r.Device == "" {
		return errors.New("refuse: a device is needed")
	}
	return nil
}

func (r *Refuse) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case t.request(r.Device) == nil:
		return NotFound
	}
	t.dropRequest(r.Device)
	return Admitted
}

// Requests lists who waits to be let in, the first one first.
func (t *Team) Requests() []Request {
	all := make([]Request, 0, len(t.requests))
	for _, r := range t.requests {
		request := *r
		request.Valid = t.proved(r)
		all = append(all, request)
	}
	return all
}

func (t *Team) request(device string) *Request {
	for _, r := range t.requests {
		if r.Device == device {
			return r
		}
	}
	return nil
}

func (t *Team) dropRequest(device string) {
	t.requests = slices.DeleteFunc(t.requests, func(r *Request) bool { return r.Device == device })
}

// proved says whether an invitation of this team vouches for a request.
func (t *Team) proved(r *Request) bool {
	invite := t.invite(r.Invite)
	return invite != nil && invite.UsedBy == "" && t.admin(invite.By) && !r.At.After(invite.Expires) &&
		ed25519.Verify(invite.Key, proofText(t.LogID, r.Key, r.Recipient, r.Name, r.Email), r.Proof)
}

// provedBy says whether the request of a key is proved by this invitation.
func (t *Team) provedBy(key, invite []byte) bool {
	request := t.request(DeviceID(key))
	return request != nil && bytes.Equal(request.Invite, invite) && t.proved(request)
}

// admitted takes the request of a key away and uses up its invitation.
func (t *Team) admitted(key, invite []byte) {
	device := DeviceID(key)
	if used := t.invite(invite); used != nil {
		used.UsedBy = device
	}
	t.dropRequest(device)
}
