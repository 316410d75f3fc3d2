package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	stdmime "mime"
	"net/mail"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"postvak/backend/inbox"
)

// Letter is a message to write. MessageID, InReplyTo and References are without
// angle brackets; Date is the author's clock. Headers adds fields of one's own,
// such as an alert's marks.
type Letter struct {
	From        inbox.Address
	To, Cc, Bcc []inbox.Address
	Subject     string
	Text        string
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
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundaryFor(l.MessageID)))
	from, err := mailbox(l.From)
	if err != nil {
		return none, err
	}
	to, err := mailboxes(l.To)
	if err != nil {
		return none, err
	}
	cc, err := mailboxes(l.Cc)
	if err != nil {
		return none, err
	}
	bcc, err := mailboxes(l.Bcc)
	if err != nil {
		return none, err
	}
	msg.FromMailAddress(from)
	if len(to) > 0 {
		msg.ToMailAddress(to...)
	}
	if len(cc) > 0 {
		msg.CcMailAddress(cc...)
	}
	l.fill(msg)
	wire, err := write(msg)
	if err != nil {
		return none, inbox.Errorf(inbox.Internal, "The message could not be written.").Because(err)
	}
	return inbox.Rendered{
		MessageID:  l.MessageID,
		From:       from.Address,
		Recipients: recipients(to, cc, bcc),
		Wire:       wire,
		Filed:      withBcc(wire, bcc),
	}, nil
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

// recipients lists the envelope's, each once.
func recipients(lists ...[]*mail.Address) []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, a := range list {
			if key := strings.ToLower(a.Address); !seen[key] {
				seen[key] = true
				all = append(all, a.Address)
			}
		}
	}
	return all
}

func mailboxes(list []inbox.Address) ([]*mail.Address, error) {
	var all []*mail.Address
	for _, a := range list {
		m, err := mailbox(a)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// mailbox checks one address. A domain in another script travels in its ASCII
// form; a local part in another script would need servers that few have.
func mailbox(a inbox.Address) (*mail.Address, error) {
	bad := func() error {
		return inbox.Errorf(inbox.Invalid, "%q is not an e-mail address; check it.", clip(oneLine(a.Address), 100))
	}
	if hasControl(a.Address) || hasControl(a.Name) {
		return nil, bad()
	}
	address := strings.TrimSpace(a.Address)
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 || len(address) > 320 {
		return nil, bad()
	}
	local, domain := address[:at], address[at+1:]
	if !strings.HasPrefix(domain, "[") {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return nil, bad()
		}
		domain = ascii
	}
	if !isASCII([]byte(local)) {
		return nil, inbox.Errorf(inbox.Invalid, "Mail servers cannot yet be relied on for letters like those in %q; use an address without them.", clip(address, 100))
	}
	parsed, err := mail.ParseAddress("<" + local + "@" + domain + ">")
	if err != nil {
		return nil, bad()
	}
	parsed.Name = strings.Join(strings.Fields(validUTF8(a.Name)), " ")
	return parsed, nil
}

// check refuses what would break out of a header field.
func (l *Letter) check() error {
	if len(l.To)+len(l.Cc)+len(l.Bcc) == 0 {
		return inbox.Errorf(inbox.Invalid, "This message has no recipient; add one.")
	}
	if hasControl(l.Subject) {
		return inbox.Errorf(inbox.Invalid, "The subject has a line break or another control character; take it out.")
	}
	for _, a := range l.Attachments {
		if hasControl(a.Name) || hasControl(a.Type) {
			return inbox.Errorf(inbox.Invalid, "An attachment's name has a control character; rename the file.")
		}
	}
	ids := append([]string{l.MessageID}, l.References...)
	if l.InReplyTo != "" {
		ids = append(ids, l.InReplyTo)
	}
	for _, id := range ids {
		if !validID([]byte(id)) {
			return inbox.Errorf(inbox.Invalid, "The message's id is not one that mail allows.").Because(errBadID)
		}
	}
	return l.checkHeaders()
}

// errBadID is the detail that the log gets; the id itself may be a stranger's.
var errBadID = inbox.Errorf(inbox.Invalid, "a Message-ID needs something on both sides of an @ and no blanks")

// ownHeaders are set by Render itself.
var ownHeaders = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "message-id": true,
	"in-reply-to": true, "references": true, "mime-version": true, "content-type": true,
	"content-transfer-encoding": true, "content-disposition": true, "sender": true, "return-path": true,
}

func (l *Letter) checkHeaders() error {
	for name, value := range l.Headers {
		if fieldName([]byte(name+":")) != len(name) || len(name) == 0 || strings.ContainsAny(name, " \t") ||
			ownHeaders[strings.ToLower(name)] || hasControl(value) {
			return inbox.Errorf(inbox.Invalid, "The header field %q cannot be set.", clip(oneLine(name), 60))
		}
	}
	return nil
}

// hasControl says whether a string has line ends or other control characters,
// or is no UTF-8.
func hasControl(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	for _, r := range s {
		if r < ' ' || (r >= 0x7f && r < 0xa0) || r == 0x2028 || r == 0x2029 {
			return true
		}
	}
	return false
}
