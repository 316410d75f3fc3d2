package desktop

import (
	"strings"

	"github.com/godbus/dbus/v5"
)

// replyLimit is how long an answer may be that is taken from a notification.
const replyLimit = 64 << 10

// heard takes a signal. Anybody on the bus may send us one of any name: what
// counts is who sent it, which the bus itself says.
func (l *onLinux) heard(signal *dbus.Signal) {
	if signal.Sender == busName {
		l.ownerChanged(signal)
		return
	}
	id, text, ok := numbered(signal.Body)
	n, known := l.screen.notices[id]
	if !ok || !known || n.owner != signal.Sender {
		return
	}
	switch signal.Name {
	case serverName + ".ActionInvoked":
		if action, offered := n.keys[text]; offered {
			l.answer(Answer{Slot: n.slot, Action: action})
		}
	case serverName + ".NotificationReplied":
		if action, offered := n.keys[keyReply]; offered {
			l.answer(Answer{Slot: n.slot, Action: action, Text: replyText(text)})
		}
	case serverName + ".NotificationClosed": // for whatever reason: it is no click
		l.screen.remove(id)
	}
}

// numbered reads a signal that begins with a notification's number; what else it
// has may be a text.
func numbered(body []any) (id uint32, text string, ok bool) {
	if len(body) < 2 {
		return 0, "", false
	}
	id, ok = body[0].(uint32)
	text, _ = body[1].(string)
	return id, text, ok
}

// replyText is what a person typed; "" when it is nothing or so long that nobody
// typed it: the window asks again then.
func replyText(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if len(text) > replyLimit {
		return ""
	}
	return text
}

// ownerChanged hears that a name changed hands.
func (l *onLinux) ownerChanged(signal *dbus.Signal) {
	if signal.Name != busName+".NameOwnerChanged" || len(signal.Body) != 3 {
		return
	}
	name, _ := signal.Body[0].(string)
	before, _ := signal.Body[1].(string)
	after, _ := signal.Body[2].(string)
	switch {
	case name == serverName && before != "" && before == l.server.owner:
		l.server = server{}
		l.screen.clear()
	case name == dockName && after != "": // a dock that was not there when it was said
		l.badge = 0
		l.settle()
	}
}

// answer hands an answer on, or drops it: nobody reads.
func (l *onLinux) answer(a Answer) {
	select {
	case l.answers <- a:
	default:
		l.log.Warn("an answer to a notification was dropped: nobody reads them", "action", a.Action)
	}
}
