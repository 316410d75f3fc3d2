package teamlog

import (
	"errors"

	"postvak/backend/inbox"
)

// ChannelInstaller gives a channel whose installer left the team its next one
// (R11). Only admins.
type ChannelInstaller struct {
	ID inbox.ChannelID `json:"id"`
	To inbox.MemberID  `json:"to"`
}

// Kind implements Event.
func (*ChannelInstaller) Kind() string { return "channel.installer" }

// Validate implements Event.
func (c *ChannelInstaller) Validate() error {
	if c.ID == "" || c.To == "" {
		return errors.New("channel.installer: channel and member are needed")
	}
	return nil
}

func (c *ChannelInstaller) admit(t *Team, d *Decision) Reason {
	channel := t.channels[c.ID]
	switch {
	case channel == nil:
		return NotFound
	case !t.admin(d.Author):
		return NotAdmin
	case t.active(channel.Installer):
		return HasInstaller
	case !t.active(c.To):
		return NotMember
	case !t.HasAccess(c.To, c.ID):
		return NoAccess
	}
	channel.Installer = c.To
	return Admitted
}
