package metaserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf16"
)

const (
	maxText = 2000     // UTF-16 units
	maxFile = 25 << 20 // bytes
)

// form reads what stands in a request's body: JSON, or a form with a file.
func (c *call) form() string {
	if c.Method != http.MethodPost {
		return ""
	}
	kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return c.json()
	case "multipart/form-data":
		return c.parts(multipart.NewReader(bytes.NewReader(c.raw), params["boundary"]))
	}
	return "(#100) The body is neither JSON nor a form"
}

func (c *call) json() string {
	var members map[string]json.RawMessage
	if json.Unmarshal(c.raw, &members) != nil {
		return "(#100) The body is no JSON"
	}
	for name, raw := range members {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		c.params.Set(name, text)
	}
	return ""
}

func (c *call) parts(r *multipart.Reader) string {
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return ""
		}
		if err != nil {
			return "(#100) The form is not whole"
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			return "(#100) The form is not whole"
		}
		if part.FormName() == "filedata" {
			c.file = &File{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: raw}
			continue
		}
		c.params.Set(part.FormName(), string(raw))
	}
}

// outgoing is what a message to be sent says.
type outgoing struct {
	Text       string `json:"text"`
	Attachment *struct {
		Type    string         `json:"type"`
		Payload map[string]any `json:"payload"`
	} `json:"attachment"`
}

func (s *Server) send(c *call) answer {
	var to struct {
		ID string `json:"id"`
	}
	var m outgoing
	if !s.itself(c.PathValue("page")) {
		return noObject()
	}
	if strict(c.params.Get("recipient"), &to) != nil || strict(c.params.Get("message"), &m) != nil {
		return refuse(http.StatusBadRequest, 100, 0, "(#100) Invalid parameter")
	}
	t := s.threads[to.ID]
	if t == nil || t.lastInbound().IsZero() {
		return refuse(http.StatusBadRequest, 100, 2018001, "(#100) No matching user found")
	}
	if a, good := s.timely(c.params, t, c); !good {
		return a
	}
	if a, good := m.sound(c.file); !good {
		return a
	}
	var all []File
	if c.file != nil {
		all = []File{*c.file}
	}
	made := s.add(t, &message{at: c.now, fromPage: true, text: m.Text, files: s.files.keep(all)})
	sent := Sent{made.id, t.psid, t.name, m.Text, all, c.params.Get("messaging_type"), c.params.Get("tag"), c.now}
	s.sent = append(s.sent, sent)
	if s.cfg.Sent != nil {
		s.cfg.Sent(sent)
	}
	return ok(object{"recipient_id": t.psid, "message_id": made.id})
}

func strict(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// timely holds a message to the reply window, and to the one tag that is left.
func (s *Server) timely(params url.Values, t *thread, c *call) (answer, bool) {
	age := c.now.Sub(t.lastInbound())
	switch kind, tag := params.Get("messaging_type"), params.Get("tag"); {
	case kind == "RESPONSE" && tag == "":
		return outside(), age < window
	case kind == "MESSAGE_TAG" && tag == "HUMAN_AGENT":
		return outside(), age < humanAgent && s.cfg.HumanAgent
	}
	return refuse(http.StatusBadRequest, 100, 0, "(#100) Invalid parameter"), false
}

func outside() answer {
	return refuse(http.StatusForbidden, 10, 2018278, "(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview")
}

// sound holds a message to what one may be.
func (m *outgoing) sound(file *File) (answer, bool) {
	invalid := func(subcode int, text string) (answer, bool) {
		return refuse(http.StatusBadRequest, 100, subcode, text), false
	}
	switch {
	case (m.Text == "") == (m.Attachment == nil):
		return invalid(0, "(#100) A message is a text or an attachment")
	case len(utf16.Encode([]rune(m.Text))) > maxText:
		return invalid(0, "(#100) Length of param message[text] must be less than or equal to 2000")
	case m.Attachment == nil && file == nil:
		return answer{}, true
	case m.Attachment == nil || file == nil:
		return invalid(2018047, "(#100) Upload attachment failure.")
	case len(file.Data) > maxFile:
		return invalid(2018294, "(#100) Attachment size exceeds allowable limit")
	case m.Attachment.Type != kindOf(file.Type) && m.Attachment.Type != "file":
		return invalid(2018047, "(#100) Upload attachment failure. The media type does not fit the file.")
	}
	return answer{}, true
}
