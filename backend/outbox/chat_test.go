package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/inbox"

	"pgregory.net/rapid"
)

const endedText = "The reply window ended."

// held is a message as a provider of chat lists it: under an id of its own.
type held struct{ id, to, body, own string }

func newChat(script ...act) *world {
	w := newWorld(script...)
	w.chat = true
	return w
}

// hold gives a message its place in the provider's list.
func (w *world) hold(r inbox.Rendered) string {
	if !w.chat {
		return ""
	}
	id := fmt.Sprintf("SM%d", len(w.list)+1)
	w.list = append(w.list, held{id, r.Recipients[0], string(r.Wire), r.MessageID})
	return id
}

// listed looks for a message by what it says: the provider knows no id of ours.
func (w *world) listed(s inbox.Sought) (inbox.Found, error) {
	for _, h := range w.list {
		if h.to != s.Rendered.Recipients[0] || h.body != string(s.Rendered.Wire) {
			continue
		}
		taken, err := s.Taken(ctx, []string{h.id})
		if err != nil {
			return inbox.Found{}, err
		}
		if !taken[h.id] {
			return inbox.Found{There: true, ProviderID: h.id}, nil
		}
	}
	return inbox.Found{}, nil
}

func (w *world) taken(_ context.Context, o inbox.Outgoing, ids []string) (map[string]inbox.Holder, error) {
	all := map[string]inbox.Holder{}
	for _, id := range ids {
		if w.claimed[id] {
			all[id] = inbox.HeldByClaim
		}
	}
	for _, row := range w.rows {
		if row.Key != w.name(o.Key) && slices.Contains(ids, row.ProviderID) {
			all[row.ProviderID] = inbox.HeldHere
		}
	}
	return all, nil
}

func (w *world) over() bool { return !w.ends.IsZero() && !w.Now().Before(w.ends) }

// permit is the rules: free until the window ends.
func (w *world) permit(_ context.Context, _ inbox.Outgoing, now time.Time) (inbox.Permit, error) {
	if !w.ends.IsZero() && !now.Before(w.ends) {
		return inbox.Permit{Refused: endedText}, nil
	}
	return inbox.Permit{Until: w.ends}, nil
}

// line is one message of a chat, to one of two people.
func line(n int, to, body string) (inbox.Outgoing, inbox.Rendered) {
	id := fmt.Sprintf("own%d", n)
	m := inbox.Outgoing{Key: inbox.ChatKey("c", id), Channel: "c", MessageID: id, State: inbox.OutQueued, Queued: start.Add(time.Duration(n) * time.Second)}
	return m, inbox.Rendered{MessageID: id, From: "we", Recipients: []string{to}, Wire: []byte(body)}
}

func (w *world) put(n int, to, body string) inbox.Key {
	m, r := line(n, to, body)
	w.rows[m.Key], w.bytes[m.Key] = m, r
	return m.Key
}

func (w *world) row(key inbox.Key) inbox.Outgoing { return w.rows[w.name(key)] }

// live lets everything happen through all kills; each falls so many moments
// after the one before.
func (w *world) live(kills ...int) error {
	for i := 0; ; i++ {
		w.killAt = -1
		if i < len(kills) {
			w.killAt = w.steps + kills[i]
		}
		var err error
		if life(func() { err = w.settle(w.process(), "c") }) {
			return err
		}
	}
}

// fair checks what must hold of chat messages however they fared (R29, R34).
func (w *world) fair() error {
	owner, queued, there := map[string]inbox.Key{}, map[string]int{}, map[string]int{}
	for _, h := range w.list {
		there[h.to+h.body]++
	}
	for key, m := range w.rows {
		r := w.bytes[key]
		queued[r.Recipients[0]+string(r.Wire)] += 1 + w.retried[m.MessageID]
		if err := w.verdict(m); err != nil && !(strings.Contains(err.Error(), "delivered 0 times") && m.ProviderID != "") {
			return fmt.Errorf("%s: %w", m.MessageID, err)
		}
		if m.ProviderID == "" {
			if m.State == inbox.OutFiled {
				return fmt.Errorf("%s is filed, and nobody knows as what", m.MessageID)
			}
			continue
		}
		at := slices.IndexFunc(w.list, func(h held) bool { return h.id == m.ProviderID })
		if at < 0 || w.list[at].to != r.Recipients[0] || w.list[at].body != string(r.Wire) {
			return fmt.Errorf("%s passes for %s, which is another", m.MessageID, m.ProviderID)
		}
		if owner[m.ProviderID] != "" {
			return fmt.Errorf("two messages pass for %s", m.ProviderID)
		}
		if owner[m.ProviderID] = key; w.toldAs[m.Key] != m.ProviderID {
			return fmt.Errorf("%s was told as %q, not as %s", m.MessageID, w.toldAs[key], m.ProviderID)
		}
	}
	for what, n := range there {
		if n > queued[what] {
			return fmt.Errorf("%q was queued %d times and sent %d times", what, queued[what], n)
		}
	}
	if w.overdue > 0 {
		return fmt.Errorf("R29: %d were sent late", w.overdue)
	}
	return w.inOrder()
}

// inOrder leaves out what a person had sent again, later than others.
func (w *world) inOrder() error {
	last := map[string]time.Time{}
	for _, h := range w.list {
		if _, ok := w.retried[h.own]; ok {
			continue
		}
		at := w.row(inbox.ChatKey("c", h.own)).Queued
		if at.Before(last[h.to]) {
			return fmt.Errorf("%s overtook another", h.own)
		}
		last[h.to] = at
	}
	return nil
}

// TestR29NothingIsSentLate has the window end at every stage of a message.
func TestR29NothingIsSentLate(t *testing.T) {
	soon := start.Add(10 * time.Second)
	for _, c := range []struct {
		name   string
		script []act
		play   func(w *world, o *Outbox)
		set    func(w *world)
		want   inbox.OutgoingState
		reason string
		sent   int
	}{
		{name: "while queued", play: func(w *world, _ *Outbox) { w.clock.Advance(time.Minute) }, want: inbox.OutAsk, reason: endedText},
		{name: "at the moment itself", play: func(w *world, _ *Outbox) { w.clock.Advance(10 * time.Second) }, want: inbox.OutAsk, reason: endedText},
		{name: "not yet", play: func(w *world, _ *Outbox) { w.clock.Advance(10*time.Second - 1) }, want: inbox.OutFiled, sent: 1},
		{name: "while waiting after later", script: []act{later}, want: inbox.OutAsk, reason: endedText},
		{name: "while waiting after later at the dot", script: []act{laterAtDot}, want: inbox.OutAsk, reason: endedText},
		{name: "while the provider wants to be left alone", script: []act{later}, set: func(w *world) { w.after = time.Minute }, want: inbox.OutAsk, reason: endedText},
		{name: "while offline", play: func(w *world, o *Outbox) {
			o.SetOffline(true)
			o.stepSend(ctx, "c")
			w.clock.Advance(time.Hour)
			o.SetOffline(false)
		}, want: inbox.OutAsk, reason: endedText},
		{name: "while a file goes up", set: func(w *world) { w.slow = time.Minute }, want: inbox.OutAsk, reason: endedText},
		{name: "by the provider's clock, which is ahead", set: func(w *world) { w.skew = time.Minute }, want: inbox.OutAsk, reason: endedText},
		{name: "by our clock only, which is ahead", set: func(w *world) { w.skew = -time.Hour },
			play: func(w *world, _ *Outbox) { w.clock.Advance(time.Minute) }, want: inbox.OutFiled, sent: 1},
		{name: "while unknown, and it is there", script: []act{lostAfter}, set: func(w *world) { w.late = 2 }, want: inbox.OutFiled, sent: 1},
		{name: "while unknown, and it is not there", script: []act{lostBefore}, want: inbox.OutAsk, reason: overChat},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newChat(c.script...)
			w.ends = soon
			if c.set != nil {
				c.set(w)
			}
			key := w.put(0, "els", "hi")
			o := w.process()
			if c.play != nil {
				c.play(w, o)
			}
			if err := w.settle(o, "c"); err != nil {
				t.Fatal(err)
			}
			m := w.row(key)
			if m.State != c.want || m.Reason != c.reason || len(w.list) != c.sent {
				t.Errorf("%s %q, sent %d times", m.State, m.Reason, len(w.list))
			}
			if err := w.fair(); err != nil {
				t.Error(err)
			}
			if late := w.script; len(late) > 0 {
				t.Errorf("%v did not happen", late)
			}
		})
	}
}

// TestRetryAfterTheWindow: a person's word does not send late either, and what
// is in doubt is looked up first.
func TestRetryAfterTheWindow(t *testing.T) {
	for _, a := range []act{lostBefore, lostAfter, later} {
		t.Run(string(a), func(t *testing.T) {
			w := newChat(a)
			w.ends, w.late = start.Add(10*time.Second), 4
			key := w.put(0, "els", "hi")
			o := w.process()
			if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk {
				t.Fatal(w.row(key).State, err)
			}
			looks := w.asked
			if a == later {
				w.late = 0
			}
			if err := o.Retry(ctx, key); err != nil {
				t.Fatal(err)
			}
			if err := w.settle(o, "c"); err != nil {
				t.Fatal(err)
			}
			want := inbox.OutAsk
			if a == lostAfter {
				want = inbox.OutFiled
			}
			if m := w.row(key); m.State != want || w.asked == looks && a != later {
				t.Errorf("%s %q after %d looks", m.State, m.Reason, w.asked-looks)
			}
			if err := w.fair(); err != nil {
				t.Error(err)
			}
			if a == lostAfter {
				return
			}
			w.ends = w.clock.Now().Add(24 * time.Hour) // the contact wrote again
			if err := o.Retry(ctx, key); err != nil {
				t.Fatal(err)
			}
			if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || len(w.list) != 1 {
				t.Errorf("in a new window it is %s, sent %d times: %v", w.row(key).State, len(w.list), err)
			}
		})
	}
}

// TestAnOutlivedMessageCanBeTakenBack: nothing of it went out, so it may become
// a draft again, or a template.
func TestAnOutlivedMessageCanBeTakenBack(t *testing.T) {
	w := newChat()
	w.ends = start
	key := w.put(0, "els", "hi")
	o := w.process()
	if err := w.settle(o, "c"); err != nil {
		t.Fatal(err)
	}
	if err := o.Cancel(key, w.drop(key)); err != nil || len(w.rows) != 0 || len(o.List()) != 0 || w.attempts != 0 {
		t.Errorf("%v, %d rows, %d attempts", err, len(w.rows), w.attempts)
	}
}

// TestAnOutlivedMessageInDoubtHasWaysOut: of what may have gone out, and may not
// go any more, a person can look again, say that it was sent, or give it up.
func TestAnOutlivedMessageInDoubtHasWaysOut(t *testing.T) {
	for way, decide := range map[string]func(*world, *Outbox, inbox.Key) (gone bool, err error){
		"look again": func(w *world, o *Outbox, key inbox.Key) (bool, error) { return false, o.Retry(ctx, key) },
		"was sent":   func(_ *world, o *Outbox, key inbox.Key) (bool, error) { return true, o.MarkSent(ctx, key) },
		"give up":    func(w *world, o *Outbox, key inbox.Key) (bool, error) { return true, o.GiveUp(key, w.drop(key)) },
	} {
		t.Run(way, func(t *testing.T) {
			w := newChat(lostBefore)
			w.ends = start.Add(10 * time.Second)
			key := w.put(0, "els", "hi")
			o := w.process()
			if err := w.settle(o, "c"); err != nil || w.row(key).Doubt == 0 || w.row(key).Reason != overChat {
				t.Fatal(w.row(key), err)
			}
			if err := o.Cancel(key, w.drop(key)); inbox.CodeOf(err) != inbox.Conflict {
				t.Error("what may have been sent is taken back as if it had not:", err)
			}
			looks := w.asked
			gone, err := decide(w, o, key)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.settle(o, "c"); err != nil {
				t.Fatal(err)
			}
			if gone != (len(o.List()) == 0) || way == "look again" && (w.asked == looks || w.row(key).Reason != overChat) {
				t.Errorf("%d looks, then %+v", w.asked-looks, o.List())
			}
			if len(w.list) != 0 {
				t.Errorf("it went out %d times", len(w.list))
			}
		})
	}
}

// TestOnlyWhatAsksIsGivenUp: what is on its way stays.
func TestOnlyWhatAsksIsGivenUp(t *testing.T) {
	w := newChat(lostBefore)
	w.late = 4
	key := w.put(0, "els", "hi")
	o := w.process()
	o.stepSend(ctx, "c")
	if w.row(key).State != inbox.OutUnknown {
		t.Fatal(w.row(key))
	}
	if err := o.GiveUp(key, w.drop(key)); inbox.CodeOf(err) != inbox.Conflict || len(w.rows) != 1 {
		t.Error(err)
	}
}

// TestWhatComesTooLateIsKnownAtOnce, not only at the next attempt.
func TestWhatComesTooLateIsKnownAtOnce(t *testing.T) {
	w := newChat()
	w.slow, w.ends = time.Minute, start.Add(10*time.Second)
	key := w.put(0, "els", "hi")
	w.process().stepSend(ctx, "c")
	if m := w.row(key); m.State != inbox.OutAsk || m.Reason != endedText || m.Doubt > 0 {
		t.Errorf("%+v", m)
	}
}

// TestAWindowThatTurnsIsTriedAnew: what may go in another way now than was
// permitted waits for the next attempt, which asks again.
func TestAWindowThatTurnsIsTriedAnew(t *testing.T) {
	w := newChat()
	w.slow = time.Minute
	key := w.put(0, "els", "hi")
	o := w.process()
	var asked []time.Time
	o.cfg.Permit = func(_ context.Context, _ inbox.Outgoing, now time.Time) (inbox.Permit, error) {
		asked = append(asked, now)
		if now.Before(start.Add(30 * time.Second)) {
			return inbox.Permit{Until: start.Add(30 * time.Second)}, nil
		}
		return inbox.Permit{HumanAgent: true}, nil
	}
	if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || len(w.list) != 1 || len(asked) != 3 {
		t.Errorf("%s, sent %d times, asked at %v: %v", w.row(key).State, len(w.list), asked, err)
	}
}

// TestARuleThatCannotBeAskedWaits: no answer is no permit.
func TestARuleThatCannotBeAskedWaits(t *testing.T) {
	w := newChat()
	key := w.put(0, "els", "hi")
	o := w.process()
	fails := 3
	o.cfg.Permit = func(context.Context, inbox.Outgoing, time.Time) (inbox.Permit, error) {
		if fails--; fails >= 0 {
			return inbox.Permit{}, inbox.Errorf(inbox.Internal, "The disk is slow.")
		}
		return inbox.Permit{}, nil
	}
	o.stepSend(ctx, "c")
	if m := w.row(key); m.State != inbox.OutQueued || m.Reason != "The disk is slow." || w.attempts != 0 {
		t.Fatalf("%+v, %d attempts", m, w.attempts)
	}
	if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || w.attempts != 1 {
		t.Errorf("%s after %d attempts: %v", w.row(key).State, w.attempts, err)
	}
}

// TestChatKilledAnywhere kills the process at every moment in the life of two
// messages with the same words to the same person, in every outcome of the
// first, with the window open and ending.
func TestChatKilledAnywhere(t *testing.T) {
	kills := 0
	for _, a := range acts {
		for _, ends := range []time.Duration{0, 20 * time.Second, 3 * time.Minute} {
			world := func() *world {
				w := newChat(a)
				if ends > 0 {
					w.ends = start.Add(ends)
				}
				w.put(0, "els", "ok")
				w.put(1, "els", "ok")
				return w
			}
			whole := world()
			if err := whole.live(); err != nil {
				t.Fatal(err)
			}
			for k := 1; k <= whole.steps; k++ {
				w := world()
				if err := w.live(k); err != nil {
					t.Fatal(err)
				}
				kills++
				if err := w.fair(); err != nil {
					t.Errorf("%s, window of %v, killed at %d of %d: %v", a, ends, k, whole.steps, err)
				}
			}
		}
	}
	t.Logf("%d kills", kills)
}

// drawChat is any world of chats, and drawKills when it kills the process.
func drawChat(rt *rapid.T) *world {
	w := newChat(rapid.SliceOfN(rapid.SampledFrom(acts), 0, 8).Draw(rt, "script")...)
	w.late = rapid.IntRange(0, 3).Draw(rt, "late") // a list that hides longer what it has, is not to be trusted
	w.deaf = rapid.IntRange(0, 5).Draw(rt, "deaf")
	w.skew = time.Duration(rapid.IntRange(-90, 90).Draw(rt, "skew")) * time.Minute
	w.slow = time.Duration(rapid.IntRange(0, 20).Draw(rt, "slow")) * time.Second
	w.after = time.Duration(rapid.SampledFrom([]int{0, 0, 1, 40, 99999}).Draw(rt, "after")) * time.Second
	if rapid.Bool().Draw(rt, "ends") {
		w.ends = start.Add(w.skew + time.Duration(rapid.IntRange(0, 400).Draw(rt, "seconds"))*time.Second)
	}
	for i := range rapid.IntRange(1, 5).Draw(rt, "messages") {
		to := rapid.SampledFrom([]string{"els", "piet"}).Draw(rt, "to")
		w.put(i, to, rapid.SampledFrom([]string{"ok", "ok", "no"}).Draw(rt, "body"))
	}
	return w
}

func drawKills(rt *rapid.T) []int {
	return rapid.SliceOfN(rapid.IntRange(1, 40), 0, 5).Draw(rt, "kills")
}

func TestRandomChats(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawChat(rt)
		if err := w.live(drawKills(rt)...); err != nil {
			rt.Fatal(err)
		}
		if err := w.fair(); err != nil {
			rt.Fatal(err)
		}
	})
}

// TestRandomPeople has people try again what failed or asks, with colleagues who
// claim what was sent from here. Only where one does, a person's word may send a
// message twice: what the provider shows as ours is found first.
func TestRandomPeople(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawChat(rt)
		w.claimed, w.retried = map[string]bool{}, map[string]int{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 6), 0, 3).Draw(rt, "claimed") {
			w.claimed[fmt.Sprint("SM", n)] = true
		}
		for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			if err := w.live(drawKills(rt)...); err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "wrote again") {
				w.ends = time.Time{}
			}
			w.killAt = w.steps + rapid.IntRange(0, 40).Draw(rt, "killed")
			life(func() { w.retrySome(rt) })
		}
		if err := w.live(); err != nil {
			rt.Fatal(err)
		}
		if err := w.fair(); err != nil {
			rt.Fatal(err)
		}
	})
}

func (w *world) retrySome(rt *rapid.T) {
	o := w.process()
	for _, m := range o.List() {
		if m.State != inbox.OutAsk && m.State != inbox.OutFailed || !rapid.Bool().Draw(rt, "retry") {
			continue
		}
		told := 0
		if m.Doubt > 0 && len(w.claimed) > 0 {
			told = 1
		}
		w.retried[m.MessageID] += told
		if err := o.Retry(ctx, m.Key); err != nil {
			rt.Fatal(err)
		}
	}
	if err := w.settle(o, "c"); err != nil {
		rt.Fatal(err)
	}
}

// TestAFullDiskForgetsNoProvidersID: what could not be stored yet is known all
// the same, also to the search for another message.
func TestAFullDiskForgetsNoProvidersID(t *testing.T) {
	w := newChat(accept, lostAfter)
	first, second := w.put(0, "els", "ok"), w.put(1, "els", "ok")
	o := w.process()
	o.cfg.Sender = func(inbox.ChannelID) Sender { return fillsDisk{w} }
	o.stepSend(ctx, "c")
	if w.row(first).ProviderID != "" || o.rows[first].ProviderID != "SM1" {
		t.Fatalf("stored %+v", w.row(first))
	}
	if holders, err := o.holders(ctx, o.rows[second], []string{"SM1"}); err != nil || holders["SM1"] != inbox.HeldHere {
		t.Error("what is not stored yet is free to be taken for another", err)
	}
	o.cfg.Sender = func(inbox.ChannelID) Sender { return w }
	if err := w.settle(o, "c"); err != nil {
		t.Fatal(err)
	}
	if err := w.fair(); err != nil || w.row(first).ProviderID != "SM1" || w.row(second).ProviderID != "SM2" {
		t.Errorf("%q, %q: %v", w.row(first).ProviderID, w.row(second).ProviderID, err)
	}
}

// TestWhatTheProviderDoesNotListIsSentAgainOnce, by itself: a second time the
// list may be what is wrong.
func TestWhatTheProviderDoesNotListIsSentAgainOnce(t *testing.T) {
	for script, want := range map[act]inbox.OutgoingState{accept: inbox.OutFiled, lostBefore: inbox.OutAsk} {
		w := newChat(lostBefore, script)
		key := w.put(0, "els", "hi")
		if err := w.settle(w.process(), "c"); err != nil || w.row(key).State != want || w.attempts != 2 {
			t.Errorf("%s: %s after %d attempts: %v", script, w.row(key).State, w.attempts, err)
		}
		if err := w.fair(); err != nil {
			t.Error(err)
		}
	}
}

// TestAClaimSendsNothingTwice: a colleague who says that they sent what we sent
// makes nobody send it again; a person decides, once.
func TestAClaimSendsNothingTwice(t *testing.T) {
	w := newChat(lostAfter, lostAfter)
	w.claimed = map[string]bool{"SM1": true}
	key := w.put(0, "els", "hi")
	o := w.process()
	asks := func(attempts int, why string) {
		t.Helper()
		if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.row(key).Reason != why || w.attempts != attempts {
			t.Fatalf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
		}
	}
	asks(1, claimedChat)
	w.claimed["SM2"] = true
	if err := o.Retry(ctx, key); err != nil {
		t.Fatal(err)
	}
	asks(2, claimedChat)
}

// TestAClaimThatComesLateSendsNothingTwice: the look right before a message goes
// again by itself may be the first to find it, claimed already.
func TestAClaimThatComesLateSendsNothingTwice(t *testing.T) {
	w := newChat(lostAfter)
	w.late = len(lookUps)
	w.claimed = map[string]bool{"SM1": true}
	key := w.put(0, "els", "hi")
	if err := w.settle(w.process(), "c"); err != nil || w.row(key).State != inbox.OutAsk || w.attempts != 1 || len(w.list) != 1 {
		t.Errorf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
	}
}

// TestAPersonsWordIsForOneAttempt: put off after it, a message is again one that
// nobody decided about; put off before anything was said, it is not used up.
func TestAPersonsWordIsForOneAttempt(t *testing.T) {
	for a, want := range map[act]struct {
		state    inbox.OutgoingState
		attempts int
	}{laterAtDot: {inbox.OutAsk, 2}, later: {inbox.OutFiled, 3}} {
		w := newChat(lostAfter, a)
		w.claimed = map[string]bool{"SM1": true}
		key := w.put(0, "els", "hi")
		o := w.process()
		if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.attempts != 1 {
			t.Fatalf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
		}
		if err := o.Retry(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := w.settle(o, "c"); err != nil || w.row(key).State != want.state || w.attempts != want.attempts {
			t.Errorf("%s: %+v after %d attempts: %v", a, w.row(key), w.attempts, err)
		}
	}
}

// TestAnotherThatFitsIsOurs: a claim on one of two says nothing of the other.
func TestAnotherThatFitsIsOurs(t *testing.T) {
	w := newChat(lostAfter)
	w.list = []held{{id: "SM1", to: "els", body: "hi", own: "a colleague's"}}
	w.claimed = map[string]bool{"SM1": true}
	key := w.put(0, "els", "hi")
	if err := w.settle(w.process(), "c"); err != nil || w.row(key).State != inbox.OutFiled || w.row(key).ProviderID != "SM2" || w.attempts != 1 {
		t.Errorf("%+v after %d attempts: %v", w.row(key), w.attempts, err)
	}
}

// TestWhatAPersonSaysWasSentIsIdentified: its copy is in the provider's list,
// and must be known to be the same message.
func TestWhatAPersonSaysWasSentIsIdentified(t *testing.T) {
	w := newChat(lostBefore, lostAfter)
	w.late = 2*len(lookUps) + 1
	key := w.put(0, "els", "hi")
	o := w.process()
	if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutAsk || w.row(key).Reason != askChat {
		t.Fatal(w.row(key), err)
	}
	if err := o.MarkSent(ctx, key); err != nil {
		t.Fatal(err)
	}
	if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled {
		t.Fatal(w.row(key).State, err)
	}
	if err := w.fair(); err != nil {
		t.Error(err)
	}
}

// What is not in the list is as it was said to be: the word of a person stands.
func TestWhatCannotBeIdentifiedIsSentAllTheSame(t *testing.T) {
	for _, deaf := range []int{0, 1000} {
		w := newChat(lostBefore, lostBefore)
		key := w.put(0, "els", "hi")
		o := w.process()
		if err := w.settle(o, "c"); err != nil {
			t.Fatal(err)
		}
		w.deaf = deaf
		o.cfg.Sender = func(inbox.ChannelID) Sender { return filesAnyway{w} }
		if err := o.MarkSent(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := w.settle(o, "c"); err != nil || w.row(key).State != inbox.OutFiled || w.told[w.name(key)] != 1 {
			t.Errorf("%s, told %d times: %v", w.row(key).State, w.told[w.name(key)], err)
		}
	}
}

type filesAnyway struct{ *world }

func (filesAnyway) File(context.Context, inbox.Rendered) error { return nil }

func TestOneThatWantsToBeLeftAloneIs(t *testing.T) {
	w := newChat(later)
	w.after = 10 * time.Minute
	w.put(0, "els", "hi")
	other := w.put(1, "piet", "hi")
	o := w.process()
	o.stepSend(ctx, "c")
	o.Wake()
	if next, worked := o.stepSend(ctx, "c"); worked || !next.Equal(start.Add(10*time.Minute)) {
		t.Fatalf("worked %v, next %v", worked, next)
	}
	if err := o.Retry(ctx, other); err != nil { // a person wants it now
		t.Fatal(err)
	}
	if _, worked := o.stepSend(ctx, "c"); !worked || len(w.list) != 1 {
		t.Error("retry waits")
	}
	for asked, want := range map[time.Duration]time.Duration{time.Millisecond: time.Second, 99 * time.Hour: time.Hour, time.Minute: time.Minute} {
		if got := leaveAlone(asked); got != want {
			t.Errorf("%v becomes %v", asked, got)
		}
	}
	o.heed("c", inbox.SendResult{Outcome: inbox.Later, After: time.Hour})
	w.clock.Advance(-24 * time.Hour)
	if until := o.quietUntil("c"); !until.IsZero() {
		t.Errorf("the clock went back a day, and it is quiet until %v", until)
	}
}

// TestTheCodeOfARefusalIsKept, and goes when it no longer holds.
func TestTheCodeOfARefusalIsKept(t *testing.T) {
	o := inbox.Outgoing{State: inbox.OutSending}
	refused := after(o, inbox.SendResult{Outcome: inbox.Refused, Reason: "no", Detail: "Twilio 63016"}, start, nil)
	if refused.Detail != "Twilio 63016" || refused.State != inbox.OutFailed {
		t.Errorf("%+v", refused)
	}
	if sent := after(refused, inbox.SendResult{Outcome: inbox.Accepted, ProviderID: "SM1"}, start, nil); sent.Detail != "" || sent.ProviderID != "SM1" {
		t.Errorf("%+v", sent)
	}
	late := after(o, inbox.SendResult{Outcome: inbox.Outlived, Reason: endedText, Detail: "Twilio 63016"}, start, nil)
	if late.State != inbox.OutAsk || late.Detail != "Twilio 63016" || late.Reason != endedText || late.Doubt > 0 {
		t.Errorf("%+v", late)
	}
}

// looksAgain is a store after each of whose writes somebody queued something:
// the outbox reads it anew.
type looksAgain struct {
	*world
	o **Outbox
}

func (l looksAgain) SetOutgoing(ctx context.Context, m inbox.Outgoing) error {
	if err := l.world.SetOutgoing(ctx, m); err != nil {
		return err
	}
	if err := (*l.o).Refresh(ctx); err != nil || m.State != inbox.OutSent {
		return err
	}
	if _, worked := (*l.o).stepFile(ctx, m.Channel); worked {
		return errors.New("it was filed while it was being sent")
	}
	return nil
}

// TestAMessageThatGetsItsProvidersKeyIsOne: the store knows it by another key
// before the outbox does.
func TestAMessageThatGetsItsProvidersKeyIsOne(t *testing.T) {
	w := newChat()
	key := w.put(0, "els", "hi")
	o := w.process()
	o.cfg.Store = looksAgain{w, &o}
	o.stepSend(ctx, "c")
	list := o.List()
	if len(list) != 1 || list[0].Key != inbox.ChatKey("c", "SM1") || list[0].Key == key {
		t.Fatalf("%+v", list)
	}
	if err := w.settle(o, "c"); err != nil || len(o.List()) != 0 || w.told[list[0].Key] != 1 || w.attempts != 1 {
		t.Errorf("%+v, told %v, %d attempts: %v", o.List(), w.told, w.attempts, err)
	}
}

// TestWhatWaitsForAnotherSaysSo, and waits no longer when that one asks.
func TestWhatWaitsForAnotherSaysSo(t *testing.T) {
	w := newChat(lostBefore, accept, lostBefore)
	w.put(0, "els", "one")
	w.put(1, "els", "two")
	w.put(2, "piet", "three")
	o := w.process()
	o.stepSend(ctx, "c")
	reasons := []string{}
	for _, m := range o.List() {
		reasons = append(reasons, m.Reason)
	}
	if !slices.Equal(reasons, []string{lookingChat, behindText, ""}) {
		t.Errorf("%q", reasons)
	}
	if err := w.settle(o, "c"); err != nil || len(w.list) != 2 || len(o.List()) != 1 || o.List()[0].Reason != askChat {
		t.Errorf("%v, %+v: %v", w.list, o.List(), err)
	}
}

// TestWhatWasQueuedAtOnceKeepsItsOrder: a text and its files are several
// messages of one moment, through all kills.
func TestWhatWasQueuedAtOnceKeepsItsOrder(t *testing.T) {
	for k := range 60 {
		w := newChat(accept, later, accept, laterAtDot)
		var want []string
		for i := range 6 {
			m, r := line(i, "els", fmt.Sprint("part ", i))
			m.Queued = start
			w.rows[m.Key], w.bytes[m.Key] = m, r
			want = append(want, m.MessageID)
		}
		if err := w.live(k); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range w.list {
			got = append(got, h.own)
		}
		if !slices.IsSorted(got) || len(got) < len(want)-1 {
			t.Errorf("killed at %d they went as %q", k, got)
		}
	}
}
