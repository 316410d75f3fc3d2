package alerts

import (
	"context"
	"slices"

	"postvak/backend/inbox"
)

// batch is about how many rows are noted in one transaction: whoever presses
// something meanwhile waits for it.
const batch = 500

// listen writes down what is to become of what was heard, and takes up what
// waits from before. What fails stays to be heard again.
func (a *Alerts) listen(ctx context.Context) error {
	if err := a.load(ctx); err != nil {
		return err
	}
	a.mu.Lock()
	events := a.heard
	a.heard = nil
	a.mu.Unlock()
	if len(events) == 0 {
		return nil
	}
	members := a.cfg.Team.Members()
	for part := range slices.Chunk(events, max(1, batch/max(1, len(members)))) {
		if err := a.note(ctx, part, members); err != nil {
			a.mu.Lock()
			a.heard = append(events, a.heard...) // what was noted already is not fresh then
			a.mu.Unlock()
			return err
		}
	}
	return nil
}

// load takes up the rows that waited when the program ended, once.
func (a *Alerts) load(ctx context.Context) error {
	if a.loaded {
		return nil
	}
	rows, err := a.cfg.Store.WaitingNotifications(ctx, inbox.MediumEmail)
	if err != nil {
		return err
	}
	a.loaded = true
	a.work.Lock()
	defer a.work.Unlock()
	for _, row := range rows {
		if row.Outcome == inbox.OutcomeWaiting {
			a.add(waiting{row: row})
		}
	}
	return nil
}

// note stores a row for each event and member, and makes jobs of those that
// wait.
func (a *Alerts) note(ctx context.Context, events []inbox.NotificationEvent, members []inbox.NotificationMember) error {
	var rows []inbox.NotificationRecord
	about := make(map[string]*inbox.NotificationEvent, len(events))
	for i := range events {
		about[events[i].ID] = &events[i]
		rows = append(rows, a.rowsOf(events[i], members)...)
	}
	if len(rows) == 0 {
		return nil
	}
	fresh, err := a.cfg.Store.AddNotifications(ctx, rows)
	if err != nil {
		return err
	}
	a.work.Lock()
	for _, row := range fresh {
		if row.Outcome == inbox.OutcomeWaiting {
			a.add(waiting{row, about[row.EventID]})
		}
	}
	a.work.Unlock()
	if len(fresh) > 0 {
		a.cfg.Changed()
	}
	return nil
}

// rowsOf are an event's rows, one for each member that it may concern. Of a
// private channel that is its installer alone.
func (a *Alerts) rowsOf(e inbox.NotificationEvent, members []inbox.NotificationMember) []inbox.NotificationRecord {
	var rows []inbox.NotificationRecord
	private := a.cfg.Team.Private(e.Channel)
	for _, m := range members {
		if !m.Active || e.OccasionFor(m.ID) == "" || private && m.ID != a.cfg.Team.Me() {
			continue
		}
		m.Access = a.cfg.Team.HasAccess(m.ID, e.Channel)
		if row, told := a.rowOf(e, m, members); told {
			rows = append(rows, row)
		}
	}
	return rows
}

// rowOf is the row for one member; false when the event is nothing to them.
func (a *Alerts) rowOf(e inbox.NotificationEvent, m inbox.NotificationMember, all []inbox.NotificationMember) (inbox.NotificationRecord, bool) {
	facts := a.factsOf(e, m, all)
	now := facts.Now
	facts.HeardAt, facts.MailServer = now, true // the server is looked at when it is needed
	verdict := inbox.DecideNotification(facts)
	row := e.RecordFor(m.ID, inbox.MediumEmail)
	row.Reason = verdict.Reason
	switch {
	case verdict.Do == inbox.DoSend, mayHaveGone(verdict.Reason) && now.Sub(e.At) > inbox.LateAfter:
		row.Due = now.Add(Settle)
	case verdict.Reason == inbox.ReasonNone:
		return row, false
	default:
		row.Outcome, row.Decided = inbox.OutcomeSuppressed, now
	}
	return row, true
}

// factsOf are those that every decision about an event and a member rests on.
func (a *Alerts) factsOf(e inbox.NotificationEvent, m inbox.NotificationMember, all []inbox.NotificationMember) inbox.NotificationFacts {
	return inbox.NotificationFacts{
		Event: e, Medium: inbox.MediumEmail, Member: m, Now: a.cfg.Clock.Now(), Since: a.cfg.Team.Since(),
		ReadByOthers: a.readByOthers(m, e.Channel), FromMember: fromMember(e, all),
		AnswersAlert: answersOurs(a.cfg.Team.LogID(), e.Answers),
	}
}

// mayHaveGone says whether the reason is one that holds only now: who catches
// up asks the log first whether a teammate's desktop sent an alert in time.
func mayHaveGone(why inbox.NotificationReason) bool {
	switch why {
	case inbox.ReasonSeen, inbox.ReasonClosed, inbox.ReasonNobodyOn:
		return true
	default:
		return false
	}
}

// fromMember says whether a mail came from a member's own address: telling
// members of it by mail is how two machines begin to talk.
func fromMember(e inbox.NotificationEvent, all []inbox.NotificationMember) bool {
	from := inbox.NormalAddress(e.From.Address)
	if !e.News() || from == "" {
		return false
	}
	for _, m := range all {
		if m.Active && inbox.NormalAddress(m.Address) == from {
			return true
		}
	}
	return false
}

// readByOthers says whether an e-mail about a private channel would be read by
// teammates (R31): it would stand in the list of those who have the channel
// that it comes in by.
func (a *Alerts) readByOthers(m inbox.NotificationMember, channel inbox.ChannelID) bool {
	return a.cfg.Team.Private(channel) && a.cfg.Team.Common(inbox.NormalAddress(m.Address))
}

// decide looks at a row again, when it is due.
func (a *Alerts) decide(ctx context.Context, w waiting, mailServer bool) (inbox.Verdict, error) {
	row := w.row
	facts := a.factsOf(asHeard(*w.event, row), a.memberOf(row.Member, row.Channel), a.cfg.Team.Members())
	facts.HeardAt, facts.MailServer = row.Due.Add(-Settle), mailServer
	var err error
	if facts.Read, err = a.cfg.Store.HasSeen(ctx, row); err != nil {
		return inbox.Verdict{}, err
	}
	since := facts.Now.Add(-inbox.AlertPeriod)
	if facts.RecentAlerts, err = a.cfg.Store.AlertsSince(ctx, row.Member, row.Contact, since); err != nil {
		return inbox.Verdict{}, err
	}
	return inbox.DecideNotification(facts), nil
}

// asHeard gives an event as it was when it came: who has the conversation by
// now, and that it was closed since, changes nothing but a reply window's end
// (NotificationEvent.Over).
func asHeard(e inbox.NotificationEvent, row inbox.NotificationRecord) inbox.NotificationEvent {
	e.At, e.Channel = row.At, row.Channel
	e.Seen, e.Closed = row.Reason == inbox.ReasonSeen, row.Reason == inbox.ReasonClosed
	return e.As(row.Occasion, row.Member)
}
