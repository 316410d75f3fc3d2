package contacts_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// takeIn imports a file as the program suggests.
func takeIn(t *testing.T, m *memory, data string) contacts.Result {
	t.Helper()
	table, err := contacts.Read([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.book().Import(t.Context(), table, table.Fields())
	if err != nil {
		t.Fatal(err)
	}
	if r.Added+r.Updated+r.Skipped+r.LeftOut != len(table.Rows) {
		t.Errorf("of %d rows: %+v", len(table.Rows), r)
	}
	return r
}

func wantPersons(t *testing.T, m *memory, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := persons(t, m); !slices.Equal(got, want) {
		t.Errorf("persons\n%q, not\n%q", got, want)
	}
}

func utf16LE(text string, mark bool) string {
	var b bytes.Buffer
	if mark {
		b.WriteString("\xff\xfe")
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write(binary.LittleEndian.AppendUint16(nil, unit))
	}
	return b.String()
}

func utf16BE(text string) string {
	var b bytes.Buffer
	b.WriteString("\xfe\xff")
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write(binary.BigEndian.AppendUint16(nil, unit))
	}
	return b.String()
}

func TestEncodingsAndDelimiters(t *testing.T) {
	plain := "Naam,E-mail\r\nZoë Müller,zoe@x.example\r\n"
	for name, file := range map[string]string{
		"UTF-8":                plain,
		"UTF-8 with a mark":    "\ufeff" + plain,
		"UTF-16, little":       utf16LE(plain, true),
		"UTF-16, big":          utf16BE(plain),
		"UTF-16 without mark":  utf16LE(plain, false),
		"Windows-1252":         "Naam,E-mail\r\nZo\xeb M\xfcller,zoe@x.example\r\n",
		"semicolons":           strings.ReplaceAll(plain, ",", ";"),
		"tabs":                 strings.ReplaceAll(plain, ",", "\t"),
		"said by a first line": "sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"),
		"line feeds":           strings.ReplaceAll(plain, "\r", ""),
		"old Macs":             strings.ReplaceAll(plain, "\n", ""),
		"no last line end":     strings.TrimSpace(plain),
		"quotes":               "\"Naam\",\"E-mail\"\r\n\"Zoë Müller\" , \"zoe@x.example\"\r\n",
		"empty lines":          "\r\n\r\n" + plain + "\r\n,\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			takeIn(t, m, file)
			wantPersons(t, m, "Zoë Müller|zoe@x.example||")
		})
	}
}

func TestFilesOfOtherPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"Google": {
			"First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value\n" +
				"Bob,,Jansen,,,,Acme,Boss,,Likes bread,,* myContacts,Work,bob@acme.example ::: b@acme.example,Home,bob@home.example,Mobile,+31 6 12345678 ::: 020-1234567\n",
			[]string{"Bob Jansen|bob@acme.example,b@acme.example,bob@home.example|+31 6 12345678,020-1234567|Acme"},
		},
		"Google, before 2024": {
			"Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Organization 1 - Type,Organization 1 - Name,Organization 1 - Title\nBob Jansen,Bob,Jansen,* Work,bob@acme.example,,Acme,Boss\n",
			[]string{"Bob Jansen|bob@acme.example||Acme"},
		},
		"Outlook": {
			"\"Title\",\"First Name\",\"Middle Name\",\"Last Name\",\"Company\",\"Business Fax\",\"Business Phone\",\"Mobile Phone\",\"E-mail Address\",\"E-mail Type\",\"E-mail Display Name\",\"E-mail 2 Address\",\"Notes\"\n" +
				"\"Mr.\",\"Jan\",\"van der\",\"Berg\",\"Acme\",\"+31201\",\"020 1234567\",\"06 12345678\",\"jan@acme.example\",\"SMTP\",\"Jan (jan@acme.example)\",\"j@home.example\",\"\"\n",
			[]string{"Jan van der Berg|jan@acme.example,j@home.example|020 1234567,06 12345678|Acme"},
		},
		"Outlook, Dutch": {
			"Voornaam;Tussenvoegsel;Achternaam;Bedrijf;Fax op werk;Telefoon op werk;Mobiele telefoon;E-mailadres;E-mailtype;Weergavenaam e-mail;Notities\nJan;van der;Berg;Acme;1;020 1234567;06 12345678;jan@acme.example;SMTP;Jan;x\n",
			[]string{"Jan van der Berg|jan@acme.example|020 1234567,06 12345678|Acme"},
		},
		"Pipedrive": {
			"Person - Name,Person - Organization,Person - Email - Work,Person - Email - Home,Person - Phone - Mobile,Person - Owner,Person - Open deals,Person - Email messages count\n" +
				"Eve Smit,Bakery,\"eve@x.example, e@y.example\",,\"+31612345678, 020 7654321\",Ann,2,17\n",
			[]string{"Eve Smit|eve@x.example,e@y.example|+31612345678,020 7654321|Bakery"},
		},
		"Pipedrive, Dutch": {
			"Persoon - Naam;Persoon - Organisatie;Persoon - E-mail - Werk;Persoon - Telefoon - Werk\nEve Smit;Bakker;eve@x.example;+31612345678\n",
			[]string{"Eve Smit|eve@x.example|+31612345678|Bakker"},
		},
		"no names above": {
			"Bob Jansen;bob@acme.example;06 12345678;1\nEve Smit;eve@x.example;+31 6 87654321;2\n",
			[]string{"Bob Jansen|bob@acme.example|06 12345678|", "Eve Smit|eve@x.example|+31 6 87654321|"},
		},
		"addresses with names": {
			"Name,Mail\n,Bob Jansen <bob@acme.example>\nEve,mailto:eve@x.example\n",
			[]string{"bob@acme.example|bob@acme.example||", "Eve|eve@x.example||"},
		},
		"only a number": {"Naam,Telefoon\n,06 12345678\n", []string{"06 12345678||06 12345678|"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			if r := takeIn(t, m, c.file); len(r.Problems) > 0 {
				t.Errorf("problems %+v", r.Problems)
			}
			wantPersons(t, m, c.want...)
		})
	}
}

func TestWhoIsThereIsCompletedAndNeverDoubled(t *testing.T) {
	m := newMemory()
	for _, d := range []inbox.RecordDraft{
		{Kind: inbox.Person, Name: "Bob Jansen", Email: "bob@acme.example", Phone: "+31612345678"},
		{Kind: inbox.Person, Name: "Carol Meijer"},
	} {
		if _, err := m.book().Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	file := "Name,E-mail,Phone,Company,Note\n" +
		"Robert,BOB@acme.example,,Acme,Likes bread\n" + // by the address
		"B. Jansen,,06 1234 5678,,\n" + // by the number in another format
		"Eve Smit,eve@acme.example,020 1234567,Acme,\n" +
		"Fay Bos,fay@acme.example,020 1234567,Acme,\n" + // the same switchboard
		"Gus Vos,,020 1234567,Acme,\n" +
		"Eve Smit,eve@home.example,020-1234567,,\n" + // another address of hers
		"carol meijer,,,Acme,\n" +
		"Dave,dave@x.example,,,\n" +
		"Dave,DAVE@x.example,,,\n" +
		"Hal,,,,\n"
	r := takeIn(t, m, file)
	if r.Added != 5 || r.Updated != 3 || r.Skipped != 2 || len(r.Problems) != 0 {
		t.Errorf("%+v", r)
	}
	want := []string{
		"Bob Jansen|bob@acme.example|+31612345678|Acme", "Carol Meijer|||Acme", "Dave|dave@x.example||",
		"Eve Smit|eve@acme.example,eve@home.example|020 1234567|Acme", "Fay Bos|fay@acme.example|020 1234567|Acme",
		"Gus Vos||020 1234567|Acme", "Hal|||",
	}
	wantPersons(t, m, want...)
	before := m.n
	if r := takeIn(t, m, file); r.Skipped != 10 || m.n != before {
		t.Errorf("once more: %+v, and %d events", r, m.n-before)
	}
	notes := m.notes(func(n teamNote) bool { return true })
	if len(notes) != 1 || notes[0].Text != "Likes bread" {
		t.Errorf("notes %+v", notes)
	}
	table, _ := contacts.Read([]byte(file + "New,new@x.example,,,\n"))
	if n, err := m.book().Known(t.Context(), table, table.Fields()); err != nil || n != 10 {
		t.Errorf("%d known, %v", n, err)
	}
}

func TestWhatCannotBeTakenIsSaidByLine(t *testing.T) {
	m := newMemory()
	r := takeIn(t, m, "Name,E-mail,Phone,Company\n"+
		"Bob,not an address,,\n"+
		",n/a,-,\n"+
		"\""+strings.Repeat("x", 300)+"\",,,\n"+
		",,,\"two\nlines\"\n"+
		"Eve,eve@x.example,ask,\n")
	wantPersons(t, m, "Bob|||", "Eve|eve@x.example||", "two lines|||two lines")
	var lines []int
	for _, p := range r.Problems {
		lines = append(lines, p.Line)
		if inbox.CodeOf(p.Err) != inbox.Invalid || p.Err.Message == "" {
			t.Errorf("no sentence: %v", p.Err)
		}
	}
	if !slices.Equal(lines, []int{2, 3, 3, 4, 7}) || r.LeftOut != 2 {
		t.Errorf("problems in lines %v: %+v", lines, r)
	}
}

func TestHostileFiles(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"a quote that never ends":   {"Name,E-mail\n\"Bob,bob@x.example\nEve,eve@x.example\n", []string{"Bob|bob@x.example||", "Eve|eve@x.example||"}},
		"and others after it":       {"Name,E-mail\n\"Bob,bob@x.example\n\"Eve\",eve@x.example\nGus,gus@x.example\n", []string{"Bob|bob@x.example||", "Eve|eve@x.example||", "Gus|gus@x.example||"}},
		"a letter that broke":       {"Name,E-mail\n" + strings.Repeat("ë", 11) + "\xeb,bob@x.example\n", []string{strings.Repeat("ë", 11) + "|bob@x.example||"}},
		"quotes inside":             {"Name,E-mail\n\"Bob \"Bobby\" Jansen\",bob@x.example\n", []string{"Bob \"Bobby\" Jansen|bob@x.example||"}},
		"doubled quotes":            {"Name,E-mail\n\"Bob \"\"Bobby\"\" Jansen\",bob@x.example\n", []string{"Bob \"Bobby\" Jansen|bob@x.example||"}},
		"formulas":                  {"Name,E-mail\n\"=HYPERLINK(\"\"http://x\"\")\",bob@x.example\n", []string{"=HYPERLINK(\"http://x\")|bob@x.example||"}},
		"a huge cell":               {"Name,E-mail\n" + big + ",bob@x.example\nEve,eve@x.example\n", []string{"Eve|eve@x.example||"}},
		"a huge cell in quotes":     {"Name,E-mail\n\"" + big + "\",bob@x.example\nEve,eve@x.example\n", []string{"Eve|eve@x.example||"}},
		"a huge cell nobody wants":  {"Name,E-mail,Photo\nBob,bob@x.example," + big + "\n", []string{"Bob|bob@x.example||"}},
		"rows wider than the first": {"Name,E-mail\nBob,bob@x.example,,,,,,,\n", []string{"Bob|bob@x.example||"}},
		"rows narrower":             {"Name,E-mail\nBob\nEve,eve@x.example\n", []string{"Bob|||", "Eve|eve@x.example||"}},
		"zeros":                     {"Name,E-mail\nBo\x00b,bob@x.example\n", []string{"Bo b|bob@x.example||"}},
		"letters that turn":         {"Name,E-mail\n\u202eboB,bob@x.example\n", []string{"boB|bob@x.example||"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			takeIn(t, m, c.file)
			wantPersons(t, m, c.want...)
		})
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, file := range map[string]string{
		"empty":             "",
		"only white space":  " \r\n\n",
		"only a first line": "Name,E-mail\n",
		"too many rows":     "Name\n" + strings.Repeat("Bob\n", 100_001),
		"too many cells":    "Name\n" + strings.Repeat(strings.Repeat(",", 150)+"x\n", 80_000),
	} {
		if table, err := contacts.Read([]byte(file)); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("%s: %d rows, %v", name, len(table.Rows), err)
		}
	}
	m := newMemory()
	table, err := contacts.Read([]byte("Name,E-mail\nBob,bob@x.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, fields := range [][]string{nil, {"name"}, {"name", "email", "email"}, {"", ""}, {"note", ""}, {"name", "password"}} {
		if _, err := m.book().Import(t.Context(), table, fields); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("columns %q: %v", fields, err)
		}
		if _, err := m.book().Known(t.Context(), table, fields); inbox.CodeOf(err) != inbox.Invalid {
			t.Errorf("columns %q: %v", fields, err)
		}
	}
}

// One row after another: a file of the largest size, in which everybody shares
// one number, and all its text is quotes.
func TestALargeFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("Name,E-mail,Phone\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "\"Person %d,p%d@x.example,020 1234567\n", i, i)
	}
	table, err := contacts.Read([]byte(b.String()))
	if err != nil || len(table.Rows) != 100_000 {
		t.Fatal(len(table.Rows), err)
	}
	s := newCounting()
	r, err := s.book().Import(t.Context(), table, table.Fields())
	if err != nil || r.Added != 100_000 || s.n != 100_000 {
		t.Errorf("%d added, %d events, %v", r.Added, s.n, err)
	}
	if s.most > 400 {
		t.Errorf("%d events were decided at once", s.most)
	}
}

func TestAnImportThatBreaksOffGoesOn(t *testing.T) {
	m := newMemory()
	var b strings.Builder
	b.WriteString("Name,E-mail\n")
	for i := range 500 {
		fmt.Fprintf(&b, "Person %d,p%d@x.example\n", i, i)
	}
	table, _ := contacts.Read([]byte(b.String()))
	broken := bookOf(m, &breaking{m, 2})
	if _, err := broken.Import(t.Context(), table, table.Fields()); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("it ends with %v", err)
	}
	some := len(persons(t, m))
	r := takeIn(t, m, b.String())
	if some == 0 || some == 500 || r.Added != 500-some || r.Skipped != some || len(persons(t, m)) != 500 {
		t.Errorf("%d before, then %+v", some, r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.book().Import(ctx, table, table.Fields()); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("cancelled, it ends with %v", err)
	}
}

// Two members who take in one file without knowing of each other make one
// person of each row, and who was removed may come back.
func TestOneFileTakenInByTwo(t *testing.T) {
	ann, ben := newMemory(), newMemory()
	file := "Name,E-mail,Phone\nBob,bob@x.example,\nEve,,06 12345678\nGus,,\n"
	takeIn(t, ann, file)
	takeIn(t, ben, file)
	both := newMemory()
	for _, m := range []*memory{ann, ben} {
		for _, decisions := range m.decisions {
			for _, d := range decisions {
				outcomes, err := both.Decide(t.Context(), d.Event)
				if err != nil || outcomes[0].Void != "" {
					t.Errorf("%+v: %+v, %v", d.Event, outcomes, err)
				}
			}
		}
	}
	want := []string{"Bob|bob@x.example||", "Eve||06 12345678|", "Gus|||"}
	wantPersons(t, both, want...)
	for _, e := range both.all(inbox.Person, func(teamlog.Entity) bool { return true }) {
		if _, err := both.Decide(t.Context(), &teamlog.CRMEntity{ID: e.ID, RecordKind: inbox.Person, Deleted: true}); err != nil {
			t.Fatal(err)
		}
	}
	takeIn(t, both, file)
	wantPersons(t, both, want...)
}

var errDisk = errors.New("the disk is full")
