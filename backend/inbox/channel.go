package inbox

import (
	"context"
	"time"
)

// ChannelKind is what customers write by.
type ChannelKind string

// The kinds of channel.
const (
	Email     ChannelKind = "email"
	WhatsApp  ChannelKind = "whatsapp"
	Messenger ChannelKind = "messenger"
)

// Security says how a connection to a server is protected.
type Security string

// TLS from the first byte, STARTTLS before anything else is said, or none,
// which is allowed on loopback only.
const (
	TLS      Security = "tls"
	STARTTLS Security = "starttls"
	NoTLS    Security = "none"
)

// Server is where and as whom a program signs in. The password is a secret
// and lives elsewhere (R32).
type Server struct {
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security Security `json:"security"`
	Username string   `json:"username"`
}

// EmailSettings is how an e-mail channel reaches its mailbox.
type EmailSettings struct {
	IMAP Server `json:"imap"`
	SMTP Server `json:"smtp"`
	// Inbox and Sent name the folders to read; "" lets the server's
	// special-use flags decide (RFC 6154).
	Inbox string `json:"inbox,omitempty"`
	Sent  string `json:"sent,omitempty"`
	// OAuth is set where a provider signs in instead of a password.
	OAuth OAuthSettings `json:"oauth,omitzero"`
}

// Channel is one connected account that customers write to.
type Channel struct {
	ID        ChannelID
	Kind      ChannelKind
	Name      string
	Address   string
	Shared    bool
	Installer MemberID
	// OpenSince is R36's line: threads without mail since then start closed,
	// and nothing before it notifies anybody. Zero: all start open.
	OpenSince time.Time
	// NotifySince is when the channel was connected: nothing that came before
	// it notifies anybody (R36).
	NotifySince time.Time
	Email       EmailSettings
	WhatsApp    WhatsAppSettings
	Messenger   MessengerSettings
	SignIn      SignIn
	// Signature stands under the e-mails that are written here; never under a
	// chat message. Variables in it stand in double braces.
	Signature string `json:",omitempty"`
}

// WhatsAppSettings is how a WhatsApp channel reaches its sender at Twilio. The
// sender's number is the channel's Address, in E.164.
type WhatsAppSettings struct {
	AccountSID string `json:"accountSid"`
	APIKey     string `json:"apiKey"` // the key's name, SK…; its secret lives elsewhere (R32)
	BaseURL    string `json:"baseUrl,omitempty"`
}

// MessengerSettings is how a Messenger channel reaches its page. The page's id
// is the channel's Address.
type MessengerSettings struct {
	// HumanAgent says that Meta granted the page the Human Agent feature.
	HumanAgent bool   `json:"humanAgent,omitempty"`
	BaseURL    string `json:"baseUrl,omitempty"`
}

// SignIn says with whose account members reach a channel.
type SignIn string

// A shared account's secret reaches the members through the team log; with
// accounts of their own each member gives theirs. "" means shared.
const (
	SignInShared SignIn = "shared"
	SignInOwn    SignIn = "own"
)

// FolderRole is what a folder of a mailbox is for.
type FolderRole string

// The folders that an e-mail channel reads.
const (
	FolderInbox FolderRole = "inbox"
	FolderSent  FolderRole = "sent"
)

// FolderState is how far a folder has been read. Messages with UIDs in
// [Low, High] are stored, set aside or gone; those below Low are older mail
// that is still to come, unless Complete. It is saved in the same transaction
// as the messages it tells of, which is what makes a sync resumable.
type FolderState struct {
	Role        FolderRole
	Name        string
	UIDValidity uint32
	Low, High   uint32
	Complete    bool
	Total       int // messages in the folder when last seen
	Done        int // of those, how many were dealt with
	// Cursor is an adapter's own record of how far it read, of providers that
	// have no folders; at most 64 kB.
	Cursor string
}

// Fetched is one message as a provider gave it.
type Fetched struct {
	Message Message
	Raw     []byte
	UID     uint32
	Seen    bool
	// Problem says why the message was set aside: it could not be fetched or
	// made no sense. It is stored and shown as such, and never stops a sync.
	Problem string
	// State is where an outgoing message stands at a provider that tells, and
	// Reason why it failed, as a sentence; Detail is the provider's own code.
	// What is stored never goes back (State.Further). "" for "says nothing".
	State  State
	Reason string
	Detail string
	// Better replaces the stored copy of the same key: it has files that could
	// not be fetched then. Its place in time stays.
	Better bool
}

// Batch is one step of a sync: messages of one folder and how far that brings
// it. Storing the same batch twice changes nothing.
type Batch struct {
	Channel  ChannelID
	Folder   FolderState
	Messages []Fetched
	// Live is set for mail that arrived while the channel was connected and
	// for what came since it was last online: what may notify (R20 groups it).
	Live bool
}

// FolderListing is what a folder holds now, by UID, with the \Seen flag: what
// reconciling compares with. It speaks for the UIDs from From to To.
type FolderListing struct {
	Channel  ChannelID
	Role     FolderRole
	From, To uint32
	Seen     map[uint32]bool
}

// ChannelStatus is what the status line says of a channel (R35).
type ChannelStatus struct {
	Channel  ChannelID
	State    ChannelState
	Done     int
	Total    int
	SetAside int
	LastSync time.Time
	Since    time.Time // of being offline or in error
	RetryAt  time.Time
	Reason   string // one sentence for a person
}

// ChannelState is a channel's state in one word.
type ChannelState string

// The states of the contract; Syncing is what a channel does while it is ok.
const (
	ChannelOK          ChannelState = "ok"
	ChannelSyncing     ChannelState = "syncing"
	ChannelOffline     ChannelState = "offline"
	ChannelError       ChannelState = "error"
	ChannelNeedsSignIn ChannelState = "needs_sign_in"
)

// Rendered is an outgoing message frozen when it was queued: its bytes and its
// Message-ID never change after that, however often it is tried (R34).
type Rendered struct {
	MessageID  string
	From       string
	Recipients []string // To, Cc and Bcc
	Wire       []byte   // what the recipients get: no Bcc header
	Filed      []byte   // what the Sent folder gets: with the Bcc header
}

// Outcome is what is known of an attempt to send.
type Outcome string

// Accepted: the provider has it. Refused: it said no for good. Later: it said
// not now, or could not be reached before anything was handed over. Unknown:
// the connection was lost after the last byte and before the answer; it is
// never sent again unless the provider was asked (R34).
const (
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused"
	Later    Outcome = "later"
	Unknown  Outcome = "unknown"
	// Outlived: its reply window ended before it was handed over (R29). It needs
	// attention and is never sent late.
	Outlived Outcome = "outlived"
)

// SendResult is the answer to one attempt. Reason is one sentence for a
// person, with the server's own words in it; Detail is the provider's own code,
// for "Details".
type SendResult struct {
	Outcome Outcome
	Reason  string
	Detail  string
	// ProviderID is the id that the provider gave an accepted message; "" where
	// the message's own Message-ID goes on being its name (e-mail).
	ProviderID string
	// After is how long a provider that said Later wants to be left alone; zero:
	// it did not say.
	After time.Duration
}

// Sought is a message of ours of which it is not known whether the provider has
// it.
type Sought struct {
	Rendered Rendered
	Queued   time.Time // when it was queued, by the provider's clock as far as it is known
	// Taken are the provider's ids of messages that are known to be others; nil:
	// none is known. It is asked about those that may be this message, and no
	// others.
	Taken func(ctx context.Context, providerIDs []string) (map[string]bool, error)
}

// Holder is whose a message with a provider's id is, as far as is known here.
type Holder int

// Who may hold one.
const (
	HeldByNobody Holder = iota // as far as is known: it may be any message
	HeldHere                   // it is another message of this member's, or of this computer's
	// HeldByClaim: a colleague says in the team log that it is theirs. Nobody can
	// check that.
	HeldByClaim
)

// First is the first of these ids that is not known to be another message's.
func (s Sought) First(ctx context.Context, providerIDs []string) (Found, error) {
	var taken map[string]bool
	if s.Taken != nil && len(providerIDs) > 0 {
		var err error
		if taken, err = s.Taken(ctx, providerIDs); err != nil {
			return Found{}, err
		}
	}
	for _, id := range providerIDs {
		if !taken[id] {
			return Found{There: true, ProviderID: id}, nil
		}
	}
	return Found{}, nil
}

// Found is a provider's answer about a Sought. ProviderID is as in SendResult.
type Found struct {
	There      bool
	ProviderID string
	// Unsure says, of one that is not There, that it may be all the same: the
	// provider does not tell what stands in all that was written since.
	Unsure bool
}

// Step is one line of a connection check, in the order a person would check.
type Step struct {
	Step    string `json:"step"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// SecretStore keeps secrets outside of the database (R32). Names are
// handles; a missing one gives NotFound.
type SecretStore interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, value string) error
	Delete(ctx context.Context, name string) error
}
