package alerts

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/tidy"
)

const (
	maxPreview = 500 // runes of each message
	maxName    = 80  // of a person, a channel or a subject
	maxTold    = 20  // events in one e-mail
)

// letter writes the alert of a job, in its member's language.
func (a *Alerts) letter(j *job, from inbox.Address) mime.Letter {
	m := a.memberOf(j.member, j.channel)
	p := page{a: a, language: m.Settings.Language}
	return a.frame(j.work, from, m.Address, p.subject(j), p.text(j), p.html(j))
}

// frame makes an e-mail that no program answers and that this team's desktops
// know again (R18).
func (a *Alerts) frame(work string, from inbox.Address, to, subject, text, page string) mime.Letter {
	_, host, _ := strings.Cut(from.Address, "@")
	from.Name = "Postvak"
	if team := tidy.Line(a.cfg.Team.Name(), maxName); team != "" {
		from.Name += " · " + team
	}
	return mime.Letter{
		From: from, To: []inbox.Address{{Address: to}}, Subject: subject, Text: text, HTML: page,
		MessageID: messageID(a.cfg.Team.LogID(), work, host), Date: a.cfg.Clock.Now(),
		Headers: map[string]string{
			"Auto-Submitted": "auto-generated", mime.AlertHeader: sealed(a.cfg.Team.LogID(), work), "X-Auto-Response-Suppress": "All",
		},
	}
}

// page writes one alert.
type page struct {
	a        *Alerts
	language string
}

// say is a sentence of the program's in the member's language.
func (p page) say(format string, args ...any) string {
	return p.a.cfg.Words(p.language, fmt.Sprintf(format, args...))
}

func (p page) channel(j *job) string { return tidy.Line(p.a.cfg.Team.ChannelName(j.channel), maxName) }

// subject names the newest event; what members did comes before what mail came.
func (p page) subject(j *job) string {
	told := inOrder(j)
	newest := told[len(told)-1]
	for _, e := range told {
		if e.Assignment {
			newest = e
		}
	}
	switch {
	case newest.Assignment:
		return p.say("%s assigned a conversation to you", p.member(newest.By))
	case newest.Closing():
		return p.say("The reply window with %s ends soon · %s", person(newest.From), p.channel(j))
	}
	return p.say("New message from %s · %s", person(newest.From), p.channel(j))
}

func (p page) member(id inbox.MemberID) string {
	return cmp.Or(tidy.Line(p.a.cfg.Team.MemberName(id), maxName), p.say("A teammate"))
}

// heading says what one event is, and about its subject.
func (p page) heading(j *job, e inbox.NotificationEvent) string {
	switch {
	case e.Assignment:
		return p.say("%s assigned the conversation with %s to you.", p.member(e.By), person(e.From))
	case e.Closing():
		return p.say("The reply window with %s ends in %d min: after that your own words may not be taken any more.", person(e.From), p.minutes(e.Ends))
	}
	return p.say("%s wrote in %s:", person(e.From), p.channel(j))
}

// minutes are those until a moment. A time of the day would need to know where
// its reader is.
func (p page) minutes(until time.Time) int {
	return max(1, int(until.Sub(p.a.cfg.Clock.Now()).Minutes()))
}

func (p page) text(j *job) string {
	var b strings.Builder
	for _, e := range inOrder(j) {
		b.WriteString(p.heading(j, e) + "\n")
		for _, part := range []string{tidy.Line(e.Subject, maxName), preview(e)} {
			if part != "" {
				b.WriteString("\n    " + strings.ReplaceAll(part, "\n", "\n    ") + "\n")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(p.say("Open the conversation in Postvak:") + "\n" + link(j) + "\n\n")
	return b.String() + "-- \n" + p.say(closing) + "\n"
}

// closing says how to end it, and that an answer does not reach the customer.
const closing = "Postvak sent this because e-mail notifications are switched on for you; the bell in Postvak switches them off. Please do not answer it: the customer would not get your answer."

// How the HTML looks. Text has no colour of its own: many read in the dark, and
// a mail program that knows of no dark ground has a light one.
const (
	head       = `<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>`
	bodyStyle  = "font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;max-width:600px;overflow-wrap:anywhere"
	quoteStyle = "margin:0 0 20px;padding:2px 14px;border-left:3px solid #8c959f"
	openStyle  = "display:inline-block;padding:8px 16px;border-radius:6px;background:#2b5fc7;color:#ffffff;" +
		"font-weight:600;text-decoration:none"
	smallStyle = "font-size:13px;opacity:.75"
)

func (p page) html(j *job) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="%s">%s<body style="%s">`, languageTag(p.language), head, bodyStyle)
	for _, e := range inOrder(j) {
		fmt.Fprintf(&b, "<p style=\"margin:0 0 4px\">%s</p>\n", escape(p.heading(j, e)))
		if e.Closing() { // nothing to quote
			continue
		}
		fmt.Fprintf(&b, `<blockquote style="%s">`, quoteStyle)
		if subject := tidy.Line(e.Subject, maxName); subject != "" {
			fmt.Fprintf(&b, "<strong>%s</strong><br>", escape(subject))
		}
		b.WriteString(escape(preview(e)) + "</blockquote>\n")
	}
	address := escape(link(j))
	fmt.Fprintf(&b, "<p style=\"margin:0 0 4px\"><a href=\"%s\" style=\"%s\">%s</a></p>\n", address, openStyle, escape(p.say("Open in Postvak")))
	fmt.Fprintf(&b, "<p style=\"%s\">%s</p>\n<p style=\"%s\">%s</p></body></html>\n", smallStyle, address, smallStyle, escape(p.say(closing)))
	return b.String()
}

func languageTag(language string) string {
	if language == "nl" {
		return "nl"
	}
	return "en"
}

// escape makes text of what others wrote.
func escape(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

func link(j *job) string {
	return "postvak://conversation/" + url.PathEscape(string(j.rows[len(j.rows)-1].row.Conversation))
}

// inOrder gives a job's events, the newest last, and no more of them than a
// person reads.
func inOrder(j *job) []inbox.NotificationEvent {
	var all []inbox.NotificationEvent
	for _, w := range j.rows {
		all = append(all, *w.event)
	}
	slices.SortStableFunc(all, func(a, b inbox.NotificationEvent) int { return a.At.Compare(b.At) })
	return all[max(0, len(all)-maxTold):]
}

// preview is the start of what was written, in lines as it was.
func preview(e inbox.NotificationEvent) string {
	return tidy.Shorten(tidy.Visible(e.Preview), maxPreview)
}

func person(a inbox.Address) string {
	return cmp.Or(tidy.Line(a.Name, maxName), tidy.Line(a.Address, maxName))
}
