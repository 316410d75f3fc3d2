package teamsync

import (
	"context"

	"postvak/backend/teamlog"
)

// What the deterministic tests drive by hand instead of by the follow loop.

// Open does what Start does before it follows the log.
func (s *Sync) Open(ctx context.Context) error { return s.open(ctx) }

// Exchange does what the follow loop does once.
func (s *Sync) Exchange(ctx context.Context) error {
	err := s.exchange(ctx)
	s.tell(err)
	return err
}

// Forget and Submit are what Join is made of.
func (s *Sync) Forget(ctx context.Context, engine teamlog.Log, logID string) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.forget(ctx, engine, logID)
}

// Ask submits a request to be let in.
func (s *Sync) Ask(ctx context.Context, join *teamlog.Join) error {
	me := s.author()
	join.Key = me.public()
	record, err := teamlog.Seal(teamlog.Envelope{
		Log: s.id(), Device: me.device, Seq: 1, At: s.cfg.Clock.Now(), Events: []teamlog.Event{join},
	}, me.key)
	if err != nil {
		return err
	}
	return s.submit(ctx, record)
}

// StateHash is what must be the same on every desktop.
func (s *Sync) StateBytes() (state []byte, cursor teamlog.Cursor) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.replay.State(), s.replay.Cursor
}

// Seal signs events as this desktop would, without storing anything: what a
// changed client could write.
func (s *Sync) Seal(e teamlog.Envelope) (teamlog.Record, error) {
	me := s.author()
	e.Device = me.device
	return teamlog.Seal(e, me.key)
}

// View shows the team.
func (s *Sync) View(show func(*teamlog.Team)) { s.view(show) }

// DecideNow decides and waits.
func (s *Sync) DecideNow(ctx context.Context, events ...teamlog.Event) ([]Outcome, error) {
	return s.decideNow(ctx, events...)
}

// MaxRecord is what a record may weigh.
const MaxRecord = maxRecord

// Speaker is the device with which this desktop signs.
func (s *Sync) Speaker() string { return s.speaker() }
