package teamsync_test

import (
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestSharingAChatChannel: its teammates' desktops reach its provider too, and
// know what its contacts are called.
func TestSharingAChatChannel(t *testing.T) {
	m := newTeam(t, "ann", "ben")
	ann, ben := m.desktops[0], m.desktops[1]
	twilio := inbox.WhatsAppSettings{AccountSID: "AC1", APIKey: "SK1"}
	c := inbox.ChatKey("w1", "SM1")
	ann.decide(t, &teamlog.ChannelAdd{ID: "w1", Channel: inbox.WhatsApp, Name: "Phone", Address: "+31201234567", Connected: morning, WhatsApp: twilio})
	ann.decide(t, &teamlog.ContactName{Conversation: c, Name: "Els"})
	m.settle(t)
	if _, known := ben.sync.Channel("w1"); known {
		t.Error("R31: a private channel is in the log")
	}
	yes := true
	twilio.APIKey = "SK2"
	ann.decide(t, &teamlog.ChannelUpdate{ID: "w1", Shared: &yes, WhatsApp: &twilio, Messenger: &inbox.MessengerSettings{HumanAgent: true}})
	m.settle(t)
	for _, d := range m.desktops {
		shared, _ := d.sync.Channel("w1")
		if !shared.Shared || shared.WhatsApp != twilio || !shared.Messenger.HumanAgent {
			t.Errorf("%s has %+v", d.name, shared)
		}
		if state := teamlog.FoldConversation(teamlog.Facts{}, d.store.Shown(c)); state.ContactName != "Els" {
			t.Errorf("%s calls them %q", d.name, state.ContactName)
		}
	}
}
