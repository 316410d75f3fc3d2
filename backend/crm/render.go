package crm

import (
	"cmp"
	"fmt"
	"html"
	"strings"
	"time"
	"unicode/utf8"

	"postvak/backend/inbox"
	"postvak/backend/tidy"
)

const (
	maxName     = 120   // characters of a name
	maxText     = 8_000 // bytes of a message, escaped
	maxAttached = 20    // files named with a message
)

// stamp is how a note writes times: read by people of every language, and by
// stamps, with the writer's zone.
const stamp = "2006-01-02 15:04 (-07:00)"

// page writes the notes of one link in one language.
type page struct {
	s        Subject
	language string
	zone     *time.Location
	words    func(language, sentence string) string
	member   func(inbox.MemberID) string
}

func (c *CRM) page(s Subject, language string) page {
	zone := time.UTC
	if c.cfg.Zone != nil {
		zone = c.cfg.Zone()
	}
	return page{s: s, language: language, zone: zone, words: c.cfg.Words, member: c.cfg.Team.MemberName}
}

func (p page) say(format string, args ...any) string {
	return p.words(p.language, fmt.Sprintf(format, args...))
}

// paragraph is lines of text; the first may be set apart, one may be a link.
type paragraph struct {
	bold  string
	lines []string
	link  string
}

func (q paragraph) text() string {
	lines := q.lines
	if q.bold != "" {
		lines = append([]string{q.bold}, lines...)
	}
	if q.link != "" {
		lines = append(lines[:len(lines):len(lines)], q.link)
	}
	return strings.Join(lines, "\n")
}

func (q paragraph) html() string {
	var lines []string
	if q.bold != "" {
		lines = append(lines, "<b>"+html.EscapeString(q.bold)+"</b>")
	}
	for _, line := range q.lines {
		lines = append(lines, strings.ReplaceAll(html.EscapeString(line), "\n", "<br>"))
	}
	if q.link != "" {
		to := html.EscapeString(q.link)
		lines = append(lines, `<a href="`+to+`">`+to+"</a>")
	}
	return "<p>" + strings.Join(lines, "<br>") + "</p>"
}

// body writes one part of a link's notes, with the given messages (R22).
func (p page) body(part inbox.WrittenNote, messages []int) Body {
	m := mark{place: place(p.s.Facts.Link.ID, part.Window, part.Part), revision: part.Revision, count: len(messages)}
	all := []paragraph{p.head()}
	for _, i := range messages {
		all = append(all, p.message(i))
	}
	m.digest = digest(joined(all, paragraph.text, "\n\n"))
	all[0].link += m.String()
	return Body{
		HTML: joined(all, paragraph.html, ""), Text: joined(all, paragraph.text, "\n\n"),
		Marker: marker(p.s.Facts.Link.ID, part.Window, part.Part),
	}
}

func joined(all []paragraph, as func(paragraph) string, between string) string {
	var parts []string
	for _, q := range all {
		parts = append(parts, as(q))
	}
	return strings.Join(parts, between)
}

// head says whose conversation it is, who looks after it, and where it is. What
// others may have written there has no question mark: see marked.
func (p page) head() paragraph {
	about := person(p.s.Contact)
	if channel := tidy.Line(p.s.Channel.Name, maxName); channel != "" {
		about += " · " + channel
	}
	return paragraph{
		bold:  strings.ReplaceAll(about, "?", ""),
		lines: []string{p.status(p.s.Facts.Assignee), p.invitation()},
		link:  deepLink(p.s.Anchor),
	}
}

func (p page) invitation() string { return p.say("Open in Postvak:") }

// status is the line that says who looks after the conversation.
func (p page) status(assignee inbox.MemberID) string {
	if assignee == "" {
		return p.say("Not assigned")
	}
	name := cmp.Or(tidy.Line(p.member(assignee), maxName), p.say("A teammate"))
	return p.say("Assigned to %s", strings.ReplaceAll(name, "?", ""))
}

func person(a inbox.Address) string {
	name, address := tidy.Line(a.Name, maxName), tidy.Line(a.Address, maxName)
	switch {
	case name == "" || name == address:
		return address
	case address == "":
		return name
	}
	return name + " <" + address + ">"
}

// message is one message: when, who, what, and which files came with it.
func (p page) message(i int) paragraph {
	m := p.s.Messages[i]
	q := paragraph{bold: m.At.In(p.zone).Format(stamp) + " · " + p.author(m)}
	text, cut := shorten(tidyText(m.Text), maxText)
	files := p.files(m.Attachments)
	if text == "" && files == "" {
		text = p.say("This message has no text.")
	}
	for _, line := range []string{text, files} {
		if line != "" {
			q.lines = append(q.lines, line)
		}
	}
	if cut {
		q.lines = append(q.lines, p.say("The rest is in Postvak."))
	}
	return q
}

func (p page) author(m Message) string {
	if name := p.member(m.Member); m.Member != "" && name != "" {
		return tidy.Line(name, maxName)
	}
	return cmp.Or(person(m.Author), p.say("Unknown sender"))
}

// tidyText keeps what is seen, and no holes of many empty lines.
func tidyText(text string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(tidy.Visible(text))) {
		line = strings.TrimRight(line, " \n")
		if line != "" || lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// shorten cuts a text to so many bytes of HTML.
func shorten(text string, most int) (kept string, cut bool) {
	size := 0
	for i, r := range text {
		switch r {
		case '&', '"', '\'':
			size += len("&#34;")
		case '<', '>', '\n':
			size += len("<br>")
		default:
			size += utf8.RuneLen(r)
		}
		if size > most {
			return strings.TrimSpace(text[:i]) + " …", true
		}
	}
	return text, false
}

// files names what was attached. Pictures that stand in a text are part of it.
func (p page) files(all []inbox.Attachment) string {
	var names []string
	more := 0
	for _, a := range all {
		switch {
		case a.Inline:
		case len(names) == maxAttached:
			more++
		default:
			names = append(names, tidy.Line(a.Name, maxName)+" ("+p.size(a.Size)+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	list := strings.Join(names, ", ")
	if more > 0 {
		list += " " + p.say("and %d more", more)
	}
	return p.say("Attached:") + " " + list
}

func (p page) size(bytes int64) string {
	if bytes < 1_000_000 {
		return fmt.Sprintf("%d kB", (max(bytes, 1)+999)/1000)
	}
	size := fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	if p.language == "nl" {
		size = strings.Replace(size, ".", ",", 1)
	}
	return size
}
