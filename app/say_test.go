package app

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A field that has a sentence of ours says so, or it stays English.
func TestSentencesAreTagged(t *testing.T) {
	seen, sentences := map[reflect.Type]bool{}, 0
	var look func(reflect.Type)
	look = func(of reflect.Type) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			field := of.Field(i)
			if slices.Contains([]string{"Reason", "Warnings", "SetAside", "Message", "Alarms", "Meaning", "Todo"}, field.Name) && field.Type.Kind() != reflect.Int {
				sentences++
				if field.Type.Kind() != reflect.Struct && field.Tag.Get("words") != "own" {
					t.Errorf(`%s.%s is for a person: tag it words:"own"`, of, field.Name)
				}
			}
			look(field.Type)
		}
	}
	for _, service := range (&App{}).Services() {
		for i := range reflect.TypeOf(service).NumMethod() {
			method := reflect.TypeOf(service).Method(i).Type
			for n := range method.NumOut() {
				look(method.Out(n))
			}
		}
	}
	look(reflect.TypeFor[Notification]())
	if sentences < 8 {
		t.Errorf("only %d fields with sentences were found", sentences)
	}
}

// Where the machine says no language, the program speaks the one that the page
// was opened in, as the page does: nobody reads half of each.
func TestTheProgramSpeaksAsTheBrowser(t *testing.T) {
	for _, c := range []struct{ system, browser, want string }{{"", "nl-NL,nl;q=0.9", "nl"}, {"en", "nl-NL", "en"}, {"", "fr", ""}} {
		r := startRig(t, Options{Sandbox: true, Quiet: true, Language: c.system})
		r.request(http.MethodGet, "/", func(request *http.Request) {
			r.bearer(request)
			request.Header.Set("Accept-Language", c.browser)
		})
		if got := call[Preferences](r, "Settings.Get").SystemLanguage; got != c.want {
			t.Errorf("system %q, browser %q: %q", c.system, c.browser, got)
		}
		if got, dutch := r.refused("not_found", "No.Call").Message, `Er is geen aanroep "No.Call".`; (got == dutch) != (c.want == "nl") {
			t.Errorf("system %q, browser %q: %q", c.system, c.browser, got)
		}
	}
}

// The program speaks the language of settings, else the system's; codes and
// what people wrote stay.
func TestTheProgramSpeaksDutch(t *testing.T) {
	r := startRig(t, Options{Sandbox: true, Quiet: true, Language: "nl"})
	const dutch, english = "Het wachtwoord ontbreekt.", "The password is missing."
	request := ConnectEmailRequest{Address: "x@example.com", IMAP: Server{"localhost", 1, "none", ""}, SMTP: Server{"localhost", 1, "none", ""}}
	missing := func() string { return r.refused("invalid", "Channels.ConnectEmail", request).Message }
	if got := missing(); got != dutch {
		t.Errorf("the system's language: %q", got)
	}
	if got := r.refused("not_found", "No.Call").Message; got != `Er is geen aanroep "No.Call".` {
		t.Error(got)
	}
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	call[*nothing](r, "Sandbox.Offline", true)
	offline := until(r, l, "offline", func() (Status, bool) {
		s := call[Status](r, "Settings.Status")
		return s, s.Channels[0].State == "offline"
	})
	if got := offline.Channels[0].Reason; !strings.Contains(got, "de IMAP-server 127.0.0.1 (poort ") {
		t.Errorf("a channel's reason: %q", got)
	}
	if got := call[Conversation](r, "Inbox.Open", c.ID, OpenQuery{}).Composer.Reason; got != "Je bent offline: wat je verstuurt gaat weg zodra de mailbox weer bereikbaar is." {
		t.Errorf("the composer: %q", got)
	}
	note := call[string](r, "Inbox.AddNote", c.ID, english)
	if got := call[Conversation](r, "Inbox.Open", c.ID, OpenQuery{}).Notes; got[len(got)-1].ID != note || got[len(got)-1].Text != english {
		t.Errorf("what a person wrote: %+v", got)
	}
	call[*nothing](r, "Settings.Save", map[string]any{"language": "en"})
	if got := missing(); got != english {
		t.Errorf("the language of settings: %q", got)
	}
	call[*nothing](r, "Settings.Save", map[string]any{"language": ""})
	if got := missing(); got != dutch {
		t.Errorf("the system's language again: %q", got)
	}
	r.token = "wrong"
	if got := r.refused("auth", "Settings.Get").Message; got != "Het token ontbreekt of is van een eerdere start. Open het adres dat Postvak bij het starten gaf." {
		t.Error(got)
	}
}

// Lists belong to who gave them.
func TestSayLeavesTheSourceAlone(t *testing.T) {
	warnings := []string{"This message could not be read.", "what a server said"}
	m := Message{Warnings: warnings, Text: warnings[0], Quoted: warnings[0]}
	list := []Message{m}
	sayIn("nl", reflect.ValueOf(&list).Elem(), false)
	if list[0].Warnings[0] != "Dit bericht kon niet worden gelezen." || list[0].Warnings[1] != warnings[1] || list[0].Text != m.Text {
		t.Errorf("said %+v", list[0])
	}
	if warnings[0] != "This message could not be read." {
		t.Error("the source's own list was changed")
	}
}
