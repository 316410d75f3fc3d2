package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/poll"
	"postvak/backend/teamlog"
)

// pacerFor says when a channel is asked for news that cannot tell by itself.
func (a *App) pacerFor(c inbox.Channel) *poll.Pacer {
	return poll.New(poll.Config{
		Channel: c.ID, Team: pollTeam{a, c.ID}, Clock: a.clock, Rand: rand.Float64, Log: a.log.With("part", "poll"),
	})
}

// wakePollers has every channel asked at once that can only be asked.
func (c *channelSet) wakePollers() {
	for _, pacer := range c.pacers() {
		pacer.Wake()
	}
}

// logChanged has them look whether the team's log holds a hint.
func (c *channelSet) logChanged() {
	for _, pacer := range c.pacers() {
		pacer.LogChanged()
	}
}

func (c *channelSet) pacers() (all []*poll.Pacer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, running := range c.running {
		if running.pacer != nil {
			all = append(all, running.pacer)
		}
	}
	return all
}

// pollTeam gives a channel's pacer the team log.
type pollTeam struct {
	app     *App
	channel inbox.ChannelID
}

var _ poll.Team = pollTeam{}

// Alone implements poll.Team: of a private channel the log never hears (R31).
func (t pollTeam) Alone() bool {
	c, known := t.app.team.Channel(t.channel)
	return !known || !c.Shared || crmTeam{t.app}.Alone()
}

// Claim implements poll.Team: a claim that nobody got is no claim at all.
func (t pollTeam) Claim(ctx context.Context, work string, lease time.Duration) (poll.Claim, error) {
	claim, err := t.app.team.Hold(ctx, work, lease)
	if claim == nil || err != nil {
		return nil, err
	}
	return claim, nil
}

// Hint implements poll.Team.
func (t pollTeam) Hint(newest string) error {
	if t.Alone() {
		return nil // it became private, or lonely, meanwhile
	}
	_, err := t.app.team.Decide(t.app.ctx, &teamlog.Hint{Channel: t.channel, Newest: newest})
	return err
}

// Hinted implements poll.Team.
func (t pollTeam) Hinted() string {
	hint, _ := t.app.team.Hint(t.channel)
	return hint.Newest
}

// budgeted is an account that knows how much of its provider's budget is used.
type budgeted interface {
	Budget() (percent int, until time.Time)
}

// pollLines report how a channel is asked that can only be asked.
func (a *App) pollLines(id inbox.ChannelID) []string {
	running, runs := a.running.get(id)
	if !runs || running.pacer == nil {
		return nil
	}
	state := running.pacer.State()
	line := fmt.Sprintf("It is asked by a colleague's computer, and from here every 5 minutes; last %s.", stamp(state.Last))
	if state.Turn {
		line = fmt.Sprintf("It is asked often from this computer; last %s.", stamp(state.Last))
	}
	lines := []string{"  " + a.inWords(line)}
	if account, ok := running.account.(budgeted); ok {
		if percent, _ := account.Budget(); percent > 0 {
			lines = append(lines, "  "+a.inWords(fmt.Sprintf("Of what its provider allows, %d percent is used.", percent)))
		}
	}
	return lines
}
