package sandbox

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// The content is written in a small markup: "# " a heading, "* " a point,
// "a | b" a row of a table, ![words](address) a picture, [words](address) a
// link. Plain mails show it as words, HTML mails as what it says.
var (
	picture = regexp.MustCompile(`!\[([^\]]*)\]\(([^)]*)\)`)
	link    = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)
	bareURL = regexp.MustCompile(`(^|[\s(])(https?://[^\s<)]+)`)
)

// plainText is markup as a mail program writes it in a plain part.
func plainText(markup string) string {
	text := picture.ReplaceAllString(markup, "[$1]")
	text = link.ReplaceAllString(text, "$1 <$2>")
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, strings.TrimPrefix(line, "# "))
	}
	return strings.Join(out, "\n")
}

// makeHTML writes markup as HTML in the manner of a kind of program, "" for
// none: "simple" as people's mail programs do, "letter" with the company's
// head and a counting pixel as newsletters and shops do. What is answered is
// quoted below.
func makeHTML(kind, subject, markup string, answered *posted) (string, error) {
	switch kind {
	case "":
		return "", nil
	case "simple":
		return `<html><head><meta charset="utf-8"></head><body style="font-family:Calibri,Arial,sans-serif;font-size:11pt">` +
			htmlBlocks(markup) + htmlQuote(answered) + "</body></html>", nil
	case "letter":
		return fmt.Sprintf(newsletter, html.EscapeString(subject), htmlBlocks(markup)), nil
	}
	return "", fmt.Errorf("no kind of HTML is called %q", kind)
}

// newsletter has what such mails bring along: a style sheet, tables for
// layout, a hidden first line and a pixel that counts its readers.
const newsletter = `<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>%[1]s</title>
<style>
body{margin:0;background:#eef0f2}
.card{width:600px;background:#ffffff;border-radius:6px;font:16px/1.5 Georgia,serif;color:#222}
.card td{padding:24px 32px}
h2{font:600 22px/1.3 Arial,sans-serif;margin:0 0 12px}
table.rows{border-collapse:collapse;width:100%%}
table.rows td{border-bottom:1px solid #ddd;padding:6px 8px;font-size:14px}
a{color:#0b63a5}
@media (max-width:620px){.card{width:100%%}}
</style></head>
<body><div style="display:none;max-height:0;overflow:hidden">%[1]s</div>
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="card" cellpadding="0" cellspacing="0"><tr><td>
%[2]s</td></tr></table>
</td></tr></table>
<img src="https://count.nieuwsbriefpost.example/o/7f31c2.gif?u=hallo" width="1" height="1" alt="">
</body></html>`

func htmlBlocks(markup string) string {
	var out strings.Builder
	for block := range strings.SplitSeq(markup, "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		switch {
		case strings.HasPrefix(lines[0], "# "):
			fmt.Fprintf(&out, "<h2>%s</h2>\n", inlineHTML(lines[0][2:]))
			lines = lines[1:]
			if len(lines) > 0 {
				paragraph(&out, lines)
			}
		case strings.HasPrefix(lines[0], "* "):
			list(&out, lines)
		case strings.Contains(lines[0], " | "):
			table(&out, lines)
		default:
			paragraph(&out, lines)
		}
	}
	return out.String()
}

func paragraph(out *strings.Builder, lines []string) {
	var inside []string
	for _, line := range lines {
		inside = append(inside, inlineHTML(line))
	}
	fmt.Fprintf(out, "<p>%s</p>\n", strings.Join(inside, "<br>\n"))
}

func list(out *strings.Builder, lines []string) {
	out.WriteString("<ul>\n")
	for _, line := range lines {
		fmt.Fprintf(out, "<li>%s</li>\n", inlineHTML(strings.TrimPrefix(line, "* ")))
	}
	out.WriteString("</ul>\n")
}

func table(out *strings.Builder, lines []string) {
	out.WriteString(`<table class="rows" border="0">` + "\n")
	for _, line := range lines {
		out.WriteString("<tr>")
		for cell := range strings.SplitSeq(line, " | ") {
			fmt.Fprintf(out, `<td style="padding:4px 8px;border-bottom:1px solid #ddd">%s</td>`, inlineHTML(strings.TrimSpace(cell)))
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</table>\n")
}

func inlineHTML(text string) string {
	text = html.EscapeString(text)
	text = picture.ReplaceAllString(text, `<img src="$2" alt="$1" style="max-width:100%">`)
	text = link.ReplaceAllString(text, `<a href="$2">$1</a>`)
	return bareURL.ReplaceAllString(text, `$1<a href="$2">$2</a>`)
}

func htmlQuote(answered *posted) string {
	if answered == nil {
		return ""
	}
	return `<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">` +
		htmlBlocks(answered.text) + "</blockquote>"
}
