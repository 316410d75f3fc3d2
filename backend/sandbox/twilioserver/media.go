package twilioserver

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postvak/backend/sandbox/rest"
)

// signed is how long the address of a file in the store is good.
const signed = 4 * time.Hour

const (
	largestImage = 5 << 20
	largestFile  = 16 << 20
)

// late says that a message's files are not there yet.
func (s *Server) late(m *message) bool {
	return m.Inbound && s.now().Before(m.At.Add(s.cfg.MediaLag))
}

func (s *Server) mediaList(c *call) answer {
	m := s.message(c.PathValue("message"))
	if m == nil || s.late(m) {
		return missing(c)
	}
	all := []any{}
	for _, f := range m.media {
		if !f.gone {
			all = append(all, s.mediaObject(m, f))
		}
	}
	return ok(map[string]any{
		"media_list": all, "page": 0, "page_size": usualPage, "start": 0, "end": max(0, len(all)-1), "uri": c.URL.RequestURI(),
		"first_page_uri": c.URL.RequestURI(), "next_page_uri": nil, "previous_page_uri": nil,
	})
}

func (s *Server) mediaObject(m *message, f *media) map[string]any {
	return map[string]any{
		"sid": f.sid, "account_sid": s.cfg.AccountSID, "parent_sid": m.SID, "content_type": f.file.Type,
		"date_created": m.At.Format(rfc), "date_updated": m.At.Format(rfc),
		"uri": "/2010-04-01/Accounts/" + s.cfg.AccountSID + "/Messages/" + m.SID + "/Media/" + f.sid + ".json",
	}
}

// media is a file's description, or, without .json, the way to its bytes.
func (s *Server) media(c *call) answer {
	m := s.message(c.PathValue("message"))
	sid, described := strings.CutSuffix(c.PathValue("media"), ".json")
	f := s.file(m, sid)
	switch {
	case f == nil || s.late(m):
		return missing(c)
	case described:
		return ok(s.mediaObject(m, f))
	}
	to := url.Values{"X-Amz-Signature": {sid}, "X-Amz-Date": {s.now().Format("20060102T150405Z")}}
	return answer{
		Status: http.StatusTemporaryRedirect, Page: "<a>Temporary Redirect</a>",
		Header: http.Header{"Location": {s.URL() + "/cdn/" + s.cfg.AccountSID + "/" + sid + "?" + to.Encode()}},
	}
}

func (s *Server) file(m *message, sid string) *media {
	if m == nil {
		return nil
	}
	for _, f := range m.media {
		if f.sid == sid && !f.gone {
			return f
		}
	}
	return nil
}

// StorePath is where in the store a message's first file is, so that this one
// alone can fail; "" for a message without files.
func (s *Server) StorePath(sid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.message(sid)
	if m == nil || len(m.media) == 0 {
		return ""
	}
	return "/cdn/" + s.cfg.AccountSID + "/" + m.media[0].sid
}

// cdn is the store of files that came in: by a signed address, and without a
// key.
func (s *Server) cdn(c *call) answer {
	at, err := time.Parse("20060102T150405Z", c.query.Get("X-Amz-Date"))
	if err != nil || s.now().Sub(at) > signed || c.query.Get("X-Amz-Signature") != c.PathValue("media") {
		return answer{Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/xml"}}, Raw: []byte(`<Error><Code>AccessDenied</Code></Error>`)}
	}
	for _, m := range s.messages {
		if f := s.file(m, c.PathValue("media")); f != nil {
			return rest.File(f.file.Type, f.file.Data)
		}
	}
	return answer{Status: http.StatusNotFound, Page: "<p>gone</p>"}
}

// upload is a file in the store of what is to be sent.
type upload struct {
	sid, name string
	file      File
	at        time.Time
}

const service = "IS" + digits32

func (s *Server) configuration(*call) answer {
	return ok(map[string]any{"account_sid": s.cfg.AccountSID, "default_chat_service_sid": service, "url": "https://conversations.twilio.com/v1/Configuration"})
}

func (s *Server) uploadMedia(c *call) answer {
	kind := c.Header.Get("Content-Type")
	switch {
	case c.PathValue("service") != service:
		return missing(c)
	case len(c.raw) == 0 || kind == "" || strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return refuse(http.StatusBadRequest, 20001, "The media must be the body, with its type")
	}
	u := &upload{sid: s.sid("ME"), name: c.query.Get("Filename"), file: File{kind, c.raw}, at: s.now()}
	s.uploads[u.sid] = u
	a := ok(s.uploadObject(u, false))
	a.Status = http.StatusCreated
	return a
}

// uploadInfo alone names the temporary address.
func (s *Server) uploadInfo(c *call) answer {
	u := s.uploads[c.PathValue("media")]
	if u == nil || c.PathValue("service") != service {
		return missing(c)
	}
	return ok(s.uploadObject(u, true))
}

func (s *Server) uploadObject(u *upload, direct bool) map[string]any {
	uri := "/v1/Services/" + service + "/Media/" + u.sid
	links := map[string]any{"content": uri + "/Content"}
	if direct {
		links["content_direct_temporary"] = s.URL() + "/direct/" + u.sid + "?Signature=" + u.sid + "&Expires=" + strconv.FormatInt(s.now().Add(5*time.Minute).Unix(), 10)
	}
	return map[string]any{
		"sid": u.sid, "service_sid": service, "account_sid": s.cfg.AccountSID, "content_type": u.file.Type, "size": len(u.file.Data),
		"filename": u.name, "url": uri, "links": links, "date_created": u.at.Format(time.RFC3339), "channel_sid": nil, "message_sid": nil,
	}
}

func (s *Server) direct(c *call) answer {
	u := s.uploads[c.PathValue("media")]
	if u == nil || !s.signedURL(c.URL) {
		return answer{Status: http.StatusForbidden, Page: "<p>Access denied</p>"}
	}
	return rest.File(u.file.Type, u.file.Data)
}

func (s *Server) signedURL(u *url.URL) bool {
	until, _ := strconv.ParseInt(u.Query().Get("Expires"), 10, 64)
	return s.now().Unix() < until && strings.HasSuffix(u.Path, "/"+u.Query().Get("Signature"))
}

// fetch is what Twilio does with a MediaUrl before it passes the file on; code is
// what the message fails with.
func (s *Server) fetch(address string) (File, int) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, s.URL()+"/direct/") {
		return File{}, 63019
	}
	up := s.uploads[strings.TrimPrefix(u.Path, "/direct/")]
	switch {
	case s.cfg.NoUploads, up == nil, !s.signedURL(u):
		return File{}, 63019
	case strings.HasPrefix(up.file.Type, "image/") && len(up.file.Data) > largestImage, len(up.file.Data) > largestFile:
		return File{}, 11751
	}
	return up.file, 0
}
