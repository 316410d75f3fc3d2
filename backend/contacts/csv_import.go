package contacts

import (
	"context"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Result is what became of a file's rows. Each is one of added, updated,
// skipped (it brought nothing new) or left out (Problems says why).
type Result struct {
	Added, Updated, Skipped, LeftOut int
	Problems                         []Problem // at most 100, by line
}

// Problem is a row that was left out, or of which something was.
type Problem struct {
	Line int
	Err  *inbox.Error
}

const (
	maxProblems = 100
	batch       = 200 // events that are decided at once
)

func (r *Result) problem(line int, err *inbox.Error) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, Problem{line, err})
	}
}

// Known counts the rows about persons who are in the book already.
func (b *Book) Known(ctx context.Context, t Table, fields []string) (n int, err error) {
	if err := t.fits(fields); err != nil {
		return 0, err
	}
	x, err := b.index(ctx)
	if err != nil {
		return 0, err
	}
	for _, cells := range t.Rows {
		if p := newcomerOf(cells, fields); !p.none && !p.tooLong && x.find(p) != nil {
			n++
		}
	}
	return n, nil
}

// fits says what is wrong with what columns are to hold.
func (t Table) fits(fields []string) error {
	if len(fields) != len(t.Columns) {
		return inbox.Errorf(inbox.Invalid, "The file has %d columns. Say for each what it holds.", len(t.Columns))
	}
	known := func(f string) bool { return f == "" || slices.Contains(Columns, f) }
	for _, f := range fields {
		if !known(f) {
			return inbox.Errorf(inbox.Invalid, "A column cannot hold %.40q.", f)
		}
	}
	if !slices.ContainsFunc(fields, func(f string) bool { return f != "" && f != ColumnNote }) {
		return inbox.Errorf(inbox.Invalid, "Say at least which column has names, e-mail addresses or telephone numbers.")
	}
	return nil
}

// Import takes in a file. Who is in the book already gains what is new about
// them and is never doubled, so that doing it again does nothing more, also
// after it was broken off half-way. Fields say what each column holds. One
// import waits for another.
func (b *Book) Import(ctx context.Context, t Table, fields []string) (Result, error) {
	var r Result
	if err := t.fits(fields); err != nil {
		return r, err
	}
	b.importing.Lock()
	defer b.importing.Unlock()
	x, err := b.index(ctx)
	if err != nil {
		return r, err
	}
	for i, cells := range t.Rows {
		if err := ctx.Err(); err != nil {
			return Result{}, notAsked(err)
		}
		if err := b.take(ctx, x, &r, t.lines[i], newcomerOf(cells, fields)); err != nil {
			return Result{}, err
		}
	}
	err = b.put(ctx, x, &r)
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return r, err
}

// take enters one row.
func (b *Book) take(ctx context.Context, x *index, r *Result, line int, n newcomer) error {
	switch {
	case n.tooLong:
		r.LeftOut++
		r.problem(line, inbox.Errorf(inbox.Invalid, "This row was left out: a name has at most 255 characters, a note 60,000."))
		return nil
	case n.none && len(n.wrong) == 0:
		r.problem(line, inbox.Errorf(inbox.Invalid, "This row was left out: it has neither a name nor an address."))
	}
	for _, wrong := range n.wrong {
		r.problem(line, wrong)
	}
	if n.none {
		r.LeftOut++
		return nil
	}
	return b.enter(ctx, x, r, line, n)
}

// enter brings what a row says to whom it is about.
func (b *Book) enter(ctx context.Context, x *index, r *Result, line int, n newcomer) error {
	p := x.find(n)
	switch {
	case p == nil:
		id, err := b.freeID(ctx, n)
		if err != nil {
			return err
		}
		p = x.add(id, n)
		r.Added++
	case x.complete(p, n):
		r.Updated++
	default:
		r.Skipped++
		line = 0
	}
	if n.note != "" && !slices.Contains(p.notes, n.note) {
		p.notes = append(p.notes, n.note)
	}
	if line > 0 {
		p.lines = append(p.lines, line)
	}
	return nil
}

// freeID is the newcomer's own, unless somebody was removed who had it.
func (b *Book) freeID(ctx context.Context, n newcomer) (string, error) {
	id := n.id()
	_, taken, err := b.Store.Entity(ctx, inbox.Person, id)
	if taken {
		id = NewID()
	}
	return id, asked(err)
}

// put decides what the rows changed, many events at a time.
func (b *Book) put(ctx context.Context, x *index, r *Result) error {
	var events []teamlog.Event
	var lines []int
	flush := func() error {
		if len(events) == 0 {
			return nil
		}
		outcomes, err := b.Log.Decide(ctx, events...)
		if err != nil {
			return asked(err)
		}
		for i, o := range outcomes {
			if o.Void != teamlog.Admitted {
				r.problem(lines[i], inbox.Errorf(inbox.Conflict, "Somebody changed this person meanwhile. Take the file in once more."))
			}
		}
		events, lines = events[:0], lines[:0]
		return nil
	}
	for _, p := range x.all {
		more, err := b.eventsOf(ctx, p)
		if err != nil {
			return err
		}
		for _, e := range more {
			events, lines = append(events, e), append(lines, p.line())
		}
		if len(events) >= batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (p *known) line() int {
	if len(p.lines) == 0 {
		return 0
	}
	return p.lines[0]
}

// eventsOf are what makes a person, or changes them, with their notes.
func (b *Book) eventsOf(ctx context.Context, p *known) (events []teamlog.Event, err error) {
	if len(p.lines) > 0 {
		events = append(events, Changes(inbox.Person, p.id, p.was, p.fields))
	}
	for _, text := range p.notes {
		note := &teamlog.CRMNote{ID: idOf("note", p.id, text), On: inbox.RecordRef{Kind: inbox.Person, ID: p.id}, Text: text}
		if p.was != nil {
			// One that was written once is not written again, also when a person
			// changed or deleted it.
			if _, found, err := b.Store.BookNote(ctx, note.ID); err != nil {
				return nil, asked(err)
			} else if found {
				continue
			}
		}
		events = append(events, note)
	}
	return events, nil
}
