package app

import (
	"context"
	"slices"
	"time"

	"postvak/backend/crm"
	"postvak/backend/inbox"
	"postvak/backend/teamlog"
	"postvak/backend/teamsync"
)

// crmTeam gives the CRM's notes the team.
type crmTeam struct{ app *App }

var _ crm.Team = crmTeam{}

// Me implements crm.Team. Who waits to be let in, or was removed, writes
// nothing.
func (t crmTeam) Me() inbox.MemberID                   { return alertTeam(t).Me() }
func (t crmTeam) Device() string                       { return t.app.team.OwnDevice() }
func (t crmTeam) MemberName(id inbox.MemberID) string  { return alertTeam(t).MemberName(id) }
func (t crmTeam) Private(channel inbox.ChannelID) bool { return alertTeam(t).Private(channel) }
func (t crmTeam) Reached() bool                        { return alertTeam(t).Reached() }
func (t crmTeam) Lapsed(work string) bool              { return t.app.team.Lapsed(work) }

// Turn implements crm.Team. In the demo, this desktop is always the first.
func (t crmTeam) Turn(work string) int {
	if t.app.demo != nil {
		return 0
	}
	return t.app.team.Turn(work)
}

// Alone implements crm.Team. The demo's teammates have no desktops that could
// write.
func (t crmTeam) Alone() bool {
	if t.app.demo != nil {
		return true
	}
	desktops := 0
	for _, m := range t.app.team.Members() {
		if m.Removed {
			continue
		}
		for _, d := range t.app.team.Devices(m.ID) {
			if !d.Revoked {
				desktops++
			}
		}
	}
	return desktops <= 1
}

// Claim implements crm.Team: a claim that nobody got is no claim at all.
func (t crmTeam) Claim(ctx context.Context, work string, lease time.Duration) (crm.Claim, error) {
	claim, err := t.app.team.Claim(ctx, work, lease)
	if claim == nil || err != nil {
		return nil, err
	}
	return crmClaim{claim}, nil
}

// Claimed implements crm.Team.
func (t crmTeam) Claimed(work string) (crm.State, bool) {
	state, known := t.app.team.Claimed(work)
	return crm.State{Done: state.Done, Device: state.Device, Began: state.Began}, known
}

// Noted implements crm.Team: what is said of a private channel goes into its
// own book (R31).
func (t crmTeam) Noted(ctx context.Context, noted ...crm.Noted) error {
	outcomes, err := t.app.team.Decide(ctx, notedEvents(noted)...)
	if err != nil {
		return err
	}
	for _, outcome := range outcomes {
		if outcome.Void != teamlog.Admitted {
			return inbox.Errorf(inbox.Conflict, "What was written in the CRM could not be noted.")
		}
	}
	return nil
}

// Link implements crm.Team.
func (t crmTeam) Link(ctx context.Context, conversation inbox.Key, provider string, r inbox.Record) (string, error) {
	link, err := t.app.decideLink(ctx, conversation, provider, r)
	return link.ID, err
}

// crmClaim is a claim that ends together with what stands in the CRM.
type crmClaim struct{ *teamsync.Claim }

// Finish implements crm.Claim.
func (c crmClaim) Finish(ctx context.Context, state string, noted ...crm.Noted) (bool, error) {
	return c.Claim.Finish(ctx, state, nil, notedEvents(noted)...)
}

func notedEvents(noted []crm.Noted) []teamlog.Event {
	return mapped(noted, func(n crm.Noted) teamlog.Event {
		w := n.Note
		return &teamlog.CRMNoted{
			Conversation: n.Conversation, Link: n.Link, Work: n.Work, NoteID: w.NoteID,
			Window: w.Window, Part: w.Part, Revision: w.Revision, From: w.From, Names: slices.Clone(w.Names),
			Assignee: w.Assignee, Version: w.Version, Hash: w.Hash, Size: w.Size, State: w.State, Language: w.Language,
		}
	})
}
