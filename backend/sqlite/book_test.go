package sqlite

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func entity(kind inbox.RecordKind, id string, fields ...string) *teamlog.CRMEntity {
	e := &teamlog.CRMEntity{ID: id, RecordKind: kind, Set: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		e.Set[fields[i]] = fields[i+1]
	}
	return e
}

func person(id, name string, more ...string) *teamlog.CRMEntity {
	return entity(inbox.Person, id, append([]string{"name", name}, more...)...)
}

// contacts is a book with a few persons and a deal.
func contacts(t testing.TB) (*DB, *logBook) {
	db := newCache(t)
	book := &logBook{t: t, db: db}
	book.decide(me,
		person("carla", "Carla Meijer", "emails", "carla@customer.example\nC.Meijer@Home.example", "phones", "06 - 12 34 56 78", "organization", "Meijer & Zonen BV"),
		person("eva", "Éva Árvai", "emails", "eva@other.example", "phones", "+36 1 987 5678"),
		person("bob", "bob O'Neil", "phones", "0031612345678"),
		entity(inbox.Deal, "flour", "title", "Flour for Carla", "person", "carla", "organization", "Meijer & Zonen BV"))
	return db, book
}

func ids(all []teamlog.Entity) []string {
	list := []string{}
	for _, e := range all {
		list = append(list, e.ID)
	}
	return list
}

func TestEntitiesAreFoundAsOneTypes(t *testing.T) {
	db, _ := contacts(t)
	for text, want := range map[string][]string{
		"car": {"carla"}, "CARLA mei": {"carla"}, "mei car": {"carla"}, "eva": {"eva"}, "árv": {"eva"}, "arla": {}, "o'neil": {"bob"},
		"zonen": {"carla"}, "carla@customer.example": {"carla"}, "carla@cust": {"carla"}, "home": {"carla"}, "c.meijer@home": {"carla"},
		"0612345678": {"bob", "carla"}, "06-1234": {"bob", "carla"}, "+31 6 12345678": {"bob", "carla"}, "0031612": {"bob"}, "(36) 1 987": {"eva"},
		"5678": {"bob", "carla", "eva"}, "carla bob": {}, "carla 0612": {"carla"}, "0612 5678": {"bob", "carla"}, "x": {}, "": {}, " - ": {}, "00": {},
	} {
		got, err := db.FindEntities(t.Context(), inbox.Person, text, 0)
		if err != nil || !slices.Equal(ids(got), want) {
			t.Errorf("%q finds %q, %v, want %q", text, ids(got), err, want)
		}
	}
	if got, err := db.FindEntities(t.Context(), inbox.Deal, "carla", 0); err != nil || !slices.Equal(ids(got), []string{"flour"}) {
		t.Errorf("deals %q, %v", ids(got), err)
	}
	if got, err := db.FindEntities(t.Context(), "", "carla", 0); err != nil || !slices.Equal(ids(got), []string{"carla", "flour"}) {
		t.Errorf("of any kind, the one that begins so first: %q, %v", ids(got), err)
	}
	if got, err := db.FindEntities(t.Context(), inbox.Person, "5678", 2); err != nil || len(got) != 2 {
		t.Errorf("at most two: %q, %v", ids(got), err)
	}
}

// FuzzFindEntities: whatever is typed, it is words or nothing, and no syntax.
func FuzzFindEntities(f *testing.F) {
	db, _ := contacts(f)
	for _, text := range []string{`"`, `car"`, "* OR", "words : x", "NEAR(a b)", "kind:person", "a\x00b", "\xff", "中文", "06", "-", "^carla", "(((", "'; DROP"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := typed(db, text); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func typed(db *DB, text string) error {
	for _, kind := range []inbox.RecordKind{inbox.Person, "", `x" OR "`} {
		if _, err := db.FindEntities(bg, kind, text, 5); err != nil {
			return err
		}
	}
	_, _, _, err := db.Entities(bg, EntityQuery{Kind: inbox.Person, Text: text})
	return err
}

func TestWhateverIsTypedIsWords(t *testing.T) {
	db, _ := contacts(t)
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-+*"^:(){}0-9a-d ANDORNT]{0,30}`)).Draw(r, "text")
		if err := typed(db, text); err != nil {
			r.Fatalf("%q: %v", text, err)
		}
	})
}

func TestEntitiesByWhatTheyHave(t *testing.T) {
	db, _ := contacts(t)
	for what, got := range map[string]func() ([]teamlog.Entity, error){
		"[carla]":     func() ([]teamlog.Entity, error) { return db.EntitiesByEmail(t.Context(), " c.meijer@HOME.example") },
		"[bob carla]": func() ([]teamlog.Entity, error) { return db.EntitiesByPhone(t.Context(), "12345678") },
		"[flour]":     func() ([]teamlog.Entity, error) { return db.EntitiesOfPerson(t.Context(), "carla") },
		"[]":          func() ([]teamlog.Entity, error) { return db.EntitiesByEmail(t.Context(), "") },
	} {
		if all, err := got(); err != nil || fmt.Sprint(ids(all)) != what {
			t.Errorf("%s: %q, %v", what, ids(all), err)
		}
	}
	doubles, err := db.EntityDuplicates(t.Context(), 0)
	if err != nil || len(doubles) != 1 || !slices.Equal(ids(doubles[0]), []string{"bob", "carla"}) {
		t.Errorf("doubles %+v, %v", doubles, err)
	}
}

// TestAChangeIsFoundAnew: the old words find nothing any more.
func TestAChangeIsFoundAnew(t *testing.T) {
	db, book := contacts(t)
	changed := book.decide("bram", &teamlog.CRMEntity{ID: "carla", RecordKind: inbox.Person,
		Set: map[string]string{"name": "Karla", "phones": ""}, Was: map[string]string{"name": "Carla Meijer", "phones": "06 - 12 34 56 78"}})
	if want := []inbox.Key{"crm:person/carla"}; !reflect.DeepEqual(changed.Records, want) || changed.Empty() || len(changed.Conversations) != 0 {
		t.Errorf("changed %+v, want %q", changed, want)
	}
	find := func(text string) []string {
		got, err := db.FindEntities(t.Context(), inbox.Person, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		return ids(got)
	}
	if len(find("meijer@")) == 0 || !slices.Equal(find("karla"), []string{"carla"}) || !slices.Equal(find("0612345678"), []string{"bob"}) {
		t.Errorf("found %q, %q, %q", find("meijer@"), find("karla"), find("0612345678"))
	}
	if doubles, err := db.EntityDuplicates(t.Context(), 0); err != nil || len(doubles) != 0 {
		t.Errorf("doubles %+v, %v", doubles, err)
	}
	book.decide(me, &teamlog.CRMEntity{ID: "carla", RecordKind: inbox.Person, Deleted: true})
	e, found, err := db.Entity(t.Context(), inbox.Person, "carla")
	if err != nil || !found || !e.Deleted || e.Fields["name"] != "Karla" || len(find("karla")) != 0 {
		t.Errorf("deleted it is %+v, %v, %v", e, found, err)
	}
	if _, _, total, err := db.Entities(t.Context(), EntityQuery{Kind: inbox.Person}); err != nil || total != 2 {
		t.Errorf("%d are left, %v", total, err)
	}
	book.decide(me, &teamlog.CRMEntity{ID: "carla", RecordKind: inbox.Person, Restored: true})
	if !slices.Equal(find("karla"), []string{"carla"}) {
		t.Error("it did not come back")
	}
}

func TestEntitiesComeInPagesByName(t *testing.T) {
	db, book := contacts(t)
	for i := range 20 {
		book.decide(me, person(fmt.Sprintf("same%02d", i), "Zoë"))
	}
	read := func(text string) (all []string, total int) {
		for after := ""; ; {
			page, next, n, err := db.Entities(t.Context(), EntityQuery{Kind: inbox.Person, Text: text, After: after, Limit: 4})
			if err != nil {
				t.Fatal(err)
			}
			if all, total = append(all, ids(page)...), n; next == "" {
				return all, total
			}
			after = next
		}
	}
	want := []string{"bob", "carla", "eva"}
	for i := range 20 {
		want = append(want, fmt.Sprintf("same%02d", i))
	}
	if got, total := read(""); !slices.Equal(got, want) || total != 23 {
		t.Errorf("%d: %q, want %q", total, got, want)
	}
	if got, total := read("ZOE"); !slices.Equal(got, want[3:]) || total != 20 {
		t.Errorf("%d: %q, want %q", total, got, want[3:])
	}
	if got, total := read("nobody"); len(got) != 0 || total != 0 {
		t.Errorf("%d: %q", total, got)
	}
	_, _, _, err := db.Entities(t.Context(), EntityQuery{Kind: inbox.Person, After: "none"})
	wantCode(t, err, inbox.Invalid)
}

func TestNotesOfTheBook(t *testing.T) {
	db, book := contacts(t)
	on := inbox.RecordRef{Kind: inbox.Person, ID: "carla"}
	note := func(id, was, text string, deleted bool) teamlog.Event {
		return &teamlog.CRMNote{ID: id, On: on, Was: was, Text: text, Deleted: deleted, Marker: "note=" + id + "."}
	}
	first := book.decision(me, note("n1", "", "one", false))
	second := book.decision("bram", note("n2", "", "two", false))
	second.At = start.Add(time.Hour)
	changed, err := db.Apply(t.Context(), Applied{Decisions: []teamlog.Decision{first, second}})
	if want := []inbox.Key{"crm:note/n1", "crm:note/n2", "crm:person/carla"}; err != nil || !slices.Equal(changed.Records, want) {
		t.Errorf("changed %+v, %v, want %q", changed, err, want)
	}
	texts := func() (all []string) {
		notes, err := db.BookNotes(t.Context(), on)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notes {
			all = append(all, n.Text)
		}
		return all
	}
	if got := texts(); !slices.Equal(got, []string{"two", "one"}) {
		t.Errorf("notes %q", got)
	}
	book.decide("bram", note("n1", first.ID, "one, changed", false), note("n2", second.ID, "", true))
	if got := texts(); !slices.Equal(got, []string{"one, changed"}) {
		t.Errorf("notes %q", got)
	}
	if n, found, err := db.BookNote(t.Context(), "n2"); err != nil || !found || !n.Deleted {
		t.Errorf("note %+v, %v, %v", n, found, err)
	}
	if n, found, err := db.BookNoteByMarker(t.Context(), on, "note=n1."); err != nil || !found || n.ID != "n1" || n.Author != me {
		t.Errorf("note %+v, %v, %v", n, found, err)
	}
	for _, other := range []inbox.RecordRef{on, {Kind: inbox.Deal, ID: "flour"}} {
		if n, found, err := db.BookNoteByMarker(t.Context(), other, map[bool]string{true: "", false: "note=n1."}[other == on]); err != nil || found {
			t.Errorf("note %+v, %v, %v", n, found, err)
		}
	}
}

// TestWhoChangedSecondIsTold (R7): once, and until it is dismissed.
func TestWhoChangedSecondIsTold(t *testing.T) {
	db, book := contacts(t)
	rename := func(name string) *teamlog.CRMEntity {
		return &teamlog.CRMEntity{ID: "carla", RecordKind: inbox.Person, Set: map[string]string{"name": name}, Was: map[string]string{"name": "Carla Meijer"}}
	}
	mine := waits(t, db, "mine", rename("Karla"))
	if e, _, err := db.Entity(t.Context(), inbox.Person, "carla"); err != nil || !e.Pending || e.Fields["name"] != "Karla" {
		t.Fatalf("pending it is %+v, %v", e, err)
	}
	book.decide("bram", rename("Carola"))
	changed := confirms(t, db, book.n+1, mine)
	if len(changed.Voided) != 1 || changed.Voided[0].Record != "crm:person/carla" || changed.Voided[0].Conversation != "" ||
		changed.Voided[0].Activity.Void != teamlog.FirstWins || changed.Voided[0].Activity.Kind != "crm.entity" {
		t.Fatalf("told of %+v", changed.Voided)
	}
	if e, _, err := db.Entity(t.Context(), inbox.Person, "carla"); err != nil || e.Pending || e.Fields["name"] != "Carola" {
		t.Errorf("then it is %+v, %v", e, err)
	}
	all, err := db.Reports(t.Context())
	if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0], changed.Voided[0]) {
		t.Errorf("reports %+v, %v", all, err)
	}
	if err := db.DismissReport(t.Context(), "mine.0"); err != nil {
		t.Fatal(err)
	}
	if all, err := db.Reports(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("reports %+v, %v", all, err)
	}
}

// TestTheBookWaitsForNoMessage: mail is not searched for it, now or at the next
// start.
func TestTheBookWaitsForNoMessage(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, options())
	connect(t, db, shop())
	book := &logBook{t: t, db: db}
	book.decide(me, person("carla", "Carla"))
	waits(t, db, "mine", person("eva", "Eva"))
	if db.dormant.Load() {
		t.Error("a contact waits for a message")
	}
	_ = db.Close()
	db = openAt(t, dir, options())
	if db.dormant.Load() {
		t.Error("after a start a contact waits for a message")
	}
	book.db = db
	book.decide(me, &teamlog.Note{Conversation: "shop:later", Text: "n"})
	_ = db.Close()
	if db = openAt(t, dir, options()); !db.dormant.Load() {
		t.Error("a note at a message that is to come is forgotten")
	}
}

func TestARewindTakesTheBookBack(t *testing.T) {
	db, book := contacts(t)
	n := book.n
	book.decide(me, person("late", "Late"), &teamlog.CRMEntity{ID: "bob", RecordKind: inbox.Person, Deleted: true})
	if _, err := db.Apply(t.Context(), Applied{Rewind: &n}); err != nil {
		t.Fatal(err)
	}
	if _, found, err := db.Entity(t.Context(), inbox.Person, "late"); found || err != nil {
		t.Errorf("it is still there: %v", err)
	}
	if e, _, err := db.Entity(t.Context(), inbox.Person, "bob"); err != nil || e.Deleted {
		t.Errorf("it is %+v, %v", e, err)
	}
	waits(t, db, "mine", person("mine", "Mine"))
	if _, err := db.DropPending(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := db.Entity(t.Context(), inbox.Person, "mine"); found || err != nil {
		t.Errorf("what was taken back is there: %v", err)
	}
	if err := db.ResetTeam(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page, _, total, err := db.Entities(t.Context(), EntityQuery{Kind: inbox.Person}); err != nil || total != 0 || len(page) != 0 {
		t.Errorf("another team's book has %d %+v, %v", total, page, err)
	}
}
