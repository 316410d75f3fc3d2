package crm_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/crm/crmtest"
	"postvak/backend/inbox"
)

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// letter is a message of the world.
type letter struct {
	conv  inbox.Key
	names []string
	at    time.Time
	text  string
	out   bool
}

// world is a team with its desktops, log and CRM. All of it happens in one
// goroutine: at every step of one desktop any other may act, the clock may move,
// people may change notes, and a desktop may be killed.
type world struct {
	t       testing.TB
	now     time.Time
	log     [][]event
	letters []letter
	desks   map[string]*desk
	book    *crmtest.Memory
	touched map[string]touch // notes that a person changed, by id
	draw    func(n int) int  // chance: 0 is what mostly happens
	faulty  bool
	blind   bool // nobody looks for what somebody who died had written
	lawless bool // everybody gets every claim
	depth   int
	links   int
	edits   int
	said    map[string]int // what works ended with, and how often
}

// touch is how a person left a note, and what it had said before.
type touch struct {
	before, after string
	deleted       bool
}

type killed struct{ d *desk }

func newWorld(t testing.TB) *world {
	w := &world{t: t, now: morning, desks: map[string]*desk{}, touched: map[string]touch{}, said: map[string]int{}, draw: func(int) int { return 0 }}
	w.book = &crmtest.Memory{Now: func() time.Time { return w.now }}
	return w
}

// desk adds a desktop of a member and switches it on.
func (w *world) desk(device string, m inbox.MemberID) *desk {
	d := &desk{w: w, device: device, member: m, view: newReplay(), book: newReplay(), has: map[int]bool{}, language: "en", zone: time.UTC}
	d.store = newStore(d)
	w.desks[device] = d
	d.start()
	return d
}

func words(language, sentence string) string {
	if language == "nl" {
		return "nl:" + sentence
	}
	return sentence
}

func (d *desk) start() {
	d.lost, d.watch = map[string]bool{}, map[string]sighting{}
	d.crm = crm.New(crm.Config{
		Team: d, Store: d.store, Clock: d, Words: words,
		Language: func() string { return d.language }, Zone: func() *time.Location { return d.zone },
		Same: func(a, b string) bool { return a == b },
	})
	d.crm.SetProvider(&line{d, d.w.book})
}

func (w *world) linkID() string {
	w.links++
	return fmt.Sprint("l", w.links)
}

// link ties a conversation to a new person, by one member's decision.
func (w *world) link(d *desk, conv inbox.Key) inbox.Link {
	r, err := w.book.Create(context.Background(), inbox.RecordDraft{Kind: inbox.Person, Name: fmt.Sprint("Bob ", w.links)})
	if err != nil {
		w.t.Fatal(err)
	}
	l := inbox.Link{ID: w.linkID(), Provider: w.book.ID(), RecordRef: r.RecordRef, Title: r.Title, By: d.member, At: d.Now()}
	record := []event{{kind: "link", conv: conv, link: l}}
	if channelOf(conv) == "private" {
		d.books = append(d.books, record)
		d.book.catchUp(d.books)
	} else {
		d.unsent = append(d.unsent, record)
		d.sync()
	}
	return l
}

func channelOf(conv inbox.Key) inbox.ChannelID {
	if strings.HasPrefix(string(conv), "p") {
		return "private"
	}
	return "shared"
}

// writes brings a message. Each desktop learns of it when it does.
func (w *world) writes(conv inbox.Key, at time.Time) int {
	n := len(w.letters)
	l := letter{conv: conv, names: []string{fmt.Sprint("m", n)}, at: at, text: fmt.Sprintf("Loaf number %d. <b>&", n)}
	if w.draw(6) == 1 {
		l.out, l.names = true, append(l.names, fmt.Sprintf("%s%022d", inbox.MessageIDName, n))
	}
	w.letters = append(w.letters, l)
	return n
}

func (w *world) assign(conv inbox.Key, to inbox.MemberID) {
	w.log = append(w.log, []event{{kind: "assign", conv: conv, to: to}})
}

// pass lets a desktop hear what is new to it, and do what is due. It may be
// killed while it does.
func (w *world) pass(d *desk) {
	if d.crm == nil {
		return
	}
	w.depth++
	defer func() {
		w.depth--
		if k, ok := recover().(killed); ok {
			if k.d != d {
				panic("somebody else was killed")
			}
			d.crm = nil
		}
	}()
	d.sync()
	if d.crm == nil {
		return
	}
	d.crm.Wake()
	for range 8 {
		d.crm.Pass(context.Background())
		if next := d.crm.Next(); next.IsZero() || next.After(d.Now()) {
			return
		}
	}
}

// fetch lets a desktop learn of messages; some come late.
func (w *world) fetch(d *desk, lazy bool) {
	for i, l := range w.letters {
		if channelOf(l.conv) == "private" && d.member != "ann" {
			continue
		}
		if !lazy || w.draw(3) == 1 {
			d.has[i] = true
		}
	}
}

// stepKinds is what may happen at a step, most of it nothing.
const stepKinds = 60

// step is called between any two things that a desktop does.
func (w *world) step(d *desk) {
	if !w.faulty {
		return
	}
	switch w.draw(stepKinds) {
	case 1, 2:
		if !d.steady {
			panic(killed{d})
		}
	case 3:
		w.now = w.now.Add(time.Duration(w.draw(200)) * time.Second)
	case 4, 5, 6, 7:
		if w.depth < 4 {
			names := slices.Sorted(maps.Keys(w.desks))
			if other := w.desks[names[w.draw(len(names))]]; other != d && !other.acting {
				other.enter(w)
			}
		}
	case 8:
		w.person()
	case 9:
		if !d.steady && w.draw(3) == 1 {
			w.sleep(d)
		}
	}
}

// sleep shuts a computer's lid for longer than a lease, in the middle of
// whatever it does, while the others stay awake.
func (w *world) sleep(d *desk) {
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

func (d *desk) enter(w *world) {
	d.acting = true
	defer func() { d.acting = false }()
	w.pass(d)
}

// person changes or deletes a note, as people do.
func (w *world) person() {
	all := w.book.Notes()
	if len(all) == 0 || w.edits > 6 {
		return
	}
	n := all[w.draw(len(all))]
	if n.Deleted {
		return
	}
	w.edits++
	was := w.touched[n.ID].before + n.Text
	switch w.draw(4) {
	case 0:
		w.book.EditNote(n.ID, n.Content+"<p>Called him.</p>")
	case 1:
		w.book.EditNote(n.ID, "<p>Nothing of this matters.</p>")
	case 2:
		w.book.EditNote(n.ID, strings.Replace(n.Content, "Loaf", "Cake", 1)+" ")
	default:
		w.book.DeleteNote(n.ID)
	}
	for _, now := range w.book.Notes() {
		if now.ID == n.ID {
			w.touched[n.ID] = touch{before: was, after: now.Content, deleted: now.Deleted}
		}
	}
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

// line is a desk's way to the CRM, which fails in every way that such ways do.
type line struct {
	d *desk
	*crmtest.Memory
}

type wait struct{ error }

func (wait) RetryAfter() time.Duration { return 40 * time.Second }

const lineFaults = 40

// call is what happens around a call: trouble before it, or behind it. A call
// that takes longer than anybody waits ends as one of which nobody heard.
func (l *line) call(do func() error) error {
	w, began := l.d.w, l.d.w.now
	fault := 0
	if w.faulty && !l.d.steady {
		fault = w.draw(lineFaults)
	}
	w.step(l.d)
	switch {
	case fault == 1, w.now.Sub(began) > crm.MaxAct:
		return inbox.Errorf(inbox.Unavailable, "The CRM cannot be reached.")
	case fault == 2:
		return &inbox.Error{Code: inbox.Unavailable, Message: "Too many questions.", Err: wait{errors.New("429")}}
	case fault == 3:
		return inbox.Errorf(inbox.Auth, "The CRM does not take the token.")
	case fault == 4:
		return inbox.Errorf(inbox.Forbidden, "The CRM does not allow that.")
	case fault == 5:
		return errors.New("html instead of json")
	}
	if err := do(); err != nil {
		return err
	}
	w.step(l.d)
	if fault == 6 || fault == 7 || w.now.Sub(began) > crm.MaxAct {
		return inbox.Errorf(inbox.Unavailable, "The CRM's answer was not heard.")
	}
	return nil
}

func (l *line) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (n inbox.NoteVersion, err error) {
	err = l.call(func() error { n, err = l.Memory.ReadNote(ctx, on, id); return err })
	return n, err
}

func (l *line) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (n inbox.NoteVersion, there bool, err error) {
	err = l.call(func() error { n, there, err = l.Memory.FindNote(ctx, on, marker); return err })
	return n, there && !l.d.w.blind, err
}

func (l *line) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, b crm.Body) (n inbox.NoteVersion, err error) {
	err = l.call(func() error { n, err = l.Memory.WriteNote(ctx, on, id, was, b); return err })
	return n, err
}

// subject is what a desk knows of a link.
func (d *desk) subject(conv inbox.Key, link string) (s crm.Subject, ok bool) {
	view := &d.view
	if channelOf(conv) == "private" {
		view = &d.book
	}
	t := view.talks[conv]
	if t == nil {
		return s, false
	}
	i := slices.IndexFunc(t.links, func(l inbox.Link) bool { return l.ID == link })
	if i < 0 {
		return s, false
	}
	s = crm.Subject{
		Facts:   inbox.NoteFacts{Link: t.links[i], Assignee: t.assignee},
		Channel: inbox.Channel{ID: channelOf(conv), Name: "Sales"}, Contact: inbox.Address{Name: "Bob", Address: "bob@customer.example"},
		Anchor: conv,
	}
	for n, l := range d.w.letters {
		if l.conv == conv && d.has[n] {
			s.Facts.Messages = append(s.Facts.Messages, inbox.NoteMessage{Names: l.names, At: l.at, Size: 100})
			s.Messages = append(s.Messages, crm.Message{At: l.at, Author: s.Contact, Text: l.text})
		}
	}
	order := make([]int, len(s.Messages))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return s.Messages[a].At.Compare(s.Messages[b].At) })
	facts, messages := slices.Clone(s.Facts.Messages), slices.Clone(s.Messages)
	for to, from := range order {
		s.Facts.Messages[to], s.Messages[to] = facts[from], messages[from]
	}
	return s, true
}

// says counts a message in a note.
func (l letter) in(n string) int { return strings.Count(n, html.UnescapeString(l.text)) }
