package pipedrive

import (
	"slices"
	"strings"
	"sync"
	"time"

	"postvak/backend/inbox"
)

const (
	searchAge = 10 * time.Minute // a search costs 20 tokens
	listAge   = time.Hour        // stages, labels and users hardly change
	freshAge  = time.Minute      // in which a search may not find yet what was made
	mostKept  = 300              // entries of one kind
)

// memory is what need not be asked twice. It is forgotten with the client.
type memory struct {
	mu       sync.Mutex
	searches map[string]kept[[]inbox.Record]
	names    map[string]kept[string] // of persons and organizations
	halves   map[string]string       // persons made for a draft that is not made yet
	fresh    []kept[inbox.Record]
	stages   kept[[]stage]
	labels   kept[[]label]
	users    kept[[]user]
}

type kept[T any] struct {
	value T
	at    time.Time
}

// good says whether something is new enough; a clock that was set back makes
// it old.
func (k kept[T]) good(now time.Time, age time.Duration) bool {
	since := now.Sub(k.at)
	return !k.at.IsZero() && since >= 0 && since < age
}

func (m *memory) search(key string, now time.Time) ([]inbox.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.searches[key]
	return slices.Clone(k.value), ok && k.good(now, searchAge)
}

func (m *memory) keepSearch(key string, found []inbox.Record, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.searches == nil || len(m.searches) >= mostKept {
		m.searches = map[string]kept[[]inbox.Record]{}
	}
	m.searches[key] = kept[[]inbox.Record]{slices.Clone(found), now}
}

func (m *memory) name(key string, now time.Time) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.names[key]
	return k.value, ok && k.good(now, searchAge)
}

func (m *memory) keepName(key, name string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil || len(m.names) >= mostKept {
		m.names = map[string]kept[string]{}
	}
	m.names[key] = kept[string]{name, now}
}

func (m *memory) half(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.halves[key]
}

// keepHalf remembers a person or organization that was made for a draft; "" is
// to forget it.
func (m *memory) keepHalf(key, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.halves == nil || len(m.halves) >= mostKept {
		m.halves = map[string]string{}
	}
	if m.halves[key] = id; id == "" {
		delete(m.halves, key)
	}
}

// made is told of a new record: what was searched before does not have it.
func (m *memory) made(r inbox.Record, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.searches = nil
	m.fresh = slices.DeleteFunc(m.fresh, func(k kept[inbox.Record]) bool { return !k.good(now, freshAge) })
	m.fresh = append(m.fresh[max(0, len(m.fresh)-mostKept):], kept[inbox.Record]{r, now})
}

// lost is told of a record that is gone.
func (m *memory) lost(ref inbox.RecordRef) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.searches = nil
	m.fresh = slices.DeleteFunc(m.fresh, func(k kept[inbox.Record]) bool { return k.value.RecordRef == ref })
}

// with adds to what a search found those records, made here just now, that fit
// and that it has not yet.
func (m *memory) with(found []inbox.Record, now time.Time, fits func(inbox.Record) bool) []inbox.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.fresh {
		there := slices.ContainsFunc(found, func(r inbox.Record) bool { return r.RecordRef == k.value.RecordRef })
		if k.good(now, freshAge) && !there && fits(k.value) {
			found = append(found, k.value)
		}
	}
	return found
}

// holds says whether one of the values has text in it, in whatever case.
func holds(text string, values ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), text) })
}
