package teamlog

import (
	"encoding/json"
	"errors"
	"time"

	"postvak/backend/inbox"
)

const (
	maxWork   = 300
	maxResult = 4 << 10
	maxLease  = 60 * 60 // seconds: who holds work and does nothing is waited for
)

// Claim takes a piece of work that one desktop of the team is to do: the
// first claim of it in the log has it. Clocks decide when to try, the log
// decides who won.
type Claim struct {
	Work  string `json:"work"`
	Lease int    `json:"lease"` // seconds after which others may take it over
}

// Kind implements Event.
func (*Claim) Kind() string { return "claim" }

// Validate implements Event.
func (c *Claim) Validate() error {
	if c.Work == "" || len(c.Work) > maxWork || c.Lease <= 0 || c.Lease > maxLease {
		return errors.New("claim: the work and a lease of at most an hour are needed")
	}
	return nil
}

func (c *Claim) admit(t *Team, d *Decision) Reason {
	if t.claims.get(c.Work) != nil {
		return Taken
	}
	t.claims.begin(&ClaimState{
		Work: c.Work, Holder: d.Author, Device: d.Device, Record: d.ID, N: d.N, At: d.At, Began: d.At, Lease: c.Lease,
	})
	return Admitted
}

// Takeover takes work over from the claim it names: after its lease passed
// without it being done, or one's own to renew it. It is void when somebody
// else was faster or the work is done.
type Takeover struct {
	Work string `json:"work"`
	Of   string `json:"of"` // ClaimState.Record
}

// Kind implements Event.
func (*Takeover) Kind() string { return "takeover" }

// Validate implements Event.
func (c *Takeover) Validate() error {
	if c.Work == "" || c.Of == "" || len(c.Work) > maxWork {
		return errors.New("takeover: the work and its claim are needed")
	}
	return nil
}

func (c *Takeover) admit(t *Team, d *Decision) Reason {
	claim := t.claims.get(c.Work)
	switch {
	case claim == nil:
		return NotFound
	case claim.Done || claim.Record != c.Of:
		return Taken
	}
	claim.Of, claim.Record = claim.Record, d.ID
	claim.Holder, claim.Device, claim.N, claim.At = d.Author, d.Device, d.N, d.At
	return Admitted
}

// Done ends work, with what became of it. Only the desktop that holds the
// work, by the claim it names; the same desktop may say again, later, what
// became of it.
type Done struct {
	Work   string          `json:"work"`
	Of     string          `json:"of"` // ClaimState.Record
	State  string          `json:"state,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// Kind implements Event.
func (*Done) Kind() string { return "done" }

// Validate implements Event.
func (c *Done) Validate() error {
	if c.Work == "" || c.Of == "" || len(c.Work) > maxWork || len(c.State) > maxName || len(c.Result) > maxResult {
		return errors.New("done: the work and its claim are needed")
	}
	return nil
}

func (c *Done) admit(t *Team, d *Decision) Reason {
	claim := t.claims.get(c.Work)
	switch {
	case claim == nil:
		return NotFound
	case claim.Record != c.Of || claim.Holder != d.Author || claim.Device != d.Device:
		return Taken
	}
	t.claims.finish(claim)
	claim.State, claim.Result = c.State, compact(c.Result)
	return Admitted
}

// ClaimState is a piece of work and who has it. Its names in a state are short:
// there are thousands.
type ClaimState struct {
	Work   string          `json:"w"`
	Holder inbox.MemberID  `json:"m"`
	Device string          `json:"d"`
	Record string          `json:"r"`           // id of the claim or takeover that counts
	N      uint64          `json:"n"`           // its place in the log: it grows with every takeover
	At     time.Time       `json:"a"`           // when, by the holder's clock
	Of     string          `json:"o,omitempty"` // what it took over; "" for a claim
	Began  time.Time       `json:"b"`           // when the work was first claimed, by that desktop's clock
	Lease  int             `json:"l"`           // seconds
	Done   bool            `json:"-"`
	State  string          `json:"s,omitempty"`
	Result json.RawMessage `json:"x,omitempty"`
}

// Claim tells who has a piece of work.
func (t *Team) Claim(work string) (ClaimState, bool) {
	if c := t.claims.get(work); c != nil {
		return *c, true
	}
	return ClaimState{}, false
}
