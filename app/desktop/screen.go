package desktop

// shownKept is how many notices are remembered. A server that never says that it
// closed one must not make the program grow.
const shownKept = 500

// shown is a notice on the screen.
type shown struct {
	owner string            // the server that shows it
	slot  string            // "" for none
	keys  map[string]string // what a key of the protocol's means: an action
}

// screen remembers what one server shows, by the numbers it gave.
type screen struct {
	notices map[uint32]shown
	slots   map[string]uint32
	order   []uint32 // of the notices, the oldest first
}

func (s *screen) clear() { *s = screen{} }

// number is what a slot shows; 0 for nothing.
func (s *screen) number(slot string) uint32 { return s.slots[slot] }

// put remembers a notice. The one that its slot showed before is gone, also
// where the server gave the new one another number.
func (s *screen) put(id uint32, n shown) {
	if s.notices == nil {
		s.notices, s.slots = map[uint32]shown{}, map[string]uint32{}
	}
	if was := s.slots[n.slot]; n.slot != "" && was != 0 {
		s.remove(was)
	}
	s.remove(id)
	s.notices[id] = n
	s.order = append(s.order, id)
	if n.slot != "" {
		s.slots[n.slot] = id
	}
	if len(s.order) > shownKept {
		s.remove(s.order[0])
	}
}

// leave makes a slot empty and gives what it showed. The notice itself is
// remembered until the server says that it closed it: a click may be under way.
func (s *screen) leave(slot string) uint32 {
	id := s.slots[slot]
	delete(s.slots, slot)
	return id
}

// remove forgets a notice.
func (s *screen) remove(id uint32) {
	n, known := s.notices[id]
	if !known {
		return
	}
	delete(s.notices, id)
	if s.slots[n.slot] == id {
		delete(s.slots, n.slot)
	}
	for i, other := range s.order {
		if other == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
}
