//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/email"
	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"
	"postvak/backend/specimen"
	"postvak/backend/sqlite"
)

// TestM1M2FirstSync lets mbsync, mbsync with mu, and Postvak download the same
// mailbox in turns, each into an empty folder on the same disk.
func TestM1M2FirstSync(t *testing.T) {
	n := setting("BENCH_MESSAGES", 10_000)
	server := startMailbox(t, n)
	var first, headers, all sample
	sides := append(mbsyncSides(t, server, n), syncSide{"Postvak", func(dir string) cost {
		c, r := syncInChild(t, server, dir, n)
		first, all = append(first, r.FirstMS), append(all, r.AllMS)
		return c
	}})
	rate, cpu, memory := map[string]sample{}, map[string]sample{}, map[string]sample{}
	for range rounds() {
		for _, side := range sides {
			c := inEmptyFolder(t, side.sync)
			rate[side.name] = append(rate[side.name], float64(n)/c.wall.Seconds())
			cpu[side.name] = append(cpu[side.name], float64(c.cpu.Microseconds())/float64(n))
			memory[side.name] = append(memory[side.name], float64(c.memory)/(1<<20))
		}
		headers = append(headers, fetchHeaders(t, server, n))
	}
	tab := &table{title: fmt.Sprintf("M1 First sync of %d letters from Dovecot: median (least–greatest) of %d turns", n, rounds()),
		head: []string{"", "letters/s", "Postvak's ratio, turn by turn", "CPU µs a letter", "peak MB"}}
	for _, side := range sides {
		tab.row(side.name, rate[side.name].spread(), rate["Postvak"].over(rate[side.name]).spread(), cpu[side.name].spread(), memory[side.name].spread())
	}
	tab.note("mbsync only downloads, mu makes its letters searchable; Postvak downloads, parses, threads, stores and indexes")
	noteMissing(tab, mu)
	tab.note("aim: 1.5 times mbsync as it comes, at most 120 MB")
	show(tab)

	m2 := &table{title: fmt.Sprintf("M2 From connecting until rows are in the list, mailbox of %d letters: ms", n), head: []string{"", "time"}}
	m2.row("bare client: headers of all", headers.spread())
	m2.row("Postvak: first page, newest first", first.spread())
	m2.row("Postvak: all rows", all.spread())
	m2.note("aim at 100,000 letters: 2,000 ms and 15,000 ms; the screen's share is not in it")
	show(m2)
}

// syncSide is one of those that M1 compares: sync gets the whole mailbox into
// an empty folder, and fails the test when a letter is missing afterwards.
type syncSide struct {
	name string
	sync func(dir string) cost
}

func mbsyncSides(t *testing.T, server *imaptest.Dovecot, n int) []syncSide {
	t.Helper()
	mbsync := func(dir, fsync string) cost {
		c := runMbsync(t, server, dir, fsync)
		if got := countFiles(t, dir); got != n {
			t.Fatalf("mbsync fetched %d of %d letters", got, n)
		}
		return c
	}
	sides := []syncSide{
		{"mbsync, as it comes", func(dir string) cost { return mbsync(dir, "yes") }},
		{"mbsync, FSync no", func(dir string) cost { return mbsync(dir, "no") }},
	}
	if mu.missing() {
		return sides
	}
	return append(sides, syncSide{"mbsync, then mu index", func(dir string) cost {
		c := mbsync(dir, "yes")
		return c.then(indexWithMu(t, dir, t.TempDir(), n))
	}})
}

// inEmptyFolder plays one turn and takes its files away.
func inEmptyFolder(t *testing.T, sync func(dir string) cost) cost {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	c := sync(dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return c
}

// childResult is what the child process tells about its sync.
type childResult struct {
	FirstMS  float64 // until the list had its first page
	AllMS    float64 // until everything was stored
	Messages int
}

// syncInChild syncs in a process of its own, so that its memory is its own.
func syncInChild(t *testing.T, server *imaptest.Dovecot, dir string, n int) (cost, childResult) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	result := dir + "/result.json"
	cmd := exec.Command(self, "-test.run=^TestChildSyncs$")
	cmd.Env = append(os.Environ(), "BENCH_CHILD="+dir, "BENCH_RESULT="+result, "BENCH_PORT="+strconv.Itoa(server.Port))
	c := measured(t, cmd)
	data, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var r childResult
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Messages != n {
		t.Fatalf("Postvak stored %d of %d letters", r.Messages, n)
	}
	return c, r
}

// TestChildSyncs is the child: it does what the program does when a mailbox
// is connected for the first time, and ends when all mail is there.
func TestChildSyncs(t *testing.T) {
	dir := os.Getenv("BENCH_CHILD")
	if dir == "" {
		t.Skip("runs in a process that TestM1M2FirstSync starts")
	}
	port, err := strconv.Atoi(os.Getenv("BENCH_PORT"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	db := openCache(t, dir)
	ctx, done := context.WithCancel(t.Context())
	defer done()
	sink := &cacheSink{db: db, began: began, done: done}
	if err := mailboxAt(port).Sync(ctx, sink); !errors.Is(err, context.Canceled) && ctx.Err() == nil {
		t.Fatal(err)
	}
	r := childResult{FirstMS: sink.first, AllMS: float64(time.Since(began).Milliseconds()), Messages: sink.messages}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("BENCH_RESULT"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mailboxAt(port int) *email.Mailbox {
	return email.New(email.Config{
		Channel: inbox.Channel{
			ID: channel, Kind: inbox.Email, Address: specimen.Team,
			Email: inbox.EmailSettings{IMAP: inbox.Server{Host: "127.0.0.1", Port: port, Security: inbox.NoTLS, Username: mailUser}},
		},
		Password: func(context.Context) (string, error) { return imaptest.Password, nil },
	})
}

// cacheSink stores what a sync fetches, as intake does, and watches the list.
type cacheSink struct {
	db       *sqlite.DB
	began    time.Time
	done     context.CancelFunc
	first    float64
	messages int
	stored   func(inbox.Batch) // called after the commit; may be nil
}

func (s *cacheSink) States(ctx context.Context) ([]inbox.FolderState, error) {
	return s.db.FolderStates(ctx, channel)
}

func (s *cacheSink) Known(ctx context.Context, keys []inbox.Key) (map[inbox.Key]bool, error) {
	return s.db.Known(ctx, keys)
}

func (s *cacheSink) Batch(ctx context.Context, b inbox.Batch) error {
	changed, err := s.db.StoreBatch(ctx, b)
	if err != nil {
		return err
	}
	for _, m := range b.Messages {
		if m.Problem != "" {
			return fmt.Errorf("a letter was set aside: %s", m.Problem)
		}
	}
	s.messages += len(b.Messages)
	if s.stored != nil {
		s.stored(b)
	}
	if s.first == 0 && len(changed.Conversations) > 0 {
		page, err := s.db.List(ctx, sqlite.ListQuery{Section: inbox.Unassigned, Limit: 50})
		if err != nil {
			return err
		}
		if len(page.Rows) > 0 {
			s.first = float64(time.Since(s.began).Milliseconds())
		}
	}
	return nil
}

func (s *cacheSink) Listing(ctx context.Context, l inbox.FolderListing) error {
	_, err := s.db.StoreListing(ctx, l)
	return err
}

func (s *cacheSink) Status(st inbox.ChannelStatus) {
	if st.State == inbox.ChannelOK {
		s.done()
	}
}

// fetchHeaders is the bare client of M2: it asks for the headers of all
// letters and throws them away. In milliseconds.
func fetchHeaders(t *testing.T, server *imaptest.Dovecot, n int) float64 {
	t.Helper()
	began := time.Now()
	c := dialBare(t, server.Port)
	defer c.conn.Close()
	got := 0
	for _, folder := range []string{"INBOX", "Sent"} {
		c.do(t, "EXAMINE "+folder)
		for _, line := range c.do(t, "UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])") {
			if strings.HasPrefix(line, "* ") && strings.Contains(line, " FETCH (") {
				got++
			}
		}
	}
	if got != n {
		t.Fatalf("the bare client was given %d of %d headers", got, n)
	}
	return float64(time.Since(began).Milliseconds())
}
