package imap

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// oneTo is 1, 2, … n.
func oneTo(n int) []uint32 {
	var all []uint32
	for i := range n {
		all = append(all, uint32(i+1))
	}
	return all
}

func TestOneBadMessageIsSetAside(t *testing.T) {
	bad := map[string]string{
		"refused":         "$ NO [SERVERBUG] cannot read it\r\n",
		"hangs up":        hangUp,
		"BYE":             "* BYE internal error\r\n" + hangUp,
		"never answers":   silent,
		"garbage":         "* 117 FETCH (UID 117 BODY[] {10}\r\n0123456789 and more of it than was announced\r\nmore\r\n$ OK\r\n",
		"cut short":       "* 117 FETCH (UID 117 BODY[] {1000}\r\nabc" + hangUp,
		"absurd size":     "* 117 FETCH (UID 117 BODY[] {99999999999999}\r\nabc" + silent,
		"no content":      "* 117 FETCH (UID 117 FLAGS () BODY[] NIL)\r\n$ OK done\r\n",
		"too large":       "* 117 FETCH (UID 117 RFC822.SIZE 2000 BODY[] {2000}\r\n" + strings.Repeat("x", 2000) + ")\r\n$ OK done\r\n",
		"an endless line": "* 117 FETCH (UID 117 FLAGS (" + strings.Repeat("flag ", 300_000) + "\r\n$ OK done\r\n",
		"only its flags":  "* 117 FETCH (UID 117 FLAGS (\\Seen))\r\n$ OK done\r\n",
	}
	for name, reply := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t)
			for i := range uint32(400) {
				r.mails[i+1] = mail(i + 1)
			}
			r.answer = func(_ int, v, args string) (string, bool) {
				if v != "UID FETCH" || !inSet(args, 117) || !strings.Contains(args, "BODY") {
					return "", false
				}
				var before strings.Builder
				for uid := uint32(1); uid < 117; uid++ {
					if inSet(args, uid) {
						before.WriteString(r.fetched(int(uid), uid, args))
					}
				}
				if name == "no content" || name == "too large" || name == "only its flags" {
					for uid := uint32(118); uid <= 400; uid++ {
						if inSet(args, uid) {
							before.WriteString(r.fetched(int(uid), uid, args))
						}
					}
				}
				if reply == silent {
					return silent, true
				}
				return before.String() + strings.TrimSuffix(reply, silent), true
			}
			cfg := r.config()
			cfg.Deadline, cfg.MaxMessage = short, 1000
			c := dial(t, cfg)
			if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
				t.Fatal(err)
			}
			got, set, err := check(t, r, c, oneTo(400))
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			if want := slices.DeleteFunc(oneTo(400), func(uid uint32) bool { return uid == 117 }); !slices.Equal(got, want) {
				t.Errorf("got %d messages", len(got))
			}
			if !slices.Equal(set, []uint32{117}) {
				t.Errorf("set aside: %v", set)
			}
			if uids, err := c.UIDs(t.Context(), 1, 0); err != nil || len(uids) != 400 {
				t.Errorf("afterwards: %d, %v", len(uids), err)
			}
		})
	}
}

func TestAServerThatBreaksAtEverythingIsGivenUp(t *testing.T) {
	r := newRobot(t)
	for i := range uint32(400) {
		r.mails[i+1] = mail(i + 1)
	}
	r.answer = func(_ int, v, _ string) (string, bool) { return hangUp, v == "UID FETCH" }
	got, bad, err := check(t, r, inbox(t, r), oneTo(400))
	if wantKind(t, err, KindClosed); len(got) > 0 || len(bad) > 10 {
		t.Errorf("%d fetched, %d set aside", len(got), len(bad))
	}
	if r.connections() > maxRedials+2 {
		t.Errorf("%d connections", r.connections())
	}
}

func TestAnswersInAnyShape(t *testing.T) {
	const m = "From: x@elsewhere.test\r\n\r\nBody )\r\n* 1 EXISTS\r\n"
	lit := fmt.Sprintf("{%d}\r\n%s", len(m), m)
	for name, reply := range map[string]string{
		"usual":                  "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
		"UID last":               "* 1 FETCH (FLAGS (\\Seen) BODY[] " + lit + " UID 1)\r\n",
		"flags last":             "* 1 FETCH (UID 1 BODY[] " + lit + " FLAGS (\\Seen))\r\n",
		"lower case":             "* 1 fetch (uid 1 flags (\\seen) body[] " + lit + ")\r\n",
		"spaces":                 "*  1  FETCH  ( UID  1  FLAGS  ( \\Seen )  BODY[]  " + lit + " )  \r\n",
		"only LF":                strings.ReplaceAll("* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] "+fmt.Sprintf("{%d}\r\n", len(m)), "\r\n", "\n") + m + ")\n",
		"bad flags":              "* 1 FETCH (UID 1 FLAGS (\\Seen a]b \"x\" \\ $Ok {3} ü) BODY[] " + lit + ")\r\n",
		"bad date":               "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"yesterday\" RFC822.SIZE -1 BODY[] " + lit + ")\r\n",
		"no date":                "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE NIL BODY[] " + lit + ")\r\n",
		"Gmail's":                "* 1 FETCH (X-GM-MSGID 12 X-GM-LABELS (\"\\\\Inbox\" {3}\r\na)b \"x y\") UID 1 FLAGS (\\Seen) MODSEQ (77) BODY[] " + lit + ")\r\n",
		"bad envelope":           "* 1 FETCH (ENVELOPE (NIL \"(\\\"\" ((NIL {2}\r\n(( \"x))\"))) BODYSTRUCTURE ((()) \"a\") UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
		"with an origin":         "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[]<0> " + lit + ")\r\n",
		"literal8":               "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] ~" + lit + ")\r\n",
		"LITERAL+":               "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + strings.Replace(lit, "}", "+}", 1) + ")\r\n",
		"another's flags before": "* 1 FETCH (UID 1 FLAGS ())\r\n* 1 FETCH (FLAGS ())\r\n* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
		"twice":                  "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
		"others that nobody asked for": "* 9 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n* 0 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n* 99999999999 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n" +
			"* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
		"rubbish between": "* VANISHED (EARLIER) 5:7\r\n* 3 VANISHED\r\n* XLIST (\\A) \"/\" {3}\r\nabc\r\n\r\n* OK [ALERT\r\n* OK\r\n* \r\n* 4 EXISTS now\r\n* 99999999999 EXISTS\r\n* EXPUNGE\r\n" +
			"* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n* LIST () NIL &&&&\r\n* LSUB () \"/\" x\r\n* STATUS x (MESSAGES)\r\n* ESEARCH (TAG \"x\") UID ALL 1:9\r\n* SEARCH 1 x -5 (MODSEQ 3)\r\n* FLAGS\r\n* BAD [\r\n* NO []\r\n",
		"rubbish in capitals' place": "* Ünknown response\r\n* \x00\x01\x02\r\n* ((((\r\n* 1\r\n* 1 \r\n* QUOTA \"\" (STORAGE 1 2)\r\n* ID NIL\r\n* NAMESPACE NIL NIL NIL\r\n* ENABLED\r\n* THREAD (1)(2)\r\n* ACL x\r\n" +
			"* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] " + lit + ")\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t)
			r.mails = map[uint32]string{1: m}
			r.answer = func(_ int, v, _ string) (string, bool) { return reply + "$ OK done\r\n", v == "UID FETCH" }
			c := inbox(t, r)
			var items []Item
			err := c.Fetch(t.Context(), []uint32{1}, WantBody, func(i Item) error { items = append(items, i); return nil })
			if err != nil || len(items) != 1 || items[0].Err != nil || string(items[0].Raw) != m || !items[0].Flags.Has(Seen) {
				t.Fatalf("%+v, %v", items, err)
			}
			if c.Closed() || r.connections() != 1 {
				t.Error("the connection was lost")
			}
		})
	}
}

func TestShortBodies(t *testing.T) {
	for reply, want := range map[string]string{
		"BODY[] \"\"":                   "",
		"BODY[] {0}\r\n":                "",
		"BODY[] \"a \\\"b\\\" \\\\ c\"": `a "b" \ c`,
	} {
		r := newRobot(t)
		r.answer = func(_ int, v, _ string) (string, bool) {
			return "* 1 FETCH (UID 1 " + reply + " FLAGS ())\r\n$ OK\r\n", v == "UID FETCH"
		}
		r.mails = map[uint32]string{1: want}
		if got, bad, err := check(t, r, inbox(t, r), []uint32{1}); err != nil || len(got) != 1 || len(bad) != 0 {
			t.Errorf("%s: %v %v %v", reply, got, bad, err)
		}
	}
}

func TestDeletedMessagesAreLeftOut(t *testing.T) {
	r := newRobot(t)
	got, bad, err := check(t, r, inbox(t, r), oneTo(10))
	if err != nil || len(got) != 3 || len(bad) != 0 {
		t.Errorf("%v %v %v", got, bad, err)
	}
}

func TestTheCallersErrorEndsAFetch(t *testing.T) {
	r := newRobot(t)
	mine := errors.New("the disk is full")
	c := inbox(t, r)
	n := 0
	err := c.Fetch(t.Context(), oneTo(3), WantBody, func(Item) error { n++; return mine })
	if !errors.Is(err, mine) || n != 1 {
		t.Fatalf("%v after %d", err, n)
	}
	c.Close()
}

func TestASlowCallerIsNotASlowServer(t *testing.T) {
	t.Parallel()
	r := newRobot(t)
	cfg := r.config()
	cfg.Deadline = short
	c := dial(t, cfg)
	if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := c.Fetch(t.Context(), oneTo(3), WantBody, func(Item) error {
		n++
		<-time.After(3 * cfg.Deadline / 2)
		return nil
	}); err != nil || n != 3 {
		t.Fatalf("%v after %d", err, n)
	}
}

func TestAnotherUIDValidityAfterReconnecting(t *testing.T) {
	r := newRobot(t)
	r.answer = func(conn int, v, _ string) (string, bool) {
		if conn == 1 {
			return hangUp, v == "UID FETCH"
		}
		return "* 3 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n$ OK done\r\n", v == "SELECT"
	}
	got, _, err := check(t, r, inbox(t, r), oneTo(3))
	if wantKind(t, err, KindChanged); len(got) > 0 {
		t.Errorf("fetched %v", got)
	}
}

func TestCutAtEveryByte(t *testing.T) {
	const whole = 1500 // bytes, more than the session has
	completed := 0
	for cut := range whole {
		r := newRobot(t)
		r.limit = func(conn int) int {
			if conn == 1 {
				return cut
			}
			return -1
		}
		c, err := Dial(t.Context(), r.config())
		if err == nil {
			if cutSession(t, r, c, cut) {
				completed++
			}
			c.Close()
		} else if k := KindOf(err); k != KindClosed && k != KindBusy && k != KindAuth {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		r.stop()
	}
	t.Logf("%d cuts: %d within the session, %d behind its end", whole, whole-completed, completed)
	if completed == 0 {
		t.Error("no session came to its end: the recorded one is longer than thought")
	}
}

// cutSession is what is cut at every byte. A fetch must survive the cut.
func cutSession(t *testing.T, r *robot, c *Conn, cut int) (completed bool) {
	t.Helper()
	if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
		wantKind(t, err, KindClosed)
		return false
	}
	if uids, err := c.UIDs(t.Context(), 1, 0); err != nil {
		wantKind(t, err, KindClosed)
		return false
	} else if len(uids) != 3 {
		t.Fatalf("cut at %d: UIDs %v", cut, uids)
	}
	got, bad, err := check(t, r, c, oneTo(3))
	if slices.Sort(got); err != nil || !slices.Equal(got, oneTo(3)) || len(bad) > 0 {
		t.Fatalf("cut at %d: fetched %v, set aside %v, %v", cut, got, bad, err)
	}
	flags, err := c.Flags(t.Context(), 1, 0)
	if err != nil {
		wantKind(t, err, KindClosed)
	} else if len(flags) != 3 {
		t.Fatalf("cut at %d: flags %v", cut, flags)
	}
	return err == nil
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	r := newRobot(t)
	c := inbox(t, r)
	waiting := make(chan error)
	go func() { _, err := c.Wait(t.Context(), time.Minute); waiting <- err }()
	for !slices.Contains(r.said(), "IDLE") {
		time.Sleep(time.Millisecond)
	}
	c.Close()
	wantKind(t, <-waiting, KindClosed)
	c.Close()
	_, err := c.Noop(t.Context())
	wantKind(t, err, KindClosed)
	_, _, err = check(t, r, c, oneTo(3)) // must not reconnect
	wantKind(t, err, KindClosed)
	if r.connections() != 1 {
		t.Error("it reconnected after Close")
	}
	stacks := make([]byte, 1<<20)
	if stacks = stacks[:runtime.Stack(stacks, true)]; strings.Contains(string(stacks), "imapclient.(*Client).read(") {
		t.Errorf("the library still reads:\n%s", stacks)
	}
}
