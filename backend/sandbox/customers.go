package sandbox

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"postvak/backend/inbox"
)

// Customers write about once a minute, and are answered in time or not; they
// stop after a working day of that, so that a demo left alone does not grow
// for ever.
const (
	betweenMails = 40 * time.Second
	mailJitter   = 40 * time.Second
	maxLive      = 300
)

// customer is somebody who answers when they are answered.
type customer struct {
	Person
	lang    string
	style   string
	replies int
}

// chance gives the n-th random source of one seed: what happens at one point
// does not change what happens at another.
func (w *World) chance(n int) *rand.Rand { return rand.New(rand.NewPCG(w.opt.Seed, uint64(n))) }

func (w *World) planNextMail() {
	r := w.chance(w.live)
	w.post.in(betweenMails+time.Duration(r.Int64N(int64(mailJitter))), func(context.Context) {
		w.mu.Lock()
		w.writeByThemselves(w.live)
		w.live++
		more := w.live < maxLive
		w.mu.Unlock()
		if more {
			w.planNextMail()
		}
	})
}

// writeByThemselves lets the n-th customer of the day write. The caller holds
// mu.
func (w *World) writeByThemselves(n int) {
	r := w.chance(1000 + n)
	m := w.moulds.mail(n, r)
	who := &customer{Person: m.from, lang: m.lang, style: m.style}
	w.customers[inbox.NormalAddress(who.Email)] = who
	now := w.clock.Now()
	p := w.arrive(&letter{
		from: m.from, to: []Person{{company, companyAddress}}, subject: m.subject, text: m.text,
		date: now, id: w.nextID(domainOf(m.from.Email)), mailer: mailers[m.style], files: m.files,
	}, now)
	w.teamTakes(p, who, n)
}

// react lets whoever got an answer write back, some time later. Somebody who
// was not made up here never writes by themselves. The caller holds mu.
func (w *World) react(to string, answer *posted) {
	if local, _, _ := strings.Cut(inbox.NormalAddress(to), "@"); local == bounceUser {
		w.post.in(5*time.Second, func(context.Context) { w.bounce(to, answer) })
		return
	}
	who := w.customers[inbox.NormalAddress(to)]
	if who == nil || w.opt.Quiet {
		return
	}
	r := w.chance(5000 + len(w.sent))
	willing := []float64{0.75, 0.4, 0.2}
	if who.replies >= len(willing) || r.Float64() > willing[who.replies] {
		return
	}
	who.replies++
	text := w.moulds.reply(who, r)
	delay := 20*time.Second + time.Duration(r.Int64N(int64(70*time.Second)))
	w.post.in(delay, func(context.Context) { w.writeBack(who, answer, text) })
}

func (w *World) writeBack(who *customer, answer *posted, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.Now()
	w.arrive(&letter{
		from: who.Person, to: []Person{{company, companyAddress}}, date: now,
		subject: replySubject(stripReply(answer.subject), who.lang, false), references: answer.chain(),
		id: w.nextID(domainOf(who.Email)), mailer: mailers[who.style],
		text: quoted(text, answer, who.style, who.lang),
	}, now)
}

func stripReply(subject string) string {
	return strings.TrimSpace(subject[len(subject)-len(baseSubject(subject)):])
}

// bounce reports a mail as undeliverable, as mail servers do (RFC 3464).
func (w *World) bounce(to string, answer *posted) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.Now()
	l := &letter{
		from: Person{"Mail Delivery System", "MAILER-DAEMON@mx." + domainOf(to)},
		to:   []Person{{"", companyAddress}}, subject: bounceSubject, date: now,
		id: w.nextID("mx." + domainOf(to)), headers: []string{"Auto-Submitted: auto-replied"},
		raw: bounceReport(to, answer),
	}
	raw := l.render()
	w.account.deliver(inboxFolder, raw, now)
	w.remember(l, raw, now, to, true)
}

const bounceSubject = "Undelivered Mail Returned to Sender"

// bounceReport is the body of such a report.
func bounceReport(to string, answer *posted) string {
	return strings.NewReplacer("%TO", to, "%MX", "mx."+domainOf(to), "%SUBJECT", encodeWord(answer.subject),
		"%ID", answer.id, "%FROM", answer.from.Email).Replace(`Content-Type: multipart/report; report-type=delivery-status;
 boundary="=_report_5c1"

--=_report_5c1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host %MX.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<%TO>: host %MX said: 550 5.1.1 <%TO>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--=_report_5c1
Content-Type: message/delivery-status

Reporting-MTA: dns; %MX

Final-Recipient: rfc822; %TO
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <%TO>: Recipient address rejected: User unknown

--=_report_5c1
Content-Type: text/rfc822-headers

From: %FROM
To: %TO
Subject: %SUBJECT
Message-ID: <%ID>

--=_report_5c1--
`)
}
