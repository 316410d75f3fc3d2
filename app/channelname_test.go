package app

import (
	"strings"
	"testing"
)

// TestAChannelsNameFitsIntoAHeader: it is the sender's name of every mail, so a
// bad one would stop them all.
func TestAChannelsNameFitsIntoAHeader(t *testing.T) {
	r := startDemo(t)
	channel := call[[]ChannelInfo](r, "Channels.List")[0]
	name := func(text string) map[string]string { return map[string]string{"name": text} }
	r.refused("invalid", "Channels.Update", channel.ID, name(strings.Repeat("é", maxName+1)))
	r.refused("invalid", "Channels.Update", channel.ID, name("\x00\u202e \r\n"))
	for given, want := range map[string]string{
		"Zomer\r\nBcc: evil@x.example": "Zomer Bcc: evil@x.example", "a\x00b\u202ec": "abc", strings.Repeat("é", maxName): strings.Repeat("é", maxName),
	} {
		call[*nothing](r, "Channels.Update", channel.ID, name(given))
		if got := call[[]ChannelInfo](r, "Channels.List")[0].Name; got != want {
			t.Errorf("%q became %q", given, got)
		}
		call[Started](r, "Composer.Start", StartRequest{ChannelID: channel.ID, Draft: Draft{To: []string{"a@b.example"}, Text: want}})
	}
}
