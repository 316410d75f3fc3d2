package inbox_test

import (
	"slices"
	"testing"

	"postvak/backend/inbox"
)

func people(addresses ...string) (all []inbox.Address) {
	for _, a := range addresses {
		all = append(all, inbox.Address{Address: a})
	}
	return all
}

func addresses(all []inbox.Address) (list []string) {
	for _, a := range all {
		list = append(list, a.Address)
	}
	return list
}

func TestReplyRecipients(t *testing.T) {
	incoming := inbox.Message{
		Direction: inbox.In, From: inbox.Address{Address: "ann@c.example"},
		To: people(us, "ben@c.example"), Cc: people("Dan@c.example", "ANN@c.example"),
	}
	redirected := incoming
	redirected.ReplyTo = people("desk@c.example")
	astray := incoming
	astray.ReplyTo = people(us)
	outgoing := inbox.Message{Direction: inbox.Out, From: inbox.Address{Address: us}, To: people("ann@c.example"), Cc: people("dan@c.example")}
	for name, c := range map[string]struct {
		message inbox.Message
		all     bool
		to, cc  []string
	}{
		"to the author":                {incoming, false, []string{"ann@c.example"}, nil},
		"to everybody, each once":      {incoming, true, []string{"ann@c.example"}, []string{"ben@c.example", "Dan@c.example"}},
		"where the author asks":        {redirected, false, []string{"desk@c.example"}, nil},
		"not to ourselves":             {astray, false, []string{"ann@c.example"}, nil},
		"on to whom our mail went":     {outgoing, false, []string{"ann@c.example"}, []string{"dan@c.example"}},
		"on to everybody our mail had": {outgoing, true, []string{"ann@c.example"}, []string{"dan@c.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			to, cc := inbox.ReplyRecipients(&c.message, own, c.all)
			if !slices.Equal(addresses(to), c.to) || !slices.Equal(addresses(cc), c.cc) {
				t.Errorf("to %v cc %v, want %v and %v", addresses(to), addresses(cc), c.to, c.cc)
			}
		})
	}
}

func TestReplySubjectHasOnePrefix(t *testing.T) {
	for subject, want := range map[string]string{
		"Offerte":               "Re: Offerte",
		"Re: Offerte":           "Re: Offerte",
		"RE: AW: Antw: Offerte": "Re: Offerte",
		"Regarding: bikes":      "Re: Regarding: bikes",
		"":                      "Re: ",
	} {
		if got := inbox.ReplySubject(subject); got != want {
			t.Errorf("ReplySubject(%q) = %q, want %q", subject, got, want)
		}
	}
}

func TestSectionFor(t *testing.T) {
	for name, c := range map[string]struct {
		assignee       inbox.MemberID
		closed, hidden bool
		want           inbox.Section
	}{
		"R1 new":              {"", false, false, inbox.Unassigned},
		"R4 mine":             {"me", false, false, inbox.Mine},
		"R4 somebody else's":  {"ann", false, false, inbox.Others},
		"R8 closed, assigned": {"me", true, false, inbox.Closed},
		"R12 deleted":         {"me", true, true, inbox.NoSection},
	} {
		if got := inbox.SectionFor("me", c.assignee, c.closed, c.hidden); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
