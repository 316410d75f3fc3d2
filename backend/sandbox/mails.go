package sandbox

import (
	"crypto/sha256"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// posted is a mail between the company and a contact.
type posted struct {
	id         string
	digest     string
	references []string
	subject    string
	text       string
	from       Person
	at         time.Time
	incoming   bool
}

// chain is what an answer to this mail refers to.
func (p *posted) chain() []string {
	return append(slices.Clone(p.references), p.id)
}

// mailIndex finds mails again: those of a contact in the order of time, and
// one by its Message-ID or by the digest that its key has.
type mailIndex struct {
	byContact map[string][]*posted
	byID      map[string]*posted
	byDigest  map[string]*posted
}

func newMailIndex() mailIndex {
	return mailIndex{map[string][]*posted{}, map[string]*posted{}, map[string]*posted{}}
}

func (x *mailIndex) add(contact string, p *posted) {
	contact = inbox.NormalAddress(contact)
	x.byContact[contact] = append(x.byContact[contact], p)
	if p.id != "" {
		x.byID[p.id] = p
	}
	x.byDigest[p.digest] = p
}

// named finds a mail by its Message-ID or by its key in the program.
func (x *mailIndex) named(name string) *posted {
	if p := x.byID[bareID(name)]; p != nil {
		return p
	}
	_, digest, _ := strings.Cut(name, ":")
	return x.byDigest[digest]
}

// thread finds what a contact's next mail of a subject continues: the newest
// mail of the same subject, else the newest at all; nil when there is none.
func (x *mailIndex) thread(contact, subject string) *posted {
	all := x.byContact[inbox.NormalAddress(contact)]
	for _, p := range slices.Backward(all) {
		if baseSubject(p.subject) == baseSubject(subject) {
			return p
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// replyPrefixes are those of the demo's languages.
var replyPrefixes = []string{"re:", "aw:", "antw:", "odp:", "ynt:", "rv:", "fwd:", "fw:", "wg:"}

// baseSubject is a subject without what answering and forwarding put before
// it.
func baseSubject(subject string) string {
	base := strings.ToLower(strings.TrimSpace(subject))
	for {
		prefix := slices.IndexFunc(replyPrefixes, func(p string) bool { return strings.HasPrefix(base, p) })
		if prefix < 0 {
			return base
		}
		base = strings.TrimSpace(base[len(replyPrefixes[prefix]):])
	}
}

// arrive renders a letter, puts it into the inbox and remembers it. The caller
// holds mu.
func (w *World) arrive(l *letter, at time.Time, flags ...imap.Flag) *posted {
	raw := l.render()
	w.account.deliver(inboxFolder, raw, at, flags...)
	return w.remember(l, raw, at, l.from.Email, true)
}

// file does the same with a letter of the company's own: its copy goes into
// the Sent folder.
func (w *World) file(l *letter, at time.Time) *posted {
	raw := l.render()
	w.account.deliver(sentFolder, raw, at, imap.FlagSeen)
	return w.remember(l, raw, at, l.to[0].Email, false)
}

func (w *World) remember(l *letter, raw []byte, at time.Time, contact string, incoming bool) *posted {
	p := &posted{
		id: l.id, digest: mime.Digest(raw), references: l.references, subject: l.subject,
		text: l.text, from: l.from, at: at, incoming: incoming,
	}
	w.mails.add(contact, p)
	return p
}

func digest(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }

// addressAt makes a colleague's address from a name.
func addressAt(domain, name string) string {
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	local := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, first)
	if local == "" {
		local = "me"
	}
	return local + "@" + domain
}

func parseAddress(address, name string) (Person, error) {
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return Person{}, inbox.Errorf(inbox.Invalid, "%q is no e-mail address.", address)
	}
	if name = unfold(name); name == "" {
		name = parsed.Name
	}
	return Person{name, parsed.Address}, nil
}
