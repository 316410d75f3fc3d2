package notify

import (
	"cmp"
	"fmt"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/tidy"
)

// The limits of what is shown, in characters.
const (
	bodyLimit = 140
	nameLimit = 60
)

// single is the text for one conversation: its newest event, and how many there
// are (R17).
func (n *Notify) single(e inbox.NotificationEvent, count int) (title, body string) {
	if e.Assignment { // "(2)" would read as two conversations
		title, body = n.assignment(e)
	} else if e.Closing() {
		title, body = n.closing(e)
	} else if title, body = n.message(e, count); count > 1 {
		title += fmt.Sprintf(" (%d)", count)
	}
	return title, tidy.Shorten(body, bodyLimit)
}

func (n *Notify) message(e inbox.NotificationEvent, count int) (title, body string) {
	title = joined(" · ", nameOf(e.From), n.channel(e.Channel))
	switch {
	case n.me.Settings.Preview:
		body = joined("\n", e.Subject, e.Preview)
	case count > 1:
		body = n.cfg.Words.Say(fmt.Sprintf("%d new messages", count))
	default:
		body = n.cfg.Words.Say("New message")
	}
	return title, body
}

func (n *Notify) assignment(e inbox.NotificationEvent) (title, body string) {
	title = n.cfg.Words.Say("Somebody assigned a conversation to you")
	if by := n.cfg.Words.Member(e.By); by != "" {
		title = n.cfg.Words.Say(fmt.Sprintf("%s assigned a conversation to you", tidy.Shorten(by, nameLimit)))
	}
	if !n.me.Settings.Preview {
		return title, joined(" · ", nameOf(e.From), n.channel(e.Channel))
	}
	return title, joined(" · ", nameOf(e.From), e.Subject)
}

// closing says until when one may still answer freely, whatever else of the
// conversation may be shown.
func (n *Notify) closing(e inbox.NotificationEvent) (title, body string) {
	title = joined(" · ", nameOf(e.From), n.channel(e.Channel))
	return title, n.cfg.Words.Say(fmt.Sprintf("The reply window ends at %s.", e.Ends.In(n.cfg.Zone).Format("15:04")))
}

// together is the text of a digest of several conversations.
func (n *Notify) together(d *digest) (title, body string) {
	switch {
	case d.closing == d.count:
		title = fmt.Sprintf("%d reply windows end soon", d.count)
	case d.closing > 0:
		title = fmt.Sprintf("%d notifications", d.count)
	case d.assigned == 0:
		title = fmt.Sprintf("%d new messages", d.count)
	case d.assigned == d.count:
		title = fmt.Sprintf("%d conversations assigned to you", d.count)
	default:
		title = fmt.Sprintf("%d new messages and assignments", d.count)
	}
	return n.cfg.Words.Say(title), tidy.Shorten(joined(", ", d.names...), bodyLimit)
}

func (n *Notify) channel(id inbox.ChannelID) string {
	return tidy.Shorten(n.cfg.Words.Channel(id), nameLimit)
}

// nameOf is what a person calls who wrote.
func nameOf(a inbox.Address) string {
	return cmp.Or(tidy.Line(a.Name, nameLimit), tidy.Line(a.Address, nameLimit))
}

// joined puts together what there is.
func joined(between string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, between)
}
