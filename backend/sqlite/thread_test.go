package sqlite

import (
	"testing"

	"postvak/backend/inbox"
)

func TestThreads(t *testing.T) {
	carla, eve := "carla@customer.example", "eve@evil.example"
	for name, test := range map[string]struct {
		messages []inbox.Fetched
		want     int // conversations
		related  int // links of the first message's conversation
	}{
		"a reply joins":                        {[]inbox.Fetched{mail(1, carla), mail(2, carla, answers(1))}, 1, 0},
		"a reply that came first joins":        {[]inbox.Fetched{mail(2, carla, answers(1)), mail(1, carla)}, 1, 0},
		"one message joins two conversations":  {[]inbox.Fetched{mail(1, carla), mail(2, carla), mail(3, carla, answers(1, 2))}, 1, 0},
		"a stranger's reply is only linked":    {[]inbox.Fetched{mail(1, carla), mail(2, eve, answers(1))}, 2, 1},
		"the link is there both ways":          {[]inbox.Fetched{mail(2, eve, answers(1)), mail(1, carla)}, 2, 1},
		"our answer joins":                     {[]inbox.Fetched{mail(1, carla), ourMail(2, carla, answers(1))}, 1, 0},
		"the same subject does not join":       {[]inbox.Fetched{mail(1, carla, subject("Hello")), mail(2, carla, subject("Re: Hello"))}, 2, 0},
		"an empty Message-ID matches nothing":  {[]inbox.Fetched{mail(1, carla, noID), mail(2, carla, noID, emptyReference)}, 2, 0},
		"a reference to itself joins nothing":  {[]inbox.Fetched{mail(1, carla, answers(1)), mail(2, carla)}, 2, 0},
		"a bounce joins what we sent":          {[]inbox.Fetched{ourMail(1, carla), mail(2, "mailer-daemon@relay.example", bounceOf(1))}, 1, 0},
		"a bounce of what we did not send not": {[]inbox.Fetched{mail(1, carla), mail(2, "mailer-daemon@relay.example", bounceOf(1))}, 2, 1},
		"our own alerts are not shown":         {[]inbox.Fetched{mail(1, carla), mail(2, ours, alert)}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			for _, m := range test.messages {
				store(t, db, m)
			}
			if rows := list(t, db, inbox.Unassigned); len(rows) != test.want {
				t.Errorf("%d conversations, want %d: %+v", len(rows), test.want, rows)
			}
			if view := open(t, db, test.messages[0].Message.Key); len(view.Related) != test.related {
				t.Errorf("related %+v, want %d", view.Related, test.related)
			}
		})
	}
}

func subject(s string) func(*inbox.Message) { return func(m *inbox.Message) { m.Subject = s } }

func noID(m *inbox.Message) { m.MessageID = "" }

func emptyReference(m *inbox.Message) { m.References = []string{""} }

func bounceOf(n int) func(*inbox.Message) {
	return func(m *inbox.Message) {
		m.Nature = inbox.NatureBounce
		answers(n)(m)
	}
}

func TestMergedConversationKeepsEveryID(t *testing.T) {
	db := newCache(t)
	one, two, three := mail(1, "carla@customer.example"), mail(2, "carla@customer.example"), mail(3, "carla@customer.example", answers(1))
	store(t, db, one, two, three)
	big := open(t, db, one.Message.Key).ID
	small := open(t, db, two.Message.Key).ID
	both := mail(4, "carla@customer.example", answers(2, 3))
	changed := store(t, db, both)
	for _, key := range []inbox.Key{one.Message.Key, two.Message.Key, both.Message.Key, big, small} {
		if view := open(t, db, key); view.ID != big || len(view.Messages) != 4 {
			t.Errorf("%s opens %s with %d messages, want %s with 4", key, view.ID, len(view.Messages), big)
		}
	}
	told := map[inbox.Key]bool{}
	for _, key := range changed.Conversations {
		told[key] = true
	}
	if !told[big] || !told[small] {
		t.Errorf("changed tells of %v, not of both %s and %s", changed.Conversations, big, small)
	}
	if len(changed.Arrived) != 1 || changed.Arrived[0].Conversation != big {
		t.Errorf("arrived %+v", changed.Arrived)
	}
}
