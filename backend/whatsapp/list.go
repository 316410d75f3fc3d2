package whatsapp

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postvak/backend/inbox"
)

const (
	smallPage = 100
	largePage = 1000 // the largest there is
)

// list is one of the two lists of messages.
type list int

// What came in, and what was sent from any desktop, or by others.
const (
	incoming list = iota
	outgoing
)

// page is a part of a list, newest first.
type page struct {
	messages []message
	next     string    // the next one's address; "" for the last
	oldest   time.Time // of all that was on it
}

// reaches says that everything that comes after the page is older than back.
func (p page) reaches(back time.Time) bool { return !p.oldest.IsZero() && p.oldest.Before(back) }

// page reads a page: the first one, or the one whose address at is. What was
// sent is not asked for by day: a message that is not sent yet, or never will
// be, has none, and its state is news all the same.
func (a *Account) page(ctx context.Context, l list, at string, back time.Time, size int) (page, error) {
	if !strings.HasPrefix(at, a.hosts.api+"/") { // also one that was kept and is another host's: the key goes to none but this
		at = ""
	}
	if at == "" {
		q := url.Values{"PageSize": {strconv.Itoa(size)}}
		if l == incoming {
			q.Set("To", a.sender())
			q.Set("DateSent>", back.UTC().Truncate(24*time.Hour).Format(time.RFC3339))
		} else {
			q.Set("From", a.sender())
		}
		at = query(a.messages()+".json", q)
	}
	return a.readPage(ctx, at)
}

func (a *Account) readPage(ctx context.Context, address string) (page, error) {
	said, err := a.get(ctx, "GET Messages", address)
	if err != nil {
		return page{}, err
	}
	if _, ok := said["messages"].([]any); !ok {
		return page{}, strange()
	}
	var p page
	for _, o := range said.List("messages") {
		if at := o.When("date_created"); !at.IsZero() && (p.oldest.IsZero() || at.Before(p.oldest)) {
			p.oldest = at
		}
		if m, ok := a.readMessage(o); ok {
			p.messages = append(p.messages, m)
		}
	}
	if uri := said.Text("next_page_uri"); uri != "" {
		to, ok := next(a.hosts.api, uri)
		if !ok || to == address {
			return page{}, strange()
		}
		p.next = to
	}
	return p, nil
}

// maxStuck is how many pages in a row may bring nothing older than the ones
// before: not even thousands of messages are of one second.
const maxStuck = 10

// descent watches that a list, which is newest first, comes to an end some day:
// each page leads further back.
type descent struct {
	oldest time.Time
	stuck  int
}

func (d *descent) step(p page) error {
	d.stuck++
	if !p.oldest.IsZero() && (d.oldest.IsZero() || p.oldest.Before(d.oldest)) {
		d.oldest, d.stuck = p.oldest, 0
	}
	if d.stuck >= maxStuck && p.next != "" {
		return strange()
	}
	return nil
}

// strange is an answer that is JSON and nothing that Twilio says.
func strange() error {
	return inbox.Errorf(inbox.Unavailable, "What answered is not Twilio as Postvak knows it. Perhaps a network in between wants you to sign in; Postvak tries again later.")
}
