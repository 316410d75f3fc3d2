package crm

import (
	"regexp"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// stamps finds the times that notes write, whatever a CRM made of the spaces.
var stamps = regexp.MustCompile(`\d{4}-\d\d-\d\d\s*\d\d:\d\d\s*\([+-]\d\d:\d\d\)`)

// utc is what stands for a time when notes are compared: the same whoever wrote
// it wherever.
const utc = "20060102T1504Z"

var afterBlock = regexp.MustCompile(`^\d{8}T\d{4}Z`)

// compared is a text as it is compared with what another desktop wrote.
func compared(text string) string {
	text = stamps.ReplaceAllStringFunc(text, func(at string) string {
		t, err := time.Parse("2006-01-02T15:04(-07:00)", ink(at[:10])+"T"+ink(at[10:]))
		if err != nil {
			return at
		}
		return t.UTC().Format(utc)
	})
	return ink(text)
}

// contents says which of the messages stand in a note that another desktop
// wrote in this page's language, ascending. In one that is intact nothing but
// another message comes behind each; a person may have put anything there.
func (p page) contents(text string, intact bool) (there []int) {
	text = compared(text)
	counted := map[string]int{}
	for i := range p.s.Messages {
		block := compared(p.message(i).text())
		counted[block]++
		if blocks(text, block, intact) >= counted[block] {
			there = append(there, i)
		}
	}
	return there
}

// blocks counts how often a message stands in a text, as a whole.
func blocks(text, block string, intact bool) (n int) {
	for {
		at := strings.Index(text, block)
		if at < 0 {
			return n
		}
		text = text[at+len(block):]
		if !intact || text == "" || afterBlock.MatchString(text) {
			n++
		}
	}
}

// found is one of our notes that the log does not know as it stands: whoever
// wrote it died before saying so.
type found struct {
	note     inbox.NoteVersion
	mark     mark
	intact   bool // nobody changed it
	language string
	messages []int // those of ours that stand in it
	assignee inbox.MemberID
}

// recognise reads such a note. known is its language, "" where the log does not
// say.
func (c *CRM) recognise(s Subject, n inbox.NoteVersion, known string) found {
	f := found{note: n}
	f.mark, f.intact = readMark(n.Text)
	f.language = known
	if f.language == "" {
		f.language = c.languageOf(s, n.Text)
	}
	p := c.page(s, f.language)
	f.messages = p.contents(n.Text, f.intact)
	f.assignee = c.statusIn(p, n.Text)
	return f
}

// languageOf says in which language a note was written, by its longest
// invitation: one may stand inside the other.
func (c *CRM) languageOf(s Subject, text string) string {
	best, most := c.cfg.Language(), 0
	for _, language := range Languages {
		invitation := ink(c.page(s, language).invitation())
		if len(invitation) > most && strings.Contains(ink(text), invitation) {
			best, most = language, len(invitation)
		}
	}
	return best
}

// statusIn is whom a note says to look after the conversation: the present
// assignee, or another than that.
func (c *CRM) statusIn(p page, text string) inbox.MemberID {
	present := p.s.Facts.Assignee
	switch {
	case strings.Contains(ink(text), ink(p.status(present)+"\n"+p.invitation())):
		return present
	case present == "":
		return c.cfg.Team.Me() // somebody: what matters is that it is not nobody
	}
	return ""
}

// Languages are those that notes are written in.
var Languages = []string{"en", "nl"}

// lacks says whether messages stand in it that this desktop does not know.
func (f found) lacks() bool { return f.intact && len(f.messages) < f.mark.count }

// names are those that the note adds to what the log knows of the link.
func (f found) names(facts inbox.NoteFacts) []string {
	return facts.Adds(inbox.NoteVerdict{Messages: f.messages})
}
