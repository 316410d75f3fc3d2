package imaplog

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamlog/logtest"
)

const ann, ben = "ann@example.test", "ben@example.test"

// mailbox is how a user of a test server gets in.
func mailbox(d *imaptest.Dovecot, user string) imap.Config {
	return imap.Config{
		Host: d.Host, Port: d.Port, Security: imap.None, Username: user, Password: imaptest.Password,
		Deadline: 20 * time.Second,
	}
}

// desktop is one reader and writer of a folder, with what it has read.
type desktop struct {
	*Log
	t   testing.TB
	cfg Config

	mu       sync.Mutex
	known    Known
	findings []teamlog.Finding

	at      teamlog.Pos
	records []string
}

// newDesktop makes one. Change sees its Config before it is used.
func newDesktop(t testing.TB, server imap.Config, change ...func(*Config)) *desktop {
	t.Helper()
	d := &desktop{t: t, cfg: Config{IMAP: server, Folder: "Postvak", Address: ann, Name: "Postvak"}}
	d.cfg.Report = func(f teamlog.Finding) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.findings = append(d.findings, f)
	}
	d.cfg.Known = func() Known {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.known
	}
	for _, c := range change {
		c(&d.cfg)
	}
	d.Log = New(d.cfg)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// restart is the same desktop, started again: it has what it had applied.
func (d *desktop) restart() *desktop {
	d.t.Helper()
	_ = d.Close()
	again := newDesktop(d.t, d.cfg.IMAP, func(c *Config) {
		c.LogID, c.Folder, c.Poll, c.Short = d.cfg.LogID, d.cfg.Folder, d.cfg.Poll, d.cfg.Short
	})
	again.known, again.at, again.records = d.known, d.at, d.records
	return again
}

// apply takes over what a record says: as a desktop's cache would.
func (d *desktop) apply(at teamlog.Pos, record []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known.Epoch != at.Epoch {
		d.known = Known{Epoch: at.Epoch}
	}
	d.known.Positions.Add(at.N)
	if len(record) > 0 && at.N > d.known.Anchor.N {
		d.known.Anchor, d.known.AnchorID = at, recordID(record)
	}
	d.records = append(d.records, string(record))
	return nil
}

// catchUp reads everything there is.
func (d *desktop) catchUp() error {
	at, err := d.Read(d.t.Context(), d.at, d.apply)
	d.at = at
	return err
}

func (d *desktop) mustRead(want ...string) {
	d.t.Helper()
	before := len(d.records)
	if err := d.catchUp(); err != nil {
		d.t.Fatal(err)
	}
	if got := d.records[before:]; strings.Join(got, "|") != strings.Join(want, "|") {
		d.t.Fatalf("read %q, want %q", got, want)
	}
}

func (d *desktop) mustAppend(records ...string) {
	d.t.Helper()
	for _, record := range records {
		if _, err := d.Append(d.t.Context(), teamlog.RecordID([]byte(record)), []byte(record)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// follow reads, and waits, until there are n records.
func (d *desktop) follow(n int) {
	d.t.Helper()
	for {
		if err := d.catchUp(); err != nil {
			d.t.Fatal(err)
		}
		if len(d.records) >= n {
			return
		}
		if err := d.Wait(d.t.Context(), d.at); err != nil {
			d.t.Fatal(err)
		}
	}
}

// found gives the findings of a kind so far.
func (d *desktop) found(kind teamlog.FindingKind) (all []teamlog.Finding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.findings {
		if f.Kind == kind {
			all = append(all, f)
		}
	}
	return all
}

func wantCode(t testing.TB, err error, want inbox.Code) {
	t.Helper()
	if err == nil || inbox.CodeOf(err) != want {
		t.Fatalf("got error %v, want one with code %q", err, want)
	}
}

// create makes the team's folder.
func create(t testing.TB, server imap.Config) {
	t.Helper()
	if folder, err := Create(t.Context(), Config{IMAP: server}); err != nil || folder != "Postvak" {
		t.Fatalf("folder %q, %v", folder, err)
	}
}

// admin is a plain connection, for what people and other programs do.
func admin(t testing.TB, server imap.Config) *imap.Conn {
	t.Helper()
	conn, err := imap.Dial(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// genesis is the record that begins a log.
func genesis(t testing.TB) teamlog.Record {
	t.Helper()
	seed := sha256.Sum256([]byte(t.Name()))
	key := ed25519.NewKeyFromSeed(seed[:])
	record, err := teamlog.Seal(teamlog.Envelope{
		Device: teamlog.DeviceID(key.Public().(ed25519.PublicKey)), Seq: 1, At: time.Unix(1_800_000_000, 0),
		Events: []teamlog.Event{&teamlog.Genesis{Team: "Bakery", Member: "ann", Name: "Ann", Email: ann, Key: key.Public().(ed25519.PublicKey)}},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// formats are a server's ways to store mail: the usual one of a test, or with
// POSTVAK_FORMATS all.
func formats(usual string) []string {
	if os.Getenv("POSTVAK_FORMATS") == "" {
		return []string{usual}
	}
	return []string{"maildir", "sdbox", "mdbox"}
}

func TestSuiteOnDovecot(t *testing.T) {
	for _, format := range formats("maildir") {
		t.Run(format, func(t *testing.T) {
			d := imaptest.StartDovecot(t, imaptest.Options{Format: format})
			server := mailbox(d, ann)
			conn := admin(t, server)
			n := 0
			logtest.Run(t, func(t *testing.T) teamlog.Log {
				n++
				folder := fmt.Sprintf("Postvak %d", n)
				if err := conn.Create(t.Context(), folder); err != nil {
					t.Fatal(err)
				}
				return New(Config{IMAP: server, Folder: folder, Address: ann, Short: 50 * time.Millisecond})
			})
		})
	}
}

// The suite on a server that POSTVAK_IMAP names, "host:port user password": one
// without encryption, on this computer.
func TestSuiteOnAnotherServer(t *testing.T) {
	named := strings.Fields(os.Getenv("POSTVAK_IMAP"))
	if len(named) != 3 {
		t.Skip("POSTVAK_IMAP names no server")
	}
	host, port, err := net.SplitHostPort(named[0])
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	server := imap.Config{Host: host, Port: number, Security: imap.None, Username: named[1], Password: named[2]}
	logtest.Run(t, func(t *testing.T) teamlog.Log {
		folder, err := Create(t.Context(), Config{IMAP: server, Folder: "Postvak " + rand.Text()})
		if err != nil {
			t.Fatal(err)
		}
		return New(Config{IMAP: server, Folder: folder, Address: ann, Short: 50 * time.Millisecond})
	})
}

func TestTwoDesktopsHearOfEachOther(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a, b := newDesktop(t, server), newDesktop(t, server)
	a.mustAppend("one", "two")
	b.mustRead("one", "two")
	a.mustRead("one", "two")
	for _, record := range []string{"three", "four"} {
		heard := make(chan error, 1)
		go func() { heard <- b.Wait(t.Context(), b.at) }()
		a.mustAppend(record)
		a.mustRead(record) // read back at once, by the writer
		if err := <-heard; err != nil {
			t.Fatal(err)
		}
		b.follow(len(a.records))
	}
	if strings.Join(a.records, "|") != strings.Join(b.records, "|") {
		t.Fatalf("%q and %q", a.records, b.records)
	}
}

func TestWaitEndsAndIsUsableAfterwards(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	create(t, mailbox(d, ann))
	a := newDesktop(t, mailbox(d, ann))
	a.mustAppend("one")
	a.mustRead("one")
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- a.Wait(ctx, a.at) }()
	cancel()
	if err := <-waiting; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	a.mustAppend("two")
	a.mustRead("two")
	_ = a.Close()
	wantCode(t, a.catchUp(), inbox.Unavailable)
}
