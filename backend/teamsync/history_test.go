package teamsync_test

import (
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamlog/logtest"
	"postvak/backend/teamsync"
)

// histories is how many are played unless -rapid.checks says otherwise.
var histories = 300

// Two to eight desktops do at random what members, networks, mail servers and
// changed clients do; when everything is quiet all of them have the same state,
// and every decision of a member stands in it once. With -rapid.checks=100000
// it plays as many histories.
func TestEveryHistoryOfDesktopsEndsTheSame(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(strconv.Itoa(histories)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = checks.Value.Set(checks.DefValue) })
	}
	all := logtest.NewHistories(t)
	rapid.Check(t, func(t *rapid.T) { all.Play(func() { playHistory(t) }) })
}

func playHistory(t *rapid.T) {
	h := &history{T: t, team: newTeam(t, "ann", "ben")}
	h.team.desktops[0].decide(t, &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Name: "Info", Address: "info@bakery.example", Shared: true})
	if rapid.Bool().Draw(t, "third") {
		h.team.join(t, "carol")
	}
	for range rapid.IntRange(5, 60).Draw(t, "steps") {
		h.step()
	}
	h.quiet()
	for range 2 {
		h.speak()
		h.team.clock.Advance(2 * time.Hour) // who saw another log looks again
		h.team.settle(t)
		if !h.click() {
			return
		}
	}
	h.team.equal(t)
	h.survivors()
}

// history is one random history.
type history struct {
	*rapid.T
	team *team
}

func (h *history) draw(name string, n int) int { return rapid.IntRange(0, n-1).Draw(h.T, name) }

func (h *history) desktop() *desktop {
	return h.team.desktops[h.draw("who", len(h.team.desktops))]
}

// step does one thing. Calls may fail: that is what the faults are for.
func (h *history) step() {
	d := h.desktop()
	switch h.draw("what", 17) {
	case 0, 1, 2, 3:
		h.decide(d)
	case 4, 5, 6, 7:
		_ = d.sync.Exchange(h.Context())
	case 8:
		d.client.offline = !d.client.offline
	case 9:
		d.client.noReply, d.client.double = h.draw("no reply", 3), h.draw("double", 3)
		d.client.refuse, d.client.delay = h.draw("refuse", 2), h.draw("delay", 2)
	case 10:
		h.kill(d)
	case 11:
		h.team.server.change(func() { show(h.team.server) })
	case 12:
		h.folder()
	case 13:
		h.members(d)
	case 14:
		h.hostile(d)
	case 15:
		h.team.clock.Advance(time.Duration(h.draw("minutes", 5)) * time.Minute)
	case 16:
		h.private(h.team.desktops[0])
	}
}

// private connects a channel for oneself, decides about it, and shares it.
func (h *history) private(d *desktop) {
	add := &teamlog.ChannelAdd{ID: "p1", Channel: inbox.Email, Name: "Mine", Address: "mine@bakery.example", Connected: morning}
	switch _, known := d.sync.Channel("p1"); {
	case !known:
		_, _ = d.sync.Decide(h.Context(), add)
	case h.draw("share", 4) == 0:
		_, _ = d.sync.Decide(h.Context(), share())
	default:
		_, _ = d.sync.Decide(h.Context(), &teamlog.Note{Conversation: own, Text: fmt.Sprintf("own %d", h.draw("text", 9))})
	}
}

func (h *history) key() inbox.Key { return inbox.Key(fmt.Sprintf("c1:%d", h.draw("about", 3))) }

func (h *history) member() inbox.MemberID {
	return inbox.MemberID(h.desktop().name)
}

// event is something a member may decide, rightly or not.
func (h *history) event(d *desktop) teamlog.Event {
	about := h.key()
	switch h.draw("event", 8) {
	case 0:
		return &teamlog.Assign{Conversation: about, To: h.member(), Was: d.store.Conversations()[about].Assignee}
	case 1:
		return &teamlog.Assign{Conversation: about, To: h.member(), Was: h.member()}
	case 2:
		return &teamlog.Close{Conversation: about, Covers: []inbox.Key{about}}
	case 3:
		return &teamlog.Reopen{Conversation: about}
	case 4:
		return &teamlog.Delete{Conversation: about, Covers: []inbox.Key{about}}
	case 5:
		return &teamlog.Avail{On: h.draw("on", 2) == 0}
	case 6:
		return &teamlog.MemberUpdate{Name: fmt.Sprintf("%s %d", d.name, h.draw("name", 9)), Email: d.name + "@bakery.example"}
	}
	return &teamlog.Note{Conversation: about, Text: fmt.Sprintf("note %d", h.draw("text", 1000))}
}

func (h *history) decide(d *desktop) {
	outcomes, err := d.sync.Decide(h.Context(), h.event(d))
	if err != nil {
		return // not let in yet, or removed
	}
	for _, o := range outcomes {
		d.made = append(d.made, o.ID)
	}
}

var errKilled = errors.New("killed")

// kill ends the program at some write of its next exchange or decision, before
// or after it, and starts it again.
func (h *history) kill(d *desktop) {
	left := h.draw("writes", 6)
	d.store.Step = func(string, bool) error {
		if left--; left < 0 {
			return errKilled
		}
		return nil
	}
	if h.draw("deciding", 2) == 0 {
		h.decide(d)
	}
	_ = d.sync.Exchange(h.Context())
	d.store.Step = nil
	d.start(h.T)
}

// folder does what happens to folders.
func (h *history) folder() {
	v := h.team.server
	v.change(func() {
		switch h.draw("folder", 8) {
		case 0:
			v.renumber()
		case 1:
			v.restore(h.draw("restored", len(v.records)+1))
		case 2:
			v.restore(h.draw("restored", len(v.records)+1))
			v.renumber()
		case 3:
			v.missing = true
		case 4:
			v.epoch++
			v.restore(0)
		default:
			v.add("", []byte("what people put into folders"), false)
		}
	})
}

// members lets people in and out.
func (h *history) members(d *desktop) {
	ann := h.team.desktops[0]
	switch h.draw("members", 4) {
	case 0:
		if len(h.team.desktops) < 8 {
			h.ask(fmt.Sprintf("p%d", len(h.team.desktops)))
		}
	case 1:
		h.admit(ann)
	case 2:
		if d != ann && h.draw("leaves", 3) == 0 {
			_, _ = ann.sync.Decide(h.Context(), &teamlog.MemberRemove{Member: inbox.MemberID(d.name)})
		}
	case 3:
		if m, known := d.sync.Member(inbox.MemberID(d.name)); known && d != ann {
			role := []teamlog.Role{teamlog.Admin, teamlog.Person}[h.draw("role", 2)]
			_, _ = ann.sync.Decide(h.Context(), &teamlog.MemberRole{Member: m.ID, Role: role, Was: m.Role})
		}
		if h.draw("repairs", 3) == 0 {
			_ = d.sync.Repair(h.Context(), h.draw("fresh", 2) == 0)
		}
	}
}

func (h *history) ask(name string) {
	d := newDesktop(name, h.team.clock)
	d.client, d.logID = &client{server: h.team.server}, h.team.desktops[0].sync.LogID()
	d.start(h.T)
	h.team.desktops = append(h.team.desktops, d)
	if err := d.sync.Ask(h.Context(), &teamlog.Join{Member: inbox.MemberID(name), Name: name}); err != nil {
		h.Fatalf("asking: %v", err)
	}
}

func (h *history) admit(ann *desktop) {
	var requests []teamlog.Request
	ann.sync.View(func(team *teamlog.Team) { requests = team.Requests() })
	for _, r := range requests {
		_, _ = ann.sync.Decide(h.Context(), &teamlog.MemberAdd{Member: r.Member, Name: r.Name, Role: teamlog.Person, Key: r.Key})
	}
}

// hostile puts into the folder what a changed client, or somebody with the
// mailbox's password, could.
func (h *history) hostile(d *desktop) {
	_, cursor := d.sync.StateBytes()
	e := teamlog.Envelope{
		Log: d.sync.LogID(), Seq: uint64(h.draw("seq", 20)), Prev: "somewhere", Base: cursor.Base(),
		At: h.team.clock.Now().Add(time.Duration(h.draw("at", 100)-50) * time.Hour), Events: []teamlog.Event{h.event(d)},
	}
	e.Base.Count = uint64(h.draw("base", 40))
	v := h.team.server
	switch h.draw("hostile", 7) {
	case 0: // in the name of another, with a key of one's own
		_, key, _ := ed25519.GenerateKey(nil)
		e.Device = h.desktop().sync.OwnDevice()
		if record, err := teamlog.Seal(e, key); err == nil {
			v.change(func() { v.add("", record.Bytes, false) })
		}
		return
	case 1: // once more, in another place
		v.change(func() {
			if len(v.records) > 0 {
				v.add("", v.records[h.draw("which", len(v.records))].bytes, false)
			}
		})
		return
	case 2:
		e.Events = []teamlog.Event{&teamlog.Unknown{Name: "newer", Raw: []byte(`{"t":"newer","x":1}`)}, h.event(d)}
	case 3:
		e.Events = []teamlog.Event{&teamlog.MemberRemove{Member: "ann"}, &teamlog.MemberRole{Member: inbox.MemberID(d.name), Role: teamlog.Admin, Was: teamlog.Person}}
	case 4:
		e.Log = "another log"
	case 5:
		e.Events = []teamlog.Event{&teamlog.ChannelRemove{ID: "c1"}, &teamlog.Delete{Conversation: h.key()}}
		if d == h.team.desktops[0] {
			e.Events = e.Events[1:]
		}
	}
	if d == h.team.desktops[0] && h.draw("hostile", 2) == 0 {
		return // the one who repairs stays honest more often
	}
	record, err := d.sync.Seal(e)
	if err != nil {
		h.Fatalf("%v", err)
	}
	v.change(func() { v.add("", record.Bytes, false) })
}

// quiet ends all faults.
func (h *history) quiet() {
	for _, d := range h.team.desktops {
		d.client.offline, d.client.noReply, d.client.refuse, d.client.double, d.client.delay = false, 0, 0, 0, 0
	}
	h.team.server.change(func() { show(h.team.server) })
	h.team.clock.Advance(time.Hour)
}

// speak lets everybody write: a folder whose end was exchanged behind the back
// of one is told from the right one by what the next record says of it.
func (h *history) speak() {
	h.team.settle(h.T)
	for _, d := range h.team.desktops {
		if outcomes, err := d.sync.Decide(h.Context(), &teamlog.Reopen{Conversation: "c1:0"}); err == nil {
			d.made = append(d.made, outcomes[0].ID)
		}
	}
	h.team.settle(h.T)
}

// click is what the waiting phase asks of an admin: a folder may have lost what
// only one desktop had read, and no other can know. It says false when nobody
// can end somebody's waiting.
func (h *history) click() bool {
	if !slices.ContainsFunc(h.team.desktops, h.waits) {
		return true
	}
	for _, asked := range []bool{true, false} { // who waits may alone have read that an admin is none any more
		for _, d := range h.team.desktops {
			if h.waits(d) == asked && d.sync.Repair(h.Context(), false) == nil {
				h.team.settle(h.T)
				return !slices.ContainsFunc(h.team.desktops, h.parted)
			}
		}
	}
	return false
}

func (h *history) waits(d *desktop) bool { return d.phase(h.T).Phase == teamsync.PhaseWaiting }

// parted says whether a desktop waits that knows nobody as an admin who is one:
// two removed each other in logs that never met, or whoever it knows was removed
// by an admin that was made one in a part of the log that it never read. It
// follows nobody whom it cannot trust, writes nothing, and says so.
func (h *history) parted(d *desktop) bool {
	return h.waits(d) && !slices.ContainsFunc(h.team.desktops, func(other *desktop) bool {
		return other != d && admin(other, other) && admin(d, other)
	})
}

// admin says whether a desktop takes another's member for an admin.
func admin(by, whom *desktop) bool {
	m, known := by.sync.Member(inbox.MemberID(whom.name))
	return known && !m.Removed && m.Role == teamlog.Admin
}

// survivors checks that every decision of who is in the team stands in the log,
// and nobody is left behind.
func (h *history) survivors() {
	stands := map[string]int{}
	for _, c := range h.team.desktops[0].store.Confirmed() {
		stands[c.ID]++
	}
	for _, d := range h.team.desktops {
		s := d.phase(h.T)
		if s.Phase != teamsync.PhaseOK {
			h.Fatalf("%s is left behind: %+v", d.name, s)
		}
		if d.sync.Membership() != teamsync.Active {
			continue
		}
		if s.Pending > 0 {
			h.Fatalf("%s still waits with %d", d.name, s.Pending)
		}
		for _, id := range d.made {
			n, _ := d.store.HasRecord(h.Context(), strings.Split(id, ".")[0])
			if n == 0 || stands[id] > 1 {
				h.Fatalf("%s's decision %s stands %d times, record %d", d.name, id, stands[id], n)
			}
		}
	}
}
