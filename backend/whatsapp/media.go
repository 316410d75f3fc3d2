package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

const (
	maxFile  = 16 << 20        // bytes; WhatsApp has none larger
	fileTime = 3 * time.Minute // for one file
)

// files fetches what belongs to messages.
type files struct{ a *Account }

// of gives a message's files; those that are not there yet are pending, and so
// are those that an error kept away.
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
		return all, err
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
			return all, err
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
	to, points := reply.Target(call.URL)
	if err != nil || !points {
		return f.judge(reply, err)
	}
	call.URL = to
	if reply, err = f.a.rest.Fetch(ctx, call, f.a.hosts.stores()); err != nil {
		err = unreachable(err)
	}
	data, missing, err := f.judge(reply, err)
	if err != nil {
		err = &storeFault{err}
	}
	return data, missing, err
}

// storeFault is why the store does not give a file: it says nothing of Twilio's
// API.
type storeFault struct{ error }

// Unwrap gives the cause.
func (s *storeFault) Unwrap() error { return s.error }

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
