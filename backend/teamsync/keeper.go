package teamsync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"filippo.io/age"

	"postvak/backend/run"
	"postvak/backend/teamlog"
)

const (
	// sealLease is how long a desktop may take to seal the team's secrets anew.
	sealLease = MinLease
	// lookAgain is when the keeper looks again for what another desktop is at:
	// it may have died.
	lookAgain = 30 * time.Second
	// tryAgain is when it looks again after an error.
	tryAgain = time.Minute
)

// duties are what a member's desktop does for the team without being asked.
type duties struct {
	claims *Claims
	origin time.Time // of the clock that nobody sets
	every  uint64    // records between snapshots; mu of Sync guards it
	past   uint64    // how far the past was checked; mu of Sync guards it

	keys  sync.Mutex          // guards what is below, and the making of keys
	opens *age.X25519Identity // this desktop's, once it is known
	words map[[sha256.Size]byte][4]string
}

func newDuties(s *Sync) duties {
	return duties{
		claims: newClaims(s), origin: s.cfg.Clock.Now(), every: snapshotEvery, words: map[[sha256.Size]byte][4]string{},
	}
}

// startKeeper starts what every member's desktop does for the team: it lets
// invited people in and seals secrets anew (admins), writes snapshots (admins)
// and checks those of others.
func (s *Sync) startKeeper(g *run.Group) { g.Go("team keeper", s.keep) }

// keep looks after each change of the log whether there is something to do.
func (s *Sync) keep(ctx context.Context) {
	for ctx.Err() == nil {
		news := s.news()
		again, err := s.tend(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.Warn("keeping the team", "error", err.Error())
			again = tryAgain
		}
		var later <-chan time.Time
		if again > 0 {
			later = s.cfg.Clock.After(again)
		}
		select {
		case <-news:
		case <-later:
		case <-ctx.Done():
		}
	}
}

// tend does what is to be done now, and says when to look again; 0 is when
// something changes.
func (s *Sync) tend(ctx context.Context) (again time.Duration, err error) {
	if s.Membership() != Active || s.isOutdated() {
		return 0, nil
	}
	if err := s.tellRecipient(ctx); err != nil {
		return 0, err
	}
	if err := s.verifyPast(ctx); err != nil {
		return 0, err
	}
	if s.mayAdmin() == nil {
		for _, duty := range []func(context.Context) (bool, error){s.admit, s.sealAnew, s.snapshotDue} {
			open, err := duty(ctx)
			if err != nil {
				return 0, err
			}
			if open {
				again = lookAgain
			}
		}
	}
	return again, s.checkSnapshots(ctx)
}

// tellRecipient tells the team to which key secrets for this desktop are to be
// sealed, where the log does not say so: one that began before there was a
// team, or a keyring that was lost.
func (s *Sync) tellRecipient(ctx context.Context) error {
	device, known := s.Device(s.speaker())
	own := s.recipientText(ctx)
	if !known || own == "" || device.Recipient == own {
		return nil
	}
	_, err := s.say(ctx, &teamlog.DeviceUpdate{Recipient: own})
	return err
}

// admit lets in who comes with a valid invitation. The address of an active
// member is not let in by itself, invited or not: it would be that person with
// a new computer, and only the four words can tell.
func (s *Sync) admit(ctx context.Context) (open bool, err error) {
	var add []teamlog.Event
	now := s.cfg.Clock.Now()
	s.view(func(t *teamlog.Team) {
		for _, r := range t.Requests() {
			if event := invited(t, r, now); event != nil {
				add = append(add, event)
			}
		}
	})
	for _, event := range add {
		if _, err := s.say(ctx, event); err != nil {
			return false, err
		}
	}
	return false, nil
}

// invited is what lets a request in by its invitation, nil when a person must
// decide.
func invited(t *teamlog.Team, r teamlog.Request, now time.Time) teamlog.Event {
	if !r.Valid {
		return nil
	}
	if _, same := samePerson(t, r.Email); same {
		return nil
	}
	if _, taken := t.Member(r.Member); taken {
		return nil
	}
	for _, invite := range t.Invites() {
		if bytes.Equal(invite.Key, r.Invite) && !now.After(invite.Expires) {
			return &teamlog.MemberAdd{
				Member: r.Member, Name: r.Name, Email: r.Email, Role: invite.Role, Key: r.Key, Recipient: r.Recipient, Invite: r.Invite,
			}
		}
	}
	return nil
}

// stale is a secret that is not sealed to exactly the team's present devices.
type stale struct {
	of string
	id string // Secret.ID
}

// staleSecrets lists them with the name of the work of sealing them: another
// one after every change of the team or of a secret.
func (s *Sync) staleSecrets() (list []stale, work string) {
	s.view(func(t *teamlog.Team) { list, work = staleIn(t) })
	return list, work
}

func staleIn(t *teamlog.Team) (list []stale, work string) {
	recipients := t.Recipients()
	maps.DeleteFunc(recipients, func(_, text string) bool {
		_, err := recipientOf(text)
		return err != nil
	})
	wanted := slices.Sorted(maps.Keys(recipients))
	name := sha256.New()
	fmt.Fprintln(name, strings.Join(wanted, " "))
	for _, of := range t.Secrets() {
		secret, _ := t.Secret(of)
		if !slices.Equal(slices.Sorted(slices.Values(secret.To)), wanted) {
			list = append(list, stale{of, secret.ID})
			fmt.Fprintln(name, of, secret.ID)
		}
	}
	return list, "seal/" + hex.EncodeToString(name.Sum(nil)[:16])
}

// sealAnew seals the team's secrets to the devices that it has now: to one that
// was let in, and away from one that was removed. One admin's desktop does it;
// when that dies another one takes over.
func (s *Sync) sealAnew(ctx context.Context) (open bool, err error) {
	list, work := s.staleSecrets()
	list = slices.DeleteFunc(list, func(one stale) bool {
		_, _, err := s.openSealed(ctx, one.of)
		return err != nil // somebody else's desktop can, or an admin enters it again
	})
	if len(list) == 0 {
		return false, nil
	}
	claim, err := s.Claim(ctx, work, sealLease)
	if err != nil || claim == nil {
		return true, err
	}
	for _, one := range list {
		if err := s.sealOne(ctx, claim, one); err != nil {
			return true, err
		}
	}
	_, err = claim.Done(ctx, "sealed", nil)
	return false, err
}

func (s *Sync) sealOne(ctx context.Context, claim *Claim, one stale) error {
	value, secret, err := s.openSealed(ctx, one.of)
	if err != nil || secret.ID != one.id {
		return nil // it changed: that is other work
	}
	if mine, err := s.stillMine(ctx, claim); err != nil || !mine {
		return err
	}
	event, err := s.sealed(ctx, one.of, value, one.id)
	if err != nil {
		return err
	}
	_, err = s.say(ctx, event)
	return err
}

// snapshotDue writes a snapshot when enough happened since the last one that
// can be used, or that one is wrong. Only what was checked here goes into one.
func (s *Sync) snapshotDue(ctx context.Context) (open bool, err error) {
	if st, err := s.standingFor(ctx); err != nil || st != nil {
		return false, err
	}
	distrust, err := s.cfg.Store.Setting(ctx, settingDistrust)
	if err != nil {
		return false, err
	}
	stored, err := s.cfg.Store.Cursor(ctx)
	if err != nil {
		return false, err
	}
	work, due := s.dueAt(stored, distrust)
	if !due {
		return false, nil
	}
	claim, err := s.Claim(ctx, work, snapshotLease)
	if err != nil || claim == nil {
		return true, err
	}
	return false, s.writeSnapshot(ctx, claim, stored.Count)
}

// dueAt says whether a snapshot is due when so much is stored, and what the
// work of writing it is called: by the snapshot that it follows.
func (s *Sync) dueAt(stored teamlog.Cursor, distrust string) (work string, due bool) {
	var last uint64
	after := "genesis"
	if heads := s.heads(); len(heads) > 0 {
		head := heads[len(heads)-1]
		after = fmt.Sprint(head.N)
		if trusts(distrust, head) && head.Upto.Epoch == stored.Pos.Epoch && head.Version == teamlog.SnapshotVersion {
			last = head.Upto.Count
		}
	}
	work = fmt.Sprintf("snapshot/%s/%s/%d", stored.Pos.Epoch, after, teamlog.SnapshotVersion)
	return work, stored.Count-min(stored.Count, last) > max(s.snapshotEvery(), stored.Count/snapshotShare)
}

var _ claimLog = (*Sync)(nil)

func (s *Sync) snapshotEvery() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.duties.every
}
