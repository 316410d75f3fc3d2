package app

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"postvak/app/desktop"
)

// screen is a desktop that shows notifications to a test.
type screen struct {
	answers chan desktop.Answer
	news    chan struct{} // something was shown or withdrawn

	mu        sync.Mutex
	shown     []desktop.Notice
	withdrawn []string
	health    desktop.Health
	err       error
	closed    bool
}

func newScreen() *screen {
	return &screen{
		answers: make(chan desktop.Answer), news: make(chan struct{}, 1000),
		health: desktop.Health{Name: "screen", Running: true, Permitted: true, Actions: true, InlineReply: true},
	}
}

func (s *screen) Show(_ context.Context, n desktop.Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.shown = append(s.shown, n)
	s.news <- struct{}{}
	return nil
}

func (s *screen) Withdraw(slot string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.withdrawn = append(s.withdrawn, slot)
	s.news <- struct{}{}
}

func (s *screen) Answers() <-chan desktop.Answer { return s.answers }

func (s *screen) Health(context.Context) desktop.Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health
}

func (s *screen) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.answers)
	}
}

// change sets how the system is.
func (s *screen) change(f func(*screen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func (s *screen) all() []desktop.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

func (s *screen) took(slot string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.withdrawn, slot)
}

// bellRig is a demo with a desktop, which has read its mailbox.
type bellRig struct {
	*rig
	screen *screen
	l      *listener
}

func startBell(t *testing.T) *bellRig {
	t.Helper()
	s := newScreen()
	b := startBellOn(t, s)
	b.screen = s
	return b
}

// startBellOn is startBell for any desktop, or none.
func startBellOn(t *testing.T, shows desktop.Notifier) *bellRig {
	t.Helper()
	r := startRig(t, Options{Sandbox: true, Quiet: true, Desktop: shows})
	b := &bellRig{rig: r, l: r.listen()}
	until(r, b.l, "the first sync", func() (bool, bool) {
		return true, call[Status](r, "Settings.Status").Channels[0].LastSync != ""
	})
	return b
}

// row waits for what became of the newest event of a conversation.
func (b *bellRig) row(what string, fits func(NotificationRow) bool) NotificationRow {
	b.t.Helper()
	return until(b.rig, b.l, what, func() (NotificationRow, bool) {
		for _, row := range b.history() {
			if fits(row) {
				return row, true
			}
		}
		return NotificationRow{}, false
	})
}

func (b *bellRig) history() []NotificationRow {
	b.t.Helper()
	return call[NotificationPage](b.rig, "Notifications.History", NotificationQuery{Limit: 200}).Rows
}

// of picks rows of one conversation and medium.
func of(conversation, medium string) func(NotificationRow) bool {
	return func(r NotificationRow) bool { return r.ConversationID == conversation && r.Medium == medium }
}

// save changes the choices behind the bell.
func (b *bellRig) save(change func(*NotificationSettings)) {
	b.t.Helper()
	settings := call[NotificationSettings](b.rig, "Notifications.Get")
	change(&settings)
	call[*nothing](b.rig, "Notifications.Save", settings)
}

// write has a customer write, and gives the conversation.
func (b *bellRig) write(from, subject string) Conversation {
	b.t.Helper()
	_, c := b.deliver(b.l, DeliverRequest{From: from, Name: "Eva Klant", Subject: subject, Text: "Ben je er?"})
	return c
}

// notice waits for a notification on the desktop.
func (b *bellRig) notice(what string, fits func(desktop.Notice) bool) desktop.Notice {
	b.t.Helper()
	for {
		for _, n := range b.screen.all() {
			if fits(n) {
				return n
			}
		}
		b.wait(what)
	}
}

// wait waits until the desktop shows or withdraws something.
func (b *bellRig) wait(what string) {
	b.t.Helper()
	select {
	case <-b.screen.news:
	case <-time.After(patience):
		b.t.Fatalf("the desktop still waits for: %s; it showed %+v", what, b.screen.all())
	}
}

// alerts are the e-mails that a mailbox got.
func (b *bellRig) alerts(to string) (mails []SentMail) {
	b.t.Helper()
	for _, m := range call[[]SentMail](b.rig, "Sandbox.Sent") {
		if m.To == to && m.Alert {
			mails = append(mails, m)
		}
	}
	return mails
}

// address is the member's own.
func (b *bellRig) address() string { return b.app.demo.world.Me().Email }

// focusFrom says what a window has in front of it; "" that it has no focus.
func (b *bellRig) focusFrom(window, conversation string) {
	b.t.Helper()
	text, _ := json.Marshal([]any{conversation, conversation != ""})
	response := b.send("POST", "/call/Window.Focus", string(text), func(q *http.Request) {
		b.bearer(q)
		q.Header.Set(windowHeader, window)
	})
	if body := read(b.t, response.Body); response.StatusCode != http.StatusOK {
		b.t.Fatalf("focus: %s", body)
	}
}

// closeWindow opens a window's events and ends them.
func (b *bellRig) closeWindow(window string) {
	b.t.Helper()
	response := b.request("GET", "/events?window="+window, b.bearer)
	response.Body.Close()
}
