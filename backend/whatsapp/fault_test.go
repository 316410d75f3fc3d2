package whatsapp_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

// told are the faults as whoever reads sees them.
var told = map[string]struct {
	code inbox.Code
	says string
}{
	"400": {inbox.Invalid, "Invalid parameter"}, "401": {inbox.Auth, "sign in again"}, "403": {inbox.Forbidden, "standard key"},
	"404": {inbox.NotFound, "not at Twilio"}, "410": {inbox.NotFound, "not at Twilio"}, "429": {inbox.Unavailable, "asks to wait"},
	"429 bare": {inbox.Unavailable, "asks to wait"}, "500": {inbox.Unavailable, "(500)"}, "502 page": {inbox.Unavailable, "not Twilio as"},
	"503": {inbox.Unavailable, "(503)"}, "504 after": {inbox.Unavailable, "not Twilio as"}, "cut before": {inbox.Unavailable, "cannot be reached"},
	"cut after": {inbox.Unavailable, "cannot be reached"}, "half an answer": {inbox.Unavailable, "not Twilio as"}, "a page": {inbox.Unavailable, "not Twilio as"},
	"endless": {inbox.Unavailable, "not Twilio as"}, "redirect": {inbox.Unavailable, "not Twilio as"}, "slow": {inbox.Unavailable, "broken off"},
	"slow after": {inbox.Unavailable, "broken off"},
}

func TestEveryFaultSaysWhatItIs(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			want, fails := told[f.name]
			r := open(t, twilioserver.Config{})
			sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
			r.server.Fail("/2010-04-01", f.failure, -1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if strings.HasPrefix(f.name, "slow") {
				held := r.server.Hold("/2010-04-01")
				go func() { <-held.Arrived(); cancel() }()
			}
			err := r.account(func(c *whatsapp.Config) { c.Pace = patient{} }).Sync(ctx, &hasty{r.sink, cancel})
			_, _, secret := r.server.Account()
			if fails && (inbox.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says)) || err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v", inbox.CodeOf(err), err)
			}
			r.server.Heal()
			r.clock.Advance(f.after)
			if err := r.sync(); err != nil || r.sink.count() > 1 || fails && (r.sink.of(sid) == nil || r.sink.of(sid).chat.Text != "Hello") {
				t.Errorf("after it: %v, %d messages", err, r.sink.count())
			}
		})
	}
}

// patient is a pace that never has a turn.
type patient struct{ whatsapp.Pace }

func (patient) Found(string) {}

func (patient) Next(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }

// hasty ends a run as soon as it is done with a look.
type hasty struct {
	*sink
	end context.CancelFunc
}

func (h *hasty) Status(s inbox.ChannelStatus) {
	if s.State == inbox.ChannelOK {
		h.end()
	}
}

// A list that ends at any of its bytes is no list, whatever it would have said.
func TestAListThatEndsAnywhere(t *testing.T) {
	r := open(t, twilioserver.Config{})
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	whole := 0
	for n := 0; whole == 0; n++ {
		r.server.Heal()
		r.server.Fail("/2010-04-01", rest.CutAt(n), 1)
		err := r.sync()
		switch {
		case err == nil:
			whole = n
		case inbox.CodeOf(err) != inbox.Unavailable || r.sink.count() > 0:
			t.Fatalf("after %d bytes: %v, %d messages", n, err, r.sink.count())
		}
	}
	if k := r.sink.of(sid); whole < 500 || k == nil || k.times != 1 {
		t.Errorf("%d bytes are enough: %+v", whole, k)
	}
}

// tryOut is Twilio's number for trying out.
const tryOut = "+14155238886"

func TestCheck(t *testing.T) {
	demo := twilioserver.Sender{Number: ours, Name: "Acme", Webhook: "https://demo.twilio.com/welcome/sms/reply"}
	many := make([]twilioserver.Sender, 101)
	for i := range many {
		many[i].Number = fmt.Sprintf("+3120%07d", i)
	}
	many[100].Number = ours
	unseen := func(r *rig) { r.server.Fail("/v2", rest.Refused, -1) }
	for name, c := range map[string]struct {
		cfg   twilioserver.Config
		fail  func(*rig)
		own   string // the number; "": ours
		steps string // those that are OK in capitals
		code  inbox.Code
		says  string
	}{
		"all well":         {twilioserver.Config{}, nil, "", "KEY SENDER WEBHOOK", "", "by itself"},
		"demo":             {twilioserver.Config{Senders: []twilioserver.Sender{demo}}, nil, "", "KEY SENDER webhook", "", "empty the webhook"},
		"other program":    {twilioserver.Config{Senders: []twilioserver.Sender{{Number: ours, Webhook: "https://bot.example/x?secret=1"}}}, nil, "", "KEY SENDER WEBHOOK", "", "at bot.example"},
		"offline":          {twilioserver.Config{Senders: []twilioserver.Sender{{Number: ours, Offline: true}}}, nil, "", "KEY sender", inbox.Invalid, "not online"},
		"other sender":     {twilioserver.Config{Senders: []twilioserver.Sender{{Number: "+31209999999"}}}, nil, "", "KEY sender", inbox.Invalid, "It has: +31209999999."},
		"many senders":     {twilioserver.Config{Senders: many}, nil, "", "KEY SENDER WEBHOOK", "", "by itself"},
		"many, none ours":  {twilioserver.Config{Senders: many[:100], MaxPage: 30}, nil, "", "KEY sender", inbox.Invalid, "is not a WhatsApp sender"},
		"revoked":          {twilioserver.Config{}, func(r *rig) { r.server.Revoke(true) }, "", "key", inbox.Auth, "sign in again"},
		"other account":    {twilioserver.Config{}, func(r *rig) { r.server.Fail("/2010-04-01", rest.Missing, -1) }, "", "key", inbox.Invalid, "does not belong"},
		"senders unseen":   {twilioserver.Config{}, unseen, "", "KEY SENDER webhook", "", "cannot see whether"},
		"second page lost": {twilioserver.Config{Senders: many}, func(r *rig) { r.server.FailAfter("/v2", rest.Broken, 1) }, "", "KEY sender", inbox.Unavailable, "(500)"},
		"try-out":          {twilioserver.Config{}, nil, tryOut, "KEY SENDER webhook", "", "Sandbox settings"},
		"try-out, unseen":  {twilioserver.Config{}, unseen, tryOut, "KEY SENDER webhook", "", "Sandbox settings"},
		"down":             {twilioserver.Config{}, func(r *rig) { r.server.Fail("", rest.BadGateway, -1) }, "", "key", inbox.Unavailable, "not Twilio as"},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, c.cfg)
			if c.fail != nil {
				c.fail(r)
			}
			steps, err := r.account(func(a *whatsapp.Config) { a.Channel.Address = cmp.Or(c.own, ours) }).Check(t.Context())
			var names []string
			for _, s := range steps {
				if s.OK {
					s.Step = strings.ToUpper(s.Step)
				}
				names = append(names, s.Step)
			}
			if strings.Join(names, " ") != c.steps || inbox.CodeOf(err) != c.code || !strings.Contains(steps[len(steps)-1].Message, c.says) {
				t.Errorf("%+v, %v", steps, err)
			}
			if asked := r.server.Asked("POST", "/"); asked > 0 || strings.Contains(steps[len(steps)-1].Message, "secret=1") {
				t.Errorf("%d things were changed: %+v", asked, steps)
			}
		})
	}
}

func TestTemplates(t *testing.T) {
	r := open(t, twilioserver.Config{MaxPage: 2})
	a := r.account()
	if all, err := a.Templates(t.Context()); err != nil || len(all) != 0 || all == nil {
		t.Fatalf("%v, %v", all, err)
	}
	r.server.AddTemplate(twilioserver.Template{Name: "order", Language: "nl", Body: "Dag {{ name }}, bestelling {{2}} van {{name}} is er."})
	r.server.AddTemplate(twilioserver.Template{Name: "bill", Body: "See {{1}}", Type: "twilio/media", Media: []string{"https://x.example/{{2}}"}, Status: "rejected", Reason: "Too loud", Category: "MARKETING"})
	r.server.AddTemplate(twilioserver.Template{Name: "place", Type: "twilio/location"})
	r.server.AddTemplate(twilioserver.Template{Name: "wait", Body: "Hello", Type: "twilio/quick-reply", Status: "pending"})
	all, err := a.Templates(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	order, bill, wait := all[0], all[1], all[2]
	if order.Name != "order" || order.Language != "nl" || strings.Join(order.Variables, " ") != "name 2" || !order.Approved || order.State != "approved" || order.Category != "utility" {
		t.Errorf("%+v", order)
	}
	if bill.Approved || bill.State != "rejected" || bill.Reason != "Too loud" || !bill.HasMedia || strings.Join(bill.Variables, " ") != "1 2" {
		t.Errorf("%+v", bill)
	}
	if wait.Approved || wait.Variables == nil || wait.Body != "Hello" {
		t.Errorf("%+v", wait)
	}
	r.server.Fail("/v1/ContentAndApprovals", rest.WrongTypes, -1)
	if all, err := a.Templates(t.Context()); err != nil || len(all) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, f := range []rest.Failure{rest.CutJSON, rest.NotJSON, rest.Broken, rest.Endless, rest.Elsewhere} {
		r.server.Heal()
		r.server.Fail("/v1/ContentAndApprovals", f, -1)
		if _, err := a.Templates(t.Context()); inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("%v", err)
		}
	}
}

// Every kind of request that the adapter makes is held to the specification.
func TestAllRequestsWereChecked(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello", Files: picture})
	r.server.Fail("/cdn", rest.Broken, 1)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(time.Minute)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	a := r.account()
	a.Send(t.Context(), letter(chatText("x")), inbox.Permit{Until: noon.Add(1 << 40)}, yes)
	if _, err := a.Templates(t.Context()); err != nil {
		t.Fatal(err)
	}
	if checked := r.check.Checked(); r.check != nil && len(checked) != 5 {
		t.Errorf("checked only %v", checked)
	}
}
