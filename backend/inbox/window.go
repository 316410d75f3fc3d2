package inbox

import "time"

// ComposerMode says what may be written in a conversation now. Its values are
// part of the outer contract.
type ComposerMode string

// The modes. Free: anything the channel carries. TemplateOnly: an approved
// template. HumanAgent: only what a person wrote, with their word that it is no
// advertising. Blocked: nothing. QueueOnly: what is free now, but the provider
// cannot be reached; it waits, and the window is checked again (R29).
const (
	ModeFree         ComposerMode = "free"
	ModeTemplateOnly ComposerMode = "template_only"
	ModeHumanAgent   ComposerMode = "human_agent"
	ModeBlocked      ComposerMode = "blocked"
	ModeQueueOnly    ComposerMode = "queue_only"
)

// WindowFacts is all that the rule of reply windows looks at (R27).
type WindowFacts struct {
	Kind ChannelKind
	// LastInbound is when the contact last wrote, by the provider's clock; zero:
	// never.
	LastInbound time.Time
	// HumanAgent says that the page may answer as a human agent (Messenger).
	HumanAgent bool
}

// ReplyWindow is what the provider lets a business write for a while.
type ReplyWindow struct {
	Mode ComposerMode
	Ends time.Time    // when Mode ends; zero: it does not end by itself
	Next ComposerMode // what comes then; "" when it does not end
}

// The lengths of reply windows, counted from the contact's last message (R27).
// The last instant is out: 24:00:00 after it a free answer is too late.
const (
	FreeFor       = 24 * time.Hour     // WhatsApp, and Messenger's RESPONSE
	HumanAgentFor = 7 * 24 * time.Hour // Messenger's HUMAN_AGENT
)

// FreeUntil is when the free window ends that the contact's last message
// opened, ended or not; zero where none ends: e-mail, and a contact who never
// wrote.
func (f WindowFacts) FreeUntil() time.Time {
	if f.LastInbound.IsZero() || f.Kind != WhatsApp && f.Kind != Messenger {
		return time.Time{}
	}
	return f.LastInbound.Add(FreeFor)
}

// WindowAt says what may be written at a moment of the provider's clock (R27).
// A last message from the future, of a clock that was set back, opens its own
// 24 hours and no more. Nothing may be written on a kind of channel that this
// version does not know.
func WindowAt(f WindowFacts, now time.Time) ReplyWindow {
	switch f.Kind {
	case Email:
		return ReplyWindow{Mode: ModeFree}
	case WhatsApp:
		if end := f.FreeUntil(); now.Before(end) {
			return ReplyWindow{Mode: ModeFree, Ends: end, Next: ModeTemplateOnly}
		}
		return ReplyWindow{Mode: ModeTemplateOnly}
	case Messenger:
		return messengerWindow(f, now)
	}
	return ReplyWindow{Mode: ModeBlocked}
}

func messengerWindow(f WindowFacts, now time.Time) ReplyWindow {
	if f.LastInbound.IsZero() {
		return ReplyWindow{Mode: ModeBlocked}
	}
	after := ReplyWindow{Mode: ModeBlocked}
	if end := f.LastInbound.Add(HumanAgentFor); f.HumanAgent && now.Before(end) {
		after = ReplyWindow{Mode: ModeHumanAgent, Ends: end, Next: ModeBlocked}
	}
	if end := f.FreeUntil(); now.Before(end) {
		return ReplyWindow{Mode: ModeFree, Ends: end, Next: after.Mode}
	}
	return after
}

// Sending is what the rules look at of a message to be sent.
type Sending struct {
	Template   bool // goes as an approved template
	HumanAgent bool // a person ticked "written by me, no advertising"
}

// Permit is what the rules say of a message at the moment in which it is to be
// sent (R29).
type Permit struct {
	// Refused is why it must not go now, as a sentence for a person; "" lets it.
	Refused string
	// Until is when the window ends in which it goes; zero: none ends.
	Until time.Time
	// HumanAgent says that it must go as a human agent's.
	HumanAgent bool
}

// Template is a message that a provider approved for writing to contacts
// outside of the window.
type Template struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Language  string   `json:"language"`
	Body      string   `json:"body"`      // with {{1}} or {{name}} where variables go
	Variables []string `json:"variables"` // of body and Extra, in their order, without braces
	Approved  bool     `json:"approved"`
	// State is the provider's word for how far its approval is, in lower case,
	// and Reason its words for a refusal.
	State    string `json:"state"`
	Reason   string `json:"reason"`
	Category string `json:"category"`
	// HasMedia says that it carries a picture or a file.
	HasMedia bool `json:"hasMedia"`
	// Extra is what the contact gets beside the body, line by line: header, footer,
	// buttons and where they lead, with their variables as in the body.
	Extra []string `json:"extra"`
}
