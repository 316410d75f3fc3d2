package teamsync

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

const (
	settingPrivate = "team.private"
	settingSharing = "team.sharing"
)

// loadPrivate reads which channels stay on this computer (R31).
func (s *Sync) loadPrivate(ctx context.Context) error {
	plan, err := s.cfg.Store.Setting(ctx, settingSharing)
	if err != nil {
		return err
	}
	s.pen.Lock()
	s.sharing = plan != ""
	s.pen.Unlock()
	text, err := s.cfg.Store.Setting(ctx, settingPrivate)
	if err != nil || text == "" {
		return err
	}
	var private []inbox.Channel
	if err := json.Unmarshal([]byte(text), &private); err != nil {
		return inbox.Errorf(inbox.Internal, "The list of private channels on this computer is damaged. Restore the profile from a backup.").Because(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.private = private
	s.all = s.replay.Team.With(private)
	return nil
}

// isPrivate says whether a channel stays on this computer. One that is on its
// way to the team stands among the private ones too, as shared, until the log
// gave it back.
func (s *Sync) isPrivate(id inbox.ChannelID) bool {
	c, found := s.privateChannel(id)
	return found && !c.Shared
}

func (s *Sync) privateChannel(id inbox.ChannelID) (inbox.Channel, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i := slices.IndexFunc(s.private, func(c inbox.Channel) bool { return c.ID == id })
	if i < 0 {
		return inbox.Channel{}, false
	}
	return s.private[i], true
}

// route says where the first of some events goes, and how many after it go the
// same way: to the team log, or no further than this computer. The caller holds
// pen.
func (s *Sync) route(events []teamlog.Event) (private bool, n int, err error) {
	for i, e := range events {
		here, err := s.staysHere(e)
		if err != nil {
			return false, 0, err
		}
		if i == 0 {
			private = here
		}
		if here != private {
			return private, i, nil
		}
	}
	return private, len(events), nil
}

// staysHere says whether an event is about a private channel.
func (s *Sync) staysHere(e teamlog.Event) (bool, error) {
	switch e := e.(type) {
	case *teamlog.ChannelAdd:
		return !e.Shared, nil
	case *teamlog.ChannelUpdate:
		private := s.isPrivate(e.ID)
		if !private && e.Shared != nil && !*e.Shared {
			return false, inbox.Errorf(inbox.Invalid, "A shared channel cannot be made private again: the team has its conversations already. Disconnect it, and connect it anew as a private one.")
		}
		return private, nil
	case *teamlog.ChannelRemove:
		return s.isPrivate(e.ID), nil
	}
	anchor := teamlog.Anchor(e)
	return anchor != "" && s.isPrivate(anchor.Channel()), nil
}

// putPrivate decides at once what stays on this computer. The caller holds pen.
func (s *Sync) putPrivate(ctx context.Context, events []teamlog.Event, outcomes []Outcome) error {
	for i, e := range events {
		if update, ok := e.(*teamlog.ChannelUpdate); ok && update.Shared != nil && *update.Shared {
			var err error
			if outcomes[i], err = s.share(ctx, update); err != nil {
				return err
			}
			continue
		}
		d, err := s.decidePrivate(ctx, e)
		if err != nil {
			return err
		}
		outcomes[i] = Outcome{ID: d.ID, Void: d.Void}
	}
	return nil
}

// decidePrivate gives one event its verdict and keeps it.
func (s *Sync) decidePrivate(ctx context.Context, e teamlog.Event) (teamlog.Decision, error) {
	d := teamlog.Decision{Author: s.Me(), At: s.cfg.Clock.Now(), Event: e}
	d.ID = "private-" + rand.Text()
	s.mu.RLock()
	view := s.replay.Team.With(s.private)
	view.Apply(&d)
	s.mu.RUnlock()
	if anchor := teamlog.Anchor(e); anchor != "" {
		return d, s.cfg.Store.AddPrivate(ctx, []teamlog.Decision{d})
	}
	return d, s.keepPrivate(ctx, view)
}

// keepPrivate keeps the private channels as they are in a view of the team,
// and shows them.
func (s *Sync) keepPrivate(ctx context.Context, view *teamlog.Team) error {
	private := []inbox.Channel{}
	s.mu.RLock()
	for _, c := range view.Channels() {
		if _, shared := s.replay.Team.Channel(c.ID); !shared {
			private = append(private, c)
		}
	}
	s.mu.RUnlock()
	return s.setPrivate(ctx, private)
}

func (s *Sync) setPrivate(ctx context.Context, private []inbox.Channel) error {
	if err := s.storePrivate(ctx, private); err != nil {
		return err
	}
	s.mu.Lock()
	s.private = private
	s.mu.Unlock()
	return s.showChannels(ctx)
}

func (s *Sync) storePrivate(ctx context.Context, private []inbox.Channel) error {
	text, err := json.Marshal(private)
	if err != nil {
		return err
	}
	return s.cfg.Store.SetSetting(ctx, settingPrivate, string(text))
}

// showChannels gives the store the channels as they are now. The caller holds
// pen.
func (s *Sync) showChannels(ctx context.Context) error {
	s.mu.Lock()
	s.all = s.replay.Team.With(s.private)
	channels, removals := s.all.Channels(), maps.Clone(s.replay.Team.Removals())
	s.mu.Unlock()
	err := s.cfg.Store.Apply(ctx, Stretch{Cursor: s.applied, Channels: channels, Removals: removals})
	s.cfg.Changed()
	return err
}
