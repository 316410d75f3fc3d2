package keyring

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Memory is a store that forgets everything when the program ends, for tests.
type Memory struct {
	mu     sync.Mutex
	values map[string]string
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{values: map[string]string{}} }

// Kind says "file", the weakest of the contract's words.
func (m *Memory) Kind() Kind { return KindFile }

// Get gives a secret, or NotFound.
func (m *Memory) Get(_ context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[name]
	if !ok {
		return "", missing(name)
	}
	return value, nil
}

// Set stores or replaces a secret.
func (m *Memory) Set(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[name] = value
	return nil
}

// Delete forgets a secret; one that is not there is no error.
func (m *Memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}

// Names lists the handles, for tests that look for forgotten ones.
func (m *Memory) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.values))
}
