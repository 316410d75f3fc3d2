package inbox_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
)

const (
	day  = 24 * time.Hour
	tick = time.Nanosecond
)

// windowCase is one moment after the contact's last message, and what may be
// written then.
type windowCase struct {
	kind  inbox.ChannelKind
	agent bool
	after time.Duration // since the last message; never: there is none
	mode  inbox.ComposerMode
	ends  time.Duration // since the last message; 0: it does not end
	next  inbox.ComposerMode
	why   inbox.ComposerReason
}

const never = time.Duration(1) << 62

var windowCases = []windowCase{
	{inbox.Email, false, never, inbox.ModeFree, 0, "", inbox.ComposerOpen},
	{inbox.Email, true, 1000 * day, inbox.ModeFree, 0, "", inbox.ComposerOpen},

	{inbox.WhatsApp, false, never, inbox.ModeTemplateOnly, 0, "", inbox.ComposerNeverWrote},
	{inbox.WhatsApp, false, 0, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen},
	{inbox.WhatsApp, false, -time.Hour, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen}, // our clock was set back
	{inbox.WhatsApp, false, -400 * day, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen},
	{inbox.WhatsApp, false, 23 * time.Hour, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen},
	{inbox.WhatsApp, false, day - time.Millisecond, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen},
	{inbox.WhatsApp, false, day - tick, inbox.ModeFree, day, inbox.ModeTemplateOnly, inbox.ComposerOpen},
	{inbox.WhatsApp, false, day, inbox.ModeTemplateOnly, 0, "", inbox.ComposerEnded},
	{inbox.WhatsApp, false, day + tick, inbox.ModeTemplateOnly, 0, "", inbox.ComposerEnded},
	{inbox.WhatsApp, true, 3 * day, inbox.ModeTemplateOnly, 0, "", inbox.ComposerEnded}, // a page's right is no sender's

	{inbox.Messenger, false, never, inbox.ModeBlocked, 0, "", inbox.ComposerNeverWrote},
	{inbox.Messenger, true, never, inbox.ModeBlocked, 0, "", inbox.ComposerNeverWrote},
	{inbox.Messenger, false, 0, inbox.ModeFree, day, inbox.ModeBlocked, inbox.ComposerOpen},
	{inbox.Messenger, true, 0, inbox.ModeFree, day, inbox.ModeHumanAgent, inbox.ComposerOpen},
	{inbox.Messenger, true, -time.Hour, inbox.ModeFree, day, inbox.ModeHumanAgent, inbox.ComposerOpen},
	{inbox.Messenger, false, day - tick, inbox.ModeFree, day, inbox.ModeBlocked, inbox.ComposerOpen},
	{inbox.Messenger, true, day - tick, inbox.ModeFree, day, inbox.ModeHumanAgent, inbox.ComposerOpen},
	{inbox.Messenger, false, day, inbox.ModeBlocked, 0, "", inbox.ComposerNoHumanAgent},
	{inbox.Messenger, true, day, inbox.ModeHumanAgent, 7 * day, inbox.ModeBlocked, inbox.ComposerByHand},
	{inbox.Messenger, true, 7*day - tick, inbox.ModeHumanAgent, 7 * day, inbox.ModeBlocked, inbox.ComposerByHand},
	{inbox.Messenger, false, 7*day - tick, inbox.ModeBlocked, 0, "", inbox.ComposerNoHumanAgent},
	{inbox.Messenger, true, 7 * day, inbox.ModeBlocked, 0, "", inbox.ComposerEnded},
	{inbox.Messenger, false, 7 * day, inbox.ModeBlocked, 0, "", inbox.ComposerEnded},
	{inbox.Messenger, true, 7*day + tick, inbox.ModeBlocked, 0, "", inbox.ComposerEnded},

	{"telegram", true, 0, inbox.ModeBlocked, 0, "", inbox.ComposerUnknownKind},
}

// facts puts a case into the terms of the rules.
func (c windowCase) facts() (f inbox.WindowFacts, now time.Time) {
	f = inbox.WindowFacts{Kind: c.kind, HumanAgent: c.agent}
	if c.after == never {
		return f, noon
	}
	f.LastInbound = noon
	return f, noon.Add(c.after)
}

func (c windowCase) end() time.Time {
	if c.ends == 0 {
		return time.Time{}
	}
	return noon.Add(c.ends)
}

func TestEveryEdgeOfTheReplyWindows(t *testing.T) {
	for _, c := range windowCases {
		f, now := c.facts()
		want := inbox.ReplyWindow{Mode: c.mode, Ends: c.end(), Next: c.next}
		if got := inbox.WindowAt(f, now); got != want {
			t.Errorf("%s (agent %v) after %v: %+v, want %+v", c.kind, c.agent, c.after, got, want)
		}
	}
}

func TestWhatTheComposerOffers(t *testing.T) {
	for _, c := range windowCases {
		f, now := c.facts()
		facts := inbox.ComposerFacts{WindowFacts: f, Now: now, Connected: true, Online: true}
		want := inbox.Composing{Mode: c.mode, Ends: c.end(), Next: c.next, Reason: c.why}
		check := func(what string, want inbox.Composing) {
			t.Helper()
			if got := inbox.DecideComposer(facts); got != want {
				t.Errorf("%s (agent %v) after %v, %s: %+v, want %+v", c.kind, c.agent, c.after, what, got, want)
			}
		}
		check("online", want)
		facts.Online = false
		if c.mode == inbox.ModeFree || c.mode == inbox.ModeHumanAgent {
			want.Mode, want.Reason = inbox.ModeQueueOnly, inbox.ComposerOffline
		}
		check("offline", want)
		facts.Connected = false
		check("disconnected", inbox.Composing{Mode: inbox.ModeBlocked, Reason: inbox.ComposerDisconnected})
		facts.Barred = true
		check("barred", inbox.Composing{Mode: inbox.ModeBlocked, Reason: inbox.ComposerBarred})
	}
}

// Whatever is not plainly free is said in words, and those fit the channel.
func TestEveryReasonHasItsSentence(t *testing.T) {
	for _, c := range windowCases {
		for _, why := range []inbox.ComposerReason{c.why, inbox.ComposerOffline, inbox.ComposerDisconnected} {
			said := why.Sentence(c.kind)
			if (said == "") != (why == inbox.ComposerOpen) {
				t.Errorf("%s, %q: %q", c.kind, why, said)
			}
			if c.kind == inbox.Messenger && strings.Contains(said, "WhatsApp") || c.kind == inbox.WhatsApp && strings.Contains(said, "Messenger") {
				t.Errorf("%s is told %q", c.kind, said)
			}
		}
	}
	if said := inbox.ComposerBarred.Sentence(inbox.Email); said != "" {
		t.Errorf("who bars says why: %q", said)
	}
}

// At sending the same edges hold for what was written before them (R29).
func TestWhatMayStillBeSent(t *testing.T) {
	for _, c := range windowCases {
		f, now := c.facts()
		for _, ticked := range []bool{false, true} {
			got := inbox.PermitAt(f, inbox.Sending{HumanAgent: ticked}, now)
			want := inbox.Permit{Until: c.end()}
			switch {
			case c.mode == inbox.ModeHumanAgent && ticked:
				want.HumanAgent = true
			case c.mode != inbox.ModeFree:
				want = inbox.Permit{Refused: got.Refused}
				if got.Refused == "" {
					t.Errorf("%s (agent %v) after %v, ticked %v: it goes", c.kind, c.agent, c.after, ticked)
				}
			}
			if got != want {
				t.Errorf("%s (agent %v) after %v, ticked %v: %+v, want %+v", c.kind, c.agent, c.after, ticked, got, want)
			}
		}
		got := inbox.PermitAt(f, inbox.Sending{Template: true}, now)
		if c.kind == inbox.WhatsApp && got != (inbox.Permit{}) || c.kind != inbox.WhatsApp && got.Refused == "" {
			t.Errorf("a template on %s after %v: %+v", c.kind, c.after, got)
		}
	}
}

func TestARefusalSaysWhatIsPossibleInstead(t *testing.T) {
	for _, test := range []struct {
		kind  inbox.ChannelKind
		agent bool
		after time.Duration
		want  string
	}{
		{inbox.WhatsApp, false, day, "Send a template instead"},
		{inbox.Messenger, true, day, "tick that you wrote it yourself"},
		{inbox.Messenger, false, day, "until the contact writes again"},
		{inbox.Messenger, true, 7 * day, "until the contact writes again"},
	} {
		f := inbox.WindowFacts{Kind: test.kind, HumanAgent: test.agent, LastInbound: noon}
		if got := inbox.PermitAt(f, inbox.Sending{}, noon.Add(test.after)).Refused; !strings.Contains(got, test.want) {
			t.Errorf("%s after %v: %q", test.kind, test.after, got)
		}
	}
}

// For any facts and moments: a window is what its predecessor announced, what
// the composer offers is what is sent, and nothing goes by hand or as a template
// that was not written so.
func TestTheRulesOfWindowsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := inbox.WindowFacts{
			Kind:       rapid.SampledFrom([]inbox.ChannelKind{inbox.Email, inbox.WhatsApp, inbox.Messenger, "telegram"}).Draw(t, "kind"),
			HumanAgent: rapid.Bool().Draw(t, "agent"),
		}
		if rapid.Bool().Draw(t, "wrote") {
			f.LastInbound = noon
		}
		after := time.Duration(rapid.Int64Range(int64(-9*day), int64(9*day)).Draw(t, "after"))
		now := noon.Add(after)
		w := inbox.WindowAt(f, now)
		if w.Ends.IsZero() != (w.Next == "") || !w.Ends.IsZero() && !now.Before(w.Ends) {
			t.Fatalf("%+v at %v: %+v", f, after, w)
		}
		if !w.Ends.IsZero() {
			if last := inbox.WindowAt(f, w.Ends.Add(-tick)); last != w {
				t.Fatalf("just before its end %+v is %+v", w, last)
			}
			if then := inbox.WindowAt(f, w.Ends); then.Mode != w.Next {
				t.Fatalf("after %+v comes %+v", w, then)
			}
		}
		s := inbox.Sending{HumanAgent: rapid.Bool().Draw(t, "ticked")}
		p := inbox.PermitAt(f, s, now)
		goes := w.Mode == inbox.ModeFree || w.Mode == inbox.ModeHumanAgent && s.HumanAgent
		if (p.Refused == "") != goes || p.HumanAgent && !s.HumanAgent || goes && p.Until != w.Ends {
			t.Fatalf("%+v, %+v at %v: %+v in %+v", f, s, after, p, w)
		}
	})
}
