package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/channel/channeltest"
	"postvak/backend/email/firmtest"
	"postvak/backend/inbox"
	"postvak/backend/mime"
	"postvak/backend/oauth"
	"postvak/backend/run"
	"postvak/backend/sandbox/oauthserver"
)

const boss = "boss@example.test"

// firms is one firm: where people sign in, and its mail servers.
type firms struct {
	*firmtest.Server
	signIn *oauthserver.Server
	client *oauth.Client
}

func openFirm(t testing.TB, firm firmtest.Firm, change func(*firmtest.Config), boxes ...string) *firms {
	t.Helper()
	f := &firms{}
	server := oauthserver.Config{Firm: oauthserver.Google, ClientID: "client", ClientSecret: "secret"}
	provider := oauth.Google()
	if firm == firmtest.Exchange {
		server, provider = oauthserver.Config{Firm: oauthserver.Microsoft, ClientID: "client"}, oauth.Microsoft("")
	}
	var err error
	if f.signIn, err = oauthserver.Start(server); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.signIn.Close() })
	f.client = oauth.New(oauth.Config{Provider: provider.At(f.signIn.URL()), ClientID: "client", ClientSecret: server.ClientSecret})
	cfg := firmtest.Config{Firm: firm, User: f.signIn.User}
	if change != nil {
		change(&cfg)
	}
	f.Server = firmtest.Start(t, cfg, boxes...)
	return f
}

// bothFirms runs a test at each.
func bothFirms(t *testing.T, test func(t *testing.T, f *firms)) {
	for _, firm := range []firmtest.Firm{firmtest.Gmail, firmtest.Exchange} {
		t.Run(string(firm), func(t *testing.T) { test(t, openFirm(t, firm, nil, ann, ben, boss)) })
	}
}

// keyring is a store of one token.
type keyring struct {
	mu    sync.Mutex
	token oauth.Token
}

func (k *keyring) Load(context.Context) (oauth.Token, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.token, nil
}

func (k *keyring) Save(_ context.Context, t oauth.Token) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.token = t
	return nil
}

// signedIn is somebody's sign-in, as a program has it that just started.
func (f *firms) signedIn(user string) (*oauth.Source, *keyring) {
	k := &keyring{token: oauth.Token{Refresh: f.signIn.Allowed(user)}}
	return oauth.NewSource(f.client, k), k
}

func serverAt(t testing.TB, address, user string) inbox.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	n, wrong := strconv.Atoi(port)
	if err = errors.Join(err, wrong); err != nil {
		t.Fatal(err)
	}
	return inbox.Server{Host: host, Port: n, Security: inbox.NoTLS, Username: user}
}

// mailbox is the channel of a mailbox, opened by somebody's sign-in.
func (f *firms) mailbox(t testing.TB, box string, source *oauth.Source) *Mailbox {
	t.Helper()
	return New(Config{
		Channel: inbox.Channel{ID: "mail", Kind: inbox.Email, Address: box, Email: inbox.EmailSettings{
			IMAP: serverAt(t, f.IMAP(), box), SMTP: serverAt(t, f.SMTP(), box),
		}},
		Bearer: source,
	})
}

func letter(t testing.TB, from, to, text string) inbox.Rendered {
	t.Helper()
	return render(t, mime.Letter{From: inbox.Address{Address: from}, To: []inbox.Address{{Address: to}}, Subject: text, Text: text, Date: time.Now()})
}

// TestPortAtGmail and TestPortAtExchange hold e-mail to the suite of all
// channels where access tokens are the only way in.
func TestPortAtGmail(t *testing.T) { portAt(t, firmtest.Gmail) }

// TestPortAtExchange is the same without SPECIAL-USE.
func TestPortAtExchange(t *testing.T) { portAt(t, firmtest.Exchange) }

func portAt(t *testing.T, firm firmtest.Firm) {
	var boxes []string
	for n := range mostWorlds {
		boxes = append(boxes, we(n+1), they(n+1))
	}
	f := openFirm(t, firm, nil, boxes...)
	worlds := 0
	channeltest.Run(t, func(t testing.TB) channeltest.World {
		worlds++
		return newFirmPost(t, f, worlds).world(t)
	})
}

// firmPost is a world at a firm.
type firmPost struct {
	*firms
	post      // what is rendered, and the lines that break
	source    *oauth.Source
	delivered []byte
}

func newFirmPost(t testing.TB, f *firms, n int) *firmPost {
	p := &firmPost{firms: f, post: post{we: we(n), they: they(n)}}
	p.source, _ = f.signedIn(p.we)
	p.imap = newCutter(t, f.IMAP())
	p.fault.Store(channeltest.None)
	p.smtp = newBreaker(t, f.SMTP(), func() channeltest.Fault { return p.fault.Load().(channeltest.Fault) })
	t.Cleanup(func() { f.Refuse(false) })
	return p
}

func (p *firmPost) world(t testing.TB) channeltest.World {
	access, err := p.source.Access(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.World{
		Channel: "mail", Secret: access,
		Open:   func(t testing.TB) channel.Account { return p.open(t) },
		Parse:  func(_ inbox.Key, raw []byte) inbox.Message { return mime.Parse(raw) },
		Render: func(t testing.TB, text string) inbox.Rendered { return p.render(t, p.we, p.they, text) },
		Deliver: func(t testing.TB, text string, ago time.Duration) {
			p.delivered = p.render(t, p.they, p.we, text).Wire
			p.Deliver(p.we, "INBOX", p.delivered, time.Now().Add(-ago))
		},
		Again: func(testing.TB) { p.Deliver(p.we, "INBOX", p.delivered, time.Now()) },
		Got: func(testing.TB) (texts []string) {
			for _, raw := range p.Folder(p.they, "INBOX") {
				texts = append(texts, mime.Parse(raw).Text)
			}
			return texts
		},
		KeyOf: func(r inbox.Rendered, _ string) inbox.Key { return inbox.MailKey("mail", mime.Digest(r.Filed)) },
		Fault: func(_ testing.TB, fault channeltest.Fault) {
			p.fault.Store(fault)
			p.Refuse(fault == channeltest.SignIn)
			if p.imap.set(-1); fault == channeltest.Gone {
				p.imap.set(0)
			}
		},
		Cut: func(_ testing.TB, n int) {
			if p.imap.set(-1); n > 0 {
				p.imap.set(int64(n * 700))
			}
		},
	}
}

func (p *firmPost) open(t testing.TB) channel.Account {
	m := p.mailbox(t, p.we, p.source)
	m.cfg.Channel.Email.IMAP.Port = p.imap.port()
	m.cfg.Channel.Email.SMTP.Port = p.smtp.Addr().(*net.TCPAddr).Port
	return m
}

func accepted(t *testing.T, m *Mailbox, r inbox.Rendered) {
	t.Helper()
	if res := m.Send(t.Context(), r, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Accepted {
		t.Fatalf("%+v", res)
	}
}

// kept wants a message back that was not handed over.
func kept(t *testing.T, m *Mailbox, r inbox.Rendered) inbox.SendResult {
	t.Helper()
	res := m.Send(t.Context(), r, inbox.Permit{}, func() error { t.Error("it was handed over"); return nil })
	if res.Outcome != inbox.Later || res.Reason == "" {
		t.Fatalf("%+v; want it kept for later", res)
	}
	return res
}

func TestReadWaitSendAndFileAtBothFirms(t *testing.T) {
	bothFirms(t, func(t *testing.T, f *firms) {
		f.Deliver(ann, "INBOX", letter(t, ben, ann, "long ago").Wire, time.Now().Add(-time.Hour))
		source, _ := f.signedIn(ann)
		m, s := f.mailbox(t, ann, source), newShelf()
		startSync(t, m, s)
		s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK && s.find("long ago") != nil })
		f.Deliver(ann, "INBOX", letter(t, ben, ann, "news").Wire, time.Now())
		s.until(t, "news", func() bool { return s.find("news") != nil })

		answer := letter(t, ann, ben, "answer")
		accepted(t, m, answer)
		for range 2 {
			if err := m.File(t.Context(), answer); err != nil {
				t.Fatal(err)
			}
		}
		if found, err := m.Find(t.Context(), inbox.Sought{Rendered: answer}); !found.There || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		if n := len(f.Folder(ann, f.SentFolder())); n != 1 {
			t.Errorf("%s holds %d copies", f.SentFolder(), n)
		}
		m.Look()
		s.until(t, "the answer", func() bool { return s.find("answer") != nil })
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.messages) != 3 || s.find("answer").Message.Key != inbox.MailKey("mail", mime.Digest(answer.Filed)) {
			t.Errorf("%d messages; the answer is %s", len(s.messages), s.find("answer").Message.Key)
		}
	})
}

// Tokens last an hour, sessions and programs longer.
func TestATokenThatEndsInMidSession(t *testing.T) {
	bothFirms(t, func(t *testing.T, f *firms) {
		source, _ := f.signedIn(ann)
		m, s := f.mailbox(t, ann, source), newShelf()
		ended := make(chan error, 1)
		go func() { ended <- m.Sync(t.Context(), s) }()
		s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
		f.signIn.Expire()
		f.Ended()
		if err := <-ended; inbox.CodeOf(err) != inbox.Unavailable {
			t.Fatalf("the session ended with %v", err)
		}
		f.Deliver(ann, "INBOX", letter(t, ben, ann, "meanwhile").Wire, time.Now())
		startSync(t, m, s)
		s.until(t, "meanwhile", func() bool { return s.find("meanwhile") != nil })
		f.signIn.Expire()
		accepted(t, m, letter(t, ann, ben, "with the next token"))
		if f.Refused() != 2 {
			t.Errorf("%d tokens were refused", f.Refused())
		}
	})
}

// Exchange ends every session within the hour: that is nothing to be told of.
func TestASessionThatEndsWithItsToken(t *testing.T) {
	bothFirms(t, func(t *testing.T, f *firms) {
		source, _ := f.signedIn(ann)
		clock := run.NewManual(time.Now())
		m, s := f.mailbox(t, ann, source), newShelf()
		m.cfg.Clock = clock
		startSync(t, m, s)
		for hour := range 3 {
			s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
			s.Status(inbox.ChannelStatus{})
			clock.Advance(time.Hour)
			f.signIn.Expire()
			f.Ended()
			f.Deliver(ann, "INBOX", letter(t, ben, ann, fmt.Sprint("after hour ", hour)).Wire, time.Now())
			s.until(t, "what came since", func() bool { return s.find(fmt.Sprint("after hour ", hour)) != nil })
		}
	})
}

// Somebody took back what they allowed: a person has to sign in, and what waits
// to be sent waits.
func TestASignInThatIsNoMore(t *testing.T) {
	bothFirms(t, func(t *testing.T, f *firms) {
		source, keys := f.signedIn(ann)
		m, s, r := f.mailbox(t, ann, source), newShelf(), letter(t, ann, ben, "it waits")
		access, err := source.Access(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.signIn.Revoke(ann)
		err = m.Sync(t.Context(), s)
		steps, checked := m.Check(t.Context())
		for _, err := range []error{err, m.File(t.Context(), r), checked} {
			if inbox.CodeOf(err) != inbox.Auth || !strings.Contains(err.Error(), "Sign in again") {
				t.Errorf("%v, %v", err, steps)
			}
		}
		for range 3 {
			if res := kept(t, m, r); !strings.Contains(res.Reason, "Sign in again") || strings.Contains(res.Reason, access) {
				t.Errorf("it is kept because %q", res.Reason)
			}
		}
		if asked := f.signIn.Asked("POST", "/token"); asked != 2 {
			t.Errorf("the sign-in server was asked %d times", asked)
		}
		_ = keys.Save(t.Context(), oauth.Token{Refresh: f.signIn.Allowed(ann)})
		accepted(t, m, r)
		if f.Sent() != 1 || len(f.Folder(ben, "INBOX")) != 1 {
			t.Errorf("sent %d times", f.Sent())
		}
	})
}

func TestBeingAskedTooMuchIsWaitedFor(t *testing.T) {
	bothFirms(t, func(t *testing.T, f *firms) {
		const n = 60
		for i := range n {
			f.Deliver(ann, "INBOX", letter(t, ben, ann, fmt.Sprintf("mail %d", i)).Wire, time.Now().Add(-time.Hour))
		}
		source, _ := f.signedIn(ann)
		m, s := f.mailbox(t, ann, source), newShelf()
		throttle := &throttling{shelf: s, at: sync.OnceFunc(func() { f.Throttle(true) })}
		if err := m.Sync(t.Context(), throttle); inbox.CodeOf(err) != inbox.Unavailable {
			t.Fatalf("in the middle of it: %v", err)
		}
		if err := m.Sync(t.Context(), s); inbox.CodeOf(err) != inbox.Unavailable {
			t.Fatalf("at its beginning: %v", err)
		}
		r := letter(t, ann, ben, "it goes out tomorrow")
		kept(t, m, r)
		f.Throttle(false)
		startSync(t, m, s)
		s.until(t, "all", func() bool { return s.status.State == inbox.ChannelOK })
		s.mu.Lock()
		defer s.mu.Unlock()
		for key := range s.messages {
			if strings.HasPrefix(string(key), "aside/") {
				t.Errorf("%s was set aside", key)
			}
		}
		if len(s.messages) != n {
			t.Errorf("%d of %d messages", len(s.messages), n)
		}
		accepted(t, m, r)
	})
}

// throttling is a sink at whose first batch something happens.
type throttling struct {
	*shelf
	at func()
}

func (s *throttling) Batch(ctx context.Context, b inbox.Batch) error {
	if len(b.Messages) > 0 {
		s.at()
	}
	return s.shelf.Batch(ctx, b)
}

func TestAMailboxThatIsFullOfConnections(t *testing.T) {
	for _, firm := range []firmtest.Firm{firmtest.Gmail, firmtest.Exchange} {
		f := openFirm(t, firm, func(c *firmtest.Config) { c.Most = 1 }, ann, ben)
		source, _ := f.signedIn(ann)
		m, s, r := f.mailbox(t, ann, source), newShelf(), letter(t, ann, ben, "a copy")
		stop := startSync(t, m, s)
		s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
		if err := m.File(t.Context(), r); inbox.CodeOf(err) != inbox.Unavailable {
			t.Errorf("%s: one more connection: %v", firm, err)
		}
		if f.Refused() > 0 {
			t.Errorf("%s: the token was taken for the reason", firm)
		}
		if err := stop(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// A shared mailbox of Microsoft 365 is opened by each member's own sign-in.
func TestASharedMailboxByOnesOwnSignIn(t *testing.T) {
	f := openFirm(t, firmtest.Exchange, func(c *firmtest.Config) { c.Shared = map[string][]string{boss: {ann}} }, ann, ben, boss)
	anns, _ := f.signedIn(ann)
	m, s := f.mailbox(t, boss, anns), newShelf()
	startSync(t, m, s)
	s.until(t, "ok", func() bool { return s.status.State == inbox.ChannelOK })
	accepted(t, m, letter(t, boss, ben, "from the shared mailbox"))
	if steps, err := m.Check(t.Context()); err != nil || !slices.ContainsFunc(steps, func(s inbox.Step) bool { return s.Step == "smtp.sender" && s.OK }) {
		t.Errorf("%+v, %v", steps, err)
	}

	bens, _ := f.signedIn(ben)
	m = f.mailbox(t, boss, bens)
	access, _ := bens.Access(t.Context())
	steps, err := m.Check(t.Context())
	again, _ := bens.Access(t.Context())
	if inbox.CodeOf(err) != inbox.Auth || !strings.Contains(err.Error(), "may open this mailbox") {
		t.Errorf("somebody else: %v", err)
	}
	reason := kept(t, m, letter(t, boss, ben, "x")).Reason
	if !strings.Contains(reason, "535 5.7.3 Authentication") {
		t.Errorf("it is kept because %q", reason)
	}
	for _, said := range []string{err.Error(), reason, fmt.Sprint(steps)} {
		if strings.Contains(said, access[:40]) || strings.Contains(said, again[:40]) {
			t.Errorf("a token is in %q", said)
		}
	}
}
