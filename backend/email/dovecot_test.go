package email

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/mime"
)

const (
	ann = "ann@example.test"
	ben = "ben@example.test"
)

func mails(n int, from string) func() []byte {
	i := 0
	return func() []byte {
		if i == n {
			return nil
		}
		i++
		return imaptest.Message(from, ann, fmt.Sprintf("mail %d", i), strings.Repeat("text ", 20+i%300))
	}
}

// TestFirstSyncSurvivesCuts ends the connection after ever other numbers of
// bytes. After every failure the states tell the truth; in the end everything
// is there once, newest first, and little was fetched twice.
func TestFirstSyncSurvivesCuts(t *testing.T) {
	const n = 500
	d := imaptest.StartDovecot(t, imaptest.Options{})
	d.Fill(t, ann, mails(n, "customer@elsewhere.test"))
	proxy := newCutter(t, fmt.Sprintf("%s:%d", d.Host, d.Port))
	cfg := channelOn(d, nil, ann)
	cfg.Channel.Email.IMAP.Port, cfg.Channel.Email.IMAP.Security = proxy.port(), inbox.NoTLS
	s := newShelf()
	rng := rand.New(rand.NewPCG(1, 2))
	runs := 0
	for done := false; !done && runs < 200; runs++ {
		proxy.set(rng.Int64N(120_000))
		if runs > 40 {
			proxy.set(-1)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- New(cfg).Sync(ctx, s) }()
		select {
		case err := <-ended:
			if inbox.CodeOf(err) != inbox.Unavailable {
				t.Fatalf("a cut connection gives %v", err)
			}
		case <-s.reached(inbox.ChannelOK):
			done = true
			cancel()
			<-ended
		}
		cancel()
		s.truth(t, n)
	}
	if len(s.messages) != n || !s.states[inbox.FolderInbox].Complete {
		t.Fatalf("after %d runs: %d messages, %+v", runs, len(s.messages), s.states[inbox.FolderInbox])
	}
	if first := s.order[0]; first <= n-firstChunk {
		t.Errorf("the first message stored is %d of %d: not newest first", first, n)
	}
	t.Logf("%d runs, %d messages stored %d times", runs, n, len(s.order))
}

// truth checks that everything a state claims is stored.
func (s *shelf) truth(t testing.TB, n uint32) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	state, ok := s.states[inbox.FolderInbox]
	if !ok {
		return
	}
	for uid := uint32(1); uid <= n; uid++ {
		claimed := uid <= state.High && (uid >= state.Low || state.Complete)
		if _, stored := s.places[place{inbox.FolderInbox, uid}]; claimed && !stored {
			t.Fatalf("%+v claims %d, which is not stored", state, uid)
		}
	}
}

func (s *shelf) reached(state inbox.ChannelState) <-chan struct{} {
	ch := make(chan struct{})
	go func() {
		defer close(ch)
		for range 1000 {
			s.mu.Lock()
			done, changed := s.status.State == state, s.changed
			s.mu.Unlock()
			if done {
				return
			}
			<-changed
		}
	}()
	return ch
}

func TestLiveMailbox(t *testing.T) {
	ctx := context.Background()
	d := imaptest.StartDovecot(t, imaptest.Options{})
	d.Deliver(t, ann, imaptest.Message("Carla <carla@elsewhere.test>", ann, "before", "hello"))
	m := New(channelOn(d, nil, ann))
	s := newShelf()
	stop := startSync(t, m, s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
	if f := s.find("before"); f == nil || s.live[f.Message.Key] || f.Message.Direction != inbox.In || f.Seen {
		t.Fatalf("the old message: %+v", f)
	}

	// New mail.
	d.Deliver(t, ann, imaptest.Message("Carla <carla@elsewhere.test>", ann, "news", "hello again"))
	s.until(t, "news", func() bool { return s.find("news") != nil })
	if f := s.find("news"); !s.live[f.Message.Key] || time.Since(f.Message.At) > time.Hour {
		t.Errorf("new mail: live %v, at %v", s.live[f.Message.Key], f.Message.At)
	}

	// An answer written with another program, and mail in our own name in the inbox.
	other := connect(t, d, ann)
	if _, err := other.Append(ctx, "Sent", imap.Flags{imap.Seen}, time.Time{}, imaptest.Message(ann, "carla@elsewhere.test", "answer", "from my telephone")); err != nil {
		t.Fatal(err)
	}
	d.Deliver(t, ann, imaptest.Message("Ann <ANN@example.test>", ann, "note to self", "x"))
	s.until(t, "the answer", func() bool { return s.find("answer") != nil && s.find("note to self") != nil })
	// Mail in our own name to nobody but us is a contact form's or a forger's as
	// often as our own: it comes in.
	for subject, want := range map[string]inbox.Direction{"answer": inbox.Out, "note to self": inbox.In} {
		if f := s.find(subject); f.Message.Direction != want {
			t.Errorf("%s is %s, want %s", subject, f.Message.Direction, want)
		}
	}

	// An answer alone, of which the server does not tell: who knows of it asks.
	if _, err := other.Append(ctx, "Sent", imap.Flags{imap.Seen}, time.Time{}, imaptest.Message(ann, "carla@elsewhere.test", "quiet answer", "x")); err != nil {
		t.Fatal(err)
	}
	m.Look()
	m.Look()
	s.until(t, "the quiet answer", func() bool { return s.find("quiet answer") != nil })

	// Read and deleted elsewhere.
	news := s.find("news").Message.Key
	command(t, d, "a SELECT INBOX", "b STORE 2 +FLAGS (\\Seen)", "c STORE 1 +FLAGS (\\Deleted)", "d EXPUNGE")
	s.until(t, "flags", func() bool { return s.seen[news] && s.gone[s.find("before").Message.Key] })
	if s.gone[news] || len(s.messages) != 5 {
		t.Errorf("gone: %v of %d", s.gone, len(s.messages))
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}

	// What came while we were away is live, and nothing comes twice.
	d.Deliver(t, ann, imaptest.Message("Carla <carla@elsewhere.test>", ann, "meanwhile", "hi"))
	s.status.State = ""
	startSync(t, m, s)
	s.until(t, "meanwhile", func() bool { return s.find("meanwhile") != nil && s.status.State == inbox.ChannelOK })
	if f := s.find("meanwhile"); !s.live[f.Message.Key] || len(s.messages) != 6 {
		t.Errorf("live %v, %d messages", s.live[f.Message.Key], len(s.messages))
	}
}

// TestFolderNumberedAnew: the server lost its index and numbers from one, in
// another order perhaps. Nothing is lost and nothing doubled.
func TestFolderNumberedAnew(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	d.Fill(t, ann, mails(30, "customer@elsewhere.test"))
	m := New(channelOn(d, nil, ann))
	s := newShelf()
	stop := startSync(t, m, s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
	before := s.states[inbox.FolderInbox].UIDValidity
	stop()

	d.Stop()
	box := filepath.Join(d.Dir, "mail", ann, "Maildir")
	files, _ := filepath.Glob(filepath.Join(box, "dovecot*"))
	for _, f := range files {
		os.Remove(f)
	}
	d.Start(t)
	d.Deliver(t, ann, imaptest.Message("Carla <carla@elsewhere.test>", ann, "after", "hi"))
	s.status.State = ""
	startSync(t, m, s)
	s.until(t, "after", func() bool { return s.find("after") != nil && s.status.State == inbox.ChannelOK })
	state := s.states[inbox.FolderInbox]
	if state.UIDValidity == before {
		t.Fatal("the server did not number anew: the test tests nothing")
	}
	if len(s.messages) != 31 || !state.Complete || state.Done != 31 || len(s.gone) > 0 {
		t.Errorf("%d messages, gone %v, %+v", len(s.messages), s.gone, state)
	}
}

// TestConversationOverRealServers: Ann writes to Ben by SMTP, Ben answers, and
// the answer threads in Ann's mailbox; copies are filed once.
func TestConversationOverRealServers(t *testing.T) {
	ctx := context.Background()
	d := imaptest.StartDovecot(t, imaptest.Options{})
	smtp := imaptest.StartSMTP(t, d)
	t.Log("SMTP by", smtp.Kind)
	anns, bens := New(channelOn(d, smtp, ann)), New(channelOn(d, smtp, ben))
	atAnn, atBen := newShelf(), newShelf()
	startSync(t, anns, atAnn)
	startSync(t, bens, atBen)

	first := render(t, mime.Letter{From: inbox.Address{Name: "Ann", Address: ann}, To: []inbox.Address{{Address: ben}},
		Bcc: []inbox.Address{{Address: ann}}, Subject: "Köstliches Angebot", Text: "Hallo\r\n.\r\n..ein Punkt\r\n", Date: time.Now()})
	committed := 0
	if res := anns.Send(ctx, first, inbox.Permit{}, func() error { committed++; return nil }); res.Outcome != inbox.Accepted || committed != 1 {
		t.Fatalf("%+v, committed %d times", res, committed)
	}
	atBen.until(t, "the mail", func() bool { return atBen.find("Köstliches Angebot") != nil })
	got := atBen.find("Köstliches Angebot").Message
	if !strings.Contains(got.Text, "\n.\n..ein Punkt") || got.MessageID != first.MessageID || len(got.Bcc) != 0 {
		t.Errorf("arrived as %+v", got)
	}
	for range 2 {
		if err := anns.File(ctx, first); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := anns.Find(ctx, inbox.Sought{Rendered: first}); !found.There || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	if found, err := anns.Find(ctx, inbox.Sought{Rendered: inbox.Rendered{MessageID: "nobody.wrote.this@example.test"}}); found.There || err != nil {
		t.Errorf("a message nobody wrote: %v, %v", found, err)
	}
	c := connect(t, d, ann)
	if box, err := c.Status(ctx, "Sent"); err != nil || box.Exists != 1 {
		t.Errorf("Sent holds %d, %v; want one copy", box.Exists, err)
	}

	reply := render(t, mime.Letter{From: inbox.Address{Address: ben}, To: []inbox.Address{{Address: ann}}, Subject: "Re: Köstliches Angebot",
		Text: "Gern!", InReplyTo: got.MessageID, References: append(got.References, got.MessageID), Date: time.Now()})
	if res := bens.Send(ctx, reply, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Accepted {
		t.Fatalf("%+v", res)
	}
	atAnn.until(t, "the answer", func() bool { return atAnn.find("Re: Köstliches Angebot") != nil })
	answer := atAnn.find("Re: Köstliches Angebot").Message
	original := mime.Parse(first.Filed)
	own := func(a string) bool { return a == ann }
	if !inbox.Joins(inbox.FactsOf(&answer, own), inbox.FactsOf(&original, own)) {
		t.Errorf("the answer does not join: %v", answer.References)
	}

	nobody := first
	nobody.Recipients = []string{ben, "nobody@example.test"}
	if res := anns.Send(ctx, nobody, inbox.Permit{}, func() error { t.Error("committed"); return nil }); res.Outcome != inbox.Refused || !strings.Contains(res.Reason, "nobody@example.test") {
		t.Errorf("an unknown recipient: %+v", res)
	}
}

func render(t testing.TB, l mime.Letter) inbox.Rendered {
	t.Helper()
	if l.MessageID == "" {
		l.MessageID = fmt.Sprintf("%d.%d@example.test", time.Now().UnixNano(), rand.Uint32())
	}
	r, err := mime.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// command says IMAP's own words, for what a mail program does beside us.
func command(t testing.TB, d *imaptest.Dovecot, lines ...string) {
	t.Helper()
	c := dialLines(t, fmt.Sprintf("%s:%d", d.Host, d.Port))
	c.say(fmt.Sprintf("l LOGIN %s %s", ann, imaptest.Password), "l ")
	for _, line := range lines {
		tag, _, _ := strings.Cut(line, " ")
		c.say(line, tag+" ")
	}
}
