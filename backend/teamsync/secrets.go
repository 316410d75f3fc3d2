package teamsync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"filippo.io/age"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// maxSecret limits what opening a sealed secret may give.
const maxSecret = 16 << 10

// identity is this desktop's key for opening what teammates seal to it. It
// lies in the keyring beside the signing key and never leaves this computer.
// It is made when it is asked for first, and kept in memory as the signing key
// is: the keeper asks for it whenever the log goes on.
func (s *Sync) identity(ctx context.Context) (*age.X25519Identity, error) {
	s.duties.keys.Lock()
	defer s.duties.keys.Unlock()
	if s.duties.opens == nil {
		key, err := s.storedIdentity(ctx)
		if err != nil {
			return nil, err
		}
		s.duties.opens = key
	}
	return s.duties.opens, nil
}

func (s *Sync) storedIdentity(ctx context.Context) (*age.X25519Identity, error) {
	name := s.cfg.KeyName + "/recipient"
	text, err := s.cfg.Secrets.Get(ctx, name)
	if err == nil {
		key, err := age.ParseX25519Identity(text)
		if err != nil {
			// The error would quote the key.
			return nil, inbox.Errorf(inbox.Internal, "This computer's key for the team's passwords is damaged. Restore the profile from a backup.")
		}
		return key, nil
	}
	if inbox.CodeOf(err) != inbox.NotFound {
		return nil, err
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, s.cfg.Secrets.Set(ctx, name, key.String())
}

// recipientText is what teammates seal this desktop's secrets to; "" when the
// keyring fails, and then the keeper tells the team later.
func (s *Sync) recipientText(ctx context.Context) string {
	key, err := s.identity(ctx)
	if err != nil {
		s.cfg.Logger.Warn("this computer's key for the team's passwords", "error", err.Error())
		return ""
	}
	return key.Recipient().String()
}

// PutSecret gives a secret, such as a channel's password, to the computers of
// all members, sealed so that only they open it. Only admins. An empty value
// takes it away. The log's and the database's copies are the sealed ones.
func (s *Sync) PutSecret(ctx context.Context, of, value string) error {
	if err := s.mayAdmin(); err != nil {
		return err
	}
	if len(value) > maxSecret {
		return inbox.Errorf(inbox.Invalid, "This password is too long to be shared with the team.")
	}
	event, err := s.sealed(ctx, of, []byte(value), "")
	if err != nil {
		return err
	}
	_, err = s.Decide(ctx, event)
	return err
}

// sealed seals a value to all present computers of the team.
func (s *Sync) sealed(ctx context.Context, of string, value []byte, was string) (*teamlog.SecretSet, error) {
	own, err := s.identity(ctx)
	if err != nil {
		return nil, err
	}
	to := s.recipients()
	to[s.speaker()] = own.Recipient().String()
	ciphertext, devices, err := seal(value, to)
	if err != nil {
		return nil, inbox.Errorf(inbox.Internal, "The password could not be sealed for the team. Try again.").Because(err)
	}
	return &teamlog.SecretSet{Of: of, Sealed: ciphertext, To: devices, Was: was}, nil
}

func (s *Sync) recipients() (all map[string]string) {
	s.view(func(t *teamlog.Team) { all = t.Recipients() })
	return all
}

// recipientOf reads whom to seal to, and tries: there are points in the right
// form to which nothing can be sealed, and one of them would stop the sealing
// to everybody.
func recipientOf(text string) (*age.X25519Recipient, error) {
	recipient, err := age.ParseX25519Recipient(text)
	if err == nil {
		_, err = recipient.Wrap(make([]byte, 16))
	}
	return recipient, err
}

// seal encrypts to every device whose recipient can be read, and names them.
// One that cannot is no reason to leave the others without.
func seal(value []byte, to map[string]string) (ciphertext []byte, devices []string, err error) {
	var recipients []age.Recipient
	for _, device := range slices.Sorted(maps.Keys(to)) {
		recipient, err := recipientOf(to[device])
		if err != nil {
			continue
		}
		recipients, devices = append(recipients, recipient), append(devices, device)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.Write(value); err != nil {
		return nil, nil, err
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	return out.Bytes(), devices, nil
}

// Secret opens the newest sealing of a secret. It is NotFound when there is
// none, or none for this computer yet: an admin's computer seals it anew a
// moment after this one was let in.
func (s *Sync) Secret(ctx context.Context, of string) (string, error) {
	value, _, err := s.openSealed(ctx, of)
	if err == nil && len(value) == 0 {
		err = inbox.Errorf(inbox.NotFound, "The team has no password for this any more.")
	}
	return string(value), err
}

// HasSecret says whether a secret is there for this computer, without opening
// it.
func (s *Sync) HasSecret(of string) (sealed bool) {
	device := s.speaker()
	s.view(func(t *teamlog.Team) {
		secret, known := t.Secret(of)
		sealed = known && slices.Contains(secret.To, device)
	})
	return sealed
}

// openSealed opens the newest sealing of a secret and tells which it is.
func (s *Sync) openSealed(ctx context.Context, of string) ([]byte, teamlog.Secret, error) {
	var secret teamlog.Secret
	var known bool
	s.view(func(t *teamlog.Team) { secret, known = t.Secret(of) })
	if !known || !slices.Contains(secret.To, s.speaker()) {
		return nil, secret, inbox.Errorf(inbox.NotFound, "The team's password for this has not reached this computer yet. "+
			"It comes when an admin's computer is online.")
	}
	key, err := s.identity(ctx)
	if err != nil {
		return nil, secret, err
	}
	value, err := unseal(secret.Sealed, key)
	if err != nil {
		return nil, secret, inbox.Errorf(inbox.Auth, "The team's password for this cannot be opened on this computer. "+
			"Ask an admin to enter it again.").Because(err)
	}
	return value, secret, nil
}

var errLong = errors.New("a sealed secret is too long")

func unseal(ciphertext []byte, key age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(ciphertext), key)
	if err != nil {
		return nil, err
	}
	value, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err == nil && len(value) > maxSecret {
		err = errLong
	}
	return value, err
}
