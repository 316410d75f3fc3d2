package teamlog_test

import (
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// auditor goes through what was accepted with the plainest possible bookkeeping
// of its own, and says where a desktop let something happen that it must not.
type auditor struct {
	o         *office
	d         *desk
	role      map[inbox.MemberID]teamlog.Role
	gone      map[inbox.MemberID]bool
	away      map[inbox.MemberID]bool
	owner     map[string]inbox.MemberID // of devices
	revoked   map[string]bool
	installer map[inbox.ChannelID]inbox.MemberID
	replies   map[string]string            // the decision that stands, by the canned reply
	assignee  map[inbox.Key]inbox.MemberID // by the first anchor of a conversation
	called    map[inbox.Key]string         // what the contact is called, by the same
	covered   map[inbox.Key]bool           // by any close or delete that stands
	purged    map[inbox.Key]bool
	deletes   []teamlog.Decision
	notes     *notesAudit
	unseen    map[string]bool // decisions about what somebody else had deleted, unknown to their author
}

func newAuditor(o *office) *auditor {
	return &auditor{
		o: o, d: o.desks[0], role: map[inbox.MemberID]teamlog.Role{}, gone: map[inbox.MemberID]bool{}, away: map[inbox.MemberID]bool{},
		owner: map[string]inbox.MemberID{}, revoked: map[string]bool{}, installer: map[inbox.ChannelID]inbox.MemberID{},
		assignee: map[inbox.Key]inbox.MemberID{}, called: map[inbox.Key]string{}, covered: map[inbox.Key]bool{}, purged: map[inbox.Key]bool{},
		unseen: map[string]bool{}, notes: newNotesAudit(), replies: map[string]string{},
	}
}

func (a *auditor) audit() {
	var decisions []teamlog.Decision
	for _, record := range a.d.accepted {
		opened, err := teamlog.Open(record.Record)
		if err != nil {
			a.o.break_("accepted a record that cannot be opened")
			return
		}
		for i := range record.Decisions {
			decision := record.Decisions[i]
			a.mayStand(opened, opened.Events[i], decision)
			a.afterDelete(opened, decision)
			decisions = append(decisions, decision)
			a.assigned(decisions, opened.Events[i])
			a.canned(opened.Events[i], decision)
			a.notes.look(a.o, opened.Events[i], decision)
			a.notes.edited(a.o, decisions, opened.Events[i])
			if decision.Void == teamlog.Admitted {
				a.note(opened.Events[i], decision)
			}
		}
	}
	a.hiddenOnlyWhatWasSeen()
	a.cannedAsTheyStand()
}

// mayStand: who may do what, from the signed record alone.
func (a *auditor) mayStand(o *teamlog.Opened, e teamlog.Event, d teamlog.Decision) {
	if d.Void != teamlog.Admitted {
		return
	}
	who := a.owner[o.Device]
	switch e := e.(type) {
	case *teamlog.Genesis, *teamlog.Join:
		return
	case *teamlog.MemberAdd, *teamlog.MemberRole, *teamlog.Setting, *teamlog.SecretSet, *teamlog.ChannelAdd,
		*teamlog.ChannelInstaller, *teamlog.Epoch, *teamlog.Refuse, *teamlog.Invite:
		if a.role[who] != teamlog.Admin {
			a.o.break_("R30: %s by %s, who is no admin", e.Kind(), who)
		}
	case *teamlog.Delete:
		if a.installer[e.Conversation.Channel()] != who {
			a.o.break_("R11: deleted by %s, who is not the installer", who)
		}
	case *teamlog.Assign:
		if e.To != "" && (a.gone[e.To] || a.role[e.To] == "" || a.away[e.To] && e.Undo == "") {
			a.o.break_("R3: assigned to %s, who is away or not in the team", e.To)
		}
	}
	if a.gone[who] || a.revoked[o.Device] || who == "" {
		a.o.break_("R30: %s by %q of device %s, who is out", e.Kind(), who, o.Device)
	}
}

// assigned: R5, R7 and R4. An assignee changes only by an assign that stands
// and that knew the one before, by a delete, or by leaving the team; without
// being available only by a true undo.
func (a *auditor) assigned(decisions []teamlog.Decision, e teamlog.Event) {
	last := decisions[len(decisions)-1]
	for _, keys := range merged {
		was := a.assignee[keys[0]]
		state := teamlog.FoldConversation(teamlog.Facts{Me: "ann", Removals: a.d.removals(last.N)}, of(keys, decisions))
		a.assignee[keys[0]] = state.Assignee
		a.named(keys, state.ContactName, e)
		if state.Assignee == was || state.Assignee == "" && (a.gone[was] || isDelete(e)) {
			continue
		}
		assign, ok := e.(*teamlog.Assign)
		if remove, leaves := e.(*teamlog.MemberRemove); leaves && remove.Member == was && state.Assignee == "" {
			continue
		}
		if !ok || assign.To != state.Assignee || assign.Was != was {
			a.o.break_("R7: %v went from %q to %q by %s %+v", keys, was, state.Assignee, e.Kind(), e)
			continue
		}
		if assign.Undo != "" && !a.takesBack(of(keys, decisions), assign, last) {
			a.o.break_("R3: %q got %v by an undo of nothing", state.Assignee, keys)
		}
	}
}

// named: a contact's name changes only by who saw what it was, or by a delete.
func (a *auditor) named(keys []inbox.Key, now string, e teamlog.Event) {
	was := a.called[keys[0]]
	a.called[keys[0]] = now
	if naming, ok := e.(*teamlog.ContactName); now == was || now == "" && isDelete(e) || ok && naming.Name == now && naming.Was == was {
		return
	}
	a.o.break_("R7: the contact of %v went from %q to %q by %s %+v", keys, was, now, e.Kind(), e)
}

func isDelete(e teamlog.Event) bool {
	_, is := e.(*teamlog.Delete)
	return is
}

// takesBack looks for what an undo names: its author's own assign of the last
// ten seconds, which took the conversation from whom it gives it back to.
func (a *auditor) takesBack(decisions []teamlog.Decision, undo *teamlog.Assign, by teamlog.Decision) bool {
	return slices.ContainsFunc(decisions, func(d teamlog.Decision) bool {
		taken, ok := d.Event.(*teamlog.Assign)
		return ok && d.ID == undo.Undo && d.Author == by.Author && taken.Was == undo.To && taken.To == undo.Was &&
			by.At.Sub(d.At) <= 10*time.Second
	})
}

// afterDelete remembers what was decided by somebody who had not seen that the
// conversation was deleted.
func (a *auditor) afterDelete(o *teamlog.Opened, d teamlog.Decision) {
	for _, deleted := range a.deletes {
		if same(teamlog.Anchor(deleted.Event), teamlog.Anchor(d.Event)) && o.Base.Count < deleted.N && deleted.N < d.N &&
			o.Device != deleted.Device {
			a.unseen[d.ID] = true
		}
	}
	if isDelete(d.Event) && d.Void == teamlog.Admitted {
		a.deletes = append(a.deletes, d)
	}
}

func same(a, b inbox.Key) bool {
	return slices.ContainsFunc(merged, func(keys []inbox.Key) bool { return slices.Contains(keys, a) && slices.Contains(keys, b) })
}

// note keeps what a decision that stands did.
func (a *auditor) note(e teamlog.Event, d teamlog.Decision) {
	switch e := e.(type) {
	case *teamlog.Genesis:
		a.joins(e.Member, teamlog.Admin, e.Key)
	case *teamlog.MemberAdd:
		a.joins(e.Member, e.Role, e.Key)
	case *teamlog.DeviceAdd:
		for device, owner := range a.owner {
			a.revoked[device] = a.revoked[device] || e.Retire && owner == e.Member
		}
		a.owner[teamlog.DeviceID(e.Key)] = e.Member
	case *teamlog.DeviceRevoke:
		a.revoked[e.Device] = true
	case *teamlog.MemberRole:
		a.role[e.Member] = e.Role
	case *teamlog.MemberRemove:
		a.gone[e.Member], a.role[e.Member] = true, "removed"
	case *teamlog.Avail:
		a.away[d.Author] = !e.On
	case *teamlog.ChannelAdd:
		a.installer[e.ID] = d.Author
	case *teamlog.ChannelInstaller:
		a.installer[e.ID] = e.To
	case *teamlog.Close:
		for _, key := range e.Covers {
			a.covered[key] = true
		}
	case *teamlog.Delete:
		for _, key := range e.Covers {
			a.covered[key], a.purged[key] = true, true
		}
	}
}

func (a *auditor) joins(member inbox.MemberID, role teamlog.Role, key []byte) {
	a.role[member], a.owner[teamlog.DeviceID(key)] = role, member
}

// hiddenOnlyWhatWasSeen: R9, R12, R13. A conversation is closed or hidden, and
// a message purged, only where somebody who may signed that they had seen it.
func (a *auditor) hiddenOnlyWhatWasSeen() {
	for _, keys := range merged {
		state := a.d.fold(keys, false)
		for _, link := range state.Links {
			if a.unseen[link.ID] {
				a.o.break_("R12: link %s stands, and its author had not seen the delete", link.ID)
			}
		}
		for _, note := range state.Notes {
			if a.unseen[note.ID] {
				a.o.break_("R12: %s stands, and its author had not seen the delete", note.ID)
			}
		}
		for _, m := range a.d.inside(keys) {
			if m.Inbound && (state.Closed || state.Hidden) && !a.covered[m.Key] {
				a.o.break_("R9: %v is closed or hidden over %s, which nobody had seen", keys, m.Key)
			}
			if state.Purged[m.Key] && !a.purged[m.Key] {
				a.o.break_("R13: %s is gone, and no delete covered it", m.Key)
			}
		}
	}
}

// removals are those up to a place.
func (d *desk) removals(n uint64) map[inbox.MemberID][]uint64 {
	all := map[inbox.MemberID][]uint64{}
	for member, places := range d.replay.Team.Removals() {
		for _, place := range places {
			if place <= n {
				all[member] = append(all[member], place)
			}
		}
	}
	return all
}

// effective: with everybody in sync a close closes, a delete hides, and the
// next message shows again (R8, R9, R12, R13).
func (o *office) effective() {
	team := o.desks[0].replay.Team
	for _, keys := range merged {
		channel, _ := team.Channel(keys[0].Channel())
		d := o.desk(channel.Installer)
		if member, _ := team.Member(d.me); member.Removed || revoked(team, d) {
			continue
		}
		o.andThen(d, &teamlog.Close{Conversation: keys[0], Covers: d.keys(keys, true)})
		o.all(keys, "R8: a close does not close", func(s teamlog.State) bool { return s.Closed })
		o.next(keys)
		o.all(keys, "R9: a message does not open", func(s teamlog.State) bool { return !s.Closed && !s.Hidden })
		o.andThen(d, &teamlog.Delete{Conversation: keys[0], Covers: d.keys(keys, false)})
		o.all(keys, "R12: a delete does not hide", func(s teamlog.State) bool {
			return s.Hidden && s.Assignee == "" && s.ContactName == "" && len(s.Notes) == 0 && len(s.Links) == 0 && s.Unread == 0
		})
		o.next(keys)
		o.all(keys, "R13: a message does not show again", func(s teamlog.State) bool {
			return !s.Hidden && !s.Closed && s.Assignee == "" && len(s.Links) == 0 && s.Unread == 1
		})
	}
}

func revoked(team *teamlog.Team, d *desk) bool {
	device, _ := team.Device(d.device)
	return device.Revoked
}

func (o *office) andThen(d *desk, e teamlog.Event) {
	d.decide(e)
	o.sync()
}

// next is a message that nobody had seen when anything was decided.
func (o *office) next(keys []inbox.Key) {
	key := inbox.Key(string(keys[0]) + "-fresh-" + string(rune('a'+len(o.facts)%26)) + string(rune('a'+len(o.facts)/26)))
	o.arrives(key, true)
	for _, d := range o.desks {
		d.learn(key)
	}
}

func (o *office) all(keys []inbox.Key, rule string, holds func(teamlog.State) bool) {
	for _, d := range o.desks {
		if state := d.fold(keys, true); !holds(state) {
			o.break_("%s at %s: %+v", rule, d.me, state)
		}
		d.check()
	}
}
