package teamlog_test

import (
	"fmt"
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func replyOf(team *teamlog.Team, id string) (found teamlog.ReplyState) {
	for _, r := range team.Replies() {
		if r.ID == id {
			found = r
		}
	}
	return found
}

func TestR7TheFirstChangeOfACannedReplyStands(t *testing.T) {
	w := newWorld(t)
	w.must("ben", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "We open at 9."})
	seen := replyOf(w.team, "r").Version
	w.must("ann", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "We open at 8.", Was: seen})
	for _, late := range []teamlog.Event{
		&teamlog.ReplySet{ID: "r", Name: "Hours", Text: "We open at 10.", Was: seen},
		&teamlog.ReplySet{ID: "r", Name: "Mine", Text: "New."},
		&teamlog.ReplyDelete{ID: "r", Was: seen},
	} {
		if void := w.decide("carol", late); void != teamlog.FirstWins {
			t.Errorf("%s without having seen Ann's is %q", late.Kind(), void)
		}
	}
	if got := replyOf(w.team, "r"); got.Text != "We open at 8." || got.By != "ann" {
		t.Errorf("%+v", got)
	}
}

func TestACannedReplyThatIsGoneIsNotChangedAndCanBeGivenBack(t *testing.T) {
	w := newWorld(t)
	w.must("ben", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "At 9."})
	seen := replyOf(w.team, "r").Version
	w.must("ann", &teamlog.ReplyDelete{ID: "r", Was: seen})
	w.must("carol", &teamlog.ReplyDelete{ID: "r", Was: seen}) // gone as she wants it
	if void := w.decide("ben", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "At 10.", Was: seen}); void != teamlog.DeletedSince {
		t.Errorf("changing what is gone is %q", void)
	}
	w.must("ann", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "At 9."}) // undone
	if got := w.team.Replies(); len(got) != 1 || got[0].Text != "At 9." {
		t.Errorf("%+v", got)
	}
}

func TestR30OnlyMembersWriteCannedReplies(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.MemberRemove{Member: "ben"})
	for _, who := range []inbox.MemberID{"ben", "stranger"} {
		if void := w.decide(who, &teamlog.ReplySet{ID: "r", Name: "x", Text: "x"}); void != teamlog.NotMember {
			t.Errorf("%s: %q", who, void)
		}
	}
}

func TestATeamHasSoManyCannedReplies(t *testing.T) {
	w := newWorld(t)
	for i := range teamlog.MaxReplies {
		w.must("ben", &teamlog.ReplySet{ID: fmt.Sprint("r", i), Name: "x", Text: "x"})
	}
	if void := w.decide("ben", &teamlog.ReplySet{ID: "more", Name: "x", Text: "x"}); void != teamlog.TooMany {
		t.Errorf("one more is %q", void)
	}
	// One that is there may be changed, and replaced after it went.
	version := replyOf(w.team, "r0").Version
	w.must("ann", &teamlog.ReplySet{ID: "r0", Name: "y", Text: "y", Was: version})
	w.must("ann", &teamlog.ReplyDelete{ID: "r0", Was: replyOf(w.team, "r0").Version})
	w.must("ben", &teamlog.ReplySet{ID: "more", Name: "x", Text: "x"})
}

func TestCannedRepliesTakeSoMuchTogether(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", teamlog.MaxReplyText)
	count := 0
	for w.decide("ben", &teamlog.ReplySet{ID: fmt.Sprint("r", count), Name: "x", Text: long}) == teamlog.Admitted {
		count++
	}
	if count < 50 || count >= teamlog.MaxReplies {
		t.Errorf("%d of 8 kB are taken", count)
	}
	if size := len(teamlog.NewReplay("").State()); size > 1000 {
		t.Errorf("an empty state takes %d bytes", size)
	}
}

func TestImproperCannedRepliesAreNoEvents(t *testing.T) {
	good := teamlog.ReplySet{ID: "r", Name: "Hours", Text: "Dag {{contact.first}},\n\ttot ziens. 😀 عمיت"}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*teamlog.ReplySet){
		"no id": func(r *teamlog.ReplySet) { r.ID = "" }, "an id with a slash": func(r *teamlog.ReplySet) { r.ID = "a/b" },
		"no name": func(r *teamlog.ReplySet) { r.Name = "" }, "a name that turns around": func(r *teamlog.ReplySet) { r.Name = "a\u202eb" },
		"a name of two lines": func(r *teamlog.ReplySet) { r.Name = "a\nb" },
		"a long name":         func(r *teamlog.ReplySet) { r.Name = strings.Repeat("n", teamlog.MaxReplyName+1) },
		"no text":             func(r *teamlog.ReplySet) { r.Text = " \n" }, "a zero byte": func(r *teamlog.ReplySet) { r.Text = "a\x00b" },
		"an escape": func(r *teamlog.ReplySet) { r.Text = "a\x1b[31m" }, "no UTF-8": func(r *teamlog.ReplySet) { r.Text = "\xff" },
		"a long text":        func(r *teamlog.ReplySet) { r.Text = strings.Repeat("t", teamlog.MaxReplyText+1) },
		"what was, too long": func(r *teamlog.ReplySet) { r.Was = strings.Repeat("w", 201) },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s is taken", what)
		}
	}
	for _, bad := range []teamlog.ReplyDelete{{ID: "r"}, {Was: "x"}, {ID: "../r", Was: "x"}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestOwnCannedRepliesShowBeforeTheLogHasThem: R33.
func TestOwnCannedRepliesShowBeforeTheLogHasThem(t *testing.T) {
	w := newWorld(t)
	w.must("ann", &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "At 9."})
	seen := replyOf(w.team, "r").Version
	waiting := []teamlog.Decision{
		{ID: "p.0", Author: "ben", At: noon, Event: &teamlog.ReplySet{ID: "new", Name: "New", Text: "New."}},
		{ID: "p.1", Author: "ben", At: noon, Event: &teamlog.ReplySet{ID: "new", Name: "New", Text: "Newer.", Was: "p.0"}},
		{ID: "p.2", Author: "ben", At: noon, Event: &teamlog.ReplySet{ID: "r", Name: "Hours", Text: "Void.", Was: "old"}},
	}
	got := w.team.Replies(waiting...)
	if len(got) != 2 || got[0].ID != "new" || got[0].Text != "Newer." || !got[0].Pending || got[1].Text != "At 9." || got[1].Pending {
		t.Errorf("%+v", got)
	}
	gone := teamlog.Decision{ID: "p.3", Author: "ben", Event: &teamlog.ReplyDelete{ID: "r", Was: seen}}
	if got := w.team.Replies(gone); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if got := w.team.Replies(); len(got) != 1 || got[0].Pending {
		t.Errorf("what waits changed the team: %+v", got)
	}
}

func TestR30OnlyAdminsChangeAChannelsSignature(t *testing.T) {
	w := newWorld(t)
	change := func(text string) teamlog.Event { return &teamlog.ChannelUpdate{ID: "c1", Signature: &text} }
	if void := w.decide("ben", change("Ben")); void != teamlog.NotAdmin {
		t.Errorf("by a member: %q", void)
	}
	w.must("ann", change("Groet,\n{{me.name}}"))
	w.must("ann", &teamlog.ChannelUpdate{ID: "c1", Name: new("Info")})
	if c, _ := w.team.Channel("c1"); c.Signature != "Groet,\n{{me.name}}" || c.Name != "Info" {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{strings.Repeat("s", teamlog.MaxSignature+1), "a\x00", "\xff", "\x1b"} {
		if change(bad).Validate() == nil || (&teamlog.ChannelAdd{ID: "c", Channel: inbox.Email, Address: "a", Signature: bad}).Validate() == nil {
			t.Errorf("%.10q is taken", bad)
		}
	}
	w.must("ann", change(""))
	if c, _ := w.team.Channel("c1"); c.Signature != "" {
		t.Errorf("%+v", c)
	}
}

// TestAStateBringsCannedReplies, and no state that folding never gave.
func TestAStateBringsCannedReplies(t *testing.T) {
	_, ann, _ := pair()
	ann.decide(&teamlog.ReplySet{ID: "r", Name: "Hours", Text: "At 9."})
	ann.o.deliver(ann)
	state := string(ann.replay.State())
	again, err := teamlog.Restore([]byte(state), ann.replay.Cursor)
	if err != nil || len(again.Team.Replies()) != 1 || string(again.State()) != state {
		t.Fatalf("%v: %+v", err, again)
	}
	for what, change := range map[string][2]string{
		"a text that is none": {`"At 9."`, `"\u0000"`},
		"one without version": {`"Version":"`, `"Version":"","x":"`},
		"an id that is none":  {`"ID":"r"`, `"ID":"../r"`},
	} {
		bad := strings.Replace(state, change[0], change[1], 1)
		if bad == state {
			t.Fatal("nothing is changed for " + what)
		}
		if _, err := teamlog.Restore([]byte(bad), ann.replay.Cursor); err == nil {
			t.Error(what + " is restored")
		}
	}
}
