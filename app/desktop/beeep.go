package desktop

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/gen2brain/beeep"
)

// textOnly shows notices by beeep: text, and nothing comes back.
type textOnly struct {
	log     *slog.Logger
	notify  func(title, body string) error
	turn    chan struct{} // beeep keeps what it does in variables of its package
	answers chan Answer
	life    context.Context
	end     context.CancelFunc
	work    sync.WaitGroup
	closed  sync.Once
}

// Beeep gives the Notifier that shows text by the means that beeep finds. It has
// no slots: nothing is replaced or withdrawn, and there are no answers.
func Beeep(log *slog.Logger) Notifier {
	return newTextOnly(log, func(title, body string) error {
		beeep.AppName = appName
		return beeep.Notify(title, body, icon)
	})
}

func newTextOnly(log *slog.Logger, notify func(title, body string) error) *textOnly {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b := &textOnly{log: log, notify: notify, turn: make(chan struct{}, 1), answers: make(chan Answer)}
	b.life, b.end = context.WithCancel(context.Background())
	return b
}

// Show implements Notifier. What beeep calls cannot be given up: one that hangs
// is left alone, and the next notices fail while it does.
func (b *textOnly) Show(ctx context.Context, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, showLimit)
	defer cancel()
	if b.life.Err() != nil {
		return errClosed
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	title, body := noticeText(runtime.GOOS, b.markup(ctx), n.Title, n.Body)
	done := make(chan error, 1)
	b.work.Go(func() {
		err := b.notify(title, body)
		<-b.turn
		if done <- err; err == nil {
			b.sound(n.Sound)
		}
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// markup says whether the body is read as markup. Where nobody answers that, it
// may be.
func (b *textOnly) markup(ctx context.Context) bool {
	if runtime.GOOS != "linux" {
		return false
	}
	conn, err := dial(ctx, "")
	if err != nil {
		return true
	}
	defer func() { _ = conn.Close() }() // it served its one purpose
	owner, err := wake(ctx, conn)
	if err != nil {
		return true
	}
	s, err := describe(ctx, conn, owner)
	return err != nil || s.can("body-markup")
}

func (b *textOnly) sound(tone string) {
	if tone == "" {
		return
	}
	if err := beep(b.life, tone); err != nil {
		b.log.Debug("no sound", "error", err.Error())
	}
}

// Withdraw implements Notifier: beeep cannot.
func (b *textOnly) Withdraw(string) {}

// Answers implements Notifier.
func (b *textOnly) Answers() <-chan Answer { return b.answers }

// Health implements Notifier. Buttons are not beeep's, also where the server has
// them.
func (b *textOnly) Health(ctx context.Context) Health {
	if runtime.GOOS != "linux" {
		return Health{Running: true, Permitted: true}
	}
	h := busHealth(ctx, "")
	h.Actions, h.InlineReply = false, false
	return h
}

// Close implements Notifier. It waits a moment for what beeep does and then
// leaves it: the library cannot be interrupted.
func (b *textOnly) Close() {
	b.closed.Do(func() {
		b.end()
		quiet := make(chan struct{})
		go func() {
			b.work.Wait()
			close(quiet)
		}()
		select {
		case <-quiet:
		case <-time.After(askLimit):
		}
		close(b.answers)
	})
}
