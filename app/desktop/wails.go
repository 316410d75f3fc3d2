package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"

	wails "github.com/wailsapp/wails/v2/pkg/runtime"
)

// What Wails calls a click on the notice itself, and an answer typed into it.
const (
	wailsClick = "DEFAULT_ACTION"
	wailsReply = "TEXT_REPLY"
)

// noSlot begins the identifiers of notices without a slot: the system wants one
// for each.
const noSlot = "once-"

var errNotStarted = errors.New("the window has not started yet")

// byWindow is the Notifier that needs the window's own context: Started gives it
// that. Before, nothing is shown.
type byWindow struct {
	log     *slog.Logger
	system  string
	answers chan Answer

	turn       sync.Mutex      // one Show after the other: it may take seconds
	categories map[string]bool // sets of buttons that the system knows
	once       int

	mu     sync.Mutex // of what follows; held for moments
	means  means
	failed error
	asking bool
	closed bool
}

// means are Wails's functions for notifications, with the window's context.
type means interface {
	Start(answered func(wails.NotificationResult)) error
	Permitted() (bool, error)
	Ask() (bool, error)
	Know(wails.NotificationCategory) error
	Send(wails.NotificationOptions) error
	SendWithActions(wails.NotificationOptions) error
	Remove(id string) error
}

// Wails gives the Notifier for Windows and macOS. On Windows, nothing is
// replaced or withdrawn: Wails does neither there.
func Wails(log *slog.Logger) Notifier { return newWindow(runtime.GOOS, log) }

func newWindow(system string, log *slog.Logger) *byWindow {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &byWindow{
		log: log, system: system, answers: make(chan Answer, answersKept),
		failed: errNotStarted, categories: map[string]bool{},
	}
}

// Started gives a Notifier that needs it the window's context: Wails hands it to
// OnStartup. It is called once, for any Notifier, also for none.
func Started(ctx context.Context, n Notifier) {
	if w, ok := n.(*byWindow); ok {
		w.start(byWails{ctx})
	}
}

// start prepares the system's notifications. macOS asks the person for leave,
// who may take minutes: nobody waits for that, and Close does not either.
func (w *byWindow) start(m means) {
	err := m.Start(w.answered)
	if err != nil {
		w.log.Warn("the system's notifications do not start", "error", err.Error())
	}
	w.mu.Lock()
	w.means, w.failed, w.asking = m, err, err == nil
	w.mu.Unlock()
	if err != nil {
		return
	}
	go func() {
		granted, err := m.Ask()
		w.mu.Lock()
		w.asking = false
		w.mu.Unlock()
		w.log.Info("the system was asked for leave to notify", "granted", granted, "error", err)
	}()
}

// Show implements Notifier. The system's own limit of some seconds holds, not
// ctx: Wails takes none.
func (w *byWindow) Show(ctx context.Context, n Notice) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	m, err := w.ready()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	if allowed, err := m.Permitted(); err == nil && !allowed {
		return ErrNoPermission
	}
	options := w.options(n)
	category := w.category(n)
	if category.ID == "" {
		return m.Send(options)
	}
	if !w.categories[category.ID] {
		if err := m.Know(category); err != nil {
			return err
		}
		w.categories[category.ID] = true
	}
	options.CategoryID = category.ID
	return m.SendWithActions(options)
}

// ready gives the means, or why there are none.
func (w *byWindow) ready() (means, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errClosed
	}
	return w.means, w.failed
}

// options is the text of a notice. It is Show's turn.
func (w *byWindow) options(n Notice) wails.NotificationOptions {
	id := n.Slot
	if id == "" {
		w.once++
		id = noSlot + strconv.Itoa(w.once)
	}
	title, body := plain(n.Title, n.Body)
	if w.system == "windows" {
		title, body = toastText(title, body)
	}
	return wails.NotificationOptions{ID: id, Title: title, Body: body}
}

// category is the set of buttons of a notice. Its name is what it consists of:
// the same buttons are made known once.
func (w *byWindow) category(n Notice) wails.NotificationCategory {
	label := plainLabel
	if w.system == "windows" {
		label = toastLabel
	}
	c := wails.NotificationCategory{
		HasReplyField: n.Reply != "", ReplyButtonTitle: label(n.Reply), ReplyPlaceholder: label(n.ReplyHint),
	}
	if n.Reply == "" && len(n.Actions) == 0 {
		return c
	}
	name := []string{c.ReplyButtonTitle, c.ReplyPlaceholder}
	for _, a := range n.Actions {
		c.Actions = append(c.Actions, wails.NotificationAction{ID: a.ID, Title: label(a.Label)})
		name = append(name, a.ID, label(a.Label))
	}
	c.ID = "postvak " + strings.Join(name, "|")
	return c
}

// answered takes what a person did; the system may call it at any time, also
// about a notice of an earlier run.
func (w *byWindow) answered(result wails.NotificationResult) {
	if result.Error != nil {
		w.log.Warn("an answer to a notification was not understood", "error", result.Error.Error())
		return
	}
	a := Answer{Slot: result.Response.ID, Action: result.Response.ActionIdentifier}
	if strings.HasPrefix(a.Slot, noSlot) {
		a.Slot = ""
	}
	switch a.Action {
	case wailsClick:
		a.Action = ActionOpen
	case wailsReply:
		a.Action, a.Text = ActionReply, replyText(result.Response.UserText)
	case ActionOpen, ActionAssign, ActionClose:
	default: // dismissing is no click
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	select {
	case w.answers <- a:
	default:
		w.log.Warn("an answer to a notification was dropped: nobody reads them", "action", a.Action)
	}
}

// Withdraw implements Notifier. macOS does it without waiting, Windows cannot.
func (w *byWindow) Withdraw(slot string) {
	m, err := w.ready()
	if err == nil && slot != "" {
		err = m.Remove(slot)
	}
	if err != nil {
		w.log.Debug("a notification was not withdrawn", "error", err.Error())
	}
}

// Answers implements Notifier.
func (w *byWindow) Answers() <-chan Answer { return w.answers }

// Health implements Notifier. Neither system says whether it keeps quiet.
func (w *byWindow) Health(ctx context.Context) Health {
	w.mu.Lock()
	m, failed, asking := w.means, w.failed, w.asking
	w.mu.Unlock()
	h := Health{Name: map[string]string{"windows": "Windows", "darwin": "macOS"}[w.system]}
	if failed != nil {
		h.Permitted, h.Why = true, failed.Error()
		return h
	}
	h.Running, h.Actions, h.InlineReply = true, true, true
	allowed, err := within(ctx, m.Permitted)
	h.Permitted = allowed || err != nil
	switch {
	case err != nil:
		h.Why = err.Error()
	case asking && !allowed:
		h.Why = "the system's question whether to permit notifications has not been answered"
	}
	return h
}

// within asks what takes no context, and waits no longer than Health may. Wails
// itself gives up after a quarter of a minute.
func within(ctx context.Context, ask func() (bool, error)) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	type reply struct {
		yes bool
		err error
	}
	replied := make(chan reply, 1)
	go func() {
		yes, err := ask()
		replied <- reply{yes, err}
	}()
	select {
	case r := <-replied:
		return r.yes, r.err
	case <-ctx.Done():
		return false, fmt.Errorf("the system does not say whether it permits notifications: %w", ctx.Err())
	}
}

// Close implements Notifier.
func (w *byWindow) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		close(w.answers)
	}
}

// byWails calls Wails.
type byWails struct{ ctx context.Context }

func (b byWails) Start(answered func(wails.NotificationResult)) error {
	wails.OnNotificationResponse(b.ctx, answered)
	return wails.InitializeNotifications(b.ctx)
}

func (b byWails) Permitted() (bool, error) { return wails.CheckNotificationAuthorization(b.ctx) }
func (b byWails) Ask() (bool, error)       { return wails.RequestNotificationAuthorization(b.ctx) }

func (b byWails) Know(c wails.NotificationCategory) error {
	return wails.RegisterNotificationCategory(b.ctx, c)
}

func (b byWails) Send(o wails.NotificationOptions) error { return wails.SendNotification(b.ctx, o) }

func (b byWails) SendWithActions(o wails.NotificationOptions) error {
	return wails.SendNotificationWithActions(b.ctx, o)
}

func (b byWails) Remove(id string) error {
	return errors.Join(wails.RemovePendingNotification(b.ctx, id), wails.RemoveDeliveredNotification(b.ctx, id))
}
