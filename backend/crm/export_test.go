package crm

import (
	"context"
	"time"

	"postvak/backend/inbox"
)

// Pass does once what the loop does, acts included, before it returns.
func (c *CRM) Pass(ctx context.Context) {
	c.spawn = func(act func()) { act() }
	c.pass(ctx)
}

// Next is when the loop would look again; zero: when it is poked.
func (c *CRM) Next() time.Time { return c.nextDue() }

// Jobs is how much is open here.
func (c *CRM) Jobs() int {
	c.work.Lock()
	defer c.work.Unlock()
	return len(c.jobs)
}

// Mark is what a note says of itself, and whether it is whole.
func Mark(text string) (place string, revision int, intact bool) {
	m, intact := readMark(text)
	return m.place, m.revision, intact
}

// ContentHash is what the log knows a note's content by.
var ContentHash = contentHash

// Place stands for one part in its mark.
var Place = place

// BodyOf writes a note of all of a subject's messages.
func (c *CRM) BodyOf(s Subject, language string, part inbox.WrittenNote) Body {
	var all []int
	for i := range s.Messages {
		all = append(all, i)
	}
	return c.page(s, language).body(part, all)
}

// Contents says which messages stand in a note, as another desktop sees it.
func (c *CRM) Contents(s Subject, language, text string) []int {
	return c.page(s, language).contents(text, true)
}
