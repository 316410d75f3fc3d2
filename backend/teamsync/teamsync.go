// Package teamsync carries decisions between a desktop and the team log: own
// ones wait in the store until the log gave them back, everybody's come from
// it in one order, and are folded into the team (kept here, in memory) and
// into conversations (by the store).
//
// It never decides who is right: package teamlog does, the same way on every
// desktop. It never shows, notifies or sends anything, and it knows nothing of
// what engines are made of.
//
// # Who is in, and what the desktops do for each other
//
// Join asks to be let in, by an invitation or four words; the members' methods
// let in, remove and retire. What must not rest on one computer every admin's
// does by itself (keeper.go): let invited people in, seal the team's secrets
// anew after every change of its computers, write snapshots of a log that grew.
//
// Work that one desktop is to do for all (an alert, a note in the CRM, a
// snapshot) begins with Claim: the first claim in the log has it. Its owner
// asks Mine right before each act of at most MaxAct, renews or gives up when it
// is too late, and ends it with Done; the others take over when they watched
// a whole lease pass, and first look for what its owner may have done.
//
// A newcomer begins with the newest snapshot that an admin signed and checks
// the past behind it afterwards (verify.go): until then State.CheckedUpTo is
// behind, and a wrong snapshot ends in a finding and the log read anew.
//
// # Locks
//
// Three, taken in this order and never in another:
//
//   - turn is held by whoever speaks with the engine: the follow loop, Switch,
//     Repair, Join, and a decision of a team of one. It may be held for as long
//     as a network takes.
//   - pen is held while an own record is sealed and while the store is written,
//     so that the numbering of own records and the store's cursor have one
//     writer. Nobody calls the engine with pen held.
//   - mu guards what is in memory: the replay, its team, the phase, findings.
//     It is held for moments. Nobody writes to the store, calls the engine or
//     calls out of this package with mu held.
//
// An engine may call Known and Report at any time: they take mu alone.
package teamsync

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

// Config is what a Sync works with. Log, Store, Secrets, KeyName, Clock and Me
// are required.
type Config struct {
	Log     teamlog.Log
	Store   Store
	Secrets inbox.SecretStore
	KeyName string // the device key's handle
	Clock   run.Clock
	Me      inbox.MemberID
	// Team, Name and Email are what a new log begins with.
	Team, Name, Email string
	// LogID names the log that this desktop asked to join; "" when it begins
	// its own, or knows it already.
	LogID string
	// Changed hears that members, channels or the log's state may have changed.
	// BecameMe hears which member this desktop speaks for when the log says
	// another one than Me. Neither may block or decide anything.
	Changed  func()
	BecameMe func(inbox.MemberID)
	Rand     func() float64 // in [0,1): jitter
	Logger   *slog.Logger
}

// Sync is one desktop's end of the log. It is safe for concurrent use.
type Sync struct {
	duties duties // see keeper.go
	cfg    Config
	wake   chan struct{} // something waits for the log
	hurry  chan struct{} // the network may be back: no back-off

	turn      sync.Mutex
	stale     bool                 // the replay is ahead of the store: load it again
	handed    map[string]time.Time // own records appended and not read back
	lateAt    teamlog.Pos          // where the record stands that ended a reading as late
	candidate *candidate           // the log behind a new epoch, while it is not to be taken
	checked   time.Time            // when the folder was compared with what is here
	resumed   time.Time            // what was made before it may go out, however old

	pen     sync.Mutex
	own     chain          // where this device's own numbering stands, what waits included
	applied teamlog.Cursor // the store's
	sharing bool           // a private channel is on its way to the team

	mu       sync.RWMutex
	line     line
	logID    string
	replay   *teamlog.Replay
	me       *Author
	next     *successor // see newkey.go; written with turn and mu held
	member   inbox.MemberID
	private  []inbox.Channel
	all      *teamlog.Team // the team with the private channels
	anchor   anchor        // the newest record that counts
	held     *Known        // of the log that is compared, while one is
	floor    uint64        // what a snapshot stands for, while the check behind it runs
	phase    Progress
	failed   error // of the last exchange
	update   bool  // a newer version wrote what must not be skipped: read-only
	asks     bool  // records that are old wait for Resume
	outdated bool  // other rules filled the store: the log is to be read anew
	findings findings
	doubt    bool                           // somebody saw another log: the folder is to be compared
	expected map[string]chan teamlog.Reason // verdicts that somebody waits for, by decision
	flushed  chan struct{}                  // closed when a stretch was applied
}

// chain is where a device's own numbering stands.
type chain struct {
	seq  uint64
	prev string
}

// anchor is a record by which a log is known again.
type anchor struct {
	id string
	at teamlog.Pos
}

// line is an engine in use; its context ends when another takes its place.
type line struct {
	engine teamlog.Log
	ctx    context.Context
	cut    context.CancelFunc
}

func newLine(engine teamlog.Log) line {
	ctx, cut := context.WithCancel(context.Background())
	return line{engine, ctx, cut}
}

// New makes a Sync. Nothing happens before Start.
func New(cfg Config) *Sync {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func() {}
	}
	if cfg.BecameMe == nil {
		cfg.BecameMe = func(inbox.MemberID) {}
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	s := &Sync{
		cfg: cfg, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		handed: map[string]time.Time{}, line: newLine(cfg.Log), member: cfg.Me,
		replay: teamlog.NewReplay(cfg.LogID), all: teamlog.NewTeam(),
		phase: Progress{Phase: PhaseOK}, expected: map[string]chan teamlog.Reason{}, flushed: make(chan struct{}),
	}
	s.duties = newDuties(s)
	return s
}

// Start knows the team from what the store has, begins a log of its own when
// there is none and none to join, and follows the log until the group stops,
// which closes the engine. A local log is read to its end before Start returns;
// of a remote one nothing is waited for.
func (s *Sync) Start(ctx context.Context, g *run.Group) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	g.Go("team log", s.follow)
	s.startKeeper(g)
	return nil
}

// open knows the team from what the store has.
func (s *Sync) open(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	for _, step := range []func(context.Context) error{s.load, s.loadPrivate, s.loadFindings, s.loadMe, s.loadNext, s.loadFold} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if s.remote() {
		return nil
	}
	return s.startLocal(ctx)
}

// startLocal reads the local log to its end. What was decided just before a
// kill holds from the start: a mailbox that was being connected must not be
// connected again. What fails now, follow tries again.
func (s *Sync) startLocal(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	if s.id() == "" {
		if err := s.begin(ctx); err != nil {
			return err
		}
	}
	if err := s.finishSharing(ctx); err != nil {
		return err
	}
	if err := s.changeKey(ctx); err != nil {
		return err
	}
	if err := s.deliver(ctx); err != nil {
		s.cfg.Logger.Warn("team log", "error", err.Error())
	}
	return s.changeKey(ctx)
}

// id is the log's; "" when it has none yet.
func (s *Sync) id() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.replay.Team.LogID
}

// engine gives the engine in use with a context that ends with ctx, or when
// another engine takes its place.
func (s *Sync) engine(ctx context.Context) (teamlog.Log, context.Context, context.CancelFunc) {
	s.mu.RLock()
	now := s.line
	s.mu.RUnlock()
	both, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(now.ctx, cancel)
	return now.engine, both, func() { stop(); cancel() }
}

// remote says whether the engine is one that decisions do not wait for.
func (s *Sync) remote() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, remote := s.line.engine.(teamlog.Remote)
	return remote
}

// begin writes the record that a log begins with. The caller holds turn.
func (s *Sync) begin(ctx context.Context) error {
	genesis := &teamlog.Genesis{
		Team: s.cfg.Team, Member: s.cfg.Me, Name: s.cfg.Name, Email: s.cfg.Email, Key: s.me.public(),
		Recipient: s.recipientText(ctx),
	}
	record, err := teamlog.Seal(teamlog.Envelope{
		Device: s.me.device, Seq: 1, At: s.cfg.Clock.Now(), Events: []teamlog.Event{genesis},
	}, s.me.key)
	if err != nil {
		return err
	}
	engine, ctx, done := s.engine(ctx)
	defer done()
	if _, err := engine.Append(ctx, record.ID, record.Bytes); err != nil {
		return fmt.Errorf("begin the team log: %w", err)
	}
	return s.read(ctx)
}
