package sandbox

import (
	"strings"

	"postvak/backend/inbox"
)

// Delivery is a mail that a customer is made to write. Files need a name and
// the bytes; a missing type is application/octet-stream.
type Delivery struct {
	From    string // an address, or "Name <address>"
	Name    string
	Subject string
	Text    string
	// InReplyTo names the message that this answers: its Message-ID, or its
	// key in the program.
	InReplyTo string
	Files     []File
}

// Delivered says how to find a delivered mail again: its key is
// inbox.MailKey(channel, Digest).
type Delivered struct {
	MessageID string
	Digest    string
}

// Deliver puts a mail into the company's mailbox. A mail of the same author
// continues their thread when its subject begins with "Re:"; InReplyTo names
// another one. It works while the servers are offline, too: the mail is then
// there when they come back.
func (w *World) Deliver(d Delivery) (Delivered, error) {
	from, err := parseAddress(d.From, d.Name)
	if err != nil {
		return Delivered{}, err
	}
	size := len(d.Text)
	for i := range d.Files {
		size += len(d.Files[i].Data)
	}
	if size > maxMail/2 {
		return Delivered{}, inbox.Errorf(inbox.Invalid, "A mail may have 15 MB at most.")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	parent, err := w.answered(d, from.Email)
	if err != nil {
		return Delivered{}, err
	}
	l := &letter{
		from: from, to: []Person{{company, companyAddress}}, subject: unfold(d.Subject), text: d.Text,
		date: w.clock.Now(), id: w.nextID(domainOf(from.Email)), files: cleanFiles(d.Files),
	}
	if parent != nil {
		l.references = parent.chain()
	}
	p := w.arrive(l, w.clock.Now())
	return Delivered{p.id, p.digest}, nil
}

// answered gives the mail that a delivery continues, nil for a new thread.
func (w *World) answered(d Delivery, from string) (*posted, error) {
	if d.InReplyTo != "" {
		if p := w.mails.named(d.InReplyTo); p != nil {
			return p, nil
		}
		return nil, inbox.Errorf(inbox.NotFound, "There is no message %q that this could answer.", d.InReplyTo)
	}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(d.Subject)), "re:") {
		return nil, nil
	}
	return w.mails.thread(from, d.Subject), nil
}

// cleanFiles keeps what stands in a header from being more than that.
func cleanFiles(files []File) []File {
	var clean []File
	for _, f := range files {
		f.Name, f.Type = unfold(f.Name), unfold(f.Type)
		if f.Name == "" {
			f.Name = "file"
		}
		if f.Type == "" {
			f.Type = "application/octet-stream"
		}
		f.ContentID = ""
		clean = append(clean, f)
	}
	return clean
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}
