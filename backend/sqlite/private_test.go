package sqlite

import (
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// TestPrivateDecisionsAreNoHistoryOfTheTeam (R31).
func TestPrivateDecisionsAreNoHistoryOfTheTeam(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	key := m.Message.Key
	store(t, db, m)
	confirms(t, db, 1, by(me, "team", &teamlog.Note{Conversation: key, Text: "of the team"}))
	private := []teamlog.Decision{by(me, "p1", &teamlog.Assign{Conversation: key, To: me}), by(me, "p2", &teamlog.Assign{Conversation: key, To: "", Was: me})}
	for range 2 {
		if _, err := db.AddPrivate(t.Context(), private[:1]); err != nil {
			t.Fatal(err)
		}
	}
	if rows := list(t, db, inbox.Mine); len(rows) != 1 || rows[0].Pending {
		t.Errorf("mine %+v", rows)
	}
	if _, err := db.AddPrivate(t.Context(), private); err != nil {
		t.Fatal(err)
	}
	got, err := db.PrivateDecisions(t.Context(), channel)
	if err != nil || len(got) != 2 || got[0].N != 1 || got[1].N != 2 || got[1].Seen != 1 || got[1].ID != "p2.0" || got[1].Device != "anna-1" {
		t.Errorf("private decisions %+v, %v", got, err)
	}
	if other, err := db.PrivateDecisions(t.Context(), "other"); err != nil || len(other) != 0 {
		t.Errorf("of another channel %+v, %v", other, err)
	}
	err = db.Histories(t.Context(), 99, func(_ inbox.Key, decisions []teamlog.Decision) error {
		for _, d := range decisions {
			if d.ID != "team.0" {
				t.Errorf("a snapshot would hold %+v", d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	none := uint64(0)
	applies(t, db, Applied{Rewind: &none})
	if got, _ := db.PrivateDecisions(t.Context(), channel); len(got) != 2 {
		t.Error("a rewind of the team log took private decisions")
	}
	if _, err := db.DropPrivate(t.Context(), channel); err != nil {
		t.Fatal(err)
	}
	if got, _ := db.PrivateDecisions(t.Context(), channel); len(got) != 0 || len(open(t, db, key).Activity) != 0 {
		t.Errorf("left of them: %+v", got)
	}
}

// TestWhatAMemberMayNotReadIsNowhere (R31): in no list, count or search, also
// after the member at this desk changed; a removed channel stays readable.
func TestWhatAMemberMayNotReadIsNowhere(t *testing.T) {
	db := newCache(t)
	store(t, db, mail(1, carla, text("sourdough")))
	key := mail(1, carla, text("sourdough")).Message.Key
	sees := func(want int, when string) {
		t.Helper()
		_, err := db.Conversation(t.Context(), key, OpenQuery{})
		if got := len(list(t, db, inbox.Unassigned)); got != want || counts(t, db)[inbox.Unassigned][0] != want ||
			len(found(t, db, "sourdough")) != want || (err == nil) != (want == 1) {
			t.Errorf("%s: %d in the list, counts %v, %d found, opening it: %v; want %d", when, got, counts(t, db), len(found(t, db, "sourdough")), err, want)
		}
	}
	sees(1, "shared")
	private := shop()
	private.Shared, private.Installer = false, "bram"
	connect(t, db, private)
	sees(0, "of bram alone")
	if err := db.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	sees(0, "rebuilt")
	if changed, err := db.SetMe(t.Context(), "bram"); err != nil || len(changed.Sections) == 0 {
		t.Fatalf("%+v, %v", changed, err)
	}
	sees(1, "for bram")
	if _, err := db.SetMe(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	sees(0, "for another again")
	connect(t, db, shop())
	sees(1, "shared at last")
	applies(t, db, Applied{Channels: []inbox.Channel{}})
	sees(1, "with its channel removed")
}

// TestAnotherMemberReadsForThemself: what one has read another has not.
func TestAnotherMemberReadsForThemself(t *testing.T) {
	db := newCache(t)
	m := mail(1, carla)
	store(t, db, m)
	confirms(t, db, 1, by(me, "read", &teamlog.Read{Conversation: m.Message.Key, UpTo: m.Message.At}))
	if got := counts(t, db); got[inbox.Unassigned] != [2]int{1, 0} {
		t.Fatalf("counts %v", got)
	}
	if _, err := db.SetMe(t.Context(), "bram"); err != nil {
		t.Fatal(err)
	}
	if got := counts(t, db); got[inbox.Unassigned] != [2]int{1, 1} {
		t.Errorf("counts %v for another member", got)
	}
}

func TestResetTeam(t *testing.T) {
	db := newCache(t)
	waits(t, db, "mine", &teamlog.Note{Conversation: "shop:a", Text: "n"})
	confirms(t, db, 1, by(me, "a", &teamlog.Note{Conversation: "shop:a", Text: "n"}))
	if _, err := db.Log().Append(t.Context(), "a", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := db.PutSetting(t.Context(), "theme", "dark"); err != nil {
		t.Fatal(err)
	}
	adds(t, db, inbox.NotificationRecord{EventID: "a.0", Member: me, Medium: inbox.MediumEmail})
	if err := db.ResetTeam(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"decisions", "pending", "records", "checkpoints", "bases", "recent", "reports", "log", "channels", "notifications"} {
		var n int
		if _, err := db.reading(t.Context()).one("SELECT count(*) FROM "+table, nil, &n); err != nil || n != 0 {
			t.Errorf("%s still has %d rows, %v", table, n, err)
		}
	}
	if cursor, err := db.Cursor(t.Context()); err != nil || cursor.Count != 0 || len(db.Channels()) != 0 {
		t.Errorf("cursor %+v, %v, channels %v", cursor, err, db.Channels())
	}
	var theme string
	if found, err := db.Setting(t.Context(), "theme", &theme); err != nil || !found {
		t.Errorf("a setting of the person is gone: %v, %v", found, err)
	}
	connect(t, db, shop())
	store(t, db, mail(1, carla))
	wantCode(t, db.ResetTeam(t.Context()), inbox.Conflict)
	if rows := list(t, db, inbox.Unassigned); len(rows) != 1 {
		t.Errorf("refused, and yet: %+v", rows)
	}
}
