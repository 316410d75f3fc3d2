package teamsync

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// Joining is a wish to be let into a team.
type Joining struct {
	// LogID names the team's log; "" takes the one that is found, whose name the
	// four words vouch for. With an invitation it is the invitation's.
	LogID       string
	Name, Email string
	// Invitation may be zero: then an admin compares the four words.
	Invitation teamlog.Invitation
}

// Join asks to be let into the team whose log an engine reaches, and follows
// that log from then on. It gives the four words that an admin's screen must
// show too. Until somebody lets this computer in, nothing of the team is shown
// here and nothing can be decided; with a valid invitation any admin's computer
// does so by itself.
//
// The log is looked at first: after an error nothing has changed here and the
// caller closes the engine. A log whose records contradict each other is
// refused (Conflict), so is a store that holds messages.
func (s *Sync) Join(ctx context.Context, engine teamlog.Log, j Joining) (words [4]string, err error) {
	j.Name, j.Email = strings.TrimSpace(j.Name), strings.TrimSpace(j.Email)
	if err := j.check(s.cfg.Clock.Now()); err != nil {
		return words, err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	defer s.Wake()
	found, err := s.survey(ctx, engine, j.LogID)
	if err != nil {
		return words, err
	}
	if err := j.invited(found.team()); err != nil {
		return words, err
	}
	key, err := s.joiningKey(ctx, found.team())
	if err != nil {
		return words, err
	}
	recipient, err := s.identity(ctx)
	if err != nil {
		return words, err
	}
	if words, err = teamlog.Words(found.logID(), key.Public().(ed25519.PublicKey), recipient.Recipient().String()); err != nil {
		return words, inbox.Errorf(inbox.Internal, "The four words could not be made. Try again.").Because(err)
	}
	if err := s.enter(ctx, engine, found, key); err != nil {
		return words, err
	}
	return words, s.request(ctx, j, found, key, recipient.Recipient().String())
}

// check looks at what a person typed.
func (j *Joining) check(now time.Time) error {
	switch {
	case j.Name == "":
		return inbox.Errorf(inbox.Invalid, "Type your name, so that the team knows who asks.")
	case len(j.Invitation.Secret) == 0:
		return nil
	case j.LogID != "" && j.LogID != j.Invitation.Log:
		return inbox.Errorf(inbox.Invalid, "This invitation is for another team.")
	case now.After(j.Invitation.Expires):
		return inbox.Errorf(inbox.Invalid, "This invitation has expired. Ask for a new one.")
	}
	j.LogID = j.Invitation.Log
	return nil
}

// invited says why an invitation does not count, nil when it may. One that the
// log does not know yet may be on its way there.
func (j *Joining) invited(t *teamlog.Team) error {
	if len(j.Invitation.Secret) == 0 {
		return nil
	}
	key := j.Invitation.Key()
	for _, invite := range t.Invites() {
		if key.Equal(invite.Key) && invite.UsedBy != "" {
			return inbox.Errorf(inbox.Conflict, "This invitation was used already. Ask for a new one.")
		}
	}
	return nil
}

// joiningKey gives the key to join with: this computer's, or a new one when
// the team knows that one and does not listen to it any more.
func (s *Sync) joiningKey(ctx context.Context, t *teamlog.Team) (ed25519.PrivateKey, error) {
	key, err := s.loadKey(ctx, s.cfg.KeyName, true)
	if err != nil {
		return nil, err
	}
	device, known := t.Device(teamlog.DeviceID(key.Public().(ed25519.PublicKey)))
	if !known || speaks(t, device) {
		return key, nil
	}
	if err := s.cfg.Secrets.Delete(ctx, s.cfg.KeyName); err != nil {
		return nil, err
	}
	return s.loadKey(ctx, s.cfg.KeyName, true)
}

// speaks says whether the team listens to a device.
func speaks(t *teamlog.Team, d teamlog.Device) bool {
	member, known := t.Member(d.Member)
	return known && !member.Removed && !d.Revoked
}

// enter follows the other log, from its snapshot where there is one. The caller
// holds turn.
func (s *Sync) enter(ctx context.Context, engine teamlog.Log, p *prospect, key ed25519.PrivateKey) error {
	if err := s.forget(ctx, engine, p.logID()); err != nil {
		return err
	}
	s.mu.Lock()
	s.me = newAuthor(s.member, key)
	s.mu.Unlock()
	if p.offer == nil {
		return nil
	}
	if err := s.take(ctx, p.offer); err != nil {
		// Everything is read instead, by whoever follows the log.
		s.cfg.Logger.Warn("a snapshot of the team log could not be taken", "error", err.Error())
		return s.found(ctx, p.offer.wrong())
	}
	return nil
}

// request lets the request wait for the log, unless the team listens to this
// computer already.
func (s *Sync) request(ctx context.Context, j Joining, p *prospect, key ed25519.PrivateKey, recipient string) error {
	public := key.Public().(ed25519.PublicKey)
	device := teamlog.DeviceID(public)
	if _, known := p.team().Device(device); known {
		return nil
	}
	join := &teamlog.Join{Member: s.wish(p.team()), Name: j.Name, Email: j.Email, Key: public, Recipient: recipient}
	if len(j.Invitation.Secret) > 0 {
		join.Invite = j.Invitation.Key()
		join.Proof = j.Invitation.Prove(p.logID(), public, recipient, j.Name, j.Email)
	}
	seq, prev := p.replay.Chain(device)
	record, err := teamlog.Seal(teamlog.Envelope{
		Log: p.logID(), Device: device, Seq: seq + 1, Prev: prev, Base: p.replay.Cursor.Base(), At: s.cfg.Clock.Now(),
		Events: []teamlog.Event{join},
	}, key)
	if err != nil {
		return inbox.Errorf(inbox.Internal, "The decision could not be signed. Restart Postvak.").Because(err)
	}
	return s.submit(ctx, record)
}

// wish is the member id to ask for: this desktop's, unless the team had
// somebody of that id.
func (s *Sync) wish(t *teamlog.Team) inbox.MemberID {
	id := s.Me()
	for {
		if _, taken := t.Member(id); !taken && id != "" {
			return id
		}
		id = inbox.MemberID(strings.ToLower(rand.Text()))
	}
}
