package teamsync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// candidate is the log that stands behind a new epoch, held against the one
// that was read before. As long as it is the same, record by record, bytes are
// compared; from the first difference on it is replayed and verified as any
// log. It is read on from where it was, so that waiting for a repair costs one
// reading.
type candidate struct {
	s         *Sync
	begun     time.Time
	pos       teamlog.Pos       // read up to here
	last      [sha256.Size]byte // of the record there
	lastID    string            // and its id; "" for what is no record
	positions teamlog.Ranges
	at        []teamlog.Pos // places of our first records that it has, in our order
	tail      map[string]bool
	declared  bool // an admin says behind the common part that it was repaired

	// gone are the devices that the team listened to where the logs part and,
	// by what is known here, does not any more; spoiled says that one of them
	// has decided something in this log.
	gone    map[string]bool
	spoiled bool

	// filled is how many of our first records stand in it in our order, others'
	// between them; torn says that one of ours stands before an earlier one:
	// there is a hole, and what is put in behind would come too late.
	filled uint64
	torn   bool

	ours    []StoredRecord  // our next records
	replay  *teamlog.Replay // from the first difference on
	history *history
	unsure  []accepted // in a row, while a snapshot hides whether they are ours
}

// accepted is a record of the candidate that counts.
type accepted struct {
	id    string
	at    teamlog.Pos
	epoch bool
}

func (s *Sync) newCandidate() *candidate {
	return &candidate{s: s, begun: s.cfg.Clock.Now(), tail: map[string]bool{}}
}

// common is how many of our first records it has, in our order.
func (c *candidate) common() uint64 { return uint64(len(c.at)) }

// errMoved says that the candidate is another log than the one that was begun.
var errMoved = errors.New("the team's folder changed while it was compared")

// read takes what the engine has behind what was read of it, after a look at
// the last record that was read: a folder may be exchanged once more while it
// is held. An engine without a place to read from is an empty log.
func (c *candidate) read(ctx context.Context) error {
	if c.s.cfg.Clock.Now().Sub(c.begun) >= recheckEvery {
		return errMoved
	}
	engine, ctx, done := c.s.engine(ctx)
	defer done()
	from, again := c.pos, c.pos == teamlog.Pos{}
	if !again {
		from.N--
	}
	_, err := engine.Read(ctx, from, func(at teamlog.Pos, record []byte) error {
		if !again {
			again = true
			return c.same(at, record)
		}
		return c.take(ctx, at, record)
	})
	switch {
	case c.pos == (teamlog.Pos{}) && inbox.CodeOf(err) == inbox.NotFound:
		return nil
	case err == nil && !again:
		return errMoved
	}
	return err
}

// same looks whether the last record that was read is still there.
func (c *candidate) same(at teamlog.Pos, record []byte) error {
	if at != c.pos || sha256.Sum256(record) != c.last {
		return errMoved
	}
	return nil
}

func (c *candidate) take(ctx context.Context, at teamlog.Pos, record []byte) error {
	if c.pos.Epoch != "" && at.Epoch != c.pos.Epoch || at.N <= c.pos.N {
		return errMoved // late, or made anew: from the beginning
	}
	if err := c.compare(ctx, at, record); err != nil {
		return err
	}
	c.pos, c.last, c.lastID = at, sha256.Sum256(record), ""
	if _, payload, whole := bytes.Cut(record, []byte("\n")); whole {
		c.lastID = teamlog.RecordID(payload)
	}
	c.positions.Add(at.N)
	return nil
}

// known is what an engine is told of this log.
func (c *candidate) known() Known {
	return Known{Epoch: c.pos.Epoch, Positions: c.positions, Anchor: c.pos, AnchorID: c.lastID}
}

func (c *candidate) compare(ctx context.Context, at teamlog.Pos, record []byte) error {
	if c.replay != nil {
		return c.behindCommon(ctx, at, record)
	}
	next, err := c.next(ctx)
	if err != nil {
		return err
	}
	if next != nil && bytes.Equal(next.Record, record) {
		c.at = append(c.at, at)
		c.ours = c.ours[1:]
		return nil
	}
	if repeated, err := c.repeats(ctx, record); err != nil || repeated {
		return err
	}
	if err := c.differ(ctx); err != nil {
		return err
	}
	return c.behindCommon(ctx, at, record)
}

func (c *candidate) behindCommon(ctx context.Context, at teamlog.Pos, record []byte) error {
	if opened, err := teamlog.Open(record); err == nil {
		n, err := c.s.cfg.Store.HasRecord(ctx, opened.ID)
		if err != nil {
			return err
		}
		c.filled = max(c.filled, c.common())
		c.torn = c.torn || n > c.filled+1
		c.filled = max(c.filled, min(n, c.filled+1))
	}
	return c.verify(at, record)
}

// next is our record behind the common part, nil when there is none here.
func (c *candidate) next(ctx context.Context) (*StoredRecord, error) {
	if len(c.ours) == 0 {
		from := c.common()
		err := c.s.cfg.Store.Records(ctx, from, from+batchSize, func(r StoredRecord) error {
			c.ours = append(c.ours, r)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(c.ours) == 0 || c.ours[0].N != c.common()+1 {
		return nil, nil
	}
	return &c.ours[0], nil
}

// repeats says whether a record is nothing: no record, or one that stood in the
// common part before.
func (c *candidate) repeats(ctx context.Context, record []byte) (bool, error) {
	opened, err := teamlog.Open(record)
	if err != nil {
		return true, nil
	}
	n, err := c.s.cfg.Store.HasRecord(ctx, opened.ID)
	return n > 0 && n <= c.common(), err
}

// differ begins to verify behind the common part.
func (c *candidate) differ(ctx context.Context) (err error) {
	if c.replay, err = c.s.replayAt(ctx, c.common()); err != nil {
		return err
	}
	c.history = newHistory(context.WithoutCancel(ctx), c.s.cfg.Store, c.common())
	c.gone = goneSince(c.replay.Team, c.s.replay.Team)
	return nil
}

// goneSince lists the devices that lost their word, or their member's being an
// admin, between two states of a team.
func goneSince(before, now *teamlog.Team) map[string]bool {
	gone := map[string]bool{}
	for _, m := range before.Members() {
		for _, d := range before.Devices(m.ID) {
			present, known := now.Device(d.ID)
			spoke, still := speaks(before, d), known && speaks(now, present)
			by := &teamlog.Decision{Author: m.ID, Device: d.ID}
			gone[d.ID] = spoke && (!still || adminIn(before, by) && !adminIn(now, by))
		}
	}
	return gone
}

// verify replays one record.
func (c *candidate) verify(at teamlog.Pos, record []byte) error {
	a, _, err := c.replay.Accept(teamlog.Pos{}, record, c.history)
	if err != nil || a.ID == "" {
		return err
	}
	c.history.add(a)
	for i := range a.Decisions {
		d := &a.Decisions[i]
		c.spoiled = c.spoiled || c.gone[d.Device] && d.Void == teamlog.Admitted
	}
	return c.sort(accepted{id: a.ID, at: at, epoch: c.vouches(a)}, a.N, a.Hash)
}

// vouches says whether a record shows that an admin goes on in this log: it is
// the epoch record that ends a repair, or its author had read on behind what we
// share. Nobody but an admin can make such a record, and an admin by what is
// known here: who was removed, or whose computer was stolen, still is one in a
// folder from before that.
func (c *candidate) vouches(a teamlog.Accepted) bool {
	if len(a.Decisions) == 0 || !adminIn(c.s.replay.Team, &a.Decisions[0]) {
		return false
	}
	for i := range a.Decisions {
		d := &a.Decisions[i]
		if _, repaired := d.Event.(*teamlog.Epoch); repaired && d.Void == teamlog.Admitted {
			return true
		}
	}
	opened, err := teamlog.Open(a.Record)
	if err != nil || !adminIn(c.replay.Team, &a.Decisions[0]) {
		return false
	}
	hash, read := c.history.hash[opened.Base.Count]
	return read && teamlog.Cursor{Hash: hash}.Base().Hash == opened.Base.Hash && !c.isOurs(opened.Base.Count, hash)
}

// adminIn says whether a team listens to the author of a decision as an admin.
func adminIn(t *teamlog.Team, d *teamlog.Decision) bool {
	author, known := t.Member(d.Author)
	device, here := t.Device(d.Device)
	return known && here && author.Role == teamlog.Admin && !author.Removed && !device.Revoked
}

// isOurs says whether our log has that hash after as many records.
func (c *candidate) isOurs(n uint64, hash [sha256.Size]byte) bool {
	if n > c.s.replay.Cursor.Count {
		return false
	}
	ours, known, err := c.s.cfg.Store.HashAt(c.history.ctx, n)
	return err != nil || known && ours == hash
}

// sort tells what is ours from what is not: the chain's hash says it of a
// record and of all before it.
func (c *candidate) sort(is accepted, n uint64, hash [sha256.Size]byte) error {
	if len(c.tail) > 0 {
		c.behind(is)
		return nil
	}
	c.unsure = append(c.unsure, is)
	count := c.s.replay.Cursor.Count
	ours, known, err := c.s.cfg.Store.HashAt(c.history.ctx, n)
	switch {
	case err != nil:
		return err
	case n > count || known && ours != hash:
		for _, u := range c.unsure {
			c.behind(u)
		}
		c.unsure = nil
	case known:
		for _, u := range c.unsure {
			c.at = append(c.at, u.at)
		}
		c.unsure, c.ours = nil, nil
	}
	return nil
}

func (c *candidate) behind(is accepted) {
	c.tail[is.id] = true
	c.declared = c.declared || is.epoch
}
