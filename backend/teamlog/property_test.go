package teamlog_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// randomWorld plays a history: messages arrive, members decide with what they
// had seen, now and then without having seen the latest.
func randomWorld(t *rapid.T, tb testing.TB) *world {
	w := newWorld(tb)
	members := rapid.SampledFrom([]inbox.MemberID{"ann", "ben", "carol"})
	for i := range rapid.IntRange(0, 25).Draw(t, "steps") {
		author := members.Draw(t, "author")
		behind := uint64(rapid.IntRange(0, 2).Draw(t, "behind"))
		base := uint64(len(w.decisions)) - min(behind, uint64(len(w.decisions)))
		switch rapid.SampledFrom([]string{"mail", "mail", "close", "reopen", "assign", "avail", "delete", "read", "note", "remove"}).Draw(t, "what") {
		case "mail":
			fact := teamlog.MessageFact{
				Key: inbox.Key(fmt.Sprintf("c1:m%d", i)), At: noon.Add(time.Duration(i) * time.Minute),
				Inbound: rapid.Bool().Draw(t, "inbound"), History: rapid.Bool().Draw(t, "history"),
			}
			fact.BeforeConnect = fact.History
			w.messages = append(w.messages, fact)
		case "close":
			w.decideAfter(author, base, &teamlog.Close{Conversation: thread, Covers: w.someKeys(t)})
		case "reopen":
			w.decideAfter(author, base, &teamlog.Reopen{Conversation: thread})
		case "assign":
			to, was := members.Draw(t, "to"), members.Draw(t, "was")
			w.decideAfter(author, base, &teamlog.Assign{Conversation: thread, To: to, Was: was})
		case "avail":
			w.decideAfter(author, base, &teamlog.Avail{On: rapid.Bool().Draw(t, "on")})
		case "delete":
			w.decideAfter(author, base, &teamlog.Delete{Conversation: thread, Covers: w.someKeys(t)})
		case "read":
			w.decideAfter(author, base, &teamlog.Read{Conversation: thread, UpTo: noon.Add(time.Duration(i) * time.Minute)})
		case "note":
			w.decideAfter(author, base, &teamlog.Note{Conversation: thread, Text: fmt.Sprint("note ", i)})
		case "remove":
			w.decideAfter("ann", base, &teamlog.MemberRemove{Member: "carol"})
		}
	}
	return w
}

func (w *world) someKeys(t *rapid.T) (keys []inbox.Key) {
	for _, m := range w.messages {
		if rapid.IntRange(0, 3).Draw(t, "seen") > 0 {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

func TestStateDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := randomWorld(rt, t)
		want := w.state()
		w.messages = rapid.Permutation(w.messages).Draw(rt, "order")
		if got := w.state(); !reflect.DeepEqual(got, want) {
			rt.Fatalf("another order of messages gives %+v, want %+v", got, want)
		}
	})
}

func TestRulesHoldInEveryHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := randomWorld(rt, t)
		state := w.state()
		if carol, _ := w.team.Member("carol"); carol.Removed && state.Assignee == "carol" {
			rt.Fatal("R30: assigned to a removed member")
		}
		w.arrives("c1:fresh", noon.Add(24*time.Hour))
		fresh := w.state()
		if fresh.Closed || fresh.Hidden || fresh.Purged["c1:fresh"] {
			rt.Fatalf("R9, R13: a message nobody has seen is not shown: %+v", fresh)
		}
		if fresh.Assignee != state.Assignee {
			rt.Fatalf("R9: a message changed the assignee from %q to %q", state.Assignee, fresh.Assignee)
		}
		var seen []inbox.Key
		for _, m := range w.messages {
			seen = append(seen, m.Key)
		}
		w.must("ann", &teamlog.Close{Conversation: thread, Covers: seen})
		if !w.state().Closed {
			rt.Fatal("R8: a close with everything in sync closes")
		}
		w.must("ann", &teamlog.Delete{Conversation: thread, Covers: seen})
		if deleted := w.state(); !deleted.Hidden || deleted.Assignee != "" || deleted.Unread != 0 {
			rt.Fatalf("R12: a delete with everything in sync hides: %+v", deleted)
		}
	})
}
