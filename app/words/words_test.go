package words

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func table(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := json.Unmarshal(dutchText, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever a person may read is there in Dutch, and nothing is there that
// nobody says any more.
func TestEverySentenceIsThere(t *testing.T) {
	said, all := readSources(t), table(t)
	for text, where := range said.spoken {
		if all[text] == "" {
			t.Errorf("%s says %q: nl.json has no Dutch for it", where, text)
		}
	}
	for text := range all {
		if !said.all[text] {
			t.Errorf("nobody says %q any more: take it out of nl.json", text)
		}
	}
	for _, where := range said.broken {
		t.Errorf("%s: write this sentence as one format, so that it can be said in Dutch too", where)
	}
}

// verbsOf gives what a format's parts are, in the order of the arguments.
func verbsOf(format string) []string {
	var all []string
	for i, m := range verb.FindAllStringSubmatch(format, -1) {
		number := fmt.Sprint(i + 1)
		if m[1] != "" {
			number = m[1]
		}
		all = append(all, number+m[2])
	}
	slices.Sort(all)
	return all
}

func TestVerbsAgree(t *testing.T) {
	for from, to := range table(t) {
		if !slices.Equal(verbsOf(from), verbsOf(to)) {
			t.Errorf("%q has %v, %q has %v", from, verbsOf(from), to, verbsOf(to))
		}
		if left := verb.ReplaceAllString(from+to, ""); strings.Contains(left, "%") {
			t.Errorf("%q: a verb that this package does not know", from)
		}
		for _, edge := range []func(string) bool{
			func(s string) bool { return strings.HasPrefix(s, " ") },
			func(s string) bool { return strings.HasSuffix(s, ".") },
			func(s string) bool { return strings.HasSuffix(s, "%s") },
		} {
			if edge(from) != edge(to) {
				t.Errorf("%q and %q begin or end differently", from, to)
			}
		}
	}
}

// Every format, filled in as a producer would, comes back in Dutch with its
// parts in their places: no other format takes it first.
func TestEveryFormatIsRecognised(t *testing.T) {
	for from, to := range table(t) {
		parts := []string{"één", "twee", "drie", "vier"}
		if got, want := In(Dutch, filled(from, parts)), filled(to, parts); got != want {
			t.Errorf("%q\n gives %q\n   not %q", from, got, want)
		}
	}
}

func filled(format string, words []string) string {
	n := 0
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		m := verb.FindStringSubmatch(v)
		at := n
		if m[1] != "" {
			at = int(m[1][0] - '1')
		}
		n++
		switch m[2] {
		case "d":
			return fmt.Sprint(at + 7)
		case "q":
			return fmt.Sprintf("%q", words[at]+` "%s" `)
		}
		return words[at]
	})
}

func TestIn(t *testing.T) {
	for _, c := range []struct{ language, english, want string }{
		{"nl", "The password is missing.", "Het wachtwoord ontbreekt."},
		{"en", "The password is missing.", "The password is missing."},
		{"", "The password is missing.", "The password is missing."},
		{"nl", "", ""},
		{"nl", "550 5.1.1 no such user", "550 5.1.1 no such user"},
		{"nl", "Somebody assigned this to Ann (sales) first. Assign again if that should change.",
			"Iemand wees dit eerder toe aan Ann (sales). Wijs het opnieuw toe als dat anders moet."},
		{"nl", "Bram: The password is missing. unassigned this first.", "Bram: The password is missing. hief de toewijzing eerder op."},
		{"nl", `"The password is missing." is not a mail address.`, `"The password is missing." is geen e-mailadres.`},
		{"nl", "Postvak cannot listen on 127.0.0.1:80. Choose another port with --listen. (listen tcp (80))",
			"Postvak kan niet luisteren op 127.0.0.1:80. Kies een andere poort met --listen. (listen tcp (80))"},
		{"nl", "The IMAP server mail.example.nl (port 993) refused. It said: “no\n(really)”",
			"De IMAP-server mail.example.nl (poort 993) weigerde. Het antwoord was: “no\n(really)”"},
		{"nl", "The IMAP server a (port 1) refused.", "De IMAP-server a (poort 1) weigerde."},
		{"nl", "It was sent. Its copy is not in the Sent folder yet: The IMAP server a (port 1) is busy or closed for the moment. It is tried again later. It said: “[LIMIT] (x)” (imap: busy)",
			"Het is verstuurd. De kopie staat nog niet in de map Verzonden: De IMAP-server a (poort 1) is even bezet of gesloten. Later volgt een nieuwe poging. Het antwoord was: “[LIMIT] (x)” (imap: busy)"},
		{"nl", "The mail server refused the message: “it has 900 kB, the server takes 5 kB”",
			"De mailserver weigerde het bericht: “het is 900 kB, de server neemt 5 kB aan”"},
		{"nl", "The certificate of the IMAP server a (port 1) was made for another name, not for a. Use the server's other name. Somebody may be in between; do not go on unless your administrator can explain it.",
			"Het certificaat van de IMAP-server a (poort 1) is gemaakt voor een andere naam, niet voor a. Gebruik de andere naam van de server. Misschien zit er iemand tussen; ga niet verder, tenzij je beheerder het kan verklaren."},
	} {
		if got := In(c.language, c.english); got != c.want {
			t.Errorf("%s: %q\n gives %q\n   not %q", c.language, c.english, got, c.want)
		}
	}
}

func TestPartsMayChangePlaces(t *testing.T) {
	d := newDictionary([]byte(`{"%s wrote %q to %s.":"Aan %[3]s schreef %[1]s %[2]q.","you":"jou"}`))
	if got := d.say(`Ann wrote "hi" to you.`, 1); got != `Aan jou schreef Ann "hi".` {
		t.Error(got)
	}
}

// What a server says is anything at all. It ends, and stays what it is.
func FuzzIn(f *testing.F) {
	for from := range dutch().exact {
		f.Add(from)
	}
	for _, form := range dutch().forms {
		f.Add(form.before + "x" + form.after)
	}
	f.Add(strings.Repeat("(", 9000))
	f.Add(strings.Repeat("The  refused. (", 500) + ")")
	f.Add("The \xff server \x00 (port 1) refused.")
	f.Fuzz(func(t *testing.T, text string) {
		if got := In(Dutch, text); len(got) > 4*len(text)+4096 {
			t.Errorf("%d bytes became %d", len(text), len(got))
		}
		if In(English, text) != text {
			t.Error("English changed")
		}
	})
}

func TestSystem(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "nl_NL.UTF-8", "nl"}, {"C", "", "nl_NL.UTF-8", ""}, {"", "nl_BE", "en_US", "nl"}, {"nl", "en", "en", "nl"},
		{"", "", "en_GB.utf8", "en"}, {"", "", "nld", ""}, {"", "", "NL-nl", "nl"}, {"", "", "C.UTF-8", ""}, {"de_DE", "", "", ""},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := System(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestAccepted(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "*": "", "de-DE,de;q=0.9": "", "nl-BE,nl;q=0.9,en;q=0.8": "nl", "fr-FR, en-GB;q=0.7, nl": "en", ",;q=1,": "",
	} {
		if got := Accepted(header); got != want {
			t.Errorf("%q: %q instead of %q", header, got, want)
		}
	}
}
