package teamlog_test

import (
	"pgregory.net/rapid"

	"postvak/backend/teamlog"
)

// cannedReplies is what somebody does with what the settings show, own changes
// that wait included; now and then somebody writes what they never saw.
func (d *desk) cannedReplies() {
	id := rapid.SampledFrom([]string{"hours", "thanks"}).Draw(d.o.t, "reply")
	was := ""
	for _, reply := range d.replay.Team.Replies(d.waiting()...) {
		if reply.ID == id {
			was = reply.Version
		}
	}
	if was != "" && rapid.IntRange(0, 2).Draw(d.o.t, "deletes") == 0 {
		d.decide(&teamlog.ReplyDelete{ID: id, Was: was})
		return
	}
	if rapid.IntRange(0, 5).Draw(d.o.t, "blind") == 0 {
		was = "made up"
	}
	d.decide(&teamlog.ReplySet{ID: id, Name: string(d.me), Text: "Dag {{contact.first}}", Was: was})
}

// waiting are the desktop's own decisions that the log did not give back yet.
func (d *desk) waiting() (all []teamlog.Decision) {
	for _, record := range d.pending {
		opened, err := teamlog.Open(record.Bytes)
		if err != nil {
			panic(err)
		}
		for i, event := range opened.Events {
			all = append(all, teamlog.Decision{ID: teamlog.DecisionID(opened.ID, i), Author: d.me, At: opened.At, Event: event, Pending: true})
		}
	}
	return all
}

// canned: R7. A canned reply changes only by who saw what stood; that one is
// gone already is no change.
func (a *auditor) canned(e teamlog.Event, d teamlog.Decision) {
	if d.Void != teamlog.Admitted {
		return
	}
	switch e := e.(type) {
	case *teamlog.ReplySet:
		if a.replies[e.ID] != e.Was {
			a.o.break_("R7: canned reply %s was %q and its author saw %q", e.ID, a.replies[e.ID], e.Was)
		}
		a.replies[e.ID] = d.ID
	case *teamlog.ReplyDelete:
		if stands := a.replies[e.ID]; stands != "" && stands != e.Was {
			a.o.break_("R7: canned reply %s was %q and who deleted it saw %q", e.ID, stands, e.Was)
		}
		delete(a.replies, e.ID)
	}
}

func (a *auditor) cannedAsTheyStand() {
	standing := a.d.replay.Team.Replies()
	if len(standing) != len(a.replies) {
		a.o.break_("there are %d canned replies, and %d were made", len(standing), len(a.replies))
	}
	for _, reply := range standing {
		if a.replies[reply.ID] != reply.Version || reply.Pending {
			a.o.break_("canned reply %s is that of %q and not of %q", reply.ID, reply.Version, a.replies[reply.ID])
		}
	}
}
