package whatsapp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/rest"
	"postvak/backend/sandbox/twilioserver"
	"postvak/backend/whatsapp"
)

func TestTheFirstLookReadsBackToWhereWorkBegins(t *testing.T) {
	r := open(t, twilioserver.Config{MaxPage: 4})
	var sids []string
	for i := range 23 {
		sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: fmt.Sprint("mail ", i), At: noon.Add(-time.Duration(i) * 26 * time.Hour)}))
	}
	old := r.server.Receive(twilioserver.Incoming{From: jan, Body: "old", At: noon.AddDate(0, 0, -31)})
	strange := r.server.Receive(twilioserver.Incoming{From: jan, To: "+31209999999", Body: "for others"})
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	for i, sid := range sids {
		k := r.sink.of(sid)
		if k == nil || k.chat.Text != fmt.Sprint("mail ", i) || k.chat.From.Address != jan || k.chat.Direction != inbox.In || !k.chat.At.Equal(noon.Add(-time.Duration(i)*26*time.Hour)) || k.live {
			t.Fatalf("message %d: %+v", i, k)
		}
	}
	if r.sink.of(old) != nil || r.sink.of(strange) != nil || r.sink.count() != len(sids) {
		t.Errorf("%d messages are there", r.sink.count())
	}
}

// A page of the past that Twilio does not know any more is no end: the list is
// read from its top again.
func TestAPlaceThatIsForgotten(t *testing.T) {
	for name, failure := range map[string]rest.Failure{"invalid": rest.BadRequest, "not there": rest.Missing, "gone": rest.Gone} {
		t.Run(name, func(t *testing.T) {
			r := open(t, twilioserver.Config{MaxPage: 4})
			var sids []string
			for i := range 23 {
				sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: fmt.Sprint(i), At: noon.Add(-time.Duration(i) * time.Hour)}))
			}
			r.sink.fails = 5
			if err := r.sync(); !errors.Is(err, errDisk) {
				t.Fatal(err)
			}
			if n := r.sink.count(); n == 0 || n == len(sids) {
				t.Fatalf("%d messages are there", n)
			}
			r.server.Fail("GET /2010-04-01", failure, 1)
			if err := r.sync(); err != nil {
				t.Fatal(err)
			}
			r.has(sids)
		})
	}
}

func TestANewMessageComesOnceAndIsHintedAt(t *testing.T) {
	r := open(t, twilioserver.Config{})
	g := r.start()
	g.poll()
	sid := r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	for range 3 {
		r.clock.Advance(15 * time.Second)
		g.poll()
	}
	k := r.sink.of(sid)
	if k == nil || k.chat.Text != "Hello" || k.times != 1 || !k.live {
		t.Fatalf("%+v", k)
	}
	if len(g.found) != 1 || <-g.found != sid {
		t.Errorf("found %d things", len(g.found)+1)
	}
	if k.state != "" {
		t.Errorf("it is %s", k.state)
	}
}

func TestAMessageOfAKindThatPollingCannotSee(t *testing.T) {
	r := open(t, twilioserver.Config{})
	sid := r.server.Receive(twilioserver.Incoming{From: jan})
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	if k := r.sink.of(sid); k == nil || len(k.chat.Warnings) != 1 || !strings.Contains(k.chat.Warnings[0], "cannot be shown") {
		t.Errorf("%+v", k)
	}
}

// Twilio may list a message later than those that came after it.
func TestALateMessageIsFound(t *testing.T) {
	r := open(t, twilioserver.Config{})
	g := r.start()
	soon := r.server.Receive(twilioserver.Incoming{From: jan, Body: "late", Listed: noon.Add(time.Minute)})
	late := r.server.Receive(twilioserver.Incoming{From: eve, Body: "very late", Listed: noon.Add(50 * time.Minute)})
	for i := range 150 { // more than a page after it
		r.server.Receive(twilioserver.Incoming{From: eve, Body: fmt.Sprint("on time ", i), At: noon.Add(time.Duration(i+1) * time.Second)})
	}
	r.clock.Advance(10 * time.Minute)
	g.poll()
	if r.sink.of(soon) == nil || r.sink.of(late) != nil {
		t.Fatal("the late message, or a very late one")
	}
	r.clock.Advance(40 * time.Minute)
	g.poll()
	r.clock.Advance(15 * time.Minute)
	g.poll()
	if r.sink.of(late) == nil || r.sink.count() != 152 {
		t.Errorf("%d messages; the very late one: %v", r.sink.count(), r.sink.of(late))
	}
}

// Whoever was away reads everything since, and not only to the first page that
// is known: the computer slept, the program was off, a poll broke off half-way.
func TestNothingIsMissedAfterAPause(t *testing.T) {
	days := func(r *rig, from, to int) (sids []string) {
		for d := from; d < to; d++ {
			for i := range 40 {
				sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: fmt.Sprint(d, " ", i), At: noon.AddDate(0, 0, d).Add(time.Duration(i) * time.Minute)}))
			}
		}
		return sids
	}
	t.Run("asleep", func(t *testing.T) {
		r := open(t, twilioserver.Config{MaxPage: 30})
		g := r.start()
		all := days(r, 0, 5)
		r.clock.Advance(5 * 24 * time.Hour)
		g.poll()
		r.has(all)
	})
	t.Run("off", func(t *testing.T) {
		r := open(t, twilioserver.Config{MaxPage: 30})
		r.start().stop()
		all := days(r, 0, 5)
		r.clock.Advance(5 * 24 * time.Hour)
		r.start()
		r.has(all)
	})
	t.Run("broken off", func(t *testing.T) {
		r := open(t, twilioserver.Config{MaxPage: 30})
		g := r.start()
		all := days(r, 0, 2)
		r.clock.Advance(2 * 24 * time.Hour)
		r.sink.mu.Lock()
		r.sink.fails = 2
		r.sink.mu.Unlock()
		g.turn <- struct{}{}
		select {
		case err := <-g.done:
			if g.done <- err; !errors.Is(err, errDisk) {
				t.Fatal(err)
			}
		case <-r.sink.looked:
			t.Fatal("it came to its end")
		}
		r.start()
		r.has(all)
	})
}

func (r *rig) has(sids []string) {
	r.t.Helper()
	missed := 0
	for _, sid := range sids {
		if r.sink.of(sid) == nil {
			missed++
		}
	}
	if missed > 0 || r.sink.count() != len(sids) {
		r.t.Errorf("%d of %d messages are missing, %d are there", missed, len(sids), r.sink.count())
	}
}

// The largest page of the longest messages is read as any other.
func TestALongPageOfLongMessages(t *testing.T) {
	r := open(t, twilioserver.Config{})
	var sids []string
	for i := range 1000 {
		sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: strings.Repeat("👩", 1600), At: noon.Add(-time.Duration(i) * time.Minute)}))
	}
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	r.has(sids)
}

// However often it is cut, at each request and at each batch, nothing is missed
// and nothing doubled.
func TestItGoesOnAfterACutAtEveryStep(t *testing.T) {
	fill := func(r *rig) (sids []string) {
		for i := range 14 {
			var files []twilioserver.File
			if i%5 == 0 {
				files = []twilioserver.File{{Type: "image/png", Data: []byte{byte(i), 1, 2}}}
			}
			sids = append(sids, r.server.Receive(twilioserver.Incoming{From: jan, Body: fmt.Sprint(i), Files: files, At: noon.Add(-time.Duration(i) * 20 * time.Hour)}))
		}
		return sids
	}
	whole := func(t *testing.T, r *rig, sids []string) {
		t.Helper()
		r.has(sids)
		for i, sid := range sids {
			k := r.sink.of(sid)
			if i%5 == 0 && (k == nil || len(k.chat.Attachments) != 1 || k.chat.Attachments[0].Missing != "") {
				t.Errorf("message %d: %+v", i, k)
			}
		}
	}
	t.Run("requests", func(t *testing.T) {
		for n := 1; ; n++ {
			r := open(t, twilioserver.Config{MaxPage: 3})
			sids := fill(r)
			r.server.FailAfter("", rest.CutBefore, n-1)
			err := r.sync()
			r.server.Heal()
			if err == nil && r.server.Asked("GET", "/") < n {
				if n < 10 {
					t.Errorf("only %d requests", n)
				}
				return
			}
			r.clock.Advance(time.Minute)
			if err := r.sync(); err != nil {
				t.Fatalf("after a cut of request %d: %v", n, err)
			}
			whole(t, r, sids)
			_ = r.server.Close()
		}
	})
	t.Run("batches", func(t *testing.T) {
		for n := 0; ; n++ {
			r := open(t, twilioserver.Config{MaxPage: 3})
			sids := fill(r)
			r.sink.fails = n
			if err := r.sync(); err == nil {
				if n < 8 {
					t.Errorf("only %d batches", n)
				}
				return
			}
			if err := r.sync(); err != nil {
				t.Fatalf("after batch %d: %v", n, err)
			}
			whole(t, r, sids)
			_ = r.server.Close()
		}
	})
}

func TestStatesNeverGoBack(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Receive(twilioserver.Incoming{From: jan, Body: "Hello"})
	res := r.account().Send(t.Context(), letter(chatText("Hello to you")), inbox.Permit{}, yes)
	if res.Outcome != inbox.Accepted {
		t.Fatalf("%+v", res)
	}
	g := r.start() // another desktop
	states := []inbox.State{r.sink.of(res.ProviderID).state}
	for range 4 {
		r.clock.Advance(8 * time.Second)
		g.poll()
		states = append(states, r.sink.of(res.ProviderID).state)
	}
	if fmt.Sprint(states) != "[sending delivered delivered read read]" {
		t.Errorf("%v", states)
	}
	r.server.SetState(res.ProviderID, "sent", 0) // an answer that was late
	g.poll()
	if got := r.sink.of(res.ProviderID); got.state != inbox.StateRead || got.chat.Direction != inbox.Out || got.chat.Text != "Hello to you" {
		t.Errorf("%+v", got)
	}
}

// What fails later is said in words, with the code for "Details".
func TestWhyAMessageFailed(t *testing.T) {
	r := open(t, twilioserver.Config{})
	outside := r.account().Send(t.Context(), letter(chatText("Hello?")), inbox.Permit{}, yes)
	r.server.Refuse(eve, 63003)
	r.server.Receive(twilioserver.Incoming{From: eve, Body: "Hello"})
	m := chatText("Hello")
	m.To.Address = eve
	gone := r.account().Send(t.Context(), letter(m), inbox.Permit{}, yes)
	r.clock.Advance(time.Minute)
	if err := r.sync(); err != nil {
		t.Fatal(err)
	}
	for sid, want := range map[string]string{outside.ProviderID: "template", gone.ProviderID: "does not use WhatsApp"} {
		k := r.sink.of(sid)
		if k == nil || k.state != inbox.StateFailed || !strings.Contains(k.why.Reason, want) || !strings.HasPrefix(k.why.Detail, "Twilio 63") {
			t.Errorf("%+v", k)
		}
	}
}

// A desktop on which nothing was configured has words for it, not a crash.
func TestSettingsThatCannotBeRight(t *testing.T) {
	good := whatsapp.Config{Channel: inbox.Channel{Address: ours, WhatsApp: inbox.WhatsAppSettings{AccountSID: "AC" + strings.Repeat("1", 32), APIKey: "SK" + strings.Repeat("a", 32)}}}
	if _, err := whatsapp.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*inbox.Channel){
		"sid":     func(c *inbox.Channel) { c.WhatsApp.AccountSID = "AC1/../x" },
		"key":     func(c *inbox.Channel) { c.WhatsApp.APIKey = "secret" },
		"number":  func(c *inbox.Channel) { c.Address = "0612345678" },
		"plain":   func(c *inbox.Channel) { c.WhatsApp.BaseURL = "http://twilio.example" },
		"address": func(c *inbox.Channel) { c.WhatsApp.BaseURL = "twilio" },
	} {
		bad := good
		change(&bad.Channel)
		if _, err := whatsapp.New(bad); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
