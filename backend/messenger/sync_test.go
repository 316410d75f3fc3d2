package messenger_test

import (
	"slices"
	"testing"

	"postvak/backend/chat"
	"postvak/backend/inbox"
)

func TestReceive(t *testing.T) {
	r := open(t)
	old := r.server.Deliver("Jan de Vries", "Jan de Vries", "Is the red one there?", nil)
	r.mustPoll()
	f := r.got(old)
	m := f.Message
	if m.Text != "Is the red one there?" || m.Direction != inbox.In || m.From.Name != "Jan de Vries" || m.To[0].Address != r.server.PageID() || !m.At.Equal(noon) {
		t.Fatalf("%+v", m)
	}
	if again, err := chat.Decode(f.Raw); err != nil || again.ID != old || again.Kind != inbox.Messenger {
		t.Errorf("%+v, %v", again, err)
	}
	if r.sink.live[m.Key] {
		t.Error("what was there when the channel was connected is live")
	}
	answered := r.server.Answer("Jan de Vries", "", "Yes, it is.")
	next := r.server.Deliver("Eve", "Eve", "Hello", nil)
	r.mustPoll()
	if out := r.got(answered); out.Message.Direction != inbox.Out || out.State != inbox.StateSent || out.Message.To[0].Address != m.From.Address {
		t.Errorf("%+v", out)
	}
	if !r.sink.live[r.got(next).Message.Key] || !slices.Contains(r.pace.found, next) {
		t.Error("a new message is not live, or not hinted at")
	}
	if s := r.sink.status[len(r.sink.status)-1]; s.State != inbox.ChannelOK {
		t.Errorf("%+v", s)
	}
}

func TestSendText(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	got := r.Send(r.ctx, rendered("700", "Dear Jan — 👍 <b>"), inbox.Permit{}, yes)
	sent := r.server.Sent()
	if got.Outcome != inbox.Accepted || len(sent) != 1 || got.ProviderID != sent[0].ID || sent[0].Text != "Dear Jan — 👍 <b>" || sent[0].Kind != "RESPONSE" || sent[0].Tag != "" {
		t.Fatalf("%+v, %+v", got, sent)
	}
	r.mustPoll()
	if f := r.got(got.ProviderID); f.Message.Text != "Dear Jan — 👍 <b>" || f.State != inbox.StateSent {
		t.Errorf("%+v", f)
	}
}
