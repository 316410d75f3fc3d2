package inbox

import "time"

// PermitAt says whether a message may be sent at a moment of the provider's
// clock (R29). The outbox asks right before each attempt, also of what a person
// told it to try again: what outlived its window is refused, never sent late,
// and never turned into something else.
//
// A template goes on WhatsApp whenever it is sent. A tick "written by me" is of
// use only when it is needed: within 24 hours an answer is an ordinary one.
func PermitAt(f WindowFacts, s Sending, now time.Time) Permit {
	if s.Template {
		return templatePermit(f.Kind)
	}
	w := WindowAt(f, now)
	switch {
	case w.Mode == ModeFree:
		return Permit{Until: w.Ends}
	case w.Mode == ModeHumanAgent && s.HumanAgent:
		return Permit{Until: w.Ends, HumanAgent: true}
	}
	return Permit{Refused: refusal(f, w.Mode)}
}

func templatePermit(kind ChannelKind) Permit {
	switch kind {
	case WhatsApp:
		return Permit{}
	case Messenger:
		return Permit{Refused: "This is a WhatsApp template, and Messenger takes none. Write the answer yourself."}
	case Email:
		return Permit{Refused: "This is a WhatsApp template, and e-mail takes none. Write the answer yourself."}
	}
	return Permit{Refused: ComposerUnknownKind.Sentence(kind)}
}

// refusal says what happened and what can be done instead.
func refusal(f WindowFacts, mode ComposerMode) string {
	switch {
	case f.Kind != WhatsApp && f.Kind != Messenger:
		return ComposerUnknownKind.Sentence(f.Kind)
	case f.LastInbound.IsZero() && f.Kind == WhatsApp:
		return "This was not sent: the contact has not written yet. Send a template instead, or wait until they write."
	case f.LastInbound.IsZero():
		return "This was not sent: the contact has not written yet, and on Messenger only they can begin."
	case f.Kind == WhatsApp:
		return "The reply window ended before this was sent. Send a template instead, or wait until the contact writes again."
	case mode == ModeHumanAgent:
		return "The 24 hours for free answers ended before this was sent. Write it again and tick that you wrote it yourself, or wait until the contact writes again."
	}
	return "The reply window ended before this was sent. Nothing can be sent until the contact writes again."
}
