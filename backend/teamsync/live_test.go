package teamsync_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
	"postvak/backend/teamsync/storetest"
)

// mailbox is a folder in memory that remembers which records are landmarks, as
// a mail server does by a flag.
type mailbox struct {
	*teamlog.Memory
	mu    sync.Mutex
	marks []mark
	reads atomic.Int64 // records handed over by Read
}

type mark struct {
	at     teamlog.Pos
	record []byte
}

func newMailbox() *mailbox { return &mailbox{Memory: teamlog.NewMemory()} }

// wire is one desktop's engine on a mailbox.
type wire struct {
	*mailbox
	offline atomic.Bool
	dies    atomic.Bool // with its first claim to seal secrets
	noPast  atomic.Bool // nothing is read from the beginning
}

func (*wire) Remote() {}

// Append implements teamlog.Log.
func (w *wire) Append(ctx context.Context, id string, record []byte) (teamlog.Pos, error) {
	if w.offline.Load() {
		return teamlog.Pos{}, errors.New("no network")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at, err := w.Memory.Append(ctx, id, record)
	if err == nil && teamlog.Landmark(record) {
		w.marks = append(w.marks, mark{at, record})
	}
	if w.dies.Load() && claimsSealing(record) {
		w.offline.Store(true)
	}
	return at, err
}

func claimsSealing(record []byte) bool {
	opened, err := teamlog.Open(record)
	if err != nil || len(opened.Events) != 1 {
		return false
	}
	claim, ok := opened.Events[0].(*teamlog.Claim)
	return ok && strings.HasPrefix(claim.Work, "seal/")
}

// Read implements teamlog.Log.
func (w *wire) Read(ctx context.Context, after teamlog.Pos, fn func(teamlog.Pos, []byte) error) (teamlog.Pos, error) {
	if w.offline.Load() || w.noPast.Load() && after.N == 0 {
		return after, errors.New("no network")
	}
	return w.Memory.Read(ctx, after, func(at teamlog.Pos, record []byte) error {
		w.reads.Add(1)
		return fn(at, record)
	})
}

// Landmarks implements teamlog.Landmarker.
func (w *wire) Landmarks(_ context.Context, fn func(teamlog.Pos, []byte) error) error {
	w.mu.Lock()
	marks := w.marks
	w.mu.Unlock()
	for _, m := range marks {
		if err := fn(m.at, m.record); err != nil {
			return err
		}
	}
	return nil
}

// keeperClock tells a test when the keeper begins to wait.
type keeperClock struct {
	*run.Manual
	armed chan struct{}
}

// After implements run.Clock.
func (c *keeperClock) After(d time.Duration) <-chan time.Time {
	alarm := c.Manual.After(d)
	if d == teamsync.LookAgain && c.armed != nil {
		select {
		case c.armed <- struct{}{}:
		default:
		}
	}
	return alarm
}

// live is a desktop whose program runs: it follows the log and keeps the team
// by itself.
type live struct {
	t        testing.TB
	patience time.Duration
	name     string
	store    *storetest.Memory
	secrets  *secrets
	clock    *keeperClock
	wire     *wire
	sync     *teamsync.Sync
	group    *run.Group
}

// newLive starts a desktop of a team of one.
func newLive(t testing.TB, name string, at *mailbox) *live {
	t.Helper()
	d := &live{
		t: t, patience: 3 * time.Minute, name: name, store: storetest.NewMemory(), secrets: newSecrets(),
		clock: &keeperClock{Manual: run.NewManual(morning)}, wire: &wire{mailbox: at},
	}
	d.start(teamlog.NewMemory(), "")
	return d
}

func (d *live) start(engine teamlog.Log, logID string) {
	d.t.Helper()
	d.sync = teamsync.New(teamsync.Config{
		Log: engine, Store: d.store, Secrets: d.secrets, KeyName: "key", Clock: d.clock, Me: inbox.MemberID(d.name),
		Team: "Bakery", Name: d.name, Email: d.name + "@bakery.example", LogID: logID,
	})
	group := run.NewGroup(d.t.Context())
	d.group = group
	d.t.Cleanup(group.Stop)
	if err := d.sync.Start(d.t.Context(), group); err != nil {
		d.t.Fatal(err)
	}
}

// restart ends the program and starts it again on the mailbox.
func (d *live) restart() {
	d.t.Helper()
	d.group.Stop()
	d.start(d.wire, d.sync.LogID())
}

// until waits for a condition that the log brings about.
func (d *live) until(what string, is func() bool) {
	d.t.Helper()
	late, cancel := context.WithTimeout(d.t.Context(), d.patience)
	defer cancel()
	for {
		news := d.sync.News()
		if is() {
			return
		}
		select {
		case <-news:
		case <-late.Done():
			state, err := d.sync.State(d.t.Context())
			d.t.Fatalf("%s waits in vain for: %s; %+v %v", d.name, what, state, err)
		}
	}
}

func (d *live) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("%s: %v", d.name, err)
	}
}

func (d *live) refused(err error, code inbox.Code) {
	d.t.Helper()
	if inbox.CodeOf(err) != code {
		d.t.Errorf("%s: %v, want %s", d.name, err, code)
	}
}

func (d *live) is(m teamsync.Membership) {
	d.t.Helper()
	d.until("membership "+string(m), func() bool { return d.sync.Membership() == m })
}

func (d *live) decide(events ...teamlog.Event) {
	d.t.Helper()
	_, err := d.sync.DecideNow(d.t.Context(), events...)
	d.ok(err)
}

// see asks the team something.
func (d *live) see(ask func(*teamlog.Team) bool) (is bool) {
	d.sync.View(func(team *teamlog.Team) { is = ask(team) })
	return is
}

func (d *live) secret(of string) (s teamlog.Secret) {
	d.sync.View(func(team *teamlog.Team) { s, _ = team.Secret(of) })
	return s
}

// found it is a team of one that moves into a mailbox.
func founder(t testing.TB, name string) *live {
	t.Helper()
	d := newLive(t, name, newMailbox())
	d.ok(d.sync.Switch(t.Context(), d.wire))
	d.until("the move", func() bool {
		state, err := d.sync.State(t.Context())
		return err == nil && state.Phase == teamsync.PhaseOK && state.Pending == 0 && state.Position.Epoch != ""
	})
	return d
}

// join asks to be let in.
func (d *live) join(email string, invitation teamlog.Invitation) [4]string {
	d.t.Helper()
	words, err := d.sync.Join(d.t.Context(), d.wire, teamsync.Joining{Name: d.name, Email: email, Invitation: invitation})
	d.ok(err)
	return words
}

func (d *live) invite(role teamlog.Role) teamlog.Invitation {
	d.t.Helper()
	invitation, err := d.sync.Invite(d.t.Context(), role, 24*time.Hour)
	d.ok(err)
	again, err := teamlog.ParseInvitation(invitation.String())
	d.ok(err)
	return again
}

// bring lets a new person in by an invitation.
func (d *live) bring(name string, role teamlog.Role) *live {
	d.t.Helper()
	other := newLive(d.t, name, d.wire.mailbox)
	other.join(name+"@bakery.example", d.invite(role))
	other.is(teamsync.Active)
	return other
}

// waits gives the one request that waits.
func (d *live) waits() (r teamlog.Request) {
	d.t.Helper()
	d.until("a request", func() bool {
		requests := d.sync.Requests()
		if len(requests) == 1 {
			r = requests[0]
		}
		return len(requests) == 1
	})
	return r
}

// reads waits until a secret can be opened and is what it should be.
func (d *live) reads(of, want string) {
	d.t.Helper()
	d.until("the secret "+of, func() bool {
		value, err := d.sync.Secret(d.t.Context(), of)
		return err == nil && value == want
	})
}
