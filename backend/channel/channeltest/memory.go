package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/chat"
	"postvak/backend/inbox"
)

const (
	memorySecret = "a secret in memory"
	customer     = "+31612345678"
	sender       = "+31201234567"
)

// Memory is a provider in memory, with one account and one customer. It takes
// and gives chat messages.
type Memory struct {
	mu      sync.Mutex
	changed chan struct{}
	all     []chat.Message // in the order in which they show
	got     []string
	fault   Fault
	cut     int
	ahead   time.Duration
	ids     int
}

// NewMemory makes a World of its own.
func NewMemory() (*Memory, World) {
	m := &Memory{changed: make(chan struct{})}
	return m, World{
		Channel: "memory", Secret: memorySecret, Keeps: true, Windows: true,
		Open:    func(testing.TB) channel.Account { return account{m} },
		Parse:   func(_ inbox.Key, raw []byte) inbox.Message { return chat.Parse(raw) },
		Deliver: func(_ testing.TB, text string, ago time.Duration) { m.show(text, inbox.In, ago) },
		Again:   func(testing.TB) { m.again() },
		Render:  func(_ testing.TB, text string) inbox.Rendered { return m.render(text) },
		Got:     func(testing.TB) []string { m.mu.Lock(); defer m.mu.Unlock(); return append([]string(nil), m.got...) },
		Fault:   func(_ testing.TB, f Fault) { m.set(func() { m.fault = f }) },
		Cut:     func(_ testing.TB, n int) { m.set(func() { m.cut = n }) },
		Ahead:   func(_ testing.TB, d time.Duration) { m.set(func() { m.ahead = d }) },
	}
}

// set changes the world, and lets everybody who listens know.
func (m *Memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *Memory) show(text string, d inbox.Direction, ago time.Duration) (id string) {
	m.set(func() {
		m.ids++
		id = "id" + strconv.Itoa(m.ids)
		we, they := inbox.Address{Address: sender}, inbox.Address{Address: customer}
		if d == inbox.In {
			we, they = they, we
		}
		m.all = append(m.all, chat.Message{
			ID: id, Kind: inbox.WhatsApp, Direction: d, From: we, To: they,
			At: time.Now().Add(m.ahead - ago).UTC(), Text: text,
		})
	})
	return id
}

func (m *Memory) again() {
	m.set(func() { m.all = append(m.all, m.all[len(m.all)-1]) })
}

func (m *Memory) render(text string) inbox.Rendered {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ids++
	own := "own" + strconv.Itoa(m.ids)
	return inbox.Rendered{MessageID: own, From: sender, Recipients: []string{customer}, Wire: chat.Encode(chat.Message{
		ID: own, Kind: inbox.WhatsApp, Direction: inbox.Out, From: inbox.Address{Address: sender},
		To: inbox.Address{Address: customer}, At: time.Now().UTC(), Text: text,
	})}
}

// answer is what every request meets first. The caller holds mu.
func (m *Memory) answer() error {
	switch {
	case m.fault == Gone:
		return inbox.Errorf(inbox.Unavailable, "Nobody answers.")
	case m.fault == SignIn:
		return inbox.Errorf(inbox.Auth, "The secret is not taken. Sign in again.")
	}
	if m.cut--; m.cut == 0 {
		return inbox.Errorf(inbox.Unavailable, "The answer ended in the middle.")
	}
	return nil
}

// account is the adapter.
type account struct{ m *Memory }

// Sync implements channel.Account: how much was read of the list is its cursor.
func (a account) Sync(ctx context.Context, sink inbox.Sink) error {
	states, err := sink.States(ctx)
	if err != nil {
		return err
	}
	state := inbox.FolderState{Role: inbox.FolderInbox}
	if len(states) > 0 {
		state = states[0]
	}
	for ctx.Err() == nil {
		changed, err := a.read(ctx, sink, &state)
		if err != nil {
			return err
		}
		sink.Status(inbox.ChannelStatus{Channel: "memory", State: inbox.ChannelOK})
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// pageSize is small, so that a sync has several steps.
const pageSize = 5

func (a account) read(ctx context.Context, sink inbox.Sink, state *inbox.FolderState) (<-chan struct{}, error) {
	for {
		done, _ := strconv.Atoi(state.Cursor)
		page, changed, err := a.page(done)
		if err != nil {
			return nil, err
		}
		last := len(page) < pageSize
		if last && len(page) == 0 && state.Complete {
			return changed, nil
		}
		b := inbox.Batch{Channel: "memory", Folder: *state, Live: state.Complete}
		b.Folder.Cursor, b.Folder.Complete = strconv.Itoa(done+len(page)), state.Complete || last
		for _, c := range page {
			raw := chat.Encode(c)
			message := chat.Parse(raw)
			message.Key, message.Channel = inbox.ChatKey("memory", c.ID), "memory"
			b.Messages = append(b.Messages, inbox.Fetched{Message: message, Raw: raw})
		}
		if err := sink.Batch(ctx, b); err != nil {
			return nil, err
		}
		if *state = b.Folder; last {
			return changed, nil
		}
	}
}

func (a account) page(from int) ([]chat.Message, <-chan struct{}, error) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	if err := a.m.answer(); err != nil {
		return nil, nil, err
	}
	from = min(from, len(a.m.all))
	return append([]chat.Message(nil), a.m.all[from:min(from+pageSize, len(a.m.all))]...), a.m.changed, nil
}

// Send implements channel.Account.
func (a account) Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
	message, err := chat.Decode(r.Wire)
	fault, before := a.ready(ctx)
	switch {
	case err != nil:
		return inbox.SendResult{Outcome: inbox.Refused, Reason: "It cannot be read."}
	case before != nil:
		return inbox.SendResult{Outcome: inbox.Later, Reason: before.Error()}
	case fault == Later:
		return inbox.SendResult{Outcome: inbox.Later, Reason: "Not now.", After: 2 * time.Second}
	case !p.Until.IsZero() && !a.Now().Before(p.Until):
		return inbox.SendResult{Outcome: inbox.Outlived, Reason: "The reply window ended."}
	}
	if err := commit(); err != nil {
		return inbox.SendResult{Outcome: inbox.Later, Reason: fmt.Sprintf("The outbox could not be written: %s", err)}
	}
	return a.post(ctx, message.Text, fault)
}

func (a account) ready(ctx context.Context) (Fault, error) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	return a.m.fault, errors.Join(ctx.Err(), a.m.answer())
}

// post is the request that does the work.
func (a account) post(ctx context.Context, text string, fault Fault) inbox.SendResult {
	lost := inbox.SendResult{Outcome: inbox.Unknown, Reason: "The answer was lost."}
	switch fault {
	case Refused:
		return inbox.SendResult{Outcome: inbox.Refused, Reason: "Never.", Detail: "554"}
	case CutBefore:
		return lost
	case Silent:
		<-ctx.Done()
		return lost
	}
	id := a.m.show(text, inbox.Out, 0)
	a.m.set(func() { a.m.got = append(a.m.got, text) })
	if fault != None {
		return lost
	}
	return inbox.SendResult{Outcome: inbox.Accepted, ProviderID: id}
}

// Find implements channel.Account: the oldest with these words that is not
// another's.
func (a account) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	wanted, err := chat.Decode(s.Rendered.Wire)
	if err != nil {
		return inbox.Found{}, err
	}
	if _, err := a.ready(ctx); err != nil {
		if ctx.Err() != nil {
			return inbox.Found{}, ctx.Err()
		}
		return inbox.Found{}, unjoined(err)
	}
	for _, c := range a.sent(wanted.Text) {
		taken, err := s.Taken(ctx, []string{c.ID})
		if err != nil {
			return inbox.Found{}, err
		}
		if !taken[c.ID] {
			return inbox.Found{There: true, ProviderID: c.ID}, nil
		}
	}
	return inbox.Found{}, nil
}

func unjoined(err error) error {
	e, _ := errors.AsType[*inbox.Error](err)
	return e
}

func (a account) sent(text string) (found []chat.Message) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	for _, c := range a.m.all {
		if c.Direction == inbox.Out && c.Text == text {
			found = append(found, c)
		}
	}
	return found
}

// File implements channel.Account: the provider keeps what it took.
func (a account) File(context.Context, inbox.Rendered) error { return nil }

// Check implements channel.Account.
func (a account) Check(ctx context.Context) ([]inbox.Step, error) {
	if _, err := a.ready(ctx); err != nil {
		e := unjoined(err)
		return []inbox.Step{{Step: "memory", Message: e.Error()}}, e
	}
	return []inbox.Step{{Step: "memory", OK: true, Message: "It answers."}}, nil
}

// Now implements channel.Account.
func (a account) Now() time.Time {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	return time.Now().Add(a.m.ahead)
}
