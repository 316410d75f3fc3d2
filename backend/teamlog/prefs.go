package teamlog

import (
	"bytes"
	"encoding/json"
	"errors"

	"postvak/backend/inbox"
)

const maxValue = 16 << 10

// Prefs are the author's own wishes that teammates' desktops act on too, such
// as e-mail alerts and quiet hours. The log does not look inside.
type Prefs struct {
	Value json.RawMessage `json:"value"`
}

// Kind implements Event.
func (*Prefs) Kind() string { return "prefs" }

// Validate implements Event.
func (p *Prefs) Validate() error {
	if len(p.Value) == 0 || len(p.Value) > maxValue {
		return errors.New("prefs: a value of at most 16 kB is needed")
	}
	return nil
}

func (p *Prefs) admit(t *Team, d *Decision) Reason {
	t.prefs[d.Author] = compact(p.Value)
	return Admitted
}

// compact drops white space that means nothing, so that a state has one form.
func compact(value json.RawMessage) json.RawMessage {
	var tight bytes.Buffer
	if json.Compact(&tight, value) != nil {
		return nil
	}
	return tight.Bytes()
}

// Prefs gives what a member wishes, nil when they never said.
func (t *Team) Prefs(member inbox.MemberID) json.RawMessage { return t.prefs[member] }
