//go:build bench

package bench

import (
	"bufio"
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"postvak/app"
	"postvak/backend/imap"
	"postvak/backend/imap/imaptest"
	"postvak/backend/imaplog"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

func startTeamServer(t *testing.T) (*imaptest.Dovecot, *imaptest.SMTP) {
	t.Helper()
	server := imaptest.StartDovecot(t, imaptest.Options{Users: map[string]string{mailUser: imaptest.Password}})
	return server, imaptest.StartGoSMTP(t, server)
}

// TestM9Join measures a new desktop that joins a team with a long log.
func TestM9Join(t *testing.T) {
	events := setting("BENCH_EVENTS", 1_000_000)
	server, smtp := startTeamServer(t)
	ann := newDesk(t, "Ann")
	o := &office{channel: inbox.ChannelID(ann.founds(server, smtp))}
	engine := teamEngine(server)
	defer engine.Close()
	fill := newFiller(t, server, engine)
	o.brings(t, engine, fill, ann)
	ann.close() // what the colleagues do now it reads later, all at once

	o.follows(t, engine)
	records, began := 0, time.Now()
	for ; o.events < events; records++ {
		fill.add(o.made(t))
	}
	fill.flush()
	told(fmt.Sprintf("log of %d events in %d records (%d MB) written by APPENDs of %d messages", o.events, records, fill.bytes>>20, multi), began)

	all := o.cursor.Pos.N
	tab := &table{title: fmt.Sprintf("M9 A new desktop joins a log of %d events in %d records, Dovecot with maildir: seconds", o.events, records),
		head: []string{"", "seconds", "records/s"}}
	row := func(what string, n uint64, took time.Duration) {
		tab.row(what, short(took.Seconds()), short(float64(n)/took.Seconds()))
	}
	began = time.Now()
	row("plain go-imap reads all and throws it away", all, readLog(t, server, all))
	ann.open()
	ann.until("the whole log", func() bool { return ann.at() >= all })
	row("a desktop reads all, checks, folds and stores it", all, time.Since(began))
	began = time.Now()
	o.snapshots(t, ann, engine, all)
	told("snapshots written by that desktop", began)
	grow(t, o, fill, engine, ann)

	tail := o.cursor.Pos.N
	ben := newDesk(t, "Ben")
	invitation := ann.invites()
	ann.quiet()
	runtime.GC()
	began = time.Now()
	ben.joins(invitation)
	asked := time.Since(began)
	ben.until("being let in", func() bool { return ben.status().State == "member" })
	inside := time.Since(began)
	ben.until("everything", func() bool { return ben.at() >= tail })
	known := time.Since(began)
	if ben.status().Log.Checked && all > tooShort {
		t.Error("the new desktop did not begin with the snapshot")
	}
	tab.row("a new desktop: its request is in the log", short(asked.Seconds()), "")
	tab.row("  it is let in", short(inside.Seconds()), "")
	tab.row("  it knows everything", short(known.Seconds()), "")
	ben.until("the background check", func() bool { return ben.status().Log.Checked })
	row("  background check of the past is through", all, time.Since(began))
	if at, is := ben.at(), ann.at(); at != is {
		t.Errorf("the new desktop is at %d, the old one at %d", at, is)
	}
	for _, alarm := range append(ann.status().Log.Alarms, ben.status().Log.Alarms...) {
		t.Error("alarm:", alarm)
	}
	tab.note("aim: it knows everything within 10 s at 1,000,000 events, the background check apart; %d records stand behind the snapshot", tail-o.snapshot)
	show(tab)
}

func teamEngine(server *imaptest.Dovecot) *imaplog.Log {
	return imaplog.New(imaplog.Config{
		IMAP:    imap.Config{Host: server.Host, Port: server.Port, Security: imap.None, Username: mailUser, Password: imaptest.Password},
		Address: mailUser, Name: "Postvak",
		Describe: func(_ string, record []byte) imaplog.Description {
			return imaplog.Description{Subject: "[Postvak] Ann: conversation decided", Landmark: teamlog.Landmark(record)}
		},
	})
}

// follows reads what others wrote into the log.
func (o *office) follows(t *testing.T, engine *imaplog.Log) {
	t.Helper()
	_, err := engine.Read(t.Context(), o.cursor.Pos, func(at teamlog.Pos, record []byte) error {
		opened, err := teamlog.Open(record)
		if err != nil {
			return err
		}
		if o.log == "" {
			o.log, o.cursor = opened.ID, teamlog.Begin(opened.ID)
		}
		if head, is := opened.Events[0].(*teamlog.Snapshot); is {
			o.snapshot = head.Upto.N
		}
		o.cursor = o.cursor.Accept(at, opened.Payload())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// brings lets the colleagues join by invitations, as people do.
func (o *office) brings(t *testing.T, engine *imaplog.Log, fill *logFiller, by *desk) {
	t.Helper()
	for i, one := range colleagues() {
		invitation, err := teamlog.ParseInvitation(by.invites())
		if err != nil {
			t.Fatal(err)
		}
		by.quiet()
		o.follows(t, engine)
		request, err := o.asks(one, invitation)
		if err != nil {
			t.Fatal(err)
		}
		fill.add(request)
		fill.flush()
		by.until("a colleague to be in", func() bool {
			var members []app.Member
			by.must("Team.Members", &members)
			return len(members) == i+2 && members[i+1].State == "active"
		})
		by.quiet()
		o.people = append(o.people, one)
	}
	o.writers = o.people
}

// tooShort is the number of records of a log that needs no snapshot.
const tooShort = 5000

// snapshots waits until the desk has written one of the whole log.
func (o *office) snapshots(t *testing.T, by *desk, engine *imaplog.Log, upTo uint64) {
	t.Helper()
	by.until("a snapshot", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := engine.Wait(ctx, o.cursor.Pos); err != nil {
			t.Fatal(err)
		}
		o.follows(t, engine)
		return o.snapshot >= upTo || upTo <= tooShort
	})
	by.quiet()
	o.follows(t, engine)
}

// grow lets the colleagues go on for half as long as it takes until the next
// snapshot is due: 2.5 % of the log.
func grow(t *testing.T, o *office, fill *logFiller, engine *imaplog.Log, by *desk) {
	t.Helper()
	for range max(int(o.cursor.Count)/40, 1) {
		fill.add(o.made(t))
	}
	fill.flush()
	by.until("what came since", func() bool { return by.at() >= o.cursor.Pos.N })
	by.quiet()
	o.follows(t, engine)
}

func (o *office) made(t *testing.T) teamlog.Record {
	t.Helper()
	r, err := o.next()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// multi is how many messages one APPEND carries (RFC 3502).
const multi = 500

// logFiller stores records as a desktop's APPEND would, many at a time.
type logFiller struct {
	t      *testing.T
	c      *bareClient
	w      *bufio.Writer
	engine *imaplog.Log
	open   int
	bytes  int
}

func newFiller(t *testing.T, server *imaptest.Dovecot, engine *imaplog.Log) *logFiller {
	t.Helper()
	c := dialBare(t, server.Port)
	t.Cleanup(func() { c.conn.Close() })
	return &logFiller{t: t, c: c, w: bufio.NewWriterSize(c.conn, 1<<20), engine: engine}
}

func (f *logFiller) add(r teamlog.Record) {
	if f.open == 0 {
		fmt.Fprint(f.w, "m APPEND ", imaplog.DefaultFolder)
	}
	flags := `\Seen`
	if teamlog.Landmark(r.Bytes) {
		flags += ` \Flagged`
	}
	raw := f.engine.Message(r.ID, r.Bytes)
	fmt.Fprintf(f.w, " (%s) {%d+}\r\n", flags, len(raw))
	_, _ = f.w.Write(raw) // flush tells
	f.bytes += len(raw)
	if f.open++; f.open == multi {
		f.flush()
	}
}

func (f *logFiller) flush() {
	f.t.Helper()
	if f.open == 0 {
		return
	}
	f.open = 0
	fmt.Fprint(f.w, "\r\n")
	if err := f.w.Flush(); err != nil {
		f.t.Fatal(err)
	}
	for {
		line, err := f.c.line()
		if err != nil {
			f.t.Fatal(err)
		}
		if line[0] == 'm' {
			if len(line) < 4 || line[:4] != "m OK" {
				f.t.Fatal(line)
			}
			return
		}
	}
}

// readLog is the floor of reading a log.
func readLog(t *testing.T, server *imaptest.Dovecot, count uint64) time.Duration {
	t.Helper()
	c := plainClient(t, server, nil)
	if _, err := c.Select(imaplog.DefaultFolder, nil).Wait(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if n := fetchBare(t, c, 1); uint64(n) != count {
		t.Fatalf("%d messages instead of %d", n, count)
	}
	return time.Since(began)
}
