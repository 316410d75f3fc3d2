package teamlog_test

import (
	"fmt"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// world is a log as its readers see it, written without signatures: what
// matters here is what the fold makes of the order of decisions.
type world struct {
	t         testing.TB
	team      *teamlog.Team
	decisions []teamlog.Decision
	messages  []teamlog.MessageFact
	me        inbox.MemberID
	signedBy  string        // device of the next decisions; "" for none
	late      time.Duration // how much later their authors' clocks are
}

const thread = inbox.Key("c1:first")

func newWorld(t testing.TB) *world {
	w := &world{t: t, team: teamlog.NewTeam(), me: "ann"}
	w.must("ann", &teamlog.Genesis{Member: "ann", Name: "Ann", Key: key(1)})
	w.must("ann", &teamlog.MemberAdd{Member: "ben", Name: "Ben", Role: teamlog.Person, Key: key(2)})
	w.must("ann", &teamlog.MemberAdd{Member: "carol", Name: "Carol", Role: teamlog.Person, Key: key(3)})
	w.must("ann", &teamlog.ChannelAdd{ID: "c1", Channel: inbox.Email, Address: "info@example.com", Shared: true, Connected: noon})
	w.arrives(thread, noon.Add(time.Minute))
	return w
}

func key(n byte) []byte {
	k := make([]byte, 32)
	k[0] = n
	return k
}

// decide appends an event whose author had read everything before it.
func (w *world) decide(author inbox.MemberID, event teamlog.Event) teamlog.Reason {
	return w.decideAfter(author, uint64(len(w.decisions)), event)
}

// decideAfter appends an event whose author had read only the first decisions.
func (w *world) decideAfter(author inbox.MemberID, base uint64, event teamlog.Event) teamlog.Reason {
	n := uint64(len(w.decisions)) + 1
	d := teamlog.Decision{
		ID: fmt.Sprintf("e%d", n), N: n, Seen: base,
		Author: author, Device: w.signedBy,
		At: noon.Add(time.Duration(n)*time.Second + w.late), Event: event,
	}
	void := w.team.Apply(&d)
	w.decisions = append(w.decisions, d)
	return void
}

func (w *world) must(author inbox.MemberID, event teamlog.Event) {
	w.t.Helper()
	if void := w.decide(author, event); void != teamlog.Admitted {
		w.t.Fatalf("%s by %s is void: %s", event.Kind(), author, void)
	}
}

func (w *world) arrives(key inbox.Key, at time.Time) {
	w.messages = append(w.messages, teamlog.MessageFact{Key: key, Inbound: true, At: at})
}

func (w *world) state() teamlog.State {
	var about []teamlog.Decision
	for _, d := range w.decisions {
		if teamlog.Anchor(d.Event) != "" {
			about = append(about, d)
		}
	}
	return teamlog.FoldConversation(teamlog.Facts{Me: w.me, Messages: w.messages, Removals: w.team.Removals()}, about)
}

func (w *world) close(author inbox.MemberID, covers ...inbox.Key) {
	w.t.Helper()
	w.must(author, &teamlog.Close{Conversation: thread, Covers: covers})
}

func (w *world) assign(author, to, was inbox.MemberID) teamlog.Reason {
	return w.decide(author, &teamlog.Assign{Conversation: thread, To: to, Was: was})
}

func (w *world) lastLine() teamlog.Activity {
	w.t.Helper()
	lines := w.state().Activity
	if len(lines) == 0 {
		w.t.Fatal("no activity")
	}
	return lines[len(lines)-1]
}
