package app

import (
	"strings"
	"sync"
	"testing"
)

// TestADoubleClickSendsOnce: the same draft at the same moment is one message,
// also when it was taken back and is sent again.
func TestADoubleClickSendsOnce(t *testing.T) {
	r := startDemo(t)
	_, c := r.deliver(r.listen(), DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: "Lamp", Text: "Hallo"})
	send := func(text string) string {
		return call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: text}})
	}
	ids := make([]string, 4)
	var clicks sync.WaitGroup
	for i := range ids {
		clicks.Go(func() { ids[i] = send("dubbel") })
	}
	clicks.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one draft became %v", ids)
		}
	}
	if other := send("iets anders"); other == ids[0] {
		t.Error("another text is the same message")
	}
	call[*nothing](r, "Composer.Cancel", ids[0])
	if again := send("dubbel"); again == ids[0] {
		t.Error("a message that was taken back is given as sent")
	}
	call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "dubbel", To: []string{"eva@klant.example"}}})
	if rows := call[[]OutboxRow](r, "Composer.Outbox"); len(rows) != 3 {
		t.Errorf("the outbox has %+v", rows)
	}
}

// TestADraftHasLimits: it crosses to the screen whole each time.
func TestADraftHasLimits(t *testing.T) {
	r := startDemo(t)
	_, c := r.deliver(r.listen(), DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: "Lamp", Text: "Hallo"})
	for name, d := range map[string]Draft{
		"text":       {Text: strings.Repeat("x", maxText+1)},
		"subject":    {Text: "x", Subject: strings.Repeat("x", maxBeside+1)},
		"recipients": {Text: "x", Bcc: make([]string, maxBeside)},
		"address":    {Text: "x", To: []string{strings.Repeat("x", maxBeside) + "@b.example"}},
		"files":      {Text: "x", Attachments: make([]string, maxBeside)},
		"variables":  {Text: "x", Variables: map[string]string{"a": strings.Repeat("x", maxBeside)}},
	} {
		t.Run(name, func(t *testing.T) {
			r.refused("invalid", "Composer.SaveDraft", c.ID, d)
			r.refused("invalid", "Composer.Send", c.ID, SendRequest{Draft: d})
			r.refused("invalid", "Composer.Start", StartRequest{Draft: d, ChannelID: c.ChannelID})
		})
	}
	r.refused("invalid", "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "x", Subject: strings.Repeat("x", maxSubject+1)}})
	if view := call[Conversation](r, "Inbox.Open", c.ID, OpenQuery{}); view.Draft.Text != "" {
		t.Errorf("a draft was kept: %d bytes", len(view.Draft.Text))
	}
}

// What cannot be written as mail is refused in the words of who knows why.
func TestAnAddressThatCannotBeIsNamed(t *testing.T) {
	r := startDemo(t)
	channel := call[[]ChannelInfo](r, "Channels.List")[0]
	failure := r.refused("invalid", "Composer.Start", StartRequest{
		ChannelID: channel.ID, Draft: Draft{To: []string{"jürgen@klant.example"}, Text: "Hallo"},
	})
	if !strings.Contains(failure.Message, "jürgen@klant.example") {
		t.Errorf("the sentence does not name the address: %q", failure.Message)
	}
}
