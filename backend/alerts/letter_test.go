package alerts_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"postvak/app/words"
	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// speaking is a team of one that speaks a language, with the program's own
// words.
func speaking(t *testing.T, language string) *world {
	w := newWorld(t)
	w.member("ann")
	w.members[0].Settings.Language = language
	d := w.desk("ann-1", "ann")
	d.alerts = alerts.New(alerts.Config{Team: d, Store: d.cache, Post: d, Clock: w, Words: words.In})
	return w
}

// alert gives the one e-mail about some events.
func (w *world) alert(events ...inbox.NotificationEvent) letter {
	w.t.Helper()
	w.events = append(w.events, events...)
	w.run(3*time.Minute, 5*time.Second)
	if len(w.mail) != 1 {
		w.t.Fatalf("%d e-mails", len(w.mail))
	}
	return w.mail[0]
}

func TestAnAlertInDutch(t *testing.T) {
	w := speaking(t, "nl")
	assigned := w.message("d1", "k1")
	assigned.Assignment, assigned.By, assigned.Assignee = true, "ben", "ann"
	l := w.alert(w.message("e1", "k1"), assigned)
	for _, want := range []string{
		"Bob schreef in Sales:\n\n    Bread\n\n    Two loaves, please.\n", "ben heeft het gesprek met Bob aan jou toegewezen.",
		"Open het gesprek in Postvak:\npostvak://conversation/k1-on-ann-1\n", "met de bel in Postvak zet je ze uit.",
	} {
		if !strings.Contains(l.mime.Text, want) {
			t.Errorf("%q is not in\n%s", want, l.mime.Text)
		}
	}
	if l.mime.Subject != "ben heeft een gesprek aan jou toegewezen" {
		t.Error(l.mime.Subject)
	}
	for _, want := range []string{`lang="nl"`, `content="light dark"`, "Bob schreef in Sales:", `<a href="postvak://conversation/k1-on-ann-1" style=`, "postvak://conversation/k1-on-ann-1</p>"} {
		if !strings.Contains(l.mime.HTML, want) {
			t.Errorf("%q is not in\n%s", want, l.mime.HTML)
		}
	}
}

func TestAnAlertInEnglish(t *testing.T) {
	w := speaking(t, "")
	l := w.alert(w.message("e1", "k1"))
	if l.mime.Subject != "New message from Bob · Sales" || !strings.Contains(l.mime.HTML, `lang="en"`) {
		t.Errorf("%s\n%s", l.mime.Subject, l.mime.HTML)
	}
}

// What strangers wrote stays text, in the HTML and in every header.
func TestAnAlertAboutHostileMail(t *testing.T) {
	w := speaking(t, "en")
	e := w.message("e1", "k1/\"><script>")
	e.From = inbox.Address{Name: "<b>Bob</b>\r\nBcc: all@victim.example\x00", Address: "b\xffob@x"}
	e.Subject = "</title><script>alert(1)</script>\nX-Evil: 1\u2028"
	e.Preview = "<img src=x onerror=alert(1)> & \"quotes\"\n\x1b[31m" + strings.Repeat("ü", 5000)
	l := w.alert(e)
	for _, never := range []string{"<script", "<img", "<b>"} {
		if strings.Contains(l.mime.HTML, never) {
			t.Errorf("%q came through:\n%s", never, l.mime.HTML)
		}
	}
	if !strings.Contains(l.mime.HTML, "&lt;img src=x onerror=alert(1)&gt;") {
		t.Errorf("the text is not there:\n%s", l.mime.HTML)
	}
	head, _, _ := strings.Cut(string(l.raw), "\r\n\r\n")
	for _, never := range []string{"\r\nBcc:", "\r\nX-Evil:"} {
		if strings.Contains(head, never) {
			t.Errorf("a header of a stranger's: %s", head)
		}
	}
	if n := strings.Count(l.mime.Text, "ü"); n == 0 || n > 500 {
		t.Errorf("%d letters of the text", n)
	}
	if len(l.mime.To) != 1 || len(l.mime.Warnings) != 0 {
		t.Errorf("to %v, %v", l.mime.To, l.mime.Warnings)
	}
}

func TestManyMessagesInOneAlert(t *testing.T) {
	w := speaking(t, "en")
	var many []inbox.NotificationEvent
	for i := range 300 {
		e := w.message("e"+string(rune('a'+i%26))+strings.Repeat("x", i), "k1")
		e.At = e.At.Add(time.Duration(i) * time.Millisecond)
		many = append(many, e)
	}
	l := w.alert(many...)
	if n := strings.Count(l.mime.Text, "Bob wrote in"); n != 20 {
		t.Errorf("it tells of %d", n)
	}
	for _, e := range many {
		if got := w.desks["ann-1"].outcome(e, "ann"); got != "sent/" {
			t.Fatalf("%s: %s", e.ID, got)
		}
	}
}

// Each of an alert's sentences is there in Dutch.
func TestEverySentenceHasDutch(t *testing.T) {
	raw, err := os.ReadFile("../../app/words/nl.json")
	if err != nil {
		t.Fatal(err)
	}
	dutch := map[string]string{}
	if err := json.Unmarshal(raw, &dutch); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"%s assigned a conversation to you", "New message from %s · %s", "A teammate", "%s wrote in %s:",
		"%s assigned the conversation with %s to you.", "Open the conversation in Postvak:", "Postvak: test of e-mail notifications",
	} {
		if dutch[s] == "" {
			t.Errorf("%q has no Dutch", s)
		}
	}
}

func TestATrial(t *testing.T) {
	w := speaking(t, "en")
	d := w.desks["ann-1"]
	to := inbox.Address{Address: "ann@elsewhere.example"}
	if err := d.alerts.Test(context.Background(), to, "nl"); err != nil {
		t.Fatal(err)
	}
	l := w.mail[0]
	if l.mime.Subject != "Postvak: test van e-mailmeldingen" || !strings.Contains(l.mime.Text, "bereiken je") ||
		l.mime.To[0] != to || l.mime.Nature != inbox.NatureAlert || !alerts.Ours("log-1", l.mime.MessageID) {
		t.Errorf("%+v", l.mime)
	}
	if len(w.log) != 0 || len(d.cache.rows) != 0 {
		t.Error("a trial is no event")
	}
	for _, c := range []struct {
		answer inbox.SendResult
		want   string
	}{
		{inbox.SendResult{Outcome: inbox.Later, Reason: "No connection."}, "The test e-mail was not sent: No connection."},
		{inbox.SendResult{Outcome: inbox.Refused, Reason: "No."}, "The test e-mail was not sent: No."},
		{inbox.SendResult{Outcome: inbox.Unknown, Reason: "Lost."}, "The mail server's answer to the test e-mail was not heard; it may have gone. Lost."},
	} {
		w.answer = func(*desk, letter, func() error) inbox.SendResult { return c.answer }
		if err := d.alerts.Test(context.Background(), to, "en"); err == nil || err.Error() != c.want || inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("%v, not %q", err, c.want)
		}
	}
	if err := d.alerts.Test(context.Background(), inbox.Address{Address: "nobody"}, "en"); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("to nobody: %v", err)
	}
	d.noPost = true
	if err := d.alerts.Test(context.Background(), to, "en"); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("without a server: %v", err)
	}
}
