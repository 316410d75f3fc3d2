package crm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
)

// crowd is a cache in which very many notes are owed.
type crowd struct {
	crm.Store
	links  int
	listed int // how often all of them were
}

func (s *crowd) OwedNotes(_ context.Context, _ time.Time, after string, limit int) (all []crm.Owed, err error) {
	from := 0
	if after == "" {
		s.listed++
	} else if _, err := fmt.Sscanf(after, "l%d", &from); err != nil {
		return nil, err
	}
	for n := from + 1; n <= s.links && len(all) < limit; n++ {
		all = append(all, crm.Owed{Conversation: inbox.Key("c"), Link: fmt.Sprintf("l%06d", n)})
	}
	return all, nil
}

// Subject cannot be read, so that what is owed stays owed.
func (s *crowd) Subject(context.Context, inbox.Key, string) (crm.Subject, bool, error) {
	return crm.Subject{}, false, errors.New("not now")
}

// A long list of what is owed is not read anew with every commit, and yet no
// commit is forgotten.
func TestALongListOfWhatIsOwedIsNotReadWithEveryCommit(t *testing.T) {
	w := newWorld(t)
	d := w.desk("a", "ann")
	store := &crowd{Store: d.store, links: 250}
	c := crm.New(crm.Config{
		Team: d, Store: store, Clock: d, Words: words, Language: func() string { return "en" },
		Same: func(a, b string) bool { return a == b },
	})
	pass := func(listed, jobs int) {
		t.Helper()
		c.Wake()
		c.Pass(t.Context())
		if store.listed != listed || c.Jobs() != jobs {
			t.Fatalf("read %d times, %d jobs; want %d and %d", store.listed, c.Jobs(), listed, jobs)
		}
	}
	pass(1, 250)
	store.links = 251
	pass(1, 250)
	if next := c.Next(); next.IsZero() || next.After(d.Now().Add(2*time.Second)) {
		t.Errorf("looks again at %v, now is %v", next, d.Now())
	}
	w.now = w.now.Add(2 * time.Second)
	c.Pass(t.Context()) // nobody wakes
	if store.listed != 2 || c.Jobs() != 251 {
		t.Fatalf("later: read %d times, %d jobs", store.listed, c.Jobs())
	}
	c.SetProvider(&line{d, w.book})
	pass(3, 251)
	store.links = 3
	w.now = w.now.Add(2 * time.Second)
	pass(4, 3)
	store.links = 4
	pass(5, 4)
}

// BenchmarkManyOwed is what a commit costs a desktop on which very many notes
// are owed that it cannot write.
func BenchmarkManyOwed(b *testing.B) {
	d := newWorld(b).desk("a", "ann")
	c := crm.New(crm.Config{
		Team: d, Store: &crowd{Store: d.store, links: 10_000}, Clock: d, Words: words,
		Language: func() string { return "en" }, Same: func(a, b string) bool { return a == b },
	})
	c.Pass(b.Context())
	for b.Loop() {
		c.Wake()
		c.Pass(b.Context())
	}
}
