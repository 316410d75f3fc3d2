package metaserver

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// thread is the page's conversation with one person.
type thread struct {
	id, psid, name string
	messages       []*message // ascending by time
	known          time.Time  // when somebody wrote what is not there any more
}

type message struct {
	id       string
	thread   *thread
	n        int // of all messages; tells those of one second apart
	at       time.Time
	added    time.Time
	listed   time.Time // from when on lists show it
	fromPage bool
	text     string
	files    []fileRef
	sticker  bool
	shares   []string
}

// fileRef is a file of a message: the bytes lie with the server's files.
type fileRef struct{ id, name, kind string }

// PSID is the page-scoped id of a person who writes as from: an id as it is, a
// name as an id of its own.
func PSID(from string) string {
	from = strings.TrimSpace(from)
	if from != "" && strings.Trim(from, "0123456789") == "" {
		return from
	}
	sum := sha256.Sum256([]byte(strings.ToLower(from)))
	return fmt.Sprintf("7%015d", binary.BigEndian.Uint64(sum[:8])%1e15)
}

// Deliver lets somebody write to the page now, and gives the message's id. From
// is an id or a name.
func (s *Server) Deliver(from, name, text string, files []File) string {
	return s.DeliverAt(s.now(), from, name, text, files)
}

// DeliverAt is Deliver for a message that is dated otherwise: one that comes
// late, or history.
func (s *Server) DeliverAt(at time.Time, from, name, text string, files []File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.threadOf(PSID(from), name), &message{at: at, text: text, files: s.files.keep(files)}).id
}

// DeliverSticker lets somebody send a thumb.
func (s *Server) DeliverSticker(from, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref := s.files.keep([]File{{Name: "thumb.png", Type: "image/png", Data: []byte("\x89PNG thumb")}})
	return s.add(s.threadOf(PSID(from), name), &message{at: s.now(), files: ref, sticker: true}).id
}

// DeliverShare lets somebody send a link as a card.
func (s *Server) DeliverShare(from, name, link string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.threadOf(PSID(from), name), &message{at: s.now(), shares: []string{link}}).id
}

// Answer lets somebody answer at the page itself, past this program.
func (s *Server) Answer(to, name, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.threadOf(PSID(to), name), &message{at: s.now(), fromPage: true, text: text}).id
}

// Know lets somebody have written to the page just now, and taken it back: there
// is nothing to read, and they can be answered.
func (s *Server) Know(from, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threadOf(PSID(from), name).known = s.now()
}

func (s *Server) threadOf(psid, name string) *thread {
	t := s.threads[psid]
	if t == nil {
		t = &thread{id: "t_" + psid, psid: psid}
		s.threads[psid] = t
	}
	if name != "" {
		t.name = name
	}
	return t
}

func (s *Server) add(t *thread, m *message) *message {
	s.made++
	m.n = s.made
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", s.cfg.PageID, s.made))
	m.id = "m_" + base64.RawURLEncoding.EncodeToString(sum[:])
	m.at = m.at.UTC().Truncate(time.Second)
	m.added = s.now().Truncate(time.Second)
	m.listed = s.now().Add(s.cfg.Lag)
	m.thread = t
	if m.fromPage {
		m.shares = linksOf(m.text)
	}
	s.byID[m.id] = m
	t.messages = append(t.messages, m)
	if n := len(t.messages); n > 1 && t.messages[n-2].at.After(m.at) {
		slices.SortStableFunc(t.messages, func(a, b *message) int { return a.at.Compare(b.at) })
	}
	return m
}

// shown are the messages that lists show now, the newest first.
func (t *thread) shown(now time.Time) []*message {
	var all []*message
	for _, m := range slices.Backward(t.messages) {
		if !m.listed.After(now) {
			all = append(all, m)
		}
	}
	return all
}

// updated is when something was last added, as far as lists know: also what was
// dated earlier. Zero: they know of nothing.
func (t *thread) updated(now time.Time) (at time.Time) {
	for _, m := range t.messages {
		if m.listed.After(now) {
			continue
		}
		for _, one := range []time.Time{m.at, m.added} {
			if one.After(at) && !one.After(now) {
				at = one
			}
		}
	}
	return at
}

// lastInbound is when the person last wrote.
func (t *thread) lastInbound() time.Time {
	at := t.known
	for _, m := range t.messages {
		if !m.fromPage && m.at.After(at) {
			at = m.at
		}
	}
	return at
}
