package app

import (
	"context"
	"errors"
	"slices"
	"sync"

	"postvak/app/desktop"
	"postvak/backend/inbox"
	"postvak/backend/notify"
)

// noticeDesk is where notifications are shown: by the system's means, or to
// the windows that are connected where there are none (headless mode).
type noticeDesk struct {
	app *App

	mu    sync.Mutex
	shown map[string]*shownNotice // by slot
}

// shownNotice is one that stands on the desktop.
type shownNotice struct {
	conversation inbox.Key // what a click opens; "" for several
	unread       bool      // something in there was unread since
}

var _ notify.Desk = (*noticeDesk)(nil)

// Show implements notify.Desk.
func (d *noticeDesk) Show(ctx context.Context, n notify.Notice) (inbox.NotificationOutcome, inbox.NotificationReason) {
	system := d.app.opt.Desktop
	if system == nil {
		if d.app.hub.anyWindow() {
			return inbox.OutcomeShown, inbox.ReasonWindow
		}
		return inbox.OutcomeFailed, inbox.ReasonNoDesktop
	}
	d.put(n.Slot, n.Conversation)
	if err := system.Show(ctx, d.notice(n)); err != nil {
		d.drop(n.Slot)
		return inbox.OutcomeFailed, d.failed(err)
	}
	if system.Health(ctx).DoNotDisturb {
		return inbox.OutcomeShown, inbox.ReasonDoNotDisturb
	}
	return inbox.OutcomeShown, inbox.ReasonNone
}

func (d *noticeDesk) failed(err error) inbox.NotificationReason {
	d.app.log.Warn("desktop notification", "error", err.Error())
	if errors.Is(err, desktop.ErrNoPermission) {
		return inbox.ReasonNoPermission
	}
	return inbox.ReasonSystemFailed
}

// notice adds what can be done about one conversation (R17).
func (d *noticeDesk) notice(n notify.Notice) desktop.Notice {
	out := desktop.Notice{Slot: n.Slot, Title: n.Title, Body: n.Body, Sound: n.Sound}
	if n.Conversation == "" || d.app.outside() != "" {
		return out
	}
	out.Reply, out.ReplyHint = d.app.inWords("Reply"), d.app.inWords("Your answer")
	if !n.Mine && n.CanAssign {
		out.Actions = append(out.Actions, desktop.Action{ID: desktop.ActionAssign, Label: d.app.inWords("Assign to me")})
	}
	out.Actions = append(out.Actions, desktop.Action{ID: desktop.ActionClose, Label: d.app.inWords("Close conversation")})
	return out
}

// Withdraw implements notify.Desk.
func (d *noticeDesk) Withdraw(slot string) {
	d.drop(slot)
	if d.app.opt.Desktop != nil {
		d.app.opt.Desktop.Withdraw(slot)
	}
}

// maxShown bounds what is remembered of notifications that nobody clicks.
const maxShown = 1000

func (d *noticeDesk) put(slot string, conversation inbox.Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown == nil || len(d.shown) >= maxShown {
		d.shown = map[string]*shownNotice{}
	}
	d.shown[slot] = &shownNotice{conversation: conversation}
	d.app.noticeKeeper.poke()
}

func (d *noticeDesk) drop(slot string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.shown, slot)
}

// conversations gives what is shown of single conversations: slot and id.
func (d *noticeDesk) conversations() map[string]inbox.Key {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string]inbox.Key{}
	for slot, notice := range d.shown {
		if notice.conversation != "" {
			all[slot] = notice.conversation
		}
	}
	return all
}

// wasRead is told whether something is unread in a slot's conversation, and
// says whether that ended. One that was read when it was assigned stays.
func (d *noticeDesk) wasRead(slot string, unread bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	notice := d.shown[slot]
	if notice == nil {
		return false
	}
	ended := notice.unread && !unread
	notice.unread = unread
	return ended
}

// opens gives what a click on a slot opens; "" for several.
func (d *noticeDesk) opens(slot string) inbox.Key {
	d.mu.Lock()
	defer d.mu.Unlock()
	if notice := d.shown[slot]; notice != nil {
		return notice.conversation
	}
	if slices.Contains([]string{notify.SlotDigest, testSlot, ownSlot}, slot) {
		return ""
	}
	return inbox.Key(slot) // of an earlier start
}
