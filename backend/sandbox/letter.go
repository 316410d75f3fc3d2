package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	stdmime "mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"
)

// Person is somebody with a mail address.
type Person struct {
	Name  string
	Email string
}

func (p Person) header() string {
	if p.Name == "" {
		return p.Email
	}
	return encodeWord(p.Name) + " <" + p.Email + ">"
}

// File is an attachment. ContentID, when there is one, makes it part of the
// HTML, which refers to it by cid.
type File struct {
	Name      string
	Type      string
	Data      []byte
	ContentID string
}

// letter is a mail as the many programs of the world write them. Rendering
// takes nothing but what is here, so that one seed gives the same bytes.
type letter struct {
	from       Person
	to, cc     []Person
	replyTo    string
	subject    string
	noSubject  bool // leaves the field out
	date       time.Time
	id         string
	references []string // the last one is what this answers
	text       string
	html       string
	files      []File
	charset    string // of the text; "" is UTF-8
	mailer     string
	headers    []string // further fields, "Name: value"
	raw        string   // the body as it is, instead of all of the above
}

func (l *letter) render() []byte {
	var out bytes.Buffer
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%s: %s\r\n", name, value)
		}
	}
	field("From", l.from.header())
	field("To", headerList(l.to))
	field("Cc", headerList(l.cc))
	field("Reply-To", l.replyTo)
	if !l.noSubject {
		field("Subject", encodeWord(l.subject))
	}
	field("Date", l.date.Format(time.RFC1123Z))
	field("Message-ID", angle(l.id))
	if n := len(l.references); n > 0 {
		field("In-Reply-To", angle(l.references[n-1]))
		field("References", foldIDs(l.references))
	}
	field("X-Mailer", l.mailer)
	for _, line := range l.headers {
		out.WriteString(line + "\r\n")
	}
	out.WriteString("MIME-Version: 1.0\r\n")
	if l.raw != "" {
		out.WriteString(crlf(l.raw))
	} else {
		out.Write(l.body().render())
	}
	return out.Bytes()
}

func headerList(people []Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.header())
	}
	return strings.Join(all, ",\r\n ")
}

func angle(id string) string {
	if id == "" {
		return ""
	}
	return "<" + id + ">"
}

// foldIDs keeps References readable: one id a line, and the first with the
// newest ones of a very long thread, as programs do.
func foldIDs(ids []string) string {
	if len(ids) > 20 {
		ids = append([]string{ids[0]}, ids[len(ids)-19:]...)
	}
	var all []string
	for _, id := range ids {
		all = append(all, angle(id))
	}
	return strings.Join(all, "\r\n ")
}

// encodeWord writes header text by RFC 2047 where it needs it, folded.
func encodeWord(text string) string {
	encoded := stdmime.QEncoding.Encode("utf-8", text)
	if encoded == text {
		return foldWords(text)
	}
	return strings.ReplaceAll(encoded, "?= =?", "?=\r\n =?")
}

func foldWords(text string) string {
	const limit = 70
	var out strings.Builder
	column := 0
	for i, word := range strings.Split(text, " ") {
		if i > 0 {
			if column+len(word) > limit {
				out.WriteString("\r\n")
				column = 0
			}
			out.WriteByte(' ')
		}
		out.WriteString(word)
		column += len(word) + 1
	}
	return out.String()
}

// part is one node of a mail's body.
type part struct {
	header   []string
	data     []byte
	boundary string
	children []part
}

// body arranges text, HTML, pictures of the HTML and attachments as programs
// do: mixed(related(alternative(text, html), pictures), attachments).
func (l *letter) body() part {
	node := l.textPart("plain", l.text)
	if l.html != "" {
		node = l.multi("alternative", node, l.textPart("html", l.html))
	}
	var inline, attached []part
	for _, f := range l.files {
		if f.ContentID != "" {
			inline = append(inline, f.part())
		} else {
			attached = append(attached, f.part())
		}
	}
	if len(inline) > 0 {
		node = l.multi("related", append([]part{node}, inline...)...)
	}
	if len(attached) > 0 {
		node = l.multi("mixed", append([]part{node}, attached...)...)
	}
	return node
}

func (l *letter) multi(kind string, children ...part) part {
	sum := sha256.Sum256([]byte(l.id + kind))
	boundary := "=_" + kind + "_" + hex.EncodeToString(sum[:9])
	return part{
		header:   []string{fmt.Sprintf("Content-Type: multipart/%s;\r\n boundary=\"%s\"", kind, boundary)},
		boundary: boundary,
		children: children,
	}
}

func (l *letter) textPart(kind, text string) part {
	charset := l.charset
	encoded := []byte(crlf(text))
	if enc, err := htmlindex.Get(charset); charset == "" || err != nil {
		charset = "utf-8"
	} else if b, err := enc.NewEncoder().Bytes(encoded); err == nil {
		encoded = b
	} else {
		charset = "utf-8" // what the charset cannot say
	}
	p := part{header: []string{fmt.Sprintf("Content-Type: text/%s; charset=%s", kind, charset)}}
	switch {
	case charset == "iso-2022-jp": // 7 bits wide by itself
		p.header = append(p.header, "Content-Transfer-Encoding: 7bit")
		p.data = encoded
	case mostlyASCII(encoded):
		p.header = append(p.header, "Content-Transfer-Encoding: quoted-printable")
		p.data = quotedPrintable(encoded)
	default:
		p.header = append(p.header, "Content-Transfer-Encoding: base64")
		p.data = base64Lines(encoded)
	}
	return p
}

func mostlyASCII(b []byte) bool {
	wide := 0
	for _, c := range b {
		if c >= 0x80 {
			wide++
		}
	}
	return wide*4 < len(b)
}

func (f File) part() part {
	disposition := "attachment"
	if f.ContentID != "" {
		disposition = "inline"
	}
	name := map[string]string{"filename": f.Name}
	header := []string{
		"Content-Type: " + f.Type,
		"Content-Transfer-Encoding: base64",
		"Content-Disposition: " + stdmime.FormatMediaType(disposition, name),
	}
	if f.ContentID != "" {
		header = append(header, "Content-ID: "+angle(f.ContentID))
	}
	return part{header: header, data: base64Lines(f.Data)}
}

func (p part) render() []byte {
	var out bytes.Buffer
	for _, line := range p.header {
		out.WriteString(line + "\r\n")
	}
	out.WriteString("\r\n")
	if len(p.children) == 0 {
		out.Write(p.data)
		return out.Bytes()
	}
	for _, child := range p.children {
		out.WriteString("--" + p.boundary + "\r\n")
		out.Write(child.render())
		out.WriteString("\r\n")
	}
	out.WriteString("--" + p.boundary + "--\r\n")
	return out.Bytes()
}

func quotedPrintable(b []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, _ = w.Write(b) // to memory: cannot fail
	_ = w.Close()
	return out.Bytes()
}

func base64Lines(b []byte) []byte {
	const columns = 76
	text := base64.StdEncoding.EncodeToString(b)
	var out bytes.Buffer
	for len(text) > columns {
		out.WriteString(text[:columns] + "\r\n")
		text = text[columns:]
	}
	out.WriteString(text + "\r\n")
	return out.Bytes()
}

// crlf gives every line the end that mail has.
func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}
