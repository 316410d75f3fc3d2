package imaplog

import (
	"context"
	"errors"
	"slices"

	"postvak/backend/imap"
	"postvak/backend/teamlog"
)

// errStale ends a reading whose folder was opened anew meanwhile.
var errStale = errors.New("the folder was opened anew")

// Read implements teamlog.Log. A message that holds no record comes as an empty
// one. Read from nothing (the zero Pos) takes the folder as it is, also one
// that does not fit what the caller has; where there is no folder the error's
// code is not_found.
func (l *Log) Read(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	before := l.present()
	lk, err := l.open(ctx)
	if err != nil {
		return after, err
	}
	defer l.afterUse(ctx)
	if err := l.readable(lk, after); err != nil {
		return after, err
	}
	r := &reading{l: l, lk: lk, fn: fn, at: after, opened: lk != before}
	if r.at.Epoch == "" {
		r.at = teamlog.Pos{Epoch: lk.epoch, N: after.N}
	}
	l.noteFloor(lk, r.at.N)
	err = r.late(ctx)
	if err == nil {
		err = r.run(ctx)
	}
	return r.result(after, err)
}

// readable says whether there is a folder in which a position means something.
func (l *Log) readable(lk *link, after teamlog.Pos) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	lk.news = false
	begin := after.Epoch == ""
	switch {
	case begin && lk.missing:
		return noFolder(l.folder)
	case !begin && (lk.missing || lk.broken || after.Epoch != lk.epoch):
		return teamlog.ErrEpoch
	}
	return nil
}

// reading is one call of Read.
type reading struct {
	l  *Log
	lk *link
	fn func(teamlog.Pos, []byte) error
	at teamlog.Pos // the last position handed over

	opened bool // just now: the server said what there is
	peek   bool // out of order: what is handed over is not reading on
	given  bool // fn returned an error
}

func (r *reading) result(after teamlog.Pos, err error) (teamlog.Pos, error) {
	if !r.given && r.at.N == after.N {
		r.at = after // nothing was handed over
	}
	switch {
	case r.given:
		return r.at, err
	case errors.Is(err, errStale):
		r.l.wake(r.lk)
		return r.at, nil // what came is good; the caller comes again
	case err != nil && r.lk.conn.Closed():
		r.l.mu.Lock()
		r.l.careful = true
		r.l.mu.Unlock()
	}
	return r.at, r.l.fault(err)
}

// wake makes the next Wait return.
func (l *Log) wake(lk *link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lk.news = true
}

// late hands over what turned up among older messages.
func (r *reading) late(ctx context.Context) error {
	r.l.mu.Lock()
	uids := slices.Clone(r.lk.late)
	r.l.mu.Unlock()
	uids = slices.DeleteFunc(uids, func(uid uint32) bool { return uint64(uid) > r.at.N || r.l.handedHas(uid) })
	if len(uids) == 0 {
		return nil
	}
	at := r.at
	err := r.batch(ctx, uids)
	r.at = at
	r.l.mu.Lock()
	r.lk.late = slices.DeleteFunc(r.lk.late, func(uid uint32) bool { return r.l.handed.Has(uint64(uid)) })
	r.l.mu.Unlock()
	return err
}

// run hands over what comes after the position.
func (r *reading) run(ctx context.Context) error {
	fresh, tail := r.state()
	if !fresh {
		if _, err := r.lk.conn.Noop(ctx); err != nil {
			return err
		}
	}
	if tail {
		whole, err := r.tail(ctx)
		if err != nil || whole {
			return err
		}
	}
	return r.bulk(ctx)
}

// state says whether the server has just said what is new, and whether only
// the end of the folder is wanted.
func (r *reading) state() (fresh, tail bool) {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	fresh, r.lk.fresh = r.lk.fresh || r.opened, false
	tail = !r.l.careful && r.lk.end != 0 && r.at.N == uint64(r.lk.end)
	return fresh, tail
}

// tail takes the end of the folder with one command, as long as there is no
// gap in the numbers; whole says that nothing is left.
func (r *reading) tail(ctx context.Context) (whole bool, err error) {
	whole = true
	err = r.lk.conn.FetchFrom(ctx, uint32(r.at.N)+1, imap.WantBody, func(item imap.Item) error {
		switch {
		case uint64(item.UID) <= r.at.N || !whole:
			return nil // n:* always gives the last message
		case uint64(item.UID) != r.at.N+1:
			whole = false
			return nil
		}
		return r.give(recordOnly(item))
	})
	if err != nil {
		return false, err
	}
	r.l.mu.Lock()
	missed := r.at.N < uint64(r.lk.floor) // an own append did not show
	if whole && !missed {
		r.lk.end = uint32(r.at.N)
	}
	r.l.mu.Unlock()
	if missed {
		_, err = r.lk.conn.Noop(ctx)
	}
	return whole && !missed, err
}

// bulk lists what there is and takes it batch by batch, the next one on its
// way while one is handed over.
func (r *reading) bulk(ctx context.Context) error {
	uids, err := r.lk.conn.UIDs(ctx, uint32(r.at.N)+1, 0)
	if err != nil {
		return err
	}
	if r.l.stale(r.lk) {
		return errStale
	}
	if err := r.pipeline(ctx, uids); err != nil {
		return err
	}
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	r.lk.end = uint32(r.at.N)
	r.l.careful = false
	return nil
}

// recordOnly leaves of a message what matters, so that a heap of large mail that
// somebody moved into the folder is not held in memory. Raw is the record then,
// nil when there is none or it is larger than any.
func recordOnly(item imap.Item) imap.Item {
	if imap.KindOf(item.Err) == imap.KindTooLarge {
		item.Raw, item.Err = nil, nil // no record is as large
	}
	if item.Raw = parse(item.Raw); len(item.Raw) > maxRecord {
		item.Raw = nil
	}
	return item
}

// give hands one message over, as recordOnly left it.
func (r *reading) give(item imap.Item) error {
	if item.Err != nil {
		return item.Err
	}
	if r.l.stale(r.lk) {
		return errStale
	}
	record := item.Raw
	at := teamlog.Pos{Epoch: r.lk.epoch, N: uint64(item.UID)}
	if err := r.fn(at, record); err != nil {
		r.given = true
		return err
	}
	r.at = at
	if !r.peek {
		r.l.handedOver(r.lk, item.UID, record)
	}
	return nil
}

// handedOver remembers what the caller has.
func (l *Log) handedOver(lk *link, uid uint32, record []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed.Add(uint64(uid))
	if len(record) > 0 && uid > l.last.uid {
		l.last = anchor{uid: uid, id: recordID(record)}
	}
}

func (l *Log) handedHas(uid uint32) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.handed.Has(uint64(uid))
}

// noteFloor remembers from where on a caller reads: of what lies below nothing
// is known.
func (l *Log) noteFloor(lk *link, n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch != lk.epoch {
		l.begin(lk.epoch)
	}
	if l.handed.Max() == 0 || n < l.floor {
		l.floor = n
	}
}
