package mime

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"postvak/backend/inbox"
)

// people are a letter's addresses, checked.
type people struct {
	from        *mail.Address
	to, cc, bcc []*mail.Address
}

func (l *Letter) people() (who people, err error) {
	if who.from, err = mailbox(l.From); err != nil {
		return who, err
	}
	if who.to, err = mailboxes(l.To); err != nil {
		return who, err
	}
	if who.cc, err = mailboxes(l.Cc); err != nil {
		return who, err
	}
	who.bcc, err = mailboxes(l.Bcc)
	return who, err
}

// address sets the fields that everybody sees.
func (who *people) address(msg *gomail.Msg) {
	msg.FromMailAddress(who.from)
	if len(who.to) > 0 {
		msg.ToMailAddress(who.to...)
	}
	if len(who.cc) > 0 {
		msg.CcMailAddress(who.cc...)
	}
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
