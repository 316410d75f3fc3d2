package app

// ChannelInfo is a connected account as the screen shows it.
type ChannelInfo struct {
	ID        string        `json:"id"`
	Kind      string        `json:"kind"`
	Name      string        `json:"name"`
	Address   string        `json:"address"`
	Shared    bool          `json:"shared"`
	Installer string        `json:"installer"`
	State     string        `json:"state"`
	Reason    string        `json:"reason" words:"own"`
	OpenSince string        `json:"openSince"`
	IMAP      Server        `json:"imap"` // with the user name that signs in here
	SMTP      Server        `json:"smtp"`
	Folders   FolderChoices `json:"folders"`
	SignIn    string        `json:"signIn"` // shared: one password for the team; own: each member has theirs
	// ReadOnly says why its settings cannot be changed here; "" when they can
	// (R30).
	ReadOnly string `json:"readOnly" words:"own"`
	// NeedsInstaller is set when its installer left the team: an admin chooses
	// the next (R11).
	NeedsInstaller bool `json:"needsInstaller"`
	// AccountSid and APIKey are a WhatsApp channel's at Twilio; HumanAgent says
	// that a Messenger page may answer as a human agent.
	AccountSid string `json:"accountSid"`
	APIKey     string `json:"apiKey"`
	HumanAgent bool   `json:"humanAgent"`
	// Signature stands under e-mails from here, in place of one's own. It may
	// hold variables as canned replies do.
	Signature string `json:"signature"`
	// OAuth says who signs in to a mailbox instead of a password.
	OAuth OAuth `json:"oauth"`
}

// ConnectWhatsAppRequest is a WhatsApp sender at Twilio. OpenSince is as of
// ConnectEmailRequest; "" is 30 days ago. BaseURL is for tests.
type ConnectWhatsAppRequest struct {
	Name       string `json:"name"`
	Shared     bool   `json:"shared"`
	AccountSid string `json:"accountSid"`
	APIKey     string `json:"apiKey"`
	APISecret  Secret `json:"apiSecret"`
	Sender     string `json:"sender"`
	OpenSince  string `json:"openSince"`
	BaseURL    string `json:"baseUrl"`
}

// ConnectMessengerRequest is a Facebook page, by its page token.
type ConnectMessengerRequest struct {
	Name       string `json:"name"`
	Shared     bool   `json:"shared"`
	PageToken  Secret `json:"pageToken"`
	HumanAgent bool   `json:"humanAgent"`
	OpenSince  string `json:"openSince"`
	BaseURL    string `json:"baseUrl"`
}

// Template is a message that the provider approved, or not yet, for writing
// outside of the reply window.
type Template struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Language  string   `json:"language"`
	Body      string   `json:"body"`
	Variables []string `json:"variables"`
	Approved  bool     `json:"approved"`
	State     string   `json:"state"`              // the provider's word: approved, pending, rejected, …
	Reason    string   `json:"reason" words:"own"` // its words for a refusal
	Category  string   `json:"category"`           // utility, marketing, authentication
	HasMedia  bool     `json:"hasMedia"`
	Extra     []string `json:"extra"` // header, footer, buttons: line by line, with variables as in the body
}

// Server is where and as whom to sign in.
type Server struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"` // tls, starttls, none
	Username string `json:"username"`
}

// Guess is what a mail address suggests.
type Guess struct {
	IMAP Server `json:"imap"`
	SMTP Server `json:"smtp"`
	// Provider signs people in there: google or microsoft, see AuthorizeRequest;
	// "" where a password does.
	Provider string `json:"provider"`
}

// FolderChoices name the folders to read; "" lets the server decide.
type FolderChoices struct {
	Inbox string `json:"inbox"`
	Sent  string `json:"sent"`
}

// ConnectEmailRequest is what the connect dialog asks for. Grant, of
// Channels.Authorize, stands in for the password where there is one. With
// signIn "own" it is the installer's own, for a mailbox that IMAP names (the
// shared mailboxes of Microsoft).
type ConnectEmailRequest struct {
	Name      string        `json:"name"`
	Address   string        `json:"address"`
	Shared    bool          `json:"shared"`
	OpenSince string        `json:"openSince"`
	SignIn    string        `json:"signIn"` // shared, own
	Folders   FolderChoices `json:"folders"`
	IMAP      Server        `json:"imap"`
	SMTP      Server        `json:"smtp"`
	Password  string        `json:"password"`
	Grant     string        `json:"grant"`
}

// ChannelChanges are the fields of a channel that may change; nil leaves one
// as it is. A private channel can be shared, a shared one not made private.
type ChannelChanges struct {
	Name    *string        `json:"name,omitempty"`
	Shared  *bool          `json:"shared,omitempty"`
	Folders *FolderChoices `json:"folders,omitempty"`
	IMAP    *Server        `json:"imap,omitempty"`
	SMTP    *Server        `json:"smtp,omitempty"`
	// HumanAgent is a Messenger page's.
	HumanAgent *bool `json:"humanAgent,omitempty"`
	// Signature is an e-mail channel's; "" takes it away.
	Signature *string `json:"signature,omitempty"`
}

// SignInRequest has a channel's or the team mailbox's new secrets. Username is
// one's own, where each member signs in as themself; "" keeps the present one.
type SignInRequest struct {
	Username string `json:"username"`
	Password string `json:"password"`
	// Grant, of Channels.Authorize, stands in for the password where there is
	// one. Another way of signing in than the present one is for admins.
	Grant string `json:"grant"`
	// APIKey and APISecret are for a WhatsApp channel ("" keeps the key),
	// PageToken for a Messenger page.
	APIKey    string `json:"apiKey"`
	APISecret string `json:"apiSecret"`
	PageToken string `json:"pageToken"`
}

// Step is one line of a check, in the order a person would check.
type Step struct {
	Step    string `json:"step"`
	OK      bool   `json:"ok"`
	Message string `json:"message" words:"own"`
}

// TeamStatus is the team as this computer sees it.
type TeamStatus struct {
	Team  string    `json:"team"`
	Me    string    `json:"me"`
	Role  string    `json:"role"`
	State string    `json:"state"` // solo, pending, member, removed
	Log   LogStatus `json:"log"`
	// Mailbox is the team mailbox as this computer signs in to it; its host is
	// "" in a team of one.
	Mailbox TeamMailbox `json:"mailbox"`
	// Words are what this computer and the admin compare while it is pending.
	Words []string `json:"words"`
	// Refused says to who is pending that the request waits no more; "" while it
	// does.
	Refused string `json:"refused" words:"own"`
	// ReadOnly says why the team's settings cannot be changed here; "" when they
	// can (R30).
	ReadOnly string `json:"readOnly" words:"own"`
	// Tasks are what an admin still has to do after somebody left.
	Tasks []TeamTodo `json:"todo"`
}

// LogStatus is how far the team log was read here.
type LogStatus struct {
	Position string   `json:"position"`
	Pending  int      `json:"pending"`
	Alarms   []string `json:"alarms" words:"own"`
	// Phase: ok, offline, needs_sign_in, behind, moving, repairing, waiting,
	// paused (old decisions ask to be sent: Team.Resume), read_only.
	Phase  string `json:"phase"`
	Done   int    `json:"done"`  // of behind, moving and repairing
	Total  int    `json:"total"` // 0: not known
	Reason string `json:"reason" words:"own"`
	// Checked is false while a computer that joined by a snapshot still goes
	// through the whole log behind it.
	Checked bool `json:"checked"`
}

// TeamMailbox is where the team log lies.
type TeamMailbox struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"`
	Username string `json:"username"`
	Folder   string `json:"folder"`
	OAuth    OAuth  `json:"oauth"`
}

// TeamTodo is one thing that somebody's leaving makes necessary and that only
// a person can do. Team.Tick takes it off the list.
type TeamTodo struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`      // mailbox_password, channel_password, channel_login, installer
	MemberID  string `json:"memberId"`  // who left
	ChannelID string `json:"channelId"` // "" for the team mailbox
	Text      string `json:"text" words:"own"`
}

// MailboxRequest is a team mailbox and how to sign in to it. In joining, what
// is left out follows from the invitation. SMTP may be left out.
type MailboxRequest struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"`
	Username string `json:"username"`
	Password string `json:"password"`
	Grant    string `json:"grant"`  // of Channels.Authorize, in place of a password
	Folder   string `json:"folder"` // "": found, or made, by Postvak
	SMTP     Server `json:"smtp"`
}

// CreateTeamRequest turns a team of one into a team.
type CreateTeamRequest struct {
	Team    string         `json:"team"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Mailbox MailboxRequest `json:"mailbox"`
}

// JoinTeamRequest asks to be let into a team. Without an invitation an admin
// must approve.
type JoinTeamRequest struct {
	Invitation string         `json:"invitation"`
	Name       string         `json:"name"`
	Email      string         `json:"email"`
	Mailbox    MailboxRequest `json:"mailbox"`
}

// JoinResult has the four words that both sides compare.
type JoinResult struct {
	Words []string `json:"words"`
}

// InviteResult is an invitation for one person and when it ends.
type InviteResult struct {
	Invitation string `json:"invitation"`
	Expires    string `json:"expires"`
}

// InvitationInfo is what an invitation says of its team, for the form that
// asks for the rest.
type InvitationInfo struct {
	Team    string      `json:"team"`
	Expires string      `json:"expires"`
	Mailbox TeamMailbox `json:"mailbox"`
}

// RemoveResult is what is left to do after a member was removed; TeamStatus
// keeps it too.
type RemoveResult struct {
	Tasks []TeamTodo `json:"todo"`
}

// Member is a person of the team.
type Member struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Role      string   `json:"role"`
	State     string   `json:"state"` // pending, active, removed
	Available bool     `json:"available"`
	Words     []string `json:"words"` // while pending
	Since     string   `json:"since"` // of being available, or not
	// SamePerson is the member whose address a pending request has: approving
	// it gives that member a new computer and ends their older ones.
	SamePerson string `json:"samePerson"`
}

// Device is a computer that speaks for a member.
type Device struct {
	ID       string `json:"id"`
	MemberID string `json:"memberId"`
	Current  bool   `json:"current"` // this very computer
	Added    string `json:"added"`
	Revoked  bool   `json:"revoked"`
}
