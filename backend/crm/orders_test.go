package crm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

func (l *line) Create(ctx context.Context, d inbox.RecordDraft) (r inbox.Record, err error) {
	err = l.call(func() error { r, err = l.Memory.Create(ctx, d); return err })
	return r, err
}

func (l *line) FindCreated(ctx context.Context, d inbox.RecordDraft, since time.Time) (r inbox.Record, ok bool, err error) {
	err = l.call(func() error { r, ok, err = l.Memory.FindCreated(ctx, d, since); return err })
	return r, ok && !l.d.w.blind, err
}

var eve = inbox.RecordDraft{Kind: inbox.Lead, Title: "Bread for Eve", Name: "Eve Smit", Email: "eve@customer.example"}

// solo is one desktop with a conversation.
func solo(t *testing.T) (*world, *desk) {
	w := newWorld(t)
	ann := w.desk("ann-1", "ann")
	w.writes("k1", w.now.Add(-time.Minute))
	w.fetch(ann, false)
	return w, ann
}

func (w *world) leads() (n int) {
	for _, r := range w.book.Records() {
		if r.Kind == inbox.Lead {
			n++
		}
	}
	return n
}

// A record is created and linked at once, and its note written.
func TestCreate(t *testing.T) {
	w, ann := solo(t)
	made, err := ann.crm.Create(t.Context(), "k1", eve)
	if err != nil || made.Pending || made.Link == "" || made.Record.Title != eve.Title || made.Record.PersonID == "" {
		t.Fatalf("%+v, %v", made, err)
	}
	w.run(10*time.Second, time.Second)
	w.expect("created", "0")
	if waiting, err := ann.crm.Creations(t.Context(), "k1"); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
}

// What the provider refuses is said at once, and nothing is left of it.
func TestCreateRefused(t *testing.T) {
	w, ann := solo(t)
	var e *inbox.Error
	if _, err := ann.crm.Create(t.Context(), "k1", inbox.RecordDraft{Kind: inbox.Lead, Title: "Nobody's"}); !errors.As(err, &e) || e.Code != inbox.Invalid {
		t.Errorf("%v", err)
	}
	ann.crm.SetProvider(nil)
	if _, err := ann.crm.Create(t.Context(), "k1", eve); !errors.As(err, &e) || e.Code != inbox.Auth {
		t.Errorf("%v", err)
	}
	if waiting, err := ann.crm.Creations(t.Context()); err != nil || len(waiting) != 0 || w.leads() != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
}

// Offline it waits, also over a restart, and is done when there is a way.
func TestCreateOffline(t *testing.T) {
	w, ann := solo(t)
	w.book.Limit(0)
	made, err := ann.crm.Create(t.Context(), "k1", eve)
	if err != nil || !made.Pending || made.Link != "" {
		t.Fatalf("%+v, %v", made, err)
	}
	w.run(2*time.Minute, time.Second)
	ann.start()
	w.run(time.Minute, time.Second)
	if waiting, err := ann.crm.Creations(t.Context(), "k1"); err != nil || len(waiting) != 1 || waiting[0].ID != made.Creation || w.leads() != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
	w.book.Limit(100)
	w.run(12*time.Minute, 5*time.Second)
	w.expect("online again", "0")
	if w.leads() != 1 {
		t.Errorf("%d leads", w.leads())
	}
}

// What is refused in the background waits for a person, who changes something
// and tries again, or gives it up.
func TestCreateRefusedLater(t *testing.T) {
	w, ann := solo(t)
	w.book.Limit(0)
	refuse := true
	w.book.Fault = func(call string, _ bool) error {
		if refuse && call == "Create" {
			return inbox.Errorf(inbox.Forbidden, "You may not create leads.")
		}
		return nil
	}
	w.book.Limit(0)
	refuse = false
	one, _ := ann.crm.Create(t.Context(), "k1", eve)
	other, _ := ann.crm.Create(t.Context(), "k1", inbox.RecordDraft{Kind: inbox.Person, Name: "Fay"})
	refuse = true
	w.book.Limit(1000)
	w.run(time.Hour, 10*time.Second)
	waiting, err := ann.crm.Creations(t.Context(), "k1")
	if err != nil || len(waiting) != 2 || waiting[0].Trouble != "You may not create leads." {
		t.Fatalf("%+v, %v", waiting, err)
	}
	refuse = false
	w.run(time.Hour, 10*time.Second)
	if w.leads() != 0 {
		t.Error("it was tried again though nobody asked")
	}
	for _, given := range []crm.Created{one, other} {
		if err := ann.crm.Forget(t.Context(), given.Creation); err != nil {
			t.Fatal(err)
		}
	}
	w.run(time.Minute, time.Second)
	if waiting, err := ann.crm.Creations(t.Context()); err != nil || len(waiting) != 0 || w.leads() != 0 {
		t.Errorf("%+v, %v, %d leads", waiting, err, w.leads())
	}
}

// The program is killed at each of its steps in turn while it creates a record,
// and is never told what became of one of its questions: there is one record,
// and one link.
func TestKilledAtEveryStepOfACreation(t *testing.T) {
	doubled := func(blind bool) (doubles int) {
		for at := 1; ; at++ {
			w, ann := solo(t)
			w.blind, w.faulty = blind, true
			step, reached := 0, false
			w.draw = func(n int) int {
				if n != stepKinds {
					return 0
				}
				if step++; step == at {
					reached = true
					return 1
				}
				return 0
			}
			func() {
				defer func() {
					if _, died := recover().(killed); died {
						ann.crm = nil
					}
				}()
				_, _ = ann.crm.Create(t.Context(), "k1", eve)
			}()
			if !reached {
				if at < 6 {
					t.Errorf("there are only %d steps", at-1)
				}
				return doubles
			}
			stored := len(ann.store.creations) + len(ann.view.talk("k1").links) + len(ann.unsent)
			w.faulty = false
			ann.start()
			w.run(30*time.Minute, 5*time.Second)
			links, leads := len(ann.view.talk("k1").links), w.leads()
			switch {
			case leads > 1:
				doubles++
			case stored > 0 && (leads != 1 || links != 1):
				t.Errorf("killed at step %d: %d leads, %d links", at, leads, links)
			}
		}
	}
	if n := doubled(false); n > 0 {
		t.Errorf("%d deaths made two records", n)
	}
	if doubled(true) == 0 {
		t.Error("nobody looked for the first record, and there never were two")
	}
}

func TestSearch(t *testing.T) {
	w, ann := solo(t)
	if _, err := w.book.Create(t.Context(), eve); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"": 0, "e": 0, " e ": 0, "eve": 1, "  EVE ": 1, "eve  smit": 1, "bob": 0} {
		if found, err := ann.crm.Search(t.Context(), inbox.Person, text); err != nil || len(found) != want {
			t.Errorf("%q finds %+v, %v", text, found, err)
		}
	}
	ann.crm.SetProvider(nil)
	if _, err := ann.crm.Search(t.Context(), inbox.Person, "eve"); err == nil {
		t.Error("without a provider nothing is said")
	}
}

// Who a contact may be is kept for a day, and longer while nobody can be asked.
func TestMatches(t *testing.T) {
	w, ann := solo(t)
	if _, err := w.book.Create(t.Context(), eve); err != nil {
		t.Fatal(err)
	}
	if _, err := w.book.Create(t.Context(), inbox.RecordDraft{Kind: inbox.Person, Name: "Eve Smit"}); err != nil {
		t.Fatal(err)
	}
	calls := 0
	w.book.Fault = func(_ string, done bool) error {
		if !done {
			calls++
		}
		return nil
	}
	contact := inbox.Address{Name: "Eve Smit", Address: "EVE@customer.example"}
	look := func(asked int) []crm.Match {
		t.Helper()
		found, _, err := ann.crm.Matches(t.Context(), contact)
		if err != nil || len(found) != 2 || found[0].Confidence != inbox.Sure || found[1].Confidence != inbox.Maybe || calls != asked {
			t.Errorf("%+v, %v, %d calls, not %d", found, err, calls, asked)
		}
		return found
	}
	look(1)
	w.now = w.now.Add(23 * time.Hour)
	look(1)
	w.now = w.now.Add(2 * time.Hour)
	look(2)
	w.book.Limit(0)
	w.now = w.now.Add(48 * time.Hour)
	_, asOf, err := ann.crm.Matches(t.Context(), contact)
	if err != nil || !asOf.Equal(w.now.Add(-48*time.Hour)) {
		t.Errorf("as of %v, %v", asOf, err)
	}
	before := calls
	if _, _, err := ann.crm.Matches(t.Context(), inbox.Address{Address: "+31612345678"}); err == nil || calls != before {
		t.Errorf("it was asked in a pause: %v", err)
	}
}

// A record that was seen is there without a network, with the time it was seen.
func TestGetOffline(t *testing.T) {
	w, ann := solo(t)
	made, err := w.book.Create(t.Context(), eve)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ann.crm.Get(t.Context(), made.RecordRef); err != nil {
		t.Fatal(err)
	}
	w.book.Limit(0)
	if r, _, err := ann.crm.Get(t.Context(), made.RecordRef); err != nil || r.Title != eve.Title {
		t.Errorf("%+v, %v", r, err)
	}
	if _, _, err := ann.crm.Get(t.Context(), inbox.RecordRef{Kind: inbox.Deal, ID: "99"}); err == nil {
		t.Error("what was never seen is there")
	}
	w.book.Limit(100)
	w.book.DeleteRecord(made.RecordRef)
	var e *inbox.Error
	if _, _, err := ann.crm.Get(t.Context(), made.RecordRef); !errors.As(err, &e) || e.Code != inbox.NotFound {
		t.Errorf("%v", err)
	}
}
