package channeltest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postvak/backend/channel"
	"postvak/backend/inbox"
)

// tests are the suite, by name.
var tests = map[string]func(*suite){
	"History":            (*suite).history,
	"Live":               (*suite).liveOnes,
	"WhileOff":           (*suite).whileOff,
	"LateAndOutOfOrder":  (*suite).late,
	"Repeated":           (*suite).repeated,
	"TwoDesktopsAgree":   (*suite).twoDesktops,
	"CutAtEveryStep":     (*suite).cutAtEveryStep,
	"CutAnswers":         (*suite).cutAnswers,
	"CutWhileLive":       (*suite).cutWhileLive,
	"OwnComesBack":       (*suite).ownComesBack,
	"SyncEnds":           (*suite).syncEnds,
	"Accepted":           (*suite).accepted,
	"Refused":            (*suite).refused,
	"Later":              (*suite).later,
	"Gone":               (*suite).gone,
	"CutBeforeTheWork":   (*suite).cutBefore,
	"CutAfterTheWork":    (*suite).cutAfter,
	"NonsensicalAnswer":  (*suite).nonsense,
	"CommitRefused":      (*suite).commitRefused,
	"Silent":             (*suite).silent,
	"CancelledBefore":    (*suite).cancelled,
	"SameWordsTwice":     (*suite).sameWords,
	"NobodySentIt":       (*suite).neverSent,
	"FindThatFails":      (*suite).findFails,
	"SeveralAtOnce":      (*suite).atOnce,
	"WindowThatEnded":    (*suite).windowEnded,
	"SignInRefused":      (*suite).signIn,
	"Check":              (*suite).check,
	"TheProvidersClock":  (*suite).clock,
	"FiledOnce":          (*suite).filedOnce,
	"UnknownThenGoesOut": (*suite).again,
}

// Run runs the suite; open makes a World for each of its tests.
func Run(t *testing.T, open func(t testing.TB) World) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { run(t, open(t), test, patience) })
	}
}

// patience is how long a test may take on a busy machine: only failures take it.
const patience = 2 * time.Minute

func run(t testing.TB, w World, test func(*suite), patience time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := &suite{TB: t, World: w, ctx: ctx}
	test(s)
	for _, said := range s.heard {
		if w.Secret == "" || strings.Contains(said, w.Secret) {
			t.Errorf("R32: a secret is in %q", said)
		}
	}
}

// odd is a text that breaks what handles bytes carelessly.
const odd = "Zoë 😀 – “één” & <b>\n.\nlaatste regel"

type suite struct {
	testing.TB
	World
	ctx   context.Context
	heard []string // everything that a person could read
}

// hear keeps what a person could read.
func (s *suite) hear(said ...string) { s.heard = append(s.heard, said...) }

// fails wants an error with one of these codes and a sentence.
func (s *suite) fails(err error, what string, codes ...inbox.Code) {
	s.Helper()
	e, ok := errors.AsType[*inbox.Error](err)
	if !ok || e.Message == "" || !slices.Contains(codes, e.Code) {
		s.Errorf("%s: %v, not %v with a sentence", what, err, codes)
		return
	}
	s.hear(e.Message, e.Detail, err.Error())
}

// syncing is a Sync that runs.
type syncing struct {
	s      *suite
	shelf  *shelf
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // once ended
	oks    int   // the shelf's, when it began
}

// start runs Sync on a shelf until it is stopped, or the test ends.
func (s *suite) start(on *shelf) *syncing {
	ctx, cancel := context.WithCancel(s.ctx)
	y := &syncing{s: s, shelf: on, cancel: cancel, ended: make(chan struct{})}
	on.mu.Lock()
	y.oks = on.oks
	on.mu.Unlock()
	account := s.Open(s)
	go func() {
		defer close(y.ended)
		y.err = account.Sync(ctx, on)
	}()
	s.Cleanup(func() { y.stop() })
	return y
}

// stop ends it and waits until it has.
func (y *syncing) stop() error {
	y.cancel()
	<-y.ended
	y.shelf.mu.Lock()
	defer y.shelf.mu.Unlock()
	y.s.hear(y.shelf.said...)
	for _, wrong := range y.shelf.wrong {
		y.s.Error(wrong)
	}
	y.shelf.said, y.shelf.wrong = nil, nil
	return y.err
}

// whole waits until all is there, or Sync ended.
func (y *syncing) whole() bool {
	y.s.Helper()
	return y.shelf.until(y.s.ctx, y.s, "the status says ok", y.ended, func() bool { return y.shelf.oks > y.oks })
}

// has waits for a message, having the account look.
func (y *syncing) has(text string) inbox.Fetched {
	y.s.Helper()
	y.s.look()
	ok := y.shelf.until(y.s.ctx, y.s, "the message "+text, y.ended, func() bool { _, only := y.shelf.one(text); return only })
	if !ok {
		y.s.Fatalf("sync ended before %q came: %v", text, y.err)
	}
	y.shelf.mu.Lock()
	defer y.shelf.mu.Unlock()
	f, _ := y.shelf.one(text)
	return f
}

func (s *suite) look() {
	if s.Look != nil {
		s.Look()
	}
}

// caughtUp runs Sync until all is there, and ends it.
func (s *suite) caughtUp(on *shelf) {
	s.Helper()
	y := s.start(on)
	if !y.whole() {
		s.Fatalf("sync ended: %v", y.err)
	}
	y.stop()
}

// attempt is one Send, and how often it committed.
type attempt struct {
	inbox.SendResult
	rendered  inbox.Rendered
	committed int
}

func (s *suite) send(a channel.Account, text string) attempt {
	s.Helper()
	return s.sendBy(s.ctx, a, s.Render(s, text), inbox.Permit{}, func() error { return nil })
}

func (s *suite) sendBy(ctx context.Context, a channel.Account, r inbox.Rendered, p inbox.Permit, commit func() error) attempt {
	s.Helper()
	try := attempt{rendered: r}
	try.SendResult = a.Send(ctx, r, p, func() error { try.committed++; return commit() })
	s.hear(try.Reason, try.Detail)
	if try.Outcome != inbox.Accepted && try.Reason == "" {
		s.Errorf("%s, and nobody knows why", try.Outcome)
	}
	if try.committed > 1 {
		s.Errorf("it committed %d times", try.committed)
	}
	if try.committed == 0 && (try.Outcome == inbox.Accepted || try.Outcome == inbox.Unknown) {
		s.Errorf("%s without a commit", try.Outcome)
	}
	if s.Keeps && try.Outcome == inbox.Accepted && try.ProviderID == "" {
		s.Error("it was accepted, and nobody knows as what")
	}
	return try
}

// took wants the customer to have got exactly these.
func (s *suite) took(want ...string) {
	s.Helper()
	got := s.Got(s)
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	if !slices.Equal(got, want) {
		s.Errorf("the customer got %q, want %q", got, want)
	}
}

func (s *suite) find(a channel.Account, r inbox.Rendered, taken ...string) (inbox.Found, error) {
	return a.Find(s.ctx, inbox.Sought{Rendered: r, Queued: a.Now(), Taken: func(_ context.Context, ids []string) (map[string]bool, error) {
		all := map[string]bool{}
		for _, id := range ids {
			all[id] = slices.Contains(taken, id)
		}
		return all, nil
	}})
}

// there wants Find to show a message under an id, or not to show it ("-").
func (s *suite) there(a channel.Account, r inbox.Rendered, want string, taken ...string) {
	s.Helper()
	found, err := s.find(a, r, taken...)
	if err != nil || found.There != (want != "-") || found.There && found.ProviderID != want {
		s.Errorf("find says %+v, %v; want %q", found, err, want)
	}
}
