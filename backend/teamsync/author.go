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

// loadMe reads this computer's key, or makes it when the log is new.
func (s *Sync) loadMe(ctx context.Context) error {
	key, err := s.loadKey(ctx, s.cfg.KeyName, s.team.LogID == "")
	if inbox.CodeOf(err) == inbox.NotFound {
		// What is there can be read; Decide says why nothing can be decided.
		s.cfg.Logger.Error("this computer's signing key is missing")
		return nil
	}
	if err != nil {
		return err
	}
	s.me = newAuthor(s.cfg.Me, key)
	return nil
}

func newAuthor(member inbox.MemberID, key ed25519.PrivateKey) *Author {
	return &Author{member: member, key: key, device: teamlog.DeviceID(key.Public().(ed25519.PublicKey))}
}

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

// Outcome is what became of one event: its id, and why it is void. Of an
// event that the log has not given back yet, Pending is set and Void unknown.
type Outcome struct {
	ID      string
	Void    teamlog.Reason
	Pending bool
}

// Decide stores own events as pending and hands them to the log. It returns
// when they are stored; whether the log has them yet is in the outcomes, one
// for each event.
func (s *Sync) Decide(ctx context.Context, events ...teamlog.Event) ([]Outcome, error) {
	if s.me == nil {
		return nil, inbox.Errorf(inbox.Auth, "The key with which this computer signs is missing from the keyring. "+
			"Restore the keyring, or connect your mailboxes again in a new folder.")
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	var outcomes []Outcome
	for len(events) > 0 {
		record, n, err := s.seal(s.me, s.cfg.Clock.Now(), events)
		if err != nil {
			return nil, err
		}
		more, err := s.hand(ctx, record, events[:n])
		if err != nil {
			return nil, err
		}
		outcomes, events = append(outcomes, more...), events[n:]
	}
	return outcomes, nil
}

// hand makes one own record pending and tries to bring it to the log at once.
// What the log refuses now, follow tries again.
func (s *Sync) hand(ctx context.Context, record teamlog.Record, events []teamlog.Event) ([]Outcome, error) {
	pending := make([]teamlog.Decision, len(events))
	outcomes := make([]Outcome, len(events))
	for i, e := range events {
		outcomes[i] = Outcome{ID: decisionID(record.ID, i), Pending: true}
		pending[i] = teamlog.Decision{
			ID: outcomes[i].ID, Index: i, Pending: true, Author: s.cfg.Me, At: s.cfg.Clock.Now(), Device: s.me.device, Seen: s.cursor.Count, Event: e,
		}
	}
	if err := s.cfg.Store.AddPending(ctx, Pending{record.ID, record.Bytes}, pending); err != nil {
		return nil, err
	}
	s.fresh = map[string]teamlog.Reason{}
	defer func() { s.fresh = nil }()
	_, err := s.cfg.Log.Append(ctx, record.ID, record.Bytes)
	if err == nil {
		err = s.read(ctx, s.cursor.Pos)
	}
	if err != nil {
		s.cfg.Logger.Warn("a decision waits for the team log", "error", err.Error())
		s.poke()
		return outcomes, nil
	}
	for i := range outcomes {
		if void, back := s.fresh[outcomes[i].ID]; back {
			outcomes[i].Void, outcomes[i].Pending = void, false
		}
	}
	return outcomes, nil
}

func (s *Sync) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// seal signs as many of the events as one record may hold, at least one. The
// caller holds turn.
func (s *Sync) seal(by *Author, when time.Time, events []teamlog.Event) (teamlog.Record, int, error) {
	for n := len(events); ; n = (n + 1) / 2 {
		at := s.chains[by.device]
		record, err := teamlog.Seal(teamlog.Envelope{
			Log: s.team.LogID, Device: by.device, Seq: at.seq + 1, Prev: at.prev,
			Base: s.cursor.Base(), At: when, Events: events[:n],
		}, by.key)
		if err != nil {
			return record, 0, inbox.Errorf(inbox.Internal, "The decision could not be signed. Restart Postvak.").Because(err)
		}
		if n == 1 || len(record.Bytes) <= maxRecord {
			s.chains[by.device] = chain{at.seq + 1, record.ID}
			return record, n, nil
		}
	}
}

// Teammate gives the key of another member of the demo team, who is added to
// the team when they are not in it yet.
func (s *Sync) Teammate(ctx context.Context, id inbox.MemberID, name, email string) (*Author, error) {
	key, err := s.loadKey(ctx, s.cfg.KeyName+"/"+string(id), true)
	if err != nil {
		return nil, err
	}
	if _, known := s.Member(id); !known {
		add := &teamlog.MemberAdd{Member: id, Name: name, Email: email, Role: teamlog.Person, Key: key.Public().(ed25519.PublicKey)}
		if _, err := s.Decide(ctx, add); err != nil {
			return nil, err
		}
	}
	return newAuthor(id, key), nil
}

// Self is this desktop's own author, nil when its key is missing.
func (s *Sync) Self() *Author { return s.me }

// DecideAs appends events signed by another author straight to the log, as
// that person's own desktop would have done at that time.
func (s *Sync) DecideAs(ctx context.Context, by *Author, at time.Time, events ...teamlog.Event) ([]Outcome, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.fresh = map[string]teamlog.Reason{}
	defer func() { s.fresh = nil }()
	var outcomes []Outcome
	for len(events) > 0 {
		record, n, err := s.seal(by, at, events)
		if err != nil {
			return nil, err
		}
		if _, err := s.cfg.Log.Append(ctx, record.ID, record.Bytes); err != nil {
			return nil, err
		}
		if err := s.read(ctx, s.cursor.Pos); err != nil {
			return nil, err
		}
		for i := range n {
			id := decisionID(record.ID, i)
			outcomes = append(outcomes, Outcome{ID: id, Void: s.fresh[id]})
		}
		events = events[n:]
	}
	return outcomes, nil
}
