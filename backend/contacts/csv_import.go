package contacts

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"

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
	Err  error // a sentence
}

const (
	maxProblems = 100
	batch       = 200 // events that are decided at once
)

func (r *Result) problem(line int, err error) {
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
// after it was broken off half-way. Fields say what each column holds.
func (b *Book) Import(ctx context.Context, t Table, fields []string) (Result, error) {
	var r Result
	if err := t.fits(fields); err != nil {
		return r, err
	}
	x, err := b.index(ctx)
	if err != nil {
		return r, err
	}
	for i, cells := range t.Rows {
		if err := ctx.Err(); err != nil {
			return Result{}, notAsked(err)
		}
		r.take(x, t.lines[i], newcomerOf(cells, fields))
	}
	err = b.put(ctx, x, &r)
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return r, err
}

// take enters one row.
func (r *Result) take(x *index, line int, n newcomer) {
	switch {
	case n.tooLong:
		r.LeftOut++
		r.problem(line, inbox.Errorf(inbox.Invalid, "This row was left out: a name has at most 255 characters, a note 60,000."))
		return
	case n.none && len(n.wrong) > 0:
		r.LeftOut++
	case n.none:
		r.LeftOut++
		r.problem(line, inbox.Errorf(inbox.Invalid, "This row was left out: it has neither a name nor an address."))
	}
	for _, wrong := range n.wrong {
		r.problem(line, wrong)
	}
	if n.none {
		return
	}
	p := x.find(n)
	isNew := p == nil
	if isNew {
		p = x.add(n)
	}
	changed := isNew || x.complete(p, n)
	if n.note != "" && !slices.Contains(p.notes, n.note) {
		p.notes = append(p.notes, n.note)
	}
	switch {
	case isNew:
		r.Added++
	case changed:
		r.Updated++
	default:
		r.Skipped++
	}
	if changed {
		p.lines = append(p.lines, line)
	}
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
		note := &teamlog.CRMNote{ID: noteID(p.id, text), On: inbox.RecordRef{Kind: inbox.Person, ID: p.id}, Text: text}
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

// noteID is the same for the same text at the same person.
func noteID(person, text string) string {
	sum := sha256.Sum256([]byte(person + "\n" + text))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// Message is the sentence about what was left out.
func (p Problem) Message() string {
	var e *inbox.Error
	if errors.As(p.Err, &e) {
		return e.Message
	}
	return p.Err.Error()
}
