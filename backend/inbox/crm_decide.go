package inbox

import (
	"slices"
	"strings"
	"time"
)

// MessageIDName begins the name that an outgoing message has on every desktop:
// what follows is the hash of its Message-ID. Its keys may differ, because the
// mail server may change the copy that it keeps.
const MessageIDName = "id:"

// Written are all names of messages that the link's notes have, of any window
// and whoever wrote them, and those that stand at the same record by another
// link. A message with one of them is never written again (R25).
func (l Link) Written() map[string]bool {
	all := set(l.Elsewhere)
	for _, note := range l.Notes {
		for _, name := range note.Names {
			all[name] = true
		}
	}
	return all
}

// Said are the names of a message that go to the team log: those by which every
// desktop that has the message knows it.
func (m NoteMessage) Said() []string {
	if i := slices.IndexFunc(m.Names, func(n string) bool { return strings.HasPrefix(n, MessageIDName) }); i >= 0 {
		return m.Names[i : i+1]
	}
	return m.Names
}

// Adds are the names to be said in the log once the verdict is carried out:
// those of its messages that are in none of the link's notes yet.
func (f NoteFacts) Adds(v NoteVerdict) []string {
	written, names := f.Link.Written(), []string{}
	for _, i := range v.Messages {
		if m := f.Messages[i]; !m.In(written) {
			names = append(names, m.Said()...)
		}
	}
	return names
}

// In says whether a message has one of the names.
func (m NoteMessage) In(names map[string]bool) bool {
	return slices.ContainsFunc(m.Names, func(name string) bool { return names[name] })
}

// DecideNote says what is to be done about a link's note now (R22–R25). It is
// the only place that does, looks at nothing but the facts, and gives one step:
// the service carries it out, says it in the log, and asks again.
//
//  1. Nothing is noted yet: the first note has the messages of the day before
//     the link and what came since, at least the last one, at most the newest
//     20 (R22). Older ones never enter any note of the link.
//  2. A message within 24 hours of the newest window's beginning belongs to it,
//     also when it becomes known late; any other begins the next window, after
//     everything that belongs to the newest is written (R23). Only the times of
//     messages decide that, so that all desktops say the same.
//  3. The newest part of the newest window is written anew with what is added,
//     until it is full. Full, edited or deleted (R24), it is left as it is and
//     another part goes on.
//  4. A part is only written anew where all its messages are known. A desktop
//     that lacks one goes on in another part (Lacking says to wait first).
//  5. With nothing to add, the status line follows the assignee until the
//     window ends.
func DecideNote(f NoteFacts) NoteVerdict {
	switch {
	case f.Link.ID == "" || f.Link.Removed:
		return NoteVerdict{}
	case len(f.Link.Notes) == 0:
		return startNote(f, 1, 1, f.first())
	}
	n := newestNote(f)
	now, next := n.owed()
	switch {
	case len(now) > 0:
		return n.add(now)
	case len(next) > 0:
		return startNote(f, n.part.Window+1, 1, next)
	}
	return n.status()
}

// first are the messages that the first note of a link begins with.
func (f NoteFacts) first() []int {
	written, from := f.Link.Written(), f.Link.At.Add(-NoteLookback)
	chosen := f.distinct(func(m NoteMessage) bool { return m.At.After(from) })
	if len(chosen) == 0 && len(f.Messages) > 0 {
		chosen = []int{len(f.Messages) - 1}
	}
	chosen = chosen[max(0, len(chosen)-NoteFirstMax):]
	return slices.DeleteFunc(chosen, func(i int) bool { return f.Messages[i].In(written) })
}

// distinct are the messages for which keep says so, each once.
func (f NoteFacts) distinct(keep func(NoteMessage) bool) []int {
	chosen, have := []int{}, map[string]bool{}
	for i, m := range f.Messages {
		if len(m.Names) == 0 || m.In(have) || !keep(m) {
			continue
		}
		chosen = append(chosen, i)
		for _, name := range m.Names {
			have[name] = true
		}
	}
	return chosen
}

// startNote begins a part with as many of the messages as fit, at least one.
func startNote(f NoteFacts, window, part int, messages []int) NoteVerdict {
	if len(messages) == 0 {
		return NoteVerdict{}
	}
	fit := max(1, f.fit(0, messages))
	return NoteVerdict{Act: NoteStart, Window: window, Part: part, Messages: messages[:fit]}
}

// fit counts how many of the messages, from the first, fit in beside size.
func (f NoteFacts) fit(size int, messages []int) int {
	for n, i := range messages {
		if size += f.Messages[i].Size; size > NotePartSize {
			return n
		}
	}
	return len(messages)
}

// newest is the newest part of the newest window, with what the decision about
// it needs.
type newest struct {
	NoteFacts
	part    WrittenNote
	ends    time.Time // of its window
	here    []int     // its messages that are known here
	lacking bool      // it has others
}

func newestNote(f NoteFacts) newest {
	n := newest{NoteFacts: f}
	n.part, _ = f.Link.Newest()
	n.ends = f.Link.WindowFrom(n.part.Window).Add(NoteWindow)
	n.here, n.lacking = f.known(n.part)
	return n
}

// known are the messages here that a part has, and whether it has others.
func (f NoteFacts) known(part WrittenNote) (here []int, lacking bool) {
	names := set(part.Names)
	here = f.distinct(func(m NoteMessage) bool { return m.In(names) })
	for _, i := range here {
		for _, name := range f.Messages[i].Names {
			delete(names, name)
		}
	}
	return here, len(names) > 0
}

func set(names []string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

// owed are the messages that no note has: those of the newest window and those
// of the next.
func (n newest) owed() (now, next []int) {
	written, enters := n.Link.Written(), n.enters()
	for _, i := range n.distinct(func(m NoteMessage) bool { return !m.In(written) && enters(m) }) {
		if n.Messages[i].At.Before(n.ends) {
			now = append(now, i)
		} else {
			next = append(next, i)
		}
	}
	return now, next
}

// enters tells the messages that the notes of the link are about: none is older
// than the oldest of its first window. Of those of the same moment the first
// note took some and left others when it had as many as it may.
func (n newest) enters() func(NoteMessage) bool {
	names, from := map[string]bool{}, time.Time{}
	for _, note := range n.Link.Notes {
		if note.Window != 1 {
			continue
		}
		for _, name := range note.Names {
			names[name] = true
		}
		if from.IsZero() || note.From.Before(from) {
			from = note.From
		}
	}
	known := n.distinct(func(m NoteMessage) bool { return m.In(names) })
	if len(known) > 0 {
		from = n.Messages[known[0]].At
	}
	return func(m NoteMessage) bool {
		return m.At.After(from) || m.At.Equal(from) && len(known) < NoteFirstMax
	}
}

// add brings messages into the newest part, or begins the next one.
func (n newest) add(messages []int) NoteVerdict {
	after := startNote(n.NoteFacts, n.part.Window, n.part.Part+1, messages)
	after.Lacking = n.lacking
	switch standing := n.Provider; {
	case n.part.State != NoteCurrent:
		after.Lacking = false
		return after
	case standing == nil:
		return NoteVerdict{Act: NoteLook, Window: n.part.Window, Part: n.part.Part, Lacking: n.lacking}
	case standing.State != NoteCurrent:
		after.Mark, after.Lacking = standing.State, false
		return after
	case n.lacking && standing.Ahead:
		// It may have the very messages that would begin the next part: first
		// the log must say which.
		return NoteVerdict{Lacking: true}
	case n.lacking:
		return after
	}
	fit := n.fit(n.size(), messages)
	if fit == 0 && !n.Provider.Ahead {
		return after
	}
	return n.write(messages[:fit])
}

// size is what the newest part's messages take.
func (n newest) size() (size int) {
	for _, i := range n.here {
		size += n.Messages[i].Size
	}
	return size
}

// write is the newest part with messages added, in their order.
func (n newest) write(added []int) NoteVerdict {
	all := slices.Concat(n.here, added)
	slices.Sort(all)
	return NoteVerdict{Act: NoteAppend, Window: n.part.Window, Part: n.part.Part, Messages: all}
}

// status keeps the status line of a note right to which nothing is added.
func (n newest) status() NoteVerdict {
	if n.part.State != NoteCurrent || !n.Now.Before(n.ends) {
		return NoteVerdict{}
	}
	switch {
	case n.Assignee == n.part.Assignee || n.lacking:
		return NoteVerdict{}
	case n.Provider == nil:
		return NoteVerdict{Act: NoteLook, Window: n.part.Window, Part: n.part.Part}
	case n.Provider.State != NoteCurrent:
		return NoteVerdict{Act: NoteMark, Window: n.part.Window, Part: n.part.Part, Mark: n.Provider.State}
	}
	return n.write(nil)
}
