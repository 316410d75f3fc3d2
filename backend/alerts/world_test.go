package alerts_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
	"postvak/backend/mime"
)

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

type readKey struct {
	conversation inbox.Key
	member       inbox.MemberID
}

// world is a team with its desktops, log and mail server. All of it happens in
// one goroutine: at every step of one desktop any other may act, the clock may
// move, and a desktop may be killed.
type world struct {
	t         testing.TB
	now       time.Time
	members   []inbox.NotificationMember
	private   map[inbox.ChannelID]inbox.MemberID
	log       []record
	events    []inbox.NotificationEvent
	reads     map[readKey]time.Time
	deleted   map[inbox.Key]bool
	desks     map[string]*desk
	mail      []letter
	doubt     map[string]bool // marks of alerts of which somebody died, or heard nothing, in the worst moment
	draw      func(n int) int // chance: 0 is what mostly happens
	faulty    bool
	unguarded bool // nobody says "started" before the last byte
	depth     int
	sleeps    int
	answer    func(d *desk, l letter, commit func() error) inbox.SendResult
}

// letter is an e-mail that a mail server took.
type letter struct {
	by   string
	at   time.Time
	mark string
	raw  []byte
	mime inbox.Message
}

type killed struct{ d *desk }

func newWorld(t testing.TB) *world {
	return &world{
		t: t, now: morning, private: map[inbox.ChannelID]inbox.MemberID{}, reads: map[readKey]time.Time{},
		deleted: map[inbox.Key]bool{}, desks: map[string]*desk{}, doubt: map[string]bool{},
		draw: func(int) int { return 0 },
	}
}

func (w *world) Now() time.Time { return w.now }

// After is not used: the world calls Pass itself.
func (w *world) After(time.Duration) <-chan time.Time { return nil }

var everything = inbox.Bell{Mine: true, Others: true, Unassigned: true, AssignedToMe: true, WindowClosing: true}

func (w *world) member(id inbox.MemberID) {
	settings := inbox.DefaultNotifications()
	settings.Email = everything
	w.members = append(w.members, inbox.NotificationMember{
		ID: id, Active: true, Address: string(id) + "@bakery.example", Settings: settings,
	})
}

// desk adds a desktop of a member and switches it on.
func (w *world) desk(device string, m inbox.MemberID) *desk {
	d := &desk{w: w, device: device, member: m, view: replay{works: map[string]claimed{}}}
	d.cache = &cache{d: d, rows: map[rowKey]inbox.NotificationRecord{}}
	w.desks[device] = d
	d.start()
	return d
}

func (d *desk) start() {
	d.lost, d.seen = map[string]bool{}, map[string]sighting{}
	d.alerts = alerts.New(alerts.Config{
		Team: d, Store: d.cache, Post: d, Clock: d.w,
		Words: func(_, sentence string) string { return sentence },
	})
}

// message makes an event that a customer's mail is.
func (w *world) message(id string, conversation inbox.Key) inbox.NotificationEvent {
	return inbox.NotificationEvent{
		ID: id, Conversation: conversation, Thread: string(conversation), Channel: "c1", At: w.now,
		From: inbox.Address{Name: "Bob", Address: "bob@customer.example"}, Subject: "Bread", Preview: "Two loaves, please.",
	}
}

// pass lets a desktop hear what is new to it, and do what is due. It may be
// killed while it does.
func (w *world) pass(d *desk) {
	if d.alerts == nil {
		return
	}
	w.depth++
	defer func() {
		w.depth--
		if k, ok := recover().(killed); ok {
			if k.d != d {
				panic("somebody else was killed")
			}
			d.alerts = nil
		}
	}()
	d.sync()
	var news []inbox.NotificationEvent
	for ; d.told < len(w.events); d.told++ {
		if e := w.events[d.told]; d.HasAccess(d.member, e.Channel) {
			e.Conversation += inbox.Key("-on-" + d.device) // every desktop has its own name for it
			news = append(news, e)
		}
	}
	d.alerts.Heard(news)
	d.alerts.Wake()
	d.alerts.Pass(context.Background())
}

// stepKinds is what may happen at a step, most of it nothing.
const stepKinds = 41

// step is called between any two things that a desktop does.
func (w *world) step(d *desk) {
	if !w.faulty {
		return
	}
	switch w.draw(stepKinds) {
	case 1:
		if !d.steady {
			panic(killed{d})
		}
	case 2:
		w.now = w.now.Add(time.Duration(w.draw(90)) * time.Second)
	case 3, 4, 5:
		if w.depth < 4 {
			names := slices.Sorted(maps.Keys(w.desks))
			if other := w.desks[names[w.draw(len(names))]]; other != d && !other.inPass(w) {
				other.enter(w)
			}
		}
	}
}

// sleep shuts a computer's lid for longer than a lease, in the middle of an
// attempt, while the others stay awake. A few times in a life: an event must
// not become too old to be told of.
func (w *world) sleep(d *desk) {
	if w.sleeps++; w.sleeps > 3 {
		return
	}
	for range 26 {
		w.now = w.now.Add(15 * time.Second)
		for _, name := range slices.Sorted(maps.Keys(w.desks)) {
			if other := w.desks[name]; other != d && !other.acting {
				other.enter(w)
			}
		}
	}
	d.sync() // it comes back to a log that went on
}

// inPass and enter keep a desktop from acting within an act of its own.
func (d *desk) inPass(*world) bool { return d.acting }

func (d *desk) enter(w *world) {
	d.acting = true
	defer func() { d.acting = false }()
	w.pass(d)
}

// run lets time pass, in steps, with everybody at work.
func (w *world) run(d, step time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(step)
		for _, name := range slices.Sorted(maps.Keys(w.desks)) {
			w.desks[name].enter(w)
		}
	}
}

// local takes a desktop's name for a conversation back to the world's.
func local(k inbox.Key) inbox.Key {
	name, _, _ := strings.Cut(string(k), "-on-")
	return inbox.Key(name)
}

func (d *desk) From(inbox.ChannelID) (inbox.Address, bool) {
	return inbox.Address{Address: "info@bakery.example"}, !d.noPost
}

// Send is the mail server, which fails in every way that mail servers do.
func (d *desk) Send(ctx context.Context, _ inbox.ChannelID, r inbox.Rendered, commit func() error) inbox.SendResult {
	l := letter{by: d.device, at: d.w.now, raw: r.Wire, mime: mime.Parse(r.Wire), mark: markIn(r.Wire)}
	if d.w.answer != nil {
		return d.w.answer(d, l, commit)
	}
	fault := 0
	if d.w.faulty && !d.steady {
		fault = d.w.draw(20)
	}
	d.w.step(d)
	if fault == 1 {
		return inbox.SendResult{Outcome: inbox.Later, Reason: "no connection"}
	}
	if fault == 5 || fault == 6 {
		d.w.sleep(d)
	}
	if !d.steady {
		d.w.doubt[l.mark] = true // whoever breaks down from here on leaves it open
	}
	if err := commit(); err != nil {
		return inbox.SendResult{Outcome: inbox.Later, Reason: err.Error()}
	}
	d.w.step(d)
	switch fault {
	case 2:
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "lost before"}
	case 3:
		return inbox.SendResult{Outcome: inbox.Later, Reason: "450 not now"}
	}
	d.w.mail = append(d.w.mail, l)
	delete(d.w.doubt, l.mark)
	d.w.step(d)
	if fault == 4 {
		return inbox.SendResult{Outcome: inbox.Unknown, Reason: "lost behind"}
	}
	return inbox.SendResult{Outcome: inbox.Accepted}
}

func markIn(wire []byte) string {
	_, rest, _ := bytes.Cut(wire, []byte(mime.AlertHeader+": "))
	mark, _, _ := bytes.Cut(rest, []byte("."))
	return string(mark)
}

func (w *world) markOf(e inbox.NotificationEvent, m inbox.MemberID) string {
	return alerts.MarkOf(alerts.WorkOf(inbox.NotificationRecord{Member: m, Channel: e.Channel, Thread: e.Thread, At: e.At}))
}

// copies counts how often the e-mail about an event went to a member.
func (w *world) copies(e inbox.NotificationEvent, m inbox.MemberID) (n int) {
	for _, l := range w.mail {
		if l.mark == w.markOf(e, m) {
			n++
		}
	}
	return n
}

func (d *desk) outcome(e inbox.NotificationEvent, m inbox.MemberID) string {
	row, there := d.cache.rows[rowKey{e.ID, m}]
	if !there {
		return "nothing"
	}
	return fmt.Sprintf("%s/%s", row.Outcome, row.Reason)
}
