package inbox

import "time"

// doubtMoved is the least Doubt of a message that came with a restored backup:
// the computer on which it was written may have sent it since.
const doubtMoved = 1 << 20

// CameAlong says whether a message that waits came with a restored backup.
func (o Outgoing) CameAlong() bool { return o.Doubt >= doubtMoved }

// Moved is a message of an outbox that was restored on another computer. What
// was not surely sent is unknown now: it is looked for, and asks a person when
// it is not found. What failed or asked goes on asking, so that it is looked for
// when somebody tries it again. Moving again changes nothing.
func (o Outgoing) Moved() Outgoing {
	if o.CameAlong() {
		return o
	}
	switch o.State {
	case OutQueued, OutSending, OutUnknown:
		o.State, o.Attempts, o.NextTry, o.NotBefore = OutUnknown, 0, time.Time{}, time.Time{}
	case OutFailed, OutAsk:
		o.State, o.NextTry = OutAsk, time.Time{}
	case OutSent, OutFiled:
		return o
	}
	o.Doubt += doubtMoved
	return o
}
