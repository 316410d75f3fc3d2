package inbox

import "time"

// OutgoingState is where an outgoing message stands. It says what is known,
// and is stored before the act that makes it true (R34).
type OutgoingState string

// queued → sending → unknown → sent → filed is the way of a message that goes
// well: it is unknown from just before the last byte is handed over until the
// provider has answered. A program that is killed while a message is sending
// may send it again; one that is unknown is looked up, and sent again only where
// its provider lists all that it took and does not show it, or on a person's word.
const (
	OutQueued  OutgoingState = "queued"
	OutSending OutgoingState = "sending"
	OutUnknown OutgoingState = "unknown"
	OutSent    OutgoingState = "sent"  // the provider has it; a copy is still to be filed
	OutFiled   OutgoingState = "filed" // nothing is left to do
	OutFailed  OutgoingState = "failed"
	OutAsk     OutgoingState = "needs_attention"
)

// Outgoing is one message in the outbox. Its bytes are frozen and kept beside
// it (Rendered); everything else here changes as it goes.
type Outgoing struct {
	Key       Key // of the message in its conversation; the outbox's key too
	Channel   ChannelID
	MessageID string
	State     OutgoingState
	Reason    string    // one sentence for a person: why it waits, failed or asks
	Queued    time.Time // one channel's messages go in this order
	NotBefore time.Time // undo-send: nothing happens before
	NextTry   time.Time // of sending, looking up or filing; zero: now
	Attempts  int       // of what is being tried, since it last went well
	// Doubt counts how often it was not known whether the message was sent. It
	// stays until that is known: the provider is asked again before any further
	// attempt.
	Doubt  int
	SentAt time.Time // when the provider took it
	// ProviderID is the id that the provider gave it, stored with the state that
	// says that it was sent; "" where its own MessageID goes on being its name.
	ProviderID string
	// Detail is the provider's own code for why it waits, failed or asks.
	Detail string
}

// Shown is the state a person sees (Composer.Outbox, and the message's own).
func (o Outgoing) Shown() State {
	switch o.State {
	case OutQueued:
		return StateQueued
	case OutSending, OutUnknown:
		return StateSending
	case OutFailed:
		return StateFailed
	case OutAsk:
		return StateNeedsAttention
	default:
		return StateSent
	}
}
