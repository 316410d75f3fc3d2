package teamsync

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"postvak/backend/inbox"
	"postvak/backend/teamlog"
)

// sharing is how far a private channel is on its way to the team. What was
// decided about it is decided again in the team log, record by record, and its
// channel.add last. Before each record it says which one comes: after a kill
// the numbering of own records tells whether it was stored.
type sharing struct {
	Channel inbox.ChannelID       `json:"channel"`
	Update  teamlog.ChannelUpdate `json:"update"`
	Done    int                   `json:"done"` // decisions in records that are stored
	Next    int                   `json:"next"` // and with the record that comes
	Seq     uint64                `json:"seq"`  // its number among own records
}

// share sends a private channel and its history to the team. It cannot be
// taken back. The caller holds pen.
func (s *Sync) share(ctx context.Context, update *teamlog.ChannelUpdate) (Outcome, error) {
	member, _ := s.Member(s.Me())
	if member.Role != teamlog.Admin {
		return Outcome{}, inbox.Errorf(inbox.Forbidden, "Only an admin can share a channel with the team.")
	}
	if err := s.planSharing(ctx, sharing{Channel: update.ID, Update: *update, Seq: s.own.seq + 1}); err != nil {
		return Outcome{}, err
	}
	return s.goOnSharing(ctx)
}

// finishSharing goes on with what a kill cut off. The caller holds turn.
func (s *Sync) finishSharing(ctx context.Context) error {
	s.pen.Lock()
	defer s.pen.Unlock()
	if !s.sharing || s.mayDecide() != nil {
		return nil
	}
	_, err := s.goOnSharing(ctx)
	return err
}

func (s *Sync) planSharing(ctx context.Context, plan sharing) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	s.sharing = true
	return s.cfg.Store.SetSetting(ctx, settingSharing, string(text))
}

func (s *Sync) sharingPlan(ctx context.Context) (plan sharing, err error) {
	text, err := s.cfg.Store.Setting(ctx, settingSharing)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &plan)
	}
	return plan, err
}

// goOnSharing stores the records that are left. The caller holds pen.
func (s *Sync) goOnSharing(ctx context.Context) (last Outcome, err error) {
	plan, err := s.sharingPlan(ctx)
	if err != nil {
		return last, err
	}
	channel, found := s.privateChannel(plan.Channel)
	if !found {
		return last, s.endSharing(ctx, plan)
	}
	decisions, err := s.cfg.Store.PrivateDecisions(ctx, plan.Channel)
	if err != nil {
		return last, err
	}
	decisions = slices.DeleteFunc(decisions, func(d teamlog.Decision) bool { return d.Void != teamlog.Admitted })
	if s.own.seq >= plan.Seq {
		plan.Done = plan.Next
	}
	for plan.Done <= len(decisions) {
		at, events := shareNext(channel, plan, decisions)
		record, envelope, err := s.seal(s.author(), s.own, at, events, 1)
		if err != nil {
			return last, err
		}
		plan.Next, plan.Seq = plan.Done+len(envelope.Events), envelope.Seq
		if err := s.planSharing(ctx, plan); err != nil {
			return last, err
		}
		if err := s.putRecord(ctx, record, envelope); err != nil {
			return last, err
		}
		plan.Done = plan.Next
		last = Outcome{ID: teamlog.DecisionID(record.ID, 0), Pending: true}
	}
	return last, s.endSharing(ctx, plan)
}

// shareNext gives the events of the record that comes: decisions of the same
// minute, and behind all of them the channel itself.
func shareNext(channel inbox.Channel, plan sharing, decisions []teamlog.Decision) (at time.Time, events []teamlog.Event) {
	if plan.Done == len(decisions) {
		return channel.NotifySince, []teamlog.Event{shared(channel, plan.Update)}
	}
	at = decisions[plan.Done].At
	for _, d := range decisions[plan.Done:] {
		if d.At.Sub(at) > time.Minute {
			break
		}
		events = append(events, asShared(d))
	}
	return at, events
}

// asShared is a private decision as it is decided again: it gets another id in
// the team log.
func asShared(d teamlog.Decision) teamlog.Event {
	switch event := d.Event.(type) {
	case *teamlog.Assign:
		plain := *event
		plain.Undo = "" // what it took back has another name now
		return &plain
	case *teamlog.CRMLink:
		// Its notes carry the id, in the CRM too: it keeps it.
		if event.ID == "" && event.Undo == "" {
			named := *event
			named.ID = d.ID
			return &named
		}
	}
	return d.Event
}

func shared(c inbox.Channel, update teamlog.ChannelUpdate) *teamlog.ChannelAdd {
	add := &teamlog.ChannelAdd{
		ID: c.ID, Channel: c.Kind, Name: c.Name, Address: c.Address, Shared: true,
		OpenSince: c.OpenSince, Connected: c.NotifySince, Email: c.Email, WhatsApp: c.WhatsApp, Messenger: c.Messenger,
		SignIn: c.SignIn, Signature: c.Signature,
	}
	if update.Name != nil {
		add.Name = *update.Name
	}
	if update.Email != nil {
		add.Email = *update.Email
	}
	if update.WhatsApp != nil {
		add.WhatsApp = *update.WhatsApp
	}
	if update.Messenger != nil {
		add.Messenger = *update.Messenger
	}
	if update.Signature != nil {
		add.Signature = *update.Signature
	}
	return add
}

// endSharing takes the channel's decisions out of the private book; they wait
// in the team's. The channel stays, as shared, until the log gave it back.
func (s *Sync) endSharing(ctx context.Context, plan sharing) error {
	s.mu.RLock()
	private := slices.Clone(s.private)
	s.mu.RUnlock()
	for i := range private {
		if private[i].ID == plan.Channel {
			private[i].Shared = true
		}
	}
	if err := s.setPrivate(ctx, private); err != nil {
		return err
	}
	if err := s.cfg.Store.DropPrivate(ctx, plan.Channel); err != nil {
		return err
	}
	s.sharing = false
	return s.cfg.Store.SetSetting(ctx, settingSharing, "")
}

// settlePrivate forgets private channels that the team has. The caller holds
// pen.
func (s *Sync) settlePrivate(ctx context.Context) error {
	s.mu.Lock()
	left := slices.DeleteFunc(slices.Clone(s.private), func(c inbox.Channel) bool {
		_, known := s.replay.Team.Channel(c.ID)
		return known
	})
	changed := len(left) < len(s.private)
	s.private = left
	s.mu.Unlock()
	if !changed {
		return nil
	}
	return s.storePrivate(ctx, left)
}
