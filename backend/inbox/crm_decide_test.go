package inbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postvak/backend/inbox"
)

// noon is when the first window of these tests begins; a link is as old.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func hour(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }

// msg is an incoming message named by its number of hours from noon.
func msg(hours float64) inbox.NoteMessage {
	return inbox.NoteMessage{Names: []string{name(hours)}, At: hour(hours), Size: 500}
}

func name(hours float64) string { return fmt.Sprintf("in:%g", hours) }

func msgs(hours ...float64) (all []inbox.NoteMessage) {
	for _, h := range hours {
		all = append(all, msg(h))
	}
	return all
}

func names(hours ...float64) (all []string) {
	for _, h := range hours {
		all = append(all, name(h))
	}
	return all
}

// part is one that the log knows: current, of a window that began then, with
// those messages.
func part(window, number int, from float64, hours ...float64) inbox.WrittenNote {
	return inbox.WrittenNote{
		Window: window, Part: number, Revision: 1, NoteID: "n", From: hour(from),
		Names: names(hours...), State: inbox.NoteCurrent,
	}
}

func marked(p inbox.WrittenNote, state inbox.NoteState) inbox.WrittenNote {
	p.State = state
	return p
}

func link(notes ...inbox.WrittenNote) inbox.Link {
	return inbox.Link{ID: "l", At: noon, Notes: notes}
}

func elsewhere(hours ...float64) inbox.Link {
	l := link()
	l.Elsewhere = names(hours...)
	return l
}

func standing(state inbox.NoteState) *inbox.NoteStanding { return &inbox.NoteStanding{State: state} }

func series(from, step float64, n int) (hours []float64) {
	for i := range n {
		hours = append(hours, from+float64(i)*step)
	}
	return hours
}

func sized(size int, messages []inbox.NoteMessage) []inbox.NoteMessage {
	for i := range messages {
		messages[i].Size = size
	}
	return messages
}

const second = 1.0 / 3600

var (
	unchanged = standing(inbox.NoteCurrent)
	edited    = standing(inbox.NoteEdited)
	deleted   = standing(inbox.NoteDeleted)
	ahead     = &inbox.NoteStanding{State: inbox.NoteCurrent, Ahead: true}
	nothing   = inbox.NoteVerdict{}
)

func start(window, part int, messages ...int) inbox.NoteVerdict {
	return inbox.NoteVerdict{Act: inbox.NoteStart, Window: window, Part: part, Messages: messages}
}

func write(window, part int, messages ...int) inbox.NoteVerdict {
	return inbox.NoteVerdict{Act: inbox.NoteAppend, Window: window, Part: part, Messages: messages}
}

func look(window, part int) inbox.NoteVerdict {
	return inbox.NoteVerdict{Act: inbox.NoteLook, Window: window, Part: part}
}

func lacking(v inbox.NoteVerdict) inbox.NoteVerdict { v.Lacking = true; return v }

func mark(v inbox.NoteVerdict, state inbox.NoteState) inbox.NoteVerdict {
	v.Mark = state
	return v
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

type noteCase struct {
	name     string
	link     inbox.Link
	messages []inbox.NoteMessage
	assignee inbox.MemberID
	now      float64 // hours from noon
	provider *inbox.NoteStanding
	want     inbox.NoteVerdict
}

func run(t *testing.T, cases []noteCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := inbox.DecideNote(inbox.NoteFacts{
				Link: c.link, Messages: c.messages, Assignee: c.assignee, Now: hour(c.now), Provider: c.provider,
			})
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
				t.Errorf("\n got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestR21NoLinkNoNote(t *testing.T) {
	removed := link()
	removed.Removed = true
	removedLater := link(part(1, 1, 0, -1))
	removedLater.Removed = true
	run(t, []noteCase{
		{name: "unlinked before its note", link: removed, messages: msgs(-1), want: nothing},
		{name: "unlinked with a note", link: removedLater, messages: msgs(-1, 1), provider: unchanged, want: nothing},
		{name: "the conversation was deleted: its links are gone", messages: msgs(30), now: 30, want: nothing},
	})
}

func TestR22TheFirstNote(t *testing.T) {
	day := func(l inbox.Link, hours float64) inbox.Link { l.At = hour(hours); return l }
	run(t, []noteCase{
		{name: "the messages of the last day", link: link(), messages: msgs(-30, -23, -2), want: start(1, 1, 1, 2)},
		{name: "23:59:59 ago", link: link(), messages: msgs(-24+second, -1), want: start(1, 1, 0, 1)},
		{name: "24:00:00 ago", link: link(), messages: msgs(-24, -1), want: start(1, 1, 1)},
		{name: "at least the last one", link: link(), messages: msgs(-90, -80), want: start(1, 1, 1)},
		{name: "at most the newest 20", link: link(), messages: msgs(series(-20, .5, 25)...), want: start(1, 1, upTo(25)[5:]...)},
		{name: "what came since the link", link: link(), messages: msgs(-1, 3), now: 4, want: start(1, 1, 0, 1)},
		{name: "none at linking: wait", link: link(), want: nothing},
		{name: "none at linking, then one", link: link(), messages: msgs(50), now: 50, want: start(1, 1, 0)},
		{name: "the linker's clock is days ahead", link: day(link(), 99), messages: msgs(-2, -1), want: start(1, 1, 1)},
		{name: "the linker's clock is days behind", link: day(link(), -999), messages: msgs(series(-500, 1, 30)...), want: start(1, 1, upTo(30)[10:]...)},
		{name: "big ones go on in a part", link: link(), messages: sized(8000, msgs(-6, -5, -4, -3, -2)), want: start(1, 1, 0, 1, 2)},
		{name: "and there", link: link(part(1, 1, 0, -6, -5, -4)), messages: sized(8000, msgs(-6, -5, -4, -3, -2)), provider: unchanged, want: start(1, 2, 3, 4)},
		{name: "one too big for any note", link: link(), messages: sized(inbox.NotePartSize+1, msgs(-2, -1)), want: start(1, 1, 0)},
		{name: "some stand at the record by another link", link: elsewhere(-2), messages: msgs(-2, -1), want: start(1, 1, 1)},
		{name: "all do: wait", link: elsewhere(-2, -1), messages: msgs(-2, -1), want: nothing},
		{name: "of 25 in one second the other five stay out", link: link(part(1, 1, 0, series(-1, 1e-9, 20)...)), now: 1,
			messages: append(sameMoment(5, -1), sameMomentAs(-1, series(-1, 1e-9, 20)...)...), want: nothing},
	})
}

// sameMoment are n messages of one moment that nobody wrote of.
func sameMoment(n int, hours float64) (all []inbox.NoteMessage) {
	for i := range n {
		m := msg(hours)
		m.Names = []string{fmt.Sprintf("extra:%d", i)}
		all = append(all, m)
	}
	return all
}

func sameMomentAs(hours float64, named ...float64) []inbox.NoteMessage {
	all := msgs(named...)
	for i := range all {
		all[i].At = hour(hours)
	}
	return all
}

func TestR23WindowsOfADay(t *testing.T) {
	first := link(part(1, 1, 0, -1))
	run(t, []noteCase{
		{name: "look before writing", link: first, messages: msgs(-1, 2), now: 2, want: look(1, 1)},
		{name: "join the note", link: first, messages: msgs(-1, 2), now: 2, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "23:59:59", link: first, messages: msgs(-1, 24-second), now: 24, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "24:00:00", link: first, messages: msgs(-1, 24), now: 24, want: start(2, 1, 1)},
		{name: "the note's day counts, not the conversation's", link: link(part(1, 1, 5, -1)), messages: msgs(-1, 28), now: 28, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "23:59:59, known a day late", link: first, messages: msgs(-1, 24-second), now: 48, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "the clock goes back: 24:00:00 stays the next day", link: first, messages: msgs(-1, 24), now: -5, want: start(2, 1, 1)},
		{name: "the clock goes back: a straggler stays in the day", link: first, messages: msgs(-1, 3), now: -99, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "both days owed: the first one first", link: first, messages: msgs(-1, 3, 30), now: 31, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "then the next", link: link(part(1, 1, 0, -1, 3)), messages: msgs(-1, 3, 30), now: 31, want: start(2, 1, 2)},
		{name: "offline for days: all that is owed begins one note", link: first, messages: msgs(-1, 30, 60, 90), now: 91, want: start(2, 1, 1, 2, 3)},
		{name: "several days owed, the note of the first one full", link: first, messages: sized(20_000, msgs(-1, 3, 30)), now: 31, provider: unchanged, want: start(1, 2, 1)},
		{name: "a straggler of an older day joins the newest", link: link(part(1, 1, 0, -1), part(2, 1, 26, 26)), messages: msgs(-1, 3, 26), now: 27, provider: unchanged, want: write(2, 1, 1, 2)},
		{name: "a straggler older than the first note stays out", link: first, messages: msgs(-2, -1), now: 1, want: nothing},
		{name: "a straggler of the same moment comes in", link: first, messages: append(sameMoment(1, -1), msg(-1)), now: 1, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "parts share their window's beginning", link: link(part(1, 1, 0, -1), part(1, 2, 20, 20)), messages: msgs(-1, 20, 25), now: 25, want: start(2, 1, 2)},
		{name: "a note of 30 kB is filled up", link: link(part(1, 1, 0, -1)), messages: sized(8000, msgs(-1, 1, 2, 3, 4)), now: 5, provider: unchanged, want: write(1, 1, 0, 1, 2)},
		{name: "and goes on in a part", link: link(part(1, 1, 0, -1, 1, 2)), messages: sized(8000, msgs(-1, 1, 2, 3, 4)), now: 5, provider: unchanged, want: start(1, 2, 3, 4)},
		{name: "nothing to add", link: first, messages: msgs(-1), now: 5, want: nothing},
		{name: "nothing to add, the day is over", link: first, messages: msgs(-1), now: 24, want: nothing},
	})
}

func TestR24NotesThatPeopleChanged(t *testing.T) {
	one := func(state inbox.NoteState) inbox.Link { return link(marked(part(1, 1, 0, -1), state)) }
	both := msgs(-1, 2)
	run(t, []noteCase{
		{name: "edited", link: link(part(1, 1, 0, -1)), messages: both, now: 2, provider: edited, want: mark(start(1, 2, 1), inbox.NoteEdited)},
		{name: "deleted", link: link(part(1, 1, 0, -1)), messages: both, now: 2, provider: deleted, want: mark(start(1, 2, 1), inbox.NoteDeleted)},
		{name: "known to be edited: no further look", link: one(inbox.NoteEdited), messages: both, now: 2, want: start(1, 2, 1)},
		{name: "known to be deleted: no further look", link: one(inbox.NoteDeleted), messages: both, now: 2, want: start(1, 2, 1)},
		{name: "edited, nothing new", link: one(inbox.NoteEdited), messages: msgs(-1), assignee: "carol", now: 2, want: nothing},
		{name: "edited in the first part, the second goes on", link: link(marked(part(1, 1, 0, -1), inbox.NoteEdited), part(1, 2, 0, 2)), messages: msgs(-1, 2, 3), now: 3, provider: unchanged, want: write(1, 2, 1, 2)},
		{name: "edited, and the day is over", link: link(part(1, 1, 0, -1)), messages: msgs(-1, 30), now: 30, want: start(2, 1, 1)},
		{name: "the assignee changes a note that was edited", link: link(part(1, 1, 0, -1)), messages: msgs(-1), assignee: "carol", now: 2, provider: edited, want: mark(inbox.NoteVerdict{Act: inbox.NoteMark, Window: 1, Part: 1}, inbox.NoteEdited)},
	})
}

func TestR22TheStatusLineFollowsTheAssignee(t *testing.T) {
	one, here := link(part(1, 1, 0, -1)), msgs(-1)
	run(t, []noteCase{
		{name: "look first", link: one, messages: here, assignee: "carol", now: 2, want: look(1, 1)},
		{name: "within the day", link: one, messages: here, assignee: "carol", now: 24 - second, provider: unchanged, want: write(1, 1, 0)},
		{name: "after the day", link: one, messages: here, assignee: "carol", now: 24, want: nothing},
		{name: "together with a message", link: one, messages: msgs(-1, 2), assignee: "carol", now: 3, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "of the newest part alone", link: link(part(1, 1, 0, -1), part(1, 2, 0, 2)), messages: msgs(-1, 2), assignee: "carol", now: 3, provider: unchanged, want: write(1, 2, 1)},
		{name: "not where a message of it is missing", link: link(part(1, 1, 0, -1, -.5)), messages: here, assignee: "carol", now: 3, want: nothing},
	})
}

func TestR25OnceWhateverADesktopKnows(t *testing.T) {
	sent := func(hours float64, keys ...string) inbox.NoteMessage {
		m := msg(hours)
		m.Names = append(keys, "id:"+name(hours))
		return m
	}
	byID := link(inbox.WrittenNote{Window: 1, Part: 1, From: noon, Names: []string{"id:in:1"}, State: inbox.NoteCurrent})
	full := link(part(1, 1, 0, -1, 1, 2))
	run(t, []noteCase{
		{name: "a message of the note is missing here: look", link: link(part(1, 1, 0, -1, 1)), messages: msgs(1, 2), now: 2, want: lacking(look(1, 1))},
		{name: "and go on in a part", link: link(part(1, 1, 0, -1, 1)), messages: msgs(1, 2), now: 2, provider: unchanged, want: lacking(start(1, 2, 1))},
		{name: "unless it was edited", link: link(part(1, 1, 0, -1, 1)), messages: msgs(1, 2), now: 2, provider: edited, want: mark(start(1, 2, 1), inbox.NoteEdited)},
		{name: "or may have that message already", link: link(part(1, 1, 0, -1, 1)), messages: msgs(1, 2), now: 2, provider: ahead, want: lacking(nothing)},
		{name: "all of the first note is missing: nothing older than it", link: link(part(1, 1, 0, -1)), messages: msgs(-.5, 2), now: 2, provider: unchanged, want: lacking(start(1, 2, 1))},
		{name: "the sender's own copy has another key", link: byID, messages: []inbox.NoteMessage{sent(1, "own", "server's")}, now: 2, want: nothing},
		{name: "and is not missing on a colleague's", link: byID, messages: append([]inbox.NoteMessage{sent(1, "server's")}, msg(2)), now: 2, provider: unchanged, want: write(1, 1, 0, 1)},
		{name: "a message that is listed twice", link: link(), messages: []inbox.NoteMessage{sent(1, "own"), sent(1, "server's")}, want: start(1, 1, 0)},
		{name: "another link's notes are nothing to this one", link: inbox.Link{ID: "other", At: noon}, messages: msgs(-1, 2), want: start(1, 1, 0, 1)},
		{name: "written, but not yet said: write the same anew", link: link(part(1, 1, 0, -1)), messages: msgs(-1, 2), now: 2, provider: ahead, want: write(1, 1, 0, 1)},
		{name: "written, not said, and full by now: take out what another part will have", link: full, messages: sized(9_500, msgs(-1, 1, 2, 3)), now: 4, provider: ahead, want: write(1, 1, 0, 1, 2)},
	})
}

func TestR25NamesForTheLog(t *testing.T) {
	own := inbox.NoteMessage{Names: []string{"own", "server's", "id:x"}}
	facts := inbox.NoteFacts{
		Link:     link(part(1, 1, 0, -1)),
		Messages: append(msgs(-1, 2), own),
	}
	got := facts.Adds(inbox.NoteVerdict{Messages: []int{0, 1, 2}})
	if want := []string{name(2), "id:x"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}
