package sandbox

import (
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// SentMail is what one recipient got from the program.
type SentMail struct {
	Channel inbox.ChannelKind
	To      string
	Subject string
	Text    string
	At      time.Time
	Alert   bool // one of Postvak's own e-mail alerts
	// Of a chat message: the names of its files, and what it was sent as: a
	// template's name, or a tag.
	Files []string
	As    string
}

// Sent gives what customers and alert mailboxes received, oldest first.
func (w *World) Sent() []SentMail {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

// taken is called by the SMTP server for each mail that it accepted. Mail to
// the company itself goes round to its inbox; everybody else is a customer,
// and nothing goes any further than here.
func (w *World) taken(recipients []string, raw []byte) {
	m := mime.Parse(raw)
	now := w.clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, to := range recipients {
		if inbox.NormalAddress(to) == companyAddress {
			w.account.deliver(inboxFolder, raw, now)
			continue
		}
		w.sent = append(w.sent, SentMail{
			Channel: inbox.Email, To: to, Subject: m.Subject, Text: m.Text, At: now,
			Alert: m.Nature == inbox.NatureAlert,
		})
		p := &posted{
			id: m.MessageID, digest: mime.Digest(raw), references: m.References, subject: m.Subject,
			text: m.Text, from: Person{m.From.Name, m.From.Address}, at: now,
		}
		w.mails.add(to, p)
		if m.Nature == inbox.NatureHuman {
			w.react(to, p)
		}
	}
}
