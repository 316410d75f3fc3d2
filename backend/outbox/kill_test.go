package outbox_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/email"
	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/intake"
	"postvak/backend/mime"
	"postvak/backend/outbox"
	"postvak/backend/run"
	"postvak/backend/sqlite"
)

const (
	ann      = "ann@example.test"
	ben      = "ben@example.test"
	channel  = inbox.ChannelID("c")
	letters  = 300 // in the mailbox that is read
	outgoing = 6   // messages that each life queues
)

// TestMain lets this program be its own victim.
func TestMain(m *testing.M) {
	if dir := os.Getenv("KILL_DIR"); dir != "" {
		play := victim
		if os.Getenv("KILL_TWILIO") != "" {
			play = chatVictim
		}
		if err := play(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim is the program in small: cache, intake, outbox and the channel, on
// real servers. It reads the mailbox, queues messages and sends them. It ends
// when its standard input does.
func victim(dir string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, dir, sqlite.Options{Me: "ann", Parse: func(_ inbox.Key, raw []byte) inbox.Message { return mime.Parse(raw) }, Parser: mime.Version})
	if err != nil {
		return err
	}
	defer db.Close()
	mailbox := email.New(email.Config{Channel: channelFromEnv(), Password: func(context.Context) (string, error) { return imaptest.Password, nil }})
	in := intake.New(intake.Config[sqlite.Changed]{Store: db, Clock: run.System, Status: func(s inbox.ChannelStatus) {
		if s.State == inbox.ChannelOK {
			fmt.Println("synced")
		}
	}})
	in.Add(channel, mailbox)
	defer in.Stop()
	return work(ctx, db, outbox.Config{Sender: func(inbox.ChannelID) outbox.Sender { return mailbox }}, queue)
}

// work queues messages and sends them until standard input ends. A message
// counts from the moment at which it is told that it is queued.
func work(ctx context.Context, db *sqlite.DB, cfg outbox.Config, queue func(ctx context.Context, db *sqlite.DB, id string, n int) error) error {
	g := run.NewGroup(ctx)
	defer g.Stop()
	var out *outbox.Outbox
	cfg.Store, cfg.Clock, cfg.Changed = durable{db}, hastyFromEnv(), func(inbox.Outgoing) { tellRest(out) }
	out = outbox.New(cfg)
	if err := out.Start(ctx, g); err != nil {
		return err
	}
	if life := os.Getenv("KILL_LIFE"); life != "" {
		for i := range outgoing {
			id := fmt.Sprintf("life%s.%d", life, i)
			if err := queue(ctx, db, id, i); err != nil {
				return err
			}
			fmt.Println("queued", id)
			if err := out.Refresh(ctx); err != nil {
				return err
			}
		}
	}
	tellRest(out)
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// tellRest says when nothing is left to do but by a person.
func tellRest(out *outbox.Outbox) {
	for _, o := range out.List() {
		if o.State != inbox.OutAsk {
			return
		}
	}
	fmt.Println("rest")
}

func channelFromEnv() inbox.Channel {
	port := func(name string) int { n, _ := strconv.Atoi(os.Getenv(name)); return n }
	return inbox.Channel{ID: channel, Kind: inbox.Email, Address: ann, Email: inbox.EmailSettings{
		IMAP: inbox.Server{Host: "127.0.0.1", Port: port("KILL_IMAP"), Security: inbox.NoTLS, Username: ann},
		SMTP: inbox.Server{Host: "127.0.0.1", Port: port("KILL_SMTP"), Security: inbox.NoTLS, Username: ann},
	}}
}

// hasty is a clock that runs a hundred times too fast, from a moment on: the
// outbox looks for a lost answer for minutes. All lives have the same one.
type hasty time.Time

func hastyFromEnv() hasty {
	began, _ := time.Parse(time.RFC3339Nano, os.Getenv("KILL_EPOCH"))
	return hasty(began)
}

func (h hasty) Now() time.Time {
	return time.Time(h).Add(100 * time.Since(time.Time(h)))
}

func (hasty) After(d time.Duration) <-chan time.Time { return time.After(d / 100) }

// durable is the cache as the outbox knows it.
type durable struct{ *sqlite.DB }

func (d durable) SetOutgoing(ctx context.Context, o inbox.Outgoing) error {
	_, err := d.DB.SetOutgoing(ctx, o)
	return err
}

func (d durable) Outgoing(ctx context.Context, _ inbox.ChannelID) ([]inbox.Outgoing, error) {
	return d.Outbox(ctx)
}

func (d durable) Rendered(ctx context.Context, key inbox.Key) (inbox.Rendered, error) {
	return d.RenderedOf(ctx, key)
}

// queue is what the composer does.
func queue(ctx context.Context, db *sqlite.DB, id string, _ int) error {
	id += "@example.test"
	r, err := mime.Render(mime.Letter{From: inbox.Address{Address: ann}, To: []inbox.Address{{Address: ben}}, Subject: id, Text: "x", MessageID: id, Date: time.Now()})
	if err != nil {
		return err
	}
	m := mime.Parse(r.Filed)
	m.Key, m.Channel, m.At, m.Direction = inbox.MailKey(channel, mime.Digest(r.Filed)), channel, time.Now(), inbox.Out
	_, err = db.Queue(ctx, sqlite.Queueing{Message: m, Rendered: r, Outgoing: inbox.Outgoing{State: inbox.OutQueued}})
	return err
}

// TestKilledForReal kills the program again and again while it reads a mailbox
// and sends, at random moments. In the end all mail is there once, and every
// message that was queued was sent once, or a person is asked about it.
func TestKilledForReal(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Dovecot")
	}
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("POSTVAK_KILLS")); err == nil {
		kills = n
	}
	d := imaptest.StartDovecot(t, imaptest.Options{})
	n := 0
	d.Fill(t, ann, func() []byte {
		if n++; n > letters {
			return nil
		}
		return imaptest.Message("customer@elsewhere.test", ann, fmt.Sprintf("mail %d", n), strings.Repeat("text ", 200))
	})
	k := &killer{t: t, dir: t.TempDir(), queued: map[string]bool{}, env: []string{
		fmt.Sprint("KILL_IMAP=", d.Port), fmt.Sprint("KILL_SMTP=", imaptest.StartGoSMTP(t, d).Port),
	}}
	for life := range kills {
		k.live(strconv.Itoa(life), time.Duration(rand.IntN(400))*time.Millisecond)
	}
	k.live("", 0)
	k.judge(d)
}

type killer struct {
	t      *testing.T
	dir    string
	env    []string        // how the victim reaches its servers
	began  string          // the clock's beginning
	queued map[string]bool // messages of which it was said that they are queued
}

// live starts the program and kills it after it began to work and some time
// more; without a name it is left to finish what there is.
func (k *killer) live(name string, after time.Duration) {
	k.t.Helper()
	if k.began == "" {
		k.began = time.Now().Format(time.RFC3339Nano)
	}
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), "KILL_DIR="+k.dir, "KILL_LIFE="+name, "KILL_EPOCH="+k.began), k.env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	limit := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	synced, rest, working := false, false, false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		word, id, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "queued":
			k.queued[id] = true
		case "synced":
			synced = true
		case "rest":
			rest = true
		}
		if name != "" && !working {
			working = true
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		if name == "" && synced && rest {
			in.Close()
		}
	}
	err = cmd.Wait()
	if name == "" && err != nil {
		k.t.Fatalf("the last life: %v", err)
	}
}

func (k *killer) judge(d *imaptest.Dovecot) {
	k.t.Helper()
	asked := 0
	atBen, inSent := count(k.t, d, ben, "INBOX"), count(k.t, d, ann, "Sent")
	for id := range k.queued {
		id += "@example.test"
		state := k.stored(id)
		switch n := atBen[id]; {
		case n > 1:
			k.t.Errorf("%s was delivered %d times", id, n)
		case state == string(inbox.OutFiled) && n != 1, state == string(inbox.OutFiled) && inSent[id] != 1:
			k.t.Errorf("%s is filed, delivered %d times, and in Sent %d times", id, n, inSent[id])
		case state == string(inbox.OutAsk):
			asked++
		case state != string(inbox.OutFiled):
			k.t.Errorf("%s rests as %s", id, state)
		}
	}
	for id, n := range atBen {
		if n > 1 {
			k.t.Errorf("%s was delivered %d times", id, n)
		}
	}
	var mails, doubles int
	k.query("SELECT count(*) FROM sources WHERE key NOT IN (SELECT s.key FROM sources s JOIN outbox o ON o.message = s.id)", &mails)
	k.query("SELECT count(*) - count(DISTINCT key) FROM sources", &doubles)
	if mails != letters || doubles != 0 {
		k.t.Errorf("%d of %d letters are stored, %d doubled", mails, letters, doubles)
	}
	k.t.Logf("%d messages queued, %d delivered, %d asked about", len(k.queued), len(atBen), asked)
}

func (k *killer) stored(id string) (state string) {
	k.query("SELECT state FROM outbox WHERE message_id = '"+id+"'", &state)
	return state
}

func (k *killer) query(query string, into any) {
	k.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(k.dir, "postvak.db")+"?mode=ro")
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(into); err != nil {
		k.t.Fatalf("%s: %v", query, err)
	}
}

// count gives how often each Message-ID is in a folder.
func count(t *testing.T, d *imaptest.Dovecot, user, folder string) map[string]int {
	t.Helper()
	ctx := context.Background()
	c, err := imap.Dial(ctx, imap.Config{Host: d.Host, Port: d.TLSPort, Username: user, Password: imaptest.Password, RootCAs: d.Roots})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Select(ctx, folder, true); err != nil {
		t.Fatal(err)
	}
	uids, err := c.UIDs(ctx, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	err = c.Fetch(ctx, uids, imap.WantHeader, func(i imap.Item) error {
		all[mime.Parse(i.Raw).MessageID]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
