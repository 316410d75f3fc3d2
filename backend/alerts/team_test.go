package alerts_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"postvak/backend/alerts"
	"postvak/backend/inbox"
)

// record is one event about work in the log of a simulated team.
type record struct {
	kind, work, of, state string
	device                string
	member                inbox.MemberID
	lease                 time.Duration
	result                json.RawMessage
	at                    time.Time
}

// claimed is what a replay of the log knows of a work.
type claimed struct {
	alerts.State
	record int // that counts
}

// replay is a log as read up to a place, by the rules of teamlog: the first
// claim counts, a takeover must name the claim that counts, and only its holder
// may say that work is done.
type replay struct {
	works    map[string]claimed
	admitted []bool // by place
}

// read takes in what is new.
func (r *replay) read(log []record) {
	for at := len(r.admitted); at < len(log); at++ {
		r.admitted = append(r.admitted, r.take(at, log[at]))
	}
}

func (r *replay) take(at int, e record) bool {
	c, known := r.works[e.work]
	switch {
	case e.kind == "claim" && !known:
		c = claimed{State: alerts.State{Member: e.member, Device: e.device, At: e.at, Lease: e.lease}, record: at}
	case e.kind == "takeover" && known && !c.Done && e.of == name(c.record):
		c.Member, c.Device, c.At, c.record = e.member, e.device, e.at, at
	case e.kind == "done" && known && e.of == name(c.record) && c.Device == e.device:
		c.Done, c.State.State, c.Result = true, e.state, e.result
	default:
		return false
	}
	r.works[e.work] = c
	return true
}

func name(place int) string { return strconv.Itoa(place) }

var errOffline = errors.New("the team's mailbox cannot be reached")

// desk is one desktop: what it keeps when it is killed, and what not.
type desk struct {
	w      *world
	device string
	member inbox.MemberID
	steady bool // is never killed, never offline, and its mail server works

	cache   *cache
	view    replay
	told    int      // of the world's events
	unsent  []record // decided, and not in the log yet
	offline bool
	noPost  bool

	alerts *alerts.Alerts // nil while it is off
	acting bool
	lost   map[string]bool
	seen   map[string]sighting
}

type sighting struct {
	record int
	since  time.Time
}

func (d *desk) LogID() string                      { return "log-1" }
func (d *desk) Name() string                       { return "Bakery" }
func (d *desk) Me() inbox.MemberID                 { return d.member }
func (d *desk) Device() string                     { return d.device }
func (d *desk) Since() time.Time                   { return morning.Add(-24 * time.Hour) }
func (d *desk) MemberName(m inbox.MemberID) string { return string(m) }
func (d *desk) ChannelName(inbox.ChannelID) string { return "Sales" }
func (d *desk) Private(c inbox.ChannelID) bool     { return d.w.private[c] != "" }
func (d *desk) Common(address string) bool         { return address == "info@bakery.example" }
func (d *desk) Reached() bool                      { return !d.offline }

func (d *desk) Members() []inbox.NotificationMember { return slices.Clone(d.w.members) }

func (d *desk) HasAccess(m inbox.MemberID, c inbox.ChannelID) bool {
	return d.w.private[c] == "" || d.w.private[c] == m
}

func (d *desk) Turn(string) int { return slices.Index(slices.Sorted(maps.Keys(d.w.desks)), d.device) }

func (d *desk) Claimed(work string) (alerts.State, bool) {
	c, known := d.view.works[work]
	return c.State, known
}

func (d *desk) Lapsed(work string) bool {
	c, known := d.view.works[work]
	return known && !c.Done && d.lapsed(work, c)
}

func (d *desk) lapsed(work string, c claimed) bool {
	s, ok := d.seen[work]
	if !ok || s.record != c.record {
		d.seen[work] = sighting{c.record, d.w.now}
		return false
	}
	return d.w.now.Sub(s.since) >= c.Lease
}

// sync reads the log, and brings what waits for it.
func (d *desk) sync() {
	if d.offline {
		return
	}
	d.w.log = append(d.w.log, d.unsent...)
	d.unsent = nil
	d.view.read(d.w.log)
}

// logFaults is among how many answers of the log the broken ones are.
const logFaults = 12

// say appends and reads back, or fails in one of the ways in which logs fail:
// not at all, heard by all but the caller, or much later.
func (d *desk) say(e record) (place int, admitted bool, err error) {
	d.w.step(d)
	e.device, e.member, e.at = d.device, d.member, d.w.now
	fault := 0
	if !d.steady && d.w.faulty {
		fault = d.w.draw(logFaults)
	}
	switch {
	case d.offline || fault == 1:
		return 0, false, errOffline
	case fault == 2:
		d.w.log = append(append(d.w.log, d.unsent...), e)
		d.unsent = nil
		return 0, false, errOffline
	case fault == 3:
		d.unsent = append(d.unsent, e)
		return 0, false, errOffline
	}
	d.w.log = append(d.w.log, d.unsent...) // in the order of being decided
	d.unsent = nil
	place = len(d.w.log)
	d.w.log = append(d.w.log, e)
	d.w.step(d)
	d.view.read(d.w.log)
	return place, d.view.admitted[place], nil
}

// Claim is what teamsync.Claims.Claim does.
func (d *desk) Claim(_ context.Context, work string, lease time.Duration) (alerts.Claim, error) {
	for range 2 {
		c, known := d.view.works[work]
		e := record{kind: "claim", work: work, lease: lease}
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
	return known && c.record == h.record && passed >= 0 && passed < c.Lease/2
}

func (h *hold) Renew(context.Context) (bool, error) {
	since := h.d.w.now
	place, admitted, err := h.d.say(record{kind: "takeover", work: h.work, of: name(h.record)})
	if err != nil {
		h.d.lost[h.work] = true
		return false, err
	}
	if admitted {
		h.record, h.since = place, since
	}
	return admitted, nil
}

func (h *hold) Done(_ context.Context, state string, result json.RawMessage) (bool, error) {
	if h.d.w.unguarded && state == "started" {
		return true, nil
	}
	_, admitted, err := h.d.say(record{kind: "done", work: h.work, of: name(h.record), state: state, result: result})
	return admitted, err
}
