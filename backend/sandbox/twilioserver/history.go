package twilioserver

import (
	"cmp"
	"time"
)

// Wrote puts a message into the account that the business wrote from elsewhere,
// and that was read by now; it gives the message's id. At zero is now, From ""
// the first sender.
func (s *Server) Wrote(from, to, body string, at time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.IsZero() {
		at = s.now()
	}
	m := &message{forced: "read", Message: Message{
		SID: s.sid("SM"), From: cmp.Or(from, s.cfg.Senders[0].Number), To: to, Body: body, At: at.UTC(),
	}}
	s.messages = append(s.messages, m)
	return m.SID
}

// Skip leaves n ids out: those of what is written from now on are others than at
// an earlier start with the same past.
func (s *Server) Skip(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids += n
}
