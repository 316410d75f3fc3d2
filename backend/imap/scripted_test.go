package imap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func inbox(t testing.TB, r *robot) *Conn {
	t.Helper()
	c := dial(t, r.config())
	if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
		t.Fatal(err)
	}
	return c
}

// check fetches uids and says which came, and which were set aside.
func check(t testing.TB, r *robot, c *Conn, uids []uint32) (got, bad []uint32, err error) {
	t.Helper()
	err = c.Fetch(t.Context(), uids, WantBody, func(i Item) error {
		if i.Err != nil {
			bad = append(bad, i.UID)
			return nil
		}
		if string(i.Raw) != r.mails[i.UID] {
			t.Errorf("message %d is %q, want %q", i.UID, i.Raw, r.mails[i.UID])
		}
		got = append(got, i.UID)
		return nil
	})
	return got, bad, err
}

func TestStartTLSFailsClosed(t *testing.T) {
	for name, script := range map[string]struct{ greeting, reply string }{
		"stripped":                     {"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n", "$ BAD unknown command\r\n"},
		"refused":                      {"* OK ready\r\n", "$ NO not today\r\n"},
		"injected after OK":            {"* OK ready\r\n", "$ OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"},
		"one byte after OK":            {"* OK ready\r\n", "$ OK begin\r\n*"},
		"signed in before TLS":         {"* PREAUTH welcome back\r\n", "$ OK begin\r\n"},
		"not TLS after OK":             {"* OK ready\r\n", "$ OK begin\r\n" + silent},
		"an endless list of responses": {"* OK ready\r\n", strings.Repeat("* OK and another thing\r\n", 200) + "$ OK begin\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t)
			r.greeting = script.greeting
			r.answer = func(_ int, verb, _ string) (string, bool) {
				if verb != "STARTTLS" {
					return "", false
				}
				return strings.TrimSuffix(script.reply, silent), true
			}
			cfg := r.config()
			cfg.Security, cfg.Deadline = StartTLS, short
			_, err := Dial(t.Context(), cfg)
			if name == "not TLS after OK" {
				if k := KindOf(err); k != KindTLS && k != KindTimeout {
					t.Errorf("got %v", err)
				}
			} else {
				wantKind(t, err, KindTLS)
			}
			for _, line := range r.said() {
				if strings.HasPrefix(line, "LOGIN") || strings.HasPrefix(line, "AUTH") {
					t.Errorf("it said %q without TLS", line)
				}
			}
		})
	}
}

// A line that breaks during the handshake says nothing about the certificate.
func TestALineThatBreaksDuringTheHandshake(t *testing.T) {
	r := newRobot(t)
	r.limit = func(int) int { return 0 } // hangs up with its greeting
	cfg := r.config()
	cfg.Security = TLS
	_, err := Dial(t.Context(), cfg)
	wantKind(t, err, KindClosed)
}

func TestSilenceEndsInTheDeadline(t *testing.T) {
	steps := map[string]func(c *Conn) error{
		"SELECT":     func(c *Conn) error { _, err := c.Select(t.Context(), "INBOX", false); return err },
		"NOOP":       func(c *Conn) error { _, err := c.Noop(t.Context()); return err },
		"STATUS":     func(c *Conn) error { _, err := c.Status(t.Context(), "INBOX"); return err },
		"LIST":       func(c *Conn) error { _, err := c.Folders(t.Context()); return err },
		"UID SEARCH": func(c *Conn) error { _, err := c.UIDs(t.Context(), 1, 0); return err },
		"UID FETCH":  func(c *Conn) error { _, err := c.Flags(t.Context(), 1, 0); return err },
		"IDLE":       func(c *Conn) error { _, err := c.Wait(t.Context(), time.Minute); return err },
		"APPEND": func(c *Conn) error {
			_, err := c.Append(t.Context(), "INBOX", nil, time.Time{}, bytes.Repeat([]byte("x"), 10_000))
			return err
		},
	}
	for verb, step := range steps {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t)
			var on atomic.Bool
			r.answer = func(_ int, v, _ string) (string, bool) { return silent, v == verb && (on.Load() || v != "SELECT") }
			cfg := r.config()
			cfg.Deadline = short
			c := dial(t, cfg)
			if verb != "SELECT" {
				if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
					t.Fatal(err)
				}
			}
			on.Store(true)
			wantKind(t, step(c), KindTimeout)
			if !c.Closed() {
				t.Error("the connection was left open")
			}
		})
	}
	for _, verb := range []string{"the greeting", "CAPABILITY", "AUTHENTICATE"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t)
			if verb == "the greeting" {
				r.greeting = ""
			}
			r.answer = func(_ int, v, _ string) (string, bool) { return silent, v == verb }
			cfg := r.config()
			cfg.Deadline = short
			_, err := Dial(t.Context(), cfg)
			wantKind(t, err, KindTimeout)
		})
	}
}

func TestLeavingWaitsForTheServer(t *testing.T) {
	for name, last := range map[string]string{"hangs up": hangUp, "does not hang up": "", "is silent": silent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t)
			r.answer = func(_ int, v, _ string) (string, bool) {
				if last == silent {
					return silent, v == "LOGOUT"
				}
				return "* BYE see you\r\n$ OK bye\r\n" + last, v == "LOGOUT"
			}
			cfg := r.config()
			if last != hangUp {
				cfg.Deadline = short
			}
			c := dial(t, cfg)
			c.Leave(t.Context())
			if said := r.said(); said[len(said)-1] != "LOGOUT" || !c.Closed() {
				t.Errorf("it said %q; closed: %v", said, c.Closed())
			}
			_, err := c.Noop(t.Context())
			wantKind(t, err, KindClosed)
			c.Leave(t.Context()) // once more does no harm
		})
	}
}

func TestTheContextEndsACommand(t *testing.T) {
	r := newRobot(t)
	r.answer = func(_ int, v, _ string) (string, bool) { return silent, v == "NOOP" }
	c := inbox(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !slices.Contains(r.said(), "NOOP") {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := c.Noop(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	_, err := c.Noop(t.Context())
	wantKind(t, err, KindClosed)
}

func TestRefusalsAtEachVerb(t *testing.T) {
	steps := []struct {
		verb string
		run  func(c *Conn) error
	}{
		{"SELECT", func(c *Conn) error { _, err := c.Select(t.Context(), "INBOX", false); return err }},
		{"NOOP", func(c *Conn) error { _, err := c.Noop(t.Context()); return err }},
		{"STATUS", func(c *Conn) error { _, err := c.Status(t.Context(), "INBOX"); return err }},
		{"CREATE", func(c *Conn) error { return c.Create(t.Context(), "New") }},
		{"LIST", func(c *Conn) error { _, err := c.Folders(t.Context()); return err }},
		{"UID SEARCH", func(c *Conn) error { _, err := c.UIDs(t.Context(), 1, 0); return err }},
		{"UID FETCH", func(c *Conn) error { _, err := c.Flags(t.Context(), 1, 0); return err }},
		{"APPEND", func(c *Conn) error {
			_, err := c.Append(t.Context(), "INBOX", nil, time.Time{}, []byte("x"))
			return err
		}},
	}
	replies := []struct {
		reply string
		kind  Kind
	}{
		{"$ NO computer says no\r\n", KindNo},
		{"$ BAD what was that\r\n", KindNo},
		{"$ NO [UNAVAILABLE] later\r\n", KindBusy},
		{"* BYE going down\r\n" + hangUp, KindClosed},
		{hangUp, KindClosed},
		{"$ PERHAPS\r\n", KindProtocol},
		{"T999 OK whose\r\n", KindProtocol},
		{"HTTP/1.1 400 Bad Request\r\n", KindProtocol},
	}
	for _, step := range steps {
		for _, reply := range replies {
			t.Run(step.verb+" "+strings.TrimSpace(reply.reply), func(t *testing.T) {
				r := newRobot(t)
				var ready atomic.Bool
				r.answer = func(_ int, v, _ string) (string, bool) {
					return reply.reply, v == step.verb && (ready.Load() || v != "SELECT")
				}
				c := dial(t, r.config())
				if step.verb != "SELECT" {
					if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
						t.Fatal(err)
					}
				}
				ready.Store(true)
				e := wantKind(t, step.run(c), reply.kind)
				if reply.kind == KindClosed && strings.Contains(reply.reply, "BYE") && e.Server != "going down" {
					t.Errorf("the farewell is lost: %v", e)
				}
				if alive := reply.kind == KindNo || reply.kind == KindBusy; alive == c.Closed() {
					t.Errorf("closed: %v", c.Closed())
				}
			})
		}
	}
}

// The library sends a CAPABILITY of its own whenever it likes, also after it
// has hung up over a line it cannot read.
func TestAWriteAfterTheLibraryHungUpIsNotTheReason(t *testing.T) {
	r := newRobot(t)
	s := inbox(t, r).active.Load()
	s.Close()
	if _, err := s.Write([]byte("T9 CAPABILITY\r\n")); err == nil {
		t.Fatal("it can still write")
	}
	wantKind(t, s.explain(t.Context(), errors.New("cannot read tag")), KindProtocol)
}

func TestSigningInIsRefused(t *testing.T) {
	for name, s := range map[string]struct {
		caps, greeting, reply string
		kind                  Kind
	}{
		"plainly":            {reply: "$ NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", kind: KindAuth},
		"without a code":     {reply: "$ NO login failed\r\n", kind: KindAuth},
		"by BAD":             {reply: "$ BAD login failed\r\n", kind: KindAuth},
		"with the password":  {reply: "$ NO you said geheim-\"42\" and geheim-\\\"42\\\" and AGFubgBnZWhlaW0tIjQyIg==\r\n", kind: KindAuth},
		"IMAP is off":        {reply: "$ NO [ALERT] Your account is not enabled for IMAP use. Please visit the settings\r\n", kind: KindDisabled},
		"passwords are off":  {reply: "$ NO LOGIN failed: BasicAuthBlocked\r\n", kind: KindDisabled},
		"LOGINDISABLED":      {caps: "IMAP4rev1 LOGINDISABLED STARTTLS", kind: KindDisabled},
		"too many":           {reply: "$ NO [ALERT] Too many simultaneous connections\r\n", kind: KindBusy},
		"temporarily":        {reply: "$ NO [UNAVAILABLE] Temporary authentication failure\r\n", kind: KindBusy},
		"BYE for a greeting": {greeting: "* BYE overloaded\r\n", kind: KindBusy},
		"BYE":                {reply: "* BYE Autologout; too many failures\r\n" + hangUp, kind: KindBusy},
		"hangs up":           {reply: hangUp, kind: KindClosed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t)
			if s.caps != "" {
				r.caps = s.caps
			}
			if s.greeting != "" {
				r.greeting = s.greeting
			}
			r.answer = func(_ int, v, _ string) (string, bool) {
				return s.reply, v == "AUTHENTICATE" || v == "LOGIN"
			}
			_, err := Dial(t.Context(), r.config())
			e := wantKind(t, err, s.kind)
			for _, secret := range []string{"geheim", "42", "AGFubg"} {
				if strings.Contains(e.Error()+e.Server+fmt.Sprintf("%+v", e.Err), secret) {
					t.Errorf("the password is in %+v", e)
				}
			}
			if s.caps != "" && strings.Contains(strings.Join(r.said(), "\n"), "LOGIN ") {
				t.Error("it sent the password all the same")
			}
		})
	}
}

func TestWaysToSignIn(t *testing.T) {
	for caps, want := range map[string]string{
		"IMAP4rev1 AUTH=PLAIN SASL-IR":               "AUTHENTICATE PLAIN AGFubgBnZWhlaW0tIjQyIg==",
		"IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED": "AUTHENTICATE PLAIN AGFubgBnZWhlaW0tIjQyIg==",
		"IMAP4rev1":                          `LOGIN "ann" "geheim-\"42\""`,
		"IMAP4rev1 AUTH=LOGIN AUTH=CRAM-MD5": `LOGIN "ann" "geheim-\"42\""`,
	} {
		r := newRobot(t)
		r.caps = caps
		c := dial(t, r.config())
		if !slices.Contains(r.said(), want) {
			t.Errorf("with %s it said %q", caps, r.said())
		}
		if c.Has("IDLE") {
			t.Error("it believes in IDLE")
		}
	}
	t.Run("PLAIN offered and unknown", func(t *testing.T) {
		r := newRobot(t)
		r.answer = func(_ int, v, _ string) (string, bool) { return "$ BAD unknown mechanism\r\n", v == "AUTHENTICATE" }
		dial(t, r.config())
	})
	t.Run("PLAIN with a challenge first", func(t *testing.T) {
		r := newRobot(t)
		r.caps = "IMAP4rev1 AUTH=PLAIN"
		r.answer = func(_ int, v, _ string) (string, bool) { return "+ say it\r\n", v == "AUTHENTICATE" }
		dial(t, r.config())
		if !slices.Contains(r.said(), "AGFubgBnZWhlaW0tIjQyIg==") {
			t.Errorf("said %q", r.said())
		}
	})
	t.Run("capabilities change afterwards", func(t *testing.T) {
		r := newRobot(t)
		in := false
		r.answer = func(_ int, v, _ string) (string, bool) {
			switch {
			case v == "LOGIN":
				in = true
			case v == "CAPABILITY" && !in:
				return "* CAPABILITY IMAP4rev1\r\n$ OK\r\n", true
			}
			return "", false
		}
		if c := dial(t, r.config()); !c.Has("IDLE") || !c.Has("UIDPLUS") {
			t.Error("it did not ask again")
		}
	})
}

func TestNoUIDValidityNorNext(t *testing.T) {
	for name, reply := range map[string]string{
		"absent":   "* 3 EXISTS\r\n$ OK done\r\n",
		"nonsense": "* 3 EXISTS\r\n* OK [UIDVALIDITY abc] x\r\n* OK [UIDNEXT] x\r\n* OK [UIDNEXT 99999999999] x\r\n* OK [UIDVALIDITY 0] x\r\n* OK [PERMANENTFLAGS (\\Seen odd]flag \\*)] x\r\n$ OK [READ-WRITE\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t)
			r.answer = func(_ int, v, _ string) (string, bool) { return reply, v == "SELECT" }
			c := dial(t, r.config())
			m, err := c.Select(t.Context(), "INBOX", false)
			if want := (Mailbox{Name: "INBOX", Exists: 3}); err != nil || m != want {
				t.Errorf("%+v, %v", m, err)
			}
			if got, _, err := check(t, r, c, []uint32{1, 2, 3}); err != nil || len(got) != 3 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestWaitWithoutIdle(t *testing.T) {
	for name, setup := range map[string]func(r *robot){
		"not offered": func(r *robot) { r.caps = "IMAP4rev1" },
		"refused":     func(r *robot) {},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRobot(t)
			setup(r)
			noops := 0
			r.answer = func(_ int, v, _ string) (string, bool) {
				switch v {
				case "IDLE":
					return "$ BAD what is that\r\n", true
				case "NOOP":
					if noops++; noops == 2 {
						return "* 4 EXISTS\r\n$ OK\r\n", true
					}
				}
				return "", false
			}
			c := inbox(t, r)
			for _, want := range []Event{EventQuiet, EventNews, EventQuiet} {
				if event, err := c.Wait(t.Context(), time.Millisecond); event != want || err != nil {
					t.Fatalf("got %v, %v; want %v", event, err, want)
				}
			}
			idles := 0
			for _, line := range r.said() {
				if line == "IDLE" {
					idles++
				}
			}
			if idles > 1 {
				t.Errorf("tried IDLE %d times", idles)
			}
		})
	}
}

func TestIdleIsRenewed(t *testing.T) {
	t.Parallel()
	r := newRobot(t)
	c := inbox(t, r)
	c.renewal = time.Millisecond
	if event, err := c.Wait(t.Context(), short); event != EventQuiet || err != nil {
		t.Fatal(event, err)
	}
	idles := 0
	for _, line := range r.said() {
		if line == "IDLE" {
			idles++
		}
	}
	if idles < 3 {
		t.Errorf("IDLE %d times", idles)
	}
}

func TestIdleNews(t *testing.T) {
	for name, line := range map[string]string{
		"new mail": "* 4 EXISTS\r\n", "expunged": "* 1 EXPUNGE\r\n", "flags": "* 1 FETCH (FLAGS (\\Seen))\r\n",
		"flags after rubbish": "* OK still here\r\n* 3 RECENT\r\n* XYZ {3}\r\nabc\r\n* 1 FETCH (UID 1 FLAGS (a]b \\Seen))\r\n",
	} {
		r := newRobot(t)
		r.answer = func(_ int, v, _ string) (string, bool) { return "+ idling\r\n" + line, v == "IDLE" }
		c := inbox(t, r)
		if event, err := c.Wait(t.Context(), time.Minute); event != EventNews || err != nil {
			t.Errorf("%s: %v, %v", name, event, err)
		}
	}
}

func TestMailRightBehindSelectIsNews(t *testing.T) {
	r := newRobot(t)
	r.answer = func(_ int, v, _ string) (string, bool) {
		return r.usual(v, "") + "* 4 EXISTS\r\n", v == "SELECT"
	}
	c := inbox(t, r)
	if event, err := c.Wait(t.Context(), time.Minute); event != EventNews || err != nil {
		t.Errorf("%v, %v", event, err)
	}
}
