package crmtest

import (
	"html"
	"slices"
	"strings"
	"unicode"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

func marker(name string) string { return "note=" + name + "aaaaaaaaaaaaaaaa"[:16-len(name)] + "." }

// note is one as the service writes them: a link with a marker, and lines.
func note(name string, lines ...string) crm.Body {
	link := "postvak://conversation/k1?" + marker(name) + "1.2.abcdefghijkl"
	b := crm.Body{Marker: marker(name), Text: link, HTML: `<p><a href="` + link + `">` + link + "</a></p>"}
	for _, line := range lines {
		b.Text += "\n\n" + line
		b.HTML += "<p>" + strings.ReplaceAll(html.EscapeString(line), "\n", "<br>") + "</p>"
	}
	return b
}

// ink is a text without what a CRM may change about its white space.
func ink(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func (s *suite) write(on inbox.RecordRef, b crm.Body) inbox.NoteVersion {
	s.Helper()
	n, err := s.Provider.WriteNote(s.ctx, on, "", "", b)
	if err != nil {
		s.Fatalf("writing a note: %v", err)
	}
	s.says(n, on, b)
	return n
}

// says checks that a note is what was written.
func (s *suite) says(n inbox.NoteVersion, on inbox.RecordRef, b crm.Body) {
	s.Helper()
	if n.ID == "" || n.On != on || n.Deleted || n.Version == "" || n.Content == "" {
		s.Errorf("the note is %+v", n)
	}
	if ink(n.Text) != ink(b.Text) {
		s.Errorf("the note says\n%q\nand not\n%q", n.Text, b.Text)
	}
}

func (s *suite) read(on inbox.RecordRef, id string) inbox.NoteVersion {
	s.Helper()
	n, err := s.Provider.ReadNote(s.ctx, on, id)
	if err != nil {
		s.Fatalf("reading a note: %v", err)
	}
	return n
}

func (s *suite) notes() {
	bob := s.bob()
	lead := s.create(inbox.RecordDraft{Kind: inbox.Lead, Title: "Bread", PersonID: bob.ID})
	deal := s.create(inbox.RecordDraft{Kind: inbox.Deal, Title: "Bread"})
	for _, on := range []inbox.RecordRef{bob.RecordRef, lead.RecordRef, deal.RecordRef} {
		first := s.write(on, note("one", "Two loaves"))
		if again := s.read(on, first.ID); again != first {
			s.Errorf("read anew it is\n%+v, not\n%+v", again, first)
		}
		longer := note("one", "Two loaves", "And a cake")
		second, err := s.Provider.WriteNote(s.ctx, on, first.ID, first.Version, longer)
		if err != nil {
			s.Fatal(err)
		}
		s.says(second, on, longer)
		if second.ID != first.ID || second.Version == first.Version || second.Content == first.Content {
			s.Errorf("the note became\n%+v after\n%+v", second, first)
		}
		if again := s.read(on, first.ID); again != second {
			s.Errorf("read anew it is\n%+v, not\n%+v", again, second)
		}
	}
}

// What a person does to a note is seen.
func (s *suite) touched() {
	bob := s.bob()
	n := s.write(bob.RecordRef, note("one", "Two loaves"))
	s.EditNote(s.T, bob.RecordRef, n.ID, "<p>Call him on Monday</p>")
	got := s.read(bob.RecordRef, n.ID)
	if got.Deleted || got.Content == n.Content || got.Version == n.Version || !strings.Contains(got.Text, "Call him on Monday") {
		s.Errorf("an edited note reads %+v", got)
	}
}

func (s *suite) deleted() {
	bob := s.bob()
	n := s.write(bob.RecordRef, note("one", "Two loaves"))
	s.DeleteNote(s.T, bob.RecordRef, n.ID)
	if got := s.read(bob.RecordRef, n.ID); !got.Deleted {
		s.Errorf("a deleted note reads %+v", got)
	}
	if _, found, err := s.Provider.FindNote(s.ctx, bob.RecordRef, marker("one")); found || err != nil {
		s.Errorf("a deleted note is found, %v", err)
	}
	_, err := s.Provider.WriteNote(s.ctx, bob.RecordRef, n.ID, n.Version, note("one", "Two loaves"))
	s.code(err, inbox.NotFound, "writing over a deleted note")
	second := s.write(bob.RecordRef, note("two", "Two loaves"))
	s.DeleteRecord(s.T, bob.RecordRef)
	if got := s.read(bob.RecordRef, second.ID); !got.Deleted {
		s.Errorf("a note on a deleted person reads %+v", got)
	}
}

func (s *suite) markers() {
	bob := s.bob()
	other := s.create(inbox.RecordDraft{Kind: inbox.Person, Name: "Carol Meijer"})
	if _, found, err := s.Provider.FindNote(s.ctx, bob.RecordRef, marker("one")); found || err != nil {
		s.Errorf("found before it was written, %v", err)
	}
	for range 3 {
		s.write(bob.RecordRef, note("other", "noise"))
	}
	one := s.write(bob.RecordRef, note("one", "Two loaves"))
	s.write(bob.RecordRef, note("two", "Two loaves"))
	got, found, err := s.Provider.FindNote(s.ctx, bob.RecordRef, marker("one"))
	if err != nil || !found || got != one {
		s.Errorf("found %+v, %v, not %+v", got, err, one)
	}
	if _, found, err := s.Provider.FindNote(s.ctx, bob.RecordRef, marker("three")); found || err != nil {
		s.Errorf("found what nobody wrote, %v", err)
	}
	if _, found, err := s.Provider.FindNote(s.ctx, other.RecordRef, marker("one")); found || err != nil {
		s.Errorf("found with another person, %v", err)
	}
}

// What a stranger wrote stays text, whatever it looks like.
func (s *suite) strangersText() {
	bob := s.bob()
	hostile := []string{
		`<script>alert("1")</script>`, `<img src=x onerror=alert(1)>`, `</p></div><h1>big</h1>`, `a & b &amp; c &lt;b&gt;`, `"quoted" 'single' ` + "`tick`",
		`=HYPERLINK("http://x")`, `javascript:alert(1)`, `<!-- hidden -->`, `]]>`, `{{7*7}} ${7*7} %00 \u0000 %s`, `postvak://conversation/k2?` + marker("two") + `1.1.abcdefghijkl`,
	}
	n := s.write(bob.RecordRef, note("one", hostile...))
	s.says(s.read(bob.RecordRef, n.ID), bob.RecordRef, note("one", hostile...))
}

// A note takes at least what the service may write: its parts are of 30 kB of
// content, about.
func (s *suite) long() {
	bob := s.bob()
	var lines []string
	for range 110 {
		lines = append(lines, strings.Repeat("Two loaves & ", 25))
	}
	b := note("one", lines...)
	n := s.write(bob.RecordRef, b)
	s.says(s.read(bob.RecordRef, n.ID), bob.RecordRef, b)
}

func (s *suite) unicode() {
	name := "Zoë Łukasiewicz 王小明 محمد 👩‍👩‍👧"
	r := s.create(inbox.RecordDraft{Kind: inbox.Person, Name: name, Email: "zoë@bücher.example"})
	got, err := s.Provider.Get(s.ctx, r.RecordRef)
	if err != nil || got.Title != name || !slices.Contains(got.Emails, "zoë@bücher.example") {
		s.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"Zoë", "王小明", "محمد"} {
		if all := s.found(inbox.Person, text); len(all) != 1 {
			s.Errorf("%q finds %v", text, all)
		}
	}
	b := note("one", "Żółć 🍞 \u202bمرحبا\u202c e\u0301 𝔅read", "王小明：两个面包")
	n := s.write(r.RecordRef, b)
	s.says(s.read(r.RecordRef, n.ID), r.RecordRef, b)
}
