package imaplog

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

func TestRemovedMessagesAreReported(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a, b := newDesktop(t, server), newDesktop(t, server)
	a.mustAppend(numberedRecords(1, 10)...)
	a.mustRead(numberedRecords(1, 10)...)
	d.Expunge(t, ann, "Postvak", 2, 3, 4, 7, 10)
	a = a.restart()
	a.mustAppend("after")
	a.mustRead("after")
	found := a.found(teamlog.Vanished)
	if len(found) != 1 || found[0].Count != 5 || found[0].Detail != "Postvak 2–4, 7, 10" {
		t.Fatalf("%+v", found)
	}
	b.mustRead("record 1", "record 5", "record 6", "record 8", "record 9", "after")
	if len(b.found(teamlog.Vanished)) != 0 {
		t.Errorf("%+v", b.found(teamlog.Vanished))
	}
	// Told once as long as it stays so, and again when more is gone.
	a.forget()
	a.mustRead()
	d.Expunge(t, ann, "Postvak", 8)
	a.forget()
	a.mustRead()
	if found := a.found(teamlog.Vanished); len(found) != 2 || found[1].Count != 6 {
		t.Errorf("%+v", found)
	}
}

func TestARemovalIsNoticedWhileFollowing(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	a.mustAppend(numberedRecords(1, 5)...)
	a.mustRead(numberedRecords(1, 5)...)
	waiting := make(chan error, 1)
	go func() { waiting <- a.Wait(t.Context(), a.at) }()
	d.Expunge(t, ann, "Postvak", 3)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	a.mustRead()
	if found := a.found(teamlog.Vanished); len(found) != 1 || found[0].Detail != "Postvak 3" {
		t.Errorf("%+v", found)
	}
}

func TestALateMessageIsHandedOver(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	a.mustAppend(numberedRecords(1, 6)...)
	a.mustRead(numberedRecords(1, 6)...)
	// As if 2 and 4 had not been there when the others were read.
	var positions teamlog.Ranges
	for _, n := range []uint64{1, 3, 5, 6} {
		positions.Add(n)
	}
	a.known.Positions = positions
	a = a.restart()
	stop := errors.New("stop")
	at, err := a.Read(t.Context(), a.at, func(p teamlog.Pos, r []byte) error {
		if p.N != 2 || string(r) != "record 2" {
			t.Errorf("handed over %v %q", p, r)
		}
		return stop // as a caller who rewinds first
	})
	if !errors.Is(err, stop) || at != a.at {
		t.Fatalf("%v, %v", at, err)
	}
	a.mustAppend("seven")
	a.mustRead("record 2", "record 4", "seven")
	a.mustRead()
	if found := a.found(teamlog.Late); len(found) != 1 || found[0].Count != 2 {
		t.Errorf("%+v", found)
	}
	if len(a.found(teamlog.Vanished)) != 0 {
		t.Errorf("%+v", a.found(teamlog.Vanished))
	}
}

// What is being read elsewhere is neither missing nor late.
func TestNothingIsMissingBelowTheFloor(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	a.mustAppend(numberedRecords(1, 6)...)
	a.at = teamlog.Pos{Epoch: epochOf(t, server), N: 4}
	a.mustRead("record 5", "record 6")
	a.known.Floor = 4
	a.forget()
	a.mustRead()
	a = a.restart()
	a.mustAppend("seven")
	a.mustRead("seven")
	a.forget()
	a.mustRead()
	if found := append(a.found(teamlog.Late), a.found(teamlog.Vanished)...); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

// People drop things into folders. They count as nothing, and stop nothing.
func TestForeignAndDamagedMessages(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	person := admin(t, server)
	good := letterOf([]byte("good")).render()
	for _, raw := range [][]byte{
		imaptest.Message("x@elsewhere.test", ann, "Invoice", "Hello"),
		bytes.Replace(good, []byte("Z29vZA=="), []byte("Z29v!A=="), 1),
		good,
		{},
		[]byte("no header\r\n"),
		[]byte(strings.Repeat("x", maxMessage+1000)),
		bytes.Replace(good, []byte("Z29vZA=="), []byte("YmV0dGVy"), 1),
	} {
		if len(raw) == 0 {
			continue
		}
		if _, err := person.Append(t.Context(), "Postvak", nil, time.Time{}, raw); err != nil {
			t.Fatal(err)
		}
	}
	a.mustRead("", "", "good", "", "", "better")
	if a.at.N != 6 || a.known.Positions.Count() != 6 {
		t.Errorf("at %v, %d positions", a.at, a.known.Positions.Count())
	}
	a = a.restart()
	a.mustRead()
	if len(a.findings) != 0 {
		t.Errorf("%+v", a.findings)
	}
}

func TestAFullMailboxKeepsReading(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{Quota: 20 << 10})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server)
	a.mustAppend("one")
	for _, size := range []int{3 << 10, 30 << 10} { // with a literal of either kind
		_, err := a.Append(t.Context(), "big", bytes.Repeat([]byte("x"), 6*size))
		wantCode(t, err, inbox.Unavailable)
	}
	a.mustRead("one")
	if found := a.found(teamlog.Quota); len(found) != 1 {
		t.Errorf("%+v", found)
	}
	a.mustAppend("two")
	a.mustRead("two")
}

// Each with a login of their own: a member may read and add, and nothing else.
func TestASharedFolderWithRights(t *testing.T) {
	const carol = "carol@example.test"
	users := map[string]string{ann: imaptest.Password, ben: imaptest.Password, carol: imaptest.Password}
	d := imaptest.StartDovecot(t, imaptest.Options{ACL: true, Shared: "Team/", Users: users})
	d.ShareFolder(t, "Team/Log", map[string]string{ann: "lrwstipekxa", ben: "lri", carol: "lr"})
	first := genesis(t)
	in := func(c *Config) { c.Folder, c.LogID = "Team/Log", first.ID }
	a, b, c := newDesktop(t, mailbox(d, ann), in), newDesktop(t, mailbox(d, ben), in), newDesktop(t, mailbox(d, carol), in)
	a.mustAppend(string(first.Bytes))
	b.mustAppend("from Ben")
	for _, desk := range []*desktop{a, b, c} {
		desk.mustRead(string(first.Bytes), "from Ben")
	}
	_, err := c.Append(t.Context(), "id", []byte("from Carol"))
	wantCode(t, err, inbox.Forbidden)
	if len(c.found(teamlog.ReadOnly)) != 1 || len(b.found(teamlog.ReadOnly)) != 0 {
		t.Errorf("%+v, %+v", c.findings, b.findings)
	}
	wantCode(t, b.Renew(t.Context(), true), inbox.Forbidden)
	d.Expunge(t, ben, "Team/Log", 1, 2) // the server says OK and does nothing
	a = a.restart()
	a.mustAppend("from Ann")
	a.mustRead("from Ann")
	c.mustRead("from Ann")
	if len(a.found(teamlog.Vanished)) != 0 {
		t.Error("a member without the right removed messages")
	}
	found, err := Find(t.Context(), Config{IMAP: mailbox(d, carol)})
	if err != nil || found.Folder != "Team/Log" || found.LogID != first.ID || !bytes.Equal(found.Genesis, first.Bytes) {
		t.Errorf("%+v, %v", found, err)
	}
}

// A server that lets one connection in at a time is looked at briefly.
func TestAServerWithOneConnection(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{Extra: "mail_max_userip_connections = 1\n"})
	server := mailbox(d, ann)
	create(t, server)
	clock := run.NewManual(time.Now())
	a := newDesktop(t, server, func(c *Config) { c.Clock = clock })
	var other *imap.Conn
	settled(t, func() (err error) {
		other, err = imap.Dial(t.Context(), server)
		return err
	})
	wantCode(t, a.catchUp(), inbox.Unavailable)
	waiting := make(chan error, 1)
	go func() { waiting <- a.Wait(t.Context(), a.at) }()
	clock.BlockUntil(1)
	other.Close()
	clock.Advance(defaultShort)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	settled(t, a.catchUp)
	a.mustAppend("one") // reading has given our place back

	settled(t, func() error { // ours is free again after each use
		conn, err := imap.Dial(t.Context(), server)
		if err == nil {
			conn.Close()
		}
		return err
	})
	settled(t, a.catchUp)
	if !slices.Equal(a.records, []string{"one"}) {
		t.Errorf("%q", a.records)
	}
}

// patience is how long a busy machine may take for anything that waits; what goes
// well never waits for it.
const patience = 3 * time.Minute

// settled tries until a server has noticed that a connection is gone.
func settled(t testing.TB, f func() error) {
	t.Helper()
	for end := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		if inbox.CodeOf(err) != inbox.Unavailable && imap.KindOf(err) != imap.KindBusy || time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func TestSleepIsNoticed(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	clock := run.NewManual(time.Now())
	a := newDesktop(t, server, func(c *Config) { c.Clock = clock })
	a.mustAppend("one")
	a.mustRead("one")
	waiting := make(chan error, 1)
	go func() { waiting <- a.Wait(t.Context(), a.at) }()
	clock.BlockUntil(1)
	clock.Advance(8 * time.Hour)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	a.mustRead()
	a.mustAppend("two")
	a.mustRead("two")
}

func TestLandmarksComeInOrder(t *testing.T) {
	d := imaptest.StartDovecot(t, imaptest.Options{})
	server := mailbox(d, ann)
	create(t, server)
	a := newDesktop(t, server, func(c *Config) {
		c.Describe = func(_ string, record []byte) Description {
			return Description{Subject: "About " + string(record), Landmark: bytes.HasPrefix(record, []byte("!"))}
		}
	})
	a.mustAppend("!1", "2", "!3", "4", "!5")
	b := newDesktop(t, server)
	var marks []string
	if err := b.Landmarks(t.Context(), func(_ teamlog.Pos, r []byte) error { marks = append(marks, string(r)); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(marks, []string{"!1", "!3", "!5"}) {
		t.Fatalf("landmarks %q", marks)
	}
	b.forget()
	b.mustRead("!1", "2", "!3", "4", "!5") // and nothing is held to be late
	b.forget()
	b.mustRead()
	if len(b.findings) != 0 {
		t.Errorf("%+v", b.findings)
	}
}
