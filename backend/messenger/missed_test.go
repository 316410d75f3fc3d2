package messenger_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

// ofAll says of a row of failures that no other request would fare better: the
// network, the token, or Meta's wish to be left alone.
func ofAll(failure rest.Failure, code inbox.Code, says string) bool {
	if failure == metaserver.NoID { // it answers, and sensibly, but to another question
		return false
	}
	for _, some := range []string{"not Meta as", "in time", "cannot be reached", "asks to wait"} {
		if says == some {
			return true
		}
	}
	return code == inbox.Auth
}

// refused says that Meta has no older messages to list, now or later.
func refused(code inbox.Code) bool { return code == inbox.Invalid || code == inbox.NotFound }

func (r *rig) missed() bool { return strings.Contains(r.sink.state[0].Cursor, `"missed"`) }

// wrote are some messages of one person, a second apart.
func (r *rig) wrote(who string, n int) (ids []string) {
	for i := range n {
		r.clock.Advance(time.Second)
		ids = append(ids, r.server.Deliver(who, "N"+who, "text "+strconv.Itoa(i), nil))
	}
	return ids
}

// One conversation cannot be read as a whole, for good: all others come, and of
// that one what can be read; the rest when it can.
func TestOneConversationFailsForGood(t *testing.T) {
	for _, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			r := open(t)
			r.mustPoll()
			bad := r.wrote("700", 25)
			good := r.wrote("701", 1)
			r.server.Fail("GET /v26.0/t_700/messages", f.failure, -1)
			r.ctx = impatient(t, f.failure)
			err := r.poll(1)
			r.ctx = t.Context()
			if ofAll(f.failure, f.code, f.says) {
				if inbox.CodeOf(err) != f.code {
					t.Errorf("%v", err)
				}
				r.server.Heal()
				r.clock.Advance(f.rests + 2*time.Second)
				r.mustPoll()
				r.all(append(bad, good...))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			bad = append(bad, r.wrote("700", 1)...)
			good = append(good, r.wrote("702", 25)...)
			r.clock.Advance(time.Hour)
			if err := r.poll(3); err != nil {
				t.Fatal(err)
			}
			r.all(append(bad[6:len(bad):len(bad)], good...))
			if r.missed() == refused(f.code) {
				t.Errorf("%s", r.sink.state[0].Cursor)
			}
			if refused(f.code) {
				return
			}
			r.server.Heal()
			r.restart() // also the next day
			r.clock.Advance(time.Hour)
			r.mustPoll()
			r.all(bad)
			if m := r.got(bad[0]); m.Problem == "" || r.missed() {
				t.Errorf("%+v; %s", m, r.sink.state[0].Cursor)
			}
		})
	}
}

// A conversation that fails is asked for ever more seldom, and costs the others
// nothing.
func TestAConversationThatFailsIsAskedForSeldom(t *testing.T) {
	r := open(t)
	r.mustPoll()
	r.wrote("700", 25)
	r.server.Fail("GET /v26.0/t_700/messages", metaserver.GraphError(1, 99), -1)
	r.pace.before = func() { r.clock.Advance(10 * time.Minute) }
	if err := r.poll(6 * 24); err != nil {
		t.Fatal(err)
	}
	if n := r.server.Asked("GET", "/v26.0/t_700/messages"); n < 20 || n > 40 {
		t.Errorf("asked %d times in a day", n)
	}
}

// Where every conversation fails, the fault is none of theirs: nothing is passed
// over.
func TestEveryConversationFails(t *testing.T) {
	r := open(t)
	r.mustPoll()
	var ids []string
	for n := range 60 {
		who := strconv.Itoa(7000 + n)
		ids = append(ids, r.wrote(who, 21)...)
		r.server.Fail("GET /v26.0/t_"+who+"/messages", rest.Broken, -1)
	}
	if err := r.poll(1); inbox.CodeOf(err) != inbox.Unavailable {
		t.Errorf("%v", err)
	}
	r.server.Heal()
	r.mustPoll()
	r.all(ids)
	if r.missed() {
		t.Errorf("%s", r.sink.state[0].Cursor)
	}
}

// One message cannot be read anew, for good: other messages come, and their
// files. It is asked for eight times, and its files come when it can be read.
func TestOneMessageFailsForGood(t *testing.T) {
	for _, f := range failures {
		if ofAll(f.failure, f.code, f.says) {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			r := open(t)
			r.mustPoll()
			r.server.Fail("GET /cdn", rest.Broken, -1)
			bad := r.server.Deliver("700", "Jan", "look", picture("jpeg"))
			r.mustPoll()
			r.server.Heal()
			r.server.Fail("GET /v26.0/"+bad, f.failure, -1)
			r.restart() // where its files are is not known any more
			r.clock.Advance(2 * time.Minute)
			good := r.server.Deliver("701", "Eve", "look", picture("png"))
			if err := r.poll(2); err != nil {
				t.Fatal(err)
			}
			if a := r.got(good).Message.Attachments; len(a) != 1 || string(a[0].Data) != "png" {
				t.Errorf("%+v", a)
			}
			if !refused(f.code) && f.failure != metaserver.NoID {
				r.server.Heal()
				r.clock.Advance(10 * time.Minute)
				r.mustPoll()
				if a := r.got(bad).Message.Attachments; string(a[0].Data) != "jpeg" {
					t.Errorf("%+v", a)
				}
			}
		})
	}
	r := open(t)
	r.server.LoseFiles(true)
	bad := r.server.Deliver("700", "Jan", "look", picture("jpeg"))
	r.server.Fail("GET /v26.0/"+bad, metaserver.GraphError(1, 99), -1)
	r.pace.before = func() { r.clock.Advance(10 * time.Minute) }
	if err := r.poll(40); err != nil {
		t.Fatal(err)
	}
	if a := r.got(bad).Message.Attachments[0]; a.Missing != inbox.MissingGone || r.server.Asked("GET", "/v26.0/"+bad) != 8 {
		t.Errorf("%+v, asked %d times", a, r.server.Asked("GET", "/v26.0/"+bad))
	}
}
