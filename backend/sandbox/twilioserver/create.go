package twilioserver

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxBody = 1600 // characters

var (
	number     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	parameters = []string{"To", "From", "Body", "MediaUrl", "ContentSid", "ContentVariables", "ValidityPeriod"}
)

// create takes a message to be sent. What is wrong with its form is refused at
// once; what the customer's side refuses shows in its state later.
func (s *Server) create(c *call) answer {
	f := c.form
	for name := range f {
		if !slices.Contains(parameters, name) {
			return refuse(http.StatusBadRequest, 20001, "Unknown parameter "+name)
		}
	}
	if problem := s.problem(f); problem != nil {
		return *problem
	}
	m := &message{Message: Message{
		SID: s.sid("SM"), From: strings.TrimPrefix(f.Get("From"), scheme), To: strings.TrimPrefix(f.Get("To"), scheme), Body: f.Get("Body"), At: s.now(),
	}}
	m.Validity, _ = strconv.Atoi(f.Get("ValidityPeriod"))
	s.attach(m, f)
	if t := s.template(f.Get("ContentSid")); t != nil {
		m.Template, m.Variables = t.SID, variablesOf(f)
		m.Body = t.filled(m.Variables)
	}
	s.judge(m)
	s.messages = append(s.messages, m)
	if s.cfg.Took != nil {
		taken := s.copyOf(m)
		taken.Code = m.code // what becomes of it is known here, and told later
		s.cfg.Took(taken)
	}
	a := ok(s.object(m))
	a.Status = http.StatusCreated
	return a
}

func (s *Server) problem(f url.Values) *answer {
	say := func(code int, text string) *answer {
		a := refuse(http.StatusBadRequest, code, text)
		return &a
	}
	from, channel := strings.CutPrefix(f.Get("From"), scheme)
	to, toChannel := strings.CutPrefix(f.Get("To"), scheme)
	content := f.Get("ContentSid")
	validity, err := strconv.Atoi(f.Get("ValidityPeriod"))
	switch sender := s.sender(from); {
	case !channel || sender == nil || sender.Offline:
		return say(63007, "Twilio could not find a Channel with the specified From address")
	case !toChannel || !number.MatchString(to):
		return say(21211, "The 'To' number "+f.Get("To")+" is not a valid phone number.")
	case to == from:
		return say(63031, "Channels message cannot have same From and To")
	case f.Has("ValidityPeriod") && (err != nil || validity < 1 || validity > 36000):
		return say(21624, "The validity period value is invalid")
	case utf8.RuneCountInString(f.Get("Body")) > maxBody:
		return say(21617, "The concatenated message body exceeds the 1600 character limit.")
	case content == "" && f.Has("ContentVariables"):
		return say(21654, "ContentSid Required")
	case content != "" && (f.Has("Body") || f.Has("MediaUrl")):
		return say(20001, "Body and MediaUrl cannot be sent with ContentSid")
	case content != "" && s.template(content) == nil:
		return say(21655, "The ContentSid is invalid")
	case f.Has("ContentVariables") && variablesOf(f) == nil:
		return say(21656, "The Content Variables parameter is invalid.")
	case content == "" && f.Get("Body") == "" && len(f["MediaUrl"]) == 0:
		return say(21619, "A text message body or media urls must be specified.")
	case len(f["MediaUrl"]) > 1:
		return say(63030, "WhatsApp takes one media file a message")
	}
	return nil
}

func variablesOf(f url.Values) map[string]string {
	var all map[string]string
	if json.Unmarshal([]byte(f.Get("ContentVariables")), &all) != nil {
		return nil
	}
	return all
}

// beside are the types of files beside which a text is surely shown; beside others
// it is left out.
var beside = []string{"image/jpeg", "image/png", "video/mp4"}

// attach fetches what a media address points to: what was uploaded here.
func (s *Server) attach(m *message, f url.Values) {
	for _, address := range f["MediaUrl"] {
		file, code := s.fetch(address)
		if code != 0 {
			m.code = code
			return
		}
		m.SID = "MM" + m.SID[2:]
		m.Files = append(m.Files, file)
		if !slices.Contains(beside, file.Type) {
			m.Body = ""
		}
	}
	s.addMedia(m)
}

// judge decides what becomes of a message at the customer's side.
func (s *Server) judge(m *message) {
	t := s.template(m.Template)
	switch {
	case m.code != 0:
	case s.refused[m.To] != 0:
		m.code = s.refused[m.To]
	case t != nil && t.Status != "approved":
		m.code = 63040
	case t != nil && len(t.names()) != len(m.Variables) && t.Samples == nil:
		m.code = 63028
	case t == nil && !s.open(m.From, m.To, m.At):
		m.code = 63016
	}
}
