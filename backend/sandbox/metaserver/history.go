package metaserver

import "time"

// AnswerAt is Answer for what was answered at another time.
func (s *Server) AnswerAt(at time.Time, to, name, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.threadOf(PSID(to), name), &message{at: at, fromPage: true, text: text}).id
}

// Skip leaves n ids out: those of what is written from now on are others than at
// an earlier start with the same past.
func (s *Server) Skip(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made += n
}
