package imap

import (
	"context"
	"sync"
	"time"
)

// minProgress is how many bytes a transfer moves within one deadline, or it is
// dead: less than 20 bytes a second is nobody's connection.
const minProgress = 1 << 10

// watch closes the session when its context ends, or when the command that it
// guards does not get on: a short command must be over within the deadline, a
// transfer must move minProgress bytes, or hand something over, in each
// deadline. The library has no time-outs that bound a command.
type watch struct {
	s        *session
	limit    time.Duration
	transfer bool
	timer    *time.Timer
	stopCtx  func() bool

	mu    sync.Mutex
	over  bool
	busy  bool // the caller's own code runs: not the server's time
	alive bool // something was handed over since the last look
	moved int64
}

func (s *session) watch(ctx context.Context, transfer bool) *watch {
	w := &watch{s: s, limit: s.cfg.Deadline, transfer: transfer, moved: s.moved.Load()}
	w.stopCtx = context.AfterFunc(ctx, func() { s.fail(&Error{Kind: KindClosed, Err: ctx.Err()}) })
	w.mu.Lock()
	w.timer = time.AfterFunc(w.limit, w.look)
	w.mu.Unlock()
	return w
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	moved := w.s.moved.Load()
	if w.busy || w.alive || w.transfer && moved-w.moved >= minProgress {
		w.moved, w.alive = moved, false
		w.timer.Reset(w.limit)
		return
	}
	w.s.fail(&Error{Kind: KindTimeout, Detail: "no answer within " + w.limit.String()})
}

// handOver runs the caller's code, for as long as it likes.
func (w *watch) handOver(f func() error) error {
	w.set(true)
	defer w.set(false)
	return f()
}

func (w *watch) set(busy bool) {
	w.mu.Lock()
	w.busy, w.alive = busy, true
	w.mu.Unlock()
}

func (w *watch) stop() {
	w.stopCtx()
	w.mu.Lock()
	w.over = true
	w.timer.Stop()
	w.mu.Unlock()
}
