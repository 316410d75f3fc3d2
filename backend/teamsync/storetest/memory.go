// Package storetest has what tests of package teamsync and of stores need: a
// store in memory, the plainest statement of what a store does, and a suite
// that every store passes. The program itself never imports it.
package storetest

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"sync"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// Memory is a store in memory. It is safe for concurrent use.
type Memory struct {
	// Step is called before and after every write with its name: an error ends
	// the write there, as a kill would. It must not call the store.
	Step func(write string, done bool) error

	mu          sync.Mutex
	cursor      teamlog.Cursor
	records     map[uint64]teamsync.StoredRecord
	numbers     map[string]uint64 // of records, by id
	checkpoints map[uint64][]byte
	decisions   map[string]teamlog.Decision // confirmed ones about conversations
	waiting     []teamsync.Waiting
	bases       map[inbox.Key][]teamlog.Decision
	base        uint64 // the snapshot's count, until Settle
	baseHash    [sha256.Size]byte
	behind      map[string]teamlog.Decision // backfilled, not shown yet
	channels    []inbox.Channel
	removals    map[inbox.MemberID][]uint64
	private     []teamlog.Decision
	settings    map[string]string
	me          inbox.MemberID
	messages    bool
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	m := &Memory{settings: map[string]string{}}
	m.forget()
	return m
}

func (m *Memory) forget() {
	m.cursor, m.waiting, m.private, m.channels, m.base = teamlog.Cursor{}, nil, nil, nil, 0
	m.records, m.numbers = map[uint64]teamsync.StoredRecord{}, map[string]uint64{}
	m.checkpoints, m.decisions = map[uint64][]byte{}, map[string]teamlog.Decision{}
	m.bases, m.behind = map[inbox.Key][]teamlog.Decision{}, map[string]teamlog.Decision{}
	m.removals = map[inbox.MemberID][]uint64{}
}

// write does one transaction.
func (m *Memory) write(ctx context.Context, name string, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Step != nil {
		if err := m.Step(name, false); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	if m.Step != nil {
		return m.Step(name, true)
	}
	return nil
}

// AddPending implements teamsync.Store.
func (m *Memory) AddPending(ctx context.Context, p teamsync.Pending, decisions []teamlog.Decision) error {
	return m.write(ctx, "AddPending", func() error {
		if !slices.ContainsFunc(m.waiting, func(w teamsync.Waiting) bool { return w.ID == p.ID }) {
			m.waiting = append(m.waiting, teamsync.Waiting{Pending: p, Decisions: slices.Clone(decisions)})
		}
		return nil
	})
}

// Pending implements teamsync.Store.
func (m *Memory) Pending(context.Context) ([]teamsync.Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []teamsync.Pending
	for _, w := range m.waiting {
		all = append(all, w.Pending)
	}
	return all, nil
}

// DropPending implements teamsync.Store.
func (m *Memory) DropPending(ctx context.Context, id string) error {
	return m.write(ctx, "DropPending", func() error {
		m.drop(id)
		return nil
	})
}

func (m *Memory) drop(id string) {
	m.waiting = slices.DeleteFunc(m.waiting, func(w teamsync.Waiting) bool { return w.ID == id })
}

// Apply implements teamsync.Store.
func (m *Memory) Apply(ctx context.Context, s teamsync.Stretch) error {
	return m.write(ctx, "Apply", func() error {
		if s.Rewind != nil {
			m.rewind(*s.Rewind, s.Again)
		}
		for _, r := range s.Records {
			m.records[r.N], m.numbers[r.ID] = r, r.N
			m.drop(r.ID)
		}
		for _, d := range s.Decisions {
			if teamlog.Anchor(d.Event) != "" {
				m.decisions[d.ID] = d
			}
		}
		if s.Checkpoint != nil {
			m.checkpoints[s.Cursor.Count] = slices.Clone(s.Checkpoint)
			m.thin()
		}
		if s.Channels != nil {
			m.channels = slices.Clone(s.Channels)
		}
		if s.Removals != nil {
			m.removals = maps.Clone(s.Removals)
		}
		m.cursor = s.Cursor
		return nil
	})
}

// thin keeps the newest twenty checkpoints, and the snapshot's.
func (m *Memory) thin() {
	all := slices.Sorted(maps.Keys(m.checkpoints))
	for _, n := range all[:max(len(all)-20, 0)] {
		if n != m.base {
			delete(m.checkpoints, n)
		}
	}
}

func (m *Memory) rewind(n uint64, again []teamsync.Waiting) {
	for at, r := range m.records {
		if at > n {
			delete(m.records, at)
			delete(m.numbers, r.ID)
		}
	}
	maps.DeleteFunc(m.checkpoints, func(at uint64, _ []byte) bool { return at > n })
	maps.DeleteFunc(m.decisions, func(_ string, d teamlog.Decision) bool { return d.N > n })
	if n < m.base {
		m.base, m.bases, m.behind = 0, map[inbox.Key][]teamlog.Decision{}, map[string]teamlog.Decision{}
		for id, at := range m.numbers {
			if _, here := m.records[at]; !here {
				delete(m.numbers, id)
			}
		}
	}
	for _, w := range again {
		m.drop(w.ID)
	}
	m.waiting = append(slices.Clone(again), m.waiting...)
}

// Cursor implements teamsync.Store.
func (m *Memory) Cursor(context.Context) (teamlog.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursor, nil
}

// HasRecord implements teamsync.Store.
func (m *Memory) HasRecord(_ context.Context, id string) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.numbers[id], nil
}

// HashAt implements teamsync.Store.
func (m *Memory) HashAt(_ context.Context, n uint64) ([sha256.Size]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, known := m.records[n]; known {
		return r.Hash, true, nil
	}
	return m.baseHash, n > 0 && n == m.base, nil
}

// Records implements teamsync.Store.
func (m *Memory) Records(ctx context.Context, after, upTo uint64, fn func(teamsync.StoredRecord) error) error {
	m.mu.Lock()
	var some []teamsync.StoredRecord
	for n := after + 1; n <= min(upTo, m.cursor.Count); n++ {
		if r, here := m.records[n]; here {
			some = append(some, r)
		}
	}
	m.mu.Unlock()
	for _, r := range some {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// Checkpoint implements teamsync.Store.
func (m *Memory) Checkpoint(_ context.Context, atMost uint64) (state []byte, n uint64, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for at, s := range m.checkpoints {
		if at <= atMost && (!ok || at > n) {
			state, n, ok = s, at, true
		}
	}
	return slices.Clone(state), n, ok, nil
}

// Renumber implements teamsync.Store.
func (m *Memory) Renumber(ctx context.Context, cursor teamlog.Cursor, at []teamlog.Pos) error {
	return m.write(ctx, "Renumber", func() error {
		if cursor.Count != m.cursor.Count || cursor.Hash != m.cursor.Hash {
			return inbox.Errorf(inbox.Internal, "renumbering must keep count and hash")
		}
		for i, pos := range at {
			n := uint64(i + 1)
			if r, here := m.records[n]; here {
				r.Pos = pos
				m.records[n] = r
			}
		}
		m.cursor = cursor
		return nil
	})
}

// AdoptSnapshot implements teamsync.Store.
func (m *Memory) AdoptSnapshot(ctx context.Context, a teamsync.Adoption) error {
	bases := map[inbox.Key][]teamlog.Decision{}
	err := a.Histories(func(anchor inbox.Key, decisions []teamlog.Decision) error {
		bases[anchor] = slices.Clone(decisions)
		return nil
	})
	if err != nil {
		return err
	}
	return m.write(ctx, "AdoptSnapshot", func() error {
		m.cursor, m.base, m.baseHash, m.bases = a.Cursor, a.Cursor.Count, a.Cursor.Hash, bases
		m.checkpoints[a.Cursor.Count] = slices.Clone(a.State)
		for i, id := range a.IDs {
			m.numbers[id] = a.Cursor.Count - uint64(len(a.IDs)-1-i)
		}
		m.channels, m.removals = slices.Clone(a.Channels), maps.Clone(a.Removals)
		return nil
	})
}

// Backfill implements teamsync.Store.
func (m *Memory) Backfill(ctx context.Context, records []teamsync.StoredRecord, decisions []teamlog.Decision) error {
	return m.write(ctx, "Backfill", func() error {
		for _, r := range records {
			m.records[r.N], m.numbers[r.ID] = r, r.N
		}
		for _, d := range decisions {
			if teamlog.Anchor(d.Event) != "" {
				m.behind[d.ID] = d
			}
		}
		return nil
	})
}

// Settle implements teamsync.Store.
func (m *Memory) Settle(ctx context.Context) error {
	return m.write(ctx, "Settle", func() error {
		maps.Copy(m.decisions, m.behind)
		m.bases, m.behind, m.base = map[inbox.Key][]teamlog.Decision{}, map[string]teamlog.Decision{}, 0
		return nil
	})
}

// Histories implements teamsync.Store.
func (m *Memory) Histories(_ context.Context, upTo uint64, fn func(inbox.Key, []teamlog.Decision) error) error {
	m.mu.Lock()
	all := m.confirmed(upTo)
	m.mu.Unlock()
	for _, anchor := range slices.Sorted(maps.Keys(all)) {
		if err := fn(anchor, all[anchor]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Memory) confirmed(upTo uint64) map[inbox.Key][]teamlog.Decision {
	all := map[inbox.Key][]teamlog.Decision{}
	for anchor, decisions := range m.bases {
		all[anchor] = slices.Clone(decisions)
	}
	var tail []teamlog.Decision
	for _, d := range m.decisions {
		if d.N <= upTo {
			tail = append(tail, d)
		}
	}
	slices.SortFunc(tail, byPlace)
	for _, d := range tail {
		anchor := teamlog.Anchor(d.Event)
		all[anchor] = append(all[anchor], d)
	}
	return all
}

func byPlace(a, b teamlog.Decision) int {
	if a.N != b.N {
		return int(int64(a.N) - int64(b.N))
	}
	return a.Index - b.Index
}

// AddPrivate implements teamsync.Store.
func (m *Memory) AddPrivate(ctx context.Context, decisions []teamlog.Decision) error {
	return m.write(ctx, "AddPrivate", func() error {
		for _, d := range decisions {
			if slices.ContainsFunc(m.private, func(p teamlog.Decision) bool { return p.ID == d.ID }) {
				continue
			}
			var last uint64
			for _, p := range m.private {
				last = max(last, p.N)
			}
			d.N, d.Seen = last+1, last
			m.private = append(m.private, d)
		}
		return nil
	})
}

// PrivateDecisions implements teamsync.Store.
func (m *Memory) PrivateDecisions(_ context.Context, channel inbox.ChannelID) (some []teamlog.Decision, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.private {
		if teamlog.Anchor(d.Event).Channel() == channel {
			some = append(some, d)
		}
	}
	return some, nil
}

// DropPrivate implements teamsync.Store.
func (m *Memory) DropPrivate(ctx context.Context, channel inbox.ChannelID) error {
	return m.write(ctx, "DropPrivate", func() error {
		m.private = slices.DeleteFunc(m.private, func(d teamlog.Decision) bool { return teamlog.Anchor(d.Event).Channel() == channel })
		return nil
	})
}

// ResetTeam implements teamsync.Store.
func (m *Memory) ResetTeam(ctx context.Context) error {
	return m.write(ctx, "ResetTeam", func() error {
		if m.messages {
			return inbox.Errorf(inbox.Conflict, "there are messages")
		}
		m.forget()
		return nil
	})
}

// SetMe implements teamsync.Store.
func (m *Memory) SetMe(ctx context.Context, id inbox.MemberID) error {
	return m.write(ctx, "SetMe", func() error {
		m.me = id
		return nil
	})
}

// Setting implements teamsync.Store.
func (m *Memory) Setting(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settings[key], nil
}

// SetSetting implements teamsync.Store.
func (m *Memory) SetSetting(ctx context.Context, key, value string) error {
	return m.write(ctx, "SetSetting", func() error {
		m.settings[strings.Clone(key)] = value
		return nil
	})
}
