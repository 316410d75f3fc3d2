package messenger_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/messenger"
	"postvak/backend/sandbox/metaserver"
	"postvak/backend/sandbox/rest"
)

func TestReceive(t *testing.T) {
	r := open(t)
	old := r.server.Deliver("Jan de Vries", "Jan de Vries", "Is the red one there?", nil)
	r.mustPoll()
	f := r.got(old)
	m := f.Message
	if m.Text != "Is the red one there?" || m.Direction != inbox.In || m.From.Name != "Jan de Vries" || m.To[0].Address != r.server.PageID() || !m.At.Equal(noon) {
		t.Fatalf("%+v", m)
	}
	if again, err := chat.Decode(f.Raw); err != nil || again.ID != old || again.Kind != inbox.Messenger {
		t.Errorf("%+v, %v", again, err)
	}
	if r.sink.live[m.Key] {
		t.Error("what was there when the channel was connected is live")
	}
	answered := r.server.Answer("Jan de Vries", "", "Yes, it is.")
	next := r.server.Deliver("Eve", "Eve", "Hello", nil)
	r.mustPoll()
	if out := r.got(answered); out.Message.Direction != inbox.Out || out.State != inbox.StateSent || out.Message.To[0].Address != m.From.Address {
		t.Errorf("%+v", out)
	}
	if !r.sink.live[r.got(next).Message.Key] || !slices.Contains(r.pace.found, next) {
		t.Error("a new message is not live, or not hinted at")
	}
	if s := r.sink.status[len(r.sink.status)-1]; s.State != inbox.ChannelOK {
		t.Errorf("%+v", s)
	}
}

func TestSendText(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	got := r.Send(r.ctx, rendered("700", "Dear Jan — 👍 <b>"), inbox.Permit{}, yes)
	sent := r.server.Sent()
	if got.Outcome != inbox.Accepted || len(sent) != 1 || got.ProviderID != sent[0].ID || sent[0].Text != "Dear Jan — 👍 <b>" || sent[0].Kind != "RESPONSE" || sent[0].Tag != "" {
		t.Fatalf("%+v, %+v", got, sent)
	}
	r.mustPoll()
	if f := r.got(got.ProviderID); f.Message.Text != "Dear Jan — 👍 <b>" || f.State != inbox.StateSent {
		t.Errorf("%+v", f)
	}
}

// ids are the messages that a number of people wrote, each some.
func (r *rig) crowd(people, each int) (ids []string) {
	for n := range people * each {
		r.clock.Advance(time.Second)
		who := strconv.Itoa(7000 + n%people)
		ids = append(ids, r.server.Deliver(who, "N"+who, "text "+strconv.Itoa(n), nil))
	}
	return ids
}

func (r *rig) all(ids []string) {
	r.t.Helper()
	for _, id := range ids {
		if r.got(id).Message.Text == "?" {
			r.t.Errorf("%s is not here", id)
		}
	}
}

// Everything comes, over many pages of conversations and of messages, in
// whatever order and however often lists show it, and never twice.
func TestAllComesOnce(t *testing.T) {
	for name, odd := range map[string][2]bool{"in order": {}, "shuffled": {true, false}, "repeated": {false, true}, "both": {true, true}} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			r.server.SetOdd(odd[0], odd[1])
			ids := r.crowd(60, 15)
			r.mustPoll()
			r.all(ids)
			more := r.crowd(40, 19)
			r.mustPoll()
			r.all(more)
			if n := len(r.sink.stored); n != 60*15+40*19 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// A quiet page costs one call.
func TestAQuietPollIsOneCall(t *testing.T) {
	r := open(t)
	r.crowd(20, 5)
	r.mustPoll()
	before := len(r.server.Requests())
	if err := r.poll(11); err != nil { // the first one of a run also asks whose token it is
		t.Fatal(err)
	}
	if n := len(r.server.Requests()) - before; n > 1+11 {
		t.Errorf("%d calls for 11 polls", n)
	}
	for _, m := range r.pace.quick {
		if m < 30*time.Second {
			t.Errorf("asked again after %v", m)
		}
	}
}

// Of mail before the line nothing is asked for (R36), and what stands before
// the newest twenty of a conversation is not listed at first.
func TestOldConversations(t *testing.T) {
	r := open(t)
	old := r.server.DeliverAt(noon.Add(-40*24*time.Hour), "1", "Old", "old", nil)
	r.clock.Advance(-40 * 24 * time.Hour)
	older := r.server.Deliver("2", "Older", "older", nil)
	r.clock.Advance(40 * 24 * time.Hour)
	for i := range 50 {
		r.server.DeliverAt(noon.Add(time.Duration(i-60)*time.Minute), "3", "Busy", "b"+strconv.Itoa(i), nil)
	}
	r.mustPoll()
	if r.got(older).Message.Text != "?" || len(r.sink.stored) != 1+20 {
		t.Errorf("%d stored: %v", len(r.sink.stored), r.texts())
	}
	_ = old // listed as added just now, whatever its date
	if n := r.server.Asked("GET", "/v26.0/t_"); n != 0 {
		t.Errorf("%d calls behind the newest twenty", n)
	}
}

// What came while this computer was off, and more than the newest twenty of it
// in one conversation: the rest is listed as not available, and opens nothing.
func TestMoreThanTwentyWhileOff(t *testing.T) {
	r := open(t)
	first := r.server.Deliver("700", "Jan", "first", nil)
	r.mustPoll()
	r.clock.Advance(3 * 24 * time.Hour)
	ids := r.crowd(1, 60) // of 7000
	var mine []string
	for i := range 45 {
		r.clock.Advance(time.Minute)
		mine = append(mine, r.server.Deliver("700", "Jan", "m"+strconv.Itoa(i), nil))
	}
	r.mustPoll()
	r.all(append([]string{first}, mine[25:]...))
	for _, id := range append(mine[:25:25], ids[:40]...) {
		f := r.got(id)
		if f.Problem == "" || f.Message.Text != "" || f.Message.Direction != inbox.Out || f.Message.At.IsZero() {
			t.Fatalf("%+v", f)
		}
	}
	before := len(r.sink.stored)
	r.restart()
	r.mustPoll()
	if n := len(r.sink.stored); n != before {
		t.Errorf("%d more", n-before)
	}
}

// What is dated earlier than what is known, and what lists show late, comes.
func TestLateMessages(t *testing.T) {
	r := open(t)
	r.crowd(5, 3)
	r.mustPoll()
	r.server.SetLag(90 * time.Second)
	late := r.server.Deliver("7001", "", "late", nil)
	r.server.SetLag(0)
	r.clock.Advance(30 * time.Second)
	r.crowd(5, 2)
	r.mustPoll()
	r.clock.Advance(2 * time.Minute)
	r.mustPoll()
	r.all([]string{late})
	between := r.server.DeliverAt(r.clock.Now().Add(-2*time.Hour), "7002", "", "between", nil)
	r.mustPoll()
	r.all([]string{between})
}

// Between two sweeps, too, lists may lag, somebody may write more than a list of
// conversations shows, and messages may be dated earlier.
func TestBetweenSweeps(t *testing.T) {
	r := open(t)
	r.crowd(3, 2)
	var want []string
	steps := []func(){
		func() {
			r.server.SetLag(90 * time.Second)
			want = append(want, r.server.Deliver("7001", "", "late", nil))
			r.server.SetLag(0)
			r.clock.Advance(30 * time.Second)
			want = append(want, r.server.Deliver("7002", "", "in time", nil))
		},
		func() { r.clock.Advance(61 * time.Second) },
		func() {
			for i := range 17 {
				r.clock.Advance(time.Second)
				want = append(want, r.server.Deliver("7003", "", "many "+strconv.Itoa(i), nil))
			}
		},
		func() {
			want = append(want, r.server.DeliverAt(r.clock.Now().Add(-time.Hour), "7003", "", "dated earlier", nil), r.server.Deliver("7003", "", "last", nil))
		},
		func() {},
	}
	r.pace.before = func() {
		if len(steps) > 0 {
			steps[0]()
			steps = steps[1:]
		}
	}
	if err := r.poll(6); err != nil {
		t.Fatal(err)
	}
	r.all(append(want[:2:2], want[2:19]...))
	r.all(want[20:])
	if r.got(want[19]).Message.Text != "?" {
		t.Error("what stands behind the newest ten is looked at without a sweep: that costs a call for each conversation")
	}
	r.pace.before = func() { r.clock.Advance(time.Hour) }
	if err := r.poll(2); err != nil { // the sweep of an hour later
		t.Fatal(err)
	}
	r.all(want)
}

// spread are people who wrote once, a while after each other.
func (r *rig) spread(people int) (ids []string) {
	for n := range people {
		r.clock.Advance(10 * time.Minute)
		who := strconv.Itoa(6000 + n)
		ids = append(ids, r.server.Deliver(who, "N"+who, "text", nil))
	}
	return ids
}

// Where a sync ends in the middle, at whatever step, the next one goes on: all
// is there in the end, nothing was fetched twice.
func TestEndedAtEveryStep(t *testing.T) {
	broken := errors.New("the disk is full")
	for step := 1; ; step++ {
		r := open(t)
		ids := r.spread(70)
		n := 0
		r.sink.batch = func() error {
			if n++; n == step {
				return broken
			}
			return nil
		}
		err := r.poll(1)
		if err == nil {
			if step < 4 {
				t.Errorf("only %d steps", step)
			}
			return
		}
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		more := r.crowd(30, 2)
		r.restart()
		r.mustPoll()
		r.all(append(ids, more...))
		if t.Failed() {
			t.Fatalf("ended at step %d", step)
		}
	}
}

// The same where it is the line that ends.
func TestCutAtEveryCall(t *testing.T) {
	for step := 1; ; step++ {
		r := open(t)
		ids := r.crowd(60, 3)
		token, n := r.server.Token(), 0
		r.restart(func(c *messenger.Config) {
			c.Token = func(context.Context) (string, error) {
				if n++; n == step {
					r.server.Fail("", rest.CutJSON, 1)
				}
				return token, nil
			}
		})
		err := r.poll(1)
		if n < step {
			if err != nil || step < 5 {
				t.Errorf("%d calls, %v", n, err)
			}
			return
		}
		if inbox.CodeOf(err) != inbox.Unavailable {
			t.Fatalf("step %d: %v", step, err)
		}
		more := r.crowd(20, 2)
		r.mustPoll()
		r.all(append(ids, more...))
	}
}

// A place that Meta does not know any more is left for the beginning.
func TestAPlaceThatIsGone(t *testing.T) {
	r := open(t)
	ids := r.crowd(70, 2)
	r.sink.state = []inbox.FolderState{{Role: inbox.FolderInbox, Name: "messenger", Cursor: `{"top":"2026-03-02T12:00:00Z","after":"!!"}`}}
	r.mustPoll()
	r.all(ids)
	for _, text := range []string{"{", `{"high":"x"}`, `{"high":"9999-01-01T00:00:00Z","pending":[{"id":""}]}`, `[]`, `{"after":` + strconv.Quote(strings.Repeat("x", 5000)) + `}`} {
		r := open(t)
		ids := r.crowd(3, 2)
		r.sink.state = []inbox.FolderState{{Role: inbox.FolderInbox, Cursor: text}}
		if r.mustPoll(); !strings.Contains(text, "9999") {
			r.all(ids)
		}
	}
}

// A page of another token is refused before anything is read.
func TestAnotherPagesToken(t *testing.T) {
	r := open(t)
	r.server.Deliver("700", "Jan", "Hello", nil)
	r.restart(func(c *messenger.Config) { c.Channel.Address = "999" })
	if err := r.poll(1); inbox.CodeOf(err) != inbox.Forbidden || len(r.sink.stored) != 0 {
		t.Errorf("%v, %d", err, len(r.sink.stored))
	}
}

// The token is taken back while a sync runs: a person has to sign in, nothing is
// lost, and a new token goes on.
func TestTokenTakenBack(t *testing.T) {
	r := open(t)
	ids := r.crowd(60, 2)
	token := r.server.Token()
	n := 0
	r.sink.batch = func() error {
		if n++; n == 1 {
			r.server.Revoke()
		}
		return nil
	}
	r.restart(func(c *messenger.Config) { c.Token = func(context.Context) (string, error) { return token, nil } })
	err := r.poll(1)
	if inbox.CodeOf(err) != inbox.Auth || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "190/460") {
		t.Fatalf("%v", err)
	}
	got := r.Send(r.ctx, rendered("7001", "Hello"), inbox.Permit{}, yes)
	if got.Outcome != inbox.Later || got.Detail != "Meta 190/460" || len(r.server.Sent()) != 0 {
		t.Errorf("%+v", got)
	}
	r.server.Renew("another-token")
	token = "another-token"
	r.mustPoll()
	r.all(ids)
	if got := r.Send(r.ctx, rendered("7001", "Hello"), inbox.Permit{}, yes); got.Outcome != inbox.Accepted {
		t.Errorf("%+v", got)
	}
}

func TestKindsOfContent(t *testing.T) {
	r := open(t)
	sticker := r.server.DeliverSticker("700", "Jan")
	share := r.server.DeliverShare("700", "Jan", "https://shop.example/red")
	nothing := r.server.Deliver("700", "Jan", "", nil)
	picture := r.server.Deliver("700", "Jan", "look", []metaserver.File{
		{Name: "a.jpg", Type: "image/jpeg", Data: []byte("jpeg")}, {Name: "b.pdf", Type: "application/pdf", Data: []byte("pdf")}, {Name: "c.mp4", Type: "video/mp4", Data: []byte("mp4")},
	})
	r.mustPoll()
	if m := r.got(sticker).Message; len(m.Attachments) != 1 || len(m.Attachments[0].Data) == 0 {
		t.Errorf("sticker: %+v", m)
	}
	if m := r.got(share).Message; m.Text != "https://shop.example/red" {
		t.Errorf("share: %+v", m)
	}
	if m := r.got(nothing).Message; len(m.Warnings) != 1 {
		t.Errorf("nothing: %+v", m)
	}
	m := r.got(picture).Message
	if len(m.Attachments) != 3 || string(m.Attachments[0].Data) != "jpeg" || string(m.Attachments[1].Data) != "pdf" || string(m.Attachments[2].Data) != "mp4" || m.Attachments[1].Name != "b.pdf" {
		t.Errorf("picture: %+v", m)
	}
	if r.server.Leaked() {
		t.Error("the token reached the delivery network")
	}
}
