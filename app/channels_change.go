package app

import (
	"context"
	"slices"
	"strings"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

func (a *App) updateChannel(ctx context.Context, id inbox.ChannelID, changes ChannelChanges) error {
	channel, err := a.ownChannel(id)
	if err != nil {
		return err
	}
	event, err := changes.domain(channel)
	if err != nil {
		return err
	}
	if changes.Shared != nil && *changes.Shared && !channel.Shared {
		if err := a.share(ctx, id); err != nil {
			return err
		}
	}
	if event.Name != nil || event.Email != nil || event.Messenger != nil || event.Signature != nil {
		if _, err := a.decide(ctx, event); err != nil {
			return err
		}
	}
	a.refreshChannels()
	a.follower.poke()
	return nil
}

// share gives a private channel to the team. That its owner muted it was their
// computer's own affair until now; from now on teammates' desktops must know.
func (a *App) share(ctx context.Context, id inbox.ChannelID) error {
	before, err := a.bell(ctx)
	if err != nil {
		return err
	}
	shared := true
	if _, err := a.decide(ctx, &teamlog.ChannelUpdate{ID: id, Shared: &shared}); err != nil {
		return err
	}
	if !slices.Contains(before.Muted, string(id)) {
		return nil
	}
	return a.changeBell(ctx, func(s *storedBell) {
		if !slices.Contains(s.Muted, string(id)) {
			s.Muted = append(s.Muted, string(id))
		}
	})
}

// domain checks what is to change about a channel.
func (changes ChannelChanges) domain(channel inbox.Channel) (*teamlog.ChannelUpdate, error) {
	event := &teamlog.ChannelUpdate{ID: channel.ID}
	if channel.Shared && changes.Shared != nil && !*changes.Shared {
		return nil, inbox.Errorf(inbox.Invalid, "A shared channel cannot be made private again: what was decided about it is in the team's log. "+
			"Disconnect it, and connect it again as a private one.")
	}
	if changes.Name != nil {
		name, err := channelName(*changes.Name)
		if err != nil {
			return nil, err
		}
		if name == "" {
			return nil, inbox.Errorf(inbox.Invalid, "A channel needs a name.")
		}
		event.Name = &name
	}
	settings, err := changes.settings(channel)
	if err != nil {
		return nil, err
	}
	if settings != channel.Email {
		event.Email = &settings
	}
	if page := channel.Messenger; changes.HumanAgent != nil && channel.Kind == inbox.Messenger && page.HumanAgent != *changes.HumanAgent {
		page.HumanAgent = *changes.HumanAgent
		event.Messenger = &page
	}
	event.Signature, err = changes.signature(channel)
	return event, err
}

// signature is what is to stand under a channel's e-mails from now on; nil when
// that stays.
func (changes ChannelChanges) signature(channel inbox.Channel) (*string, error) {
	if changes.Signature == nil {
		return nil, nil
	}
	text := plainText(*changes.Signature)
	switch {
	case text == channel.Signature:
		return nil, nil
	case channel.Kind != inbox.Email:
		return nil, inbox.Errorf(inbox.Invalid, "Only e-mails have a signature.")
	case len(text) > teamlog.MaxSignature:
		return nil, inbox.Errorf(inbox.Invalid, "A signature has at most %d characters. Shorten it.", teamlog.MaxSignature)
	}
	return &text, nil
}

// settings are a channel's servers and folders after the changes. User names
// of one's own stay out of the team's log.
func (changes ChannelChanges) settings(channel inbox.Channel) (settings inbox.EmailSettings, err error) {
	settings = channel.Email
	if changes.Folders != nil {
		settings.Inbox, settings.Sent = changes.Folders.Inbox, changes.Folders.Sent
	}
	if changes.IMAP != nil {
		if settings.IMAP, err = changes.IMAP.domain("IMAP"); err != nil {
			return settings, err
		}
	}
	if changes.SMTP != nil {
		if settings.SMTP, err = changes.SMTP.domain("SMTP"); err != nil {
			return settings, err
		}
	}
	if ownName(channel) {
		settings.IMAP.Username, settings.SMTP.Username = "", ""
	}
	return settings, nil
}

func (a *App) signIn(ctx context.Context, id inbox.ChannelID, r SignInRequest) error {
	channel, err := a.ownChannel(id)
	if err != nil {
		return err
	}
	if channel.Kind != inbox.Email {
		return a.signInChat(ctx, channel, r)
	}
	with, err := a.loginWith(r.Password, r.Grant)
	if err != nil {
		return err
	}
	channel, changed, err := a.signedInBy(channel, with)
	if err != nil {
		return err
	}
	login := a.withLogin(channel)
	name := strings.TrimSpace(r.Username)
	if ownName(channel) && name != "" {
		login.Email.IMAP.Username, login.Email.SMTP.Username = name, name
	}
	if _, err := a.mailboxWith(login, with).Check(ctx); err != nil {
		return err
	}
	return a.grants.use(with.grant, func() error {
		if err := a.keepSecret(ctx, id, with.secret()); err != nil {
			return err
		}
		if changed {
			if _, err := a.decide(ctx, &teamlog.ChannelUpdate{ID: id, Email: &channel.Email}); err != nil {
				return err
			}
		}
		return a.keepSignIn(ctx, channel, login, with.secret())
	})
}

// keepSignIn stores what belongs to a password that was found right, and goes
// on with it: an admin's is the team's.
func (a *App) keepSignIn(ctx context.Context, channel, login inbox.Channel, password Secret) error {
	if channel.SignIn == inbox.SignInOwn {
		if ownName(channel) {
			if err := a.db.PutSetting(ctx, loginKey(channel.ID), login.Email.IMAP.Username); err != nil {
				return err
			}
		}
		if err := a.bindLogin(ctx, channel.ID, channel.Email); err != nil {
			return err
		}
	} else if err := a.unbindLogin(ctx, channel.ID); err != nil {
		return err
	}
	if fromTeam(channel) && a.readOnly() == "" && a.team.Membership() == teamsync.Active {
		if err := a.shareSecret(ctx, channel.ID, password); err != nil {
			return err
		}
	}
	a.refreshChannels()
	a.signedIn(channel.ID)
	return nil
}
