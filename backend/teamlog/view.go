package teamlog

import "postvak/backend/inbox"

// Genesis is the member who began the log.
func (t *Team) Genesis() inbox.MemberID { return t.genesis }

// With gives a view of the team that has more channels: those that stay out
// of the log (R31). Channels and conversations can be decided on it, nothing
// else, and none of that touches the team; members are the team's own.
func (t *Team) With(private []inbox.Channel) *Team {
	view := *t
	view.view = true
	view.channels = make(map[inbox.ChannelID]*inbox.Channel, len(t.channels)+len(private))
	for id, c := range t.channels {
		channel := *c
		view.channels[id] = &channel
	}
	for _, c := range private {
		view.channels[c.ID] = &c
	}
	return &view
}

// ofView says whether an event may be decided on a view.
func ofView(e Event) bool {
	switch e.(type) {
	case *ChannelAdd, *ChannelUpdate, *ChannelRemove:
		return true
	}
	return Anchor(e) != ""
}
