package teamlog_test

import (
	"reflect"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// bookAnchors are what the contact book of the office has, in order.
var bookAnchors = []inbox.Key{"crm:deal/d1", "crm:note/n1", "crm:person/p1"}

var records = []inbox.RecordRef{{Kind: inbox.Deal, ID: "7"}, {Kind: inbox.Deal, ID: "8"}, {Kind: inbox.Person, ID: "7"}}

// crm is what a person, or the desktop by itself, does about links and the
// contact book.
func (d *desk) crm(keys []inbox.Key, c inbox.Key) {
	t := d.o.t
	links := d.fold(keys, true).Links
	switch rapid.IntRange(0, 13).Draw(t, "crm") { // small numbers are drawn most
	case 0:
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			d.edit()
		}
	case 1, 7:
		link := d.decide(linkTo(c, rapid.SampledFrom(records).Draw(t, "record")))
		if rapid.Bool().Draw(t, "thinks better of it") {
			d.o.deliver(d)
			d.decide(&teamlog.CRMUnlink{Conversation: c, Link: teamlog.DecisionID(link.ID, 0)})
		}
	case 2:
		if len(links) > 0 {
			d.decide(&teamlog.CRMUnlink{Conversation: c, Link: rapid.SampledFrom(links).Draw(t, "link").ID})
		}
	case 3:
		if len(links) > 0 {
			gone := rapid.SampledFrom(links).Draw(t, "link")
			again := linkTo(c, gone.RecordRef)
			again.Undo = gone.ID
			d.decide(again)
		}
	case 4, 5, 6, 10, 11:
		if len(links) > 0 {
			d.writeNote(c, rapid.SampledFrom(links).Draw(t, "link"))
		}
	case 12, 13:
		d.race(keys, c)
	case 8, 9:
		d.editNote()
	}
}

func linkTo(c inbox.Key, ref inbox.RecordRef) *teamlog.CRMLink {
	return &teamlog.CRMLink{Conversation: c, Provider: "builtin", RecordKind: ref.Kind, Target: ref.ID, Title: "Kaas"}
}

// writeNote goes on with the work of a note's next revision.
func (d *desk) writeNote(c inbox.Key, link inbox.Link) {
	t := d.o.t
	window, revision := rapid.IntRange(1, 2).Draw(t, "window"), 1
	for _, note := range link.Notes {
		if note.Window == window {
			revision = note.Revision + 1
		}
	}
	work := inbox.NoteWork(link.ID, window, 1, revision)
	switch claim, known := d.replay.Team.Claim(work); {
	case !known:
		d.decide(&teamlog.Claim{Work: work, Lease: 300})
	case claim.Device != d.device:
		d.decide(&teamlog.Takeover{Work: work, Of: claim.Record})
	}
	if rapid.Bool().Draw(t, "at once") {
		d.o.deliver(d)
	}
	if claim, known := d.replay.Team.Claim(work); known && claim.Device == d.device {
		d.decide(
			&teamlog.Done{Work: work, Of: claim.Record, State: "written"},
			notedBy(d, c, link.ID, window, revision),
		)
	}
}

// race: a desktop claims a note's work, and before what it wrote comes into the
// log somebody takes the work over.
func (d *desk) race(keys []inbox.Key, c inbox.Key) {
	t, other := d.o.t, d.o.anyone("rival")
	if len(d.fold(keys, false).Links) == 0 {
		d.decide(linkTo(c, records[0]))
		d.o.deliver(d)
	}
	links := d.fold(keys, false).Links
	if len(links) == 0 || other == d {
		return
	}
	for range rapid.IntRange(2, 4).Draw(t, "steps of the race") {
		who := d
		if rapid.Bool().Draw(t, "the rival") {
			who = other
		}
		who.writeNote(c, links[0])
		if rapid.Bool().Draw(t, "hears") {
			who.read()
		}
	}
}

func notedBy(d *desk, c inbox.Key, link string, window, revision int) *teamlog.CRMNoted {
	return &teamlog.CRMNoted{
		Conversation: c, Link: link, Work: inbox.NoteWork(link, window, 1, revision), NoteID: "9", Window: window, Part: 1,
		Revision: revision, From: d.o.now, Names: []string{string(d.me) + strconv.Itoa(revision)}, State: inbox.NoteCurrent,
		Hash: string(d.me),
	}
}

// edit changes a person or deal as the screen shows it.
func (d *desk) edit() {
	t := d.o.t
	kind, id := inbox.Deal, "d1"
	if rapid.Bool().Draw(t, "person") {
		kind, id = inbox.Person, "p1"
	}
	shown, _ := teamlog.FoldEntity(d.about([]inbox.Key{teamlog.EntityKey(string(kind), id)}, true))
	switch rapid.IntRange(0, 5).Draw(t, "edit") {
	case 0:
		d.decide(&teamlog.CRMEntity{ID: id, RecordKind: kind, Deleted: true})
	case 1:
		d.decide(&teamlog.CRMEntity{ID: id, RecordKind: kind, Restored: true})
	default:
		field := rapid.SampledFrom([]string{"name", "stage"}).Draw(t, "field")
		d.decide(&teamlog.CRMEntity{
			ID: id, RecordKind: kind, Set: map[string]string{field: string(d.me) + strconv.Itoa(len(d.accepted))},
			Was: map[string]string{field: shown.Fields[field]},
		})
	}
}

func (d *desk) editNote() {
	shown, _ := teamlog.FoldBookNote(d.about([]inbox.Key{"crm:note/n1"}, true))
	d.decide(&teamlog.CRMNote{
		ID: "n1", On: records[0], Text: string(d.me) + " wrote", Was: shown.Version, Marker: "m",
		Deleted: rapid.IntRange(0, 5).Draw(d.o.t, "deletes") == 0,
	})
}

// lieOfCRM is what no honest desktop says of links and the contact book.
func (o *office) lieOfCRM(d *desk, c inbox.Key) teamlog.Event {
	links := d.fold([]inbox.Key{c}, true).Links
	link := "made up"
	if len(links) > 0 {
		link = rapid.SampledFrom(links).Draw(o.t, "of").ID
	}
	switch rapid.IntRange(0, 5).Draw(o.t, "lie of crm") {
	case 0:
		return notedBy(d, c, link, 1, rapid.IntRange(1, 3).Draw(o.t, "revision"))
	case 1:
		return &teamlog.CRMUnlink{Conversation: c, Link: "made up"}
	case 2:
		twin := linkTo(c, records[1])
		twin.ID = "private-twin"
		return twin
	case 3:
		return &teamlog.CRMEntity{ID: "p1", RecordKind: inbox.Person, Set: map[string]string{"name": "Mallory"}, Was: map[string]string{"name": "made up"}}
	case 4:
		return &teamlog.CRMNote{ID: "n1", On: records[1], Text: "by hand", Was: "made up", Next: "made up"}
	}
	return &teamlog.Note{Conversation: "crm:person/p1", Text: "no conversation"}
}

// book is the contact book as a list of decisions gives it.
type book struct {
	Deal, Person teamlog.Entity
	Note         teamlog.BookNote
}

func bookOf(of func(inbox.Key) []teamlog.Decision) (b book) {
	b.Deal, _ = teamlog.FoldEntity(of(bookAnchors[0]))
	b.Note, _ = teamlog.FoldBookNote(of(bookAnchors[1]))
	b.Person, _ = teamlog.FoldEntity(of(bookAnchors[2]))
	return b
}

func (d *desk) book() book {
	return bookOf(func(anchor inbox.Key) []teamlog.Decision { return d.about([]inbox.Key{anchor}, false) })
}

// sameBook: the contact book is the same on all desktops, and by a snapshot.
func (o *office) sameBook(k int, short map[inbox.Key][]teamlog.Decision) {
	want := o.desks[0].book()
	for _, d := range o.desks[1:] {
		if got := d.book(); !reflect.DeepEqual(got, want) {
			o.break_("R26: %s has the book %+v, and not %+v", d.me, got, want)
		}
	}
	d := o.desks[0]
	joined := bookOf(func(anchor inbox.Key) []teamlog.Decision {
		return append(slices.Clone(short[anchor]), d.about([]inbox.Key{anchor}, false)[o.before(d, anchor, k):]...)
	})
	if !reflect.DeepEqual(joined, want) {
		o.break_("R26: by a snapshot at %d the book is %+v, and not %+v", k, joined, want)
	}
}

// notes keeps who holds which work, and looks who speaks of a note (R25).
type notesAudit struct {
	holder map[string]string
	fields map[inbox.Key]map[string]string
	said   map[string]string // by work: the device whose word counted
}

func newNotesAudit() *notesAudit {
	return &notesAudit{holder: map[string]string{}, fields: map[inbox.Key]map[string]string{}, said: map[string]string{}}
}

func (n *notesAudit) look(o *office, e teamlog.Event, d teamlog.Decision) {
	if d.Void != teamlog.Admitted {
		return
	}
	switch e := e.(type) {
	case *teamlog.Claim:
		n.holder[e.Work] = d.Device
	case *teamlog.Takeover:
		n.holder[e.Work] = d.Device
	case *teamlog.CRMNoted:
		work := e.Work
		if n.holder[work] != d.Device {
			o.break_("R25: %s of a work that %q holds", e.Kind(), n.holder[work])
		}
		if said := n.said[work]; said != "" && said != d.Device {
			o.break_("R25: two desktops wrote %s", work)
		}
		n.said[work] = d.Device
	}
}

// edited: a field changes only by who saw what it was.
func (n *notesAudit) edited(o *office, decisions []teamlog.Decision, e teamlog.Event) {
	change, ok := e.(*teamlog.CRMEntity)
	if !ok {
		return
	}
	now, _ := teamlog.FoldEntity(of([]inbox.Key{change.Anchor()}, decisions))
	before := n.fields[change.Anchor()]
	for name, value := range change.Set {
		if now.Fields[name] != before[name] && (now.Fields[name] != value || change.Was[name] != before[name]) {
			o.break_("R26: %s went from %q to %q by who saw %q", name, before[name], now.Fields[name], change.Was[name])
		}
	}
	n.fields[change.Anchor()] = now.Fields
}
