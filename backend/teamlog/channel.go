package teamlog

import (
	"errors"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// ChannelAdd connects a channel. Its author becomes the installer. It carries
// no secret.
type ChannelAdd struct {
	ID        inbox.ChannelID     `json:"id"`
	Channel   inbox.ChannelKind   `json:"kind"`
	Name      string              `json:"name"`
	Address   string              `json:"address"`
	Shared    bool                `json:"shared"`
	OpenSince time.Time           `json:"openSince,omitzero"`
	Connected time.Time           `json:"connected"`
	Email     inbox.EmailSettings `json:"email,omitzero"`
	// WhatsApp and Messenger say how a channel of that kind reaches its provider.
	WhatsApp  inbox.WhatsAppSettings  `json:"whatsapp,omitzero"`
	Messenger inbox.MessengerSettings `json:"messenger,omitzero"`
	// SignIn says whether members sign in with the channel's account or with
	// accounts of their own: "shared" ("" too) or "own".
	SignIn inbox.SignIn `json:"signIn,omitempty"`
	// Signature comes with a private channel that is shared.
	Signature string `json:"signature,omitempty"`
}

// MaxSignature is how long a channel's signature may be, in bytes.
const MaxSignature = 4 << 10

// Kind implements Event.
func (*ChannelAdd) Kind() string { return "channel.add" }

// Validate implements Event.
func (c *ChannelAdd) Validate() error {
	if !plausible(c.OpenSince) || !plausible(c.Connected) {
		return errors.New("channel.add: the dates make no sense")
	}
	if c.ID == "" || c.Channel == "" || c.Address == "" || strings.Contains(string(c.ID), ":") {
		return errors.New("channel.add: id, kind and address are needed")
	}
	return errors.Join(checkOAuth("channel.add", c.Email.OAuth), checkProviders("channel.add", c.WhatsApp, c.Messenger),
		checkSignature("channel.add", c.Signature))
}

func checkSignature(kind, signature string) error {
	if !properText(signature, MaxSignature) {
		return errors.New(kind + ": a signature of at most 4 kB is needed")
	}
	return nil
}

func (c *ChannelAdd) admit(t *Team, d *Decision) Reason {
	switch {
	case !t.admin(d.Author):
		return NotAdmin
	case t.channels[c.ID] != nil || c.ID == ChannelCRM:
		return AlreadyExists
	}
	t.channels[c.ID] = &inbox.Channel{
		ID: c.ID, Kind: c.Channel, Name: c.Name, Address: c.Address, Shared: c.Shared, Installer: d.Author,
		OpenSince: c.OpenSince, NotifySince: c.Connected, Email: c.Email, WhatsApp: c.WhatsApp, Messenger: c.Messenger,
		SignIn: c.SignIn, Signature: c.Signature,
	}
	return Admitted
}

// ChannelUpdate changes a channel's name, sharing, servers, provider or
// signature. What is nil stays. A shared channel is not made private again: everybody has it.
type ChannelUpdate struct {
	ID        inbox.ChannelID          `json:"id"`
	Name      *string                  `json:"name,omitempty"`
	Shared    *bool                    `json:"shared,omitempty"`
	Email     *inbox.EmailSettings     `json:"email,omitempty"`
	WhatsApp  *inbox.WhatsAppSettings  `json:"whatsapp,omitempty"`
	Messenger *inbox.MessengerSettings `json:"messenger,omitempty"`
	Signature *string                  `json:"signature,omitempty"`
}

// Kind implements Event.
func (*ChannelUpdate) Kind() string { return "channel.update" }

// Validate implements Event.
func (c *ChannelUpdate) Validate() error {
	if c.ID == "" {
		return errors.New("channel.update: id is needed")
	}
	return errors.Join(checkOAuth("channel.update", orZero(c.Email).OAuth),
		checkProviders("channel.update", orZero(c.WhatsApp), orZero(c.Messenger)),
		checkSignature("channel.update", orZero(c.Signature)))
}

func (c *ChannelUpdate) admit(t *Team, d *Decision) Reason {
	channel, why := t.changeable(c.ID, d)
	if why != Admitted {
		return why
	}
	if channel.Shared && c.Shared != nil && !*c.Shared {
		return StaysShared
	}
	put(&channel.Name, c.Name)
	put(&channel.Shared, c.Shared)
	put(&channel.Email, c.Email)
	put(&channel.WhatsApp, c.WhatsApp)
	put(&channel.Messenger, c.Messenger)
	put(&channel.Signature, c.Signature)
	return Admitted
}

// put sets what somebody wants changed.
func put[T any](field, to *T) {
	if to != nil {
		*field = *to
	}
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// ChannelRemove disconnects a channel. What was received stays readable.
type ChannelRemove struct {
	ID inbox.ChannelID `json:"id"`
}

// Kind implements Event.
func (*ChannelRemove) Kind() string { return "channel.remove" }

// Validate implements Event.
func (c *ChannelRemove) Validate() error {
	if c.ID == "" {
		return errors.New("channel.remove: id is needed")
	}
	return nil
}

func (c *ChannelRemove) admit(t *Team, d *Decision) Reason {
	_, why := t.changeable(c.ID, d)
	if why == Admitted {
		delete(t.channels, c.ID)
	}
	return why
}

func (t *Team) changeable(id inbox.ChannelID, d *Decision) (*inbox.Channel, Reason) {
	channel := t.channels[id]
	switch {
	case channel == nil:
		return nil, NotFound
	case !t.admin(d.Author):
		return nil, NotAdmin
	case !channel.Shared && channel.Installer != d.Author:
		return nil, NotInstaller
	}
	return channel, Admitted
}
