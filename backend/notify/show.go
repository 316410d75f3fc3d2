package notify

import (
	"context"
	"slices"

	"postvak/backend/inbox"
)

// mostCounts bounds the memory of notifications that nobody ever looked at.
const mostCounts = 1000

// digest is what the notification in the digest's slot stands for: everything
// since it was last dismissed, clicked, or a window got the focus. As long as
// that is one conversation, it is shown as that conversation's.
type digest struct {
	count, assigned, closing int
	names                    []string // who wrote, newest first
	only                     inbox.Key
	several                  bool
	alone                    string // the slot of the conversation that it was shown as
}

// add takes what joins the digest, oldest first.
func (d *digest) add(items []item) {
	for _, it := range items {
		d.count++
		switch {
		case it.event.Assignment:
			d.assigned++
		case it.event.Closing():
			d.closing++
		}
		d.several = d.several || d.only != "" && d.only != it.row.Conversation
		d.only = it.row.Conversation
		name := nameOf(it.event.From)
		d.names = slices.DeleteFunc(d.names, func(other string) bool { return other == name })
		d.names = slices.Insert(d.names, 0, name)
		d.names = d.names[:min(len(d.names), bodyLimit)] // more fit into no notification
	}
}

// showAll shows what was decided to be shown: one notification for each
// conversation, and one for the digest.
func (n *Notify) showAll(ctx context.Context, items []item) {
	var gathered []item
	byConversation := map[inbox.Key][]item{}
	for _, it := range items {
		switch it.verdict.Do {
		case inbox.DoShow:
			byConversation[it.row.Conversation] = append(byConversation[it.row.Conversation], it)
		case inbox.DoGather:
			gathered = append(gathered, it)
		case inbox.DoNothing, inbox.DoHold, inbox.DoSend:
		}
	}
	for _, key := range conversations(items) {
		if group := byConversation[key]; len(group) > 0 {
			n.show(ctx, n.noticeFor(group), group)
		}
	}
	if len(gathered) > 0 {
		n.show(ctx, n.digestFor(gathered), gathered)
	}
}

// noticeFor is the notification of one conversation, which takes the place of
// the one that is up and counts on.
func (n *Notify) noticeFor(group []item) Notice {
	last := group[len(group)-1].event
	slot := string(last.Conversation)
	if len(n.counts) > mostCounts {
		clear(n.counts)
	}
	n.counts[slot] += len(group)
	notice := Notice{
		Slot: slot, Conversation: last.Conversation, Count: n.counts[slot],
		Mine: last.Assignee == n.me.ID, Sound: sound(n.me.Settings),
	}
	notice.CanAssign = !notice.Mine && n.cfg.Available()
	notice.Title, notice.Body = n.single(last.NotificationEvent, notice.Count)
	return notice
}

// digestFor is the notification for everything that the digest stands for now.
func (n *Notify) digestFor(items []item) Notice {
	d := &n.digest
	d.add(items)
	if !d.several {
		for i := range items {
			if why := &items[i].verdict.Reason; *why == inbox.ReasonLate || *why == inbox.ReasonDigest {
				*why = inbox.ReasonNone // it stands for itself, and opens its conversation
			}
		}
		d.alone = string(d.only)
		return n.noticeFor(items)
	}
	if d.alone != "" {
		n.cfg.Desk.Withdraw(d.alone)
		delete(n.counts, d.alone)
		d.alone = ""
	}
	notice := Notice{Slot: SlotDigest, Count: d.count, Sound: sound(n.me.Settings)}
	notice.Title, notice.Body = n.together(d)
	return notice
}

func sound(s inbox.NotificationSettings) string {
	switch {
	case !s.Sound:
		return ""
	case s.Tone == "":
		return inbox.Tones()[0]
	}
	return s.Tone
}

// show puts a notification up and keeps what became of it. When the program is
// ending nothing more is shown: that is left to the next start. What fails then
// may have been shown, and stays as it is.
func (n *Notify) show(ctx context.Context, notice Notice, group []item) {
	if ctx.Err() != nil {
		n.postpone(group)
		return
	}
	outcome, reason := n.cfg.Desk.Show(ctx, notice)
	if outcome != inbox.OutcomeShown && ctx.Err() != nil {
		return
	}
	rows := make([]inbox.NotificationRecord, 0, len(group))
	for _, it := range group {
		r := it.row
		r.Outcome, r.Reason, r.Decided = outcome, reason, n.cfg.Clock.Now()
		if why := it.verdict.Reason; outcome == inbox.OutcomeShown && why != inbox.ReasonNone && reason != inbox.ReasonDoNotDisturb {
			r.Reason = why
		}
		rows = append(rows, r)
	}
	if outcome != inbox.OutcomeShown {
		n.forget(notice.Slot)
	}
	if err := n.save(ctx, rows); err != nil {
		n.unsaved = append(n.unsaved, rows...)
		n.dueBy(n.cfg.Clock.Now().Add(retry))
		n.cfg.Log.Warn("what became of notifications is not stored yet", "error", err.Error())
	}
	n.cfg.Emit(Told{rows[len(rows)-1], notice.Title, notice.Body})
}

// postpone makes due again what was about to be shown and is known not to be.
func (n *Notify) postpone(group []item) {
	for _, it := range group {
		it.row.Due = n.cfg.Clock.Now()
		n.unsaved = append(n.unsaved, it.row)
	}
}

// forget lets a slot count from one: nothing is up there.
func (n *Notify) forget(slot string) {
	delete(n.counts, slot)
	if slot == SlotDigest || slot == n.digest.alone {
		n.digest = digest{}
	}
}
