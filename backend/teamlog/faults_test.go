package teamlog_test

import (
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// fault is a mistake on purpose, made by every desktop of an office alike: the
// rules must notice each.
type fault struct {
	name string
	// mistakes of a desktop
	repeatsCount, lateAtEnd, keepPending, staleCounter, believe bool
	// alter changes a decision after the team's verdict.
	alter func(d *desk, decision *teamlog.Decision)
	// compact replaces teamlog.Compact.
	compact func([]teamlog.Decision) []teamlog.Decision
}

func (f fault) change(d *desk, decision *teamlog.Decision) {
	if f.alter != nil {
		f.alter(d, decision)
	}
}

func (f fault) compacted(decisions []teamlog.Decision) []teamlog.Decision {
	if f.compact != nil {
		return f.compact(decisions)
	}
	return teamlog.Compact(decisions)
}

// forgive makes a void decision stand.
func forgive(reasons ...teamlog.Reason) func(*desk, *teamlog.Decision) {
	return func(_ *desk, decision *teamlog.Decision) {
		if slices.Contains(reasons, decision.Void) {
			decision.Void = teamlog.Admitted
		}
	}
}

func alterClose(alter func(d *desk, e *teamlog.Close)) func(*desk, *teamlog.Decision) {
	return func(d *desk, decision *teamlog.Decision) {
		if e, ok := decision.Event.(*teamlog.Close); ok {
			changed := *e
			alter(d, &changed)
			decision.Event = &changed
		}
	}
}

func alterAssign(alter func(d *desk, e *teamlog.Assign)) func(*desk, *teamlog.Decision) {
	return func(d *desk, decision *teamlog.Decision) {
		if e, ok := decision.Event.(*teamlog.Assign); ok {
			changed := *e
			alter(d, &changed)
			decision.Event = &changed
		}
	}
}

func alterDelete(alter func(*teamlog.Delete, *teamlog.Decision)) func(*desk, *teamlog.Decision) {
	return func(_ *desk, decision *teamlog.Decision) {
		if e, ok := decision.Event.(*teamlog.Delete); ok {
			changed := *e
			decision.Event = &changed
			alter(&changed, decision)
		}
	}
}

var faults = []fault{
	{name: "a repeated record counts again", repeatsCount: true},
	{name: "a late record is taken at the end", lateAtEnd: true},
	{name: "what was read back stays pending", keepPending: true},
	{name: "a message does not refresh the row", staleCounter: true},
	{name: "signatures are believed", believe: true},
	{name: "covers are ignored", alter: alterClose(func(_ *desk, e *teamlog.Close) { e.Covers = nil })},
	{name: "a close covers what its reader knows", alter: alterClose(func(d *desk, e *teamlog.Close) {
		e.Covers = d.keys([]inbox.Key{e.Conversation}, true)
	})},
	{name: "a covered message that comes late opens", alter: alterClose(func(d *desk, e *teamlog.Close) {
		e.Covers = slices.DeleteFunc(slices.Clone(e.Covers), func(k inbox.Key) bool { return !d.known[k] })
	})},
	{name: "availability is not asked", alter: forgive(teamlog.NotAvailable)},
	{name: "anybody deletes", alter: forgive(teamlog.NotInstaller)},
	{name: "removed members write", alter: forgive(teamlog.NotMember)},
	{name: "the later assign stands", alter: alterAssign(func(d *desk, e *teamlog.Assign) {
		for _, keys := range merged {
			if slices.Contains(keys, e.Conversation) {
				e.Was = d.fold(keys, false).Assignee
			}
		}
	})},
	{name: "the later name stands", alter: believeName},
	{name: "any undo is believed", alter: alterAssign(func(_ *desk, e *teamlog.Assign) { e.Undo = "" })},
	{name: "a delete covers nothing", alter: alterDelete(func(e *teamlog.Delete, _ *teamlog.Decision) { e.Covers = nil })},
	{name: "a delete does nothing", alter: alterDelete(func(_ *teamlog.Delete, d *teamlog.Decision) { d.Void = teamlog.NotFound })},
	{name: "what was decided before a delete stands", alter: func(_ *desk, d *teamlog.Decision) { d.Seen = d.N }},
	{name: "a snapshot forgets what closes cover", compact: without[*teamlog.Close]},
	{name: "a snapshot keeps the last assign only", compact: lastOf[*teamlog.Assign]},
	{name: "a snapshot forgets names", compact: without[*teamlog.ContactName]},
	{name: "a snapshot keeps the last name only", compact: lastOf[*teamlog.ContactName]},
	{name: "a snapshot forgets deletes", compact: without[*teamlog.Delete]},
	{name: "a snapshot forgets read marks", compact: without[*teamlog.Read]},
	{name: "who lost the work of a note speaks", alter: forgiveNoted},
	{name: "what was stands for any change of the book", alter: believeWas},
	{name: "a snapshot forgets links", compact: without[*teamlog.CRMLink]},
	{name: "a snapshot forgets unlinks", compact: without[*teamlog.CRMUnlink]},
	{name: "a snapshot forgets what was noted", compact: without[*teamlog.CRMNoted]},
	{name: "a snapshot keeps the last change of the book only", compact: lastOfBook},
}

func believeName(d *desk, decision *teamlog.Decision) {
	if e, ok := decision.Event.(*teamlog.ContactName); ok {
		changed := *e
		for _, keys := range merged {
			if slices.Contains(keys, e.Conversation) {
				changed.Was = d.fold(keys, false).ContactName
			}
		}
		decision.Event = &changed
	}
}

func forgiveNoted(_ *desk, decision *teamlog.Decision) {
	if _, is := decision.Event.(*teamlog.CRMNoted); is && decision.Void == teamlog.Taken {
		decision.Void = teamlog.Admitted
	}
}

func believeWas(d *desk, decision *teamlog.Decision) {
	e, is := decision.Event.(*teamlog.CRMEntity)
	if !is {
		return
	}
	now, _ := teamlog.FoldEntity(d.about([]inbox.Key{e.Anchor()}, false))
	changed := *e
	changed.Was = now.Fields
	decision.Event = &changed
}

func lastOfBook(decisions []teamlog.Decision) []teamlog.Decision {
	kept := teamlog.Compact(decisions)
	if len(kept) > 1 && teamlog.Anchor(kept[0].Event).Channel() == teamlog.ChannelCRM {
		return kept[len(kept)-1:]
	}
	return kept
}

func without[E teamlog.Event](decisions []teamlog.Decision) []teamlog.Decision {
	return slices.DeleteFunc(slices.Clone(teamlog.Compact(decisions)), func(d teamlog.Decision) bool {
		_, is := d.Event.(E)
		return is
	})
}

func lastOf[E teamlog.Event](decisions []teamlog.Decision) (kept []teamlog.Decision) {
	last := -1
	decisions = teamlog.Compact(decisions)
	for i, d := range decisions {
		if _, is := d.Event.(E); is {
			last = i
		}
	}
	for i, d := range decisions {
		if _, is := d.Event.(E); !is || i == last {
			kept = append(kept, d)
		}
	}
	return kept
}
