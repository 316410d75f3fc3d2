package outbox

import (
	"fmt"
	"time"

	"postvak/backend/inbox"
)

// What a person reads. The provider's own words follow where there are any.
const (
	askMail = "It is not known whether this message was sent: the connection was lost before the mail server answered, " +
		"and no copy of it is in the Sent folder. Ask the recipient, or look at the mail server; then mark it as sent or try again."
	lookingMail      = "The connection was lost before the mail server answered. Postvak is looking in the Sent folder whether it was sent."
	lookingMailFails = lookingMail + " %s"
	askMoved         = "This message waited to be sent when the backup was made, and no copy of it was found. " +
		"Look whether the other computer sent it; then mark it as sent or try again."
	lookingMoved = "This message came with a backup. Postvak is looking whether the other computer sent it."
	againMail    = "Before it is sent again, the Sent folder has to be looked at. %s"
	askChat      = "It is not known whether this message was sent: the connection was lost before the provider answered, " +
		"and the provider's list of messages does not show it. Ask the contact; then mark it as sent or try again."
	overChat = "It is not known whether this message was sent: the provider's list of messages does not show it, " +
		"and its reply window is over, so it is not sent again. Ask the contact; then mark it as sent or give it up."
	claimedChat = "It is not known whether this message was sent: the connection was lost before the provider answered. " +
		"The provider's list of messages shows one that is the same, and a colleague's computer says that it sent that one. " +
		"Ask the contact; then mark it as sent or try again."
	unsureChat = "It is not known whether this message was sent: the connection was lost before the provider answered, " +
		"and the provider no longer tells what was written in the conversation then. Ask the contact; then mark it as sent or try again."
	lookingChat      = "The connection was lost before the provider answered. Postvak is looking in the provider's list of messages whether it was sent."
	lookingChatFails = lookingChat + " %s"
	againChat        = "Before it is sent again, the provider's list of messages has to be looked at. %s"

	refusedInDoubt = "It was refused when it was sent again, and it is not known whether it was sent before. " +
		"Ask the recipient; then mark it as sent, try again or give it up. %s"

	windowTurned = "The reply window changed while it was being sent. It is tried again."

	offlineText = "You are offline. It is sent by itself when you are back."
	behindText  = "It waits for the message before it to the same person, so that they arrive in order."
	noChannel   = "Its channel is not connected. Connect the channel again to send it."
	lostBytes   = "The stored message can no longer be read. Write it again."
)

// sentences are those that differ by where a provider shows what was sent.
type sentences struct{ ask, looking, lookingFails, again string }

func sayings(o inbox.Outgoing) sentences {
	s := sentences{askMail, lookingMail, lookingMailFails, againMail}
	if o.Key.Chat() {
		s = sentences{askChat, lookingChat, lookingChatFails, againChat}
	}
	if o.CameAlong() {
		s.ask, s.looking, s.lookingFails = askMoved, lookingMoved, lookingMoved+" %s"
	}
	return s
}

// recovered is a stored message as a starting program must take it: nothing of
// one that was still sending was handed over, since it becomes unknown first.
func recovered(o inbox.Outgoing, now time.Time) inbox.Outgoing {
	switch o.State {
	case inbox.OutSending:
		o.State, o.Reason, o.NextTry = inbox.OutQueued, "", time.Time{}
	case inbox.OutQueued, inbox.OutSent:
		o.NextTry = time.Time{} // a start is a good moment to try
	case inbox.OutUnknown:
		o.Reason = sayings(o).looking
	case inbox.OutFiled, inbox.OutFailed, inbox.OutAsk: // nothing goes on by itself
	}
	if o.NextTry.After(now.Add(maxPause)) { // the clock was set back meanwhile
		o.NextTry = now
	}
	return o
}

// handing is a message just before its last byte goes out. From here on attempts
// are looks: how often it was put off before must not count as one (R34).
func handing(o inbox.Outgoing) inbox.Outgoing {
	o.State, o.Reason, o.Attempts = inbox.OutUnknown, sayings(o).looking, 0
	o.Doubt++
	return o
}

// after is what an attempt's answer makes of a message. The answer says nothing of
// the attempts before it: only one that was accepted ends a doubt about those.
func after(o inbox.Outgoing, r inbox.SendResult, now time.Time, pause func(int) time.Duration) inbox.Outgoing {
	o.Reason, o.Detail = r.Reason, r.Detail
	switch r.Outcome {
	case inbox.Accepted:
		return accepted(o, r.ProviderID, now)
	case inbox.Outlived:
		return outlived(o, r.Reason)
	case inbox.Refused:
		return refused(o, r.Reason)
	case inbox.Later:
		o.State = inbox.OutQueued
		o.Attempts++
		o.NextTry = now.Add(pause(o.Attempts))
		if r.After > 0 {
			o.NextTry = now.Add(leaveAlone(r.After))
		}
	default:
		o = handing(o)
		o.NextTry = now.Add(lookUps[0])
	}
	return o
}

const longestQuiet = time.Hour

// leaveAlone bounds what a provider asks for: a mistaken one must not stop a
// channel for days, nor have it ask without a pause.
func leaveAlone(d time.Duration) time.Duration { return min(max(d, time.Second), longestQuiet) }

// refused is a message that failed, unless an attempt before that one may not have.
func refused(o inbox.Outgoing, why string) inbox.Outgoing {
	if o.Doubt > 0 {
		return asking(o, fmt.Sprintf(refusedInDoubt, why))
	}
	o.State, o.NextTry = inbox.OutFailed, time.Time{}
	return o
}

// outlived is a message whose reply window is over, and of which nothing went
// out in this attempt (R29). Of one before it that may still be unknown.
func outlived(o inbox.Outgoing, why string) inbox.Outgoing {
	if o.Doubt > 0 {
		why = overChat
	}
	o.State, o.Reason, o.NextTry, o.Attempts = inbox.OutAsk, why, time.Time{}, 0
	return o
}

func accepted(o inbox.Outgoing, providerID string, now time.Time) inbox.Outgoing {
	o.State, o.Reason, o.Detail, o.SentAt = inbox.OutSent, "", "", now
	if providerID != "" {
		o.ProviderID = providerID
	}
	o.Attempts, o.NextTry, o.Doubt = 0, time.Time{}, 0
	return o
}

// notFound is what becomes of an unknown message after one more look that did
// not show it. A chat's provider lists all that it took, so in the end it goes
// again by itself, once: a second time, the list may be what is wrong. A Sent
// folder proves nothing, and a person is asked; also where something speaks
// against sending it again: the list does not tell all, or has one of the same
// content that a colleague claims.
func notFound(o inbox.Outgoing, against string, now time.Time) inbox.Outgoing {
	o.Attempts++
	if o.Attempts < len(lookUps) {
		o.Reason, o.NextTry = sayings(o).looking, now.Add(lookUps[o.Attempts])
		return o
	}
	switch {
	case against != "":
		return asking(o, against)
	case o.Key.Chat() && o.Doubt <= 1:
		o.State, o.Reason, o.NextTry, o.Attempts = inbox.OutQueued, "", time.Time{}, 0
		return o
	}
	return asking(o, sayings(o).ask)
}

// asking is a message that waits for a person's word.
func asking(o inbox.Outgoing, why string) inbox.Outgoing {
	o.State, o.Reason, o.NextTry = inbox.OutAsk, why, time.Time{}
	return o
}

// due is when something is to be done about a message; zero: nothing is.
func due(o inbox.Outgoing) time.Time {
	switch o.State {
	case inbox.OutQueued, inbox.OutUnknown, inbox.OutSent:
	default:
		return time.Time{}
	}
	at := o.NextTry
	if o.State == inbox.OutQueued && o.NotBefore.After(at) {
		at = o.NotBefore
	}
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return at
}
