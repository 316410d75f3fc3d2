package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"postvak/app/about"
	"postvak/backend/inbox"
)

// statusBoard keeps what each channel last said of itself.
type statusBoard struct {
	mu       sync.Mutex
	channels map[inbox.ChannelID]inbox.ChannelStatus
	rebuild  *Progress
}

func (b *statusBoard) set(s inbox.ChannelStatus) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.channels[s.Channel] = s
}

func (b *statusBoard) get(id inbox.ChannelID) (inbox.ChannelStatus, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.channels[id]
	return s, ok
}

func (b *statusBoard) forget(id inbox.ChannelID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.channels, id)
}

func (b *statusBoard) rebuilding(p *Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rebuild = p
}

// status gathers Settings.Status.
func (a *App) status(ctx context.Context) (Status, error) {
	s := Status{
		Secrets: string(a.secrets.Kind()), Sandbox: a.opt.Sandbox, Demo: a.mainWindow() != nil && !a.opt.Sandbox, Version: about.Version(), Now: stamp(a.clock.Now()),
		Channels: []ChannelStatus{},
	}
	var err error
	if s.Team, err = a.logStatus(ctx); err != nil {
		return s, err
	}
	s.State = string(a.team.Membership())
	a.board.mu.Lock()
	if a.board.rebuild != nil {
		progress := *a.board.rebuild
		s.Rebuilding = &progress
	}
	a.board.mu.Unlock()
	var all []inbox.ChannelStatus
	for _, channel := range a.channelsShown() {
		known, ok := a.board.get(channel.ID)
		if !ok {
			known = inbox.ChannelStatus{Channel: channel.ID, State: inbox.ChannelOffline}
		}
		all = append(all, known)
		s.Channels = append(s.Channels, channelStatus(known))
	}
	s.Online = !slices.ContainsFunc(all, func(c inbox.ChannelStatus) bool { return !working(c) })
	s.Text = statusText(all)
	if text := teamText(s.State, s.Team); text != "" {
		s.Online = s.Online && s.Team.Phase != "offline" && s.Team.Phase != "needs_sign_in"
		s.Text = text
	}
	if s.Rebuilding != nil {
		s.Text = "rebuilding the cache"
	}
	return s, nil
}

func working(c inbox.ChannelStatus) bool {
	return c.State == inbox.ChannelOK || c.State == inbox.ChannelSyncing
}

func channelStatus(c inbox.ChannelStatus) ChannelStatus {
	state := c.State
	if state == inbox.ChannelSyncing {
		state = inbox.ChannelOK // the contract's word for a channel that works
	}
	return ChannelStatus{
		ID: string(c.Channel), State: string(state), Syncing: c.State == inbox.ChannelSyncing,
		Done: c.Done, Total: c.Total, SetAside: c.SetAside,
		LastSync: stamp(c.LastSync), Reason: c.Reason, Since: stamp(c.Since), RetryAt: stamp(c.RetryAt),
	}
}

// statusText says in one line what is going on, the worst first (R35). The
// window writes its own in the person's language; scripts read this one.
func statusText(all []inbox.ChannelStatus) string {
	if len(all) == 0 {
		return "no mailbox connected"
	}
	worst := slices.MaxFunc(all, func(a, b inbox.ChannelStatus) int { return severity(a) - severity(b) })
	switch worst.State {
	case inbox.ChannelSyncing:
		if worst.Total == 0 {
			return "connecting"
		}
		return fmt.Sprintf("syncing %s of %s", thousands(worst.Done), thousands(worst.Total))
	case inbox.ChannelOK:
		if worst.LastSync.IsZero() {
			return "online"
		}
		return "online, last mail check at " + clockTime(worst.LastSync)
	case inbox.ChannelNeedsSignIn:
		return "needs sign-in: " + worst.Reason
	case inbox.ChannelOffline, inbox.ChannelError:
	}
	text := string(worst.State)
	if !worst.Since.IsZero() {
		text += " since " + clockTime(worst.Since)
	}
	if worst.Reason != "" {
		text += " (" + worst.Reason + ")"
	}
	if !worst.RetryAt.IsZero() {
		text += ", waiting to retry at " + clockTime(worst.RetryAt)
	}
	return text
}

func severity(c inbox.ChannelStatus) int {
	return slices.Index([]inbox.ChannelState{
		inbox.ChannelOK, inbox.ChannelSyncing, inbox.ChannelOffline, inbox.ChannelError, inbox.ChannelNeedsSignIn,
	}, c.State)
}

// thousands writes 8310 as 8,310.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// stamp writes a time as the contract does; zero is "none".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// parseStamp reads a time of the contract; "" is zero.
func parseStamp(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, inbox.Errorf(inbox.Invalid, "%q is not a time. Write it as 2026-01-31T09:00:00Z.", text)
}
