package twilioserver

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// window is how long a customer's message lets a business write freely.
const window = 24 * time.Hour

// File is a file of a message.
type File struct {
	Type string
	Data []byte
}

// Incoming is a message that a customer writes.
type Incoming struct {
	From, To string // E.164; To "": the first sender
	Body     string
	Files    []File
	At       time.Time // zero: now
	// Listed is when lists begin to name it, by its own time all the same; zero:
	// at once.
	Listed time.Time
}

// Message is one of either direction, as it stands now.
type Message struct {
	SID       string
	From, To  string // E.164
	Body      string
	Inbound   bool
	Template  string            // the content's id
	Variables map[string]string // of the template
	Files     []File
	At        time.Time
	Status    string
	Code      int
	Validity  int // seconds
}

// message is one as it is kept.
type message struct {
	Message
	listed time.Time
	twice  bool
	media  []*media
	// forced is a state that was set by hand, and outside one that follows from
	// what was sent.
	forced string
	code   int
}

type media struct {
	sid  string
	file File
	gone bool
}

// Repeat has lists name a message twice, as when pages shift.
func (s *Server) Repeat(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(sid); m != nil {
		m.twice = true
	}
}

// Receive lets a customer write, and gives the message's id.
func (s *Server) Receive(in Incoming) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := in.At
	if at.IsZero() {
		at = s.now()
	}
	kind := "SM"
	if len(in.Files) > 0 {
		kind = "MM"
	}
	m := &message{Message: Message{
		SID: s.sid(kind), From: in.From, To: cmp.Or(in.To, s.cfg.Senders[0].Number), Body: in.Body, Inbound: true, Files: in.Files, At: at.UTC(),
	}, listed: in.Listed}
	s.addMedia(m)
	s.messages = append(s.messages, m)
	return m.SID
}

func (s *Server) addMedia(m *message) {
	for _, f := range m.Files {
		m.media = append(m.media, &media{sid: s.sid("ME"), file: f})
	}
}

// Messages are all, in the order of their making, as they stand now.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Message, 0, len(s.messages))
	for _, m := range s.messages {
		all = append(all, s.copyOf(m))
	}
	return all
}

// Outgoing are the messages that the business sent, in their order.
func (s *Server) Outgoing() []Message {
	return slices.DeleteFunc(s.Messages(), func(m Message) bool { return m.Inbound })
}

func (s *Server) copyOf(m *message) Message {
	out := m.Message
	out.Status, out.Code = s.status(m)
	return out
}

// SetState puts a message into a state by hand: "delivered", "failed", …, which
// it keeps; "" lets it move by itself again.
func (s *Server) SetState(sid, status string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(sid); m != nil {
		m.forced, m.code = status, code
	}
}

// ExpireMedia takes a message's files away, as after their time at Twilio.
func (s *Server) ExpireMedia(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.message(sid); m != nil {
		for _, f := range m.media {
			f.gone = true
		}
	}
}

// Forget deletes a message at Twilio, as its retention does.
func (s *Server) Forget(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m *message) bool { return m.SID == sid })
}

func (s *Server) message(sid string) *message {
	i := slices.IndexFunc(s.messages, func(m *message) bool { return m.SID == sid })
	if i < 0 {
		return nil
	}
	return s.messages[i]
}

// status is where a message stands now, with its error.
func (s *Server) status(m *message) (string, int) {
	age := s.now().Sub(m.At)
	past := func(d time.Duration) bool { return d >= 0 && age >= d }
	switch {
	case m.forced != "":
		return m.forced, m.code
	case m.Inbound:
		return "received", 0
	case m.code != 0 && past(s.cfg.Sent):
		return "undelivered", m.code
	case m.code == 0 && past(s.cfg.Read):
		return "read", 0
	case m.code == 0 && past(s.cfg.Delivered):
		return "delivered", 0
	case past(s.cfg.Sent):
		return "sent", 0
	}
	return "queued", 0
}

// open says whether a customer wrote to a sender in the last 24 hours.
func (s *Server) open(sender, customer string, now time.Time) bool {
	return slices.ContainsFunc(s.messages, func(m *message) bool {
		return m.Inbound && m.From == customer && m.To == sender && now.Sub(m.At) < window
	})
}

func itoa(n int) string { return strconv.Itoa(n) }

const (
	scheme = "whatsapp:"
	rfc    = "Mon, 02 Jan 2006 15:04:05 -0700"
)

// object is a message as the API writes it. Whole seconds, and no date of
// sending before it was sent.
func (s *Server) object(m *message) map[string]any {
	status, code := s.status(m)
	direction := "outbound-api"
	if m.Inbound {
		direction = "inbound"
	}
	uri := "/2010-04-01/Accounts/" + s.cfg.AccountSID + "/Messages/" + m.SID
	o := map[string]any{
		"sid": m.SID, "account_sid": s.cfg.AccountSID, "api_version": "2010-04-01", "body": m.Body, "direction": direction,
		"from": scheme + m.From, "to": scheme + m.To, "num_media": itoa(len(m.media)), "num_segments": "1", "status": status,
		"date_created": m.At.Format(rfc), "date_updated": s.now().Format(rfc), "date_sent": nil, "error_code": nil, "error_message": nil,
		"messaging_service_sid": nil, "price": nil, "price_unit": nil, "uri": uri + ".json", "subresource_uris": map[string]any{"media": uri + "/Media.json"},
	}
	if at, sent := s.sentAt(m); sent {
		o["date_sent"] = at.Format(rfc)
	}
	if code != 0 {
		o["error_code"] = code
	}
	return o
}

// unsent are the states in which a message has no date of sending.
var unsent = []string{"queued", "accepted", "scheduled", "failed", "undelivered", "canceled"}

func (s *Server) sentAt(m *message) (time.Time, bool) {
	status, _ := s.status(m)
	switch {
	case m.Inbound:
		return m.At, true
	case slices.Contains(unsent, status):
		return time.Time{}, false
	}
	return m.At.Add(max(0, s.cfg.Sent)), true
}

func (s *Server) messageInfo(c *call) answer {
	m := s.message(strings.TrimSuffix(c.PathValue("message"), ".json"))
	if m == nil {
		return missing(c)
	}
	return ok(s.object(m))
}

func (s *Server) accountInfo(*call) answer {
	return ok(map[string]any{"sid": s.cfg.AccountSID, "friendly_name": s.cfg.Name, "status": "active", "type": "Full"})
}

func ok(body any) answer { return answer{Status: http.StatusOK, Body: body} }

func missing(c *call) answer {
	return refuse(http.StatusNotFound, 20404, "The requested resource "+c.URL.Path+" was not found")
}
