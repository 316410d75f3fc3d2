package whatsapp

import (
	"context"
	"slices"
	"time"

	"postvak/backend/inbox"
)

// step is how many messages are stored at once.
const step = 200

// keep stores what of a page is new, or stands otherwise than the sink was told.
// Came is called when all of it is stored.
func (s *syncing) keep(ctx context.Context, page []message, back time.Time, live bool, came func()) error {
	fresh := slices.DeleteFunc(slices.Clone(page), func(m message) bool {
		was, known := s.told[inbox.Hash64(m.sid)]
		return m.at.Before(back) || known && was.print == m.print()
	})
	fresh, err := s.inboundNews(ctx, fresh)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(fresh, step) {
		if err := s.makeRoom(ctx, s.newFiles(some)); err != nil {
			return err
		}
		if err := s.storePart(ctx, some, live); err != nil {
			return err
		}
	}
	if came != nil {
		came()
	}
	return nil
}

// inboundNews leaves out what came in and is stored: it does not change.
func (s *syncing) inboundNews(ctx context.Context, page []message) ([]message, error) {
	var keys []inbox.Key
	for _, m := range page {
		if m.inbound {
			keys = append(keys, s.a.key(m.sid))
		}
	}
	if len(keys) == 0 {
		return page, nil
	}
	known, err := s.sink.Known(ctx, keys)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(page, func(m message) bool {
		stored := m.inbound && known[s.a.key(m.sid)]
		if stored {
			s.noted(m)
		}
		return stored
	}), nil
}

func (s *syncing) noted(m message) { s.told[inbox.Hash64(m.sid)] = told{m.print(), m.at} }

// newFiles counts the messages whose files are not known yet.
func (s *syncing) newFiles(page []message) (n int) {
	for _, m := range page {
		if s.hasNewFiles(m) {
			n++
		}
	}
	return n
}

func (s *syncing) hasNewFiles(m message) bool {
	_, told := s.told[inbox.Hash64(m.sid)]
	return m.media > 0 && !told
}

// storePart stores messages in their order, oldest first, together with the
// files that are owed from then on. Where too many are owed, the oldest messages
// do without: their texts come all the same.
func (s *syncing) storePart(ctx context.Context, page []message, live bool) error {
	batch := make([]inbox.Fetched, 0, len(page))
	for _, m := range page {
		files := pendingFiles(m.media)
		if s.hasNewFiles(m) && !s.owe(m) {
			s.a.cfg.Log.Warn("too many files are owed: a message does without", "channel", s.a.cfg.Channel.ID)
			files = gone(files)
		}
		batch = append(batch, s.a.fetched(m, files))
	}
	slices.Reverse(batch)
	if err := s.store(ctx, batch, live); err != nil {
		return err
	}
	s.done += len(page)
	for _, m := range page {
		s.noted(m)
	}
	return nil
}

// store hands a batch and how far it brings the channel to the sink.
func (s *syncing) store(ctx context.Context, messages []inbox.Fetched, live bool) error {
	return s.sink.Batch(ctx, inbox.Batch{
		Channel: s.a.cfg.Channel.ID, Folder: s.cur.folder(s.done), Messages: messages, Live: live,
	})
}
