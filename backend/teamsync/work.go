package teamsync

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// placeInLine is the place of a device in the line of those who may try a work: the
// same on every desktop, another for every work.
func placeInLine(work, device string, all []string) int {
	rank := func(device string) string {
		mac := hmac.New(sha256.New, []byte(work))
		mac.Write([]byte(device))
		return string(mac.Sum(nil))
	}
	mine, before := rank(device), 0
	for _, other := range all {
		if rank(other) < mine {
			before++
		}
	}
	return before
}

// Claim asks for a work; see Claims.Claim. It is Unavailable while the log
// cannot be reached: a claim that arrives much later keeps others waiting for
// nothing. Give ctx an end.
func (s *Sync) Claim(ctx context.Context, work string, lease time.Duration) (*Claim, error) {
	if !s.reached() {
		return nil, unreached()
	}
	return s.duties.claims.Claim(ctx, work, lease)
}

// Hold is Claim, and takes back at once what this desktop held before it was
// started; see Claims.Hold.
func (s *Sync) Hold(ctx context.Context, work string, lease time.Duration) (*Claim, error) {
	if !s.reached() {
		return nil, unreached()
	}
	return s.duties.claims.Hold(ctx, work, lease)
}

func unreached() error {
	return inbox.Errorf(inbox.Unavailable, "The team's mailbox cannot be reached. Postvak tries again by itself.")
}

// Lapsed says whether a claim of this work can be taken over; see
// Claims.Lapsed.
func (s *Sync) Lapsed(work string) bool { return s.duties.claims.Lapsed(work) }

// Claimed tells what the log says of a work: who has it or what became of it.
func (s *Sync) Claimed(work string) (teamlog.ClaimState, bool) { return s.claimed(work) }

// Turn is this desktop's place, from 0, in the line of the team's desktops for
// a work: whoever is later waits longer before trying, so that mostly one
// desktop does. Nothing rests on it.
func (s *Sync) Turn(work string) int {
	var all []string
	s.view(func(t *teamlog.Team) { all = activeDevices(t, nil) })
	return placeInLine(work, s.speaker(), all)
}

// activeDevices lists the devices that may sign, of the members that count;
// nil counts all.
func activeDevices(t *teamlog.Team, counts func(teamlog.Member) bool) []string {
	var all []string
	for _, m := range t.Members() {
		if m.Removed || counts != nil && !counts(m) {
			continue
		}
		for _, d := range t.Devices(m.ID) {
			if !d.Revoked {
				all = append(all, d.ID)
			}
		}
	}
	slices.Sort(all)
	return all
}

// reached says whether the last exchange with the log went well.
func (s *Sync) reached() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch s.phase.Phase {
	case PhaseOK, PhaseBehind, PhasePaused:
		return true
	case PhaseOffline, PhaseSignIn, PhaseMoving, PhaseRepairing, PhaseWaiting, PhaseReadOnly:
	}
	return false
}

func (s *Sync) claimed(work string) (state teamlog.ClaimState, known bool) {
	s.view(func(t *teamlog.Team) { state, known = t.Claim(work) })
	return state, known
}

func (s *Sync) say(ctx context.Context, events ...teamlog.Event) (Outcome, error) {
	if s.renewing() { // the other computer would hold the claim as well
		return Outcome{}, inbox.Errorf(inbox.Unavailable, "The team does not know this computer's new key yet. Postvak tries again by itself.")
	}
	outcomes, err := s.decideNow(ctx, events...)
	if err == nil && len(outcomes) != len(events) {
		err = inbox.Errorf(inbox.Internal, "The team log gave no answer. Restart Postvak.")
	}
	if err == nil && outcomes[0].Pending { // a log of this computer that refused: nobody has the work yet
		err = inbox.Errorf(inbox.Unavailable, "The team's log cannot be written now. Postvak tries again by itself.")
	}
	if err != nil {
		return Outcome{}, err
	}
	return outcomes[0], nil
}

// instant reads both clocks. A clock with a reading of its own that nobody can set
// says so by Monotonic; the system's has it inside its times.
func (s *Sync) instant() instant {
	at := s.cfg.Clock.Now()
	if steady, ok := s.cfg.Clock.(interface{ Monotonic() time.Duration }); ok {
		return instant{at.Round(0), steady.Monotonic()}
	}
	return instant{at.Round(0), at.Sub(s.duties.origin)}
}
