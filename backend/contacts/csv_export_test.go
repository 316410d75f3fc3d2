package contacts_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postvak/backend/contacts"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func put(t interface {
	Fatal(...any)
	Helper()
}, m *memory, fields map[string]string) {
	t.Helper()
	cleaned, err := contacts.Clean(inbox.Person, fields)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := m.Decide(nil, contacts.Changes(inbox.Person, contacts.NewID(), nil, cleaned)) //nolint:staticcheck // it looks at no context
	if err != nil || outcomes[0].Void != "" {
		t.Fatal(outcomes, err)
	}
}

func TestExport(t *testing.T) {
	m := newMemory()
	put(t, m, map[string]string{"name": "Zoë, \"Z\" 't Hart", "emails": "a@x.example\nb@x.example", "phones": "+31 6 12345678"})
	put(t, m, map[string]string{"name": "=cmd|' /C calc'!A0", "organization": "@SUM(1)", "emails": "-1@x.example"})
	put(t, m, map[string]string{"name": "'=x"})
	var b bytes.Buffer
	if err := m.book().Export(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffName,Organization,E-mail,E-mail 2,Phone\r\n" +
		"''=x,,,,\r\n" +
		"'=cmd|' /C calc'!A0,'@SUM(1),'-1@x.example,,\r\n" +
		"\"Zoë, \"\"Z\"\" 't Hart\",,a@x.example,b@x.example,'+31 6 12345678\r\n"
	if b.String() != want {
		t.Errorf("it is\n%s\nnot\n%s", b.String(), want)
	}
}

func TestAnEmptyBookIsExported(t *testing.T) {
	var b bytes.Buffer
	if err := newMemory().book().Export(t.Context(), &b); err != nil || b.String() != "\ufeffName,Organization,E-mail,Phone\r\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// What is exported and taken in elsewhere is the same book, and no cell of the
// file is a formula.
func TestRoundTrip(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab Éß王=+-@'\"\t,;\n|:.<>/م\u202e")), 0, 12, -1)
	mail := rapid.StringMatching(`[=+'a-c]{1,4}@[x-z]\.example`)
	number := rapid.StringMatching(`[+0][1-9]{3}[1-9 -]{5,9}[0-9]`)
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory()
		for i := range rapid.IntRange(1, 6).Draw(t, "persons") {
			put(t, m, map[string]string{
				"name":         string(rune('A'+i)) + "-" + text.Draw(t, "name"),
				"organization": text.Draw(t, "organization"),
				"emails":       distinctOf(t, mail, i),
				"phones":       strings.Join(rapid.SliceOfN(number, 0, 3).Draw(t, "phones"), "\n"),
			})
		}
		var file bytes.Buffer
		if err := m.book().Export(t.Context(), &file); err != nil {
			t.Fatal(err)
		}
		noFormulas(t, file.Bytes())
		table, err := contacts.Read(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		other := newMemory()
		r, err := other.book().Import(t.Context(), table, table.Fields())
		if err != nil || len(r.Problems) > 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if was, is := lines(m), lines(other); !slices.Equal(was, is) {
			t.Fatalf("was\n%q, is\n%q, by\n%s", was, is, file.String())
		}
	})
}

// distinctOf are addresses that nobody else has.
func distinctOf(t *rapid.T, mail *rapid.Generator[string], i int) string {
	all := rapid.SliceOfN(mail, 0, 3).Draw(t, "emails")
	for j := range all {
		all[j] = strings.Replace(all[j], "@", strings.Repeat("n", i+1)+"@", 1)
	}
	return strings.Join(all, "\n")
}

func lines(m *memory) (all []string) {
	for _, e := range m.all(inbox.Person, func(teamlog.Entity) bool { return true }) {
		all = append(all, e.Fields["name"]+"|"+e.Fields["emails"]+"|"+e.Fields["phones"]+"|"+e.Fields["organization"])
	}
	slices.Sort(all)
	return all
}

func noFormulas(t *rapid.T, file []byte) {
	rows := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	for {
		cells, err := rows.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range cells {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("%q is worked out by a spreadsheet", cell)
			}
		}
	}
}

// Whatever a file holds, taking it in ends, and taking it in once more adds
// nobody.
func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"Name,E-mail\nBob,bob@x.example\n", "\xff\xfeN\x00a\x00", "sep=;", "sep=", "\"", "a;\"b\n\"c\";d", "Name\n'=1\n\"\"\"\n", "x@y.z\n,", "\"\r\"\r\n",
		"Tel\n000", "Naam;Telefoon\nA;0612345678 / 020-1234567\nB. A;+31612345678\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := contacts.Read(data)
		if err != nil {
			if inbox.CodeOf(err) != inbox.Invalid {
				t.Fatal(err)
			}
			return
		}
		fields := table.Fields()
		if !slices.ContainsFunc(fields, func(f string) bool { return f != "" && f != contacts.ColumnNote }) {
			fields[0] = contacts.ColumnName
		}
		m := newMemory()
		if _, err := m.book().Import(t.Context(), table, fields); err != nil {
			t.Fatal(err)
		}
		before := m.n
		r, err := m.book().Import(t.Context(), table, fields)
		if err != nil || r.Added > 0 || m.n != before {
			t.Errorf("once more: %+v, %d events, %v", r, m.n-before, err)
		}
	})
}
