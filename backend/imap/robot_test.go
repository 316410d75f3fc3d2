package imap

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// robot is a scripted server: a small correct one, whose answers a test
// replaces. In an answer $ stands for the command's tag.
type robot struct {
	t    testing.TB
	l    net.Listener
	work sync.WaitGroup
	once sync.Once

	// What a test changes, before it asks for config.
	greeting string
	caps     string
	mails    map[uint32]string
	// answer replaces the answer to a command ("SELECT", "UID FETCH", …) of the
	// n-th connection, from 1. It says false for the usual one.
	answer func(conn int, verb, args string) (string, bool)
	// limit cuts the n-th connection off after so many bytes, when ≥ 0.
	limit func(conn int) int

	mu    sync.Mutex
	conns int
	open  map[net.Conn]bool
	lines []string // what clients said, without tags
}

// short is a deadline that a test waits for, and that nothing reaches which goes
// well, on a busy machine either.
const short = time.Second

const (
	hangUp = "hang up" // an answer that ends the connection
	silent = "silent"  // and one that never comes
)

func newRobot(t testing.TB) *robot {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &robot{
		t: t, l: l, open: map[net.Conn]bool{},
		greeting: "* OK ready\r\n",
		caps:     "IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN SASL-IR LITERAL+",
		mails:    map[uint32]string{1: mail(1), 2: mail(2), 3: mail(3)},
		answer:   func(int, string, string) (string, bool) { return "", false },
		limit:    func(int) int { return -1 },
	}
	t.Cleanup(r.stop)
	return r
}

func mail(uid uint32) string {
	return fmt.Sprintf("From: x@elsewhere.test\r\nSubject: %d\r\n\r\nBody {5}\r\n* 1 EXISTS\r\n) of %d\r\n", uid, uid)
}

func (r *robot) stop() {
	r.l.Close()
	r.mu.Lock()
	for conn := range r.open {
		conn.Close()
	}
	r.mu.Unlock()
	r.work.Wait()
}

// config says how to reach the robot, which answers from now on.
func (r *robot) config() Config {
	r.once.Do(func() { r.work.Go(r.accept) })
	return Config{
		Host: "127.0.0.1", Port: r.l.Addr().(*net.TCPAddr).Port, Security: None,
		Username: "ann", Password: "geheim-\"42\"", Deadline: 20 * time.Second,
	}
}

func (r *robot) accept() {
	for {
		conn, err := r.l.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		r.conns++
		n := r.conns
		r.open[conn] = true
		r.mu.Unlock()
		r.work.Go(func() {
			defer conn.Close()
			r.serve(n, conn)
		})
	}
}

// said gives what clients said, verbs with their arguments.
func (r *robot) said() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}

// connections counts them.
func (r *robot) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns
}

func (r *robot) serve(n int, conn net.Conn) {
	in := bufio.NewReader(conn)
	out := &cutWriter{w: conn, left: r.limit(n)}
	io.WriteString(out, r.greeting)
	for !out.cut {
		tag, verb, args, err := command(in, out)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.lines = append(r.lines, strings.TrimSpace(verb+" "+args))
		r.mu.Unlock()
		reply, ok := r.answer(n, verb, args)
		if !ok {
			reply = r.usual(verb, args)
		}
		for reply == silent {
			if _, err := in.ReadByte(); err != nil {
				return
			}
		}
		if body, end := strings.CutSuffix(reply, hangUp); end {
			io.WriteString(out, strings.ReplaceAll(body, "$", tag))
			return
		}
		io.WriteString(out, strings.ReplaceAll(reply, "$", tag))
		if (verb == "IDLE" || verb == "AUTHENTICATE") && strings.HasPrefix(reply, "+") {
			line, err := in.ReadString('\n') // DONE, or the password
			if err != nil {
				return
			}
			r.mu.Lock()
			r.lines = append(r.lines, strings.TrimSpace(line))
			r.mu.Unlock()
			io.WriteString(out, tag+" OK done\r\n")
		}
	}
}

// cutWriter closes what it writes to in the middle of a byte stream.
type cutWriter struct {
	w    io.WriteCloser
	left int
	cut  bool
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if c.cut {
		return 0, io.ErrClosedPipe
	}
	if c.left < 0 || len(p) <= c.left {
		if c.left >= 0 {
			c.left -= len(p)
		}
		return c.w.Write(p)
	}
	c.w.Write(p[:c.left])
	c.w.Close()
	c.cut = true
	return c.left, io.ErrClosedPipe
}

var announced = regexp.MustCompile(`\{(\d+)(\+?)\}$`)

// command reads one command with its literals.
func command(in *bufio.Reader, out io.Writer) (tag, verb, args string, err error) {
	var all string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", "", "", err
		}
		all += strings.TrimRight(line, "\r\n")
		m := announced.FindStringSubmatch(all)
		if m == nil {
			break
		}
		if m[2] == "" {
			io.WriteString(out, "+ go on\r\n")
		}
		n, _ := strconv.Atoi(m[1])
		content := make([]byte, n)
		if _, err := io.ReadFull(in, content); err != nil {
			return "", "", "", err
		}
		all = strings.TrimSuffix(all, m[0]) + string(content)
	}
	tag, rest, _ := strings.Cut(all, " ")
	verb, args, _ = strings.Cut(rest, " ")
	if verb == "UID" {
		second, rest, _ := strings.Cut(args, " ")
		verb, args = "UID "+second, rest
	}
	return tag, strings.ToUpper(verb), args, nil
}

func (r *robot) usual(verb, args string) string {
	switch verb {
	case "CAPABILITY":
		return "* CAPABILITY " + r.caps + "\r\n$ OK done\r\n"
	case "SELECT", "EXAMINE":
		return fmt.Sprintf("* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 1000] next\r\n$ OK [READ-WRITE] done\r\n", len(r.mails))
	case "IDLE":
		return "+ idling\r\n"
	case "UID SEARCH":
		return "* SEARCH " + strings.Trim(fmt.Sprint(r.uids()), "[]") + "\r\n$ OK done\r\n"
	case "UID FETCH":
		var b strings.Builder
		for i, uid := range r.uids() {
			if inSet(args, uid) {
				b.WriteString(r.fetched(i+1, uid, args))
			}
		}
		return b.String() + "$ OK done\r\n"
	case "LIST":
		return "* LIST (\\HasNoChildren) \"/\" INBOX\r\n$ OK done\r\n"
	case "APPEND":
		return "$ OK [APPENDUID 7 99] done\r\n"
	}
	return "$ OK done\r\n"
}

func (r *robot) uids() []uint32 {
	var uids []uint32
	for uid := range r.mails {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	return uids
}

func (r *robot) fetched(seq int, uid uint32, args string) string {
	if !strings.Contains(args, "BODY") {
		return fmt.Sprintf("* %d FETCH (UID %d FLAGS (\\Seen))\r\n", seq, uid)
	}
	m := r.mails[uid]
	return fmt.Sprintf("* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE \" 3-Mar-2026 04:05:06 +0100\" RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n", seq, uid, len(m), len(m), m)
}

// inSet looks a UID up in a set such as 1:5,7,9:*.
func inSet(args string, uid uint32) bool {
	set, _, _ := strings.Cut(args, " ")
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		a, _ := strconv.Atoi(from)
		b, err := strconv.Atoi(to)
		if !isRange {
			b = a
		} else if err != nil { // a star
			b = 1 << 32
		}
		if int(uid) >= a && int(uid) <= b {
			return true
		}
	}
	return false
}
