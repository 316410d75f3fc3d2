package app

import (
	"context"

	"postvak/backend/inbox"
)

// sealedName is the name under which the team log has a channel's password,
// sealed to the computers of the team.
func sealedName(channel inbox.ChannelID) string { return "channel/" + string(channel) }

// takenName is the handle of the password that was last taken over from the
// team: only another one replaces what somebody typed here since.
func takenName(channel inbox.ChannelID) string { return passwordName(channel) + "/team" }

// loginKey is the setting with one's own user name for a channel where each
// member signs in as themself.
func loginKey(channel inbox.ChannelID) string { return "channel." + string(channel) + ".login" }

// fromTeam says whether a channel's password comes with the team.
func fromTeam(c inbox.Channel) bool { return c.Shared && c.SignIn != inbox.SignInOwn }

// ownName says whether each member signs in to a channel under a name of their
// own. With a token of their own the name is the mailbox's, the same for all.
func ownName(c inbox.Channel) bool { return c.SignIn == inbox.SignInOwn && !c.Email.OAuth.On() }

// withLogin is a channel as this computer signs in to it.
func (a *App) withLogin(c inbox.Channel) inbox.Channel {
	if !ownName(c) {
		return c
	}
	name := c.Address
	if _, err := a.db.Setting(a.ctx, loginKey(c.ID), &name); err != nil {
		a.log.Error("reading a login", "channel", string(c.ID), "error", err.Error())
	}
	c.Email.IMAP.Username, c.Email.SMTP.Username = name, name
	return c
}

// channelPassword gives a channel's password when it is needed. One that is
// not here yet comes with the team, or is the person's to give.
func (a *App) channelPassword(ctx context.Context, c inbox.Channel) (string, error) {
	if err := a.stillBound(ctx, c); err != nil {
		return "", err
	}
	password, err := a.secrets.Get(ctx, passwordName(c.ID))
	if inbox.CodeOf(err) != inbox.NotFound || !fromTeam(c) || c.Installer == a.team.Me() {
		return password, err
	}
	if c.Kind != inbox.Email || c.Email.OAuth.On() {
		return "", inbox.Errorf(inbox.Auth, "What signs in to %s comes from an admin's computer as soon as one is online. Or sign in yourself.", c.Name)
	}
	return "", inbox.Errorf(inbox.Auth, "The password of %s comes from an admin's computer as soon as one is online. Or sign in yourself.", c.Address)
}

// exchangeSecrets takes over the passwords that the team has for this computer
// and, on an admin's, gives the team those that it lacks: of channels from the
// time when it was a team of one.
func (a *App) exchangeSecrets(ctx context.Context) error {
	for _, c := range a.team.Channels() {
		if !fromTeam(c) {
			continue
		}
		if err := a.takeSecret(ctx, c); err != nil {
			return err
		}
		if err := a.giveSecret(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// takeSecret stores a password that the team has anew, and tries the channel
// with it.
func (a *App) takeSecret(ctx context.Context, c inbox.Channel) error {
	password, err := a.team.Secret(ctx, sealedName(c.ID))
	if inbox.CodeOf(err) == inbox.NotFound {
		return nil // none yet, or none for this computer yet
	}
	if err != nil {
		return err
	}
	a.known.learnSecret(password)
	if taken, err := a.secrets.Get(ctx, takenName(c.ID)); err == nil && taken == password {
		return nil
	}
	if err := a.secrets.Set(ctx, passwordName(c.ID), password); err != nil {
		return err
	}
	if err := a.unbindLogin(ctx, c.ID); err != nil {
		return err
	}
	a.signedIn(c.ID)
	if err := a.secrets.Set(ctx, takenName(c.ID), password); err != nil {
		return err
	}
	return a.passwordChanged(ctx, c.ID)
}

// giveSecret seals a channel's password to the team's computers when the team
// has none.
func (a *App) giveSecret(ctx context.Context, c inbox.Channel) error {
	if a.readOnly() != "" || a.team.HasSecret(sealedName(c.ID)) || a.boundTo(ctx, c.ID) != "" {
		return nil // somebody's own password is nobody else's, whatever the channel became
	}
	if _, any, err := a.mailboxOfTeam(ctx); err != nil || !any {
		return err // a team of one has nobody to give it to
	}
	password, err := a.secrets.Get(ctx, passwordName(c.ID))
	if inbox.CodeOf(err) == inbox.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return a.shareSecret(ctx, c.ID, Secret(password))
}

// shareSecret gives the team a channel's new password.
func (a *App) shareSecret(ctx context.Context, channel inbox.ChannelID, password Secret) error {
	password = shareable(password)
	if err := a.team.PutSecret(ctx, sealedName(channel), password.reveal()); err != nil {
		return err
	}
	return a.secrets.Set(ctx, takenName(channel), password.reveal())
}

// forgetPassword takes the password of a channel that is no more off this
// computer.
func (a *App) forgetPassword(channel inbox.ChannelID) {
	for _, name := range []string{passwordName(channel), takenName(channel)} {
		if err := a.forget(a.ctx, name); err != nil {
			a.log.Error("forgetting a password", "channel", string(channel), "error", err.Error())
		}
	}
}

// signedIn tries a channel again whose password is another now.
func (a *App) signedIn(channel inbox.ChannelID) {
	a.intake.SignedIn(channel)
	a.outbox.Wake()
}
