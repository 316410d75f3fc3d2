package sandbox

import (
	"strings"
	"time"

	"postvak/backend/inbox"
)

// Teammate is a simulated member of the team. The program holds the key that
// signs what they decide.
type Teammate struct {
	ID    inbox.MemberID
	Name  string
	Email string
}

// What an act does.
const (
	Assign   = "assign"
	Unassign = "unassign"
	Close    = "close"
	Reopen   = "reopen"
	Note     = "note"
	Avail    = "avail"
	Bell     = "bell" // By wants an e-mail about everything, or about nothing
	SentBy   = "sent" // By wrote Message
	Drafting = "drafting"
)

// Act is something that a member does. The program writes it into the team
// log, signed by By's device.
type Act struct {
	By           inbox.MemberID
	At           time.Time
	Do           string
	Conversation inbox.Key
	To           inbox.MemberID // of assign
	Text         string         // of note
	Message      inbox.Key      // of sent
	Covers       []inbox.Key    // of close: what By had seen; nil: all that the program knows
	On           bool           // of avail and bell
}

// newTeammates hires the three colleagues; Aylin is on leave.
func newTeammates() []Teammate {
	mates := []Teammate{
		{ID: "sanne", Name: "Sanne Vermeer"}, {ID: "tomasz", Name: "Tomasz Nowicki"}, {ID: "aylin", Name: "Aylin Demir"},
	}
	for i := range mates {
		mates[i].Email = addressAt(companyDomain, mates[i].Name)
	}
	return mates
}

// Teammates lists them. All join available: that Aylin is away is among the
// acts of Past.
func (w *World) Teammates() []Teammate { return append([]Teammate(nil), w.mates...) }

// Teammate finds one by id, first name or whole name, in any case.
func (w *World) Teammate(name string) (Teammate, bool) {
	for _, mate := range w.mates {
		first, _, _ := strings.Cut(mate.Name, " ")
		for _, known := range []string{string(mate.ID), first, mate.Name} {
			if strings.EqualFold(known, strings.TrimSpace(name)) {
				return mate, true
			}
		}
	}
	return Teammate{}, false
}

// pastAct is an act of the history, which names its conversation by mails.
type pastAct struct {
	by     string // a teammate's id, or "me"
	at     time.Time
	do     string
	to     string
	text   string
	anchor *posted
	covers []*posted
}

// Past gives what the team did before the program was started, oldest first.
// The program writes it into the log once, after the channel was connected
// and the teammates were added; the mails need not be known by then. Me is the
// id of the member at this desktop.
func (w *World) Past(channel inbox.ChannelID, me inbox.MemberID) []Act {
	member := func(id string) inbox.MemberID {
		if id == "me" {
			return me
		}
		return inbox.MemberID(id)
	}
	var acts []Act
	for _, p := range w.past {
		act := Act{By: member(p.by), At: p.at, Do: p.do, To: member(p.to), Text: p.text}
		if p.anchor != nil {
			act.Conversation = inbox.MailKey(channel, p.anchor.digest)
			act.Message = act.Conversation
		}
		for _, covered := range p.covers {
			act.Covers = append(act.Covers, inbox.MailKey(channel, covered.digest))
		}
		acts = append(acts, act)
	}
	return acts
}
