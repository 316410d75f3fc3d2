package sqlite

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// crmWorld remembers which links were made, so that they can be ended and noted.
type crmWorld struct{ links []teamlog.Decision }

func (w *crmWorld) made(d teamlog.Decision) {
	if _, ok := d.Event.(*teamlog.CRMLink); ok {
		w.links = append(w.links, d)
	}
}

func (w *crmWorld) event(t *rapid.T, c inbox.Key, messages []inbox.Fetched) teamlog.Event {
	switch rapid.IntRange(0, 9).Draw(t, "crm event") {
	case 0, 1, 2:
		link := &teamlog.CRMLink{Conversation: c, Provider: "builtin", RecordKind: inbox.Person, Title: "Carla",
			Target: rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "target")}
		if len(w.links) > 0 && rapid.IntRange(0, 2).Draw(t, "undo") == 0 {
			*link = *rapid.SampledFrom(w.links).Draw(t, "of").Event.(*teamlog.CRMLink)
			link.Undo = rapid.SampledFrom(w.links).Draw(t, "of").ID
		}
		return link
	case 3:
		if len(w.links) > 0 {
			of := rapid.SampledFrom(w.links).Draw(t, "link")
			return &teamlog.CRMUnlink{Conversation: teamlog.Anchor(of.Event), Link: of.ID}
		}
	case 4, 5, 6:
		if len(w.links) > 0 {
			return drawNoted(t, rapid.SampledFrom(w.links).Draw(t, "link"), messages)
		}
	case 7:
		return &teamlog.CRMNote{ID: "n1", On: inbox.RecordRef{Kind: inbox.Person, ID: "p1"}, Text: "text", Marker: "note=abc.",
			Was: rapid.SampledFrom([]string{"", "d1", "d2", "d3"}).Draw(t, "was"), Deleted: rapid.Bool().Draw(t, "deleted")}
	}
	return drawEntity(t)
}

func drawNoted(t *rapid.T, of teamlog.Decision, messages []inbox.Fetched) teamlog.Event {
	noted := &teamlog.CRMNoted{
		Conversation: teamlog.Anchor(of.Event), Link: of.ID, NoteID: "note1", From: of.At, State: inbox.NoteCurrent,
		Window: rapid.IntRange(1, 2).Draw(t, "window"), Part: rapid.IntRange(1, 2).Draw(t, "part"), Revision: rapid.IntRange(1, 3).Draw(t, "revision"),
		Assignee: rapid.SampledFrom([]inbox.MemberID{"", me}).Draw(t, "assignee"),
	}
	for _, f := range messages {
		if rapid.Bool().Draw(t, "noted") {
			noted.Names = append(noted.Names, nameOf(f))
		}
	}
	return noted
}

// nameOf is what a note calls a message.
func nameOf(f inbox.Fetched) string {
	if f.Message.Direction == inbox.Out {
		return messageName(f.Message.MessageID)
	}
	return string(f.Message.Key)
}

func drawEntity(t *rapid.T) teamlog.Event {
	kind := rapid.SampledFrom(inbox.RecordKinds).Draw(t, "kind")
	e := &teamlog.CRMEntity{ID: rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "id"), RecordKind: kind}
	switch rapid.IntRange(0, 5).Draw(t, "change") {
	case 0:
		e.Deleted = true
	case 1:
		e.Restored = true
	default:
		e.Set = map[string]string{
			"name": "Carla", "title": "Flour", "person": "p1", "emails": rapid.SampledFrom([]string{"", "carla@customer.example"}).Draw(t, "emails"),
			"phones": rapid.SampledFrom([]string{"", "06-12345678", "+31612345678\n020 1234567"}).Draw(t, "phones"),
		}
		e.Was = map[string]string{"emails": rapid.SampledFrom([]string{"", "carla@customer.example"}).Draw(t, "was")}
	}
	return e
}

// checkLinks holds the rows of a conversation's links to its pure fold.
func (d *desk) checkLinks(id int64, messages []shownMessage, want teamlog.State) {
	d.r.Helper()
	r := d.db.reading(bg)
	var got, wanted []linkRow
	rows, err := d.db.readers.QueryContext(bg, "SELECT id, provider, kind, target, notes, owed FROM links WHERE conversation = ?", id)
	d.ok(eachRow(rows, err, scanLinks(&got)))
	var stored row
	_, err = loadRow(r, id, &stored)
	d.ok(err)
	n, err := noteMessages(r, id, visible(messages, want))
	d.ok(err)
	for _, l := range want.Links {
		if !l.Removed && stored.section.Valid {
			wanted = append(wanted, linkRow{l.ID, l.Provider, string(l.Kind), l.RecordRef.ID, noteIDs(l), n.owed(l, want.Assignee)})
		}
	}
	byID := func(a, b linkRow) int { return strings.Compare(a.id, b.id) }
	slices.SortFunc(got, byID)
	slices.SortFunc(wanted, byID)
	if !reflect.DeepEqual(got, wanted) {
		d.r.Fatalf("the links of %d are\n%+v, folded purely\n%+v", id, got, wanted)
	}
	for _, l := range wanted {
		d.checkOwed(inbox.Key(stored.key), l)
	}
}

// checkOwed: a link is among those that are owed just when the rule, asked with
// all names and texts, has something to do.
func (d *desk) checkOwed(conversation inbox.Key, l linkRow) {
	d.r.Helper()
	s, found, err := d.db.NoteFacts(bg, conversation, l.id)
	d.ok(err)
	if !found || len(s.Messages) != len(s.Facts.Messages) {
		d.r.Fatalf("the facts of %s are %v %+v", l.id, found, s)
	}
	for _, hours := range []int{0, 1, 23, 24, 25, 60} {
		s.Facts.Now = start.Add(time.Duration(hours) * time.Hour)
		v := inbox.DecideNote(s.Facts)
		owed, err := d.db.OwedNotes(bg, s.Facts.Now, "", 0)
		d.ok(err)
		listed := slices.Contains(owed, OwedNote{conversation, l.id})
		if listed != (v.Act != inbox.NoteNothing) {
			d.r.Fatalf("after %d hours %s is owed: %v; to be done: %+v of %+v", hours, l.id, listed, v, s.Facts)
		}
		for _, i := range v.Messages {
			if s.Messages[i].Text == "" {
				d.r.Fatalf("message %d of %s is to be written without its text", i, l.id)
			}
		}
	}
}

// checkBook holds the contact book to the pure fold of its decisions.
func (d *desk) checkBook() {
	d.r.Helper()
	about := map[inbox.Key][]teamlog.Decision{}
	for _, made := range slices.Concat(d.log[:d.applied], d.pending) {
		if anchor := teamlog.Anchor(made.Event); ofBook(anchor) {
			about[anchor] = append(about[anchor], made)
		}
	}
	for _, kind := range inbox.RecordKinds {
		for _, id := range []string{"p1", "p2"} {
			want, _ := teamlog.FoldEntity(about[teamlog.EntityKey(string(kind), id)])
			got, found, err := d.db.Entity(bg, kind, id)
			d.ok(err)
			if found != (want.Version != "") || found && !reflect.DeepEqual(got, want) {
				d.r.Fatalf("%s %s is\n%v %+v, folded purely\n%+v", kind, id, found, got, want)
			}
		}
	}
	want, _ := teamlog.FoldBookNote(about[teamlog.EntityKey(bookNote, "n1")])
	got, found, err := d.db.BookNote(bg, "n1")
	d.ok(err)
	if found != (want.Version != "") || found && !reflect.DeepEqual(got, want) {
		d.r.Fatalf("the note is\n%v %+v, folded purely\n%+v", found, got, want)
	}
}
