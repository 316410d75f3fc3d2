//go:build bench

package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postvak/app"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
)

// rest lets a reader stand in IDLE for good before each turn.
const rest = 1300 * time.Millisecond

// TestM9Seen measures from an assignment at one desk until another one's
// screen is told of it, after its commit, beside plain go-imap with nothing but
// APPEND, IDLE and FETCH of the same message.
func TestM9Seen(t *testing.T) {
	server, smtp := startTeamServer(t)
	ann, ben := newDesk(t, "Ann"), newDesk(t, "Ben")
	ann.founds(server, smtp)
	ben.joins(ann.invites())
	ben.quiet()
	deliver(t, server)
	var conversation string
	ben.until("the letter", func() bool { conversation = ben.first(); return conversation != "" })
	ann.until("the letter", func() bool { return ann.first() == conversation })
	bareTimes, ours, ratios := sample{}, sample{}, sample{}
	b := newBarePair(t, server)
	heard, assigned := ben.heard(conversation), false
	for range max(rounds(), 5) {
		var theirs, mine sample
		for range 20 {
			theirs = append(theirs, b.turn(t))
			assigned = !assigned
			mine = append(mine, seen(t, ann, ben, heard, conversation, assigned))
		}
		bareTimes, ours = append(bareTimes, theirs...), append(ours, mine...)
		ratios = append(ratios, mine.median()/theirs.median())
	}
	tab := &table{title: fmt.Sprintf("M9 From an assignment here until another desktop shows it, %d of each in turns: ms, p50 / p99", len(ours)),
		head: []string{"", "time"}}
	tab.row("plain go-imap: APPEND, IDLE, FETCH", bareTimes.tails())
	tab.row("Postvak: click, log, other's cache, other's screen told", ours.tails())
	tab.row("ratio of the turns' medians", ratios.spread())
	tab.note("aim: 1.2; Dovecot holds IDLE's line back for half a second on both sides")
	show(tab)
}

// first is the first conversation in a section that is not empty, "" for none.
func (d *desk) first() string {
	d.t.Helper()
	for _, section := range inbox.Sections() {
		var page app.ListPage
		d.must("Inbox.List", &page, app.ListQuery{Section: string(section), Limit: 1})
		if len(page.Rows) > 0 {
			return page.Rows[0].ID
		}
	}
	return ""
}

// seen assigns, or takes back, and waits for the other desk.
func seen(t *testing.T, ann, ben *desk, heard <-chan time.Time, conversation string, assign bool) (ms float64) {
	t.Helper()
	time.Sleep(rest)
	for len(heard) > 0 {
		<-heard
	}
	began := time.Now()
	if assign {
		ann.must("Inbox.Assign", new(any), conversation, ann.status().Me)
	} else {
		ann.must("Inbox.Unassign", new(any), conversation)
	}
	select {
	case at := <-heard:
		ms = float64(at.Sub(began).Microseconds()) / 1000
	case <-time.After(time.Minute):
		t.Fatal("an assignment was not seen within a minute")
	}
	var there app.Conversation
	ben.must("Inbox.Open", &there, conversation, map[string]any{})
	if (there.AssigneeID != "") != assign {
		t.Fatalf("the other desk was told before it knew: %q", there.AssigneeID)
	}
	return ms
}

// barePair is a writer and a reader in IDLE.
type barePair struct {
	from, to *imapclient.Client
	news     chan struct{}
	raw      []byte
	last     int
}

func newBarePair(t *testing.T, server *imaptest.Dovecot) *barePair {
	t.Helper()
	_, records, err := lonely(1)
	if err != nil {
		t.Fatal(err)
	}
	b := &barePair{news: make(chan struct{}, 100), raw: teamEngine(server).Message("bare", records[len(records)-1])}
	b.from = plainClient(t, server, nil)
	b.to = plainClient(t, server, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				b.news <- struct{}{}
			}
		},
	}})
	if err := b.from.Create("Bare", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.to.Select("Bare", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *barePair) turn(t *testing.T) (ms float64) {
	t.Helper()
	idle, err := b.to.Idle()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(rest)
	for len(b.news) > 0 {
		<-b.news
	}
	began := time.Now()
	b.append(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-b.news:
	case <-ctx.Done():
		t.Fatal("a message was not seen within a minute")
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := idle.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := fetchBare(t, b.to, goimap.UID(b.last+1)); n != 1 {
		t.Fatalf("%d messages came instead of 1", n)
	}
	ms = float64(time.Since(began).Microseconds()) / 1000
	b.last++
	return ms
}

func (b *barePair) append(t *testing.T) {
	t.Helper()
	add := b.from.Append("Bare", int64(len(b.raw)), &goimap.AppendOptions{Flags: []goimap.Flag{goimap.FlagSeen}})
	if _, err := add.Write(b.raw); err != nil {
		t.Fatal(err)
	}
	if err := add.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := add.Wait(); err != nil {
		t.Fatal(err)
	}
}

func plainClient(t *testing.T, server *imaptest.Dovecot, options *imapclient.Options) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(net.JoinHostPort(server.Host, strconv.Itoa(server.Port)), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(mailUser, imaptest.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// fetchBare reads messages from a UID on, and throws them away.
func fetchBare(t *testing.T, c *imapclient.Client, from goimap.UID) (n int) {
	t.Helper()
	fetch := c.Fetch(goimap.UIDSet{{Start: from, Stop: 0}}, &goimap.FetchOptions{
		UID: true, BodySection: []*goimap.FetchItemBodySection{{Peek: true}},
	})
	for message := fetch.Next(); message != nil; message = fetch.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			if body, is := item.(imapclient.FetchItemDataBodySection); is {
				if _, err := io.Copy(io.Discard, body.Literal); err != nil {
					t.Fatal(err)
				}
			}
		}
		n++
	}
	if err := fetch.Close(); err != nil {
		t.Fatal(err)
	}
	return n
}
