package messenger_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/run"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

func attached(kind, name string, data []byte) chat.File {
	return chat.File{Name: name, Type: kind, Data: data, Size: int64(len(data))}
}

// The rules and Meta agree at every edge of the windows (R27): within 24 hours a
// response without a tag, then a human agent's to seven days, and no other tag
// ever.
func TestWindows(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		after  time.Duration
		ticked bool
		kind   string // of what went; "": nothing did
	}{
		{0, false, "RESPONSE"}, {0, true, "RESPONSE"}, {day - time.Second, false, "RESPONSE"}, {day - time.Second, true, "RESPONSE"},
		{day, false, ""}, {day, true, "MESSAGE_TAG"}, {3 * day, true, "MESSAGE_TAG"}, {7*day - time.Second, true, "MESSAGE_TAG"}, {7 * day, true, ""}, {7 * day, false, ""}, {30 * day, true, ""},
	} {
		r := open(t)
		r.server.Deliver("700", "Jan", "Hello", nil)
		facts := inbox.WindowFacts{Kind: inbox.Messenger, LastInbound: r.clock.Now(), HumanAgent: true}
		r.clock.Advance(c.after)
		permit := inbox.PermitAt(facts, inbox.Sending{HumanAgent: c.ticked}, r.clock.Now())
		got := r.Send(r.ctx, rendered("700", "Hello"), permit, yes)
		sent := r.server.Sent()
		switch {
		case c.kind == "":
			if got.Outcome != inbox.Outlived || len(sent) != 0 || r.server.Asked("POST", "/") != 0 || got.Reason == "" {
				t.Errorf("after %v: %+v, %+v", c.after, got, sent)
			}
		case got.Outcome != inbox.Accepted || len(sent) != 1 || sent[0].Kind != c.kind || (sent[0].Tag == "HUMAN_AGENT") != (c.kind == "MESSAGE_TAG"):
			t.Errorf("after %v: %+v, %+v", c.after, got, sent)
		}
	}
}

// Where our clock or our rules were wrong, Meta's no is final: it is never sent
// late (R29).
func TestMetaSaysTooLate(t *testing.T) {
	r := open(t, func(c *metaserver.Config) { c.HumanAgent = false })
	r.server.Deliver("700", "Jan", "Hello", nil)
	r.clock.Advance(25 * time.Hour)
	for _, p := range []inbox.Permit{{}, {HumanAgent: true}} {
		if got := r.Send(r.ctx, rendered("700", "Hello"), p, yes); got.Outcome != inbox.Outlived || got.Detail != "Meta 10/2018278" {
			t.Errorf("%+v", got)
		}
	}
	if got := r.Send(r.ctx, rendered("12345", "Hello"), inbox.Permit{}, yes); got.Outcome != inbox.Refused || got.Detail != "Meta 100/2018001" {
		t.Errorf("%+v", got)
	}
}

// The window ends while a message waits for its turn: it does not go.
func TestWindowEndsAtTheLastMoment(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	r.mustPoll() // Meta's time is known, and the next call has to wait
	committed := false
	got := r.Send(r.ctx, rendered("700", "Hello"), inbox.Permit{Until: r.Now().Add(300 * time.Millisecond)}, func() error { committed = true; return nil })
	if got.Outcome != inbox.Outlived || committed || len(r.server.Sent()) != 0 {
		t.Errorf("%+v", got)
	}
	if got := r.Send(r.ctx, rendered("700", "Hello"), inbox.Permit{Until: r.Now()}, yes); got.Outcome != inbox.Outlived {
		t.Errorf("at its end: %+v", got)
	}
	if got := r.Send(r.ctx, rendered("700", "Hello"), inbox.Permit{Refused: "No."}, yes); got.Outcome != inbox.Outlived || got.Reason != "No." {
		t.Errorf("%+v", got)
	}
}

// Meta's time counts, not this computer's: a window that is over there is over.
func TestMetasClock(t *testing.T) {
	r := open(t, func(c *metaserver.Config) { c.Burst = 0 })
	r.server.Deliver("700", "Jan", "Hello", nil)
	r.restart(func(c *messenger.Config) { c.Clock = eager{run.NewManual(r.clock.Now().Add(-7 * time.Minute))} })
	r.mustPoll()
	if gap := r.Now().Sub(r.server.Now()); gap < -2*time.Second || gap > 5*time.Second {
		t.Errorf("%v", gap)
	}
	if got := r.Send(r.ctx, rendered("700", "Hello"), inbox.Permit{Until: r.server.Now().Add(-time.Minute)}, yes); got.Outcome != inbox.Outlived {
		t.Errorf("%+v", got)
	}
}

// Right after a start nobody knows Meta's time, and this computer's clock is an
// hour behind it: Meta is asked first, and nothing goes late (R29).
func TestALateComputerDoesNotAnswerLate(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	late := func(c *messenger.Config) { c.Clock = behind{r.clock} }
	permit := func(left time.Duration) inbox.Permit { return inbox.Permit{Until: r.server.Now().Add(left)} }
	r.restart(late)
	got := r.Send(r.ctx, rendered("700", "Hello"), permit(-30*time.Minute), func() error { t.Error("committed"); return nil })
	if got.Outcome != inbox.Outlived || len(r.server.Sent()) != 0 {
		t.Errorf("%+v", got)
	}
	r.clock.Advance(2 * time.Second)
	asked := r.server.Asked("GET", "/")
	if got = r.Send(r.ctx, rendered("700", "Hello"), permit(30*time.Minute), yes); got.Outcome != inbox.Accepted || r.server.Asked("GET", "/") != asked {
		t.Errorf("%+v, after %d questions", got, r.server.Asked("GET", "/"))
	}

	r.restart(late)
	r.server.Fail("GET /v26.0/me", rest.CutAt(5), -1)
	got = r.Send(r.ctx, rendered("700", "Hello again"), permit(30*time.Minute), func() error { t.Error("committed"); return nil })
	if got.Outcome != inbox.Later || got.Reason == "" || len(r.server.Sent()) != 1 {
		t.Errorf("while its time cannot be asked for: %+v", got)
	}
}

// behind is the clock of a computer that is an hour late.
type behind struct{ eager }

func (b behind) Now() time.Time { return b.eager.Now().Add(-time.Hour) }

// The outbox could not be written: nothing is handed over.
func TestCommitRefused(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	got := r.Send(r.ctx, rendered("700", "Hello"), inbox.Permit{}, func() error { return errors.New("disk full") })
	if got.Outcome != inbox.Later || len(r.server.Sent()) != 0 || !strings.Contains(got.Reason, "disk full") {
		t.Errorf("%+v", got)
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	for name, m := range map[string]inbox.Rendered{
		"damaged": {Recipients: []string{"700"}, Wire: []byte("{")}, "empty": {Recipients: []string{"700"}}, "to a number": rendered("+31612345678", "x"),
		"to a path": rendered("700/../me", "x"), "to nobody": rendered("", "x"), "too long": rendered("700", strings.Repeat("😀", 1001)),
	} {
		if got := r.Send(r.ctx, m, inbox.Permit{}, yes); got.Outcome != inbox.Refused || got.Reason == "" || len(r.server.Requests()) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, text := range []string{strings.Repeat("😀", 1000), strings.Repeat("é", 2000)} {
		if got := r.Send(r.ctx, rendered("700", text), inbox.Permit{}, yes); got.Outcome != inbox.Accepted {
			t.Errorf("%+v", got)
		}
	}
}

// Find takes no other message for ours: not an older one, the contact's, another
// of the same words that is somebody's, or one to somebody else.
func TestFind(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "ok", nil)
	r.server.Deliver("701", "Eve", "ok", nil)
	old := r.server.Answer("700", "", "ok")
	r.clock.Advance(10 * time.Minute)
	queued := r.clock.Now()
	ours := inbox.Sought{Rendered: rendered("700", "ok"), Queued: queued}
	find := func(want string, taken ...string) {
		t.Helper()
		ours.Taken = func(_ context.Context, ids []string) (map[string]bool, error) {
			all := map[string]bool{}
			for _, id := range ids {
				all[id] = slices.Contains(taken, id)
			}
			return all, nil
		}
		r.clock.Advance(time.Second)
		got, err := r.Find(r.ctx, ours)
		if err != nil || got.There != (want != "") || got.ProviderID != want {
			t.Errorf("%+v, %v; want %q", got, err, want)
		}
	}
	find("")
	r.server.Answer("701", "", "ok")
	r.server.Deliver("700", "", "ok", nil)
	r.server.Answer("700", "", "okay")
	find("")
	first := r.server.Answer("700", "", "ok")
	r.clock.Advance(2 * time.Second)
	second := r.server.Answer("700", "", "ok")
	find(first)
	find(second, first)
	find("", first, second)
	_ = old
	r.server.Fail("GET /v26.0", rest.NotJSON, -1)
	if _, err := r.Find(r.ctx, ours); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("%v", err)
	}
}

// Lost answers, a program that was ended, and two desktops that write the same
// words: every message goes once, also where the customer goes on until Meta does
// not tell any more what stands in it.
func TestNeverDoubled(t *testing.T) {
	for i, failure := range slices.Repeat([]rest.Failure{rest.CutBefore, rest.CutAfter, rest.GatewayAfter, rest.BadGateway, metaserver.UnknownAfter, metaserver.NoID}, 2) {
		r := open(t)
		r.server.Deliver("700", "Jan", "Hello", nil)
		r.Answer()
		queued := r.Now()
		r.server.Fail("POST /v26.0", failure, 1)
		if got := r.Send(r.ctx, rendered("700", "ok"), inbox.Permit{}, yes); got.Outcome != inbox.Unknown {
			t.Fatalf("%+v", got)
		}
		theirs := r.server.Answer("700", "", "ok") // a colleague's
		goesOn := i >= 6
		for n := 0; goesOn && n < 21; n++ {
			r.clock.Advance(time.Minute)
			r.server.Deliver("700", "Jan", "And another thing", nil)
		}
		r.restart()
		done := len(r.server.Sent())
		found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", "ok"), Queued: queued, Taken: func(_ context.Context, _ []string) (map[string]bool, error) {
			return map[string]bool{theirs: true}, nil
		}})
		if err != nil || found.There != (done == 1 && !goesOn) || found.Unsure != goesOn || found.ProviderID == theirs {
			t.Errorf("%d: %+v, %v", failure, found, err)
		}
	}
}

// Answer waits a moment, so that what follows is later.
func (r *rig) Answer() { r.clock.Advance(time.Minute) }

func TestCheck(t *testing.T) {
	steps := func(all []inbox.Step) (names []string) {
		for _, s := range all {
			name := s.Step
			if !s.OK {
				name += " no"
			}
			if s.Message == "" {
				t.Errorf("%s says nothing", s.Step)
			}
			names = append(names, name)
		}
		return names
	}
	for name, c := range map[string]struct {
		do   func(r *rig)
		want []string
		code inbox.Code
	}{
		"fine": {func(*rig) {}, []string{"token", "page", "messages", "feature"}, ""},
		"no feature": {func(r *rig) {
			r.server.Fail("GET /v26.0/"+r.server.PageID()+"/messaging_feature_review", metaserver.GraphError(200, 0), -1)
		}, []string{"token", "page", "messages", "feature no"}, ""},
		"no rights": {func(r *rig) {
			r.server.Fail("GET /v26.0/"+r.server.PageID()+"/conversations", metaserver.GraphError(200, 0), -1)
		}, []string{"token", "page", "messages no"}, inbox.Forbidden},
		"no token": {func(r *rig) { r.server.Revoke() }, []string{"token no"}, inbox.Auth},
		"another page": {func(r *rig) {
			r.restart(func(c *messenger.Config) { c.Channel.Address = "999" })
		}, []string{"token", "page no"}, inbox.Forbidden},
		"before it has an address": {func(r *rig) {
			r.restart(func(c *messenger.Config) { c.Channel.Address = "" })
		}, []string{"token", "page", "messages", "feature"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			c.do(r)
			all, err := r.Check(r.ctx)
			if got := steps(all); !slices.Equal(got, c.want) || inbox.CodeOf(err) != c.code {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	r := open(t, func(c *metaserver.Config) { c.HumanAgent = false })
	if all, err := r.Check(r.ctx); err != nil || all[3].OK {
		t.Errorf("%+v, %v", all, err)
	}
	if id, name, err := r.Page(r.ctx); id != r.server.PageID() || name != "Acme" || err != nil {
		t.Errorf("%s %s %v", id, name, err)
	}
}
