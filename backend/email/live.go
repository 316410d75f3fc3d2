package email

import (
	"context"
	"errors"
	"slices"

	"postvak/backend/imap"
	"postvak/backend/inbox"
)

// compareChunk is how many messages one listing speaks for.
const compareChunk = 5000

// live stays with the inbox: what arrives is taken in at once, Sent is looked
// at each time and every minute, and every hour all is compared.
func (s *syncing) live(ctx context.Context) error {
	if err := s.compareAll(ctx, false); err != nil {
		return err
	}
	box := s.folders[0]
	if err := s.visit(ctx, box); err != nil {
		return err
	}
	for {
		s.sink.Status(inbox.ChannelStatus{Channel: s.m.cfg.Channel.ID, State: inbox.ChannelOK})
		event, err := s.pause(ctx)
		if err != nil {
			return s.m.fault(s.ended(ctx, err))
		}
		if err := s.wake(ctx, box, event); err != nil {
			return s.ended(ctx, err)
		}
	}
}

// pause waits for news in the inbox, for the next look at everything, or until
// Look asks for one.
func (s *syncing) pause(ctx context.Context) (imap.Event, error) {
	waiting, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-s.m.look:
			cancel()
		case <-waiting.Done():
		}
	}()
	event, err := s.c.Wait(waiting, pollEvery)
	cancel()
	<-watched
	if ctx.Err() == nil && errors.Is(err, context.Canceled) {
		return imap.EventQuiet, nil
	}
	return event, err
}

func (s *syncing) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// wake looks at everything that may have changed, the inbox first.
func (s *syncing) wake(ctx context.Context, box *folder, event imap.Event) error {
	n, err := s.catchUp(ctx, box)
	if err != nil {
		return err
	}
	if n == 0 && event == imap.EventNews {
		if err := s.compareRecent(ctx, box); err != nil {
			return err
		}
	}
	for _, f := range s.folders[1:] {
		if err := s.glance(ctx, f); err != nil {
			return err
		}
	}
	if s.m.cfg.Clock.Now().Sub(s.compared) >= reconcileEvery {
		if err := s.compareAll(ctx, true); err != nil {
			return err
		}
	}
	return s.visit(ctx, box)
}

// glance asks about a folder from outside, and goes in when it changed.
func (s *syncing) glance(ctx context.Context, f *folder) error {
	now, err := s.c.Status(ctx, f.state.Name)
	if err != nil {
		return s.m.fault(err)
	}
	if now.UIDNext == f.next && now.Exists == f.exist && now.UIDNext != 0 {
		return nil
	}
	if err := s.visit(ctx, f); err != nil {
		return err
	}
	f.next, f.exist = now.UIDNext, now.Exists
	return s.compareRecent(ctx, f)
}

// compareAll reconciles each folder that was not wholly fetched on this
// connection, or every one.
func (s *syncing) compareAll(ctx context.Context, every bool) error {
	for _, f := range s.folders {
		if f.fresh && !every {
			continue
		}
		box, err := s.choose(ctx, f)
		if err != nil {
			return err
		}
		if err := s.compare(ctx, f, box); err != nil {
			return err
		}
	}
	s.compared = s.m.cfg.Clock.Now()
	return nil
}

// compare lists the selected folder's messages and flags. A list that does not
// agree with itself says nothing: a server's bad moment must not make mail look
// gone.
func (s *syncing) compare(ctx context.Context, f *folder, box imap.Mailbox) error {
	if box.UIDValidity != f.state.UIDValidity {
		return inbox.Errorf(inbox.Unavailable, "The mail server has numbered the folder %s anew. It is read again.", f.state.Name)
	}
	uids, err := s.c.UIDs(ctx, 1, 0)
	if err != nil {
		return s.m.fault(err)
	}
	if len(uids) < int(box.Exists) {
		s.m.cfg.Log.Warn("a folder's list is shorter than it says", "folder", f.state.Name, "listed", len(uids), "exists", box.Exists)
		return nil
	}
	uids = uids[:after(uids, f.state.High)]
	from := uint32(1)
	for len(uids) > compareChunk {
		to := uids[compareChunk-1]
		if err := s.listing(ctx, f, uids[:compareChunk], from, to); err != nil {
			return err
		}
		from, uids = to+1, uids[compareChunk:]
	}
	return s.listing(ctx, f, uids, from, f.state.High)
}

// compareRecent does the same for the newest messages only.
func (s *syncing) compareRecent(ctx context.Context, f *folder) error {
	low := uint32(1)
	if f.state.High > 4*recent {
		low = f.state.High - 4*recent
	}
	uids, err := s.c.UIDs(ctx, low, f.state.High)
	if err != nil {
		return s.m.fault(err)
	}
	if len(uids) > recent {
		uids = uids[len(uids)-recent:]
		low = uids[0]
	}
	return s.listing(ctx, f, uids, low, f.state.High)
}

// listing gives the sink what a range of UIDs holds now. A message that is
// listed and has no flags was deleted in between: the next listing says so.
func (s *syncing) listing(ctx context.Context, f *folder, uids []uint32, from, to uint32) error {
	if to < from {
		return nil
	}
	l := inbox.FolderListing{Channel: s.m.cfg.Channel.ID, Role: f.state.Role, From: from, To: to, Seen: make(map[uint32]bool, len(uids))}
	if len(uids) > 0 {
		flags, err := s.c.Flags(ctx, uids[0], uids[len(uids)-1])
		if err != nil {
			return s.m.fault(err)
		}
		if slices.ContainsFunc(uids, func(uid uint32) bool { _, ok := flags[uid]; return !ok }) {
			return nil
		}
		for _, uid := range uids {
			l.Seen[uid] = flags[uid].Has(imap.Seen)
		}
	}
	return s.sink.Listing(ctx, l)
}
