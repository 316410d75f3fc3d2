package whatsapp_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/sandbox/twilioserver"
)

// track is a template with variables outside of its body.
var track = twilioserver.Template{
	Name: "track", Type: "whatsapp/card", Body: "Order {{1}} is on its way.", Samples: map[string]string{"1": "12", "2": "sample"},
	More: map[string]any{
		"footer": "Acme", "header_text": "Dear {{name}}", "media": []string{"https://acme.example/lamp.png"},
		"actions": []any{
			map[string]any{"type": "URL", "title": "Track your order", "url": "https://acme.example/{{2}}"},
			map[string]any{"type": "QUICK_REPLY", "title": "Thanks", "id": "thanks"},
		},
	},
}

// Twilio fills in a sample where no value comes: a person gives one for each place,
// wherever it is, and sees all that the customer gets.
func TestEveryPlaceOfATemplateIsFilledIn(t *testing.T) {
	for name, c := range map[string]struct {
		template                      twilioserver.Template
		body, extra, variables, media string
	}{
		"card": {track, "Order {{1}} is on its way.", "Dear {{name}}|Acme|Track your order|https://acme.example/{{2}}|Thanks", "1 name 2", "media"},
		"no body": {
			twilioserver.Template{Type: "twilio/card", More: map[string]any{"title": "Hello {{1}}", "subtitle": "from {{2}}", "actions": []any{map[string]any{"title": "Call", "phone": "+3120"}}}},
			"Hello {{1}}\nfrom {{2}}", "Call", "1 2", "",
		},
		"carousel": {
			twilioserver.Template{Type: "twilio/carousel", Body: "See", More: map[string]any{"cards": []any{
				map[string]any{"media": "https://acme.example/{{1}}.png", "title": "Lamp", "body": strings.Repeat("x", 400) + "{{2}}"}, map[string]any{"title": "Chair"},
			}}},
			"See", "Lamp|" + strings.Repeat("x", 400) + "{{2}}|https://acme.example/{{1}}.png|Chair", "2 1", "",
		},
		"several": {
			twilioserver.Template{Type: "twilio/quick-reply", Body: "Rich {{1}}", Others: map[string]any{"twilio/text": map[string]any{"body": "Plain {{2}}"}, "twilio/card": map[string]any{"title": "Card {{3}}"}}},
			"Rich {{1}}", "", "1", "",
		},
	} {
		r := open(t, twilioserver.Config{})
		r.server.AddTemplate(c.template)
		all, err := r.account().Templates(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %+v, %v", name, all, err)
		}
		got := all[0]
		if got.Body != c.body || strings.Join(got.Extra, "|") != c.extra || strings.Join(got.Variables, " ") != c.variables || got.HasMedia != (c.media != "") {
			t.Errorf("%s: %+v", name, got)
		}
		if c.template.Samples == nil {
			r.account().Send(t.Context(), letter(chat.Message{Text: "x", Template: &chat.Template{ID: got.ID, Variables: map[string]string{}}}), inbox.Permit{}, yes)
			r.clock.Advance(time.Minute)
			if sent := r.server.Outgoing(); sent[0].Code != 63028 {
				t.Errorf("%s without its variables: %+v", name, sent)
			}
		}
	}
}

// What Twilio lists of a card may be other words than ours. Any message that
// nobody knows may then be it; one that is known to be another's is not.
func TestATemplateThatIsListedOtherwiseMayBeThere(t *testing.T) {
	r := open(t, twilioserver.Config{})
	r.server.Receive(twilioserver.Incoming{From: eve, Body: "Hello"})
	card := track
	card.Listed = "Dear Jan\nOrder 12"
	m := chat.Message{Text: "Order 12 is on its way.", Template: &chat.Template{ID: r.server.AddTemplate(card), Variables: map[string]string{"1": "12", "2": "x", "name": "Jan"}}}
	toEve := chatText("Order 12 is on its way.")
	toEve.To.Address = eve
	a := r.account()
	a.Send(t.Context(), letter(toEve), inbox.Permit{}, yes)
	find := func(m chat.Message, queued time.Time, taken ...string) inbox.Found {
		return r.find(a, m, queued, taken...)
	}
	if f := find(m, noon); f.There || f.Unsure {
		t.Errorf("to nobody: %+v", f)
	}
	sent := a.Send(t.Context(), letter(m), inbox.Permit{}, yes).ProviderID
	if f := find(m, noon); f.There || !f.Unsure {
		t.Errorf("in other words: %+v", f)
	}
	if f := find(m, noon, sent); f.There || f.Unsure {
		t.Errorf("known to be another: %+v", f)
	}
	if f := find(m, noon.Add(time.Hour)); f.There || f.Unsure {
		t.Errorf("long before: %+v", f)
	}
	if f := find(chatText("Order 12"), noon); f.There || f.Unsure {
		t.Errorf("of a text the words are known: %+v", f)
	}
}
