package teamsync

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// maxRecord is what a record may weigh: one that is larger does not pass every
// mail server in one piece.
const maxRecord = 4000

// Author is a member with a key of theirs: this desktop's own, or one that the
// demo team's teammates sign with.
type Author struct {
	member inbox.MemberID
	device string
	key    ed25519.PrivateKey
}

func newAuthor(member inbox.MemberID, key ed25519.PrivateKey) *Author {
	return &Author{member: member, key: key, device: teamlog.DeviceID(key.Public().(ed25519.PublicKey))}
}

func (a *Author) public() ed25519.PublicKey { return a.key.Public().(ed25519.PublicKey) }

// loadMe reads this computer's key, or makes it when nothing was ever signed
// with it.
func (s *Sync) loadMe(ctx context.Context) error {
	fresh := s.replay.Cursor.Count == 0
	key, err := s.loadKey(ctx, s.cfg.KeyName, fresh)
	if inbox.CodeOf(err) == inbox.NotFound {
		// What is there can be read; Decide says why nothing can be decided.
		s.cfg.Logger.Error("this computer's signing key is missing")
		return nil
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.me = newAuthor(s.member, key)
	s.mu.Unlock()
	if err := s.become(ctx); err != nil {
		return err
	}
	s.pen.Lock()
	defer s.pen.Unlock()
	return s.number(ctx)
}

// author is this desktop's own, nil when its key is missing.
func (s *Sync) author() *Author {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.me
}

// Self is this desktop's own author, nil when its key is missing.
func (s *Sync) Self() *Author { return s.author() }

// loadKey reads a key by its handle, or makes it.
func (s *Sync) loadKey(ctx context.Context, name string, make bool) (ed25519.PrivateKey, error) {
	text, err := s.cfg.Secrets.Get(ctx, name)
	if err == nil {
		seed, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(seed) != ed25519.SeedSize {
			return nil, inbox.Errorf(inbox.Internal, "This computer's signing key is damaged. Restore the profile from a backup.")
		}
		return ed25519.NewKeyFromSeed(seed), nil
	}
	if !make || inbox.CodeOf(err) != inbox.NotFound {
		return nil, err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, s.cfg.Secrets.Set(ctx, name, base64.RawStdEncoding.EncodeToString(key.Seed()))
}

// number sets where this device's own numbering stands: behind what it has in
// the log and what waits. The caller holds pen.
func (s *Sync) number(ctx context.Context) error {
	me := s.author()
	if me == nil {
		return nil
	}
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return err
	}
	s.mu.RLock()
	seq, prev := s.replay.Chain(me.device)
	s.mu.RUnlock()
	s.own = chain{seq, prev}
	if len(waiting) == 0 {
		return nil
	}
	last := waiting[len(waiting)-1]
	if opened, err := teamlog.Open(last.Record); err == nil && opened.Device == me.device && opened.Seq > seq {
		s.own = chain{opened.Seq, last.ID}
	}
	return nil
}

// numberOn follows own records that came back and were not made here: this
// computer's data is an old copy. The caller holds pen.
func (s *Sync) numberOn() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.me == nil {
		return
	}
	if seq, prev := s.replay.Chain(s.me.device); seq > s.own.seq {
		s.own = chain{seq, prev}
	}
}

// seal signs as many of the events as one record may hold, and no fewer than
// least. The caller holds pen; at is where the author's own numbering stands.
func (s *Sync) seal(by *Author, at chain, when time.Time, events []teamlog.Event, least int) (teamlog.Record, teamlog.Envelope, error) {
	s.mu.RLock()
	base, log := s.replay.Cursor.Base(), s.replay.Team.LogID
	s.mu.RUnlock()
	for n := len(events); ; n = max(least, (n+1)/2) {
		envelope := teamlog.Envelope{
			Log: log, Device: by.device, Seq: at.seq + 1, Prev: at.prev, Base: base, At: when, Events: events[:n],
		}
		record, err := teamlog.Seal(envelope, by.key)
		if err != nil {
			return record, envelope, inbox.Errorf(inbox.Internal, "The decision could not be signed. Restart Postvak.").Because(err)
		}
		if n == least || len(record.Bytes) <= maxRecord {
			return record, envelope, nil
		}
	}
}

// waitingDecisions are a record's, as they show while it waits.
func waitingDecisions(by inbox.MemberID, r teamlog.Record, e teamlog.Envelope) []teamlog.Decision {
	decisions := make([]teamlog.Decision, len(e.Events))
	for i, event := range e.Events {
		decisions[i] = teamlog.Decision{
			ID: teamlog.DecisionID(r.ID, i), Index: i, Pending: true, Author: by, Device: e.Device,
			At: e.At, Seen: e.Base.Count, Event: event,
		}
	}
	return decisions
}
