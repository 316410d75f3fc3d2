package pipedrive

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

var (
	lines  = map[string]bool{"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "blockquote": true, "h1": true, "h2": true, "h3": true, "tr": true, "table": true}
	unread = map[string]bool{"script": true, "style": true, "title": true, "head": true}
)

// textOfHTML is a note without its markup: paragraphs become lines, nothing is
// added but that.
func textOfHTML(content string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	skip := ""
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return tidyLines(b.String())
		case html.TextToken:
			if skip == "" {
				b.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\u00a0", " ").Replace(string(z.Text())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch tag := string(name); {
			case skip == tag && kind == html.EndTagToken:
				skip = ""
			case skip == "" && unread[tag] && kind == html.StartTagToken:
				skip = tag
			case lines[tag]:
				b.WriteByte('\n')
			}
		}
	}
}

// tidyLines joins spaces and leaves out empty lines.
func tidyLines(text string) string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		if words := strings.Fields(line); len(words) > 0 {
			all = append(all, strings.Join(words, " "))
		}
	}
	return strings.Join(all, "\n")
}

// ink is a text without any white space.
func ink(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
