package inbox

import "time"

// Key identifies a message on every desktop of the team. It derives from the
// message's content and its channel's id, so that two desktops agree on it
// without talking (see MailKey). A conversation is named by the key of any
// message in it.
type Key string

// ChannelID, MemberID and FileID are opaque outside the package that makes
// them. A FileID is the lower-case hex SHA-256 of the file's bytes.
type (
	ChannelID string
	MemberID  string
	FileID    string
)

// Direction says who wrote a message: the contact or the team.
type Direction string

// In is a message from the contact, Out one from the team.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Nature says what kind of sender wrote a message. Only NatureHuman may be
// answered by a machine, and only NatureHuman and NatureList notify anybody.
type Nature string

// The natures that headers give away (RFC 3834, RFC 2369, RFC 3464).
const (
	NatureHuman     Nature = ""
	NatureAutoReply Nature = "auto-reply"
	NatureList      Nature = "list"
	NatureBounce    Nature = "bounce"
	// NatureAlert is one of Postvak's own e-mail alerts. It never becomes a
	// conversation (R18).
	NatureAlert Nature = "alert"
)

// State is a message's delivery state as the screen shows it.
type State string

// Incoming messages are received; outgoing ones go from queued to read.
const (
	StateReceived       State = "received"
	StateQueued         State = "queued"
	StateSending        State = "sending"
	StateSent           State = "sent"
	StateDelivered      State = "delivered"
	StateRead           State = "read"
	StateFailed         State = "failed"
	StateNeedsAttention State = "needs_attention"
)

// Further says whether an outgoing message that stood at from has come further
// with to: delivery states never go back, and what failed stays failed.
func (to State) Further(from State) bool {
	order := map[State]int{StateQueued: 1, StateSending: 2, StateNeedsAttention: 2, StateSent: 3, StateDelivered: 4, StateRead: 5, StateFailed: 6}
	return order[to] > order[from]
}

// Address is one person as a provider names them: an e-mail address, a
// telephone number in E.164, or a page-scoped id. Address is compared by
// NormalAddress.
type Address struct {
	Name    string
	Address string
}

// Attachment is a file that came or goes with a message. Data is present only
// on the way in and out; ID is set once the bytes are stored.
type Attachment struct {
	ID        FileID
	Name      string // cleaned: no path, no control characters, never empty
	Type      string // media type, lower case, without parameters
	Size      int64
	ContentID string // without angle brackets; "" unless the HTML may refer to it
	Inline    bool
	Data      []byte
	// Missing says why a file that a provider named is not here.
	Missing Missing
}

// Missing is why a file is not here; "" when it is.
type Missing string

// A pending file is asked for again, a gone one is not at the provider any more,
// one that is too large is not fetched, and a refused one lies at an address
// from which nothing is fetched.
const (
	MissingPending  Missing = "pending"
	MissingGone     Missing = "gone"
	MissingTooLarge Missing = "too_large"
	MissingRefused  Missing = "refused"
)

// Bounce is what a delivery report (RFC 3464) says of a message of ours.
type Bounce struct {
	MessageID  string // of the message that bounced; "" when the report does not say
	Recipient  string
	Status     string // RFC 3463, such as 5.1.1; "" when unknown
	Diagnostic string // the remote server's words
	Permanent  bool
}

// Message is one message of a conversation. What the parser derives from raw
// bytes is derived again by a newer parser; Raw is kept.
type Message struct {
	Key       Key
	Channel   ChannelID
	Direction Direction
	Nature    Nature
	At        time.Time // the provider's clock; what is sorted by and counted with
	Sent      time.Time // the author's clock (Date header); for display only

	From    Address
	ReplyTo []Address
	To      []Address
	Cc      []Address
	Bcc     []Address
	Subject string // decoded, one line, as sent ("Re: …" stays)

	Text        string // the whole text; derived from HTML when there is no text part
	HTML        string // the one part chosen for showing; "" when there is none
	Attachments []Attachment

	// Mail's threading claims, without angle brackets. They are the sender's
	// claim: see Joins.
	MessageID  string
	References []string // References then In-Reply-To, oldest first, no doubles
	// Alert is what a mail of NatureAlert says of itself beside its Message-ID:
	// some mail servers give it another on its way out.
	Alert string

	// Template names the template that a chat message was sent as; "" for words
	// of its own.
	Template string

	Bounce   *Bounce
	Warnings []string // for a person, in English; what could not be read
	Parser   int      // version of the parser that derived this; 0 when not parsed
}

// People are all who take part in the message: author, reply-to and
// recipients.
func (m *Message) People() []Address {
	all := make([]Address, 0, 1+len(m.ReplyTo)+len(m.To)+len(m.Cc)+len(m.Bcc))
	if m.From.Address != "" {
		all = append(all, m.From)
	}
	all = append(all, m.ReplyTo...)
	all = append(all, m.To...)
	all = append(all, m.Cc...)
	return append(all, m.Bcc...)
}
