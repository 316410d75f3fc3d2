package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	stdmime "mime"
	"net/mail"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"postvak/backend/inbox"
)

// Letter is a message to write. MessageID, InReplyTo and References are without
// angle brackets; Date is the author's clock. Headers adds fields of one's own,
// such as an alert's marks. HTML is the same text for those who show it: it is
// written as it is, so whoever makes it escapes what others wrote.
type Letter struct {
	From        inbox.Address
	To, Cc, Bcc []inbox.Address
	Subject     string
	Text        string
	HTML        string             // "" for text alone
	Attachments []inbox.Attachment // with Data
	MessageID   string
	InReplyTo   string
	References  []string
	Date        time.Time
	Headers     map[string]string
}

// Render freezes a letter to the bytes that are sent and filed (R34). The same
// letter gives the same bytes. An *inbox.Error with code invalid says what a
// person must change: no recipient, an address that cannot be, a line end or
// another control character where a header would take it for its own.
func Render(l Letter) (inbox.Rendered, error) {
	var none inbox.Rendered
	if err := l.check(); err != nil {
		return none, err
	}
	msg := l.blank()
	who, err := l.people()
	if err != nil {
		return none, err
	}
	who.address(msg)
	l.fill(msg)
	wire, err := write(msg)
	if err != nil {
		return none, inbox.Errorf(inbox.Internal, "The message could not be written.").Because(err)
	}
	if l.nested() {
		wire = withoutChance(wire, l.MessageID)
	}
	return inbox.Rendered{
		MessageID:  l.MessageID,
		From:       who.from.Address,
		Recipients: recipients(who.to, who.cc, who.bcc),
		Wire:       wire,
		Filed:      withBcc(wire, who.bcc),
	}, nil
}

// nested says whether one multipart stands within another: HTML beside its text,
// and both beside files.
func (l *Letter) nested() bool { return l.HTML != "" && len(l.Attachments) > 0 }

// blank begins a message. One boundary serves one multipart only: of two, each
// gets one by chance, which withoutChance replaces.
func (l *Letter) blank() *gomail.Msg {
	if l.nested() {
		return gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	}
	return gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundaryFor(l.MessageID)))
}

var chanceBoundary = regexp.MustCompile(`\r\n boundary=([0-9a-f]{60})\r\n`)

// withoutChance gives the same letter the same bytes again. Nobody can have
// written a boundary into the text before it was drawn.
func withoutChance(wire []byte, messageID string) []byte {
	for i, found := range chanceBoundary.FindAllSubmatch(wire, -1) {
		drawn := slices.Clone(found[1])
		if !bytes.Contains(wire, slices.Concat([]byte("\r\n--"), drawn, []byte("--\r\n"))) {
			continue // somebody's text
		}
		wire = bytes.ReplaceAll(wire, drawn, []byte(boundaryFor(messageID+"|"+strconv.Itoa(i))))
	}
	return wire
}

// fill sets everything but the addresses.
func (l *Letter) fill(msg *gomail.Msg) {
	msg.Subject(strings.Join(strings.Fields(l.Subject), " "))
	msg.SetMessageIDWithValue(l.MessageID)
	msg.SetDateWithValue(l.Date)
	if l.InReplyTo != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+l.InReplyTo+">")
	}
	if refs := l.References; len(refs) > 0 {
		refs = refs[max(0, len(refs)-maxReferences):]
		msg.SetGenHeader(gomail.HeaderReferences, "<"+strings.Join(refs, "> <")+">")
	}
	names := make([]string, 0, len(l.Headers))
	for name := range l.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		msg.SetGenHeader(gomail.Header(name), l.Headers[name])
	}
	msg.SetBodyString(gomail.TypeTextPlain, lines(validUTF8(l.Text)))
	if l.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, lines(validUTF8(l.HTML)))
	}
	for _, a := range l.Attachments {
		attach(msg, a)
	}
}

// attach adds a file. Its name travels in RFC 2231's form, which readers of
// every language take, and not as an encoded word within quotes.
func attach(msg *gomail.Msg, a inbox.Attachment) {
	name := cleanName(a.Name)
	if name == "" {
		name = "attachment.bin"
	}
	typ := cleanType(strings.ToLower(a.Type))
	if !strings.Contains(typ, "/") || strings.HasPrefix(typ, "multipart/") || strings.HasPrefix(typ, "message/") {
		typ = "application/octet-stream"
	}
	data := a.Data
	msg.AttachReadSeeker(name, bytes.NewReader(data), func(f *gomail.File) {
		f.ContentType = gomail.ContentType(typ)
		f.Enc = gomail.EncodingB64
		f.Writer = func(w io.Writer) (int64, error) {
			n, err := w.Write(data)
			return int64(n), err
		}
		f.Header.Set("Content-Disposition", stdmime.FormatMediaType("attachment", map[string]string{"filename": name}))
		f.Header.Set("Content-Type", stdmime.FormatMediaType(typ, map[string]string{"name": name}))
	})
}

func write(msg *gomail.Msg) ([]byte, error) {
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\r\n")) { // SMTP would add it, and a provider's own copy be another message
		out.WriteString("\r\n")
	}
	return out.Bytes(), nil
}

// boundaryFor derives the multipart boundary from the Message-ID, so that
// rendering needs no chance of its own. Nobody who wrote the text knew the id,
// so nobody can have put the boundary into it.
func boundaryFor(messageID string) string {
	sum := sha256.Sum256([]byte("boundary|" + messageID))
	return "postvak." + hex.EncodeToString(sum[:16])
}

// withBcc puts the hidden recipients on the copy for the Sent folder.
func withBcc(wire []byte, bcc []*mail.Address) []byte {
	if len(bcc) == 0 {
		return wire
	}
	var b strings.Builder
	b.WriteString("Bcc: ")
	for i, a := range bcc {
		if i > 0 {
			b.WriteString(",\r\n ")
		}
		b.WriteString(a.String())
	}
	b.WriteString("\r\n")
	return append([]byte(b.String()), wire...)
}
