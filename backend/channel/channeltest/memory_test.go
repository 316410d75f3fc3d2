package channeltest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/inbox"
)

func TestMemory(t *testing.T) {
	Run(t, func(testing.TB) World {
		_, w := NewMemory()
		return w
	})
}

// liar is an account that does one thing wrong.
type liar struct {
	channel.Account
	sink func(inbox.Sink) inbox.Sink
	send func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult
	find func(a channel.Account, ctx context.Context, s inbox.Sought) (inbox.Found, error)
	sync func(error) error
	file func(a channel.Account, r inbox.Rendered) error
	look func(a channel.Account, ctx context.Context) ([]inbox.Step, error)
	now  func() time.Time
}

func (l liar) Sync(ctx context.Context, sink inbox.Sink) error {
	if l.sink != nil {
		sink = l.sink(sink)
	}
	err := l.Account.Sync(ctx, sink)
	if l.sync != nil && err != nil {
		err = l.sync(err)
	}
	return err
}

func (l liar) Send(ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
	if l.send == nil {
		return l.Account.Send(ctx, r, p, commit)
	}
	return l.send(l.Account, ctx, r, p, commit)
}

func (l liar) Find(ctx context.Context, s inbox.Sought) (inbox.Found, error) {
	if l.find == nil {
		return l.Account.Find(ctx, s)
	}
	return l.find(l.Account, ctx, s)
}

func (l liar) File(ctx context.Context, r inbox.Rendered) error {
	if l.file == nil {
		return l.Account.File(ctx, r)
	}
	return l.file(l.Account, r)
}

func (l liar) Check(ctx context.Context) ([]inbox.Step, error) {
	if l.look == nil {
		return l.Account.Check(ctx)
	}
	return l.look(l.Account, ctx)
}

func (l liar) Now() time.Time {
	if l.now == nil {
		return l.Account.Now()
	}
	return l.now()
}

// spoiled is a sink that an account uses wrongly.
type spoiled struct {
	inbox.Sink
	change func(*inbox.Batch)
	deaf   bool // to errors of Batch
}

func (s spoiled) Batch(ctx context.Context, b inbox.Batch) error {
	b.Messages = slices.Clone(b.Messages)
	if s.change != nil {
		s.change(&b)
	}
	err := s.Sink.Batch(ctx, b)
	if s.deaf {
		return nil
	}
	return err
}

func changes(f func(*inbox.Batch)) func(inbox.Sink) inbox.Sink {
	return func(s inbox.Sink) inbox.Sink { return spoiled{Sink: s, change: f} }
}

func results(f func(r inbox.SendResult, committed bool) inbox.SendResult) func(channel.Account, context.Context, inbox.Rendered, inbox.Permit, func() error) inbox.SendResult {
	return func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
		committed := false
		return f(a.Send(ctx, r, p, func() error { committed = true; return commit() }), committed)
	}
}

var liars = map[string]liar{
	"does not hear that a batch was not stored": {sink: func(s inbox.Sink) inbox.Sink { return spoiled{Sink: s, deaf: true} }},
	"nothing is news":    {sink: changes(func(b *inbox.Batch) { b.Live = false })},
	"everything is news": {sink: changes(func(b *inbox.Batch) { b.Live = true })},
	"forgets where it was": {sink: changes(func(b *inbox.Batch) {
		b.Folder.Cursor, b.Folder.Complete = "", false
	})},
	"goes on too far": {sink: changes(func(b *inbox.Batch) { b.Messages = b.Messages[:max(0, len(b.Messages)-1)] })},
	"a key of its own each time": {sink: func(s inbox.Sink) inbox.Sink {
		n := 0
		return changes(func(b *inbox.Batch) {
			for i := range b.Messages {
				n++
				b.Messages[i].Message.Key += inbox.Key(time.Now().String())
			}
		})(s)
	}},
	"all is from them": {sink: changes(func(b *inbox.Batch) {
		for i := range b.Messages {
			b.Messages[i].Message.Direction = inbox.In
		}
	})},
	"the bytes say something else": {sink: changes(func(b *inbox.Batch) {
		for i := range b.Messages {
			b.Messages[i].Raw = nil
		}
	})},
	"drops what is older than the newest": {sink: func(s inbox.Sink) inbox.Sink {
		var newest time.Time
		return changes(func(b *inbox.Batch) {
			b.Messages = slices.DeleteFunc(b.Messages, func(f inbox.Fetched) bool { return f.Message.At.Before(newest) })
			for _, f := range b.Messages {
				newest = f.Message.At
			}
		})(s)
	}},
	"dates all by its own clock": {sink: changes(func(b *inbox.Batch) {
		for i := range b.Messages {
			b.Messages[i].Message.At = time.Now()
		}
	})},
	"a broken secret is a fault":  {sync: func(error) error { return inbox.Errorf(inbox.Unavailable, "Something is wrong.") }},
	"its errors have no sentence": {sync: func(error) error { return errors.New("EOF") }},
	"its errors hold the secret": {sync: func(err error) error {
		e, ok := errors.AsType[*inbox.Error](err)
		if !ok {
			return err
		}
		return &inbox.Error{Code: e.Code, Message: e.Message, Detail: "sent " + memorySecret}
	}},
	"a lost answer is a no for now": {send: results(func(r inbox.SendResult, _ bool) inbox.SendResult {
		if r.Outcome == inbox.Unknown {
			r.Outcome = inbox.Later
		}
		return r
	})},
	"a lost answer is a yes": {send: results(func(r inbox.SendResult, _ bool) inbox.SendResult {
		if r.Outcome == inbox.Unknown {
			r.Outcome = inbox.Accepted
		}
		return r
	})},
	"a no for now is one for good": {send: results(func(r inbox.SendResult, _ bool) inbox.SendResult {
		if r.Outcome == inbox.Later {
			r.Outcome = inbox.Refused
		}
		return r
	})},
	"accepted as nothing": {send: results(func(r inbox.SendResult, _ bool) inbox.SendResult { r.ProviderID = ""; return r })},
	"no reasons":          {send: results(func(r inbox.SendResult, _ bool) inbox.SendResult { r.Reason = ""; return r })},
	"does not ask before it hands over": {send: func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, _ func() error) inbox.SendResult {
		return a.Send(ctx, r, p, func() error { return nil })
	}},
	"does not hear a no": {send: func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
		return a.Send(ctx, r, p, func() error { _ = commit(); return nil })
	}},
	"asks twice": {send: func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
		return a.Send(ctx, r, p, func() error { return errors.Join(commit(), commit()) })
	}},
	"tries again by itself": {send: func(a channel.Account, ctx context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
		res := a.Send(ctx, r, p, commit)
		if res.Outcome == inbox.Unknown {
			res = a.Send(ctx, r, p, func() error { return nil })
		}
		return res
	}},
	"does not look at the permit": {send: func(a channel.Account, ctx context.Context, r inbox.Rendered, _ inbox.Permit, commit func() error) inbox.SendResult {
		return a.Send(ctx, r, inbox.Permit{}, commit)
	}},
	"goes on when it was called off": {send: func(a channel.Account, _ context.Context, r inbox.Rendered, p inbox.Permit, commit func() error) inbox.SendResult {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second) // else the suite waits for ever
		defer cancel()
		return a.Send(ctx, r, p, commit)
	}},
	"who does not answer says no": {find: func(a channel.Account, ctx context.Context, s inbox.Sought) (inbox.Found, error) {
		found, _ := a.Find(ctx, s)
		return found, nil
	}},
	"finds anything": {find: func(channel.Account, context.Context, inbox.Sought) (inbox.Found, error) {
		return inbox.Found{There: true, ProviderID: "id1"}, nil
	}},
	"finds nothing": {find: func(channel.Account, context.Context, inbox.Sought) (inbox.Found, error) {
		return inbox.Found{}, nil
	}},
	"finds what is another's": {find: func(a channel.Account, ctx context.Context, s inbox.Sought) (inbox.Found, error) {
		s.Taken = free
		return a.Find(ctx, s)
	}},
	"finds without saying as what": {find: func(a channel.Account, ctx context.Context, s inbox.Sought) (inbox.Found, error) {
		found, err := a.Find(ctx, s)
		found.ProviderID = ""
		return found, err
	}},
	"files by sending again": {file: func(a channel.Account, r inbox.Rendered) error {
		a.Send(context.Background(), r, inbox.Permit{}, func() error { return nil })
		return nil
	}},
	"its check is always content": {look: func(channel.Account, context.Context) ([]inbox.Step, error) {
		return []inbox.Step{{Step: "memory", OK: true, Message: "It answers."}}, nil
	}},
	"its check sends": {look: func(a channel.Account, ctx context.Context) ([]inbox.Step, error) {
		account := a.(account)
		account.m.set(func() { account.m.got = append(account.m.got, "test") })
		return a.Check(ctx)
	}},
	"goes by its own clock": {now: time.Now},
}

// TestTheSuiteNoticesLiars: a suite that a wrong account passes proves nothing.
func TestTheSuiteNoticesLiars(t *testing.T) {
	for name, lie := range liars {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var caught []string
			for test, f := range tests {
				if fails(t, lie, f) {
					caught = append(caught, test)
				}
			}
			if len(caught) == 0 {
				t.Error("it passes the whole suite")
			}
			slices.Sort(caught)
			t.Log(strings.Join(caught, ", "))
		})
	}
}

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failed   bool
	cleanups []func()
}

func (r *recorder) fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Error(...any)          { r.fail() }
func (r *recorder) Errorf(string, ...any) { r.fail() }
func (r *recorder) Fatal(...any)          { r.fail(); runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.fail(); runtime.Goexit() }
func (r *recorder) Skip(...any)           { runtime.Goexit() }
func (r *recorder) Cleanup(f func())      { r.cleanups = append(r.cleanups, f) }

func fails(t *testing.T, lie liar, test func(*suite)) bool {
	r := &recorder{TB: t}
	_, w := NewMemory()
	open := w.Open
	w.Open = func(t testing.TB) channel.Account {
		l := lie
		l.Account = open(t)
		return l
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range slices.Backward(r.cleanups) {
				f()
			}
		}()
		run(r, w, test, time.Second)
	}()
	<-done
	return r.failed
}
