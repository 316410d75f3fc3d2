package whatsapp_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

func chatText(text string) chat.Message { return chat.Message{Text: text, At: noon} }

// asked are the parameters of the last message that Twilio was given.
func (r *rig) asked() url.Values {
	r.t.Helper()
	all := r.server.Requests()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Method == "POST" && strings.HasSuffix(all[i].Path, "/Messages.json") {
			v, err := url.ParseQuery(all[i].Body)
			if err != nil {
				r.t.Fatal(err)
			}
			return v
		}
	}
	r.t.Fatal("nothing was asked")
	return nil
}

func TestATextGoesWithWhatTheWindowLeaves(t *testing.T) {
	for left, validity := range map[time.Duration]string{
		0: "", time.Second: "1", 90 * time.Second: "90", 10 * time.Hour: "36000", 23 * time.Hour: "36000", 90*time.Second + 900*time.Millisecond: "90",
	} {
		r := open(t, twilioserver.Config{})
		r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
		var p inbox.Permit
		if left > 0 {
			p.Until = noon.Add(left)
		}
		res := r.account().Send(t.Context(), letter(chatText("Hallo *Jan* & 👋\nTot zo")), p, yes)
		v := r.asked()
		if res.Outcome != inbox.Accepted || v.Get("ValidityPeriod") != validity || v.Get("From") != "whatsapp:"+ours || v.Get("To") != "whatsapp:"+jan || v.Get("Body") != "Hallo *Jan* & 👋\nTot zo" {
			t.Errorf("%v left: %+v, %v", left, res, v)
		}
		if sent := r.server.Outgoing(); len(sent) != 1 || sent[0].SID != res.ProviderID || sent[0].Code != 0 {
			t.Errorf("%+v", sent)
		}
	}
}

// By Twilio's clock, not by ours (R29).
func TestAMessageThatOutlivedItsWindowIsNotSent(t *testing.T) {
	r := open(t, twilioserver.Config{})
	a := r.account()
	for _, left := range []time.Duration{999 * time.Millisecond, 0, -time.Hour} {
		res := a.Send(t.Context(), letter(chatText("Hello")), inbox.Permit{Until: noon.Add(left)}, func() error { t.Error("committed"); return nil })
		if res.Outcome != inbox.Outlived || !strings.Contains(res.Reason, "template") {
			t.Errorf("%+v", res)
		}
	}
	if sent := r.server.Outgoing(); len(sent) > 0 {
		t.Errorf("%+v", sent)
	}
}

func TestATemplateGoesAlone(t *testing.T) {
	r := open(t, twilioserver.Config{})
	id := r.server.AddTemplate(twilioserver.Template{Name: "order", Body: "Your order {{1}} is ready, {{name}}."})
	m := chat.Message{Text: "Your order 12 is ready, Jan.", Template: &chat.Template{ID: id, Name: "order", Variables: map[string]string{"1": "12", "name": "Jan"}}}
	res := r.account().Send(t.Context(), letter(m), inbox.Permit{}, yes)
	v := r.asked()
	if res.Outcome != inbox.Accepted || v.Has("Body") || v.Has("MediaUrl") || v.Has("ValidityPeriod") || v.Get("ContentSid") != id || v.Get("ContentVariables") != `{"1":"12","name":"Jan"}` {
		t.Fatalf("%+v, %v", res, v)
	}
	r.clock.Advance(time.Minute)
	if sent := r.server.Outgoing(); len(sent) != 1 || sent[0].Body != m.Text || sent[0].Status != "read" {
		t.Errorf("outside of any window: %+v", sent)
	}
	found, err := r.account().Find(t.Context(), inbox.Sought{Rendered: letter(m), Queued: noon})
	if err != nil || found.ProviderID != res.ProviderID {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestAFileIsUploadedAndSent(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	m := chatText("See this")
	m.Files = []chat.File{{Name: "a b.png", Type: "image/png", Data: []byte("\x89PNG...")}}
	before := 0
	res := r.account().Send(t.Context(), letter(m), inbox.Permit{Until: noon.Add(time.Hour)}, func() error {
		before = r.server.Asked("POST", "/v1/Services")
		return nil
	})
	if res.Outcome != inbox.Accepted || before != 1 {
		t.Fatalf("%+v, %d uploads before commit", res, before)
	}
	r.clock.Advance(time.Minute)
	sent := r.server.Outgoing()
	if len(sent) != 1 || len(sent[0].Files) != 1 || string(sent[0].Files[0].Data) != "\x89PNG..." || sent[0].Files[0].Type != "image/png" || sent[0].Body != "See this" || sent[0].Status != "read" {
		t.Errorf("%+v", sent)
	}
}

func TestAFileThatTwilioRefuses(t *testing.T) {
	r := open(t, twilioserver.Config{NoUploads: true})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	m := chatText("")
	m.Files = []chat.File{{Name: "a.pdf", Type: "application/pdf", Data: []byte("%PDF")}}
	res := r.account().Send(t.Context(), letter(m), inbox.Permit{}, yes)
	r.clock.Advance(time.Minute)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	if k := r.sink.of(res.ProviderID); k.state != inbox.StateFailed || !strings.Contains(k.why.Reason, "could not fetch the file") || k.why.Detail != "Twilio 63019" {
		t.Errorf("%+v", k)
	}
	r.server.Fail("POST /v1/Services", rest.BadRequest, -1)
	res = r.account().Send(t.Context(), letter(m), inbox.Permit{}, func() error { t.Error("committed"); return nil })
	if res.Outcome != inbox.Refused || !strings.Contains(res.Reason, "did not take the file") {
		t.Errorf("%+v", res)
	}
	r.server.Heal()
	r.server.Fail("/v1/Configuration", rest.Missing, -1)
	res = r.account().Send(t.Context(), letter(m), inbox.Permit{}, yes)
	if res.Outcome != inbox.Refused || !strings.Contains(res.Reason, "no place to put files") {
		t.Errorf("%+v", res)
	}
}

func TestWhatCanNeverGoIsRefusedHere(t *testing.T) {
	r := open(t, twilioserver.Config{})
	gone := chat.File{Name: "x", Type: "image/png", Missing: inbox.MissingGone}
	good := chat.File{Name: "x", Type: "image/png", Data: []byte("x")}
	for name, m := range map[string]chat.Message{
		"empty": chatText(" "), "number": {Text: "x", To: inbox.Address{Address: "0612"}}, "mail": {Text: "x", To: inbox.Address{Address: "jan@x.example"}},
		"two files": {Text: "x", Files: []chat.File{good, good}}, "no file": {Text: "x", Files: []chat.File{gone}},
		"file and template": {Text: "x", Files: []chat.File{good}, Template: &chat.Template{ID: "HX1"}},
	} {
		res := r.account().Send(t.Context(), letter(m), inbox.Permit{}, yes)
		if res.Outcome != inbox.Refused || res.Reason == "" {
			t.Errorf("%s: %+v", name, res)
		}
	}
	damaged := letter(chatText("x"))
	damaged.Wire = damaged.Wire[:10]
	if res := r.account().Send(t.Context(), damaged, inbox.Permit{}, yes); res.Outcome != inbox.Refused {
		t.Errorf("%+v", res)
	}
	if len(r.server.Requests()) > 0 {
		t.Errorf("asked %+v", r.server.Requests())
	}
}

func TestACommitThatIsRefusedSendsNothing(t *testing.T) {
	r := open(t, twilioserver.Config{})
	a := r.account()
	for range 3 {
		no := errors.New("the disk is full")
		if res := a.Send(t.Context(), letter(chatText("x")), inbox.Permit{}, func() error { return no }); res.Outcome != inbox.Later {
			t.Errorf("%+v", res)
		}
	}
	_ = r.server.Close()
	if res := a.Send(t.Context(), letter(chatText("x")), inbox.Permit{}, func() error { t.Error("committed"); return nil }); res.Outcome != inbox.Later {
		t.Errorf("%+v", res)
	}
	if sent := r.server.Outgoing(); len(sent) > 0 {
		t.Errorf("%+v", sent)
	}
}

// faults are all ways in which sending can fail, with what is known of it then.
var faults = []struct {
	name    string
	failure rest.Failure
	outcome inbox.Outcome
	done    bool // it was
	after   time.Duration
}{
	{"400", rest.BadRequest, inbox.Refused, false, 0},
	{"401", rest.Unauthorized, inbox.Later, false, 0},
	{"403", rest.Refused, inbox.Refused, false, 0},
	{"404", rest.Missing, inbox.Refused, false, 0},
	{"410", rest.Gone, inbox.Refused, false, 0},
	{"429", rest.TooMany, inbox.Later, false, 7 * time.Second},
	{"429 bare", rest.TooManyBare, inbox.Later, false, 2 * time.Second},
	{"500", rest.Broken, inbox.Unknown, false, 0},
	{"502 page", rest.BadGateway, inbox.Unknown, false, 0},
	{"503", rest.Maintenance, inbox.Unknown, false, 2 * time.Minute},
	{"504 after", rest.GatewayAfter, inbox.Unknown, true, 0},
	{"cut before", rest.CutBefore, inbox.Unknown, false, 0},
	{"cut after", rest.CutAfter, inbox.Unknown, true, 0},
	{"half an answer", rest.CutJSON, inbox.Unknown, true, 0},
	{"a page", rest.NotJSON, inbox.Unknown, true, 0},
	{"nulls", rest.Nulls, inbox.Accepted, true, 0},
	{"wrong types", rest.WrongTypes, inbox.Accepted, true, 0},
	{"endless", rest.Endless, inbox.Unknown, true, 0},
	{"redirect", rest.Elsewhere, inbox.Unknown, true, 0},
	{"slow", rest.Slow, inbox.Unknown, false, 0},
	{"slow after", rest.SlowAfter, inbox.Unknown, true, 0},
}

// Whatever happens to the answer: whoever asks before sending again never sends
// twice.
func TestALostAnswerNeverDoublesAMessage(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			r := open(t, twilioserver.Config{})
			r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
			r.server.Fail("POST /2010-04-01", f.failure, -1)
			a := r.account()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if f.failure == rest.Slow || f.failure == rest.SlowAfter {
				held := r.server.Hold("POST /2010-04-01")
				go func() { <-held.Arrived(); cancel() }()
				if f.failure == rest.SlowAfter { // it is done, and nobody says so
					held.Release()
					after := r.server.HoldAfter("POST /2010-04-01")
					go func() { <-after.Arrived(); cancel() }()
				}
			}
			own := letter(chatText("Only once"))
			res := a.Send(ctx, own, inbox.Permit{Until: noon.Add(time.Hour)}, yes)
			if res.Outcome != f.outcome || res.After != f.after || res.Outcome != inbox.Accepted && res.Reason == "" {
				t.Fatalf("%+v", res)
			}
			_, _, secret := r.server.Account()
			if strings.Contains(fmt.Sprint(res), secret) || strings.Contains(fmt.Sprint(res), "Only once") {
				t.Errorf("too much is said: %+v", res)
			}
			r.server.Heal()
			r.clock.Advance(f.after)
			found, err := r.account().Find(t.Context(), inbox.Sought{Rendered: own, Queued: noon})
			if err != nil || found.There != f.done {
				t.Fatalf("%+v, %v", found, err)
			}
			if !found.There {
				if res = a.Send(t.Context(), own, inbox.Permit{Until: noon.Add(time.Hour)}, yes); res.Outcome != inbox.Accepted {
					t.Fatalf("again: %+v", res)
				}
				found.ProviderID = res.ProviderID
			}
			if sent := r.server.Outgoing(); len(sent) != 1 || sent[0].SID != found.ProviderID {
				t.Errorf("%+v, found %+v", sent, found)
			}
		})
	}
}

// An answer that ends at any of its bytes leaves open what became of the message.
func TestAnAnswerThatEndsAnywhere(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	a, whole := r.account(), 0
	for n := 0; whole == 0; n++ {
		r.server.Fail("POST /2010-04-01", rest.CutAt(n), 1)
		switch res := a.Send(t.Context(), letter(chatText("x")), inbox.Permit{}, yes); res.Outcome {
		case inbox.Accepted:
			whole = n
		case inbox.Unknown:
		default:
			t.Fatalf("after %d bytes: %+v", n, res)
		}
	}
	if whole < 500 {
		t.Errorf("%d bytes are enough", whole)
	}
}

func TestFindTakesTheOldestThatIsNotAnothers(t *testing.T) {
	r := open(t, twilioserver.Config{MaxPage: 2})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Ja"})
	r.server.Receive(twilioserver.Incoming{From: eve, Body: "Ja"})
	a := r.account()
	send := func(m chat.Message) string {
		t.Helper()
		res := a.Send(t.Context(), letter(m), inbox.Permit{}, yes)
		if res.Outcome != inbox.Accepted {
			t.Fatalf("%+v", res)
		}
		return res.ProviderID
	}
	send(chatText("Ja")) // long before
	r.clock.Advance(3 * time.Minute)
	queued := r.clock.Now()
	r.clock.Advance(time.Second)
	send(chatText("Nee"))
	toEve := chatText("Ja")
	toEve.To.Address = eve
	send(toEve)
	first := send(chatText("Ja"))
	r.clock.Advance(time.Second)
	second := send(chatText("Ja"))
	withFile := chatText("Ja")
	withFile.Files = []chat.File{{Name: "a.png", Type: "image/png", Data: []byte("x")}}
	third := send(withFile)
	find := func(m chat.Message, taken ...string) inbox.Found { return r.find(a, m, queued, taken...) }
	if f := find(chatText("Ja")); f.ProviderID != first {
		t.Errorf("%+v, not the first", f)
	}
	if f := find(chatText("Ja"), first); f.ProviderID != second {
		t.Errorf("%+v, not the second", f)
	}
	if f := find(chatText("Ja"), first, second); f.There {
		t.Errorf("%+v is a third", f)
	}
	if f := find(withFile); f.ProviderID != third {
		t.Errorf("%+v, not the one with the file", f)
	}
	if f := find(chatText("Misschien")); f.There {
		t.Errorf("%+v", f)
	}
}

// A key that was taken away keeps what is to be sent, and says what to do.
func TestARevokedKeyKeepsTheMessage(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Revoke(true)
	a := r.account()
	res := a.Send(t.Context(), letter(chatText("x")), inbox.Permit{}, yes)
	if res.Outcome != inbox.Later || !strings.Contains(res.Reason, "sign in again") {
		t.Errorf("%+v", res)
	}
	if err := r.sync(); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("%v", err)
	}
	gone := r.account(func(c *whatsapp.Config) {
		c.Secret = func(context.Context) (string, error) { return "", inbox.Errorf(inbox.NotFound, "no such entry") }
	})
	if _, err := gone.Check(t.Context()); inbox.CodeOf(err) != inbox.Auth {
		t.Errorf("%v", err)
	}
}
