package proof

import (
	"slices"
	"strings"
	"testing"

	"postvak/app"
)

// founds is Ann, who worked alone, and makes it a team: nothing of what she
// had is lost.
func (f *firm) founds(t *testing.T) *desk {
	t.Helper()
	a := f.seat("Ann")
	call[string](a.running, "Channels.ConnectEmail", f.connection())
	old := f.writes("An old lamp", a)
	done := f.writes("A lamp that is done", a)
	call[string](a.running, "Inbox.AddNote", old, "She called about it too.")
	call[app.Undo](a.running, "Inbox.Assign", old, a.status().Me)
	call[app.Undo](a.running, "Inbox.Close", done)
	before := a.everything()
	a.refused("invalid", "Team.Create", map[string]any{"team": "", "name": "Ann", "email": a.email, "mailbox": f.mailbox(passwords[ann])})
	a.refused("auth", "Team.Create", map[string]any{"team": "The Lamp Shop", "name": "Ann", "email": a.email, "mailbox": f.mailbox(wrongPassword)})
	if state := a.status().State; state != "solo" {
		t.Fatalf("after failing to make a team the state is %s", state)
	}
	call[any](a.running, "Team.Create", map[string]any{"team": "The Lamp Shop", "name": "Ann", "email": a.email, "mailbox": f.mailbox(passwords[ann])})
	a.is("member")
	a.settled()
	a.until("all of the log to be in the mailbox", func() bool { return a.status().Log.Phase == "ok" })
	if diff := difference(a.everything(), before); diff != "" {
		t.Errorf("making a team changed what is there: %s", diff)
	}
	return a
}

// invited is Ben, who joins with an invitation and types nothing but the
// mailbox's password.
func (f *firm) invited(t *testing.T, a *desk) *desk {
	t.Helper()
	invitation := a.invites()
	if strings.Contains(invitation, passwords[ann]) {
		t.Fatal("the invitation contains the mailbox's password")
	}
	b := f.seat("Ben")
	f.joins(b, invitation)
	b.is("member")
	b.until("the team's mailbox to be read without a password", b.synced)
	b.until("all that Ann had", func() bool {
		return len(b.rows("others")) == 1 && len(b.rows("closed")) == 1
	})
	if notes := b.pages(b.rows("others")[0].ID)[0].Notes; len(notes) != 1 || notes[0].Text != "She called about it too." {
		t.Errorf("Ben sees the notes %+v", notes)
	}
	again := f.seat("Mallory")
	again.refused("conflict", "Team.Join", map[string]any{
		"invitation": invitation, "name": "Mallory", "email": again.email, "mailbox": f.mailbox(passwords[ann]),
	})
	f.joins(again, "")
	a.until("Mallory to wait", func() bool { m, ok := a.member(again.email); return ok && m.State == "pending" })
	call[any](a.running, "Team.Remove", memberID(a, again.email))
	again.until("Mallory to be told", func() bool { return again.status().Refused != "" })
	if again.status().State != "pending" || len(again.rows("unassigned")) != 0 {
		t.Errorf("whom nobody let in is %+v", again.status())
	}
	f.goes(again)
	return b
}

func memberID(d *desk, email string) string {
	m, _ := d.member(email)
	return m.ID
}

// approved is Carol, who has no invitation: she sees nothing until an admin
// has compared four words and let her in.
func (f *firm) approved(t *testing.T, a, b *desk) *desk {
	t.Helper()
	c := f.seat("Carol")
	words := f.joins(c, "")
	if len(words) != 4 || slices.Contains(words, "") {
		t.Fatalf("the words are %q", words)
	}
	if state := c.status().State; state != "pending" {
		t.Errorf("Carol is %s", state)
	}
	a.until("Carol's request", func() bool { m, ok := a.member(c.email); return ok && m.State == "pending" })
	waiting, _ := a.member(c.email)
	if !slices.Equal(waiting.Words, words) {
		t.Errorf("Ann sees %q, Carol %q", waiting.Words, words)
	}
	for _, section := range []string{"unassigned", "mine", "others", "closed"} {
		if rows := c.rows(section); len(rows) != 0 {
			t.Errorf("before she is let in Carol sees %d conversations in %s", len(rows), section)
		}
	}
	b.refused("forbidden", "Team.Approve", waiting.ID)
	call[any](a.running, "Team.Approve", waiting.ID)
	c.is("member")
	if seen := call[app.Diagnostics](c.running, "Settings.Diagnostics").Findings; len(seen) != 0 {
		t.Errorf("in a new team Carol is told to have noticed %+v", seen)
	}
	c.until("the team's mailbox to be read without a password", c.synced)
	c.until("all that Ann had", func() bool { return len(c.rows("others")) == 1 && len(c.rows("closed")) == 1 })
	return c
}
