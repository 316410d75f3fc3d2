package app

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/teamlog"
)

// wire is a cable to a server that can be pulled out.
type wire struct {
	listener net.Listener
	mu       sync.Mutex
	out      bool
	ends     map[net.Conn]bool
}

func newWire(t *testing.T, host string, port int) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, ends: map[net.Conn]bool{}}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				running.Go(func() { w.carry(near, fmt.Sprintf("%s:%d", host, port)) })
			}
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		w.pull()
		running.Wait()
	})
	return w
}

func (w *wire) port() int { return w.listener.Addr().(*net.TCPAddr).Port }

func (w *wire) carry(near net.Conn, address string) {
	far, err := net.Dial("tcp", address)
	if err != nil || !w.hold(near, far) {
		_ = near.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
		})
	}
	both.Wait()
}

// hold remembers two ends, unless the cable is out.
func (w *wire) hold(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range ends {
		if w.out {
			_ = end.Close()
		} else {
			w.ends[end] = true
		}
	}
	return !w.out
}

func (w *wire) pull() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = true
	for end := range w.ends {
		_ = end.Close()
	}
	clear(w.ends)
}

func (w *wire) plugIn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = false
}

// bakery is Ann's and Ben's firm with one customer's question. Ben's computer
// reaches the team's mailbox by a cable.
func bakery(t *testing.T) (f *firm, ann, ben *computer, cable *wire, id string) {
	t.Helper()
	f = newFirmOn(t, imaptest.Options{Users: map[string]string{
		"team@example.test": teamPassword, "info@example.test": infoPassword, "eva@example.test": "van-eva",
	}})
	f.server.Deliver(t, "info@example.test", imaptest.Message("eva@example.test", "info@example.test", "Taart", "Kan die zaterdag?"))
	ann = f.desktop("Ann")
	call[string](ann.rig, "Channels.ConnectEmail", f.channel("info@example.test", infoPassword))
	f.create(ann)
	ann.settled()
	id = ann.finds("Taart").ID
	ben = f.desktop("Ben")
	cable = newWire(t, f.server.Host, f.server.TLSPort)
	mailbox := f.mailbox()
	mailbox.Port = cable.port()
	call[JoinResult](ben.rig, "Team.Join", JoinTeamRequest{
		Invitation: call[InviteResult](ann.rig, "Team.Invite").Invitation, Name: "Ben", Email: ben.email, Mailbox: mailbox,
	})
	ben.becomes("member")
	ben.finds("Taart")
	return f, ann, ben, cable, id
}

// Ann calls Ben in a note and begins to answer; Ben sees both and is quicker:
// Ann's own answer is held back until she chose. What the folder says in plain
// text holds nothing of the note, and of her writing there is one event.
func TestAnnAndBenAtOneConversation(t *testing.T) {
	f, ann, ben, _, id := bakery(t)
	call[Undo](ben.rig, "Inbox.MarkRead", id)
	ben.settled() // else his reading may come behind her note
	call[string](ann.rig, "Inbox.AddNote", id, "@ben jij kent haar: fluistertaart")
	called := ben.sees("the note", id, func(c Conversation) bool { return len(c.Notes) == 1 })
	if !slices.Equal(called.Notes[0].Mentions, []string{ben.me()}) || called.Unread != 1 || called.Notes[0].MemberID != ann.me() {
		t.Errorf("Ben is called: %+v, %d unread", called.Notes, called.Unread)
	}
	draft := Draft{Text: "Dag Eva, zaterdag lukt."}
	for i := range draft.Text {
		call[*nothing](ann.rig, "Composer.SaveDraft", id, Draft{Text: draft.Text[:i+1]})
	}
	writing := ben.sees("Ann is writing", id, func(c Conversation) bool { return len(c.Drafting) > 0 })
	if len(writing.Drafting) != 1 || writing.Drafting[0].MemberID != ann.me() || len(writing.Activity) != 0 || writing.Draft.Text != "" {
		t.Errorf("Ben sees %+v, %+v and the draft %q", writing.Drafting, writing.Activity, writing.Draft.Text)
	}
	if now := ann.open(id); len(now.Drafting) != 0 {
		t.Errorf("Ann is told of herself: %+v", now.Drafting)
	}

	call[string](ben.rig, "Composer.Send", id, SendRequest{Draft: Draft{Text: "Zaterdag om tien uur."}})
	seen := ann.sees("Ben's answer", id, func(c Conversation) bool {
		return c.Answered != nil && c.Answered.MemberID != "" && len(c.Messages) == 2
	})
	if seen.Answered.MemberID != ben.me() || seen.Answered.Name != "Ben" {
		t.Errorf("answered: %+v", seen.Answered)
	}
	if held := ann.refused("conflict", "Composer.Send", id, SendRequest{Draft: draft}); held.Detail != "answered" {
		t.Errorf("held: %+v", held)
	}
	if rows := call[[]OutboxRow](ann.rig, "Composer.Outbox"); len(rows) != 0 {
		t.Errorf("Ann's went out: %+v", rows)
	}
	call[string](ann.rig, "Composer.Send", id, SendRequest{Draft: draft, Anyway: true})
	both := ben.sees("Ann's answer", id, func(c Conversation) bool { return len(c.Messages) == 3 && len(c.Drafting) == 0 })
	if both.Answered != nil {
		t.Errorf("Ben, who writes nothing, is asked about %+v", both.Answered)
	}
	events, _ := f.records()
	told := slices.DeleteFunc(events, func(e teamlog.Event) bool { return e.Kind() != "drafting" })
	if len(told) != 1 {
		t.Errorf("%d events say that somebody writes, want one", len(told))
	}
	plain := f.files(filepath.Join(f.server.Dir, "mail", "team@example.test"))
	if !strings.Contains(plain, `[Postvak] Ann: a note at conversation "Taart"`) {
		t.Error("no mail in the folder says that Ann wrote a note")
	}
	for _, secret := range []string{"fluistertaart", "zaterdag lukt"} {
		if strings.Contains(plain, secret) {
			t.Errorf("the folder says %q for all to read", secret)
		}
	}
}

// Ann assigns to herself; Ben, whose cable is out, does so later: his is void.
// He is told in words who was first, once, until he says that he knows; Ann is
// told nothing. One click assigns it to him after all (R7, R33).
func TestBensLaterAssignmentIsVoidAndHeIsTold(t *testing.T) {
	f, ann, ben, cable, id := bakery(t)
	annsNews, bensNews := ann.listen(), ben.listen()
	cable.pull()
	call[Undo](ben.rig, "Inbox.Assign", id, ben.me())
	call[Undo](ben.rig, "Inbox.Close", id)
	if now := ben.open(id); now.AssigneeID != ben.me() || !now.Closed || !now.Pending {
		t.Errorf("Ben, offline, sees %+v (R33)", now.Row)
	}
	call[Undo](ann.rig, "Inbox.Assign", id, ann.me())
	ann.settled()
	if now := ann.open(id); now.AssigneeID != ann.me() || now.Closed {
		t.Errorf("Ann sees %+v", now.Row)
	}
	cable.plugIn()
	ben.app.networkBack()
	told := next[InboxVoid](ben.rig, bensNews, "inbox.void")
	if len(told.Voids) != 1 {
		t.Fatalf("Ben is told %+v", told)
	}
	check := func(v Voided) {
		t.Helper()
		if v.ConversationID != id || v.Text != "Ann took this on first." || v.Again == nil || v.Again.MemberID != ben.me() {
			t.Errorf("Ben is told %+v", v)
		}
	}
	check(told.Voids[0])
	after := ben.sees("what stands", id, func(c Conversation) bool { return !c.Pending })
	if after.AssigneeID != ann.me() || !after.Closed {
		t.Errorf("Ben's close stands, his assignment does not: %+v", after.Row)
	}
	want := decided(after)
	ann.sees("the same as Ben", id, func(c Conversation) bool { return decided(c) == want })
	if list := call[[]Voided](ann.rig, "Inbox.Voids"); len(list) != 0 {
		t.Errorf("Ann is told %+v", list)
	}
	ben.app.Close()

	f.again(ben)
	list := call[[]Voided](ben.rig, "Inbox.Voids")
	if len(list) != 1 {
		t.Fatalf("after a restart Ben is told %+v", list)
	}
	check(list[0])
	call[Undo](ben.rig, "Inbox.Assign", id, list[0].Again.MemberID)
	call[*nothing](ben.rig, "Inbox.DismissVoid", list[0].ID)
	ann.sees("it is Ben's", id, func(c Conversation) bool { return c.AssigneeID == ben.me() })
	ben.settled()
	if list := call[[]Voided](ben.rig, "Inbox.Voids"); len(list) != 0 {
		t.Errorf("Ben is told again: %+v", list)
	}
	for _, l := range []*listener{annsNews, ben.l} {
		for len(l.events) > 0 {
			if e := <-l.events; e.name == "inbox.void" {
				t.Errorf("told for nothing: %s", e.json)
			}
		}
	}
}
