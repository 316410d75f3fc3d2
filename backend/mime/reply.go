package mime

import (
	"fmt"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// maxQuote bounds what is quoted into a reply.
const maxQuote = 100 << 10

var dutchMonths = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
	"oktober", "november", "december"}

// QuoteReply is the quoted original under a reply, introduced in the given
// language: "nl" or, for all others, English. The time is the author's own,
// which is the reader's.
func QuoteReply(original *inbox.Message, lang string) string {
	at := original.Sent
	if at.IsZero() {
		at = original.At
	}
	who := original.From.Name
	if who == "" {
		who = original.From.Address
	}
	text := strings.TrimRight(original.Text, " \t\n")
	cut := clip(text, maxQuote)
	var b strings.Builder
	b.WriteString(introduce(at, who, lang))
	for line := range strings.Lines(cut) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
			b.WriteString("\n>")
		case line[0] == '>':
			b.WriteString("\n>" + line)
		default:
			b.WriteString("\n> " + line)
		}
	}
	if len(cut) < len(text) {
		b.WriteString("\n> […]")
	}
	return b.String() + "\n"
}

func introduce(at time.Time, who, lang string) string {
	switch {
	case lang == "nl" && at.IsZero():
		return who + " schreef:"
	case at.IsZero():
		return who + " wrote:"
	case lang == "nl":
		return fmt.Sprintf("Op %d %s %d om %s schreef %s:", at.Day(), dutchMonths[at.Month()-1], at.Year(), at.Format("15:04"), who)
	}
	return fmt.Sprintf("On %s, %s wrote:", at.Format("2 January 2006 at 15:04"), who)
}
