package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const (
	maxFile  = 16 << 20        // bytes; WhatsApp has none larger
	fileTime = 3 * time.Minute // for one file
	// faultPause is how long files wait after a fault that is not theirs.
	faultPause = 30 * time.Second
)

// lateAfter is when files that are not there yet are asked for again.
var lateAfter = []time.Duration{time.Second, 3 * time.Second, 9 * time.Second}

// owe notes that a message's files are to be fetched.
func (s *syncing) owe(m message) {
	if slices.ContainsFunc(s.cur.Pending, func(p pending) bool { return p.SID == m.sid }) {
		return
	}
	s.cur.Pending = append(s.cur.Pending, pending{SID: m.sid, Inbound: m.inbound, From: m.from, To: m.to, At: m.at, Media: m.media, Text: &m.body})
}

// nextFile is when files are to be asked for again.
func (s *syncing) nextFile() (at time.Time, some bool) {
	for i, p := range s.cur.Pending {
		if i == 0 || p.Next.Before(at) {
			at = p.Next
		}
	}
	return at, len(s.cur.Pending) > 0
}

// someFiles fetches files until at most few are still owed, and what is due
// anyway.
func (s *syncing) someFiles(ctx context.Context, few int) error {
	for {
		if err := s.dueFiles(ctx); err != nil || len(s.cur.Pending) <= few {
			return err
		}
		at, _ := s.nextFile()
		select {
		case <-s.a.cfg.Clock.After(at.Sub(s.a.cfg.Clock.Now())):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// dueFiles asks for the files whose time has come, once each. A fault that is
// not a file's own lets all wait; one that a person must mend ends the run.
func (s *syncing) dueFiles(ctx context.Context) error {
	now := s.a.cfg.Clock.Now()
	for _, p := range slices.Clone(s.cur.Pending) {
		if p.Next.After(now) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		files, err := s.a.files.of(ctx, &p)
		switch code := inbox.CodeOf(err); {
		case ctx.Err() != nil:
			return ctx.Err()
		case code == inbox.Auth || code == inbox.Forbidden:
			return err
		case err != nil:
			s.postpone(max(faultPause, rest.WaitOf(err)))
			return nil
		}
		if err := s.arrived(ctx, p, files); err != nil {
			return err
		}
	}
	return nil
}

// postpone lets all files wait.
func (s *syncing) postpone(d time.Duration) {
	next := s.a.cfg.Clock.Now().Add(d)
	for i := range s.cur.Pending {
		if s.cur.Pending[i].Next.Before(next) {
			s.cur.Pending[i].Next = next
		}
	}
}

// arrived stores a message again with its files, or asks for those that are late
// once more. After the last time they are gone.
func (s *syncing) arrived(ctx context.Context, p pending, files []chat.File) error {
	i := slices.IndexFunc(s.cur.Pending, func(q pending) bool { return q.SID == p.SID })
	late := slices.ContainsFunc(files, func(f chat.File) bool { return f.Missing == inbox.MissingPending })
	if late && p.Tried < len(lateAfter) {
		p.Next = s.a.cfg.Clock.Now().Add(lateAfter[p.Tried])
		p.Tried++
		s.cur.Pending[i] = p
		return nil
	}
	for f := range files {
		if files[f].Missing == inbox.MissingPending {
			files[f].Missing = inbox.MissingGone
		}
	}
	s.cur.Pending = slices.Delete(s.cur.Pending, i, i+1)
	if p.Text == nil { // the message itself is gone there: its stored copy stays
		return s.store(ctx, nil, true)
	}
	m := message{sid: p.SID, inbound: p.Inbound, from: p.From, to: p.To, at: p.At, media: p.Media, body: *p.Text}
	better := s.a.fetched(m, files)
	better.Better = true
	return s.store(ctx, []inbox.Fetched{better}, true)
}

// files fetches what belongs to messages.
type files struct{ a *Account }

// of gives a message's files; those that are not there yet are pending.
func (f files) of(ctx context.Context, p *pending) ([]chat.File, error) {
	all := pendingFiles(p.Media)
	if err := f.text(ctx, p); err != nil || p.Text == nil {
		return all, err
	}
	said, err := f.a.get(ctx, "GET Media", f.a.messages()+"/"+p.SID+"/Media.json")
	if inbox.CodeOf(err) == inbox.NotFound {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	for i, o := range said.List("media_list") {
		if i == p.Media {
			break
		}
		all[i].Ref, all[i].Type = o.Text("sid"), o.Text("content_type")
		if !validSID(all[i].Ref) {
			continue
		}
		data, missing, err := f.bytes(ctx, p.SID, all[i].Ref)
		if err != nil {
			return nil, err
		}
		all[i].Data, all[i].Missing, all[i].Size = data, missing, int64(len(data))
	}
	return all, nil
}

// text asks for a message's text again where this run does not know it.
func (f files) text(ctx context.Context, p *pending) error {
	if p.Text != nil {
		return nil
	}
	said, err := f.a.get(ctx, "GET Message", f.a.messages()+"/"+p.SID+".json")
	if inbox.CodeOf(err) == inbox.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	body := said.Text("body")
	p.Text = &body
	return nil
}

// bytes fetches one file: the key goes to Twilio alone, and the store that it
// points to is asked without.
func (f files) bytes(ctx context.Context, sid, media string) ([]byte, inbox.Missing, error) {
	call := rest.Call{
		Method: http.MethodGet, URL: f.a.messages() + "/" + sid + "/Media/" + media, What: "GET file", Max: maxFile, Time: fileTime, Bytes: true,
		Header: http.Header{"Accept": {"*/*"}},
	}
	reply, err := f.a.ask(ctx, call)
	if to, points := reply.Target(call.URL); err == nil && points {
		call.URL = to
		if reply, err = f.a.rest.Fetch(ctx, call, f.a.hosts.stores()); err != nil {
			err = unreachable(err)
		}
	}
	return f.judge(reply, err)
}

func (f files) judge(r rest.Reply, err error) ([]byte, inbox.Missing, error) {
	switch {
	case errors.Is(err, rest.ErrElsewhere):
		return nil, inbox.MissingRefused, nil
	case errors.Is(err, rest.ErrTooLarge):
		return nil, inbox.MissingTooLarge, nil
	case err != nil:
		return nil, "", err
	case r.Status == http.StatusOK:
		return r.Raw, "", nil
	case r.Status == http.StatusNotFound, r.Status == http.StatusGone, r.Status == http.StatusForbidden && !r.JSON:
		return nil, inbox.MissingPending, nil // a signature that ran out is made anew, too
	case r.Status < http.StatusBadRequest:
		return nil, inbox.MissingRefused, nil
	}
	return nil, "", f.a.problem(r, "GET file")
}
