package messenger

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// maxFile is how many bytes a file may have, either way.
const maxFile = 25 << 20

// hosts deliver files, as do hosts below them.
var hosts = []string{"fbcdn.net", "fbsbx.com", "facebook.com"}

// files fetches the files of pending messages whose time has come. A file that
// is not to be had holds nothing else up.
func (s *syncing) files(ctx context.Context) error {
	for _, p := range slices.Clone(s.at.Pending) {
		if p.Next.After(s.a.Now()) {
			continue
		}
		if err := s.fileOf(ctx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// fileOf fetches the files of one message, and stores it again with them.
func (s *syncing) fileOf(ctx context.Context, id string) error {
	m, held := s.held[id]
	if !held {
		var err error
		if m, err = s.a.message(ctx, id, s.page); isNo(err) {
			s.a.cfg.Log.Warn("a message's files are not to be had any more", "channel", s.a.cfg.Channel.ID, "error", err)
			s.at.done(id)
			return s.save(ctx, inbox.Batch{})
		} else if ofOne(err) {
			return s.putOff(ctx, id, err)
		} else if err != nil {
			return err
		}
	}
	got, err := s.fetchAll(ctx, &m)
	if err != nil {
		return err
	}
	if m.pending() && !s.at.later(id, s.a.Now()) {
		m.giveUp()
	}
	var batch inbox.Batch
	if !m.pending() {
		s.at.done(id)
		delete(s.held, id)
	} else {
		s.held[id] = m
	}
	if got || !m.pending() {
		f := s.a.fetched(m)
		f.Better = true
		batch.Messages = append(batch.Messages, f)
	}
	batch.Live = s.live
	return s.save(ctx, batch)
}

// putOff looks again later for a message that cannot be read, until it was asked
// for often enough.
func (s *syncing) putOff(ctx context.Context, id string, why error) error {
	s.a.cfg.Log.Warn("a message cannot be read anew", "channel", s.a.cfg.Channel.ID, "error", why)
	if !s.at.later(id, s.a.Now()) {
		s.at.done(id)
	}
	return s.save(ctx, inbox.Batch{Live: s.live})
}

// fetchAll fetches what is pending of a message, and says whether anything came
// of it. Its errors end the sync.
func (s *syncing) fetchAll(ctx context.Context, m *message) (got bool, err error) {
	room := int64(chat.MaxBytes)
	for i := range m.Files {
		f := &m.Files[i]
		if f.Missing != inbox.MissingPending {
			room -= int64(len(f.Data))
			continue
		}
		data, why := s.a.fetch(ctx, m.addresses[i], min(maxFile, room), f)
		if why == inbox.MissingGone { // its address may have expired
			data, why, err = s.afresh(ctx, m, i, min(maxFile, room))
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return got, err
		}
		got = got || why != inbox.MissingPending
		f.Data, f.Missing = data, why
		if why == "" {
			f.Size = int64(len(data))
			room -= f.Size
		}
	}
	return got, nil
}

// afresh asks for a file's present address and fetches from there.
func (s *syncing) afresh(ctx context.Context, m *message, i int, most int64) ([]byte, inbox.Missing, error) {
	again, err := s.a.message(ctx, m.ID, s.page)
	switch {
	case isNo(err):
		return nil, inbox.MissingGone, nil
	case ofOne(err):
		s.a.cfg.Log.Warn("a message cannot be read anew", "channel", s.a.cfg.Channel.ID, "error", err)
		return nil, inbox.MissingPending, nil
	case err != nil:
		return nil, "", err
	}
	for j, f := range again.Files {
		if f.Ref == m.Files[i].Ref && f.Missing == inbox.MissingPending {
			m.addresses[i] = again.addresses[j]
			data, why := s.a.fetch(ctx, m.addresses[i], most, &m.Files[i])
			return data, why, nil
		}
	}
	return nil, inbox.MissingGone, nil
}

// fetch gets a file, without any token, or says why it is missing. f's type is
// what the network says it is, where the API said nothing.
func (a *Account) fetch(ctx context.Context, address string, most int64, f *chat.File) ([]byte, inbox.Missing) {
	if f.Size > most || most <= 0 {
		return nil, inbox.MissingTooLarge
	}
	reply, err := a.api.Fetch(ctx, rest.Call{URL: address, Max: most, Time: bigTime, What: "GET file"}, a.stores())
	switch {
	case errors.Is(err, rest.ErrTooLarge):
		return nil, inbox.MissingTooLarge
	case errors.Is(err, rest.ErrElsewhere):
		return nil, inbox.MissingRefused
	case err != nil:
		a.cfg.Log.Warn("a file could not be fetched", "channel", a.cfg.Channel.ID, "error", err)
		return nil, inbox.MissingPending
	}
	return taken(f, reply)
}

// stores are where Meta keeps files.
func (a *Account) stores() rest.Stores { return rest.Stores{Base: a.base, Hosts: hosts} }

// taken reads what the delivery network answered.
func taken(f *chat.File, r rest.Reply) ([]byte, inbox.Missing) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch {
	case r.Status == http.StatusForbidden, r.Status == http.StatusNotFound, r.Status == http.StatusGone:
		return nil, inbox.MissingGone
	case r.Status != http.StatusOK, kind == "text/html" && f.Type != "text/html": // a page of some network in between
		return nil, inbox.MissingPending
	}
	if f.Type == "" {
		f.Type = kind
	}
	return r.Raw, ""
}

// giveUp says of files that did not come in time that they are gone.
func (m *message) giveUp() {
	m.Files = slices.Clone(m.Files)
	for i := range m.Files {
		if m.Files[i].Missing == inbox.MissingPending {
			m.Files[i].Missing = inbox.MissingGone
		}
	}
}
