package teamlog

import (
	"time"

	"postvak/backend/inbox"
)

// Compact leaves out of one anchor's decisions, given in the order of the log,
// what cannot matter any more: whatever follows them, and whichever other
// anchors turn out to be of the same conversation, folding the rest gives the
// same state but for the lines between the messages and who is writing.
//
// What the team voided goes, and marks of reading that later ones of the same
// member replace. A delete ends what stood before it on its anchor: notes,
// assignments, names of contacts, reopenings, links and what was noted for them.
// Everything else stays, because whether it holds can depend on the decisions of
// another anchor: a close for what it covers, an assign or a name because the
// next one says what it was, an unlink because of the link that it ends.
//
// The entities of the contact book are folded from their own anchor alone: what
// has no effect there goes. Of a note there its last version is left, and who
// wrote it first and when.
func Compact(decisions []Decision) []Decision {
	c := compaction{
		deleted: -1, lastMark: map[inbox.MemberID]int{}, latest: map[inbox.MemberID]int{}, reached: map[inbox.MemberID]time.Time{},
	}
	for i := range decisions {
		c.look(i, &decisions[i])
	}
	c.voids = voidsOfBook(decisions)
	var kept []Decision
	for i := range decisions {
		if c.matters(i, &decisions[i]) {
			kept = append(kept, decisions[i])
		}
	}
	return compactVersions(kept)
}

type compaction struct {
	deleted  int                    // the last delete
	lastMark map[inbox.MemberID]int // the last read or unread of each member
	latest   map[inbox.MemberID]int // the read that reaches furthest
	reached  map[inbox.MemberID]time.Time
	voids    map[string]Reason // decisions about the contact book without effect
}

func (c *compaction) look(i int, d *Decision) {
	if d.Void != Admitted {
		return
	}
	switch e := d.Event.(type) {
	case *Delete:
		c.deleted = i
	case *Unread:
		c.lastMark[d.Author] = i
	case *Read:
		c.lastMark[d.Author] = i
		if _, any := c.latest[d.Author]; !any || !e.UpTo.Before(c.reached[d.Author]) {
			c.latest[d.Author], c.reached[d.Author] = i, e.UpTo
		}
	}
}

func (c *compaction) matters(i int, d *Decision) bool {
	if d.Void != Admitted || c.voids[d.ID] != Admitted {
		return false
	}
	switch d.Event.(type) {
	case *Read:
		return c.lastMark[d.Author] == i || c.latest[d.Author] == i
	case *Unread:
		return c.lastMark[d.Author] == i && i > c.deleted
	case *Note, *Assign, *ContactName, *Reopen, *CRMLink, *CRMUnlink, *CRMNoted:
		return i > c.deleted
	case *Drafting, *Unknown:
		return false
	}
	return true
}
