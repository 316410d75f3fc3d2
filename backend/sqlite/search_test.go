package sqlite

import (
	"reflect"
	"strings"
	"testing"

	"postvak/backend/inbox"
)

func contains(text, word string) bool { return strings.Contains(text, word) }

// found gives the subjects that a search finds.
func found(t testing.TB, db *DB, text string) []string {
	t.Helper()
	page, err := db.Search(t.Context(), SearchQuery{Text: text})
	if err != nil {
		t.Fatalf("search %q: %v", text, err)
	}
	subjects := []string{}
	for _, hit := range page.Hits {
		subjects = append(subjects, hit.Subject)
	}
	return subjects
}

func text(s string) func(*inbox.Message) { return func(m *inbox.Message) { m.Text = s } }

func searchable(t testing.TB) *DB {
	db := newCache(t)
	store(t, db,
		mail(1, "carla@customer.example", subject("Broodjes"), text("Twintig croissants en een café crème, graag.")),
		mail(2, "dave@other.example", subject("Invoice"), text("The invoice 2026-114 for the croissants."), func(m *inbox.Message) {
			m.Attachments = []inbox.Attachment{{Name: "Factuur mei.pdf", Type: "application/pdf", Data: []byte("pdf")}}
		}),
		ourMail(60*24*30, "carla@customer.example", subject("Answer"), text("Wij bakken ze morgen vers.")),
		mail(60*24*31, "ελένη@customer.example", subject("Ψωμί"), text("Δύο ψωμιά παρακαλώ. 東京のパン屋")),
	)
	return db
}

func TestSearch(t *testing.T) {
	db := searchable(t)
	for query, want := range map[string][]string{
		"croissants":                  {"Invoice", "Broodjes"},
		"CROISSANTS invoice":          {"Invoice"},
		`"café creme"`:                {"Broodjes"},
		`"creme cafe"`:                {},
		"crois*":                      {"Invoice", "Broodjes"},
		"crois":                       {},
		"broodjes":                    {"Broodjes"},
		"factuur":                     {"Invoice"},
		"has:attachment":              {"Invoice"},
		"has:attachment crois*":       {"Invoice"},
		"has:wings":                   {},
		"from:carla":                  {"Broodjes"},
		"from:carla@customer.example": {"Broodjes"},
		`from:"Name of dave"`:         {"Invoice"},
		"to:carla":                    {"Answer"},
		"subject:croissants":          {},
		"carla":                       {"Answer", "Broodjes"},
		"channel:shop croissants":     {"Invoice", "Broodjes"},
		"channel:bakery croissants":   {"Invoice", "Broodjes"},
		"channel:nowhere croissants":  {},
		"before:2026-11-15":           {"Invoice", "Broodjes"},
		"after:2026-11-15":            {"Ψωμί", "Answer"},
		"after:2026-12 ":              {"Ψωμί", "Answer"},
		"before:tomorrow":             {},
		"ψωμια":                       {"Ψωμί"},
		"パン":                          {"Ψωμί"},
		"京東":                          {},
		"2026-114":                    {"Invoice"},
		"nothing":                     {},
		"":                            {"Ψωμί", "Answer", "Invoice", "Broodjes"},
	} {
		if got := found(t, db, query); !reflect.DeepEqual(got, want) {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
}

func TestSnippets(t *testing.T) {
	long := strings.Repeat("flour and water ", 40)
	for _, test := range []struct{ text, query, want string }{
		{"Twintig croissants,\n\n graag.", "croissants", "Twintig \u0002croissants\u0003, graag."},
		{"een café crème", "cafe CREME", "een \u0002café\u0003 \u0002crème\u0003"},
		{"een café crème", `"cafe creme"`, "een \u0002café\u0003 \u0002crème\u0003"},
		{"croissants", "croi*", "\u0002croissants\u0003"},
		{"only \u0002in\u0003 the subject", "elsewhere", "only in the subject"},
		{"", "word", ""},
		{"from: is no word here", "from:word", "from: is no word here"},
	} {
		q := parseSearch(test.query)
		if got := snippet(test.text, &q); got != test.want {
			t.Errorf("snippet of %q for %q is %q, want %q", test.text, test.query, got, test.want)
		}
	}
	q := parseSearch("needle")
	got := snippet(long+"the needle is here "+long, &q)
	if !strings.Contains(got, "\u0002needle\u0003 is here") || len(got) > snippetLength+20 {
		t.Errorf("snippet %q", got)
	}
}

// TestNoMatchIsMissed: a word is found however it is written, though most
// words are ruled out by their first character.
func TestNoMatchIsMissed(t *testing.T) {
	for r := range rune(0x30000) {
		for _, word := range []string{string(r), string(r) + "a", string(r) + "\u0301x", "\u0301" + string(r)} {
			found, folded := tokenise(word), tokens(word)
			if len(found) != 1 || found[0] != (token{0, len(word)}) || len(folded) != 1 {
				continue
			}
			if !beginsLike(word, folded[0]) {
				t.Fatalf("%q (%U) does not begin like %q", word, r, folded[0])
			}
		}
	}
}

func TestSearchNamesAConversationOnce(t *testing.T) {
	db := newCache(t)
	for i := range 9 {
		store(t, db, mail(10*i, carla, text("bread")), mail(10*i+1, carla, text("bread"), answers(10*i)), mail(100+i, carla, text("bread"), answers(10*i)))
	}
	seen, after := map[inbox.Key]bool{}, ""
	for pages := 0; ; pages++ {
		page, err := db.Search(t.Context(), SearchQuery{Text: "bread", After: after, Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range page.Hits {
			if seen[hit.Conversation] {
				t.Errorf("%s is named twice", hit.Conversation)
			}
			seen[hit.Conversation] = true
		}
		if after = page.Next; after == "" {
			if len(seen) != 9 || pages != 2 {
				t.Errorf("%d conversations on %d pages, want 9 on 3", len(seen), pages+1)
			}
			return
		}
	}
}

// FuzzSearch: whatever is typed is a search and never an error.
func FuzzSearch(f *testing.F) {
	for _, query := range []string{`"`, `""`, `*`, `a*b*`, `NOT AND OR`, `NEAR(a b)`, `text:x`, `from:`, `from:"`, `{subject text}: a`, "^a",
		"a\x00b", "\xff\xfe", `'; DROP TABLE messages; --`, `before:9999999999999`, `channel:"]"`, strings.Repeat("a ", 3000), `-`, `a + b`, "\u0300", "before:0001-01-01"} {
		f.Add(query)
	}
	db := searchable(f)
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := db.Search(t.Context(), SearchQuery{Text: query}); err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		if _, err := db.List(t.Context(), ListQuery{Section: inbox.Unassigned, Text: query}); err != nil {
			t.Fatalf("list %q: %v", query, err)
		}
	})
}
