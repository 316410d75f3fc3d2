package app

import (
	"fmt"
	"strings"
	"testing"
)

// Two who have the same number in another format may be one, until one of them
// is taken out. Nothing is joined.
func TestDuplicateHints(t *testing.T) {
	r := startCrmRig(t)
	groups := call[[]DuplicateGroup](r.rig, "Crm.Duplicates")
	if len(groups) != 1 || groups[0].Why != "phone" || len(groups[0].Records) != 2 || groups[0].More != 0 {
		t.Fatalf("groups %+v", groups)
	}
	hints := call[Record](r.rig, "Crm.Get", "person", "m-postma").Duplicates
	if len(hints) != 1 || hints[0] != (DuplicateHint{Kind: "person", ID: "marijke-postma", Title: "Marijke Postma", Why: "phone"}) {
		t.Errorf("hints %+v", hints)
	}
	gone := call[Undo](r.rig, "Crm.Remove", "person", "m-postma")
	if groups := call[[]DuplicateGroup](r.rig, "Crm.Duplicates"); len(groups) != 0 {
		t.Errorf("of one that is gone: %+v", groups)
	}
	call[*nothing](r.rig, "Inbox.Undo", gone.UndoID)
	if groups := call[[]DuplicateGroup](r.rig, "Crm.Duplicates"); len(groups) != 1 {
		t.Errorf("back again: %+v", groups)
	}
	r.connect()
	if groups := call[[]DuplicateGroup](r.rig, "Crm.Duplicates"); len(groups) != 0 {
		t.Errorf("of a book that is not in use: %+v", groups)
	}
}

// Of many who are alike only some are shown, and it is said of how many.
func TestManyAlike(t *testing.T) {
	r := startCrmRig(t)
	for i := range mostAlike + 3 {
		call[Record](r.rig, "Crm.Add", "person", map[string]any{"name": fmt.Sprintf("Kees %02d", i), "email": "Kees@Kantoor.example"})
	}
	groups := call[[]DuplicateGroup](r.rig, "Crm.Duplicates")
	if len(groups) != 2 || groups[0].Why != "email" || len(groups[0].Records) != mostAlike || groups[0].More != 3 {
		t.Errorf("%d groups, the first %+v", len(groups), groups)
	}
}

// A person is shown with the leads and deals about them: open ones first, then
// the last changed.
func TestRecordsOfAPerson(t *testing.T) {
	r := startCrmRig(t)
	add := func(kind, title string) string {
		return call[Record](r.rig, "Crm.Add", kind, map[string]any{"title": title, "personId": "ilse-mulder", "value": "12.50", "currency": "EUR"}).ID
	}
	of := func(id string) string {
		all := call[Record](r.rig, "Crm.Get", "person", id).Records
		return strings.Join(mapped(all, func(p RelatedRecord) string { return p.Kind + " " + p.Title }), ", ")
	}
	if got, want := of("ilse-mulder"), "deal Twelve brass ceiling caps"; got != want {
		t.Errorf("at first %q, want %q", got, want)
	}
	call[*nothing](r.rig, "Sandbox.Advance", "1m")
	add("lead", "Haken")
	call[*nothing](r.rig, "Sandbox.Advance", "1m")
	deal := add("deal", "Kettingen")
	call[*nothing](r.rig, "Sandbox.Advance", "1m")
	call[Undo](r.rig, "Crm.Save", "deal", "deal-caps", map[string]any{"value": "390"}) // won, and changed last
	if got, want := of("ilse-mulder"), "deal Kettingen, lead Haken, deal Twelve brass ceiling caps"; got != want {
		t.Errorf("the won one is not the last: %q, want %q", got, want)
	}
	first := call[Record](r.rig, "Crm.Get", "person", "ilse-mulder").Records[0]
	if first.ID != deal || first.Stage != "qualified" || first.Status != "open" || first.Value != "12.50" || first.Currency != "EUR" {
		t.Errorf("the deal as it stands there: %+v", first)
	}

	call[Undo](r.rig, "Crm.Save", "deal", deal, map[string]any{"personId": "wim-tolsma"})
	if got, want := of("ilse-mulder")+" | "+of("wim-tolsma"), "lead Haken, deal Twelve brass ceiling caps | deal Kettingen"; got != want {
		t.Errorf("about somebody else: %q, want %q", got, want)
	}
	call[Undo](r.rig, "Crm.Remove", "deal", deal)
	if got := of("wim-tolsma"); got != "" {
		t.Errorf("one that is gone: %q", got)
	}
	if records := call[Record](r.rig, "Crm.Get", "deal", "deal-caps").Records; len(records) != 0 {
		t.Errorf("a deal has %+v", records)
	}
}

// However many there are, a page has no more than fifty.
func TestAPersonWithManyDeals(t *testing.T) {
	r := startCrmRig(t)
	for i := range mostRelated + 1 {
		call[Record](r.rig, "Crm.Add", "deal", map[string]any{"title": fmt.Sprint("Partij ", i), "personId": "ilse-mulder"})
	}
	all := call[Record](r.rig, "Crm.Get", "person", "ilse-mulder").Records
	if len(all) != mostRelated || all[len(all)-1].Status != "open" {
		t.Errorf("%d shown, the last %+v", len(all), all[len(all)-1])
	}
}
