package app

import (
	"testing"

	"postvak/backend/inbox"
)

// assigned has a teammate assign a conversation to me, and gives the alert about
// it that waits.
func (b *bellRig) assigned(c Conversation) inbox.NotificationRecord {
	b.t.Helper()
	call[*nothing](b.rig, "Sandbox.Advance", "2s") // servers date mail by the second: what was read then is older
	call[*nothing](b.rig, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "assign", ConversationID: c.ID, MemberID: b.me()})
	return until(b.rig, b.l, "the alert that waits", func() (inbox.NotificationRecord, bool) {
		rows, err := b.app.waitingAssignments(b.t.Context())
		if err != nil || len(rows) == 0 {
			return inbox.NotificationRecord{}, false
		}
		return rows[0], true
	})
}

func (b *bellRig) hasSeen(row inbox.NotificationRecord) bool {
	b.t.Helper()
	read, err := b.app.db.HasSeen(b.t.Context(), row)
	if err != nil {
		b.t.Fatal(err)
	}
	return read
}

// Who looks at what was assigned to them is not mailed about it, also where
// there is no unread message (R18).
func TestNoAlertAboutAnAssignmentThatWasSeen(t *testing.T) {
	for what, sees := range map[string]struct{ before, after func(*bellRig, Conversation) }{
		"opened after it": {after: func(b *bellRig, c Conversation) { b.focusFrom("w", c.ID) }},
		"open already":    {before: func(b *bellRig, c Conversation) { b.focusFrom("w", c.ID) }},
		"marked as read":  {after: func(b *bellRig, c Conversation) { call[Undo](b.rig, "Inbox.MarkRead", c.ID) }},
		"opened and left": {after: func(b *bellRig, c Conversation) { b.focusFrom("w", c.ID); b.focusFrom("w", "") }},
	} {
		t.Run(what, func(t *testing.T) {
			b := startBell(t)
			b.save(func(s *NotificationSettings) { s.Email = NotificationBell{AssignedToMe: true} })
			c := b.write("eva@klant.example", "Voor jou")
			call[Undo](b.rig, "Inbox.MarkRead", c.ID)
			if sees.before != nil {
				sees.before(b, c)
			}
			waits := b.assigned(c)
			if sees.after != nil {
				sees.after(b, c)
			}
			until(b.rig, b.l, "the mark", func() (bool, bool) { return true, b.hasSeen(waits) })
			row := until(b.rig, b.l, "the decision", func() (NotificationRow, bool) {
				call[*nothing](b.rig, "Sandbox.Advance", "31s")
				for _, row := range b.history() {
					if of(c.ID, "email")(row) && row.Event == "assignedToMe" {
						return row, true
					}
				}
				return NotificationRow{}, false
			})
			if row.Code != "read_meanwhile" || len(b.alerts(b.address())) != 0 {
				t.Errorf("row %+v, alerts %+v", row, b.alerts(b.address()))
			}
		})
	}
}

// Looking at a conversation decides nothing else: not without an alert that
// waits, not about another, and not twice.
func TestLookingDecidesNothingElse(t *testing.T) {
	b := startBell(t)
	ctx := t.Context()
	c, other := b.write("eva@klant.example", "Stil"), b.write("jan@klant.example", "Anders")
	call[Undo](b.rig, "Inbox.MarkRead", c.ID)
	look := func(what string, id string, decides uint64) {
		b.t.Helper()
		before := b.decided()
		err := b.app.saw(ctx, []inbox.Key{inbox.Key(id), "nowhere"})
		if err != nil || b.decided() != before+decides {
			t.Errorf("%s: %d decisions, want %d; %v", what, b.decided()-before, decides, err)
		}
	}
	look("nothing waits", c.ID, 0)
	b.save(func(s *NotificationSettings) { s.Email = NotificationBell{AssignedToMe: true} })
	b.assigned(c)
	look("another one", other.ID, 0)
	look("the one that was assigned", c.ID, 1)
	look("again", c.ID, 0)
}

// decided counts the team's records.
func (b *bellRig) decided() uint64 {
	b.t.Helper()
	state, err := b.app.team.State(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return state.Count + uint64(state.Pending)
}
