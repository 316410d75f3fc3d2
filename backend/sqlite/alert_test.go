package sqlite

import (
	"testing"

	"postvak/backend/inbox"
)

// alert is one as the team sends it: the Message-ID is what proves it.
func alert(m *inbox.Message) { m.Nature, m.MessageID = inbox.NatureAlert, "alert.1@bakery.example" }

// renamed is one that a mail server gave another Message-ID on its way out.
func renamed(m *inbox.Message) { m.Nature, m.Alert = inbox.NatureAlert, "alert.1@bakery.example" }

// TestAStrangersAlertIsMail: that a mail is an alert of ours is its sender's
// claim. Believed from anybody, it would make a customer's mail vanish.
func TestAStrangersAlertIsMail(t *testing.T) {
	header := func(m *inbox.Message) { m.Nature = inbox.NatureAlert }
	for name, m := range map[string]inbox.Fetched{
		"the header, from a stranger":           mail(1, carla, header),
		"the header, in our name":               mail(1, ours, header),
		"one of our Message-IDs, by a stranger": mail(1, carla, alert),
		"one of our headers, by a stranger":     mail(1, carla, renamed),
		"no sender":                             mail(1, "", alert),
	} {
		t.Run(name, func(t *testing.T) {
			db := newCache(t)
			changed := store(t, db, m)
			rows := list(t, db, inbox.Unassigned)
			if len(rows) != 1 || rows[0].Unread != 1 {
				t.Fatalf("the list has %+v", rows)
			}
			if len(changed.Arrived) != 1 {
				t.Fatalf("nobody hears of it: %+v", changed.Arrived)
			}
			if nature := changed.Arrived[0].Nature; nature == inbox.NatureAlert || m.Message.Nature == inbox.NatureAlert && nature != inbox.NatureAutoReply {
				t.Errorf("what says that a machine wrote it has nature %q", nature)
			}
			if err := db.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
				t.Errorf("after a rebuild the list has %+v", rows)
			}
		})
	}
}

// TestOurAlertIsNoConversation is R18. It is one whichever of our addresses it
// comes from, and where a mail server on its way took the header off.
func TestOurAlertIsNoConversation(t *testing.T) {
	opt := options()
	opt.OurAddress = func(address string) bool { return address == "team@bakery.example" }
	db := openAt(t, t.TempDir(), opt)
	other := inbox.Channel{ID: "other", Address: "orders@bakery.example", Shared: true}
	connect(t, db, shop(), other)
	bare := func(m *inbox.Message) { m.MessageID = "alert.2@bakery.example" }
	changed := store(t, db, mail(1, "Info@Bakery.example", alert), mail(2, "team@bakery.example", alert),
		mail(3, other.Address, alert), mail(4, ours, bare), mail(5, ours, renamed))
	if !changed.Empty() || len(counts(t, db)) != 0 {
		t.Errorf("changed %+v, %v", changed, counts(t, db))
	}
}
