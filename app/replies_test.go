package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postvak/backend/mime"
	"postvak/backend/teamlog"
)

func (r *rig) replies() []Reply { return call[[]Reply](r, "Replies.List") }

func names(all []Reply) (names []string) {
	for _, reply := range all {
		names = append(names, reply.Name)
	}
	return names
}

func TestCannedRepliesAreMadeChangedDeletedAndGivenBack(t *testing.T) {
	r := startDemo(t)
	if list := r.replies(); list == nil || len(list) != 0 {
		t.Fatalf("at first there are %+v", list)
	}
	made := call[SavedReply](r, "Replies.Save", ReplyChange{Name: "  opening\u202e hours ", Text: "Dag {{contact.first}},\r\nwe open at 9.\x00\n\n"})
	call[SavedReply](r, "Replies.Save", ReplyChange{Name: "Bedankt", Text: "Bedankt!"})
	list := r.replies()
	if !slices.Equal(names(list), []string{"Bedankt", "opening hours"}) || list[1].Text != "Dag {{contact.first}},\nwe open at 9." ||
		list[1].MemberID != r.me() || list[1].At == "" || list[1].Pending {
		t.Fatalf("%+v", list)
	}
	changed := call[SavedReply](r, "Replies.Save", ReplyChange{ID: made.ID, Name: "Hours", Text: "At 8.", Was: list[1].Version})
	r.refused("conflict", "Replies.Save", ReplyChange{ID: made.ID, Name: "Late", Text: "At 10.", Was: list[1].Version})
	r.refused("conflict", "Replies.Delete", made.ID, list[1].Version)
	call[*nothing](r, "Inbox.Undo", changed.UndoID)
	now := r.replies()
	if now[1].Text != list[1].Text || now[1].Name != list[1].Name {
		t.Errorf("undone it is %+v", now[1])
	}
	gone := call[Undo](r, "Replies.Delete", made.ID, now[1].Version)
	if left := r.replies(); len(left) != 1 {
		t.Errorf("after deleting there are %+v", left)
	}
	r.refused("not_found", "Replies.Save", ReplyChange{ID: made.ID, Name: "x", Text: "x", Was: now[1].Version})
	if again := call[Undo](r, "Replies.Delete", made.ID, now[1].Version); again.UndoID != "" {
		t.Error("deleting what is gone can be undone")
	}
	call[*nothing](r, "Inbox.Undo", gone.UndoID)
	if back := r.replies(); len(back) != 2 || back[1].Text != list[1].Text {
		t.Errorf("given back: %+v", back)
	}
	same := r.replies()[0]
	if saved := call[SavedReply](r, "Replies.Save", ReplyChange{ID: same.ID, Name: same.Name, Text: same.Text, Was: same.Version}); saved.UndoID != "" {
		t.Error("saving nothing new is a change")
	}
}

func TestCannedRepliesHaveLimits(t *testing.T) {
	r := startDemo(t)
	for what, change := range map[string]ReplyChange{
		"no name": {Name: " \u202e\n", Text: "x"}, "no text": {Name: "x", Text: "\n \x00"},
		"a long name": {Name: strings.Repeat("n", teamlog.MaxReplyName+1), Text: "x"},
		"a long text": {Name: "x", Text: strings.Repeat("t", teamlog.MaxReplyText+1)},
		"an id":       {ID: "../x", Name: "x", Text: "x"},
	} {
		t.Run(what, func(t *testing.T) { r.refused("invalid", "Replies.Save", change) })
	}
	for i := range teamlog.MaxReplies {
		call[SavedReply](r, "Replies.Save", ReplyChange{Name: fmt.Sprint("reply ", i), Text: "x"})
	}
	if failure := r.refused("conflict", "Replies.Save", ReplyChange{Name: "one more", Text: "x"}); !strings.Contains(failure.Message, "200") {
		t.Errorf("refused with %q", failure.Message)
	}
	if list := r.replies(); len(list) != teamlog.MaxReplies {
		t.Errorf("there are %d", len(list))
	}
}

// Two desktops at one canned reply, one of them cut off: what each wrote shows
// at once, the first in the log stands, and the other is told (R7, R33).
func TestTwoDesktopsAtOneCannedReply(t *testing.T) {
	_, ann, ben, cable, _ := bakery(t)
	made := call[SavedReply](ann.rig, "Replies.Save", ReplyChange{Name: "Hours", Text: "At 9."})
	reply := until(ben.rig, ben.l, "Ben has Ann's canned reply", func() (Reply, bool) {
		list := ben.replies()
		return oneOf(list), len(list) == 1
	})
	cable.pull()
	call[SavedReply](ben.rig, "Replies.Save", ReplyChange{ID: made.ID, Name: "Hours", Text: "At 10.", Was: reply.Version})
	mine := call[SavedReply](ben.rig, "Replies.Save", ReplyChange{Name: "Bens own", Text: "Mine."})
	if list := ben.replies(); len(list) != 2 || !list[0].Pending || list[1].Text != "At 10." || !list[1].Pending {
		t.Errorf("offline Ben sees %+v", list)
	}
	annsNow := ann.replies()[0]
	call[SavedReply](ann.rig, "Replies.Save", ReplyChange{ID: made.ID, Name: "Hours", Text: "At 8.", Was: annsNow.Version})
	cable.plugIn()
	voids := until(ben.rig, ben.l, "Ben is told", func() ([]Voided, bool) {
		list := call[[]Voided](ben.rig, "Inbox.Voids")
		return list, len(list) > 0
	})
	if voids[0].Text != `Ann changed the canned reply "Hours" first. Your change had no effect.` {
		t.Errorf("Ben is told %q", voids[0].Text)
	}
	if voids[0].Wrote != "At 10." {
		t.Errorf("what Ben wrote is given back as %q", voids[0].Wrote)
	}
	for _, d := range []*computer{ann, ben} {
		until(d.rig, d.l, d.name+" has both", func() (nothing, bool) {
			list := d.replies()
			return nothing{}, len(list) == 2 && list[0].ID == mine.ID && list[1].Text == "At 8." && !list[0].Pending && !list[1].Pending
		})
	}
}

func oneOf[T any](list []T) (t T) {
	if len(list) > 0 {
		t = list[0]
	}
	return t
}

// A channel's signature is its admins', and goes as it was put under the text:
// as text and as HTML, above the quote.
func TestAChannelsSignatureIsSentAsTextAndHTML(t *testing.T) {
	r := startDemo(t)
	_, c := r.deliver(r.listen(), DeliverRequest{From: "eva@klant.example", Name: "Eva", Subject: "Lamp", Text: "Hallo"})
	sign := "Groet,\r\n{{me.name}} "
	call[*nothing](r, "Channels.Update", c.ChannelID, ChannelChanges{Signature: &sign})
	channel := call[[]ChannelInfo](r, "Channels.List")[0]
	if channel.Signature != "Groet,\n{{me.name}}" {
		t.Fatalf("the channel's signature is %q", channel.Signature)
	}
	long := strings.Repeat("s", teamlog.MaxSignature+1)
	r.refused("invalid", "Channels.Update", c.ChannelID, ChannelChanges{Signature: &long})
	text := "Dag Eva\n\n-- \nGroet,\nAnn <Smit>\n\nOp 2 mei schreef Eva:\n> Hallo"
	id := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: text}, Signature: "Groet,\nAnn <Smit>"})
	sent := mime.Parse([]byte(call[string](r, "Inbox.Source", id)))
	if strings.TrimSpace(sent.Text) != text {
		t.Errorf("as text: %q", sent.Text)
	}
	signed, quoted := strings.Index(sent.HTML, "Ann &lt;Smit&gt;"), strings.Index(sent.HTML, "<blockquote")
	if signed < 0 || quoted < signed {
		t.Errorf("as HTML: %q", sent.HTML)
	}
	plain := call[string](r, "Composer.Send", c.ID, SendRequest{Draft: Draft{Text: "Zonder"}, Signature: "Groet"})
	if got := mime.Parse([]byte(call[string](r, "Inbox.Source", plain))); got.HTML != "" {
		t.Errorf("without a signature in it the mail has HTML: %q", got.HTML)
	}
}
