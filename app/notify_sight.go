package app

import (
	"maps"
	"slices"
	"sync"

	"postvak/backend/inbox"
)

// look says what stands open in a window and whether it has the focus. What is
// in front of a person needs no notification any more (R16).
func (a *App) look(window string, open inbox.Key, focused bool) {
	a.sight.note(window, open, focused)
	a.notify.Look(window, open, focused)
	if focused && open != "" {
		a.notify.Opened(open)
		a.sightKeeper.poke()
	}
}

// windowGone forgets what a window had in front of it.
func (a *App) windowGone(window string) { a.look(window, "", false) }

// sight knows which windows have a conversation open and the focus.
type sight struct {
	mu      sync.Mutex
	windows map[string]inbox.Key // what is in front of the person in each
	looked  map[inbox.Key]bool   // what was since take
}

func (s *sight) note(window string, open inbox.Key, focused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.windows == nil {
		s.windows, s.looked = map[string]inbox.Key{}, map[inbox.Key]bool{}
	}
	delete(s.windows, window)
	if focused && open != "" && len(s.windows) < maxWindows {
		s.windows[window] = open
		if len(s.looked) < maxWindows {
			s.looked[open] = true
		}
	}
}

// maxWindows bounds what pages that were never closed leave behind.
const maxWindows = 1000

// any says whether a conversation is in front of the person.
func (s *sight) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.windows) > 0
}

// take gives the conversations in front of the person, and those that were
// since it was asked last: opening one and going on is looking at it too.
func (s *sight) take() []inbox.Key {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Concat(slices.Collect(maps.Keys(s.looked)), slices.Collect(maps.Values(s.windows)))
	clear(s.looked)
	return all
}
