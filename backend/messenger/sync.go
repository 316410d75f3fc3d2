package messenger

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

const (
	// overlap is how far behind lists may be: so much of what was read is looked
	// at again.
	overlap = 2 * time.Minute
	// Every sweepEvery, and when it begins, a sync looks at everything that
	// changed in the last sweepBack, wherever in a conversation it stands.
	sweepEvery = time.Hour
	sweepBack  = 48 * time.Hour
	// detailed is how many of a conversation's messages have details: the newest.
	detailed = 20
	// maxGap is how many messages without details are listed of a conversation:
	// ones that came, and were pushed out of the newest twenty, while this
	// computer was off.
	maxGap = 100
	// maxNews is how many messages of a conversation are read in one look: Meta
	// tells what stands in twenty of them, and lists that come to no end are no
	// Meta's.
	maxNews = 1000
	// maxEmpty is how many empty pages of a list are met in a row: Meta's may be
	// empty before the end.
	maxEmpty = 10
	// maxStuck is how many pages in a row may lead no further back.
	maxStuck = 20
)

// Sync implements channel.Account: it reads what changed since the sink's state,
// then asks again whenever Pace says so. Messages are stored before their files
// are fetched, and come again with them.
func (a *Account) Sync(ctx context.Context, sink inbox.Sink) error {
	states, err := sink.States(ctx)
	if err != nil {
		return err
	}
	name, err := a.ours(ctx)
	if err != nil {
		return err
	}
	s := &syncing{a: a, sink: sink, page: inbox.Address{Name: name, Address: a.cfg.Channel.Address}, held: map[string]message{}}
	s.at, s.state = cursorOf(states)
	s.saved = s.state
	for {
		s.live = s.state.Complete
		if err := s.poll(ctx); err != nil {
			return err
		}
		sink.Status(inbox.ChannelStatus{Channel: a.cfg.Channel.ID, State: inbox.ChannelOK})
		if err := a.cfg.Pace.Next(ctx, a.limits.quick()); err != nil {
			return err
		}
	}
}

// syncing is one run of Sync. Only its goroutine uses it.
type syncing struct {
	a     *Account
	sink  inbox.Sink
	page  inbox.Address
	at    cursor
	state inbox.FolderState
	saved inbox.FolderState
	live  bool // the first pass is through
	swept time.Time
	held  map[string]message // pending ones whose files' addresses are known
}

// poll asks once for everything that is new.
func (s *syncing) poll(ctx context.Context) error {
	if s.at.After != "" {
		if err := s.resume(ctx); err != nil {
			return err
		}
	}
	now := s.a.Now()
	sweep := s.live && (now.Sub(s.swept) >= sweepEvery || now.Before(s.swept))
	floor := s.floor()
	if back := now.Add(-sweepBack); sweep && back.Before(floor) {
		floor = back
	}
	if err := s.pass(ctx, walk{until: floor, save: true, thorough: sweep}); err != nil {
		return err
	}
	if sweep {
		s.swept = now
	}
	if err := s.again(ctx); err != nil {
		return err
	}
	return s.files(ctx)
}

// floor is up to when conversations are read: all that changed since the last
// time, or, at first, since what counts as work (R36).
func (s *syncing) floor() time.Time {
	if s.at.High.IsZero() {
		return s.a.cfg.Channel.OpenSince
	}
	return s.at.High.Add(-overlap)
}

// resume goes on with a pass that was broken off, after what came since.
func (s *syncing) resume(ctx context.Context) error {
	after, top := s.at.After, s.at.Top
	if err := s.pass(ctx, walk{until: top.Add(-overlap)}); err != nil {
		return err
	}
	err := s.pass(ctx, walk{until: s.floor(), after: after, save: true})
	if inbox.CodeOf(err) == inbox.Invalid { // Meta does not know the place any more
		s.at.After, s.at.Top = "", time.Time{}
		return nil
	}
	return err
}

// walk is one way through the list of conversations.
type walk struct {
	until    time.Time // conversations that changed earlier end it
	after    string    // where it begins; "": with the newest
	save     bool      // it brings the cursor on
	thorough bool      // also what stands behind known messages is looked at
}

// pass reads conversations, the one that changed last first. Each page is stored
// with how far that brings the cursor.
func (s *syncing) pass(ctx context.Context, w walk) error {
	top, latest, empty := s.at.Top, s.a.Now().Add(overlap), 0
	var down descent
	for {
		all, next, err := s.a.conversations(ctx, s.page, w.after, s.depth(w))
		if err == nil {
			err = down.step(all, next)
		}
		if err != nil {
			return err
		}
		if empty++; len(all) > 0 {
			empty = 0
		}
		ended := next == "" || empty >= maxEmpty
		var news []message
		for _, c := range all {
			if c.updated.After(top) && c.updated.Before(latest) {
				top = c.updated
			}
			if !c.updated.IsZero() && c.updated.Before(w.until) {
				ended = true
				continue
			}
			r := s.reach(w)
			some, err := s.news(ctx, c, r)
			if err := s.spared(c, r, err); err != nil {
				return err
			}
			news = append(news, some...)
		}
		s.progress(w, top, next, ended)
		if err := s.store(ctx, news); err != nil || ended {
			return err
		}
		w.after = next
	}
}

// descent watches that the list, whose newest conversation is first, comes to an
// end some day: its pages lead further back.
type descent struct {
	oldest time.Time
	stuck  int // pages in a row that did not
}

func (d *descent) step(all []conversation, next string) error {
	further := len(all) == 0 // those are counted apart
	for _, c := range all {
		if !c.updated.IsZero() && (d.oldest.IsZero() || c.updated.Before(d.oldest)) {
			d.oldest, further = c.updated, true
		}
	}
	if d.stuck++; further {
		d.stuck = 0
	}
	if d.stuck >= maxStuck && next != "" {
		return unreadable("the list of conversations has no end")
	}
	return nil
}

// depth is how many of each conversation's messages come with the list.
func (s *syncing) depth(w walk) int {
	if w.thorough || !s.live {
		return detailed
	}
	return perConversation
}

// progress brings the cursor on. A look at what came since a pass was broken off
// brings only the place from which that pass counts.
func (s *syncing) progress(w walk, top time.Time, next string, ended bool) {
	switch {
	case w.save && ended:
		if top.After(s.at.High) {
			s.at.High = top
		}
		s.at.Top, s.at.After, s.state.Complete = time.Time{}, "", true
	case w.save:
		s.at.Top, s.at.After = top, next
	case ended:
		s.at.Top = top
	}
}

// store saves messages with the cursor, then fetches their files.
func (s *syncing) store(ctx context.Context, news []message) error {
	slices.SortStableFunc(news, func(a, b message) int { return a.At.Compare(b.At) })
	batch := inbox.Batch{Live: s.live}
	for i := range news {
		m := &news[i]
		if m.pending() && !s.at.wait(m.ID) {
			m.giveUp()
		}
		if m.pending() {
			s.held[m.ID] = *m
		}
		batch.Messages = append(batch.Messages, s.a.fetched(*m))
	}
	s.state.Done += len(news)
	if err := s.save(ctx, batch); err != nil {
		return err
	}
	if len(news) == 0 {
		return nil
	}
	s.a.cfg.Pace.Found(news[len(news)-1].ID)
	if !s.live {
		s.sink.Status(inbox.ChannelStatus{Channel: s.a.cfg.Channel.ID, State: inbox.ChannelSyncing, Done: s.state.Done, Total: s.state.Done})
	}
	return s.files(ctx)
}

// save stores a batch with the cursor, where either says anything new.
func (s *syncing) save(ctx context.Context, b inbox.Batch) error {
	now := s.state
	now.Cursor, now.Total = s.at.text(), s.state.Done
	if len(b.Messages) == 0 && now == s.saved {
		return nil
	}
	b.Channel, b.Folder = s.a.cfg.Channel.ID, now
	if err := s.sink.Batch(ctx, b); err != nil {
		return err
	}
	s.saved = now
	return nil
}
