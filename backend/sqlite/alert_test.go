package sqlite

import (
	"testing"

	"postvak/backend/inbox"
)

func alert(m *inbox.Message) { m.Nature = inbox.NatureAlert }

// TestAStrangersAlertIsMail: that a mail is an alert of ours is its sender's
// claim. Believed from anybody, it would make a customer's mail vanish.
func TestAStrangersAlertIsMail(t *testing.T) {
	db := newCache(t)
	changed := store(t, db, mail(1, carla, alert))
	rows := list(t, db, inbox.Unassigned)
	if len(rows) != 1 || rows[0].Unread != 1 {
		t.Fatalf("the list has %+v", rows)
	}
	if len(changed.Arrived) != 1 {
		t.Errorf("nobody is notified: %+v", changed.Arrived)
	}
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("after a rebuild the list has %+v", rows)
	}
}

// TestOurAlertIsNoConversation is R18.
func TestOurAlertIsNoConversation(t *testing.T) {
	db := newCache(t)
	changed := store(t, db, mail(1, "Info@Bakery.example", alert))
	if !changed.Empty() || len(counts(t, db)) != 0 {
		t.Errorf("changed %+v, %v", changed, counts(t, db))
	}
}
