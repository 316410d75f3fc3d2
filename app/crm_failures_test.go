package app

import (
	"strings"
	"testing"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/crmserver"
)

// crmFailures are the ways in which a Pipedrive account fails, with the code of
// what is asked then.
var crmFailures = []struct {
	name    string
	failure crmserver.Failure
	code    string
}{
	{"401", crmserver.Unauthorized, "auth"},
	{"402", crmserver.Unpaid, "unavailable"},
	{"403", crmserver.Refused, "forbidden"},
	{"403 of the plan", crmserver.LimitReached, "forbidden"},
	{"403 page", crmserver.Capped, "unavailable"},
	{"404", crmserver.Missing, "not_found"},
	{"410", crmserver.Gone, "not_found"},
	{"429", crmserver.TooMany, "unavailable"},
	{"429 without a time", crmserver.TooManyBare, "unavailable"},
	{"400", crmserver.BadRequest, "invalid"},
	{"500", crmserver.Broken, "unavailable"},
	{"502 page", crmserver.BadGateway, "unavailable"},
	{"503", crmserver.Maintenance, "unavailable"},
	{"a page", crmserver.NotJSON, "unavailable"},
	{"cut before", crmserver.CutBefore, "unavailable"},
	{"cut after", crmserver.CutAfter, "unavailable"},
	{"504 after", crmserver.GatewayAfter, "unavailable"},
	{"cut JSON", crmserver.CutJSON, "unavailable"},
	{"another address", crmserver.Elsewhere, "unavailable"},
	{"no success", crmserver.NoSuccess, "unavailable"},
}

// Connecting and searching fail with a sentence in both languages, store
// nothing, and work as soon as the account does.
func TestAPipedriveThatFailsIsTold(t *testing.T) {
	r := startCrmRig(t)
	there := call[DemoPipedrive](r.rig, "Sandbox.Pipedrive")
	server := r.app.demo.crm
	dutch := func(code, name string, arguments ...any) (english, dutch string) {
		t.Helper()
		english = r.refused(code, name, arguments...).Message
		call[*nothing](r.rig, "Settings.Save", map[string]any{"language": "nl"})
		dutch = r.refused(code, name, arguments...).Message
		call[*nothing](r.rig, "Settings.Save", map[string]any{"language": "en"})
		return english, dutch
	}
	for _, f := range crmFailures {
		server.Heal()
		server.Fail("", f.failure, -1)
		if en, nl := dutch(f.code, "Crm.Connect", CrmConnect{Kind: "pipedrive", Token: there.Token}); en == nl {
			t.Errorf("connecting, %s: %q in Dutch", f.name, nl)
		}
		if r.provider().Kind != "builtin" {
			t.Fatalf("%s connected", f.name)
		}
	}
	server.Heal()
	r.connect()
	for _, f := range crmFailures {
		server.Fail("", f.failure, -1)
		if en, nl := dutch(f.code, "Crm.Search", "person", "Ilse "+f.name); en == nl {
			t.Errorf("searching, %s: %q in Dutch", f.name, nl)
		}
		server.Heal()
		call[*nothing](r.rig, "Sandbox.Advance", "5h")
		call[[]RecordHit](r.rig, "Crm.Search", "person", "Ilse "+f.name)
	}
}

// A note whose answer was lost stands there once, and is shown with its text:
// what is found is as good as what was written.
func TestANoteWhoseAnswerWasLost(t *testing.T) {
	r := startCrmRig(t)
	r.connect()
	c := r.write("Vraag", "Hoi")
	r.app.demo.crm.Fail("POST /v1/notes", crmserver.CutAfter, 1)
	call[Link](r.rig, "Crm.Create", c.ID, "person", map[string]any{"name": "Eva Klant"})
	r.notes(c.ID, "the reason why it waits", func(n []CrmNote) bool { return states(n) == "pending" && n[0].Reason != "" })
	r.notes(c.ID, "the note with its text", func(n []CrmNote) bool { return states(n) == "current" && strings.Contains(n[0].Text, "Hoi") })
	if n := r.app.demo.crm.Asked("POST", "/v1/notes"); n != 1 {
		t.Errorf("written %d times", n)
	}
}

// A new deal can stand where its CRM has stages: the built-in contact book's, in
// words, or the account's own.
func TestWhereADealCanStand(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		stages := call[[]CrmStage](r.rig, "Crm.Stages")
		if len(stages) < 2 || stages[1].ID == "" || stages[1].Name == "" {
			t.Fatalf("stages %+v", stages)
		}
		c := r.write("Vraag", "Hoi")
		link := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Lampen", "stage": stages[1].ID})
		if got := call[Record](r.rig, "Crm.Get", "deal", link.TargetID); got.Stage != stages[1].ID {
			t.Errorf("the deal stands at %q", got.Stage)
		}
		r.refused("invalid", "Crm.Create", c.ID, "deal", map[string]any{"title": "Lampen", "stage": "elsewhere"})
		r.app.demo.crm.Fail("", crmserver.Broken, -1)
		if r.provider().Kind == pipedriveKind {
			call[[]CrmStage](r.rig, "Crm.Stages") // they hardly change
		}
		call[*nothing](r.rig, "Settings.Save", map[string]any{"language": "nl"})
		if stages := call[[]CrmStage](r.rig, "Crm.Stages"); r.provider().Kind == inbox.BuiltinCRM && stages[2].Name != "Offerte verstuurd" {
			t.Errorf("in Dutch: %+v", stages)
		}
	})
}

// What was deleted in the CRM is said at its link and its note, which is not
// asked for again and again.
func TestARecordThatIsDeletedInTheCrm(t *testing.T) {
	eachCrm(t, func(t *testing.T, r crmRig) {
		c := r.write("Vraag", "Hoi")
		link := call[Link](r.rig, "Crm.Create", c.ID, "deal", map[string]any{"title": "Lampen"})
		r.notes(c.ID, "the note", func(n []CrmNote) bool { return states(n) == "current" })
		if r.provider().Kind == inbox.BuiltinCRM {
			call[Undo](r.rig, "Crm.Remove", "deal", link.TargetID)
		} else {
			r.app.demo.crm.Remove("deal", link.TargetID)
		}
		r.write("Re: Vraag", "Ben je er nog?")
		call[*nothing](r.rig, "Sandbox.Advance", "25h")
		r.write("Re: Vraag", "Een dag later.")
		until(r.rig, r.l, "the link says so", func() (Link, bool) {
			l := r.open(c.ID).Links[0]
			return l, l.Inert && l.Reason != "" && l.Title == "Lampen"
		})
		r.notes(c.ID, "the note says so", func(n []CrmNote) bool {
			last := n[len(n)-1]
			return last.State == "pending" && last.Reason != ""
		})
		r.refused("not_found", "Crm.Get", "deal", link.TargetID)
		before := len(r.app.demo.crm.Requests())
		for range 6 {
			call[*nothing](r.rig, "Sandbox.Advance", "1h")
			call[CrmProvider](r.rig, "Crm.Provider")
		}
		if asked := len(r.app.demo.crm.Requests()) - before; asked > 12 {
			t.Errorf("%d questions in six hours", asked)
		}
	})
}
