package logtest

import (
	"context"
	"errors"
	"sync"

	"postvak/backend/teamlog"
)

// ErrCut is what a Faulty engine gives when the connection was cut.
var ErrCut = errors.New("the connection was cut")

// Faulty puts faults between a desktop and an engine: appends that never
// arrive or whose answer is lost, and records that show late. Several of them
// may share one engine.
type Faulty struct {
	teamlog.Log
	mu       sync.Mutex
	refuse   int // appends that do not arrive
	unheard  int // appends that arrive without an answer
	offline  bool
	withheld map[uint64]bool // positions that do not show yet
	late     map[uint64]bool // positions that showed late, to hand over once more
}

// NewFaulty begins without faults.
func NewFaulty(log teamlog.Log) *Faulty {
	return &Faulty{Log: log, withheld: map[uint64]bool{}, late: map[uint64]bool{}}
}

// Refuse lets the next n appends not arrive.
func (f *Faulty) Refuse(n int) { f.with(func() { f.refuse = n }) }

// Unheard lets the next n appends arrive and their answers get lost.
func (f *Faulty) Unheard(n int) { f.with(func() { f.unheard = n }) }

// Offline lets everything fail until it is switched off.
func (f *Faulty) Offline(on bool) { f.with(func() { f.offline = on }) }

// Withhold keeps a position from readers.
func (f *Faulty) Withhold(n uint64) { f.with(func() { f.withheld[n] = true }) }

// Show lets a position that was withheld turn up: the next Read hands it over
// although it is not after the reader's position.
func (f *Faulty) Show(n uint64) {
	f.with(func() { delete(f.withheld, n); f.late[n] = true })
}

func (f *Faulty) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// Append implements teamlog.Log.
func (f *Faulty) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	f.mu.Lock()
	refuse, unheard := f.offline || f.refuse > 0, f.unheard > 0
	f.refuse, f.unheard = max(0, f.refuse-1), max(0, f.unheard-1)
	f.mu.Unlock()
	if refuse {
		return teamlog.Pos{}, ErrCut
	}
	at, err := f.Log.Append(ctx, id, record)
	if err == nil && unheard {
		return teamlog.Pos{}, ErrCut
	}
	return at, err
}

// Read implements teamlog.Log.
func (f *Faulty) Read(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	f.mu.Lock()
	offline, late := f.offline, len(f.late) > 0
	f.mu.Unlock()
	if offline {
		return after, ErrCut
	}
	if late {
		if err := f.turnUp(ctx, after, fn); err != nil {
			return after, err
		}
	}
	return f.Log.Read(ctx, after, func(at teamlog.Pos, record []byte) error {
		if f.hides(at.N) {
			return nil
		}
		return fn(at, record)
	})
}

// turnUp hands over what showed late among what the reader has.
func (f *Faulty) turnUp(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) error {
	end := errors.New("end")
	_, err := f.Log.Read(ctx, teamlog.Pos{}, func(at teamlog.Pos, record []byte) error {
		if at.N > after.N {
			return end
		}
		f.mu.Lock()
		late := f.late[at.N]
		delete(f.late, at.N)
		f.mu.Unlock()
		if !late {
			return nil
		}
		return fn(at, record)
	})
	if errors.Is(err, end) {
		return nil
	}
	return err
}

func (f *Faulty) hides(n uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.withheld[n]
}
