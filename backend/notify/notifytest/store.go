// Package notifytest has a store of notification rows in memory, for tests of
// what decides and shows. It keeps the promises of notify.Store and can be told
// to break down; it is no cache and forgets everything at the end.
package notifytest

import (
	"context"
	"slices"
	"sync"

	"postvak/backend/inbox"
)

// Store is a notify.Store. Everything is unread until Read is called. It is
// safe for use by several goroutines.
type Store struct {
	mu     sync.Mutex
	rows   []inbox.NotificationRecord
	at     map[key]int // where in rows
	read   map[inbox.Key]bool
	events map[string]inbox.NotificationEvent
	fails  error
	began  map[string]int
}

// key is what rows are told apart by.
type key struct {
	event  string
	member inbox.MemberID
	medium inbox.Medium
}

func keyOf(r inbox.NotificationRecord) key { return key{r.EventID, r.Member, r.Medium} }

// NewStore makes an empty one.
func NewStore() *Store {
	return &Store{at: map[key]int{}, read: map[inbox.Key]bool{}, events: map[string]inbox.NotificationEvent{}, began: map[string]int{}}
}

// Fail makes every call fail from now on; nil ends it.
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = err
}

// Read says that the member has read a conversation, or has something unread
// there again.
func (s *Store) Read(conversation inbox.Key, read bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read[conversation] = read
}

// Keep gives the cache an event, for Event to find.
func (s *Store) Keep(e inbox.NotificationEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[e.ID] = e
}

// Forget drops an event of which only the row is left.
func (s *Store) Forget(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.events, event)
}

// Delete takes out an event and all rows of it (R12).
func (s *Store) Delete(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.events, event)
	s.rows = slices.DeleteFunc(s.rows, func(r inbox.NotificationRecord) bool { return r.EventID == event })
	clear(s.at)
	for i, r := range s.rows {
		s.at[keyOf(r)] = i
	}
}

// Rows gives all rows, in the order in which they came.
func (s *Store) Rows() []inbox.NotificationRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rows)
}

// Row gives the row of an event for the first member and medium that has one.
func (s *Store) Row(event string) inbox.NotificationRecord {
	for _, r := range s.Rows() {
		if r.EventID == event {
			return r
		}
	}
	return inbox.NotificationRecord{}
}

// Began says how often an event's row was stored as about to be shown.
func (s *Store) Began(event string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.began[event]
}

// AddNotifications implements notify.Store.
func (s *Store) AddNotifications(ctx context.Context, rows []inbox.NotificationRecord) (fresh []inbox.NotificationRecord, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.broken(ctx); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, there := s.at[keyOf(r)]; !there {
			s.at[keyOf(r)] = len(s.rows)
			s.rows = append(s.rows, r)
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// SetNotifications implements notify.Store.
func (s *Store) SetNotifications(ctx context.Context, rows []inbox.NotificationRecord) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.broken(ctx); err != nil {
		return err
	}
	for _, r := range rows {
		if i, there := s.at[keyOf(r)]; there {
			s.rows[i] = r
		}
		if r.Outcome == inbox.OutcomeWaiting && r.Due.IsZero() {
			s.began[r.EventID]++
		}
	}
	return nil
}

// WaitingNotifications implements notify.Store.
func (s *Store) WaitingNotifications(ctx context.Context, medium inbox.Medium) (waiting []inbox.NotificationRecord, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.Medium == medium && (r.Outcome == inbox.OutcomeWaiting || !r.Due.IsZero()) {
			waiting = append(waiting, r)
		}
	}
	slices.SortStableFunc(waiting, func(a, b inbox.NotificationRecord) int { return a.Due.Compare(b.Due) })
	return waiting, s.broken(ctx)
}

// UnreadIn implements notify.Store.
func (s *Store) UnreadIn(ctx context.Context, conversations []inbox.Key) (map[inbox.Key]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unread := map[inbox.Key]bool{}
	for _, key := range conversations {
		unread[key] = !s.read[key]
	}
	return unread, s.broken(ctx)
}

// Event implements notify.Store.
func (s *Store) Event(ctx context.Context, row inbox.NotificationRecord) (inbox.NotificationEvent, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, found := s.events[row.EventID]
	return e, found, s.broken(ctx)
}

// broken is why a call fails: it was told to, or nobody waits for it any more.
func (s *Store) broken(ctx context.Context) error {
	if s.fails != nil {
		return s.fails
	}
	return ctx.Err()
}
