package teamlog

import (
	"context"
	"strconv"
	"sync"
)

// Memory is a log in memory, for tests and as the plainest statement of what
// an engine does.
type Memory struct {
	mu      sync.Mutex
	records [][]byte
	epoch   string
	renewed int
	grown   chan struct{}
}

// NewMemory makes an empty log.
func NewMemory() *Memory { return &Memory{epoch: memoryEpoch, grown: make(chan struct{})} }

const memoryEpoch = "memory"

// Append implements Log.
func (m *Memory) Append(ctx context.Context, _ string, record []byte) (Pos, error) {
	if err := ctx.Err(); err != nil {
		return Pos{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, append([]byte(nil), record...))
	close(m.grown)
	m.grown = make(chan struct{})
	return Pos{m.epoch, uint64(len(m.records))}, nil
}

// Read implements Log.
func (m *Memory) Read(ctx context.Context, after Pos, fn func(Pos, []byte) error) (Pos, error) {
	m.mu.Lock()
	epoch, end := m.epoch, uint64(len(m.records))
	records := m.records[min(after.N, end):end]
	m.mu.Unlock()
	if after.Epoch != "" && after.Epoch != epoch {
		return after, ErrEpoch
	}
	for _, record := range records {
		if err := ctx.Err(); err != nil {
			return after, err
		}
		next := Pos{epoch, after.N + 1}
		if err := fn(next, record); err != nil {
			return after, err
		}
		after = next
	}
	return after, nil
}

// Wait implements Log.
func (m *Memory) Wait(ctx context.Context, after Pos) error {
	m.mu.Lock()
	news, grown := uint64(len(m.records)) > after.N || after.Epoch != "" && after.Epoch != m.epoch, m.grown
	m.mu.Unlock()
	if news {
		return nil
	}
	select {
	case <-grown:
		return nil
	case <-ctx.Done():
		return nil
	}
}

// Close implements Log.
func (m *Memory) Close() error { return nil }

// Landmarks implements Landmarker: everything is one.
func (m *Memory) Landmarks(ctx context.Context, fn func(Pos, []byte) error) error {
	_, err := m.Read(ctx, Pos{}, fn)
	return err
}

// Renew implements Renewer. The records set aside are forgotten.
func (m *Memory) Renew(ctx context.Context, fresh bool) error {
	if !fresh {
		return ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.renewed++
	m.records, m.epoch = nil, memoryEpoch+strconv.Itoa(m.renewed)
	close(m.grown)
	m.grown = make(chan struct{})
	return ctx.Err()
}
