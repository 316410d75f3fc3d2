package crmserver

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// keptTags stay in a note; of all others only what stands in them does, and of
// dropped ones not even that.
var (
	keptTags = map[string]bool{
		"a": true, "b": true, "strong": true, "i": true, "em": true, "u": true, "p": true, "div": true, "br": true,
		"ul": true, "ol": true, "li": true, "span": true, "blockquote": true, "h1": true, "h2": true, "h3": true,
	}
	dropped = map[string]bool{"script": true, "style": true, "title": true, "iframe": true, "object": true}
	blocks  = map[string]bool{"p": true, "div": true, "li": true, "ul": true, "ol": true, "blockquote": true}
)

// clean is what the account stores of a note's HTML: all in one division, known
// tags alone, without attributes but the addresses of links that a browser
// knows, its own way with entities and white space.
func clean(text string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(strings.TrimSpace(text)))
	skipping := ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch {
		case skipping != "":
			if kind == html.EndTagToken && token.Data == skipping {
				skipping = ""
			}
		case kind == html.StartTagToken && dropped[token.Data]:
			skipping = token.Data
		case kind == html.TextToken:
			text := token.Data
			if strings.HasSuffix(b.String(), "\n") { // what it was given it cleans to the same again
				text = strings.TrimLeft(text, " \n\r\t")
			}
			b.WriteString(cleanText(text))
		default:
			b.WriteString(cleanTag(kind, token))
		}
	}
	stored := b.String()
	if whole := strings.TrimSpace(stored); strings.HasPrefix(whole, "<div>") && strings.HasSuffix(whole, "</div>") {
		return whole
	}
	return "<div>" + stored + "</div>"
}

// cleanText joins white space, keeps a second space as one that does not break,
// and spells entities its own way.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;", "  ", " &nbsp;", "\u00a0", "&nbsp;").Replace(s)
}

func cleanTag(kind html.TokenType, token html.Token) string {
	if !keptTags[token.Data] {
		return ""
	}
	switch kind {
	case html.EndTagToken:
		if blocks[token.Data] {
			return "</" + token.Data + ">\n"
		}
		return "</" + token.Data + ">"
	case html.StartTagToken, html.SelfClosingTagToken:
		if token.Data == "br" {
			return "<br />"
		}
		return "<" + token.Data + address(token) + ">"
	}
	return ""
}

// address is the attribute of a link that stays.
func address(token html.Token) string {
	for _, a := range token.Attr {
		u, err := url.Parse(strings.TrimSpace(a.Val))
		if token.Data != "a" || a.Key != "href" || err != nil {
			continue
		}
		switch u.Scheme {
		case "http", "https", "mailto", "tel":
			return ` href="` + html.EscapeString(a.Val) + `" rel="noopener noreferrer" target="_blank"`
		}
	}
	return ""
}
