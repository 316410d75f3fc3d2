package teamlog_test

import (
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func (w *world) name(author inbox.MemberID, name, was string) teamlog.Reason {
	return w.decide(author, &teamlog.ContactName{Conversation: thread, Name: name, Was: was})
}

func TestAContactIsNamedByWhoSawWhatItWas(t *testing.T) {
	w := newWorld(t)
	w.name("ann", "Els de Boer", "")
	if line := w.lastLine(); line.Kind != "contact.name" || line.Title != "Els de Boer" || line.Author != "ann" || line.Void != "" {
		t.Errorf("%+v", line)
	}
	w.name("ben", "Elze", "")
	line := w.lastLine()
	if w.state().ContactName != "Els de Boer" || line.Void != teamlog.FirstWins || line.First != "ann" || line.Standing != "Els de Boer" || line.Title != "Elze" {
		t.Errorf("R7: ben should read that ann named them first: %q, %+v", w.state().ContactName, line)
	}
	w.name("ben", "Elze", "Els de Boer")
	w.name("ann", "Els de Boer", "Elze") // undone
	if got := w.state().ContactName; got != "Els de Boer" {
		t.Errorf("named back it is %q", got)
	}
	lines := len(w.state().Activity)
	w.name("ben", "Els de Boer", "")
	if state := w.state(); len(state.Activity) != lines || state.ContactName != "Els de Boer" {
		t.Errorf("giving the same name says something: %+v", state.Activity)
	}
	w.name("ben", "", "Els de Boer")
	if got := w.state().ContactName; got != "" {
		t.Errorf("the name was taken away, and it is %q", got)
	}
}

func TestR12ADeleteTakesTheContactsName(t *testing.T) {
	w := newWorld(t)
	w.name("ben", "Els", "")
	before := uint64(len(w.decisions))
	w.must("ann", &teamlog.Delete{Conversation: thread, Covers: []inbox.Key{thread}})
	w.arrives("c1:again", noon.Add(time.Hour))
	w.decideAfter("ben", before, &teamlog.ContactName{Conversation: thread, Name: "Elze", Was: "Els"})
	if got := w.state().ContactName; got != "" || w.lastLine().Void != teamlog.DeletedSince {
		t.Errorf("after a delete it is called %q", got)
	}
	w.name("ben", "Elze", "")
	w.decisions = teamlog.Compact(of([]inbox.Key{thread}, w.decisions))
	if got := w.state().ContactName; got != "Elze" || len(w.decisions) != 3 {
		t.Errorf("compacted to %d decisions it is called %q", len(w.decisions), got)
	}
}

func TestImproperNamesOfContactsAreNoEvents(t *testing.T) {
	for _, name := range []string{strings.Repeat("e", teamlog.MaxContactName+1), " Els", "Els\n", "E\x00ls", "\xff"} {
		if (&teamlog.ContactName{Conversation: thread, Name: name}).Validate() == nil {
			t.Errorf("%q is a name", name)
		}
		if (&teamlog.ContactName{Conversation: thread, Was: name}).Validate() == nil {
			t.Errorf("%q was a name", name)
		}
	}
	// What people count is characters.
	if err := (&teamlog.ContactName{Conversation: thread, Name: strings.Repeat("é", teamlog.MaxContactName)}).Validate(); err != nil {
		t.Error(err)
	}
	if (&teamlog.ContactName{Conversation: thread, Name: strings.Repeat("é", teamlog.MaxContactName+1)}).Validate() == nil {
		t.Error("a name of one character too many is a name")
	}
	if err := (&teamlog.ContactName{Name: "Els"}).Validate(); err == nil {
		t.Error("no conversation is needed")
	}
}

func TestChatChannelsSayHowTheirProviderIsReached(t *testing.T) {
	w := newWorld(t)
	twilio := inbox.WhatsAppSettings{AccountSID: "AC1", APIKey: "SK1"}
	w.must("ann", &teamlog.ChannelAdd{ID: "w", Channel: inbox.WhatsApp, Address: "+31201234567", Shared: true, Connected: noon, WhatsApp: twilio})
	w.must("ann", &teamlog.ChannelAdd{ID: "m", Channel: inbox.Messenger, Address: "17", Shared: true, Connected: noon})
	if c, _ := w.team.Channel("w"); c.WhatsApp != twilio || c.Kind != inbox.WhatsApp {
		t.Errorf("%+v", c)
	}
	twilio.APIKey = "SK2"
	if void := w.decide("ben", &teamlog.ChannelUpdate{ID: "w", WhatsApp: &twilio}); void != teamlog.NotAdmin {
		t.Errorf("R30: changed by a member: %q", void)
	}
	w.must("ann", &teamlog.ChannelUpdate{ID: "w", WhatsApp: &twilio})
	w.must("ann", &teamlog.ChannelUpdate{ID: "m", Messenger: &inbox.MessengerSettings{HumanAgent: true}})
	whatsapp, _ := w.team.Channel("w")
	messenger, _ := w.team.Channel("m")
	if whatsapp.WhatsApp.APIKey != "SK2" || !messenger.Messenger.HumanAgent || whatsapp.Name != "" {
		t.Errorf("%+v %+v", whatsapp, messenger)
	}
}

// Whoever writes an event must not be able to have every desktop send the
// channel's secret somewhere.
func TestAnotherProviderIsOnThisComputerOnly(t *testing.T) {
	for base, fine := range map[string]bool{
		"": true, "http://127.0.0.1:8080": true, "http://localhost:1/x": true, "https://[::1]:9": true,
		"http://example.com": false, "https://127.0.0.1.example.com": false, "http://user@127.0.0.1": false, "//127.0.0.1": false,
		"file:///etc/passwd": false, "http://127.0.0.1/" + strings.Repeat("x", 500): false, "http://0.0.0.0": false, "\x7f": false,
	} {
		w, m := inbox.WhatsAppSettings{BaseURL: base}, inbox.MessengerSettings{BaseURL: base}
		for _, event := range []teamlog.Event{
			&teamlog.ChannelAdd{ID: "w", Channel: inbox.WhatsApp, Address: "x", Connected: noon, WhatsApp: w},
			&teamlog.ChannelAdd{ID: "m", Channel: inbox.Messenger, Address: "x", Connected: noon, Messenger: m},
			&teamlog.ChannelUpdate{ID: "w", WhatsApp: &w}, &teamlog.ChannelUpdate{ID: "m", Messenger: &m},
		} {
			if err := event.Validate(); (err == nil) != fine {
				t.Errorf("%s to %q: %v", event.Kind(), base, err)
			}
		}
	}
	for _, w := range []inbox.WhatsAppSettings{{AccountSID: strings.Repeat("A", 201)}, {APIKey: "S K"}, {APIKey: "é"}} {
		if (&teamlog.ChannelUpdate{ID: "w", WhatsApp: &w}).Validate() == nil {
			t.Errorf("%+v is taken", w)
		}
	}
}

// A state that rules before those of chat channels made has them in halves.
func TestAnOlderStateWithChatChannelsIsNotRestored(t *testing.T) {
	_, ann, _ := pair()
	for _, c := range []struct {
		kind inbox.ChannelKind
		want bool
	}{{inbox.Email, true}, {inbox.WhatsApp, false}} {
		_, d, _ := pair()
		d.decide(&teamlog.ChannelAdd{ID: "c9", Channel: c.kind, Address: "x", Connected: noon})
		d.o.deliver(d)
		older := strings.Replace(string(d.replay.State()), `{"v":4,`, `{"v":2,`, 1)
		if _, err := teamlog.Restore([]byte(older), ann.replay.Cursor); (err == nil) != c.want {
			t.Errorf("%s: %v", c.kind, err)
		}
		if _, err := teamlog.Restore(d.replay.State(), ann.replay.Cursor); err != nil {
			t.Error(err)
		}
	}
}
