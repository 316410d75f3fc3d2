package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/sandbox/crmserver"
)

// salesroom is a newsroom that has an account with a CRM, where everybody has
// a token of their own.
type salesroom struct {
	*newsroom
	crm *crmserver.Server
}

func openSalesroom(t *testing.T, names ...string) *salesroom {
	t.Helper()
	var users []crmserver.User
	for _, name := range names {
		users = append(users, crmserver.User{Name: name, Email: home(name), Token: tokenOf(name)})
	}
	crm, err := crmserver.Start(crmserver.Config{Users: users})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { crm.Close() })
	s := &salesroom{newsroom: openNewsroom(t, names...), crm: crm}
	for _, r := range s.people {
		s.signsIn(r)
	}
	return s
}

func tokenOf(name string) string { return "token-of-" + strings.ToLower(name) + "-0123456789abcdef" }

// signsIn gives a desktop its member's token. The first to do so, an admin,
// chooses the team's CRM.
func (s *salesroom) signsIn(r *reader) {
	s.t.Helper()
	if r != s.people[0] {
		r.until("the team to use Pipedrive", func() bool {
			return call[app.CrmProvider](r.running, "Crm.Provider").Kind == "pipedrive"
		})
	}
	call[any](r.running, "Crm.Connect", app.CrmConnect{Kind: "pipedrive", Token: tokenOf(r.name), BaseURL: s.crm.URL()})
	r.settled()
}

// TestNotesAndDeaths is three desktops that keep one conversation's notes in a
// CRM, and one of them dies in the middle: each message stands once (R25).
func TestNotesAndDeaths(t *testing.T) {
	t.Parallel() // as all that mostly wait
	s := openSalesroom(t, "Ann", "Ben", "Carol")
	ann, ben := s.people[0], s.people[1]

	t.Run("R21 R22 a deal of a conversation gets a note with what was said", func(t *testing.T) {
		s.says(t)
		id := s.mails1("A lamp to sell")
		deal := s.dealOf(ann, id, "Forty lamps")
		s.kept(id, 1, "About A lamp to sell.")
		note := s.notesAt(deal.TargetID)[0]
		for _, want := range []string{"postvak://conversation/", customer(s.lastCustomer), "Not assigned"} {
			if !strings.Contains(note.Content, want) {
				t.Errorf("the note lacks %q:\n%s", want, note.Content)
			}
		}
		call[app.Undo](ben.running, "Inbox.Assign", id, ben.id)
		s.until("its status line to follow", func() bool { return strings.Contains(s.notesAt(deal.TargetID)[0].Content, "Assigned to Ben") })
	})

	for n, step := range []struct {
		name string
		hold func(string) *crmserver.Held
	}{
		{"R25 dead between claim and writing", s.crm.Hold},
		{"R25 dead between writing and done", s.crm.HoldAfter},
	} {
		t.Run(step.name, func(t *testing.T) {
			s.says(t)
			subject := fmt.Sprintf("A lamp and death %d", n)
			id := s.mails1(subject)
			call[app.Undo](ann.running, "Inbox.Assign", id, ben.id)
			s.diesAt(step.hold("POST /v1/notes"), func() { s.dealOf(ann, id, subject) })
			s.takesOver(id, 1, "About "+subject+".")
			s.diesAt(step.hold("PUT /v1/notes"), func() { s.answers(s.lastCustomer, subject, "And a shade for it.") })
			s.takesOver(id, 1, "About "+subject+".", "And a shade for it.")
		})
	}

	t.Run("R24 what a person wrote stays", func(t *testing.T) {
		s.says(t)
		id := s.mails1("A lamp to argue about")
		deal := s.dealOf(ann, id, "An argument")
		s.kept(id, 1, "About A lamp to argue about.")
		first := s.notesAt(deal.TargetID)[0]
		if err := s.crm.Edit(first.ID, "<p>They will not pay.</p>"); err != nil {
			t.Fatal(err)
		}
		edited := s.notesAt(deal.TargetID)[0].Content
		s.answers(s.lastCustomer, "A lamp to argue about", "We will pay.")
		s.until("a new note", func() bool { return len(s.notesAt(deal.TargetID)) == 2 })
		notes := s.notesAt(deal.TargetID)
		if notes[0].Content != edited {
			t.Errorf("what a person wrote became %q", notes[0].Content)
		}
		if !strings.Contains(notes[1].Content, "We will pay.") || strings.Contains(notes[1].Content, "About A lamp") {
			t.Errorf("the new note is %q", notes[1].Content)
		}
		for _, r := range s.people {
			r.until("both notes with their states", func() bool { return slices.Equal(r.noteStates(id), []string{"edited", "current"}) })
		}
	})

	t.Run("nothing comes twice, also much later", func(t *testing.T) {
		s.says(t)
		before := s.crm.Notes()
		s.pass(10 * time.Minute)
		for _, r := range s.people {
			r.settled()
		}
		if after := s.crm.Notes(); !slices.Equal(before, after) {
			t.Errorf("the notes changed by themselves:\n%+v\n%+v", before, after)
		}
		for _, r := range s.people {
			keepsSecretsOnDisk(t, r.dir)
		}
	})
	s.ends()
}

// dealOf makes a deal of a conversation, which everybody then sees.
func (s *salesroom) dealOf(r *reader, id, title string) app.Link {
	s.t.Helper()
	link := call[app.Link](r.running, "Crm.Create", id, "deal", map[string]any{"title": title, "value": "400", "currency": "EUR"})
	if link.TargetID == "" {
		s.t.Fatalf("the deal is %+v", link)
	}
	return link
}

// diesAt ends the desktop whose request arrives at a point, right there. It may
// be any: who is slow is overtaken.
func (s *salesroom) diesAt(h *crmserver.Held, act func()) {
	s.t.Helper()
	act()
	select {
	case <-h.Arrived():
	case <-time.After(patience):
		s.t.Fatalf("nobody writes:\n%s", s.people[0].logTail())
	}
	i := slices.IndexFunc(s.people, func(r *reader) bool { return r.name == h.User() })
	s.people[i].kill()
	s.people[i].on = false
	h.Release()
}

// takesOver lets time pass until the others have written, and lets the dead one
// come back.
func (s *salesroom) takesOver(id string, notes int, texts ...string) {
	s.t.Helper()
	r := s.online()[0]
	written := func() bool { return r.knows(id, notes) && s.stands(id, notes, texts) }
	for tries := 0; !written(); tries++ {
		if tries == 60 {
			s.t.Fatalf("the notes are %+v\n%s", s.crm.Notes(), r.logTail())
		}
		s.pass(20 * time.Second)
		r.untilOr(2*time.Second, written) // what goes on must not be overtaken by the clock
	}
	for _, r := range s.people {
		if !r.on {
			s.comesBack(r)
			r.until("the mailbox to be read", r.synced)
		}
	}
	s.kept(id, notes, texts...)
}

// kept waits until everybody knows so many notes of a conversation, and looks
// that each text stands in them once.
func (s *salesroom) kept(id string, notes int, texts ...string) {
	s.t.Helper()
	s.until("the notes to be written", func() bool { return s.stands(id, notes, texts) })
	for _, r := range s.people {
		r.until(fmt.Sprintf("%s to know %d notes", r.name, notes), func() bool { return r.knows(id, notes) })
	}
	if !s.stands(id, notes, texts) {
		s.t.Errorf("the notes are %+v", s.crm.Notes())
	}
}

// stands says whether a conversation's record has so many notes, in which each
// text stands once.
func (s *salesroom) stands(id string, notes int, texts []string) bool {
	s.t.Helper()
	c, _ := s.online()[0].conversation(id)
	if len(c.Links) != 1 {
		return false
	}
	var all strings.Builder
	there := s.notesAt(c.Links[0].TargetID)
	for _, n := range there {
		all.WriteString(n.Content)
	}
	for _, text := range texts {
		if strings.Count(all.String(), text) != 1 {
			return false
		}
	}
	return len(there) == notes
}

func (s *salesroom) notesAt(record string) []crmserver.Note {
	return slices.DeleteFunc(s.crm.Notes(), func(n crmserver.Note) bool { return n.On != record })
}

// until waits at Ann's desktop.
func (s *salesroom) until(what string, holds func() bool) {
	s.t.Helper()
	s.online()[0].until(what, holds)
}

// knows says whether a desktop knows so many notes of a conversation, and none
// that is still to be written.
func (r *reader) knows(id string, notes int) bool {
	r.t.Helper()
	states := r.noteStates(id)
	return len(states) == notes && !slices.Contains(states, "pending")
}

// noteStates are what a desktop tells of a conversation's notes, the oldest
// first.
func (r *reader) noteStates(id string) (states []string) {
	r.t.Helper()
	for _, n := range call[[]app.CrmNote](r.running, "Crm.Notes", id) {
		states = append(states, n.State)
	}
	return states
}
