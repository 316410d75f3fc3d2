package sqlite

import (
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// maxOwed is how many unwritten messages are told of at once: the oldest. The
// others follow when those are written.
const maxOwed = 500

// maxNoteText bounds what is told of one message's own text, in bytes.
const maxNoteText = 64 << 10

// noteTexts reads what is told of the messages that may be written now: those of
// the newest part, and those that no note has. Of more than it reads nothing is
// said, as if they had not come yet.
func (db *DB) noteTexts(r reading, conversation int64, n notable, state teamlog.State, s *NoteSubject) error {
	s.Messages = make([]NoteMessage, len(n.messages))
	for i, m := range n.messages {
		s.Messages[i] = n.outline(m, state)
	}
	wanted, left := s.wanted()
	for run := range runs(wanted) {
		views, err := loadPage(r, conversation, n.messages[run[0]:run[len(run)-1]+1], state)
		if err != nil {
			return err
		}
		for i := range views {
			s.tell(run[i], &views[i], db.opt.OwnText)
		}
	}
	s.leaveOut(left)
	return nil
}

// outline is what is known of a message without reading it.
func (n notable) outline(m shownMessage, state teamlog.State) NoteMessage {
	out := NoteMessage{Key: m.key, At: timeOf(m.id)}
	if m.flags&flagOut == 0 {
		return out
	}
	out.Member = state.SentBy[m.key]
	for _, alias := range n.aliases[m.id] {
		if out.Member == "" {
			out.Member = state.SentBy[inbox.Key(alias)]
		}
	}
	return out
}

// tell fills in a message that was read, and its true name.
func (s *NoteSubject) tell(at int, v *MessageView, own func(string) string) {
	m := &s.Messages[at]
	m.Author, m.Text = v.From, cut(own(v.Text), maxNoteText)
	for _, a := range v.Attachments {
		if !a.Inline {
			m.Attachments = append(m.Attachments, a)
		}
	}
	names := s.Facts.Messages[at].Names
	if v.Direction == inbox.Out && v.MessageID != "" {
		names[len(names)-1] = messageName(v.MessageID)
	}
}

// wanted are the places of the messages to be read, ascending: those that the
// newest part has, and the oldest of those that may enter one. Left are those
// that wait for the next time.
func (s *NoteSubject) wanted() (wanted []int, left map[int]bool) {
	facts, left := &s.Facts, map[int]bool{}
	if len(facts.Link.Notes) == 0 {
		for i := range facts.Messages {
			if i >= len(facts.Messages)-2*inbox.NoteFirstMax { // some may be one message twice
				wanted = append(wanted, i)
			} else {
				left[i] = true
			}
		}
		return wanted, left
	}
	written, newest, since := facts.Link.Written(), namesOf(facts.Link.Notes[len(facts.Link.Notes)-1]), since(facts)
	owed := 0
	for i, m := range facts.Messages {
		switch {
		case m.In(newest):
			wanted = append(wanted, i)
		case m.In(written) || m.At.Before(since):
		case owed < maxOwed:
			wanted = append(wanted, i)
			owed++
		default:
			left[i] = true
		}
	}
	return wanted, left
}

// since is when the oldest message came that a link's first window has: older
// ones enter no note.
func since(f *inbox.NoteFacts) time.Time {
	first, from := map[string]bool{}, f.Link.Notes[0].From
	for _, note := range f.Link.Notes {
		if note.Window == f.Link.Notes[0].Window {
			for name := range namesOf(note) {
				first[name] = true
			}
		}
	}
	for _, m := range f.Messages {
		if m.In(first) {
			return m.At
		}
	}
	return from
}

func namesOf(note inbox.WrittenNote) map[string]bool {
	all := make(map[string]bool, len(note.Names))
	for _, name := range note.Names {
		all[name] = true
	}
	return all
}

// maxRun is how many messages are read at once.
const maxRun = 200

// runs are stretches of ascending numbers without a gap.
func runs(all []int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		for from := 0; from < len(all); {
			to := from + 1
			for to < len(all) && all[to] == all[to-1]+1 && to-from < maxRun {
				to++
			}
			if !yield(all[from:to]) {
				return
			}
			from = to
		}
	}
}

func (s *NoteSubject) leaveOut(left map[int]bool) {
	if len(left) == 0 {
		return
	}
	facts, messages := s.Facts.Messages[:0], s.Messages[:0]
	for i := range s.Messages {
		if !left[i] {
			facts, messages = append(facts, s.Facts.Messages[i]), append(messages, s.Messages[i])
		}
	}
	s.Facts.Messages, s.Messages = facts, messages
}
