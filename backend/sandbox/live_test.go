package sandbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/run"
)

func lastParsed(w *World) inbox.Message {
	all := stored(w, inboxFolder)
	return mime.Parse(all[len(all)-1])
}

func TestAnswersContinueTheirThread(t *testing.T) {
	w, _ := start(t, nil)
	deliver := func(d Delivery) Delivered {
		t.Helper()
		d.From, d.Text = "vera@klant.example", "tekst"
		got, err := w.Deliver(d)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	parent := func() string {
		m := lastParsed(w)
		if len(m.References) == 0 {
			return ""
		}
		return m.References[len(m.References)-1]
	}
	lamp := deliver(Delivery{Subject: "Lamp"})
	chair := deliver(Delivery{Subject: "Stoel"})
	if parent() != "" {
		t.Error("a new subject joined a thread")
	}
	again := deliver(Delivery{Subject: "Re: Lamp"})
	if parent() != lamp.MessageID {
		t.Errorf("Re: Lamp answers %q", parent())
	}
	answer := "From: hallo@zomerlicht.example\nTo: vera@klant.example\nSubject: Re: Stoel\nMessage-ID: <s1@zomerlicht.example>\nIn-Reply-To: <" + chair.MessageID + ">\n\nJa.\n"
	if err := send(t, w, answer, "vera@klant.example"); err != nil {
		t.Fatal(err)
	}
	deliver(Delivery{Subject: "RE: re: stoel"})
	if parent() != "s1@zomerlicht.example" {
		t.Errorf("it answers %q, not what we sent last", parent())
	}
	deliver(Delivery{Subject: "Anders", InReplyTo: "<" + lamp.MessageID + ">"})
	if parent() != lamp.MessageID {
		t.Errorf("by Message-ID: %q", parent())
	}
	deliver(Delivery{Subject: "Anders", InReplyTo: string(inbox.MailKey("c1", again.Digest))})
	if m := lastParsed(w); parent() != again.MessageID || m.References[0] != lamp.MessageID {
		t.Errorf("by key: %q", m.References)
	}
	if _, err := w.Deliver(Delivery{From: "vera@klant.example", InReplyTo: "nothing"}); inbox.CodeOf(err) != inbox.NotFound {
		t.Errorf("answer to nothing: %v", err)
	}
	if _, err := w.Deliver(Delivery{From: "no address"}); inbox.CodeOf(err) != inbox.Invalid {
		t.Errorf("from nobody: %v", err)
	}
}

func TestDeliveredTextCannotMakeHeaders(t *testing.T) {
	w, _ := start(t, nil)
	_, err := w.Deliver(Delivery{
		From: "a@b.example", Name: "x\r\nBcc: c@d.example", Subject: "y\r\nX-Evil: 1", Text: "z",
		Files: []File{{Name: "a\r\nX-Evil: 2", Type: "text/plain\r\nX-Evil: 3"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	all := stored(w, inboxFolder)
	for line := range strings.Lines(string(all[len(all)-1])) {
		if strings.HasPrefix(line, "X-Evil") || strings.HasPrefix(line, "Bcc") {
			t.Errorf("a header line was smuggled in: %q", line)
		}
	}
}

// loud is a world in which people write by themselves.
func loud(o *Options) { o.Quiet = false }

func TestCustomersWriteByThemselvesAndStop(t *testing.T) {
	w, _ := start(t, loud)
	before := len(stored(w, inboxFolder))
	for range 10 {
		w.Advance(betweenMails + mailJitter)
	}
	if got := len(stored(w, inboxFolder)) - before; got < 10 || got > 20 {
		t.Errorf("%d mails in a quarter of an hour", got)
	}
	m := lastParsed(w)
	if m.Text == "" || m.Subject == "" || !m.Sent.After(began) {
		t.Errorf("%+v", m)
	}
	w.Advance(25 * time.Hour)
	if got := len(stored(w, inboxFolder)) - before; got > 25 {
		t.Errorf("a jump of the clock brought %d mails", got)
	}
	for range maxLive {
		w.Advance(betweenMails + mailJitter)
	}
	if w.live != maxLive {
		t.Errorf("%d mails by themselves", w.live)
	}
	if _, waiting := w.post.next(); waiting {
		t.Error("more is planned")
	}
}

func TestTheSameSeedWritesTheSameMails(t *testing.T) {
	write := func() (text string) {
		w, _ := start(t, loud)
		for range 30 {
			w.Advance(betweenMails + mailJitter)
		}
		for _, raw := range stored(w, inboxFolder) {
			text += string(raw)
		}
		return text
	}
	if a, b := write(), write(); a != b {
		t.Error("two worlds of one seed differ")
	}
}

// Somebody of the history answers when answered, in the thread; somebody whom
// a test made up never writes by themselves.
func TestAnsweredCustomersWriteBack(t *testing.T) {
	w, _ := start(t, loud)
	who := "wimtolsma@thuismail.example"
	question := w.mails.thread(who, "snoer te kort")
	answered := 0
	for n := range 4 {
		id := fmt.Sprintf("w%d@zomerlicht.example", n)
		mail := "From: hallo@zomerlicht.example\nTo: " + who + "\nSubject: Re: snoer te kort\nMessage-ID: <" + id + ">\nIn-Reply-To: <" + question.id + ">\n\nDat kan, de garantie blijft.\n"
		if err := send(t, w, mail, who, "stranger@klant.example"); err != nil {
			t.Fatal(err)
		}
		w.Advance(95 * time.Second)
		last := w.mails.byContact[who][len(w.mails.byContact[who])-1]
		if last.incoming {
			answered++
			if last.references[len(last.references)-1] != id || !strings.Contains(last.text, "> Dat kan, de garantie blijft.") {
				t.Errorf("the answer: %+v", last)
			}
		}
	}
	if answered == 0 || answered > 3 {
		t.Errorf("wrote back %d times", answered)
	}
	for _, p := range w.mails.byContact["stranger@klant.example"] {
		if p.incoming {
			t.Error("a stranger wrote by themselves")
		}
	}
}

func TestTeammatesTakeWorkAndAnswer(t *testing.T) {
	w, _ := start(t, loud)
	var mu sync.Mutex
	done := map[string]int{}
	do := func(_ context.Context, act Act) error {
		mu.Lock()
		defer mu.Unlock()
		done[act.Do]++
		if act.Conversation.Channel() != "c1" || act.By == "" || act.At.Before(began) {
			t.Errorf("%+v", act)
		}
		if act.Do == Assign && act.To == "m-1" {
			done["to me"]++
		}
		if act.Do == Note && !strings.HasPrefix(act.Text, "@"+w.Me().Name+" ") {
			t.Errorf("a note for me that does not call me: %q", act.Text)
		}
		return nil
	}
	w.script = script{do, "c1", "m-1"}
	sent := len(stored(w, sentFolder))
	for range 60 {
		w.Advance(betweenMails + mailJitter)
		w.team.runDue(context.Background())
	}
	for _, what := range []string{Assign, "to me", Note, Drafting, SentBy, Close} {
		if done[what] == 0 {
			t.Errorf("nobody did %s: %v", what, done)
		}
	}
	if answers := len(stored(w, sentFolder)) - sent; answers != done[SentBy] {
		t.Errorf("%d answers, %d said whose", answers, done[SentBy])
	}
}

// The answer of a teammate lies in Sent, continues the thread, and nobody
// answers what we wrote ourselves.
func TestATeammateAnswersWhenTold(t *testing.T) {
	w, _ := start(t, nil)
	asked, err := w.Deliver(Delivery{From: "eva@klant.example", Subject: "Waar blijft de lamp?", Text: "Hallo"})
	if err != nil {
		t.Fatal(err)
	}
	before := len(stored(w, sentFolder))
	answer, err := w.Answer(string(inbox.MailKey("c1", asked.Digest)), "Morgen bij u")
	if err != nil {
		t.Fatal(err)
	}
	all := stored(w, sentFolder)
	if len(all) != before+1 {
		t.Fatalf("%d mails in Sent, %d before", len(all), before)
	}
	m := mime.Parse(all[before])
	if m.MessageID != answer.MessageID || !slices.Contains(m.References, asked.MessageID) || m.To[0].Address != "eva@klant.example" ||
		m.Subject != "Re: Waar blijft de lamp?" || strings.TrimSpace(m.Text) != "Morgen bij u" {
		t.Errorf("answered %+v", m)
	}
	if len(w.Sent()) != 0 {
		t.Error("it went through the program's own outgoing mail")
	}
	for _, name := range []string{"", "none", answer.MessageID} {
		if _, err := w.Answer(name, "x"); inbox.CodeOf(err) != inbox.NotFound {
			t.Errorf("answering %q: %v", name, err)
		}
	}
}

func TestATeammateLeavesAloneWhatIsTaken(t *testing.T) {
	w, _ := start(t, loud)
	tries := 0
	w.script = script{func(_ context.Context, act Act) error {
		if act.Do != Assign {
			t.Errorf("did %s all the same", act.Do)
		}
		tries++
		return errors.New("somebody was first")
	}, "c1", "m-1"}
	sent := len(stored(w, sentFolder))
	for range 40 {
		w.Advance(betweenMails + mailJitter)
		w.team.runDue(context.Background())
	}
	if tries == 0 || len(stored(w, sentFolder)) != sent {
		t.Errorf("%d tries, %d answers", tries, len(stored(w, sentFolder))-sent)
	}
}

func TestATeammateDoesNotAnswerWhatWasTakenFromThem(t *testing.T) {
	w, _ := start(t, loud)
	answers := 0
	w.script = script{func(_ context.Context, act Act) error {
		switch act.Do {
		case SentBy:
			answers++
			return errors.New("assigned to somebody else")
		case Close:
			t.Error("closed it all the same")
		}
		return nil
	}, "c1", "m-1"}
	sent := len(stored(w, sentFolder))
	for range 40 {
		w.Advance(betweenMails + mailJitter)
		w.team.runDue(context.Background())
	}
	if answers == 0 || len(stored(w, sentFolder)) != sent {
		t.Errorf("%d answers meant, %d filed", answers, len(stored(w, sentFolder))-sent)
	}
}

func TestScriptEndsWithItsContext(t *testing.T) {
	w, _ := start(t, loud)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		w.Script(ctx, "c1", "m-1", func(context.Context, Act) error { return nil })
		close(done)
	}()
	cancel()
	<-done
}

func TestTeammatesAreFoundByName(t *testing.T) {
	w, _ := start(t, nil)
	for _, name := range []string{"tomasz", "Tomasz", "TOMASZ NOWICKI"} {
		if mate, found := w.Teammate(name); !found || mate.ID != "tomasz" || mate.Email != "tomasz@zomerlicht.example" {
			t.Errorf("%s: %+v", name, mate)
		}
	}
	if _, found := w.Teammate("nobody"); found {
		t.Error("found nobody")
	}
}

// goroutines names those that run code of this package or its servers.
func goroutines() (running []string) {
	all := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
		if strings.Contains(stack, "imapserver.") || strings.Contains(stack, "go-smtp.(*Server)") || strings.Contains(stack, "sandbox.(*") {
			running = append(running, stack)
		}
	}
	return running
}

func TestStopLeavesNothingRunning(t *testing.T) {
	w, err := Start(context.Background(), Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	c := signIn(t, w, nil)
	selectFolder(t, c, inboxFolder)
	if _, err := c.Idle(); err != nil {
		t.Fatal(err)
	}
	if err := send(t, w, "Subject: x\n\ny\n", "a@b.example"); err != nil {
		t.Fatal(err)
	}
	if len(goroutines()) < 3 {
		t.Fatal("this test does not see the servers")
	}
	w.Stop()
	// What the library starts for IDLE ends by itself, a moment after its
	// connection.
	for deadline := time.Now().Add(10 * time.Second); len(goroutines()) > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("still running:\n%s", strings.Join(goroutines(), "\n\n"))
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	w, _ := start(t, loud)
	var all sync.WaitGroup
	together := func(do func(n int) error) {
		all.Go(func() {
			for n := range 20 {
				if err := do(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		together(func(n int) error {
			_, err := w.Deliver(Delivery{From: "a@b.example", Subject: "Re: x", Text: fmt.Sprint(n)})
			return err
		})
		together(func(int) error { return send(t, w, "Subject: x\n\ny\n", "wimtolsma@thuismail.example", companyAddress) })
		together(func(int) error { w.Advance(20 * time.Second); w.Sent(); return nil })
	}
	c := signIn(t, w, nil)
	selectFolder(t, c, inboxFolder)
	together(func(int) error { fetchAll(t, c, 1); return c.Noop().Wait() })
	all.Wait()
	if got := len(w.Sent()); got != 40 {
		t.Errorf("%d mails received", got)
	}
}

func TestClockRunsAndJumps(t *testing.T) {
	c := NewClock()
	before := c.Now()
	soon := c.After(time.Hour)
	later := c.After(48 * time.Hour)
	c.Advance(90 * time.Minute)
	if at := <-soon; at.Sub(before) < 90*time.Minute {
		t.Errorf("rang at %s, set at %s", at, before)
	}
	select {
	case <-later:
		t.Error("rang too early")
	default:
	}
	if now := c.Now(); now.Sub(before) < 90*time.Minute || now.Sub(before) > 2*time.Hour {
		t.Errorf("now %s, before %s", now, before)
	}
	<-c.After(-time.Second)
	var _ Clock = run.NewManual(before)
}
