package inbox

import (
	"fmt"
	"time"
)

// ComposerFacts is all that the composer's mode follows from.
type ComposerFacts struct {
	WindowFacts
	Now time.Time // by the provider's clock
	// Barred: nobody at this desktop may write here at all; its caller says why.
	Barred    bool
	Connected bool // the channel is one of the team's
	Online    bool // the provider is within reach
}

// ComposerReason says why a composer's mode is not simply free. To a person it
// is a Sentence.
type ComposerReason string

// The reasons.
const (
	ComposerOpen         ComposerReason = ""               // write
	ComposerBarred       ComposerReason = "barred"         // not a member of the team, or no more
	ComposerDisconnected ComposerReason = "disconnected"   // the channel is gone
	ComposerUnknownKind  ComposerReason = "unknown_kind"   // a newer version's channel
	ComposerOffline      ComposerReason = "offline"        // it waits in the outbox
	ComposerNeverWrote   ComposerReason = "never_wrote"    // no window ever opened
	ComposerEnded        ComposerReason = "window_ended"   // it did, and is over
	ComposerByHand       ComposerReason = "by_hand"        // Messenger: a person's words, ticked
	ComposerNoHumanAgent ComposerReason = "no_human_agent" // … which this page may not send
)

// Composing is what a composer offers now. Ends and Next are as in ReplyWindow,
// and zero where nothing may be written for another reason than the window.
type Composing struct {
	Mode   ComposerMode
	Ends   time.Time
	Next   ComposerMode
	Reason ComposerReason
}

// DecideComposer says what may be written in a conversation now (R27, R28).
// What is not free stays what it is without a network: a template is chosen and
// waits. What is free then waits too, and says so; the outbox looks at the
// window again when it sends (PermitAt).
func DecideComposer(f ComposerFacts) Composing {
	switch {
	case f.Barred:
		return Composing{Mode: ModeBlocked, Reason: ComposerBarred}
	case !f.Connected:
		return Composing{Mode: ModeBlocked, Reason: ComposerDisconnected}
	}
	w := WindowAt(f.WindowFacts, f.Now)
	c := Composing{Mode: w.Mode, Ends: w.Ends, Next: w.Next, Reason: f.windowReason(w.Mode)}
	if !f.Online && (w.Mode == ModeFree || w.Mode == ModeHumanAgent) {
		c.Mode, c.Reason = ModeQueueOnly, ComposerOffline
	}
	return c
}

// windowReason is why the window lets one write no more than mode.
func (f ComposerFacts) windowReason(mode ComposerMode) ComposerReason {
	switch {
	case mode == ModeFree:
		return ComposerOpen
	case f.Kind != WhatsApp && f.Kind != Messenger:
		return ComposerUnknownKind
	case f.LastInbound.IsZero():
		return ComposerNeverWrote
	case mode == ModeHumanAgent:
		return ComposerByHand
	case f.Kind == Messenger && !f.HumanAgent && f.Now.Before(f.LastInbound.Add(HumanAgentFor)):
		return ComposerNoHumanAgent
	}
	return ComposerEnded
}

// Sentence is the reason to a person who writes on a kind of channel; "" for
// the two that need none from here.
func (r ComposerReason) Sentence(kind ChannelKind) string {
	switch r {
	case ComposerOpen, ComposerBarred:
		return ""
	case ComposerDisconnected:
		if kind == Email {
			return "This mailbox is not connected any more."
		}
		return "This channel is not connected any more."
	case ComposerUnknownKind:
		return "A newer version of Postvak connected this channel. Update Postvak to write here."
	case ComposerOffline:
		if kind == Email {
			return "You are offline: what you send goes when the mailbox is reached again."
		}
		return fmt.Sprintf("%s cannot be reached: what you send waits, and goes if the reply window is still open then.", kind.provider())
	case ComposerNoHumanAgent:
		return "The reply window has ended: nothing can be sent until the contact writes again. Pages to which Meta granted “Human Agent” may answer for 7 days; an admin says so in Settings."
	case ComposerByHand:
		return "The 24 hours for free answers have ended. Until 7 days after the contact's last message you may still answer in your own words, without advertising."
	case ComposerNeverWrote, ComposerEnded:
	}
	return endedSentence(r, kind)
}

func endedSentence(r ComposerReason, kind ChannelKind) string {
	switch never := r == ComposerNeverWrote; {
	case never && kind == WhatsApp:
		return "This contact has not written yet: until they do, WhatsApp takes only an approved template."
	case never:
		return "This contact has not written yet: on Messenger only they can begin."
	case kind == WhatsApp:
		return "The reply window has ended: until the contact writes again, WhatsApp takes only an approved template."
	}
	return "The reply window has ended: Messenger takes nothing until the contact writes again."
}

// provider is what people call the kind's provider.
func (k ChannelKind) provider() string {
	switch k {
	case WhatsApp:
		return "WhatsApp"
	case Messenger:
		return "Messenger"
	case Email:
	}
	return "The mailbox"
}
