package desktop

import "github.com/godbus/dbus/v5"

// The protocol's keys with a meaning of their own. keyReply is Plasma's.
const (
	keyDefault = "default"
	keyReply   = "inline-reply"
)

// soundNames are the tones by the names of freedesktop.org's sound themes.
var soundNames = map[string]string{"tick": "message-new-instant", "chime": "complete", "low": "bell"}

// asked is a notice as a server is asked for it.
type asked struct {
	replaces    uint32
	title, body string
	actions     []string // key, label, key, label …
	keys        map[string]string
	hints       map[string]dbus.Variant
}

// request puts a notice into what a server understands.
func request(n Notice, s server, replaces uint32) asked {
	a := asked{replaces: replaces, keys: map[string]string{}, hints: map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(desktopEntry),
		"image-data":    iconHint(),
		"urgency":       dbus.MakeVariant(byte(1)), // normal
	}}
	a.title, a.body = plain(n.Title, n.Body)
	if s.can("body-markup") {
		a.body = outOfMarkup.Replace(a.body)
	}
	a.buttons(n, s)
	if s.can("sound") {
		a.soundHint(n.Sound)
	}
	return a
}

// buttons names what can be clicked. The answer has a field where the server has
// one, else a button.
func (a *asked) buttons(n Notice, s server) {
	if !s.can("actions") {
		return
	}
	a.button(keyDefault, ActionOpen, appName)
	switch {
	case n.Reply == "":
	case s.can(keyReply):
		a.button(keyReply, ActionReply, n.Reply)
		a.hints["x-kde-reply-submit-button-text"] = dbus.MakeVariant(plainLabel(n.Reply))
		if n.ReplyHint != "" {
			a.hints["x-kde-reply-placeholder-text"] = dbus.MakeVariant(plainLabel(n.ReplyHint))
		}
	default:
		a.button(ActionReply, ActionReply, n.Reply)
	}
	for _, action := range n.Actions {
		a.button(action.ID, action.ID, action.Label)
	}
}

func (a *asked) button(key, action, label string) {
	if _, taken := a.keys[key]; taken || key == "" {
		return
	}
	a.keys[key] = action
	a.actions = append(a.actions, key, plainLabel(label))
}

func (a *asked) soundHint(tone string) {
	if name, ok := soundNames[tone]; ok {
		a.hints["sound-name"] = dbus.MakeVariant(name)
	} else {
		a.hints["suppress-sound"] = dbus.MakeVariant(true)
	}
}

// args are Notify's, in the protocol's order.
func (a *asked) args() []any {
	const serverDecides = int32(-1) // how long it stays
	actions := a.actions
	if actions == nil {
		actions = []string{}
	}
	return []any{appName, a.replaces, "", a.title, a.body, actions, a.hints, serverDecides}
}
