package messenger_test

import (
	"context"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

// Meta tells what stands in the newest twenty messages alone. What is not among
// those is not there only where none that is older may be it.
func TestFindBehindTheNewestTwenty(t *testing.T) {
	for name, c := range map[string]struct {
		sent    bool
		newer   int
		taken   bool // what stands behind the newest twenty is somebody else's
		failure rest.Failure
		want    inbox.Found
		code    inbox.Code
	}{
		"the twentieth":                     {sent: true, newer: 19, want: inbox.Found{There: true}},
		"the twenty-first":                  {sent: true, newer: 20, want: inbox.Found{Unsure: true}},
		"the twenty-first is another":       {sent: true, newer: 20, taken: true},
		"the twenty-first is too old":       {newer: 20},
		"the twenty-first says nothing":     {newer: 21, want: inbox.Found{Unsure: true}},
		"far behind":                        {sent: true, newer: 250, want: inbox.Found{Unsure: true}},
		"far behind, and none is free":      {sent: true, newer: 250, taken: true},
		"older ones are not listed":         {newer: 20, failure: metaserver.GraphError(100, 0), want: inbox.Found{Unsure: true}},
		"older ones cannot be listed today": {newer: 20, failure: rest.Broken, code: inbox.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			r.server.Deliver("700", "Jan", "Hello", nil)
			r.clock.Advance(10 * time.Minute)
			queued := r.Now()
			if c.sent {
				r.server.Fail("POST /v26.0", rest.CutAfter, 1)
				if got := r.Send(r.ctx, rendered("700", "ok"), inbox.Permit{}, yes); got.Outcome != inbox.Unknown {
					t.Fatalf("%+v", got)
				}
			}
			for range c.newer {
				r.clock.Advance(time.Minute)
				r.server.Deliver("700", "Jan", "And another thing", nil)
			}
			if c.failure != 0 {
				r.server.Fail("GET /v26.0/t_700/messages", c.failure, -1)
			}
			found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", "ok"), Queued: queued, Taken: func(_ context.Context, ids []string) (map[string]bool, error) {
				all := map[string]bool{}
				for _, id := range ids {
					all[id] = c.taken
				}
				return all, nil
			}})
			if c.want.There {
				c.want.ProviderID = r.server.Sent()[0].ID
			}
			if found != c.want || inbox.CodeOf(err) != c.code {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

// Meta shows a link in a text of ours as a card, too, and may list its preview as
// an attachment: it is our message all the same.
func TestFindATextWithALink(t *testing.T) {
	for _, text := range []string{"Look at www.x.nl", "https://shop.example", "Here: https://shop.example/red and www.x.nl/blue ."} {
		for _, previews := range []bool{false, true} {
			r := open(t)
			r.server.SetPreviews(previews)
			r.server.Deliver("700", "Jan", "Hello", nil)
			queued := r.Now()
			r.server.Fail("POST /v26.0", rest.CutAfter, 1)
			if got := r.Send(r.ctx, rendered("700", text), inbox.Permit{}, yes); got.Outcome != inbox.Unknown {
				t.Fatalf("%+v", got)
			}
			found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", text), Queued: queued})
			if err != nil || !found.There || found.ProviderID != r.server.Sent()[0].ID {
				t.Errorf("%q, previews %v: %+v, %v", text, previews, found, err)
			}
			r.mustPoll()
			if m := r.got(found.ProviderID).Message; m.Text != text {
				t.Errorf("it is shown as %q", m.Text)
			}
		}
	}
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	queued := r.Now()
	for _, text := range []string{"", "www.y.nl"} { // a picture of a colleague's, and another link
		m := rendered("700", text)
		if text == "" {
			m = rendered("700", "", attached("image/png", "a.png", []byte("png")))
		}
		if got := r.Send(r.ctx, m, inbox.Permit{}, yes); got.Outcome != inbox.Accepted {
			t.Fatalf("%+v", got)
		}
	}
	if found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", "www.x.nl"), Queued: queued}); err != nil || found != (inbox.Found{}) {
		t.Errorf("%+v, %v", found, err)
	}
}

// An answer that is no list says nothing of what is there.
func TestFindInWhatIsNoList(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	for _, failure := range []rest.Failure{rest.NotJSON, rest.CutJSON} {
		r.server.Fail("GET /v26.0", failure, 1)
		if found, err := r.Find(r.ctx, inbox.Sought{Rendered: rendered("700", "x"), Queued: r.Now()}); inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("%+v, %v", found, err)
		}
		r.clock.Advance(time.Second)
	}
}

// Before a window counts as over, Meta's time is known: it is asked for once.
func TestLearnTime(t *testing.T) {
	r := open(t)
	r.server.Fail("GET /v26.0/me", rest.TooMany, 1)
	if err := r.LearnTime(r.ctx); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("%v", err)
	}
	r.restart()
	for range 3 {
		if err := r.LearnTime(r.ctx); err != nil {
			t.Error(err)
		}
	}
	if n := r.server.Asked("GET", "/v26.0/me"); n != 2 {
		t.Errorf("asked %d times", n)
	}
}
