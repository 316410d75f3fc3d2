package email

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"postvak/backend/imap/imaptest"
	"postvak/backend/inbox"

	"pgregory.net/rapid"
)

const secret = "pa$$wörd \"x\""

func wire(text string) inbox.Rendered {
	return inbox.Rendered{MessageID: "m@example.test", From: "ann@example.test", Recipients: []string{"ben@example.test", "carla@example.test"}, Wire: []byte(text)}
}

var small = wire("Subject: x\r\n\r\n.\r\n..two dots\r\nend\r\n")

// TestEveryAnswerAtEveryVerb: 4xx waits, 5xx to this message is final, anything
// else before the last byte waits, and after it is unknown.
func TestEveryAnswerAtEveryVerb(t *testing.T) {
	ends := map[inbox.Outcome]int{}
	for _, verb := range []string{"", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."} {
		for _, answer := range []string{"421 closing", "450-not\r\n450 now", "452 full", "500 what", "530 sign in first", "550 no", "554-never\r\n554 ever",
			"250 fine", "354 more", "199 odd", "600 odd", "rubbish", "", "25", "250\tx", strings.Repeat("x", 1<<20), "250-a\r\n250-b\r\nx"} {
			want := wanted(verb, answer)
			if want == inbox.Accepted {
				continue
			}
			name := fmt.Sprintf("%q at %q", clip(answer, 20), verb)
			s := startScript(t, map[string]string{verb: answer, "HELO": answer}).serve()
			committed := 0
			got := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { committed++; return nil })
			if ends[got.Outcome]++; got.Outcome != want {
				t.Errorf("%s: %+v, want %s", name, got, want)
			}
			if (committed == 1) != (verb == ".") {
				t.Errorf("%s: committed %d times", name, committed)
			}
			if got.Reason == "" || strings.Contains(got.Reason, secret) || len(got.Reason) > 1000 {
				t.Errorf("%s: the reason is %q", name, got.Reason)
			}
			s.Close()
		}
	}
	t.Logf("%d answers at a verb: %d wait, %d final, %d unknown", ends[inbox.Later]+ends[inbox.Refused]+ends[inbox.Unknown],
		ends[inbox.Later], ends[inbox.Refused], ends[inbox.Unknown])
}

// wanted is what an answer means at a verb.
func wanted(verb, answer string) inbox.Outcome {
	fits := map[string]string{"": "2", "EHLO": "250", "AUTH": "235", "MAIL": "250", "RCPT": "250", "DATA": "354", ".": "250"}[verb]
	switch {
	case strings.HasPrefix(answer, "250 ") && fits == "250", strings.HasPrefix(answer, "354") && fits == "354":
		return inbox.Accepted
	case strings.HasPrefix(answer, "4"):
		return inbox.Later
	case strings.HasPrefix(answer, "5") && answer != "530 sign in first" && (verb == "MAIL" || verb == "RCPT" || verb == "DATA" || verb == "."):
		return inbox.Refused
	case answer == "530 sign in first" && verb == ".":
		return inbox.Refused
	case verb == ".":
		return inbox.Unknown
	}
	return inbox.Later
}

// TestCutAtEveryByte hangs up after each possible number of bytes from the
// client: the server has the message only if the whole dot arrived, and only
// then, and around it, the outcome may be unknown.
func TestCutAtEveryByte(t *testing.T) {
	whole := startScript(t, nil).serve()
	total := 0
	if res := whole.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Accepted {
		t.Fatalf("%+v", res)
	}
	for _, line := range whole.lines() {
		if line != "QUIT" {
			total += len(line) + 2
		}
	}
	total += len(dotStuff(small.Wire)) + len(".\r\n")
	for cut := 1; cut <= total; cut++ {
		s := startScript(t, nil)
		s.cutAt = cut
		s.serve()
		committed := false
		res := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { committed = true; return nil })
		arrived := s.count() == 1
		switch {
		case arrived && res.Outcome != inbox.Accepted && res.Outcome != inbox.Unknown:
			t.Errorf("cut at %d of %d: it arrived, and the outcome is %s", cut, total, res.Outcome)
		case !arrived && res.Outcome != inbox.Later && !(committed && res.Outcome == inbox.Unknown):
			t.Errorf("cut at %d of %d: it did not arrive, and the outcome is %s (committed %v)", cut, total, res.Outcome, committed)
		case cut < total-len(dotStuff(small.Wire))-3 && res.Outcome != inbox.Later:
			t.Errorf("cut at %d of %d, before the text: %s", cut, total, res.Outcome)
		}
		s.Close()
	}
	t.Logf("%d cuts", total)
}

func TestLostAnswerIsUnknown(t *testing.T) {
	s := startScript(t, nil)
	s.hangUp = "."
	s.serve()
	if res := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Unknown || s.count() != 1 {
		t.Errorf("%+v, delivered %d", res, s.count())
	}
}

func TestNothingIsHandedOverWithoutCommit(t *testing.T) {
	s := startScript(t, nil).serve()
	res := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { return errors.New("disk full") })
	if res.Outcome != inbox.Later || s.count() != 0 {
		t.Errorf("%+v, delivered %d", res, s.count())
	}
}

// TestStopping: a program that stops does not wait for a silent server, and
// knows what it does not know.
func TestStopping(t *testing.T) {
	for verb, want := range map[string]inbox.Outcome{"EHLO": inbox.Later, "DATA": inbox.Later} {
		s := startScript(t, map[string]string{verb: "250-never ending"}).serve()
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			for !s.has(verb) {
				runtime.Gosched()
			}
			cancel()
		}()
		if res := s.mailbox(secret).Send(ctx, small, inbox.Permit{}, func() error { return nil }); res.Outcome != want {
			t.Errorf("%s: %+v", verb, res)
		}
	}
}

func (s *smtpScript) has(verb string) bool {
	return slices.ContainsFunc(s.lines(), func(line string) bool { return strings.HasPrefix(line, verb) })
}

func TestRefusedRecipientIsNamed(t *testing.T) {
	s := startScript(t, map[string]string{"RCPT": "550 5.1.1 no such user"}).serve()
	res := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { t.Error("committed"); return nil })
	if res.Outcome != inbox.Refused || !strings.Contains(res.Reason, "ben@example.test") || !strings.Contains(res.Reason, "5.1.1 no such user") {
		t.Errorf("%+v", res)
	}
}

func TestHostileAddressesAreNotSaid(t *testing.T) {
	for _, a := range []string{"", "a@b>\r\nRCPT TO:<c@d", "a b@c", "<a@b>"} {
		s := startScript(t, nil).serve()
		r := small
		r.Recipients = []string{a}
		if res := s.mailbox(secret).Send(context.Background(), r, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Refused || s.count() != 0 {
			t.Errorf("%q: %+v", a, res)
		}
	}
}

func TestTooLargeIsSaidBeforehand(t *testing.T) {
	s := startScript(t, nil).serve()
	res := s.mailbox(secret).Send(context.Background(), wire(strings.Repeat("x\r\n", 400_000)), inbox.Permit{}, func() error { return nil })
	if res.Outcome != inbox.Refused || s.has("DATA") {
		t.Errorf("%+v", res)
	}
}

func TestSecretsStayOutOfSentences(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00ann\x00" + secret))
	s := startScript(t, map[string]string{"AUTH": "535 wrong password " + secret + " for ann: AUTH PLAIN " + plain}).serve()
	res := s.mailbox(secret).Send(context.Background(), small, inbox.Permit{}, func() error { return nil })
	if res.Outcome != inbox.Later || strings.Contains(res.Reason, secret) || strings.Contains(res.Reason, plain) || !strings.Contains(res.Reason, "wrong password") {
		t.Errorf("%+v", res)
	}
}

// TestSTARTTLSFailsClosed: without the offer, with a refusal, with words in
// front of the handshake, or with a certificate that nobody knows, neither the
// password nor the message is said.
func TestSTARTTLSFailsClosed(t *testing.T) {
	authority := imaptest.NewAuthority(t)
	pair := authority.Issue(t)
	offer := "250-script\r\n250-STARTTLS\r\n250 AUTH PLAIN"
	for name, answers := range map[string]map[string]string{
		"stripped":            {},
		"refused":             {"EHLO": offer, "STARTTLS": "454 not now"},
		"injected":            {"EHLO": offer, "STARTTLS": "220 go\r\n250-evil\r\n250 AUTH PLAIN"},
		"unknown certificate": {"EHLO": offer, "STARTTLS": "220 go"},
	} {
		s := startScript(t, answers)
		s.pair = &pair
		m := s.serve().mailbox(secret)
		m.cfg.Channel.Email.SMTP.Security = inbox.STARTTLS
		if name != "unknown certificate" {
			m.cfg.Roots = authority.Roots
		}
		res := m.Send(context.Background(), small, inbox.Permit{}, func() error { return nil })
		if res.Outcome != inbox.Later || s.has("AUTH") || s.has("MAIL") || s.count() != 0 {
			t.Errorf("%s: %+v, heard %q", name, res, s.heard)
		}
	}
	s := startScript(t, map[string]string{"EHLO": offer, "STARTTLS": "220 go"})
	s.pair = &pair
	m := s.serve().mailbox(secret)
	m.cfg.Channel.Email.SMTP.Security, m.cfg.Roots = inbox.STARTTLS, authority.Roots
	if res := m.Send(context.Background(), small, inbox.Permit{}, func() error { return nil }); res.Outcome != inbox.Accepted {
		t.Errorf("with everything right: %+v", res)
	}
}

func TestBytesArriveAsTheyWere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{".", "..", "a", "\r\n", "\r\n.\r\n", "é", strings.Repeat("b", 1100)})).Draw(rt, "parts")
		text := strings.Join(parts, "") + "\r\n"
		stuffed := dotStuff([]byte(text))
		var back []byte
		for line := range strings.Lines(string(stuffed)) {
			if line == ".\r\n" {
				rt.Fatalf("%q ends early", stuffed)
			}
			back = append(back, strings.TrimPrefix(line, ".")...)
		}
		if !bytes.Equal(back, []byte(text)) {
			rt.Fatalf("%q became %q", text, back)
		}
	})
}

// TestLoneLineEndsCannotEndTheText: servers that take a lone LF for a line end
// must not see an end, and a second message, where we see text.
func TestLoneLineEndsCannotEndTheText(t *testing.T) {
	for _, text := range []string{"a\n.\nMAIL FROM:<x>", "a\r.\rb", "a\r\n.\nb", "a\n.\r\nb", "\n.\n"} {
		out := string(dotStuff([]byte(text)))
		if strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\r") || strings.Contains("\r\n"+out, "\r\n.\r\n") {
			t.Errorf("%q becomes %q", text, out)
		}
	}
}
