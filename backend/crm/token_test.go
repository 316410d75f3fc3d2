package crm_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// revoked is a desk's way to a CRM that does not take its token: from the first
// call on, or only when it comes to writing, the answer to which gets lost.
type revoked struct {
	*line
	writes bool
}

func (r *revoked) refuse() error { return inbox.Errorf(inbox.Auth, "The CRM does not take the token.") }

func (r *revoked) ReadNote(ctx context.Context, on inbox.RecordRef, id string) (inbox.NoteVersion, error) {
	if r.writes {
		return r.line.ReadNote(ctx, on, id)
	}
	return inbox.NoteVersion{}, r.refuse()
}

func (r *revoked) FindNote(ctx context.Context, on inbox.RecordRef, marker string) (inbox.NoteVersion, bool, error) {
	return inbox.NoteVersion{}, false, r.refuse()
}

func (r *revoked) WriteNote(ctx context.Context, on inbox.RecordRef, id, was string, b crm.Body) (inbox.NoteVersion, error) {
	if r.writes {
		if _, err := r.line.WriteNote(ctx, on, id, was, b); err != nil {
			return inbox.NoteVersion{}, err
		}
	}
	return inbox.NoteVersion{}, r.refuse()
}

// Whoever is first in line has no token any more, or none at all, or lost it in
// the middle of a writing: a colleague goes on, and nothing is doubled (R25).
func TestAColleagueWithATokenGoesOn(t *testing.T) {
	for name, lose := range map[string]func(w *world, d *desk){
		"revoked":                 func(w *world, d *desk) { d.crm.SetProvider(&revoked{line: &line{d, w.book}}) },
		"revoked while it writes": func(w *world, d *desk) { d.crm.SetProvider(&revoked{&line{d, w.book}, true}) },
		"never had one":           func(_ *world, d *desk) { d.crm.SetProvider(nil) },
	} {
		for when, noted := range map[string]bool{"before the first note": false, "behind the first note": true} {
			t.Run(name+" "+when, func(t *testing.T) {
				w, ann, ben := pair(t)
				ann.skew = 2 * time.Hour
				w.assign("k1", "ann")
				if noted {
					w.run(time.Minute, time.Second)
					w.arrives(w.now, ann, ben)
				}
				lose(w, ann)
				w.run(time.Hour, 5*time.Second)
				want := "0"
				if noted {
					want = "0 1"
				}
				w.expect("a colleague", want)
				n := w.another(ann, ben)
				w.run(time.Hour, 5*time.Second)
				w.expect("and again", want+" "+n)
				ann.crm.SetProvider(&line{ann, w.book})
				n += " " + w.another(ann, ben)
				w.run(time.Hour, 5*time.Second)
				w.expect("with a new token", want+" "+n)
			})
		}
	}
}

// another message comes; it gives its number.
func (w *world) another(who ...*desk) string {
	w.arrives(w.now, who...)
	return strconv.Itoa(len(w.letters) - 1)
}

// exchanging gets the provider while a look at a note goes on that has none.
type exchanging struct {
	*store
	during func()
}

func (e *exchanging) Subject(ctx context.Context, conversation inbox.Key, link string) (crm.Subject, bool, error) {
	if do := e.during; do != nil {
		e.during = nil
		do()
	}
	return e.store.Subject(ctx, conversation, link)
}

// A provider that comes while a note is looked at for which there was none is
// not missed.
func TestAProviderThatComesThisMoment(t *testing.T) {
	w, ann, _ := pair(t)
	s := &exchanging{store: ann.store}
	c := crm.New(crm.Config{Team: ann, Store: s, Clock: ann, Words: words, Language: func() string { return "en" }})
	s.during = func() {
		c.SetProvider(w.book)
		c.Pass(t.Context())
	}
	for range 3 {
		c.Pass(t.Context())
	}
	w.expect("this moment", "0")
}
