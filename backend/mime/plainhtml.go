package mime

import (
	"html"
	"regexp"
	"strings"
)

// SignatureLine is what stands above a signature (RFC 3676 4.3).
const SignatureLine = "-- "

const (
	signatureOpen = `<div class="signature" style="color:#555555">`
	quoteOpen     = `<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:2px solid #cccccc;padding-left:1ex">`
	// maxQuoteDepth bounds how deep quotes are nested; deeper ones stand there.
	maxQuoteDepth = 10
)

// HTMLOf gives a text that was written here as HTML, for Letter.HTML: what was
// written, the signature under it, and what is quoted below. It is "" where the
// signature does not stand in the text on lines of its own: then the text says
// it all. Everything is escaped: nothing that anybody wrote becomes an element.
func HTMLOf(text, signature string) string {
	signature = strings.TrimRight(unixLines(signature), " \n")
	if strings.TrimSpace(signature) == "" {
		return ""
	}
	own, rest, found := strings.Cut("\n"+unixLines(text), "\n"+SignatureLine+"\n"+signature)
	if !found || rest != "" && !strings.HasPrefix(rest, "\n") {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>` + "\n")
	paragraphs(&b, strings.Trim(own, "\n"))
	b.WriteString("<br>\n" + signatureOpen + SignatureLine + "<br>\n")
	paragraphs(&b, signature)
	b.WriteString("</div>\n")
	if rest = strings.Trim(rest, "\n"); rest != "" {
		b.WriteString("<br>\n")
		paragraphs(&b, rest)
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

func unixLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// paragraphs writes lines, and those that are quoted within quotes.
func paragraphs(b *strings.Builder, text string) {
	depth := 0
	for line := range strings.SplitSeq(text, "\n") {
		level, rest := quoteLevel(line)
		for ; depth < level; depth++ {
			b.WriteString(quoteOpen + "\n")
		}
		for ; depth > level; depth-- {
			b.WriteString("</blockquote>\n")
		}
		b.WriteString(htmlLine(rest))
		b.WriteString("<br>\n")
	}
	for ; depth > 0; depth-- {
		b.WriteString("</blockquote>\n")
	}
}

// quoteLevel says how often a line is quoted, and what it says.
func quoteLevel(line string) (level int, rest string) {
	for level < maxQuoteDepth {
		after, quoted := strings.CutPrefix(line, ">")
		if !quoted {
			break
		}
		level++
		line = strings.TrimPrefix(after, " ")
	}
	return level, line
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `]+[^\s<>"'` + "`" + `.,;:!?()\[\]]`)

// htmlLine escapes a line. Its web addresses become links, and blanks that HTML
// would drop are kept.
func htmlLine(line string) string {
	var b strings.Builder
	last := 0
	for _, at := range webAddress.FindAllStringIndex(line, -1) {
		address := html.EscapeString(line[at[0]:at[1]])
		b.WriteString(blanks(html.EscapeString(line[last:at[0]])))
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		last = at[1]
	}
	b.WriteString(blanks(html.EscapeString(line[last:])))
	return b.String()
}

func blanks(text string) string {
	text = strings.ReplaceAll(text, "\t", "    ")
	if strings.HasPrefix(text, " ") {
		text = "&nbsp;" + text[1:]
	}
	return strings.ReplaceAll(text, "  ", " &nbsp;")
}
