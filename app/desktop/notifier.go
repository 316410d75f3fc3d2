package desktop

import (
	"context"
	"errors"
)

// The actions of an Answer. Open is a click on the notice itself; the others
// are buttons.
const (
	ActionOpen   = "open"
	ActionReply  = "reply"
	ActionAssign = "assign"
	ActionClose  = "close"
)

// Notice is what to show. Title and Body are text, never markup: each system is
// given what it takes for that text.
type Notice struct {
	// Slot is the place it is shown in: a later notice of the same slot takes
	// the place of the earlier one. "" has no place and is never withdrawn.
	Slot  string
	Title string
	Body  string
	// Actions become buttons, in this order, where the system has them. A click
	// on the notice itself is always ActionOpen and needs none here.
	Actions []Action
	// Reply is the label of the way to answer; "" offers none. Where the system
	// has a field for it, the Answer carries the text; elsewhere it is a button
	// whose Answer has no text. It needs no Action of its own.
	Reply string
	// ReplyHint stands in the empty field, where there is one.
	ReplyHint string
	// Sound is the tone to show it with: "tick", "chime" or "low"; "" is
	// silent. Windows and macOS decide by their own settings.
	Sound string
}

// Action is a button.
type Action struct{ ID, Label string }

// Answer is what a person did with a notice. Dismissing it, or its time having
// passed, is none.
type Answer struct {
	Slot   string
	Action string // ActionOpen or the ID of the Action pressed
	Text   string // of ActionReply, "" where the system has no field for it
}

// ErrNoPermission is Show's error when the system does not let the program show
// anything: asking again is of no use until a person changes that.
var ErrNoPermission = errors.New("the system does not permit notifications")

// Notifier shows notices. It may be used by several goroutines.
type Notifier interface {
	// Show shows a notice, in the place of what its slot showed. It returns when
	// the system has taken it, within five seconds or when ctx ends. It does not
	// try again by itself, except once where the system's server began anew.
	Show(ctx context.Context, n Notice) error
	// Withdraw takes away what a slot shows. Nothing there is no error, and so
	// is a system that cannot. It does not wait.
	Withdraw(slot string)
	// Answers gives what people do. It is closed by Close. Whoever does not read
	// it loses the later ones, and nothing waits for them.
	Answers() <-chan Answer
	// Health says how things are now, within three seconds.
	Health(ctx context.Context) Health
	// Close ends it and waits for what it does. What is shown stays. Closing
	// twice is closing once.
	Close()
}

// Health is how a system's notifications are.
type Health struct {
	Name      string // what the server calls itself, "" when it does not say
	Running   bool   // it is there, or comes when it is called
	Permitted bool   // as far as the system says
	// DoNotDisturb says that the person asked the system for silence. Where that
	// cannot be asked it is false.
	DoNotDisturb bool
	Actions      bool // it has buttons, and a click is heard
	InlineReply  bool // it has a field to answer in
	// Why says in the system's words what is wrong, for a helper; it is not for
	// translation.
	Why string
}
