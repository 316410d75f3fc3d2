package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"postvak/backend/inbox"
)

// section is one piece of what a message says. Where it was sent in two forms
// both are here.
type section struct {
	plain string
	html  string
	rest  int // bytes of further HTML parts that belong to the same form
}

// text gives the piece as text.
func (s *section) text() string {
	if strings.TrimSpace(s.plain) == "" && s.html != "" {
		return htmlText(s.html)
	}
	return s.plain
}

// content is what a message consists of: pieces to read, in their order, and
// files.
type content struct {
	sections []section
	files    []inbox.Attachment
	warn     *warnings
}

// take goes through a part. index is its place among its siblings.
func (c *content) take(p *part, index int) {
	switch {
	case p.typ == "multipart/alternative" && p.multipart():
		c.alternative(p)
	case p.multipart():
		if p.typ == "multipart/encrypted" {
			c.warn.add("This message is encrypted; Postvak cannot read it.")
		}
		for i, kid := range p.kids {
			c.take(kid, i)
		}
	case p.deep:
		c.file(p, p.body)
	case strings.HasPrefix(p.typ, "multipart/"):
		if len(trimSpace(p.body)) > 0 {
			c.warn.add("This message's parts could not be told apart; it is shown as it came.")
		}
		c.plain(p)
	case !p.isBody(index):
		c.file(p, p.decoded())
	case p.typ == "text/html":
		c.html(p)
	default:
		c.plain(p)
	}
}

// alternative takes several forms of one piece together: all that is text, so
// that nothing is lost where a sender put different texts side by side, and the
// last that is HTML. Files in any of them are kept.
func (c *content) alternative(p *part) {
	var chosen section
	var plain []string
	for i, kid := range p.kids {
		sub := content{warn: c.warn}
		sub.take(kid, i)
		c.files = append(c.files, sub.files...)
		if html, rest := firstHTML(sub.sections); html != "" {
			chosen.html, chosen.rest = html, rest
		}
		for _, s := range sub.sections {
			if strings.TrimSpace(s.plain) != "" {
				plain = append(plain, s.plain)
			}
		}
	}
	chosen.plain = strings.Join(plain, "\n\n")
	c.sections = append(c.sections, chosen)
}

// firstHTML gives the first HTML part that shows something, and how much more
// there is: Apple's mail is cut in pieces around its attachments.
func firstHTML(sections []section) (html string, rest int) {
	for _, s := range sections {
		switch {
		case html == "" && hasContent(s.html):
			html, rest = s.html, s.rest
		case hasContent(s.html):
			rest += len(s.html) / 4
		}
	}
	return html, rest
}

// isBody says whether a leaf is something to read rather than a file (after
// RFC 8621, 4.1.4).
func (p *part) isBody(index int) bool {
	switch p.typ {
	case "text/plain", "text/html", "text/markdown":
	case "text/enriched", "text/richtext":
		if p.in("multipart/alternative") {
			return false // a form of its text that nobody reads any more
		}
	default:
		return false
	}
	if p.head.token("Content-Disposition") == "attachment" {
		return false
	}
	return index == 0 || p.name() == ""
}

func (c *content) plain(p *part) {
	text := lines(decodeText(p.decoded(), string(p.params.raw("charset"))))
	if p.params.token("format") == "flowed" {
		text = unflow(text, p.params.token("delsp") == "yes")
	}
	if p.typ == "text/enriched" || p.typ == "text/richtext" {
		text = htmlText(text)
	}
	c.sections = append(c.sections, section{plain: text})
}

func (c *content) html(p *part) {
	data := p.decoded()
	charset := string(p.params.raw("charset"))
	if charset == "" {
		charset = metaCharset(data)
	}
	c.sections = append(c.sections, section{html: lines(decodeText(data, charset))})
}

// metaCharset reads what an HTML document says of itself.
func metaCharset(data []byte) string {
	head := bytes.ToLower(data[:min(len(data), 2048)])
	i := bytes.Index(head, []byte("charset="))
	if i < 0 {
		return ""
	}
	value := bytes.TrimLeft(head[i+len("charset="):], "\"' ")
	if end := bytes.IndexAny(value, "\"' ;/>"); end >= 0 {
		value = value[:end]
	}
	if bytes.HasPrefix(value, []byte("utf-16")) {
		return "" // it could not have been read so far
	}
	return string(value)
}

func (c *content) file(p *part, data []byte) {
	if len(data) == 0 && p.name() == "" && p.head.token("Content-Disposition") != "attachment" {
		return
	}
	disposition := p.head.token("Content-Disposition")
	id := contentID(p.head.get("Content-ID"))
	c.add(inbox.Attachment{
		Name:      attachmentName(p, data),
		Type:      cleanType(p.typ),
		ContentID: id,
		Inline:    disposition == "inline" || (disposition != "attachment" && id != "" && p.in("multipart/related")),
		Data:      data,
	})
}

// add keeps a file; its id is its bytes' hash.
func (c *content) add(a inbox.Attachment) {
	if a.Name == "" {
		a.Name = "attachment.bin"
	}
	sum := sha256.Sum256(a.Data)
	a.ID = inbox.FileID(hex.EncodeToString(sum[:]))
	a.Size = int64(len(a.Data))
	c.files = append(c.files, a)
}

// contentID gives the id without its brackets.
func contentID(raw []byte) string {
	return clip(strings.Trim(decodeHeader(raw), "<> "), maxIDBytes)
}

// cleanType lets only what a media type consists of reach a header or a
// browser.
func cleanType(typ string) string {
	for i := range len(typ) {
		if c := typ[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"'<>\;,()`, c) >= 0 {
			return "application/octet-stream"
		}
	}
	return clip(typ, 127)
}

// text joins what there is to read, HTML without text being read as text.
func (c *content) text() string {
	var out strings.Builder
	for i := range c.sections {
		t := strings.TrimRight(c.sections[i].text(), "\n\t ")
		if strings.TrimSpace(t) == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n\n")
		}
		if out.Len()+len(t) > maxText {
			c.warn.add("This message's text is longer than is shown; the rest was left out.")
			out.WriteString(clip(t, maxText-min(maxText, out.Len())))
			break
		}
		out.WriteString(t)
	}
	return out.String()
}

// shownHTML chooses the one HTML part that is shown. Parts are never joined into
// one document; where the chosen one is not the greater part of the message,
// the text view, which has everything, is the honest one.
func (c *content) shownHTML() string {
	chosen, others := -1, 0
	for i := range c.sections {
		if s := &c.sections[i]; chosen < 0 && hasContent(s.html) {
			chosen, others = i, others+s.rest
		} else {
			others += len(strings.TrimSpace(s.plain)) + len(s.html)/4
		}
	}
	if chosen < 0 {
		return ""
	}
	html := c.sections[chosen].html
	if len(html) > maxHTML || tooDeep(html) {
		c.warn.add("This message's formatting is too large to be shown; this is its text.")
		return ""
	}
	if others == 0 {
		return html
	}
	if others > len(c.sections[chosen].text()) {
		return ""
	}
	c.warn.add("This message has more text than its formatted view shows; the text view has all of it.")
	return html
}

// lines gives text with "\n" as its only line end and without what no text has.
func lines(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}
