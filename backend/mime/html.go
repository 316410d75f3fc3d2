package mime

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText reads a document as text for searching, for previews and for people
// who prefer it: blocks become lines, quotes get ">", links that say something
// else than where they lead show their address. Style, script and what the
// document itself hides are left out.
func htmlText(doc string) string {
	w := textWriter{z: html.NewTokenizer(strings.NewReader(clip(doc, maxText)))}
	w.z.SetMaxBuf(maxText)
	w.read()
	return w.finish()
}

// textWriter goes over a document's tokens once.
type textWriter struct {
	z     *html.Tokenizer
	out   []byte
	quote int  // blockquotes around this place
	pre   int  // pre elements around this place
	blank bool // white space is due before the next word
	feeds int  // line ends are due before the next word
	fresh bool // the line has its quote marks and nothing else

	hidden  atom.Atom // the element whose content is left out, 0 for none
	nesting int       // of that element within itself
	href    string
	linkAt  int // where the link's own text begins
}

func (w *textWriter) read() {
	for {
		switch w.z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if w.hidden == 0 {
				w.words(w.z.Text())
			}
		case html.StartTagToken:
			w.start(false)
		case html.SelfClosingTagToken:
			w.start(true)
		case html.EndTagToken:
			name, _ := w.z.TagName()
			w.end(atom.Lookup(name))
		}
		if len(w.out) > maxText {
			return
		}
	}
}

func (w *textWriter) start(selfClosing bool) {
	name, more := w.z.TagName()
	tag := atom.Lookup(name)
	if w.hidden != 0 {
		if tag == w.hidden && !selfClosing {
			w.nesting++
		}
		return
	}
	var href, alt string
	conceal := false
	for more {
		var key, value []byte
		key, value, more = w.z.TagAttr()
		switch string(key) {
		case "href":
			href = string(value)
		case "alt":
			alt = string(value)
		case "style":
			conceal = conceal || hides(value)
		case "hidden":
			conceal = true
		}
	}
	if (conceal || silent(tag)) && !void(tag) && !selfClosing && tag != 0 {
		w.hidden, w.nesting = tag, 1
		return
	}
	w.open(tag, href, alt)
}

func (w *textWriter) open(tag atom.Atom, href, alt string) {
	switch tag {
	case atom.Br:
		w.feeds++
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl:
		w.breakLine(2)
	case atom.Div, atom.Tr, atom.Table, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd,
		atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Figure, atom.Caption, atom.Body:
		w.breakLine(1)
	case atom.Li:
		w.breakLine(1)
		w.write("- ")
	case atom.Td, atom.Th:
		w.blank = true
	case atom.Hr:
		w.breakLine(1)
		w.write("---")
		w.breakLine(1)
	case atom.Blockquote:
		w.breakLine(1)
		w.quote = min(w.quote+1, 20)
	case atom.Pre:
		w.breakLine(1)
		w.pre++
	case atom.Img:
		if alt = strings.TrimSpace(alt); alt != "" {
			w.words([]byte(alt))
		}
	case atom.A:
		w.href, w.linkAt = href, len(w.out)
	}
}

func (w *textWriter) end(tag atom.Atom) {
	if w.hidden != 0 {
		if tag == w.hidden {
			if w.nesting--; w.nesting == 0 {
				w.hidden = 0
				w.blank = w.blank || tag == atom.Div
			}
		}
		return
	}
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl:
		w.breakLine(2)
	case atom.Div, atom.Tr, atom.Table, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Li, atom.Dt, atom.Dd,
		atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Figure, atom.Caption:
		w.breakLine(1)
	case atom.Blockquote:
		w.breakLine(1)
		w.quote = max(w.quote-1, 0)
	case atom.Pre:
		w.pre = max(w.pre-1, 0)
		w.breakLine(1)
	case atom.A:
		w.endLink()
	}
}

// endLink shows where a link leads unless its text says so already.
func (w *textWriter) endLink() {
	href := strings.TrimSpace(w.href)
	w.href = ""
	if href == "" || w.linkAt >= len(w.out) || len(href) > 2000 {
		return
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "tel:")
	bare = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(bare, "https://"), "http://"), "/")
	scheme, _, ok := strings.Cut(href, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
	default:
		ok = false
	}
	if !ok || bytes.Contains(w.out[w.linkAt:], []byte(bare)) {
		return
	}
	w.write(" <" + oneLine(href) + ">")
}

// breakLine asks for at least n line ends before the next word.
func (w *textWriter) breakLine(n int) {
	if w.fresh {
		n = 0
	}
	w.feeds = max(w.feeds, n)
}

// words writes text with its white space collapsed, as a browser would.
func (w *textWriter) words(text []byte) {
	if w.pre > 0 {
		w.preformatted(text)
		return
	}
	for len(text) > 0 {
		i := bytes.IndexAny(text, " \t\r\n\f")
		if i == 0 {
			w.blank = true
			text = text[1:]
			continue
		}
		if i < 0 {
			i = len(text)
		}
		w.writeBytes(text[:i])
		text = text[i:]
	}
}

func (w *textWriter) preformatted(text []byte) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if i > 0 {
			w.feeds++
		}
		if len(line) > 0 {
			w.writeBytes(bytes.TrimRight(line, "\r"))
		}
	}
}

func (w *textWriter) write(s string) { w.writeBytes([]byte(s)) }

func (w *textWriter) writeBytes(b []byte) {
	if len(w.out) > 0 || w.quote > 0 {
		w.newLines()
	}
	w.feeds = 0
	if w.blank && !w.fresh && len(w.out) > 0 && w.out[len(w.out)-1] != ' ' {
		w.out = append(w.out, ' ')
	}
	w.blank, w.fresh = false, false
	w.out = append(w.out, b...)
}

// newLines writes the line ends that are due, two at most, and the quote marks.
func (w *textWriter) newLines() {
	if len(w.out) > 0 {
		if w.feeds == 0 {
			return
		}
		for range min(w.feeds, 2) {
			w.out = append(w.out, '\n')
		}
	}
	for range w.quote {
		w.out = append(w.out, '>')
	}
	if w.quote > 0 && (len(w.out) == w.quote || w.feeds > 0) {
		w.out = append(w.out, ' ')
	}
	w.fresh = true
}

func (w *textWriter) finish() string {
	text := strings.ReplaceAll(string(w.out), "\u00a0", " ")
	return lines(strings.TrimRight(validUTF8(text), " \n\t"))
}

// silent elements hold nothing to read.
func silent(tag atom.Atom) bool {
	switch tag {
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Noframes, atom.Iframe, atom.Object, atom.Svg, atom.Math, atom.Select, atom.Textarea:
		return true
	}
	return false
}

// void elements have no content and no end tag.
func void(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// hides recognises the styles by which mail hides text: preheaders, and words
// meant for filters only.
func hides(style []byte) bool {
	s := strings.ToLower(strings.ReplaceAll(clip(string(style), 2000), " ", ""))
	return strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "mso-hide:all")
}

// hasContent says whether a document shows anything: a word or a picture.
func hasContent(doc string) bool {
	if doc == "" {
		return false
	}
	inTag := false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case c == '<':
			inTag = true
			if len(doc)-i > 4 && strings.EqualFold(doc[i:i+4], "<img") {
				return true
			}
		case c == '>':
			inTag = false
		case !inTag && c > ' ':
			return true
		}
	}
	return false
}

// tooDeep says whether elements are nested deeper than a browser should be
// asked to go. It counts tags without building anything.
func tooDeep(doc string) bool {
	if strings.Count(doc, "<") <= maxHTMLDepth {
		return false
	}
	depth := 0
	z := html.NewTokenizer(strings.NewReader(doc))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); !void(tag) && !impliedEnd(tag) {
				if depth++; depth > maxHTMLDepth {
					return true
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); depth > 0 && !impliedEnd(tag) {
				depth--
			}
		}
	}
}

// impliedEnd elements end by themselves where the next one begins.
func impliedEnd(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Li, atom.Td, atom.Th, atom.Tr, atom.Dt, atom.Dd, atom.Option, atom.Tbody, atom.Thead, atom.Tfoot, atom.Colgroup:
		return true
	}
	return false
}
