package teamlog

import "slices"

// maxClaims is how many pieces of work are remembered, done and not done each:
// the newest.
const maxClaims = 20_000

// claims are the pieces of work that the log knows of.
type claims struct {
	byWork map[string]*ClaimState
	open   []*ClaimState // in the order of being claimed; done ones are dropped now and then
	undone int           // how many in open are not done
	done   []*ClaimState // in the order of being done
}

func newClaims() claims { return claims{byWork: map[string]*ClaimState{}} }

func (c *claims) get(work string) *ClaimState { return c.byWork[work] }

func (c *claims) begin(claim *ClaimState) {
	c.byWork[claim.Work] = claim
	c.open = append(c.open, claim)
	c.undone++
	if c.undone > maxClaims {
		i := slices.IndexFunc(c.open, func(old *ClaimState) bool { return !old.Done })
		delete(c.byWork, c.open[i].Work)
		c.open = c.open[i+1:]
		c.undone--
	}
	if len(c.open) > 2*c.undone+100 {
		c.open = c.stillOpen()
	}
}

func (c *claims) finish(claim *ClaimState) {
	if claim.Done {
		return
	}
	claim.Done = true
	c.undone--
	c.done = append(c.done, claim)
	if len(c.done) > maxClaims {
		delete(c.byWork, c.done[0].Work)
		c.done = c.done[1:]
	}
}

// stillOpen lists what is claimed and not done, in the order of being claimed.
func (c *claims) stillOpen() []*ClaimState {
	var open []*ClaimState
	for _, claim := range c.open {
		if !claim.Done {
			open = append(open, claim)
		}
	}
	return open
}

func (c *claims) restore(open, done []*ClaimState) {
	c.open, c.done, c.undone = open, done, len(open)
	for i, list := range [][]*ClaimState{done, open} {
		for _, claim := range list {
			claim.Done = i == 0
			c.byWork[claim.Work] = claim
		}
	}
}
