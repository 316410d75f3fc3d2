package teamsync

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"slices"

	"filippo.io/age"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// nextKey is the handle of the signing key that takes the place of the present
// one; the key for the team's passwords lies beside it.
func nextKey(name string) string { return name + "/next" }

// NewKey prepares this computer to speak with a key of its own, because the one
// that it has came along with a restored backup: two computers with one key
// would number their records alike, and both would hold the same claims. The new
// key takes over once the team knows it (Start). Doing so again changes nothing.
// It is called before Start.
func NewKey(ctx context.Context, secrets inbox.SecretStore, name string) error {
	if _, err := secrets.Get(ctx, nextKey(name)); err == nil || inbox.CodeOf(err) != inbox.NotFound {
		return err
	}
	if _, err := secrets.Get(ctx, name); err != nil {
		if inbox.CodeOf(err) == inbox.NotFound {
			return nil // nothing to take the place of
		}
		return err
	}
	recipient, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	if err := secrets.Set(ctx, nextKey(name)+"/recipient", recipient.String()); err != nil {
		return err
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	return secrets.Set(ctx, nextKey(name), base64.RawStdEncoding.EncodeToString(key.Seed()))
}

// successor is the key that takes over. Guarded by turn, but for what mu guards.
type successor struct {
	author    *Author
	recipient *age.X25519Identity
	asked     bool // in this run of the program
}

// loadNext reads the key that is to take over, if there is one. The caller holds
// turn.
func (s *Sync) loadNext(ctx context.Context) error {
	key, err := s.loadKey(ctx, nextKey(s.cfg.KeyName), false)
	if inbox.CodeOf(err) == inbox.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := s.cfg.Secrets.Get(ctx, nextKey(s.cfg.KeyName)+"/recipient")
	if err != nil && inbox.CodeOf(err) != inbox.NotFound {
		return err
	}
	recipient, err := age.ParseX25519Identity(text)
	if err != nil {
		// A kill fell behind the taking over, or the entry is damaged. age's
		// error would quote it.
		if recipient, err = age.GenerateX25519Identity(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.next = &successor{author: newAuthor(s.member, key), recipient: recipient}
	s.mu.Unlock()
	return nil
}

// renewing says whether this computer still speaks with a key that another one
// may have too.
func (s *Sync) renewing() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.next != nil
}

// changeKey has the old key introduce the new one to the team, once it is known how
// far the log is, and takes the new one when the team knows it. The old device
// stays as it is: it may be in use on the other computer. The caller holds turn.
func (s *Sync) changeKey(ctx context.Context) error {
	if s.next == nil || s.author() == nil {
		return nil
	}
	s.mu.RLock()
	device, known := s.replay.Team.Device(s.next.author.device)
	s.mu.RUnlock()
	if known && !device.Revoked {
		return s.takeKey(ctx)
	}
	if m := s.Membership(); s.next.asked || s.blocked() || m != Solo && m != Active {
		return nil
	}
	waits, err := s.introduced(ctx)
	if err != nil {
		return err
	}
	if s.next.asked = true; waits {
		return nil
	}
	_, _, err = s.put(ctx, []teamlog.Event{&teamlog.DeviceAdd{
		Member: s.Me(), Key: s.next.author.public(), Recipient: s.next.recipient.Recipient().String(),
	}}, putting{})
	return err
}

// introduced says whether the new key's introduction waits already.
func (s *Sync) introduced(ctx context.Context) (bool, error) {
	waiting, err := s.cfg.Store.Pending(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(waiting, func(p Pending) bool {
		opened, err := teamlog.Open(p.Record)
		return err == nil && slices.ContainsFunc(opened.Events, func(e teamlog.Event) bool {
			add, ok := e.(*teamlog.DeviceAdd)
			return ok && s.next.author.public().Equal(ed25519.PublicKey(add.Key))
		})
	}), nil
}

// takeKey makes the new key this computer's. The order has every kill end in a
// state from which the next start goes on: the next key goes last.
func (s *Sync) takeKey(ctx context.Context) error {
	name, next := s.cfg.KeyName, s.next
	for _, secret := range []struct{ name, value string }{
		{name + "/recipient", next.recipient.String()},
		{name, base64.RawStdEncoding.EncodeToString(next.author.key.Seed())},
	} {
		if err := s.cfg.Secrets.Set(ctx, secret.name, secret.value); err != nil {
			return err
		}
	}
	for _, gone := range []string{nextKey(name), nextKey(name) + "/recipient"} {
		if err := s.cfg.Secrets.Delete(ctx, gone); err != nil && inbox.CodeOf(err) != inbox.NotFound {
			return err
		}
	}
	s.duties.keys.Lock()
	s.duties.opens = next.recipient
	s.duties.keys.Unlock()
	s.mu.Lock()
	s.me, s.next = newAuthor(s.member, next.author.key), nil
	s.mu.Unlock()
	s.cfg.Logger.Info("this computer speaks with a key of its own now")
	s.pen.Lock()
	defer s.pen.Unlock()
	return s.number(ctx)
}
