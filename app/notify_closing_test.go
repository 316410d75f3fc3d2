package app

import (
	"encoding/json"
	"fmt"
	"testing"

	"postvak/app/desktop"
)

// windows are the lines of the history about a conversation's reply window.
func (b *bellRig) windows(conversation, medium string) (rows []NotificationRow) {
	for _, row := range b.history() {
		if row.Event == "windowClosing" && of(conversation, medium)(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// window waits until the history tells so many times of a conversation's reply
// window, and gives the newest.
func (b *bellRig) window(conversation, medium string, times int) NotificationRow {
	b.t.Helper()
	return until(b.rig, b.l, "the reply window in the history", func() (NotificationRow, bool) {
		rows := b.windows(conversation, medium)
		if len(rows) != times || rows[0].Outcome == "" {
			return NotificationRow{}, false
		}
		return rows[0], true
	})
}

func TestWhoeverHasItIsToldAnHourBeforeItsWindowEnds(t *testing.T) {
	b := startBell(t)
	b.save(func(s *NotificationSettings) { s.Email.WindowClosing = true })
	_, mine := b.chats(b.l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	_, nobodys := b.chats(b.l, "whatsapp", "+31612345679", "En mijn tafel?")
	_, closed := b.chats(b.l, "whatsapp", "+31612345670", "Laat maar.")
	call[Undo](b.rig, "Inbox.Assign", mine.ID, b.me())
	call[Undo](b.rig, "Inbox.Assign", closed.ID, b.me())
	call[Undo](b.rig, "Inbox.Close", closed.ID)

	ends, _ := parseStamp(b.open(mine.ID).ReplyBy)
	said := b.app.inWords(fmt.Sprintf("The reply window ends at %s.", ends.Local().Format("15:04")))

	call[*nothing](b.rig, "Sandbox.Advance", "22h50m")
	if rows := b.windows(mine.ID, "desktop"); len(rows) != 0 {
		t.Errorf("too early: %+v", rows)
	}
	call[*nothing](b.rig, "Sandbox.Advance", "20m")
	if row := b.window(mine.ID, "desktop", 1); row.Outcome != "shown" || row.Reason != "" {
		t.Errorf("%+v", row)
	}
	b.notice("the reply window", func(n desktop.Notice) bool { return n.Slot == mine.ID && n.Body == said })
	until(b.rig, b.l, "the e-mail", func() (bool, bool) {
		call[*nothing](b.rig, "Sandbox.Advance", "30s")
		return true, len(b.alerts(b.address())) == 1
	})
	if row := b.window(mine.ID, "email", 1); row.Outcome != "sent" {
		t.Errorf("%+v", row)
	}

	// Whoever writes again moves the end, and an hour before that it is told anew.
	b.chats(b.l, "whatsapp", evasNumber, "Hallo?")
	call[*nothing](b.rig, "Sandbox.Advance", "23h10m")
	if row := b.window(mine.ID, "desktop", 2); row.Outcome != "shown" {
		t.Errorf("%+v", row)
	}

	// Another start knows nothing of what was told, and the history does.
	b.app.closingNow(b.app.ctx, closingTold{})
	b.chats(b.l, "whatsapp", "+31612345671", "Een ander.")
	b.row("somebody else", func(r NotificationRow) bool { return r.Contact == "+31612345671" })
	for _, id := range []string{nobodys.ID, closed.ID} {
		if rows := b.windows(id, "desktop"); len(rows) != 0 {
			t.Errorf("%+v", rows)
		}
	}
	if n := len(b.windows(mine.ID, "desktop")); n != 2 {
		t.Errorf("told %d times", n)
	}
}

// Out of reach, nobody knows whether the contact wrote: it is told when the
// channel was asked again, and not at all when the window has ended by then.
func TestNoWindowIsSpokenOfOutOfReach(t *testing.T) {
	b := startBell(t)
	_, first := b.chats(b.l, "whatsapp", evasNumber, "Waar blijft mijn lamp?")
	call[*nothing](b.rig, "Sandbox.Advance", "30m")
	_, second := b.chats(b.l, "whatsapp", "+31612345679", "En mijn tafel?")
	for _, id := range []string{first.ID, second.ID} {
		call[Undo](b.rig, "Inbox.Assign", id, b.me())
	}
	call[*nothing](b.rig, "Sandbox.Offline", true)
	call[*nothing](b.rig, "Sandbox.Advance", "1m")
	until(b.rig, b.l, "offline", func() (bool, bool) { return true, b.open(first.ID).Composer.Mode == "queue_only" })
	call[*nothing](b.rig, "Sandbox.Advance", "23h")
	told := closingTold{}
	if b.app.closingNow(b.app.ctx, told); len(told) != 0 {
		t.Errorf("told out of reach: %v", told)
	}
	call[*nothing](b.rig, "Sandbox.Advance", "35m") // the first has ended
	call[*nothing](b.rig, "Sandbox.Offline", false)
	call[*nothing](b.rig, "Sandbox.Advance", "1m")
	b.window(second.ID, "desktop", 1)
	if rows := b.windows(first.ID, "desktop"); len(rows) != 0 {
		t.Errorf("of what has ended: %+v", rows)
	}
}

// Who chose before there was the choice hears of windows on the desktop, and by
// e-mail not, as if they had never chosen.
func TestAnOlderBellRingsForWindows(t *testing.T) {
	r := startRig(t, Options{})
	var older map[string]any
	if err := json.Unmarshal([]byte(`{"desktop":{"mine":false,"others":true},"email":{"mine":true}}`), &older); err != nil {
		t.Fatal(err)
	}
	if err := r.app.db.PutSetting(t.Context(), bellKey, older); err != nil {
		t.Fatal(err)
	}
	bell := call[NotificationSettings](r, "Notifications.Get")
	if !bell.Desktop.WindowClosing || bell.Email.WindowClosing || bell.Desktop.Mine || !bell.Email.Mine {
		t.Errorf("%+v", bell)
	}
	bell.Desktop.WindowClosing = false
	call[*nothing](r, "Notifications.Save", bell)
	if call[NotificationSettings](r, "Notifications.Get").Desktop.WindowClosing {
		t.Error("it cannot be switched off")
	}
}
