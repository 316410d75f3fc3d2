package teamlog

// maxClaims is how many pieces of work are remembered, done and not done each:
// the newest.
const maxClaims = 20_000

// claims are the pieces of work that the log knows of.
type claims struct {
	byWork map[string]*ClaimState
	open   []*ClaimState // in the order of being claimed
	done   []*ClaimState // in the order of being done
}

func newClaims() claims { return claims{byWork: map[string]*ClaimState{}} }

func (c *claims) get(work string) *ClaimState { return c.byWork[work] }

func (c *claims) begin(claim *ClaimState) {
	c.byWork[claim.Work] = claim
	c.open = c.keep(append(c.open, claim))
}

func (c *claims) finish(claim *ClaimState) {
	if claim.Done {
		return
	}
	claim.Done = true
	c.done = c.keep(append(c.done, claim))
}

// keep forgets the oldest of a list that became too long.
func (c *claims) keep(list []*ClaimState) []*ClaimState {
	if len(list) <= maxClaims {
		return list
	}
	if oldest := list[0]; c.byWork[oldest.Work] == oldest {
		delete(c.byWork, oldest.Work)
	}
	return list[1:]
}
