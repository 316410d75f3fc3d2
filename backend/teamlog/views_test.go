package teamlog_test

import (
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// about lists a desktop's decisions about some anchors, pending ones last.
func (d *desk) about(keys []inbox.Key, pending bool) []teamlog.Decision {
	var all []teamlog.Decision
	for _, a := range d.accepted {
		all = append(all, of(keys, a.Decisions)...)
	}
	if pending {
		for _, p := range d.pending {
			all = append(all, of(keys, d.expected[p.ID])...)
		}
	}
	return all
}

func of(keys []inbox.Key, decisions []teamlog.Decision) []teamlog.Decision {
	var some []teamlog.Decision
	for _, decision := range decisions {
		if anchor := teamlog.Anchor(decision.Event); anchor != "" && slices.Contains(keys, anchor) {
			some = append(some, decision)
		}
	}
	return some
}

// inside lists the messages of a conversation that a desktop knows: those whose
// key begins with one of its anchors.
func (d *desk) inside(keys []inbox.Key) []teamlog.MessageFact {
	var facts []teamlog.MessageFact
	for key := range d.known {
		if slices.Contains(keys, thread0(key)) {
			facts = append(facts, d.o.facts[key])
		}
	}
	return facts
}

// thread0 is the anchor under which a message of the office was made.
func thread0(key inbox.Key) inbox.Key { return key[:len("c1:a")] }

func (d *desk) foldAs(me inbox.MemberID, keys []inbox.Key, decisions []teamlog.Decision) teamlog.State {
	return teamlog.FoldConversation(teamlog.Facts{
		Me: me, Messages: d.inside(keys), Removals: d.replay.Team.Removals(),
	}, decisions)
}

func (d *desk) fold(keys []inbox.Key, pending bool) teamlog.State {
	return d.foldAs(d.me, keys, d.about(keys, pending))
}

// refresh keeps the cache as the screen shows it.
func (d *desk) refresh() {
	for _, keys := range merged {
		d.shown[keys[0]] = d.fold(keys, true)
	}
}

// lasting is what two folds that differ only in what a snapshot leaves out
// have in common.
func lasting(s teamlog.State) teamlog.State {
	s.Activity, s.Drafting = nil, nil
	s.Notes = slices.Clone(s.Notes)
	for i := range s.Notes {
		s.Notes[i].ID = ""
		s.Notes[i].At = s.Notes[i].At.UTC()
	}
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		s.Links[i].At = s.Links[i].At.UTC()
	}
	return s
}
