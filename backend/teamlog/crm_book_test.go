package teamlog_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func person(set, was map[string]string) *teamlog.CRMEntity {
	return &teamlog.CRMEntity{ID: "p1", RecordKind: inbox.Person, Set: set, Was: was}
}

type fields = map[string]string

func (w *world) entity() (teamlog.Entity, map[string]teamlog.Reason) {
	return teamlog.FoldEntity(of([]inbox.Key{"crm:person/p1"}, w.decisions))
}

// wantVoid checks why the last decision has no effect.
func wantVoid(t *testing.T, w *world, voids map[string]teamlog.Reason, want teamlog.Reason) {
	t.Helper()
	if got := voids[w.lastID()]; got != want {
		t.Errorf("the last one is void: %q, want %q", got, want)
	}
}

func TestAPersonOfTheBookIsMadeAndChanged(t *testing.T) {
	w := newWorld(t)
	w.must("ann", person(fields{"name": "Els", "phones": "06-1\n06-2", "label": ""}, nil))
	made := w.lastID()
	e, _ := w.entity()
	want := teamlog.Entity{
		Kind: "person", ID: "p1", Fields: fields{"name": "Els", "phones": "06-1\n06-2"}, Created: noon.Add(6 * time.Second),
		Changed: noon.Add(6 * time.Second), By: "ann", Version: made,
	}
	e.Created, e.Changed = want.Created, want.Changed
	if !reflect.DeepEqual(e, want) {
		t.Errorf("R26: %+v, want %+v", e, want)
	}
	w.must("ben", person(fields{"phones": ""}, fields{"phones": "06-1\n06-2"}))
	w.must("carol", person(fields{"phones": "06-3"}, fields{"phones": "06-1\n06-2"}))
	e, voids := w.entity()
	wantVoid(t, w, voids, teamlog.FirstWins)
	if _, has := e.Fields["phones"]; has || e.By != "ann" || e.Version == w.lastID() {
		t.Errorf("R26: the first stands: %+v", e)
	}
	w.must("carol", person(fields{"name": "Elsje", "phones": "06-3"}, fields{"name": "Els", "phones": "06-1"}))
	if e, voids = w.entity(); e.Fields["name"] != "Els" {
		t.Errorf("half a change: %+v", e)
	}
	wantVoid(t, w, voids, teamlog.FirstWins)
	w.must("carol", person(fields{"name": "Els"}, fields{"name": "made up"}))
	_, voids = w.entity()
	wantVoid(t, w, voids, teamlog.Admitted)
}

func TestAPersonOfTheBookIsDeletedAndComesBack(t *testing.T) {
	w := newWorld(t)
	gone := &teamlog.CRMEntity{ID: "p1", RecordKind: inbox.Person, Deleted: true}
	back := &teamlog.CRMEntity{ID: "p1", RecordKind: inbox.Person, Restored: true}
	w.must("ann", gone)
	_, voids := w.entity()
	wantVoid(t, w, voids, teamlog.NotFound)
	w.must("ann", person(fields{"name": "Els"}, nil))
	w.must("ben", gone)
	w.must("ann", person(fields{"name": "Elsje"}, fields{"name": "Els"}))
	e, voids := w.entity()
	wantVoid(t, w, voids, teamlog.DeletedSince)
	if !e.Deleted || e.Fields["name"] != "Els" {
		t.Errorf("%+v", e)
	}
	w.must("ben", back)
	if e, _ = w.entity(); e.Deleted || e.Fields["name"] != "Els" {
		t.Errorf("R26: brought back: %+v", e)
	}
}

func TestTheBookHasLimits(t *testing.T) {
	long := strings.Repeat("a", 17<<10)
	many := fields{}
	for i := range 41 {
		many[fmt.Sprint("field", i)] = "x"
	}
	for name, e := range map[string]teamlog.Event{
		"a long value":        person(fields{"name": long}, nil),
		"a long was":          person(fields{"name": "x"}, fields{"name": long}),
		"many fields":         person(many, nil),
		"a field's name":      person(fields{"a\nb": "x"}, nil),
		"nothing":             person(nil, nil),
		"a change and an end": &teamlog.CRMEntity{ID: "p1", RecordKind: inbox.Person, Set: fields{"name": "x"}, Deleted: true},
		"an id":               &teamlog.CRMEntity{ID: "p/1", RecordKind: inbox.Person, Set: fields{"name": "x"}},
		"a kind":              &teamlog.CRMEntity{ID: "p1", RecordKind: "note", Set: fields{"name": "x"}},
		"a long note":         &teamlog.CRMNote{ID: "n1", On: dealSeven, Text: strings.Repeat(long, 4)},
		"an empty note":       &teamlog.CRMNote{ID: "n1", On: dealSeven},
		"a note on nothing":   &teamlog.CRMNote{ID: "n1", Text: "x"},
		"a link's title":      &teamlog.CRMLink{Conversation: thread, Provider: "p", RecordKind: inbox.Deal, Target: "7", Title: long},
		"a link's id":         &teamlog.CRMLink{Conversation: thread, Provider: "p", RecordKind: inbox.Deal, Target: "7", ID: "r.0"},
		"a link's kind":       &teamlog.CRMLink{Conversation: thread, Provider: "p", RecordKind: "cow", Target: "7"},
		"an unlink":           &teamlog.CRMUnlink{Conversation: thread, Link: long},
		"part 0":              &teamlog.CRMNoted{Conversation: thread, Link: "l", Window: 1, Revision: 1, State: inbox.NoteCurrent},
		"a state":             &teamlog.CRMNoted{Conversation: thread, Link: "l", Window: 1, Part: 1, Revision: 1, State: inbox.NotePast},
		"names":               &teamlog.CRMNoted{Conversation: thread, Link: "l", Window: 1, Part: 1, Revision: 1, State: inbox.NoteCurrent, Names: []string{strings.Repeat(long, 4)}},
	} {
		raw, err := teamlog.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if unknown, is := teamlog.Decode(raw).(*teamlog.Unknown); !is || unknown.Why != teamlog.Malformed {
			t.Errorf("%s is taken", name)
		}
	}
	w := newWorld(t)
	for i := range 50 {
		w.decide("ann", person(fields{fmt.Sprint("field", i): "x"}, nil))
	}
	e, voids := w.entity()
	wantVoid(t, w, voids, teamlog.TooMany)
	if len(e.Fields) != 40 {
		t.Errorf("%d fields", len(e.Fields))
	}
}

// No conversation and no channel is where the book stands, and everybody in the
// team has it.
func TestTheBookIsNoChannel(t *testing.T) {
	w := newWorld(t)
	w.void("ann", &teamlog.ChannelAdd{ID: "crm", Channel: inbox.Email, Address: "a@b.nl", Connected: noon}, teamlog.AlreadyExists)
	w.void("ann", &teamlog.Note{Conversation: "crm:person/p1", Text: "x"}, teamlog.NotFound)
	w.void("ann", &teamlog.Delete{Conversation: "crm:person/p1"}, teamlog.NotFound)
	w.void("stranger", person(fields{"name": "x"}, nil), teamlog.NotMember)
	w.must("carol", person(fields{"name": "x"}, nil))
	w.must("ann", &teamlog.MemberRemove{Member: "carol"})
	w.void("carol", person(fields{"name": "y"}, fields{"name": "x"}), teamlog.NotMember)
	if e, voids := w.entity(); e.Fields["name"] != "x" || voids[w.lastID()] != teamlog.NotMember {
		t.Errorf("R30: %+v, %v", e, voids)
	}
}

func TestANoteOfTheBookHasVersions(t *testing.T) {
	w := newWorld(t)
	note := func(by inbox.MemberID, text, was string) string {
		w.must(by, &teamlog.CRMNote{ID: "n1", On: dealSeven, Text: text, Was: was, Marker: "m", Deleted: text == ""})
		return w.lastID()
	}
	fold := func() (teamlog.BookNote, map[string]teamlog.Reason) {
		return teamlog.FoldBookNote(of([]inbox.Key{"crm:note/n1"}, w.decisions))
	}
	first := note("ann", "one", "")
	second := note("ben", "two", first)
	note("carol", "three", first)
	n, voids := fold()
	wantVoid(t, w, voids, teamlog.FirstWins)
	if n.Text != "two" || n.Version != second || n.Author != "ann" || n.On != dealSeven || n.Marker != "m" || !n.Changed.After(n.At) {
		t.Errorf("R26: %+v", n)
	}
	third := note("ben", "", second)
	if n, _ = fold(); !n.Deleted {
		t.Errorf("R26: %+v", n)
	}
	w.must("ben", &teamlog.CRMNote{ID: "n1", On: dealEight, Text: "back", Was: third, Marker: "another's"})
	if n, _ = fold(); n.Deleted || n.Text != "back" || n.On != dealSeven || n.Marker != "m" {
		t.Errorf("R26: %+v", n)
	}
	short := teamlog.Compact(of([]inbox.Key{"crm:note/n1"}, w.decisions))
	if len(short) != 2 || short[0].Event.(*teamlog.CRMNote).Text != "" {
		t.Errorf("compacted it keeps %d", len(short))
	}
	again, _ := teamlog.FoldBookNote(short)
	if !reflect.DeepEqual(again, n) {
		t.Errorf("compacted it is %+v, not %+v", again, n)
	}
	if w.decisions[slices.IndexFunc(w.decisions, func(d teamlog.Decision) bool { return d.ID == first })].Event.(*teamlog.CRMNote).Text != "one" {
		t.Error("compacting changed the log itself")
	}
}

// TestTheBookCompactsAnywhere: compacted once, twice or never, with any tail,
// the book is the same.
func TestTheBookCompactsAnywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []teamlog.Decision
		versions := []string{"", "made up"}
		pick := func(label string, some []string) string { return rapid.SampledFrom(some).Draw(rt, label) }
		entity := rapid.Bool().Draw(rt, "entity")
		for i := range rapid.IntRange(1, 12).Draw(rt, "events") {
			d := teamlog.Decision{ID: fmt.Sprint("e", i), N: uint64(i + 1), Author: "ann", At: noon.Add(time.Duration(i) * time.Minute)}
			text := pick("text", []string{"a", "b", ""})
			if entity {
				e := person(fields{"name": text}, fields{"name": pick("was", []string{"", "a", "b"})})
				e.Restored = rapid.IntRange(0, 4).Draw(rt, "back") == 0
				if rapid.IntRange(0, 4).Draw(rt, "gone") == 0 {
					e.Set, e.Restored, e.Deleted = nil, false, true
				}
				d.Event = e
			} else {
				d.Event = &teamlog.CRMNote{
					ID: "n1", On: dealSeven, Text: text, Was: pick("was", versions), Deleted: text == "", Next: pick("next", []string{"", "", "made up"}),
					Marker: pick("marker", []string{"", "m", "another's"}),
				}
				versions = append(versions, d.ID, d.ID)
			}
			if rapid.IntRange(0, 5).Draw(rt, "void") == 0 {
				d.Void = teamlog.NotMember
			}
			all = append(all, d)
		}
		k := rapid.IntRange(0, len(all)).Draw(rt, "k")
		l := rapid.IntRange(k, len(all)).Draw(rt, "l")
		short := append(teamlog.Compact(slices.Clone(all[:k])), all[k:l]...)
		short = append(teamlog.Compact(short), all[l:]...)
		same := func(what string, a, b any) {
			if !reflect.DeepEqual(a, b) {
				rt.Fatalf("%s: compacted at %d and %d %+v, and not %+v", what, k, l, a, b)
			}
		}
		e, _ := teamlog.FoldEntity(all)
		shortE, _ := teamlog.FoldEntity(short)
		same("entity", shortE, e)
		n, _ := teamlog.FoldBookNote(all)
		shortN, _ := teamlog.FoldBookNote(short)
		same("note", shortN, n)
		same("compaction", teamlog.Compact(short), teamlog.Compact(all))
	})
}
