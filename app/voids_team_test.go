package app

import (
	"context"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// A decision about the team that waited and came to nothing is told like one
// about a conversation; what others decided, what somebody did before, and what
// the program writes down by itself is not.
func TestVoidDecisionsAboutTheTeam(t *testing.T) {
	r := startDemo(t)
	voids := r.listen()
	ctx := context.Background()
	decision := func(id string, event teamlog.Event, why teamlog.Reason) teamlog.Decision {
		return teamlog.Decision{ID: id, Author: inbox.MemberID(r.me()), Event: event, Void: why}
	}
	name := "Nieuw"
	if _, err := r.app.db.AddPending(ctx, "mine", []byte("record"), nil); err != nil {
		t.Fatal(err)
	}
	r.app.foundTeamVoids(ctx, r.app.ownTeamVoids(ctx, []teamlog.Decision{
		decision("mine.0", &teamlog.ChannelUpdate{ID: "c", Name: &name}, teamlog.NotAdmin),
		decision("mine.1", &teamlog.Avail{On: true}, teamlog.NotMember),
		decision("mine.2", &teamlog.MemberRole{Member: "x"}, teamlog.Admitted),
		decision("mine.3", &teamlog.ChannelRemove{ID: "c"}, teamlog.NotFound),
		decision("mine.4", &teamlog.Setting{Key: senderSetting}, teamlog.FirstWins),
		decision("theirs.0", &teamlog.ChannelUpdate{ID: "c", Name: &name}, teamlog.NotAdmin),
	}))
	told := next[InboxVoid](r, voids, "inbox.void")
	if len(told.Voids) != 1 || told.Voids[0].ID != "mine.0" || told.Voids[0].Again != nil ||
		told.Voids[0].Text != "Your decision had no effect (settings of a channel): Only an admin may do that." {
		t.Errorf("told %+v", told)
	}
	if list := call[[]Voided](r, "Inbox.Voids"); len(list) != 1 || list[0].ConversationID != "" {
		t.Errorf("the list: %+v", list)
	}
	call[*nothing](r, "Inbox.DismissVoid", "mine.0")
	if list := call[[]Voided](r, "Inbox.Voids"); len(list) != 0 {
		t.Errorf("still told: %+v", list)
	}
}
