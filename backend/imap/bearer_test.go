package imap

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
)

// tokens are a Bearer: its tokens in turn, the next one upon a refusal.
type tokens struct {
	mu      sync.Mutex
	all     []string
	refused []string
	err     error // when none is left
}

func (b *tokens) Access(context.Context) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) == 0 {
		return "", b.err
	}
	return b.all[0], nil
}

func (b *tokens) Refused(access string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused = append(b.refused, access)
	if len(b.all) > 0 && b.all[0] == access && (len(b.all) > 1 || b.err != nil) {
		b.all = b.all[1:]
	}
}

const (
	firstToken  = "ya29.first-token"
	secondToken = "ya29.second-token"
)

func xoauth2Of(access string) string {
	return base64.StdEncoding.EncodeToString([]byte("user=ann\x01auth=Bearer " + access + "\x01\x01"))
}

// bearerRobot takes one token only, and says why not as the big firms do.
func bearerRobot(t *testing.T, good, reply string) *robot {
	r := newRobot(t)
	r.caps = "IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN AUTH=XOAUTH2 SASL-IR"
	r.answer = func(_ int, verb, args string) (string, bool) {
		if verb != "AUTHENTICATE" || strings.HasSuffix(args, xoauth2Of(good)) {
			return "", false
		}
		return reply, true
	}
	return r
}

func bearerConfig(r *robot, b Bearer) Config {
	cfg := r.config()
	cfg.Password, cfg.Bearer = "", b
	return cfg
}

func TestSigningInWithAToken(t *testing.T) {
	r := bearerRobot(t, firstToken, "$ NO no\r\n")
	dial(t, bearerConfig(r, &tokens{all: []string{firstToken}}))
	if !slices.Contains(r.said(), "AUTHENTICATE XOAUTH2 "+xoauth2Of(firstToken)) {
		t.Errorf("it said %q", r.said())
	}
}

func TestATokenThatEndedIsReplacedOnce(t *testing.T) {
	r := bearerRobot(t, secondToken, "$ NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n")
	b := &tokens{all: []string{firstToken, secondToken}}
	dial(t, bearerConfig(r, b))
	if r.connections() != 2 || !slices.Equal(b.refused, []string{firstToken}) {
		t.Errorf("%d connections, refused %q", r.connections(), b.refused)
	}
	b = &tokens{all: []string{"a", "b", "c"}}
	_, err := Dial(t.Context(), bearerConfig(r, b))
	wantKind(t, err, KindToken)
	if r.connections() != 4 {
		t.Errorf("%d connections for two tokens that are no good", r.connections()-2)
	}
}

func TestASignInThatEndedIsTold(t *testing.T) {
	r := bearerRobot(t, "none", "$ NO AUTHENTICATE failed.\r\n")
	ended := errors.New("sign in again")
	if _, err := Dial(t.Context(), bearerConfig(r, &tokens{err: ended})); !errors.Is(err, ended) || r.connections() != 0 {
		t.Errorf("%v, after %d connections", err, r.connections())
	}
	if _, err := Dial(t.Context(), bearerConfig(r, &tokens{all: []string{firstToken}, err: ended})); !errors.Is(err, ended) || r.connections() != 1 {
		t.Errorf("%v, after %d connections", err, r.connections())
	}
}

// The server says why in a challenge, and its NO comes upon an empty line.
func TestTheChallengeOfARefusedToken(t *testing.T) {
	why := base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`))
	for caps, last := range map[string]string{"AUTH=XOAUTH2 SASL-IR": "", "AUTH=OAUTHBEARER SASL-IR": "AQ==", "AUTH=XOAUTH2": xoauth2Of(firstToken)} {
		r := newRobot(t)
		r.caps = "IMAP4rev1 " + caps
		r.answer = func(_ int, verb, _ string) (string, bool) { return "+ " + why + "\r\n", verb == "AUTHENTICATE" }
		dial(t, bearerConfig(r, &tokens{all: []string{firstToken}})) // this robot says OK to any answer
		said := r.said()
		if at := slices.IndexFunc(said, func(s string) bool { return strings.HasPrefix(s, "AUTHENTICATE") }); at < 0 || said[at+1] != last {
			t.Errorf("with %s it said %q", caps, said)
		}
	}
}

func TestATokenIsNotSentWhereNobodyTakesIt(t *testing.T) {
	r := newRobot(t)
	_, err := Dial(t.Context(), bearerConfig(r, &tokens{all: []string{firstToken}}))
	wantKind(t, err, KindToken)
	if strings.Contains(strings.Join(r.said(), " "), "LOGIN") {
		t.Errorf("it said %q", r.said())
	}
}

func TestWhatAServerSaysOfATokenHasNoToken(t *testing.T) {
	for name, reply := range map[string]struct {
		text string
		kind Kind
	}{
		"plainly":  {"$ NO you said " + firstToken + "\r\n", KindToken},
		"in code":  {"$ NO you said " + xoauth2Of(firstToken) + " and " + base64.StdEncoding.EncodeToString([]byte(firstToken)) + "\r\n", KindToken},
		"in a BYE": {"* BYE you said " + xoauth2Of(firstToken) + "\r\n" + hangUp, KindToken},
		"IMAP off": {"$ NO [ALERT] Your account is not enabled for IMAP use\r\n", KindToken},
		"too many": {"$ NO [ALERT] Too many simultaneous connections. (Failure)\r\n", KindBusy},
		"too much": {"$ NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n", KindBusy},
		"Exchange": {"$ NO Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n", KindBusy},
	} {
		t.Run(name, func(t *testing.T) {
			r := bearerRobot(t, "none", reply.text)
			_, err := Dial(t.Context(), bearerConfig(r, &tokens{all: []string{firstToken}}))
			e := wantKind(t, err, reply.kind)
			if text := e.Error() + e.Server; strings.Contains(text, "ya29") || strings.Contains(text, xoauth2Of(firstToken)[:12]) {
				t.Errorf("the token is in %q", text)
			}
		})
	}
}

// Being asked too much is no reason to set messages aside, or to speak of a full
// mailbox.
func TestThrottlingSetsNothingAside(t *testing.T) {
	for _, reply := range []string{
		"$ NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n",
		"$ NO Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n",
		"$ BAD Request is throttled. Suggested Backoff Time: 89117 milliseconds\r\n* BYE Connection closed. 14\r\n" + hangUp,
		"$ NO [THROTTLED] later\r\n",
		"$ BAD User is authenticated but not connected.\r\n",
	} {
		r := newRobot(t)
		r.answer = func(_ int, verb, _ string) (string, bool) { return reply, verb == "UID FETCH" }
		for range 20 { // whether the end of the connection is seen in time is a matter of luck
			c := inbox(t, r)
			got, bad, err := check(t, r, c, []uint32{1, 2, 3})
			if len(got)+len(bad) > 0 || KindOf(err) != KindBusy {
				t.Fatalf("%q: got %v, set aside %v, %v", reply, got, bad, err)
			}
			c.Close()
		}
	}
}
