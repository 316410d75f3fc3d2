package inbox_test

import (
	"testing"

	"postvak/backend/inbox"
)

const us = "info@shop.example"

func own(address string) bool { return address == us }

func facts(direction inbox.Direction, from string, to ...string) inbox.ThreadFacts {
	m := inbox.Message{Direction: direction, From: inbox.Address{Address: from}}
	for _, address := range to {
		m.To = append(m.To, inbox.Address{Address: address})
	}
	return inbox.FactsOf(&m, own)
}

func TestJoinsAsksWhoTakesPart(t *testing.T) {
	fromAnn := facts(inbox.In, "ann@customer.example", us, "ben@customer.example")
	toAnn := facts(inbox.Out, us, "ann@customer.example")
	bounce := facts(inbox.In, "mailer-daemon@relay.example", us)
	bounce.Bounce = true
	for name, c := range map[string]struct {
		reply, referred inbox.ThreadFacts
		want            bool
	}{
		"the contact goes on":                    {facts(inbox.In, "ANN@customer.example ", us), fromAnn, true},
		"the contact answers us":                 {facts(inbox.In, "ann@customer.example", us), toAnn, true},
		"somebody who got a copy answers":        {facts(inbox.In, "ben@customer.example", us), fromAnn, true},
		"a stranger who knows the Message-ID":    {facts(inbox.In, "eve@evil.example", us), fromAnn, false},
		"a stranger who names the contact too":   {facts(inbox.In, "eve@evil.example", us, "ann@customer.example"), fromAnn, false},
		"we answer the contact":                  {toAnn, fromAnn, true},
		"we forward it to somebody else":         {facts(inbox.Out, us, "carol@supplier.example"), fromAnn, false},
		"a report about what we sent":            {bounce, toAnn, true},
		"a report about what somebody sent us":   {bounce, fromAnn, false},
		"a mail without an author":               {facts(inbox.In, "", us), fromAnn, false},
		"a note to ourselves answers another":    {facts(inbox.Out, us, us), facts(inbox.Out, us, us), true},
		"a note to ourselves refers to a client": {facts(inbox.Out, us, us), fromAnn, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inbox.Joins(c.reply, c.referred); got != c.want {
				t.Errorf("Joins = %v, want %v", got, c.want)
			}
		})
	}
}

func TestHash64OfNothingIsNothing(t *testing.T) {
	if inbox.Hash64("") != 0 {
		t.Error("an empty Message-ID must match nothing")
	}
	if inbox.Hash64("a") == 0 || inbox.Hash64("a") == inbox.Hash64("b") {
		t.Error("different texts must have different hashes, never 0")
	}
}

func TestKeyNamesItsChannel(t *testing.T) {
	if got := inbox.MailKey("c1", "abc").Channel(); got != "c1" {
		t.Errorf("channel %q", got)
	}
	if got := inbox.Key("malformed").Channel(); got != "" {
		t.Errorf("a malformed key has channel %q", got)
	}
}
