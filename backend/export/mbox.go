package export

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// mbox is one file of mails as RFC 4155 has it, with lines that would begin a
// message quoted (">From ") so that reading gives the very bytes back. Mails are
// as they came; other messages are mails that are made here. What was not sent
// and what was never a message stays out.
type mbox struct {
	out  io.Writer
	head Head
}

// Mbox writes an mbox file.
func Mbox(out io.Writer) Format { return &mbox{out: out} }

func (b *mbox) Open(h Head) error { b.head = h; return nil }
func (b *mbox) Close(Tail) error  { return nil }
func (b *mbox) End() error        { return nil }

func (b *mbox) Message(m Message) error {
	if m.Note || m.Unsent {
		return nil
	}
	sender := address(m.Address)
	if _, err := fmt.Fprintf(b.out, "From %s %s\n", sender, m.At.UTC().Format("Mon Jan _2 15:04:05 2006")); err != nil {
		return err
	}
	lines := &lines{out: bufio.NewWriter(b.out), begin: true}
	if err := b.body(lines, m); err != nil {
		return err
	}
	return lines.end()
}

func (b *mbox) body(to io.Writer, m Message) error {
	if m.Raw == nil {
		return b.compose(to, m)
	}
	raw, err := m.Raw()
	if err != nil || len(raw) == 0 {
		return b.compose(to, m) // its source is not here: what is shown is
	}
	_, err = to.Write(raw)
	return err
}

// address is what may stand in a From_ line: something without blanks.
func address(text string) string {
	if parsed, err := mail.ParseAddress(text); err == nil {
		text = parsed.Address
	}
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || r == '<' || r == '>' {
			return -1
		}
		return r
	}, text)
	if text == "" {
		return "MAILER-DAEMON"
	}
	return text
}

// compose makes a mail of a message that never was one.
func (b *mbox) compose(to io.Writer, m Message) error {
	header := []string{
		"From: " + b.person(m.Name, m.Address),
		"Date: " + m.At.Format(time.RFC1123Z),
		"Message-ID: <" + base64.RawURLEncoding.EncodeToString([]byte(m.ID)) + "@export.invalid>",
		"Subject: " + mime.QEncoding.Encode("utf-8", oneLine(subject(b.head, m))),
		"MIME-Version: 1.0",
	}
	for _, one := range m.To {
		header = append(header, "To: "+b.person("", one))
		break
	}
	if _, err := io.WriteString(to, strings.Join(header, "\n")+"\n"); err != nil {
		return err
	}
	if len(m.Attachments) == 0 {
		return text(to, "", m.Text)
	}
	return b.parts(to, m)
}

func subject(h Head, m Message) string {
	for _, s := range []string{m.Subject, h.Subject, h.Name} {
		if s != "" {
			return s
		}
	}
	return h.Kind
}

// person is a mailbox as a header has it. Numbers and ids of chats get a domain
// that cannot exist.
func (b *mbox) person(name, where string) string {
	plain := address(where)
	if !strings.Contains(plain, "@") {
		plain += "@" + b.head.Kind + ".invalid"
	}
	return (&mail.Address{Name: oneLine(name), Address: plain}).String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// text writes the rest of a header and a text as base64: any text is safe so.
func text(to io.Writer, header, content string) error {
	if _, err := io.WriteString(to, header+"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"); err != nil {
		return err
	}
	return encoded(to, strings.NewReader(content))
}

func (b *mbox) parts(to io.Writer, m Message) error {
	w := multipart.NewWriter(to)
	if _, err := fmt.Fprintf(to, "Content-Type: multipart/mixed; boundary=%q\n\n", w.Boundary()); err != nil {
		return err
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Transfer-Encoding": {"base64"}})
	if err != nil {
		return err
	}
	if err := encoded(part, strings.NewReader(m.Text)); err != nil {
		return err
	}
	for _, a := range m.Attachments {
		if err := attach(w, a); err != nil {
			return err
		}
	}
	return w.Close()
}

func attach(w *multipart.Writer, a Attachment) error {
	content, err := a.Open()
	if err != nil {
		return nil //nolint:nilerr // it is not on this computer: the rest goes on without
	}
	defer content.Close()
	kind, _, err := mime.ParseMediaType(a.Type)
	if err != nil || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		kind = "application/octet-stream"
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {kind},
		"Content-Transfer-Encoding": {"base64"},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": oneLine(a.Name)})},
	})
	if err != nil {
		return err
	}
	return encoded(part, content)
}

// encoded writes base64 in lines.
func encoded(to io.Writer, from io.Reader) error {
	folded := &fold{out: to}
	encoder := base64.NewEncoder(base64.StdEncoding, folded)
	if _, err := io.Copy(encoder, from); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(to, "\n")
	return err
}

// fold begins a new line every 76 characters.
type fold struct {
	out io.Writer
	at  int
}

func (f *fold) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if f.at == 76 {
			if _, err := io.WriteString(f.out, "\n"); err != nil {
				return n, err
			}
			f.at = 0
		}
		take := min(76-f.at, len(p))
		wrote, err := f.out.Write(p[:take])
		n, f.at, p = n+wrote, f.at+wrote, p[take:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// lines writes a message's lines with LF ends, quotes those that would begin
// another message, and ends it with an empty line.
type lines struct {
	out   *bufio.Writer
	begin bool   // nothing of the present line is written but ">"
	open  bool   // something of it is
	held  []byte // what follows the ">", as long as it may be "From "
	cr    bool   // a CR that may belong to a line's end
}

func (l *lines) Write(p []byte) (int, error) {
	for _, c := range p {
		l.take(c)
	}
	return len(p), nil
}

func (l *lines) take(c byte) {
	if l.cr && c != '\n' {
		l.put('\r')
	}
	if l.cr = c == '\r'; !l.cr {
		l.put(c)
	}
}

var from = []byte("From ")

func (l *lines) put(c byte) {
	if l.begin && c == '>' && len(l.held) == 0 {
		_ = l.out.WriteByte(c) // bufio keeps the error for Flush
		l.open = true
		return
	}
	if l.begin {
		l.held = append(l.held, c)
		if len(l.held) < len(from) && bytes.HasPrefix(from, l.held) {
			return
		}
		if bytes.Equal(l.held, from) {
			_ = l.out.WriteByte('>')
		}
		_, _ = l.out.Write(l.held)
		l.held = l.held[:0]
	} else {
		_ = l.out.WriteByte(c)
	}
	l.begin, l.open = c == '\n', c != '\n'
}

func (l *lines) end() error {
	if l.cr {
		l.put('\r')
	}
	if _, _ = l.out.Write(l.held); l.open || len(l.held) > 0 {
		_ = l.out.WriteByte('\n')
	}
	_ = l.out.WriteByte('\n')
	return l.out.Flush()
}
