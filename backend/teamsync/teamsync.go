// Package teamsync carries decisions between a desktop and the team log: own
// ones go to the log by way of the pending table, everybody's come back from
// it, in the log's order, and are folded into the team (kept here, in memory)
// and into conversations (by the cache).
//
// It never decides who is right: package teamlog does, the same way on every
// desktop. It never shows, notifies or sends anything.
package teamsync

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/run"
	"postvak/backend/teamlog"
)

// Pending is an own record that the log has not given back yet.
type Pending struct {
	ID     string
	Record []byte
}

// Stretch is a part of the log as it was read, folded as far as the team.
type Stretch struct {
	Cursor    teamlog.Cursor // after it
	Records   []string       // ids of the records accepted
	Decisions []teamlog.Decision
	// Channels and Removals are the team's after it.
	Channels []inbox.Channel
	Removals map[inbox.MemberID][]uint64
}

// Store is the cache as this package needs it. Its writes are durable when
// they return; doing one again changes nothing.
type Store interface {
	// AddPending stores an own record and shows its decisions as pending.
	AddPending(ctx context.Context, p Pending, decisions []teamlog.Decision) error
	// Pending gives own records that wait, in the order of making.
	Pending(ctx context.Context) ([]Pending, error)
	// Apply takes over a stretch of the log; own records in it wait no more.
	Apply(ctx context.Context, s Stretch) error
	// Cursor is how far the log was applied.
	Cursor(ctx context.Context) (teamlog.Cursor, error)
}

// Config is what a Sync works with. All but Changed and Logger are required.
type Config struct {
	Log     teamlog.Log
	Store   Store
	Secrets inbox.SecretStore
	KeyName string // the device key's handle
	Clock   run.Clock
	Me      inbox.MemberID
	// Team, Name and Email are what a new log begins with.
	Team, Name, Email string
	// Changed hears that members or channels may have changed. It must not block
	// and must not decide anything.
	Changed func()
	Logger  *slog.Logger
}

// batchSize is how many decisions are confirmed in one transaction.
const batchSize = 500

// Sync is one desktop's end of the log. It is safe for concurrent use.
type Sync struct {
	cfg  Config
	wake chan struct{}

	// turn is held while something is written to the log or read from it.
	turn   sync.Mutex
	cursor teamlog.Cursor
	seen   map[string]bool
	chains map[string]chain // by device
	fresh  map[string]teamlog.Reason

	mu   sync.RWMutex // guards team
	team *teamlog.Team
	me   *Author
}

// chain is where a device's own numbering stands.
type chain struct {
	seq  uint64
	prev string
}

// New makes a Sync. Nothing happens before Start.
func New(cfg Config) *Sync {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func() {}
	}
	return &Sync{
		cfg: cfg, wake: make(chan struct{}, 1), team: teamlog.NewTeam(),
		seen: map[string]bool{}, chains: map[string]chain{},
	}
}

// Start replays the log, begins it if it is empty, and follows it until the
// group stops. The team is known when Start returns.
func (s *Sync) Start(ctx context.Context, g *run.Group) error {
	applied, err := s.cfg.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	s.turn.Lock()
	err = s.read(ctx, applied.Pos)
	s.turn.Unlock()
	if err != nil {
		return err
	}
	if err := s.loadMe(ctx); err != nil {
		return err
	}
	if s.team.LogID == "" {
		if err := s.begin(ctx); err != nil {
			return err
		}
	}
	if err := s.countPending(ctx); err != nil {
		return err
	}
	// What was decided just before a kill holds from the start: a mailbox that
	// was being connected must not be connected again. follow goes on trying.
	if err := s.exchange(ctx); err != nil {
		s.cfg.Logger.Warn("team log", "error", err.Error())
	}
	g.Go("team log", s.follow)
	return nil
}

// countPending goes on numbering after the own records that wait.
func (s *Sync) countPending(ctx context.Context) error {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	for _, p := range waiting {
		if opened, err := teamlog.Open(p.Record); err == nil && !s.seen[p.ID] {
			s.chains[opened.Device] = chain{opened.Seq, p.ID}
		}
	}
	return nil
}

// follow delivers what waits and reads what is new, until ctx ends.
func (s *Sync) follow(ctx context.Context) {
	pause := run.Backoff{Base: time.Second, Max: time.Minute}
	for ctx.Err() == nil {
		if err := s.exchange(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Logger.Warn("team log", "error", err.Error())
			select {
			case <-s.cfg.Clock.After(pause.Next()):
			case <-s.wake:
			case <-ctx.Done():
			}
			continue
		}
		pause.Reset()
		s.turn.Lock()
		at := s.cursor.Pos
		s.turn.Unlock()
		s.wait(ctx, at)
	}
}

// wait returns when there may be something to read or to deliver.
func (s *Sync) wait(ctx context.Context, at teamlog.Pos) {
	waiting, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-s.wake:
			cancel()
		case <-waiting.Done():
		}
	}()
	if err := s.cfg.Log.Wait(waiting, at); err != nil && ctx.Err() == nil {
		s.cfg.Logger.Warn("team log", "error", err.Error())
	}
	cancel()
	<-ended
}

// exchange appends own records that wait, one after the other, each read back
// before the next, and reads what others wrote.
func (s *Sync) exchange(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if s.seen[p.ID] {
			continue
		}
		if _, err := s.cfg.Log.Append(ctx, p.ID, p.Record); err != nil {
			return fmt.Errorf("append to the team log: %w", err)
		}
		if err := s.read(ctx, s.cursor.Pos); err != nil {
			return err
		}
	}
	return s.read(ctx, s.cursor.Pos)
}

// read takes everything after the cursor. Records up to the position applied
// are in the cache already and only teach the team. The caller holds turn.
func (s *Sync) read(ctx context.Context, applied teamlog.Pos) error {
	var batch Stretch
	news := false
	flush := func() error {
		if !news {
			return nil
		}
		batch.Cursor = s.cursor
		s.describe(&batch)
		err := s.cfg.Store.Apply(ctx, batch)
		batch, news = Stretch{}, false
		return err
	}
	team := false
	_, err := s.cfg.Log.Read(ctx, s.cursor.Pos, func(at teamlog.Pos, record []byte) error {
		id, decisions := s.accept(at, record)
		for i := range decisions {
			team = team || teamlog.Anchor(decisions[i].Event) == ""
		}
		if at.Epoch == applied.Epoch && at.N <= applied.N {
			return nil
		}
		news = true
		if id != "" {
			batch.Records = append(batch.Records, id)
		}
		batch.Decisions = append(batch.Decisions, decisions...)
		if len(batch.Decisions) >= batchSize {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if team {
		s.cfg.Changed()
	}
	return err
}

// accept checks a record and applies its decisions to the team. One that does
// not parse, is not signed by a device of the team or was there before is
// ignored, as on every other desktop.
func (s *Sync) accept(at teamlog.Pos, record []byte) (id string, decisions []teamlog.Decision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor.Pos = at
	opened, err := teamlog.Open(record)
	if err != nil {
		return "", nil
	}
	if s.seen[opened.ID] {
		return opened.ID, nil
	}
	member, ok := s.signer(opened)
	if !ok {
		s.cfg.Logger.Warn("a record of the team log was ignored", "id", opened.ID)
		return "", nil
	}
	s.seen[opened.ID] = true
	s.cursor = s.cursor.Accept(at, opened.Payload())
	s.chains[opened.Device] = chain{opened.Seq, opened.ID}
	decisions = make([]teamlog.Decision, len(opened.Events))
	for i, e := range opened.Events {
		decisions[i] = teamlog.Decision{
			ID: decisionID(opened.ID, i), N: s.cursor.Count, Index: i, Author: member, Device: opened.Device,
			At: opened.At, Seen: opened.Base.Count, Event: e,
		}
		s.team.Apply(&decisions[i])
		if s.fresh != nil {
			s.fresh[decisions[i].ID] = decisions[i].Void
		}
	}
	return opened.ID, decisions
}

// signer says who signed a record, if anybody who may. The first record of a
// log brings its own key. The caller holds mu.
func (s *Sync) signer(o *teamlog.Opened) (inbox.MemberID, bool) {
	if s.team.LogID != "" {
		device, known := s.team.Device(o.Device)
		return device.Member, known && !device.Revoked && o.Log == s.team.LogID && o.Verify(device.Key)
	}
	if len(o.Events) == 0 || o.Log != "" {
		return "", false
	}
	genesis, ok := o.Events[0].(*teamlog.Genesis)
	if !ok || teamlog.DeviceID(genesis.Key) != o.Device || !o.Verify(genesis.Key) {
		return "", false
	}
	s.team.LogID = o.ID
	s.cursor = teamlog.Begin(o.ID)
	return genesis.Member, true
}

func decisionID(record string, index int) string { return fmt.Sprintf("%s.%d", record, index) }

// begin writes the record that a log begins with.
func (s *Sync) begin(ctx context.Context) error {
	genesis := &teamlog.Genesis{
		Team: s.cfg.Team, Member: s.cfg.Me, Name: s.cfg.Name, Email: s.cfg.Email,
		Key: s.me.key.Public().(ed25519.PublicKey),
	}
	record, err := teamlog.Seal(teamlog.Envelope{
		Device: s.me.device, Seq: 1, At: s.cfg.Clock.Now(), Events: []teamlog.Event{genesis},
	}, s.me.key)
	if err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if _, err := s.cfg.Log.Append(ctx, record.ID, record.Bytes); err != nil {
		return fmt.Errorf("begin the team log: %w", err)
	}
	return s.read(ctx, s.cursor.Pos)
}
