package sandbox

import (
	"context"
	"math/rand/v2"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
)

// teamTakes plans what the team does about a mail that just came: a good part
// is left to the person at this desktop. The caller holds mu.
func (w *World) teamTakes(p *posted, who *customer, n int) {
	r := w.chance(9000 + n)
	mate := w.mates[n%2] // the third one is away
	wait := func(least, most int) time.Duration {
		return time.Duration(least+r.IntN(most-least)) * time.Second
	}
	switch roll := r.Float64(); {
	case roll < 0.35:
		w.plan(wait(25, 90), Act{By: mate.ID, Do: Assign, To: mate.ID}, p, func() {
			ready := wait(40, 150)
			w.plan(ready-typing, Act{By: mate.ID, Do: Drafting}, p, nil)
			w.team.in(ready, func(ctx context.Context) { w.answerFor(ctx, mate, p, who, r) })
		})
	case roll < 0.45:
		w.plan(wait(30, 90), Act{By: mate.ID, Do: Assign, To: self}, p, func() {
			w.plan(wait(3, 8), Act{By: mate.ID, Do: Note, Text: "@" + w.me.Name + " " + choose(r, askMe)}, p, nil)
		})
	}
}

// typing is how long a teammate writes an answer.
const typing = 30 * time.Second

// self stands for the member at this desktop, whose id the program knows.
const self inbox.MemberID = "me"

var askMe = []string{
	"Can you take this one? You know the workshop's planning better than I do.",
	"This needs a price from you, I think. The rest I can do.",
	"I am on the phone until three: would you have a look?",
	"Same customer as last month, if I remember right. Yours?",
}

// plan lets a teammate do something about a mail's conversation, and then goes
// on, unless it was not possible.
func (w *World) plan(delay time.Duration, act Act, p *posted, then func()) {
	w.team.in(delay, func(ctx context.Context) {
		if w.act(ctx, act, p) == nil && then != nil {
			then()
		}
	})
}

func (w *World) act(ctx context.Context, act Act, p *posted) error {
	w.mu.Lock()
	do, channel, me := w.script.do, w.script.channel, w.script.me
	w.mu.Unlock()
	act.At = w.clock.Now()
	act.Conversation = inbox.MailKey(channel, p.digest)
	if act.To == self {
		act.To = me
	}
	return do(ctx, act)
}

// answerFor lets a teammate answer, unless the conversation was taken from
// them meanwhile: the answer shows up in the Sent folder, as when it was
// written at another desktop.
func (w *World) answerFor(ctx context.Context, mate Teammate, p *posted, who *customer, r *rand.Rand) {
	w.mu.Lock()
	now, channel := w.clock.Now(), w.script.channel
	l := &letter{
		from: Person{company, companyAddress}, to: []Person{who.Person}, date: now,
		subject: replySubject(stripReply(p.subject), who.lang, true), references: p.chain(),
		id:   w.nextID(companyDomain),
		text: quoted(w.moulds.answer(who, r)+"\n\n"+w.signature(string(mate.ID), who.lang), p, "", who.lang),
	}
	w.mu.Unlock()
	key := inbox.MailKey(channel, mime.Digest(l.render()))
	if w.act(ctx, Act{By: mate.ID, Do: SentBy, Message: key}, p) != nil {
		return
	}
	w.mu.Lock()
	w.react(who.Email, w.file(l, now))
	w.mu.Unlock()
	if r.Float64() < 0.7 {
		w.plan(4*time.Second, Act{By: mate.ID, Do: Close}, p, nil)
	}
}

// Answer has the company answer a customer's mail, as from a teammate's own
// desktop: the answer shows up in the Sent folder. Name is the mail's
// Message-ID or its key in the program. Who wrote it, the program writes down.
func (w *World) Answer(name, text string) (Delivered, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.mails.named(name)
	if p == nil || !p.incoming {
		return Delivered{}, inbox.Errorf(inbox.NotFound, "There is no message %q that this could answer.", name)
	}
	now := w.clock.Now()
	answer := w.file(&letter{
		from: Person{company, companyAddress}, to: []Person{p.from}, date: now, text: text, id: w.nextID(companyDomain),
		subject: replySubject(stripReply(p.subject), "", true), references: p.chain(),
	}, now)
	w.react(p.from.Email, answer)
	return Delivered{answer.id, answer.digest}, nil
}

// script is how the program lets teammates act.
type script struct {
	do      func(context.Context, Act) error
	channel inbox.ChannelID
	me      inbox.MemberID
}

// Script lets the teammates work by themselves now and then, until ctx ends.
// do writes what a teammate decides into the team log; it gives an error when
// that is not possible (any more), and the teammate leaves that conversation
// alone: an assign is refused unless the conversation is unassigned, and a
// sent unless it is assigned to its author. In a quiet world nothing happens
// here.
func (w *World) Script(ctx context.Context, channel inbox.ChannelID, me inbox.MemberID, do func(context.Context, Act) error) {
	w.mu.Lock()
	w.script = script{do, channel, me}
	w.mu.Unlock()
	w.team.run(ctx)
}
