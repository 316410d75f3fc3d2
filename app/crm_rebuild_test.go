package app

import (
	"reflect"
	"testing"
)

// The cache is made anew from the team's log and the mailboxes, and the screens
// show the same links, notes and contacts as before (R26, R33).
func TestTheCrmAfterARebuild(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Vraag", "Hoi")
		kept := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Lampen", "value": "12.50", "currency": "EUR"})
		gone := call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Iemand Anders"})
		r.notes(c.ID, "two notes", func(n []CrmNote) bool { return states(n) == "current current" })
		call[Undo](r.rig, "Crm.Unlink", c.ID, gone.ID)
		first := call[[]CrmNote](r.rig, "Crm.Notes", c.ID)[0]
		call[*nothing](r.rig, "Sandbox.CrmNote", first.ID, CrmNoteRequest{Edit: "Bellen."})
		r.write("Re: Vraag", "Nog iets")
		r.notes(c.ID, "another note", func(n []CrmNote) bool { return states(n) == "edited current" })

		type shown struct {
			Links    []Link
			Notes    []CrmNote
			Activity []Activity
			Deal     Record
			Persons  []Record
		}
		look := func() shown {
			now := r.open(c.ID)
			return shown{
				now.Links, call[[]CrmNote](r.rig, "Crm.Notes", c.ID), now.Activity,
				call[Record](r.rig, "Crm.Get", "deal", kept.TargetID), call[[]Record](r.rig, "Crm.List", "person", RecordQuery{Text: "il"}),
			}
		}
		before := look()
		call[*nothing](r.rig, "Settings.Rebuild")
		after := until(r.rig, r.l, "all is there again", func() (shown, bool) {
			if answer := r.post("Inbox.Open", `["`+c.ID+`",{}]`); answer.Error != nil {
				return shown{}, false
			}
			now := look()
			return now, len(now.Links) == 1 && len(now.Notes) == 2 && len(r.open(c.ID).Messages) == 2
		})
		if !reflect.DeepEqual(before, after) {
			t.Errorf("before:\n%+v\nafter:\n%+v", before, after)
		}
		r.once(t, "Hoi", "Nog iets")
	})
}
