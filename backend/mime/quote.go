package mime

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSplit is the longest text whose quotes are looked for.
const maxSplit = 1 << 20

// SplitQuote divides a text into what its author wrote and what was quoted from
// earlier messages, so that a window can fold the latter. Quotes that the
// author answers piece by piece stay where they are; a text that is nothing but
// a quote, or a forwarded message, is all the author's.
func SplitQuote(text string) (own, quoted string) {
	if len(text) > maxSplit {
		return text, ""
	}
	all := splitLines(text)
	if at := quoteStart(all); at >= 0 {
		own, quoted = joinLines(all[:at]), joinLines(all[at:])
		if strings.TrimSpace(own) != "" {
			return strings.TrimRight(own, " \t\n"), strings.Trim(quoted, "\n")
		}
		if end := quoteEnd(all, at); end > 0 {
			return strings.Trim(joinLines(all[end:]), "\n"), strings.Trim(joinLines(all[at:end]), "\n")
		}
	}
	return text, ""
}

// Preview is the start of what the author wrote in one line of at most max
// characters, for list rows.
func Preview(text string, max int) string {
	own, _ := SplitQuote(clip(text, 32<<10))
	line := previewLine(own, max, true)
	if line == "" {
		line = previewLine(own, max, false) // nothing but quotes
	}
	return line
}

func previewLine(text string, max int, skipQuotes bool) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, ">") {
			if skipQuotes {
				continue
			}
			line = strings.TrimLeft(line, "> ")
		}
		if line == "--" {
			break // a signature
		}
		if line == "" || isRule(line) || (skipQuotes && isAttribution(line)) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		if b.Len() > max*utf8.UTFMax {
			break
		}
	}
	return firstChars(oneLine(b.String()), max)
}

// firstChars cuts after max characters, and before marks that belong to the one
// it cuts off.
func firstChars(s string, max int) string {
	n := 0
	for i := range s {
		if n == max {
			return strings.TrimRight(s[:i], " ")
		}
		n++
	}
	return s
}

// splitLines keeps line ends, so that joining gives the text back.
func splitLines(text string) []string {
	return strings.SplitAfter(text, "\n")
}

func joinLines(all []string) string { return strings.Join(all, "") }

// quoteStart gives the line at which the quoted rest begins, or -1. What is
// found first from the top and has only quote behind it counts.
func quoteStart(all []string) int {
	tail, last := quotedTail(all), lastMark(all)
	blank := true // nothing but blank lines so far
	for i := range all {
		line := strings.TrimSpace(all[i])
		above := blank
		blank = blank && line == ""
		switch {
		case line == "":
		case isForward(line):
			return -1
		case isSeparator(line) || isHeaderBlock(all, i):
			return withRule(all, i)
		case attributionLines(all, i) > 0:
			n := attributionLines(all, i)
			if above || last < i+n || onlyQuote(all, i+n, tail) {
				return i
			}
		case i >= tail:
			return i
		}
	}
	return -1
}

// quotedTail gives the first of the lines at the end that all begin with ">",
// or the number of lines when there are none.
func quotedTail(all []string) int {
	tail := len(all)
	for i := len(all) - 1; i >= 0; i-- {
		line := strings.TrimSpace(all[i])
		if strings.HasPrefix(line, ">") {
			tail = i
		} else if line != "" {
			break
		}
	}
	return tail
}

// onlyQuote says whether from here on there are only quoted lines.
func onlyQuote(all []string, from, tail int) bool {
	for i := from; i < tail && i < len(all); i++ {
		if strings.TrimSpace(all[i]) != "" {
			return false
		}
	}
	return true
}

// lastMark gives the last line marked by ">", or -1.
func lastMark(all []string) int {
	for i := len(all) - 1; i >= 0; i-- {
		if strings.HasPrefix(strings.TrimSpace(all[i]), ">") {
			return i
		}
	}
	return -1
}

// quoteEnd finds, for a text that begins with a quote, where the author's own
// words begin behind it; 0 when there are none or when more quotes follow.
func quoteEnd(all []string, at int) int {
	i := at + attributionLines(all, at)
	marked := false
	for ; i < len(all); i++ {
		line := strings.TrimSpace(all[i])
		if strings.HasPrefix(line, ">") {
			marked = true
		} else if line != "" {
			break
		}
	}
	if !marked || i == len(all) || lastMark(all) >= i {
		return 0
	}
	return i
}

// withRule takes the line of underscores above a quoted header along.
func withRule(all []string, i int) int {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		line := strings.TrimSpace(all[k])
		if isRule(line) {
			return k
		}
		if line != "" {
			break
		}
	}
	return i
}

// isRule recognises a line that only draws one.
func isRule(line string) bool {
	return len(line) >= 5 && strings.Trim(line, "_-=*—─ ") == ""
}

// separators stand between dashes above a quoted message.
var separators = []string{
	"original message", "oorspronkelijk bericht", "originele bericht", "oorspronkelijk e-mailbericht",
	"ursprüngliche nachricht", "originalnachricht", "original-nachricht", "message d'origine", "message original",
	"original appointment", "reply message",
}

func isSeparator(line string) bool {
	if !strings.HasPrefix(line, "--") {
		return false
	}
	inner := strings.Trim(line, "-_ *>")
	return slices.Contains(separators, strings.ToLower(inner))
}

// forwards begin a message that is passed on: that is what its sender wants to
// show, so it is not folded.
var forwards = []string{
	"forwarded message", "doorgestuurd bericht", "weitergeleitete nachricht", "message transféré",
	"begin forwarded message:", "begin doorgestuurd bericht:", "anfang der weitergeleiteten nachricht:",
	"début du message réexpédié :",
}

func isForward(line string) bool {
	if line[0] != '-' && line[len(line)-1] != ':' {
		return false
	}
	inner := strings.ToLower(strings.Trim(line, "- "))
	return slices.Contains(forwards, inner)
}

// headerNames are the fields that Outlook writes above what it quotes, in each
// language: author, time, recipient, subject.
var headerNames = [][]string{
	{"from:", "van:", "von:", "de:", "de :"},
	{"sent:", "date:", "verzonden:", "datum:", "gesendet:", "envoyé:", "envoyé :", "date :"},
	{"to:", "aan:", "an:", "à:", "à :"},
	{"subject:", "onderwerp:", "betreff:", "objet:", "objet :"},
}

// isHeaderBlock recognises a quoted message's header: an author's line with two
// of the other three within the next lines.
func isHeaderBlock(all []string, i int) bool {
	if !startsWithAny(all[i], headerNames[0]) {
		return false
	}
	found := 0
	for _, line := range all[i+1 : min(len(all), i+7)] {
		for _, names := range headerNames[1:] {
			if startsWithAny(line, names) {
				found++
			}
		}
	}
	return found >= 2
}

func startsWithAny(line string, starts []string) bool {
	if strings.IndexByte(line[:min(len(line), 24)], ':') < 0 {
		return false
	}
	line = strings.ToLower(strings.TrimLeft(clip(line, 100), " \t*"))
	line = strings.ReplaceAll(line, "*", "")
	for _, s := range starts {
		if strings.HasPrefix(line, s) {
			return true
		}
	}
	return false
}

// attributions are how programs introduce a quote: a beginning and a later word.
var attributions = []struct{ start, word string }{
	{"on ", " wrote:"}, {"op ", " schreef"}, {"am ", " schrieb"}, {"le ", " a écrit"}, {"em ", " escreveu"},
	{"el ", " escribió"}, {"il ", " ha scritto"},
}

func isAttribution(line string) bool {
	if !strings.HasSuffix(line, ":") || !startsAttribution(line) {
		return false
	}
	line = strings.ToLower(strings.ReplaceAll(clip(line, 600), "\u00a0", " "))
	line = strings.ReplaceAll(line, "\u202f", " ")
	if !strings.ContainsAny(line, "0123456789") {
		return false
	}
	for _, a := range attributions {
		if strings.HasPrefix(line, a.start) && strings.Contains(line, a.word) {
			return true
		}
	}
	return false
}

// startsAttribution is the cheap test that nearly every line fails.
func startsAttribution(line string) bool {
	for _, a := range attributions {
		if len(line) > len(a.start) && strings.EqualFold(line[:len(a.start)], a.start) {
			return true
		}
	}
	return false
}

// attributionLines says over how many lines an attribution that begins here
// runs, 0 when none does. Programs wrap it.
func attributionLines(all []string, i int) int {
	if i >= len(all) || !startsAttribution(strings.TrimSpace(all[i])) {
		return 0
	}
	joined := ""
	for n := 1; n <= 4 && i+n <= len(all); n++ {
		line := strings.TrimSpace(all[i+n-1])
		if line == "" || (n > 1 && strings.HasPrefix(line, ">")) || len(joined)+len(line) > 600 {
			return 0
		}
		joined = strings.TrimSpace(joined + " " + line)
		if isAttribution(joined) {
			return n
		}
	}
	return 0
}
