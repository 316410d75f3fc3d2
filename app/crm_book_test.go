package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// A record of the contact book is made, changed, removed, and all of it taken
// back.
func TestTheContactBook(t *testing.T) {
	r := startCrmRig(t)
	person := call[Record](r.rig, "Crm.Add", "person", map[string]any{
		"name": " Quirine  Achterberg ", "emails": []string{"q@werk.example", "q@thuis.example"}, "phones": []string{"06-12345678"}, "organization": "Achterberg BV",
	})
	if person.Title != "Quirine Achterberg" || !slices.Equal(person.Emails, []string{"q@werk.example", "q@thuis.example"}) || person.Subtitle != "Achterberg BV · q@werk.example" {
		t.Errorf("made %+v", person)
	}
	lead := call[Record](r.rig, "Crm.Add", "lead", map[string]any{"title": "Nieuwe lamp", "name": "Otto Prins", "email": "otto@prins.example", "label": "hot"})
	if lead.Person != "Otto Prins" || lead.PersonID == "" || lead.Label != "hot" || lead.Status != "open" {
		t.Errorf("lead %+v", lead)
	}
	deal := call[Record](r.rig, "Crm.Add", "deal", map[string]any{"title": "Lampen", "personId": person.ID, "value": "3250,50", "currency": "EUR", "owner": r.me()})
	if deal.Value != "3250.50" || deal.Person != person.Title || deal.OwnerID != r.me() || deal.Owner != "Robin Hofman" || deal.Stage != "qualified" {
		t.Errorf("deal %+v", deal)
	}

	undo := call[Undo](r.rig, "Crm.Save", "deal", deal.ID, map[string]any{"stage": "negotiating", "value": 4000, "was": map[string]any{"stage": "qualified"}})
	if now := call[Record](r.rig, "Crm.Get", "deal", deal.ID); now.Stage != "negotiating" || now.Value != "4000" || now.Currency != "EUR" {
		t.Errorf("changed: %+v", now)
	}
	call[*nothing](r.rig, "Inbox.Undo", undo.UndoID)
	if now := call[Record](r.rig, "Crm.Get", "deal", deal.ID); now.Stage != "qualified" || now.Value != "3250.50" {
		t.Errorf("taken back: %+v", now)
	}
	if same := call[Undo](r.rig, "Crm.Save", "deal", deal.ID, map[string]any{"stage": "qualified"}); same.UndoID != "" {
		t.Error("nothing was changed, and it can be undone")
	}

	listed := call[[]Record](r.rig, "Crm.List", "person", RecordQuery{Text: "achterb"})
	if len(listed) != 1 || listed[0].ID != person.ID {
		t.Errorf("listed %+v", listed)
	}
	gone := call[Undo](r.rig, "Crm.Remove", "person", person.ID)
	r.refused("not_found", "Crm.Get", "person", person.ID)
	r.refused("not_found", "Crm.Save", "person", person.ID, map[string]any{"name": "x"})
	if now := call[Record](r.rig, "Crm.Get", "deal", deal.ID); now.Person != "" {
		t.Errorf("the deal is about somebody who is gone: %+v", now)
	}
	call[*nothing](r.rig, "Inbox.Undo", gone.UndoID)
	if now := call[Record](r.rig, "Crm.Get", "person", person.ID); now.Title != person.Title {
		t.Errorf("back again: %+v", now)
	}
}

// A page after another shows each record once, by name.
func TestPagesOfTheContactBook(t *testing.T) {
	r := startCrmRig(t)
	all := call[[]Record](r.rig, "Crm.List", "person", RecordQuery{Limit: 200})
	var paged []string
	for after := ""; ; {
		page := call[[]Record](r.rig, "Crm.List", "person", RecordQuery{Limit: 3, After: after})
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			paged = append(paged, p.ID)
		}
		after = page[len(page)-1].ID
	}
	if len(all) < 5 || !slices.Equal(paged, mapped(all, func(p Record) string { return p.ID })) {
		t.Errorf("%d records, in pages %v", len(all), paged)
	}
}

// What cannot be kept is refused with a sentence, and nothing of it is.
func TestBadRecords(t *testing.T) {
	r := startCrmRig(t)
	before := len(call[[]Record](r.rig, "Crm.List", "lead", RecordQuery{Limit: 200}))
	for _, bad := range []struct {
		code, call string
		arguments  []any
	}{
		{"invalid", "Crm.Add", []any{"ghost", map[string]any{"name": "x"}}},
		{"invalid", "Crm.Add", []any{"person", map[string]any{"name": " "}}},
		{"invalid", "Crm.Add", []any{"person", map[string]any{"name": "x", "email": "geen adres"}}},
		{"invalid", "Crm.Add", []any{"lead", map[string]any{"title": "zonder iemand"}}},
		{"invalid", "Crm.Add", []any{"lead", map[string]any{"title": "x", "name": "y", "label": "lauw"}}},
		{"invalid", "Crm.Add", []any{"deal", map[string]any{"title": "x", "currency": "Euro"}}},
		{"invalid", "Crm.Add", []any{"deal", map[string]any{"title": "x", "stage": "gewonnen"}}},
		{"not_found", "Crm.Add", []any{"deal", map[string]any{"title": "x", "owner": "nobody"}}},
		{"not_found", "Crm.Add", []any{"deal", map[string]any{"title": "x", "personId": "nobody"}}},
		{"invalid", "Crm.Save", []any{"deal", "deal-lifeboat", map[string]any{"value": "veel"}}},
		{"invalid", "Crm.Save", []any{"ghost", "deal-lifeboat", map[string]any{"value": "1"}}},
		{"not_found", "Crm.Remove", []any{"deal", "none"}},
		{"not_found", "Crm.AddNote", []any{"deal", "none", "x"}},
		{"invalid", "Crm.AddNote", []any{"deal", "deal-lifeboat", "  "}},
		{"invalid", "Crm.AddNote", []any{"deal", "deal-lifeboat", strings.Repeat("x", teamlog.MaxNote+1)}},
		{"not_found", "Crm.SaveNote", []any{"none", "x", ""}},
		{"not_found", "Crm.RemoveNote", []any{"none"}},
	} {
		r.refused(bad.code, bad.call, bad.arguments...)
	}
	if after := len(call[[]Record](r.rig, "Crm.List", "lead", RecordQuery{Limit: 200})); after != before {
		t.Errorf("%d leads, then %d", before, after)
	}
}

func TestNotesOfTheContactBook(t *testing.T) {
	r := startCrmRig(t)
	id := call[string](r.rig, "Crm.AddNote", "deal", "deal-lifeboat", " Belt liever 's middags. ")
	notes := func() []BookNote { return call[Record](r.rig, "Crm.Get", "deal", "deal-lifeboat").Notes }
	if n := notes(); len(n) != 1 || n[0].ID != id || n[0].Text != "Belt liever 's middags." || n[0].MemberID != r.me() || n[0].At == "" || n[0].Kept {
		t.Fatalf("notes %+v", n)
	}
	r.refused("conflict", "Crm.SaveNote", id, "Belt niet.", "What stood there long ago.")
	call[*nothing](r.rig, "Crm.SaveNote", id, "Belt liever 's ochtends.", "Belt liever 's middags.")
	if n := notes(); len(n) != 1 || n[0].Text != "Belt liever 's ochtends." {
		t.Errorf("changed: %+v", n)
	}
	r.teammate("Sanne", TeammateRequest{Do: "editNote", ID: id, Text: "Belt nooit."})
	if n := notes(); n[0].Text != "Belt nooit." {
		t.Errorf("by Sanne: %+v", n)
	}
	undo := call[Undo](r.rig, "Crm.RemoveNote", id)
	if n := notes(); len(n) != 0 {
		t.Errorf("removed: %+v", n)
	}
	call[*nothing](r.rig, "Inbox.Undo", undo.UndoID)
	if n := notes(); len(n) != 1 || n[0].Text != "Belt nooit." {
		t.Errorf("back: %+v", n)
	}
}

// Who saves over what they did not see is told, also when they find out later
// (R7).
func TestTwoChangeOneRecord(t *testing.T) {
	log := &distantLog{Log: teamlog.NewMemory()}
	r := startRig(t, Options{Sandbox: true, Quiet: true, TeamLog: log})
	r.teammate("Sanne", TeammateRequest{Do: "editRecord", Kind: "deal", ID: "deal-lifeboat", Text: "Twelve pendants"})
	r.refused("conflict", "Crm.Save", "deal", "deal-lifeboat", map[string]any{
		"title": "Ten pendants", "was": map[string]any{"title": "Eleven pendants, lifeboat café"},
	})
	call[Undo](r, "Crm.Save", "deal", "deal-lifeboat", map[string]any{
		"value": "5000", "title": "Twelve pendants", "was": map[string]any{"title": "Eleven pendants, lifeboat café"},
	}) // the title is what they wanted anyway

	voids := r.listen()
	back := r.cutOff(log)
	call[Undo](r, "Crm.Save", "deal", "deal-lifeboat", map[string]any{"stage": "negotiating"})
	if now := call[Record](r, "Crm.Get", "deal", "deal-lifeboat"); now.Stage != "negotiating" || !now.Pending {
		t.Errorf("offline: %+v", now)
	}
	event := &teamlog.CRMEntity{ID: "deal-lifeboat", RecordKind: inbox.Deal, Set: map[string]string{"stage": "contacted"}, Was: map[string]string{"stage": "quote_sent"}}
	if _, err := r.app.team.DecideAs(context.Background(), r.app.demo.authors["sanne"], r.app.clock.Now(), event); err != nil {
		t.Fatal(err)
	}
	back()
	told := next[InboxVoid](r, voids, "inbox.void")
	if len(told.Voids) != 1 || told.Voids[0].Text != "Your change of Twelve pendants in the contact book had no effect: somebody else changed it first." {
		t.Errorf("told %+v", told)
	}
	if now := call[Record](r, "Crm.Get", "deal", "deal-lifeboat"); now.Stage != "contacted" || now.Pending {
		t.Errorf("what stands: %+v", now)
	}
}

// A file of contacts is looked at, taken in once, and written again.
func TestContactsFromAFile(t *testing.T) {
	r := startCrmRig(t)
	csv := "Naam;E-mail;Telefoon;Schoenmaat\nJoris Bakker;joris@example.nl;06-12345678;44\nIlse Mulder;ilse@mulderinterieur.example;;38\n;;;12\n"
	_, file := r.upload(`attachment; filename="contacten.csv"`, "text/csv", []byte(csv))
	preview := call[ImportPreview](r.rig, "Crm.Preview", file.ID)
	fields := mapped(preview.Columns, func(c ImportColumn) string { return c.Field })
	if !slices.Equal(fields, []string{"name", "email", "phone", ""}) || preview.Total != 3 || preview.Duplicates != 1 || len(preview.Rows) != 3 {
		t.Fatalf("preview %+v", preview)
	}
	result := call[ImportResult](r.rig, "Crm.Import", file.ID, ImportOrder{Columns: fields})
	if result.Added != 1 || result.Updated+result.Skipped != 1 || result.LeftOut != 1 || len(result.Problems) != 1 || result.Problems[0].Line != 4 || result.Problems[0].Message == "" {
		t.Errorf("taken in: %+v", result)
	}
	if again := call[ImportResult](r.rig, "Crm.Import", file.ID, ImportOrder{Columns: fields}); again.Added != 0 || again.Updated != 0 {
		t.Errorf("a second time: %+v", again)
	}
	if found := call[[]RecordHit](r.rig, "Crm.Search", "person", "+31612345678"); len(found) != 1 || found[0].Title != "Joris Bakker" {
		t.Errorf("found by number: %+v", found)
	}
	exported := read(t, r.request("GET", "/file/"+call[string](r.rig, "Crm.Export"), r.bearer).Body)
	if !strings.Contains(exported, "joris@example.nl") || !strings.Contains(exported, "Ilse Mulder") {
		t.Errorf("exported %s", exported)
	}
	r.refused("invalid", "Crm.Import", file.ID, ImportOrder{Columns: []string{"name"}})
	r.refused("not_found", "Crm.Import", "none", ImportOrder{})
	r.refused("not_found", "Crm.Preview", "none")
	_, empty := r.upload(`attachment; filename="leeg.csv"`, "text/csv", []byte("\n"))
	r.refused("invalid", "Crm.Preview", empty.ID)
}
