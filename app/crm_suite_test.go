package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postvak/backend/contacts"
	"postvak/backend/crm/crmtest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestTheContactBookIsACrm holds the built-in contact book, over the real cache
// and team log, to what every CRM does: alone, and while the team's log cannot
// be reached, so that everything is pending (R26, R33).
func TestTheContactBookIsACrm(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		crmtest.Run(t, func(t *testing.T) crmtest.World { return bookWorld(startRig(t, Options{})) })
	})
	t.Run("offline", func(t *testing.T) {
		crmtest.Run(t, func(t *testing.T) crmtest.World {
			log := &distantLog{Log: teamlog.NewMemory()}
			r := startRig(t, Options{TeamLog: log})
			r.cutOff(log)
			return bookWorld(r)
		})
	})
}

func bookWorld(r *rig) crmtest.World {
	decide := func(t *testing.T, e teamlog.Event) {
		t.Helper()
		if outcomes, err := r.app.team.Decide(t.Context(), e); err != nil || outcomes[0].Void != teamlog.Admitted {
			t.Fatal(outcomes, err)
		}
	}
	touch := func(t *testing.T, id, text string) {
		t.Helper()
		n, found, err := r.app.db.BookNote(t.Context(), id)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		decide(t, &teamlog.CRMNote{ID: id, On: n.On, Was: n.Version, Text: text, Deleted: text == ""})
	}
	return crmtest.World{
		Provider: bookCrm{r.app.crm.book}, Now: r.app.clock.Now,
		EditNote:   func(t *testing.T, _ inbox.RecordRef, id, text string) { touch(t, id, text) },
		DeleteNote: func(t *testing.T, _ inbox.RecordRef, id string) { touch(t, id, "") },
		DeleteRecord: func(t *testing.T, ref inbox.RecordRef) {
			decide(t, &teamlog.CRMEntity{ID: ref.ID, RecordKind: ref.Kind, Deleted: true})
		},
	}
}

// A file of thousands is taken in, found by any number, and exported as it was.
func TestManyContactsFromAFile(t *testing.T) {
	r := startRig(t, Options{})
	const many = 3000
	var file strings.Builder
	file.WriteString("Name,E-mail,Phone\n")
	for i := range many {
		fmt.Fprintf(&file, "Person %04d,p%d@x.example,+31 6 1%07d\n", i, i, i)
	}
	table, err := contacts.Read([]byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	result, err := r.app.crm.book.Import(t.Context(), table, table.Fields())
	if err != nil || result.Added != many {
		t.Fatalf("%+v, %v", result, err)
	}
	t.Logf("%d persons in %v", many, time.Since(began))
	if again, err := r.app.crm.book.Import(t.Context(), table, table.Fields()); err != nil || again.Skipped != many {
		t.Errorf("again: %+v, %v", again, err)
	}
	for _, text := range []string{"person 2999", "P2999@x.example", "06-10002999", "0031 6 10002999"} {
		found, err := r.app.crm.book.Find(t.Context(), inbox.Person, text, 10)
		if err != nil || len(found) != 1 || found[0].Title != "Person 2999" {
			t.Errorf("%q finds %+v, %v", text, found, err)
		}
	}
	var out strings.Builder
	if err := r.app.crm.book.Export(t.Context(), &out); err != nil || strings.Count(out.String(), "\n") != many+1 {
		t.Errorf("%d lines, %v", strings.Count(out.String(), "\n"), err)
	}
}
