package teamlog_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// office is a team of several desktops at one log, without time and network:
// which desktop reads, writes, learns of a message or is cut off next is drawn.
type office struct {
	t      *rapid.T
	fault  fault
	folder []slot
	desks  []*desk
	facts  map[inbox.Key]teamlog.MessageFact
	now    time.Time
	// unreal are the records that must never count, byte for byte: their ids
	// could also be of true ones.
	unreal map[string]bool
	// calm says that nobody lied and nothing showed late: nothing may be noticed
	// then but repeats.
	calm   bool
	broken error // the first rule that was broken
}

// slot is a place of the folder; one that is late shows only after later ones.
type slot struct {
	record []byte
	late   bool
}

// The conversations: two anchors that may be of one thread, in ann's channel,
// and one in ben's.
var (
	anchors = []inbox.Key{"c1:a", "c1:b", "c2:x"}
	merged  = [][]inbox.Key{{"c1:a", "c1:b"}, {"c2:x"}}
	apart   = [][]inbox.Key{{"c1:a"}, {"c1:b"}, {"c2:x"}}
)

var people = []inbox.MemberID{"ann", "ben", "carol", "dora", "eve", "fred", "gus", "hans"}

func signingKey(person inbox.MemberID, number int) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, fmt.Sprintf("%s %d", person, number))
	return ed25519.NewKeyFromSeed(seed)
}

func newOffice(t *rapid.T, f fault, size int) *office {
	o := &office{t: t, fault: f, facts: map[inbox.Key]teamlog.MessageFact{}, now: noon, unreal: map[string]bool{}, calm: true}
	for i := range size {
		o.desks = append(o.desks, newDesk(o, people[i]))
	}
	ann := o.desks[0]
	ann.decide(&teamlog.Genesis{Team: "Kaasboer", Member: "ann", Name: "Ann", Key: ann.public()})
	o.deliver(ann)
	for i, d := range o.desks[1:] {
		role := teamlog.Person
		if i == 0 {
			role = teamlog.Admin
		}
		ann.decide(&teamlog.MemberAdd{Member: d.me, Name: string(d.me), Role: role, Key: d.public()})
	}
	ann.decide(&teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "info@example.com", Shared: true, Connected: noon})
	o.sync()
	o.desks[1].decide(&teamlog.ChannelAdd{ID: "c2", Channel: inbox.Email, Address: "sales@example.com", Shared: true, Connected: noon})
	o.sync()
	for _, key := range anchors {
		o.arrives(key, true)
	}
	for _, d := range o.desks {
		d.learn(anchors...)
	}
	return o
}

func (o *office) arrives(key inbox.Key, inbound bool) {
	o.now = o.now.Add(time.Second)
	o.facts[key] = teamlog.MessageFact{Key: key, Inbound: inbound, At: o.now}
}

// anyone draws one of the desktops.
func (o *office) anyone(label string) *desk {
	return o.desks[rapid.IntRange(0, len(o.desks)-1).Draw(o.t, label)]
}

func (o *office) break_(format string, args ...any) {
	if o.broken == nil {
		o.broken = fmt.Errorf(format, args...)
	}
}

// put is what the folder does with an append: the record may be there twice,
// or show late.
func (o *office) put(record []byte, late bool) {
	o.folder = append(o.folder, slot{record, late})
	o.calm = o.calm && !late
}

// deliver lets a desktop send what waits until it was read back.
func (o *office) deliver(d *desk) {
	for range 100 {
		d.read()
		waiting := slices.DeleteFunc(slices.Clone(d.pending), func(p teamlog.Record) bool { return d.ids[p.ID] })
		if len(waiting) == 0 {
			return
		}
		o.put(waiting[0].Bytes, false)
	}
	o.break_("a pending record never comes back")
}

// sync brings everybody to the same place: everything sent, everything read.
func (o *office) sync() {
	for i := range o.folder {
		o.folder[i].late = false
	}
	for _, d := range o.desks {
		o.deliver(d)
	}
	for _, d := range o.desks {
		d.read()
	}
}

// desk is one desktop.
type desk struct {
	o        *office
	me       inbox.MemberID
	key      ed25519.PrivateKey
	device   string
	replay   *teamlog.Replay
	accepted []teamlog.Accepted
	ids      map[string]bool
	saved    []saved
	known    map[inbox.Key]bool // messages
	pending  []teamlog.Record
	expected map[string][]teamlog.Decision // what pending records decide
	told     map[string]int                // how often a void decision was told
	seq      uint64
	prev     string
	findings map[teamlog.FindingKind]int
	shown    map[inbox.Key]teamlog.State // the cache, by the first anchor
}

// saved is a checkpoint.
type saved struct {
	state  []byte
	cursor teamlog.Cursor
}

func newDesk(o *office, me inbox.MemberID) *desk {
	key := signingKey(me, 0)
	return &desk{
		o: o, me: me, key: key, device: teamlog.DeviceID(key.Public().(ed25519.PublicKey)), replay: teamlog.NewReplay(""),
		ids: map[string]bool{}, known: map[inbox.Key]bool{}, expected: map[string][]teamlog.Decision{}, told: map[string]int{},
		findings: map[teamlog.FindingKind]int{}, shown: map[inbox.Key]teamlog.State{},
	}
}

func (d *desk) public() []byte { return d.key.Public().(ed25519.PublicKey) }

// Has implements teamlog.History.
func (d *desk) Has(id string) (bool, error) { return d.ids[id] && !d.o.fault.repeatsCount, nil }

// HashAt implements teamlog.History.
func (d *desk) HashAt(n uint64) (hash [32]byte, known bool, err error) {
	if n == 0 || n > uint64(len(d.accepted)) {
		return hash, false, nil
	}
	return d.accepted[n-1].Hash, true, nil
}

// read takes what the folder shows, in its order.
func (d *desk) read() {
	for i := range d.o.folder {
		if d.o.folder[i].late {
			continue
		}
		d.take(uint64(i + 1))
	}
	d.refresh()
}

func (d *desk) take(position uint64) {
	record := d.o.folder[position-1].record
	at := teamlog.Pos{Epoch: "1", N: position}
	if d.replay.Cursor.Positions.Has(position) {
		return
	}
	if d.o.fault.repeatsCount {
		d.replay.Forget()
	}
	accepted, findings, err := d.replay.Accept(at, record, d)
	if errors.Is(err, teamlog.ErrLate) {
		d.late(position)
		return
	}
	if err != nil {
		d.o.break_("accept: %v", err)
	}
	for _, f := range findings {
		d.findings[f.Kind]++
	}
	if accepted.ID != "" {
		d.keep(accepted)
	}
}

// late goes back to the checkpoint before a record and reads on from there.
func (d *desk) late(position uint64) {
	if d.o.fault.lateAtEnd {
		accepted, _, _ := d.replay.Accept(teamlog.Pos{}, d.o.folder[position-1].record, d)
		d.replay.Cursor.Positions.Add(position)
		if accepted.ID != "" {
			d.keep(accepted)
		}
		return
	}
	have := d.replay.Cursor.Positions
	have.Add(position)
	for len(d.saved) > 0 && d.saved[len(d.saved)-1].cursor.Pos.N >= position {
		d.saved = d.saved[:len(d.saved)-1]
	}
	d.replay = teamlog.NewReplay("")
	if len(d.saved) > 0 {
		last := d.saved[len(d.saved)-1]
		restored, err := teamlog.Restore(last.state, last.cursor)
		if err != nil {
			d.o.break_("restore: %v", err)
			return
		}
		d.replay = restored
	}
	for _, a := range d.accepted[d.replay.Cursor.Count:] {
		delete(d.ids, a.ID)
	}
	d.accepted = d.accepted[:d.replay.Cursor.Count]
	for _, span := range have.Spans() {
		for n := span.From; n <= span.To; n++ {
			d.take(n)
		}
	}
}

func (d *desk) keep(a teamlog.Accepted) {
	for i := range a.Decisions {
		d.o.fault.change(d, &a.Decisions[i])
	}
	d.accepted = append(d.accepted, a)
	d.ids[a.ID] = true
	if a.N%4 == 0 {
		d.saved = append(d.saved, saved{d.replay.State(), d.replay.Cursor})
	}
	if len(d.pending) > 0 && d.pending[0].ID == a.ID && !d.o.fault.keepPending {
		d.pending = d.pending[1:]
		delete(d.expected, a.ID)
		for _, decision := range a.Decisions {
			if decision.Void != teamlog.Admitted {
				d.told[decision.ID]++
			}
		}
	}
}

// decide signs events with what this desktop had seen and lets them wait.
func (d *desk) decide(events ...teamlog.Event) teamlog.Record {
	d.o.now = d.o.now.Add(time.Second)
	base := d.replay.Cursor.Base()
	if d.replay.Team.LogID == "" {
		base = teamlog.Base{}
	}
	record := d.seal(teamlog.Envelope{
		Log: d.replay.Team.LogID, Device: d.device, Seq: d.seq + 1, Prev: d.prev, Base: base, At: d.o.now, Events: events,
	})
	d.seq, d.prev = d.seq+1, record.ID
	d.pending = append(d.pending, record)
	for i, event := range events {
		d.expected[record.ID] = append(d.expected[record.ID], teamlog.Decision{
			ID: teamlog.DecisionID(record.ID, i), Index: i, Pending: true, Author: d.me, Device: d.device, At: d.o.now,
			Seen: d.replay.Cursor.Count, Event: event,
		})
	}
	d.refresh()
	return record
}

func (d *desk) seal(e teamlog.Envelope) teamlog.Record {
	record, err := teamlog.Seal(e, d.key)
	if err != nil {
		panic(err)
	}
	return record
}

func (d *desk) learn(keys ...inbox.Key) {
	for _, key := range keys {
		d.known[key] = true
	}
	if !d.o.fault.staleCounter {
		d.refresh()
	}
}
