package app

import (
	"slices"
	"strings"
	"testing"
)

// crmRig is a demo whose CRM is tried: the built-in one, or Pipedrive.
type crmRig struct {
	*rig
	l *listener
}

// eachCrm runs a test with the built-in CRM and with Pipedrive.
func eachCrm(t *testing.T, test func(t *testing.T, r crmRig)) {
	for _, kind := range []string{"builtin", "pipedrive"} {
		t.Run(kind, func(t *testing.T) {
			r := startCrmRig(t)
			if kind == "pipedrive" {
				r.connect()
			}
			test(t, r)
		})
	}
}

func startCrmRig(t *testing.T) crmRig {
	t.Helper()
	r := startDemo(t)
	return crmRig{r, r.listen()}
}

// connect has the team use the demo's Pipedrive.
func (r crmRig) connect() {
	r.t.Helper()
	there := call[DemoPipedrive](r.rig, "Sandbox.Pipedrive")
	call[*nothing](r.rig, "Crm.Connect", CrmConnect{Kind: "pipedrive", Token: there.Token, BaseURL: there.BaseURL})
}

// notes waits until a conversation's notes are as wanted.
func (r crmRig) notes(conversation, what string, fit func([]CrmNote) bool) []CrmNote {
	r.t.Helper()
	return until(r.rig, r.l, what, func() ([]CrmNote, bool) {
		notes := call[[]CrmNote](r.rig, "Crm.Notes", conversation)
		return notes, fit(notes)
	})
}

func states(notes []CrmNote) string {
	all := mapped(notes, func(n CrmNote) string { return n.State })
	return strings.Join(all, " ")
}

func (r crmRig) write(subject, text string) Conversation {
	r.t.Helper()
	_, c := r.deliver(r.l, DeliverRequest{From: "eva@klant.example", Name: "Eva Klant", Subject: subject, Text: text})
	return c
}

// A conversation becomes a lead with its note; the customer writes, and the note
// grows; a colleague edits it, and the next message starts another; 25 hours
// later again (R21–R25).
func TestANoteFromLinkingToTheNextDay(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Twee lampen", "Ik wil graag twee lampen.")
		link := call[Link](r.rig, "Crm.Create", c.ID, "lead", map[string]any{"title": "Twee lampen", "value": 3250, "currency": "eur"})
		if link.Pending || link.TargetID == "" || link.Title != "Twee lampen" || link.Kind != "lead" {
			t.Fatalf("link %+v", link)
		}
		notes := r.notes(c.ID, "the first note", func(n []CrmNote) bool { return states(n) == "current" })
		for _, part := range []string{"Eva Klant", "eva@klant.example", "Ik wil graag twee lampen.", "postvak://conversation/"} {
			if !strings.Contains(notes[0].Text, part) {
				t.Errorf("the note lacks %q:\n%s", part, notes[0].Text)
			}
		}
		if notes[0].LinkID != link.ID || notes[0].Kind != "lead" || notes[0].TargetID != link.TargetID || notes[0].Until <= notes[0].From {
			t.Errorf("note %+v", notes[0])
		}

		r.write("Re: Twee lampen", "Of liever drie.")
		grown := r.notes(c.ID, "the note grows", func(n []CrmNote) bool {
			return len(n) == 1 && strings.Contains(n[0].Text, "Of liever drie.")
		})
		if grown[0].ID != notes[0].ID || !strings.Contains(grown[0].Text, "Ik wil graag twee lampen.") {
			t.Errorf("it became another note: %+v", grown)
		}

		call[*nothing](r.rig, "Sandbox.CrmNote", grown[0].ID, CrmNoteRequest{Edit: "Bellen, niet mailen."})
		r.write("Re: Twee lampen", "Nee, toch twee.")
		two := r.notes(c.ID, "the next message starts a note", func(n []CrmNote) bool { return states(n) == "edited current" })
		if strings.Contains(two[1].Text, "Of liever drie.") || !strings.Contains(two[1].Text, "Nee, toch twee.") {
			t.Errorf("the second note: %s", two[1].Text)
		}
		if two[1].Until != two[0].Until {
			t.Errorf("an edited note's successor has hours of its own: %s and %s", two[0].Until, two[1].Until)
		}

		call[*nothing](r.rig, "Sandbox.Advance", "25h")
		r.write("Re: Twee lampen", "Is het gelukt?")
		three := r.notes(c.ID, "another day, another note", func(n []CrmNote) bool { return states(n) == "edited past current" })
		if three[0].Text == three[2].Text || strings.Contains(three[2].Text, "Nee, toch twee.") || !strings.Contains(three[2].Text, "Is het gelukt?") {
			t.Errorf("the third note: %s", three[2].Text)
		}
		r.once(t, "Ik wil graag twee lampen.", "Of liever drie.", "Nee, toch twee.", "Is het gelukt?")
	})
}

// once looks at all that stands in the CRM: what was edited away may be missing,
// and nothing stands there twice.
func (r crmRig) once(t *testing.T, texts ...string) {
	t.Helper()
	var all []string
	if r.app.crm.present().choice.builtin() {
		for _, record := range call[[]Record](r.rig, "Crm.List", "lead", RecordQuery{}) {
			for _, n := range call[Record](r.rig, "Crm.Get", "lead", record.ID).Notes {
				all = append(all, n.Text)
			}
		}
	} else {
		for _, n := range r.app.demo.crm.Notes() {
			all = append(all, n.Content)
		}
	}
	for _, text := range texts {
		with := slices.DeleteFunc(slices.Clone(all), func(note string) bool { return !strings.Contains(note, text) })
		if len(with) > 1 {
			t.Errorf("%q stands in %d notes:\n%s", text, len(with), strings.Join(with, "\n---\n"))
		}
	}
}
