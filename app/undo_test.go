package app

import "testing"

// Taking an assignment back returns the conversation to who had it, also when
// they went away in that moment; a while later it is an assignment like any
// other, and nobody who is away is given work (R3).
func TestTakingAnAssignmentBack(t *testing.T) {
	r := startDemo(t)
	l := r.listen()
	_, c := r.deliver(l, DeliverRequest{From: "a@b.example", Subject: "Vraag", Text: "x"})
	call[*nothing](r, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "assign", ConversationID: c.ID, MemberID: "sanne"})
	taken := call[Undo](r, "Inbox.Assign", c.ID, r.me())
	call[*nothing](r, "Sandbox.Teammate", "Sanne", TeammateRequest{Do: "avail"})
	call[*nothing](r, "Inbox.Undo", taken.UndoID)
	if now := r.open(c.ID); now.AssigneeID != "sanne" {
		t.Errorf("taken back at once: %+v", now.Row)
	}

	taken = call[Undo](r, "Inbox.Assign", c.ID, r.me())
	call[*nothing](r, "Sandbox.Advance", "11s")
	r.refused("conflict", "Inbox.Undo", taken.UndoID)
	now := r.open(c.ID)
	if now.AssigneeID != r.me() {
		t.Errorf("given to somebody who is away: %+v", now.Row)
	}
	for _, line := range now.Activity {
		if line.Void {
			t.Errorf("the refusal left a line: %+v", line)
		}
	}

	taken = call[Undo](r, "Inbox.Unassign", c.ID)
	call[*nothing](r, "Sandbox.Advance", "1m")
	call[*nothing](r, "Inbox.Undo", taken.UndoID)
	if now := r.open(c.ID); now.AssigneeID != r.me() {
		t.Errorf("I am available and do not have it: %+v", now.Row)
	}
}
