package sqlite

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func TestABounceMarksWhatItTellsOf(t *testing.T) {
	sent := ourMail(1, carla)
	report := func(change func(*inbox.Bounce)) inbox.Fetched {
		return mail(2, "mailer-daemon@relay.example", func(m *inbox.Message) {
			m.Nature = inbox.NatureBounce
			m.Bounce = &inbox.Bounce{MessageID: "m1@example", Recipient: carla, Status: "5.1.1", Diagnostic: "550 no such user", Permanent: true}
			change(m.Bounce)
		})
	}
	for name, test := range map[string]struct {
		messages []inbox.Fetched
		want     inbox.State
	}{
		"a permanent one":        {[]inbox.Fetched{sent, report(func(*inbox.Bounce) {})}, inbox.StateFailed},
		"one that came first":    {[]inbox.Fetched{report(func(*inbox.Bounce) {}), sent}, inbox.StateFailed},
		"a delay is no failure":  {[]inbox.Fetched{sent, report(func(b *inbox.Bounce) { b.Permanent = false })}, inbox.StateSent},
		"one of another message": {[]inbox.Fetched{sent, report(func(b *inbox.Bounce) { b.MessageID = "other@example" })}, inbox.StateSent},
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			for _, m := range test.messages {
				store(t, db, m)
			}
			got := open(t, db, sent.Message.Key).Messages[0]
			if got.State != test.want || (test.want == inbox.StateFailed) != strings.Contains(got.Reason, "no such user") {
				t.Errorf("shown as %s, %q", got.State, got.Reason)
			}
		})
	}
}
