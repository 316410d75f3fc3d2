package whatsapp

import (
	"context"
	"net/http"
	"net/url"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// uploader puts a file where Twilio can fetch it for a message. Its documents
// describe uploading and sending apart, and nobody says that they go together:
// when another way turns out to be needed, it goes here.
type uploader interface {
	upload(ctx context.Context, f chat.File) (address string, err error)
}

func (a *Account) uploader() uploader { return mediaService{a} }

// mediaService is Twilio's store of media for conversations, whose files have an
// address for a short time that needs no key.
type mediaService struct{ a *Account }

func (s mediaService) upload(ctx context.Context, f chat.File) (string, error) {
	service, err := s.service(ctx)
	if err != nil {
		return "", err
	}
	media := s.a.hosts.mcs + "/v1/Services/" + service + "/Media"
	kind := f.Type
	if kind == "" {
		kind = "application/octet-stream"
	}
	reply, err := s.a.ask(ctx, rest.Call{
		Method: http.MethodPost, URL: query(media, url.Values{"Filename": {f.Name}}), Body: whole(f.Data), What: "POST file", Time: fileTime,
		Header: http.Header{"Content-Type": {kind}},
	})
	if err != nil {
		return "", err
	}
	if sid := reply.Body.Text("sid"); reply.OK() && validSID(sid) {
		return s.direct(ctx, reply.Body, media+"/"+sid)
	}
	return "", s.refusal(reply)
}

// whole is a body also when it is empty.
func whole(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// direct is the file's temporary address: some answers name it at once.
func (s mediaService) direct(ctx context.Context, said rest.Object, address string) (string, error) {
	if to := said.Sub("links").Text("content_direct_temporary"); to != "" {
		return to, nil
	}
	said, err := s.a.get(ctx, "GET uploaded file", address)
	if err != nil {
		return "", err
	}
	if to := said.Sub("links").Text("content_direct_temporary"); to != "" {
		return to, nil
	}
	return "", strange()
}

// refusal is why Twilio did not take a file. It says so of the file only when
// that is what was wrong.
func (s mediaService) refusal(r rest.Reply) error {
	e := s.a.problem(r, "POST file")
	if e.Code == inbox.Invalid || e.Code == inbox.NotFound || e.Code == inbox.Forbidden {
		return inbox.Errorf(inbox.Invalid, "Twilio did not take the file. Send the text without it, and the file another way.").Because(e)
	}
	return e
}

// service is where the account's uploads go.
func (s mediaService) service(ctx context.Context) (string, error) {
	s.a.mu.Lock()
	known := s.a.service
	s.a.mu.Unlock()
	if known != "" {
		return known, nil
	}
	said, err := s.a.get(ctx, "GET Configuration", s.a.hosts.conversations+"/v1/Configuration")
	if code := inbox.CodeOf(err); code == inbox.NotFound || code == inbox.Forbidden {
		return "", noStore().Because(err)
	}
	if err != nil {
		return "", err
	}
	id := said.Text("default_chat_service_sid")
	if !validSID(id) {
		return "", noStore()
	}
	s.a.mu.Lock()
	s.a.service = id
	s.a.mu.Unlock()
	return id, nil
}

func noStore() *inbox.Error {
	return inbox.Errorf(inbox.Invalid, "The Twilio account has no place to put files. An administrator opens Conversations in the Twilio Console once; then files can be sent.")
}
