package crm_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// event is one in the log of a simulated team.
type event struct {
	kind   string // claim, takeover, done, noted, link, unlink, assign
	work   string
	of     string
	device string
	lease  time.Duration
	at     time.Time
	noted  crm.Noted
	link   inbox.Link
	conv   inbox.Key
	to     inbox.MemberID
}

type claimed struct {
	crm.State
	lease  time.Duration
	record int // that counts
}

// talk is a conversation as a log says it.
type talk struct {
	assignee inbox.MemberID
	links    []inbox.Link
}

// replay is a log as read up to a place, by the rules of teamlog: the first
// claim counts, a takeover must name the claim that counts, only its holder may
// say that work is done and what stands in the CRM, and of a part the later
// revision counts.
type replay struct {
	works    map[string]claimed
	talks    map[inbox.Key]*talk
	admitted map[int]bool // by place: all events of the record
	read     int
}

func newReplay() replay {
	return replay{works: map[string]claimed{}, talks: map[inbox.Key]*talk{}, admitted: map[int]bool{}}
}

func (r *replay) catchUp(log [][]event) {
	for ; r.read < len(log); r.read++ {
		ok := true
		for _, e := range log[r.read] {
			ok = r.take(r.read, e) && ok
		}
		r.admitted[r.read] = ok
	}
}

func (r *replay) talk(k inbox.Key) *talk {
	if r.talks[k] == nil {
		r.talks[k] = &talk{}
	}
	return r.talks[k]
}

func (r *replay) take(at int, e event) bool {
	c, known := r.works[e.work]
	switch {
	case e.kind == "claim" && !known:
		c = claimed{State: crm.State{Device: e.device, Began: e.at}, lease: e.lease, record: at}
	case e.kind == "takeover" && known && !c.Done && e.of == name(c.record):
		c.Device, c.record = e.device, at
	case e.kind == "done" && known && e.of == name(c.record) && c.Device == e.device:
		c.Done = true
	case e.kind == "noted":
		return r.note(e)
	case e.kind == "link":
		t := r.talk(e.conv)
		t.links = append(t.links, e.link)
		return true
	case e.kind == "assign":
		r.talk(e.conv).assignee = e.to
		return true
	default:
		return false
	}
	r.works[e.work] = c
	return true
}

func (r *replay) note(e event) bool {
	c, known := r.works[e.noted.Work]
	if e.noted.Work != "" && (!known || c.Device != e.device) {
		return false
	}
	t := r.talk(e.noted.Conversation)
	i := slices.IndexFunc(t.links, func(l inbox.Link) bool { return l.ID == e.noted.Link })
	if i < 0 {
		return false
	}
	n := e.noted.Note
	l := &t.links[i]
	l.Notes = slices.Clone(l.Notes)
	for j, old := range l.Notes {
		if old.Window == n.Window && old.Part == n.Part {
			if n.Revision <= old.Revision {
				return false
			}
			n.Names = append(slices.Clone(old.Names), n.Names...)
			l.Notes[j] = n
			return true
		}
	}
	l.Notes = append(l.Notes, n)
	return true
}

func name(place int) string { return strconv.Itoa(place) }

var errOffline = errors.New("the team's mailbox cannot be reached")

// desk is one desktop: what it keeps when it is killed, and what not.
type desk struct {
	w      *world
	device string
	member inbox.MemberID
	steady bool // is never killed, never offline, and its CRM answers

	store    *store
	view     replay
	book     replay       // the private book
	books    [][]event    // what is in it
	has      map[int]bool // of the world's messages
	unsent   [][]event    // decided, and not in the log yet
	offline  bool
	skew     time.Duration
	language string
	zone     *time.Location

	crm    *crm.CRM // nil while it is off
	acting bool
	lost   map[string]bool
	watch  map[string]sighting
}

type sighting struct {
	record int
	since  time.Time
}

func (d *desk) Now() time.Time                       { return d.w.now.Add(d.skew) }
func (d *desk) After(time.Duration) <-chan time.Time { return nil } // the world calls Pass itself

func (d *desk) Me() inbox.MemberID                 { return d.member }
func (d *desk) Device() string                     { return d.device }
func (d *desk) MemberName(m inbox.MemberID) string { return "Member " + string(m) }
func (d *desk) Private(c inbox.ChannelID) bool     { return c == "private" }
func (d *desk) Reached() bool                      { return !d.offline }
func (d *desk) Alone() bool                        { return len(d.w.desks) == 1 }

func (d *desk) Turn(string) int { return slices.Index(slices.Sorted(maps.Keys(d.w.desks)), d.device) }

func (d *desk) Claimed(work string) (crm.State, bool) {
	c, known := d.view.works[work]
	return c.State, known
}

func (d *desk) Lapsed(work string) bool {
	c, known := d.view.works[work]
	return known && !c.Done && d.lapsed(work, c)
}

func (d *desk) lapsed(work string, c claimed) bool {
	s, ok := d.watch[work]
	if !ok || s.record != c.record {
		d.watch[work] = sighting{c.record, d.w.now}
		return false
	}
	return d.w.now.Sub(s.since) >= c.lease
}

// Noted is the private book.
func (d *desk) Noted(_ context.Context, noted ...crm.Noted) error {
	d.w.step(d)
	var record []event
	for _, n := range noted {
		record = append(record, event{kind: "noted", device: d.device, noted: n})
	}
	d.books = append(d.books, record)
	d.book.catchUp(d.books)
	d.w.step(d)
	return nil
}

// Link decides a link, as a member would.
func (d *desk) Link(_ context.Context, conversation inbox.Key, provider string, r inbox.Record) (string, error) {
	d.w.step(d)
	for _, l := range d.view.talk(conversation).links {
		if l.RecordRef == r.RecordRef {
			return l.ID, nil
		}
	}
	id := d.w.linkID()
	d.unsent = append(d.unsent, []event{{kind: "link", conv: conversation, link: inbox.Link{
		ID: id, Provider: provider, RecordRef: r.RecordRef, Title: r.Title, By: d.member, At: d.Now(),
	}}})
	d.sync()
	d.w.step(d)
	return id, nil
}

// sync reads the log, and brings what waits for it.
func (d *desk) sync() {
	if d.offline {
		return
	}
	d.w.log = append(d.w.log, d.unsent...)
	d.unsent = nil
	d.view.catchUp(d.w.log)
}

// logFaults is among how many answers of the log the broken ones are.
const logFaults = 14

// say appends and reads back, or fails in one of the ways in which logs fail:
// not at all, heard by all but the caller, or much later.
func (d *desk) say(events ...event) (place int, admitted bool, err error) {
	d.w.step(d)
	for i := range events {
		events[i].device, events[i].at = d.device, d.Now()
	}
	fault := 0
	if !d.steady && d.w.faulty {
		fault = d.w.draw(logFaults)
	}
	switch {
	case d.offline || fault == 1:
		return 0, false, errOffline
	case fault == 2:
		d.w.log = append(append(d.w.log, d.unsent...), events)
		d.unsent = nil
		return 0, false, errOffline
	case fault == 3:
		d.unsent = append(d.unsent, events)
		return 0, false, errOffline
	}
	d.w.log = append(d.w.log, d.unsent...) // in the order of being decided
	d.unsent = nil
	place = len(d.w.log)
	d.w.log = append(d.w.log, events)
	d.w.step(d)
	d.view.catchUp(d.w.log)
	return place, d.view.admitted[place], nil
}

// Claim is what teamsync.Claims.Claim does.
func (d *desk) Claim(_ context.Context, work string, lease time.Duration) (crm.Claim, error) {
	if d.w.lawless {
		return &hold{d: d, work: work, since: d.w.now}, nil
	}
	for range 2 {
		c, known := d.view.works[work]
		e := event{kind: "claim", work: work, lease: lease}
		if known {
			if c.Done || !(d.lost[work] && c.Device == d.device) && !d.lapsed(work, c) {
				return nil, nil
			}
			e.kind, e.of = "takeover", name(c.record)
		}
		since := d.w.now
		place, admitted, err := d.say(e)
		if err != nil {
			d.lost[work] = true
			return nil, err
		}
		if admitted {
			delete(d.lost, work)
			return &hold{d, work, place, since}, nil
		}
	}
	return nil, nil
}

// hold is a desk's claim.
type hold struct {
	d      *desk
	work   string
	record int
	since  time.Time
}

func (h *hold) Mine() bool {
	c, known := h.d.view.works[h.work]
	passed := h.d.w.now.Sub(h.since)
	return h.d.w.lawless || known && c.record == h.record && passed >= 0 && passed < c.lease/2
}

func (h *hold) Renew(context.Context) (bool, error) {
	since := h.d.w.now
	place, admitted, err := h.d.say(event{kind: "takeover", work: h.work, of: name(h.record)})
	if err != nil {
		h.d.lost[h.work] = true
		return false, err
	}
	if admitted {
		h.record, h.since = place, since
	}
	return admitted, nil
}

func (h *hold) Finish(_ context.Context, state string, noted ...crm.Noted) (bool, error) {
	h.d.w.said[state]++
	if h.d.w.lawless {
		return true, h.d.agree(noted)
	}
	record := []event{{kind: "done", work: h.work, of: name(h.record)}}
	for _, n := range noted {
		record = append(record, event{kind: "noted", noted: n})
	}
	_, admitted, err := h.d.say(record...)
	return admitted, err
}

// agree says what stands in the CRM where nobody asks for claims.
func (d *desk) agree(noted []crm.Noted) error {
	var record []event
	for _, n := range noted {
		n.Work = ""
		record = append(record, event{kind: "noted", noted: n})
	}
	_, _, err := d.say(record...)
	return err
}
