package teamsync

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Invite makes an invitation that lets one person in without being approved by
// hand, until it expires. The log learns its public key alone; the secret is
// in what is returned, and nowhere else. Where the mailbox is, the caller fills
// in. Only admins.
func (s *Sync) Invite(ctx context.Context, role teamlog.Role, valid time.Duration) (teamlog.Invitation, error) {
	if err := s.mayAdmin(); err != nil {
		return teamlog.Invitation{}, err
	}
	invitation := teamlog.Invitation{
		Log: s.LogID(), Team: s.Name(), Secret: make([]byte, 32),
		Expires: s.cfg.Clock.Now().Add(valid).UTC().Truncate(time.Second),
	}
	rand.Read(invitation.Secret)
	_, err := s.Decide(ctx, &teamlog.Invite{Key: invitation.Key(), Role: role, Expires: invitation.Expires})
	return invitation, err
}

// Requests lists who waits to be let in, the first one first. Only members see
// them.
func (s *Sync) Requests() (waiting []teamlog.Request) {
	if m := s.Membership(); m == Newcomer || m == Removed {
		return nil
	}
	s.view(func(t *teamlog.Team) { waiting = t.Requests() })
	return waiting
}

// TurnedAway tells a newcomer that nobody will let them in: the log has their
// request, and it waits no more. It was refused, or too many others waited.
func (s *Sync) TurnedAway(ctx context.Context) (bool, error) {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil || len(waiting) > 0 {
		return false, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.membership() != Newcomer || s.me == nil || s.phase.Phase != PhaseOK || s.replay.Cursor.Count == 0 {
		return false, nil
	}
	return !slices.ContainsFunc(s.replay.Team.Requests(), func(r teamlog.Request) bool { return r.Device == s.me.device }), nil
}

// Words are the four words that an admin compares with those on the
// newcomer's screen, by another way than the mailbox.
func (s *Sync) Words(r teamlog.Request) ([4]string, error) {
	return s.words(r.Key, r.Recipient)
}

// words remembers what it found: finding them is slow on purpose.
func (s *Sync) words(key ed25519.PublicKey, recipient string) ([4]string, error) {
	log := s.LogID()
	of := sha256.Sum256([]byte(log + "\n" + teamlog.DeviceID(key) + "\n" + string(key) + recipient))
	s.duties.keys.Lock()
	found, known := s.duties.words[of]
	s.duties.keys.Unlock()
	if known {
		return found, nil
	}
	found, err := teamlog.Words(log, key, recipient)
	if err != nil {
		return found, inbox.Errorf(inbox.Internal, "The four words could not be made. Try again.").Because(err)
	}
	s.duties.keys.Lock()
	defer s.duties.keys.Unlock()
	if len(s.duties.words) >= 100 {
		clear(s.duties.words)
	}
	s.duties.words[of] = found
	return found, nil
}

// SamePerson says which active member a request is from by its e-mail address:
// the same person with another computer. Whoever approves must be sure of it,
// by the four words.
func (s *Sync) SamePerson(r teamlog.Request) (id inbox.MemberID, known bool) {
	s.view(func(t *teamlog.Team) { id, known = samePerson(t, r.Email) })
	return id, known
}

// waiting finds the one request that an id names: the member's it wishes to
// be, or the device's.
func waiting(t *teamlog.Team, id inbox.MemberID) (teamlog.Request, error) {
	var found []teamlog.Request
	for _, r := range t.Requests() {
		if r.Device == string(id) {
			return r, nil
		}
		if r.Member == id {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return teamlog.Request{}, inbox.Errorf(inbox.NotFound, "Nobody with this name waits to be let in. Perhaps another admin was faster.")
	case 1:
		return found[0], nil
	}
	return teamlog.Request{}, inbox.Errorf(inbox.Conflict, "Two computers ask under one name: one of them pretends. Refuse both, and let the person ask again.")
}
