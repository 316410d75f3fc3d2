package teamlog_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// play draws a history: people work on what their desktops show, are cut off,
// get no answer, and one of them has a changed client that writes by hand.
func (o *office) play() {
	for range rapid.IntRange(5, 25).Draw(o.t, "steps") {
		d := o.anyone("desk")
		switch rapid.IntRange(0, 9).Draw(o.t, "step") {
		case 0:
			o.mail()
		case 1:
			d.learn(slices.Sorted(maps.Keys(o.facts))...)
		case 2:
			d.read()
		case 3:
			o.exchange(d)
		case 4:
			o.hostile(d)
		default:
			d.act()
			if rapid.Bool().Draw(o.t, "online") {
				o.deliver(d)
			}
		}
		d.check()
	}
}

// mail arrives at the provider; desktops learn of it when they do.
func (o *office) mail() {
	anchor := rapid.SampledFrom(anchors).Draw(o.t, "thread")
	key := inbox.Key(fmt.Sprintf("%s-%d", anchor, len(o.facts)))
	o.arrives(key, rapid.IntRange(0, 3).Draw(o.t, "inbound") > 0)
	for _, d := range o.desks {
		if rapid.Bool().Draw(o.t, "fetched") {
			d.learn(key)
		}
	}
}

// exchange is one attempt to send, as bad as networks are.
func (o *office) exchange(d *desk) {
	if len(d.pending) == 0 {
		return
	}
	switch rapid.IntRange(0, 4).Draw(o.t, "append") {
	case 0: // never arrived
	case 1: // arrived, the answer was lost
		o.put(d.pending[0].Bytes, false)
	case 2: // arrived twice
		o.put(d.pending[0].Bytes, false)
		o.put(d.pending[0].Bytes, false)
	case 3: // will show later, among older ones
		o.put(d.pending[0].Bytes, true)
	case 4: // what was late shows
		for i := range o.folder {
			o.folder[i].late = false
		}
	}
	if rapid.Bool().Draw(o.t, "reads") {
		d.read()
	}
}

// act is what a person does with what is on the screen.
func (d *desk) act() {
	t := d.o.t
	keys := rapid.SampledFrom(merged).Draw(t, "conversation")
	c := rapid.SampledFrom(keys).Draw(t, "anchor")
	state := d.fold(keys, true)
	who := d.o.anyone("whom").me
	switch rapid.IntRange(0, 27).Draw(t, "what") {
	case 0, 1, 2:
		d.decide(&teamlog.Assign{Conversation: c, To: who, Was: state.Assignee})
	case 3:
		d.decide(&teamlog.Assign{Conversation: c, Was: state.Assignee})
	case 4:
		d.undo(c, state)
	case 5, 6:
		d.decide(&teamlog.Close{Conversation: c, Covers: d.keys(keys, true)})
	case 7:
		d.decide(&teamlog.Reopen{Conversation: c})
	case 8, 16:
		d.decide(&teamlog.Delete{Conversation: c, Covers: d.keys(keys, false)})
	case 9, 17, 18:
		d.decide(&teamlog.Note{Conversation: c, Text: "a note", Mentions: []inbox.MemberID{who}})
	case 10:
		d.decide(&teamlog.Read{Conversation: c, UpTo: d.o.now})
	case 11:
		d.decide(&teamlog.Unread{Conversation: c}, &teamlog.Drafting{Conversation: c})
	case 12, 13:
		d.decide(&teamlog.Avail{On: rapid.Bool().Draw(t, "on")})
	case 14:
		d.manage(who)
	case 15:
		d.work()
	case 25, 26, 27:
		name := rapid.SampledFrom([]string{"", "Els", "Piet"}).Draw(t, "name")
		d.decide(&teamlog.ContactName{Conversation: c, Name: name, Was: state.ContactName})
	default:
		d.crm(keys, c)
	}
}

// undo takes back this desktop's last assign, if it made one.
func (d *desk) undo(c inbox.Key, state teamlog.State) {
	all := d.about([]inbox.Key{c}, true)
	slices.Reverse(all)
	for _, decision := range all {
		if a, ok := decision.Event.(*teamlog.Assign); ok && decision.Author == d.me {
			d.decide(&teamlog.Assign{Conversation: c, To: a.Was, Was: state.Assignee, Undo: decision.ID})
			return
		}
	}
}

func (d *desk) keys(anchors []inbox.Key, inbound bool) (keys []inbox.Key) {
	for _, m := range d.inside(anchors) {
		if m.Inbound || !inbound {
			keys = append(keys, m.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// manage is what an admin does; when somebody else tries it is void.
func (d *desk) manage(who inbox.MemberID) {
	t := d.o.t
	role := rapid.SampledFrom([]teamlog.Role{teamlog.Admin, teamlog.Person}).Draw(t, "role")
	was, _ := d.replay.Team.Member(who)
	switch rapid.IntRange(0, 9).Draw(t, "manage") {
	case 0:
		d.decide(&teamlog.MemberRemove{Member: who})
	case 1:
		d.decide(&teamlog.MemberRole{Member: who, Role: role, Was: was.Role})
	case 2:
		d.decide(&teamlog.DeviceRevoke{Device: d.o.desk(who).device})
	case 3:
		d.decide(&teamlog.ChannelInstaller{ID: "c2", To: who})
	case 4:
		d.decide(&teamlog.Setting{Key: "alerts", Value: string(d.me), Was: d.replay.Team.Setting("alerts")})
	case 5:
		d.decide(&teamlog.Prefs{Value: json.RawMessage(`{"quiet": [22, 7]}`)}, &teamlog.Hint{Channel: "c1", Newest: "9"})
	case 6:
		d.decide(&teamlog.SecretSet{Of: "channel/c1", Sealed: []byte(d.me), To: []string{d.device}})
	default:
		d.cannedReplies()
	}
}

func (d *desk) work() {
	work := rapid.SampledFrom([]string{"alert/1", "alert/2"}).Draw(d.o.t, "work")
	claim, known := d.replay.Team.Claim(work)
	switch {
	case !known:
		d.decide(&teamlog.Claim{Work: work, Lease: 300})
	case claim.Device == d.device && rapid.Bool().Draw(d.o.t, "finish"):
		d.decide(&teamlog.Done{Work: work, Of: claim.Record, State: "sent"})
	default:
		d.decide(&teamlog.Takeover{Work: work, Of: claim.Record})
	}
}

func (o *office) desk(member inbox.MemberID) *desk {
	return o.desks[slices.IndexFunc(o.desks, func(d *desk) bool { return d.me == member })]
}

// hostile is what somebody writes into the folder by hand.
func (o *office) hostile(d *desk) {
	event := o.lie(d)
	o.calm = false
	envelope := teamlog.Envelope{
		Log: d.replay.Team.LogID, Device: d.device, Seq: uint64(rapid.IntRange(0, 9).Draw(o.t, "seq")), At: o.now,
		Base:   teamlog.Base{Count: uint64(rapid.IntRange(0, 60).Draw(o.t, "count")), Hash: "made up"},
		Events: []teamlog.Event{event},
	}
	switch rapid.IntRange(0, 5).Draw(o.t, "how") {
	case 0: // signed by a key that nobody knows, in the name of one that is
		stranger := signingKey("stranger", 1)
		o.forge(teamlog.Seal(envelope, stranger))
	case 1: // of a device that nobody knows
		stranger := signingKey("stranger", 2)
		envelope.Device = "stranger"
		o.forge(teamlog.Seal(envelope, stranger))
	case 2: // carried over from another log
		envelope.Log = "another log"
		o.forge(teamlog.Seal(envelope, d.key))
	case 3: // rubbish, or a damaged record
		o.put(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(o.t, "rubbish"), false)
	case 4: // again, what is there
		if len(o.folder) > 0 {
			o.put(o.folder[rapid.IntRange(0, len(o.folder)-1).Draw(o.t, "again")].record, false)
		}
	default: // by a member, truly signed
		o.put(d.seal(envelope).Bytes, rapid.IntRange(0, 4).Draw(o.t, "late") == 0)
	}
}

func (o *office) forge(record teamlog.Record, err error) {
	if err != nil {
		panic(err)
	}
	o.unreal[string(record.Bytes)] = true
	o.put(record.Bytes, false)
}

// lie is an event that no honest desktop would write as it stands.
func (o *office) lie(d *desk) teamlog.Event {
	c := rapid.SampledFrom(anchors).Draw(o.t, "about")
	who := rapid.SampledFrom(people).Draw(o.t, "victim")
	switch rapid.IntRange(0, 14).Draw(o.t, "lie") {
	case 0:
		return &teamlog.Delete{Conversation: c, Covers: []inbox.Key{c}}
	case 1:
		return &teamlog.Assign{Conversation: c, To: who, Undo: "made up"}
	case 2:
		return &teamlog.Assign{Conversation: c, To: who, Was: rapid.SampledFrom(people).Draw(o.t, "was")}
	case 3:
		return &teamlog.MemberRole{Member: d.me, Role: teamlog.Admin, Was: teamlog.Person}
	case 4:
		return &teamlog.MemberAdd{Member: "mallory", Role: teamlog.Admin, Key: newDesk(o, "mallory").public()}
	case 5:
		return &teamlog.DeviceAdd{Member: who, Key: newDesk(o, "mallory").public(), Retire: true}
	case 6:
		return &teamlog.Sent{Conversation: c, Key: c, By: who}
	case 7:
		return &teamlog.Takeover{Work: "alert/1", Of: "made up"}
	case 8, 16:
		return &teamlog.Done{Work: "alert/1", Of: "made up", State: "sent"}
	case 9, 17, 18:
		return teamlog.Decode(json.RawMessage(`{"t":"hologram","c":"c1:a"}`))
	case 10:
		return &teamlog.Epoch{Why: "because"}
	case 12, 13, 14:
		return o.lieOfCRM(d, c)
	}
	return &teamlog.Join{Member: "mallory", Name: "Mallory", Key: newDesk(o, "mallory").public()}
}
