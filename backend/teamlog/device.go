package teamlog

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// maxDevices is how many computers one member may have at a time: what is
// sealed to those of fifty members still fits into one event (maxSecret).
const maxDevices = 8

// Device is one key that speaks for a member.
type Device struct {
	ID     string
	Member inbox.MemberID
	Key    ed25519.PublicKey
	// Recipient is the age recipient to which secrets for it are sealed.
	Recipient string
	Added     time.Time // by the clock of who added it
	AddedAt   uint64    // the record that did
	Revoked   bool
}

func newDevice(member inbox.MemberID, key []byte, recipient string, d *Decision) *Device {
	device := &Device{Member: member, Key: ed25519.PublicKey(key), Recipient: recipient, Added: d.At, AddedAt: d.N}
	device.ID = DeviceID(device.Key)
	return device
}

// DeviceAdd gives a member one more device. An admin may, and the member from
// a device they have. Retire revokes the member's other devices with it: an
// admin does that when somebody joins again with a new computer.
type DeviceAdd struct {
	Member    inbox.MemberID `json:"member"`
	Key       []byte         `json:"key"`
	Recipient string         `json:"recipient,omitempty"`
	Retire    bool           `json:"retire,omitempty"`
}

// Kind implements Event.
func (*DeviceAdd) Kind() string { return "device.add" }

// Validate implements Event.
func (e *DeviceAdd) Validate() error {
	if e.Member == "" || len(e.Key) != ed25519.PublicKeySize || len(e.Recipient) > maxName || len(e.Member) > maxName {
		return errors.New("device.add: member and key are needed")
	}
	return nil
}

func (e *DeviceAdd) admit(t *Team, d *Decision) Reason {
	device := newDevice(e.Member, e.Key, e.Recipient, d)
	switch {
	case !t.admin(d.Author) && (d.Author != e.Member || e.Retire):
		return NotAdmin
	case !t.active(e.Member):
		return NotFound
	case t.devices[device.ID] != nil:
		return AlreadyExists
	case !e.Retire && t.computers(e.Member) >= maxDevices:
		return ManyDevices
	}
	if e.Retire {
		for _, older := range t.devices {
			older.Revoked = older.Revoked || older.Member == e.Member
		}
	}
	t.devices[device.ID] = device
	t.admitted(e.Key, nil)
	return Admitted
}

// computers counts the devices that speak for a member.
func (t *Team) computers(member inbox.MemberID) (n int) {
	for _, d := range t.devices {
		if d.Member == member && !d.Revoked {
			n++
		}
	}
	return n
}

// DeviceUpdate changes to which recipient secrets for the author's own device
// are sealed.
type DeviceUpdate struct {
	Recipient string `json:"recipient"`
}

// Kind implements Event.
func (*DeviceUpdate) Kind() string { return "device.update" }

// Validate implements Event.
func (e *DeviceUpdate) Validate() error {
	if e.Recipient == "" || len(e.Recipient) > maxName {
		return errors.New("device.update: a recipient is needed")
	}
	return nil
}

func (e *DeviceUpdate) admit(t *Team, d *Decision) Reason {
	device := t.devices[d.Device]
	if device == nil {
		return NotFound
	}
	device.Recipient = e.Recipient
	return Admitted
}

// DeviceRevoke ends a device: what it signs later is void. An admin may, and
// its member; never so that no admin is left who can sign.
type DeviceRevoke struct {
	Device string `json:"device"`
}

// Kind implements Event.
func (*DeviceRevoke) Kind() string { return "device.revoke" }

// Validate implements Event.
func (e *DeviceRevoke) Validate() error {
	if e.Device == "" {
		return errors.New("device.revoke: a device is needed")
	}
	return nil
}

func (e *DeviceRevoke) admit(t *Team, d *Decision) Reason {
	device := t.devices[e.Device]
	switch {
	case device == nil:
		return NotFound
	case !t.admin(d.Author) && d.Author != device.Member:
		return NotAdmin
	case device.Revoked:
		return NotFound
	}
	device.Revoked = true
	if t.admin(device.Member) && !t.anyAdmin() {
		device.Revoked = false
		return LastAdmin
	}
	return Admitted
}

// Device gives a device by id.
func (t *Team) Device(id string) (Device, bool) {
	if d := t.devices[id]; d != nil {
		return *d, true
	}
	return Device{}, false
}

// Devices lists a member's devices, revoked ones too, the first one first.
func (t *Team) Devices(member inbox.MemberID) []Device {
	var all []Device
	for _, d := range t.devices {
		if d.Member == member {
			all = append(all, *d)
		}
	}
	slices.SortFunc(all, func(a, b Device) int {
		if a.AddedAt != b.AddedAt {
			return int(a.AddedAt) - int(b.AddedAt)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// Recipients gives the age recipients of the active members' devices, by
// device: whoever seals a secret seals it to all of them.
func (t *Team) Recipients() map[string]string {
	all := map[string]string{}
	for id, d := range t.devices {
		if d.Recipient != "" && !d.Revoked && t.active(d.Member) {
			all[id] = d.Recipient
		}
	}
	return all
}

// listens says whether a device speaks for an active member.
func (t *Team) listens(device string) bool {
	d := t.devices[device]
	return d != nil && !d.Revoked && t.active(d.Member)
}

// speaks says whether a member has a device that may sign.
func (t *Team) speaks(member inbox.MemberID) bool {
	for _, d := range t.devices {
		if d.Member == member && !d.Revoked {
			return true
		}
	}
	return false
}

// anyAdmin says whether there is an admin who can sign.
func (t *Team) anyAdmin() bool {
	return slices.ContainsFunc(t.order, func(id inbox.MemberID) bool { return t.admin(id) && t.speaks(id) })
}
