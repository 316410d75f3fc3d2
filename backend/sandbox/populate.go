package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"postvak/backend/inbox"
)

// populate fills the mailbox with the past weeks' mail, oldest first as a
// mailbox grew, and notes what the team did about it.
func (w *World) populate() error {
	w.mates = newTeammates()
	stories, err := history()
	if err != nil {
		return err
	}
	var moments []moment
	for i := range stories {
		stories[i].shift()
		contact, err := stories[i].person("from")
		if err != nil {
			return fmt.Errorf("story %s: %w", stories[i].name, err)
		}
		t := &telling{world: w, story: &stories[i], contact: contact}
		for j := range stories[i].steps {
			moments = append(moments, moment{t, j})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int {
		return int(b.step().ago - a.step().ago)
	})
	for _, m := range moments {
		if err := m.telling.tell(m.index); err != nil {
			return fmt.Errorf("story %s, step %d: %w", m.telling.story.name, m.index+1, err)
		}
	}
	return nil
}

// shift moves a story back by some minutes of its own, so that not everybody
// wrote at the minute of the program's start.
func (s *story) shift() {
	sum := digest(s.name)
	by := time.Duration(sum[0])*7*time.Second + time.Duration(sum[1])*time.Second
	for i := range s.steps {
		s.steps[i].ago += by
	}
}

// history reads the stories of the past, of all files but the moulds.
func history() (all []story, err error) {
	files, err := content.ReadDir("content")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if strings.HasPrefix(file.Name(), "mould-") || strings.HasPrefix(file.Name(), "chat-") {
			continue
		}
		stories, err := readStories(file.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, stories...)
	}
	return all, nil
}

type moment struct {
	telling *telling
	index   int
}

func (m moment) step() *step { return &m.telling.story.steps[m.index] }

// telling is a story on its way into the mailbox.
type telling struct {
	world *World
	story *story
	last  *posted
	in    []*posted // what a close covers
	first *posted
	// contact is the customer; others may write in the same thread.
	contact Person
}

func (t *telling) tell(index int) error {
	p := &t.story.steps[index]
	at := t.world.began.Add(-p.ago)
	switch p.do {
	case "in", "out":
		return t.mail(p, at, index)
	case Assign, Unassign, Close, Reopen, Note, Avail:
		t.world.past = append(t.world.past, pastAct{
			by: p.options["by"], at: at, do: p.do, to: p.options["to"], text: t.world.forMe(p.text),
			anchor: t.first, covers: t.covered(p.do),
		})
		return nil
	}
	return fmt.Errorf("nobody knows how to %q", p.do)
}

// forMe puts the first name of the member at this desktop into a note.
func (w *World) forMe(text string) string {
	first, _, _ := strings.Cut(w.me.Name, " ")
	return strings.ReplaceAll(text, "$me", first)
}

// covered gives what the author of a close had seen.
func (t *telling) covered(do string) []*posted {
	if do != Close {
		return nil
	}
	return slices.Clone(t.in)
}

func (t *telling) mail(p *step, at time.Time, index int) error {
	l, err := t.letter(p, at)
	if err != nil {
		return err
	}
	w := t.world
	if p.do == "out" {
		t.last = w.file(l, at)
		t.begin()
		w.past = append(w.past, pastAct{by: p.options["by"], at: at, do: SentBy, anchor: t.last})
		return nil
	}
	var flags []imap.Flag
	if t.wasRead(index) {
		flags = append(flags, imap.FlagSeen)
	}
	t.last = w.arriveDamaged(l, at, p.options["damage"], flags...)
	t.in = append(t.in, t.last)
	if who := t.story.fields["answers"]; who != "no" && l.from.Email == t.contact.Email {
		w.customers[inbox.NormalAddress(l.from.Email)] = &customer{
			Person: l.from, lang: t.story.fields["lang"], style: t.story.fields["style"],
		}
	}
	t.begin()
	return nil
}

// begin makes a story's first mail its anchor.
func (t *telling) begin() {
	if t.first == nil {
		t.first = t.last
	}
}

// wasRead says that somebody did something about a mail, or that it is old.
func (t *telling) wasRead(index int) bool {
	const old = 6 * 24 * time.Hour
	rest := t.story.steps[index+1:]
	return t.story.steps[index].ago > old ||
		slices.ContainsFunc(rest, func(p step) bool { return p.do == "out" || p.do == Close })
}

// letter writes one mail of the story.
func (t *telling) letter(p *step, at time.Time) (l *letter, err error) {
	own := Person{company, companyAddress}
	l = &letter{
		from: t.contact, to: []Person{own}, date: at, text: p.text,
		subject: t.story.fields["subject"], noSubject: t.story.fields["subject"] == "",
		mailer: mailers[t.story.fields["style"]],
	}
	if p.do == "out" {
		l.from, l.to, l.mailer = own, []Person{t.contact}, ""
		l.text += "\n\n" + t.world.signature(p.options["by"], t.story.fields["lang"])
	} else if err = t.incoming(l, p); err != nil {
		return nil, err
	}
	if l.cc, err = t.copies(l); err != nil {
		return nil, err
	}
	l.id = t.world.nextID(domainOf(l.from.Email))
	return l, t.finish(l, p)
}

// incoming is what only customers' mails have.
func (t *telling) incoming(l *letter, p *step) (err error) {
	if who := p.options["from"]; who != "" {
		if l.from, err = t.story.person(who); err != nil {
			return err
		}
	}
	l.charset = t.story.fields["charset"]
	l.headers = headerLines(t.story)
	switch {
	case p.options["damage"] == "report":
		t.report(l)
	case p.options["damage"] == "encrypted":
		l.raw = sealedBody(p.text)
	case p.options["auto"] != "":
		l.subject = p.options["auto"] + " " + l.subject
		l.headers = append(l.headers, "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All")
	}
	return nil
}

// report makes a letter the bounce of what was sent last.
func (t *telling) report(l *letter) {
	l.raw = bounceReport(t.contact.Email, t.last)
	l.subject = bounceSubject
	l.headers = append(l.headers, "Auto-Submitted: auto-replied")
}

// copies are the others of the thread: everybody answers to all.
func (t *telling) copies(l *letter) (others []Person, err error) {
	everybody := []Person{t.contact}
	for key := range strings.SplitSeq(t.story.fields["cc"], ",") {
		if key = strings.TrimSpace(key); key == "" {
			continue
		}
		other, err := t.story.person(key)
		if err != nil {
			return nil, err
		}
		everybody = append(everybody, other)
	}
	return slices.DeleteFunc(everybody, func(p Person) bool {
		return p == l.from || slices.Contains(l.to, p)
	}), nil
}

// finish adds what answers have, the HTML and the files.
func (t *telling) finish(l *letter, p *step) (err error) {
	markup := l.text
	if p.options["html"] != "" {
		l.text = plainText(markup)
	}
	if t.last != nil && l.raw == "" {
		l.references = t.last.chain()
		if p.options["auto"] == "" {
			l.subject = replySubject(l.subject, t.story.fields["lang"], p.do == "out")
		}
		style := t.story.fields["style"]
		if chosen := p.options["quote"]; chosen != "" {
			style = chosen
		}
		if p.do == "out" {
			style = ""
		}
		l.text = quoted(l.text, t.last, style, t.story.fields["lang"])
	}
	if l.html, err = makeHTML(p.options["html"], l.subject, markup, t.last); err != nil {
		return err
	}
	l.files, err = makeFiles(p.options["files"], t.story)
	return err
}

// headerLines are the story's fields that begin with a capital: header fields
// of its mails.
func headerLines(s *story) (lines []string) {
	for key, value := range s.fields {
		if key[0] >= 'A' && key[0] <= 'Z' {
			lines = append(lines, key+": "+value)
		}
	}
	slices.Sort(lines)
	return lines
}

var mailers = map[string]string{
	"outlook": "Microsoft Outlook 16.0",
	"apple":   "iPhone Mail (22B91)",
}

// replySubject puts the language's own word before an answered subject.
func replySubject(subject, lang string, ours bool) string {
	prefix := map[string]string{"de": "AW: ", "nl": "Re: ", "pl": "Odp: ", "tr": "Ynt: "}[lang]
	if prefix == "" || ours {
		prefix = "Re: "
	}
	return prefix + subject
}

// signature ends our own mails.
func (w *World) signature(by, lang string) string {
	name := w.me.Name
	if mate, ok := w.Teammate(by); ok {
		name = mate.Name
	}
	greeting := map[string]string{
		"nl": "Hartelijke groet,", "de": "Herzliche Grüße", "fr": "Bien cordialement,", "tr": "Saygılarımızla,",
		"pl": "Pozdrawiam serdecznie,", "es": "Un saludo cordial,", "it": "Cordiali saluti,", "ja": "よろしくお願いいたします。",
		"ar": "مع أطيب التحيات،", "pt": "Com os melhores cumprimentos,", "sv": "Vänliga hälsningar,",
	}[lang]
	if greeting == "" {
		greeting = "Kind regards,"
	}
	return greeting + "\n" + name + "\n" + company + " · lampen & licht"
}
