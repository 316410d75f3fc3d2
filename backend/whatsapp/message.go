package whatsapp

import (
	"hash/fnv"
	"strings"
	"time"

	"postvak/backend/chat"
	"postvak/backend/inbox"
	"postvak/backend/rest"
)

// message is one as Twilio lists it.
type message struct {
	sid      string
	inbound  bool
	from, to string // E.164
	body     string
	at       time.Time
	media    int
	status   string
	code     int
}

// maxMedia is how many files a message of Twilio's may have.
const maxMedia = 10

// readMessage takes a listed message; false for what is none of this sender's.
func (a *Account) readMessage(o rest.Object) (message, bool) {
	m := message{
		sid: o.Text("sid"), inbound: o.Text("direction") == "inbound", body: o.Text("body"), at: o.When("date_created"),
		from: numberOf(o.Text("from")), to: numberOf(o.Text("to")),
		media: max(0, min(o.Whole("num_media"), maxMedia)), status: o.Text("status"), code: o.Whole("error_code"),
	}
	if m.at.IsZero() {
		m.at = o.When("date_sent")
	}
	if !o.Has("direction") {
		m.inbound = m.to == a.cfg.Channel.Address
	}
	own, contact := m.from, m.to
	if m.inbound {
		own, contact = m.to, m.from
	}
	return m, validSID(m.sid) && !m.at.IsZero() && own == a.cfg.Channel.Address && contact != "" && contact != own
}

// validSID keeps out what could lead an address elsewhere.
func validSID(sid string) bool {
	return len(sid) >= 2 && len(sid) <= 64 && strings.Trim(sid, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// numberOf is the number of a WhatsApp address; "" when it is none.
func numberOf(address string) string {
	number, ok := strings.CutPrefix(address, scheme)
	number = strings.TrimSpace(number)
	if !ok || !numberForm.MatchString(number) {
		return ""
	}
	return number
}

// stored is the message in the form that the cache keeps, with what is known of
// its files.
func (m message) stored(files []chat.File) chat.Message {
	direction := inbox.Out
	if m.inbound {
		direction = inbox.In
	}
	return chat.Message{
		ID: m.sid, Kind: inbox.WhatsApp, Direction: direction, From: inbox.Address{Address: m.from}, To: inbox.Address{Address: m.to},
		At: m.at, Text: m.body, Unshown: m.body == "" && m.media == 0, Files: files,
	}
}

// fetched is the message for the sink.
func (a *Account) fetched(m message, files []chat.File) inbox.Fetched {
	raw := chat.Encode(m.stored(files))
	f := inbox.Fetched{Message: chat.Parse(raw), Raw: raw}
	f.Message.Key, f.Message.Channel = a.key(m.sid), a.cfg.Channel.ID
	if m.inbound {
		return f
	}
	f.State = stateOf(m.status)
	if f.State == inbox.StateFailed {
		f.Reason, f.Detail = reason(m.code), m.status
		if m.code > 0 {
			f.Detail = codeText(m.code)
		}
	}
	return f
}

func (a *Account) key(sid string) inbox.Key { return inbox.ChatKey(a.cfg.Channel.ID, sid) }

// stateOf is a status of Twilio's in our words; "" for one that says nothing.
func stateOf(status string) inbox.State {
	switch status {
	case "accepted", "scheduled", "queued", "sending":
		return inbox.StateSending
	case "sent":
		return inbox.StateSent
	case "delivered", "partially_delivered":
		return inbox.StateDelivered
	case "read":
		return inbox.StateRead
	case "failed", "undelivered", "canceled":
		return inbox.StateFailed
	}
	return ""
}

// print is what of a message can change, in short: what was told once is not
// told again.
func (m message) print() uint64 {
	h := fnv.New64a()
	for _, part := range []string{m.status, codeText(m.code), m.body, string(rune('0' + m.media))} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

// pendingFiles stand for files that are still to be fetched.
func pendingFiles(n int) []chat.File {
	files := make([]chat.File, n)
	for i := range files {
		files[i].Missing = inbox.MissingPending
	}
	return files
}
